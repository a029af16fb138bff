"""What the screens say: a catalogue for each language, in `words/`."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path

from attrs import frozen
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

LANGUAGES = ("en", "de")
_FOLDER = Path(__file__).parents[1] / "words"
_DAYS = {"en": "{0.day} {month} {0.year}", "de": "{0.day}. {month} {0.year}"}


@frozen
class Words:
    """One language.

    Attributes:
        lang: its tag.
        texts: what is said, by name.
    """

    lang: str
    texts: dict[str, str]

    def __call__(self, name: str, /, **facts: object) -> str:
        """Return a text with its facts filled in."""
        return self.texts[name].format(**facts)

    def moment(self, at: datetime) -> str:
        """Return a moment as people write it, in this machine's time zone; the browser puts in its own."""
        here = at.astimezone()
        month = self.texts["months"].split()[here.month - 1]
        return f"{_DAYS[self.lang].format(here, month=month)}, {here:%H:%M}"

    @property
    def for_browser(self) -> Markup:
        """The texts that the pages' own program needs, as JSON that may stand in a page."""
        return htmlsafe_json_dumps({name[3:]: text for name, text in self.texts.items() if name.startswith("js.")})


@cache
def words(lang: str) -> Words:
    """Return a language."""
    return Words(lang, json.loads((_FOLDER / f"{lang}.json").read_text("utf-8")))


def spoken(chosen: str | None, accepted: str) -> Words:
    """Return the language somebody chose, or else the first of those their browser asks for that is spoken here."""
    asked = [part.split(";")[0].strip()[:2].lower() for part in accepted.split(",")]
    return words(next((lang for lang in (chosen, *asked) if lang in LANGUAGES), LANGUAGES[0]))
