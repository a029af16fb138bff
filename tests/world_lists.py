"""The oracle's lists: what an inbox holds under each heading, and what a search of messages finds (see `world`)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from world_coding import TYPES, Coding
from world_keeping import Keeping
from world_reading import Heading, Reading
from world_rule import Group, Principal, Refused

Inbox = Literal["all", "mine", "teambox", "shared", "archived"]

_PLAIN = {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
_COUNTED = 64


class Listed(NamedTuple):
    """A talk in somebody's inbox: its heading, the newest message of it that they see, and the one that places it."""

    talk: int
    heading: Heading
    last: int
    place: int


def words_of(text: str) -> Iterator[str]:
    """Give the words of a text, letter by letter: without case and accents, split by whatever is no letter or digit."""
    word = ""
    for letter in (*text, " "):
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
        for part in "".join(_PLAIN.get(one, one) for one in folded):
            if part.isalnum():
                word += part
            elif not unicodedata.combining(part):
                if word:
                    yield word[:_COUNTED]
                word = ""


def has(text: str, asked: str) -> bool:
    """Tell whether a text has all words asked for, or words that begin with them where a star follows."""
    there = set(words_of(text))
    for part in asked.split():
        words = list(words_of(part))
        begun = words.pop() if words and part[-1] == "*" else ""
        if not there.issuperset(words) or (begun and not any(word.startswith(begun) for word in there)):
            return False
    return True


class Listing(Keeping, Reading, Coding):
    """One portfolio with the verbs that list."""

    def inbox(self, person: str, heading: Inbox = "all") -> list[Listed]:
        """Give the talks somebody sees under a heading, newest first: each at its newest message of the heading."""
        self._acting(person)
        seen: dict[int, list[int]] = {}
        for label in self.visible(person):
            seen.setdefault(self.messages[label].talk, []).append(label)
        found = []
        for talk, labels in seen.items():
            stands, place = self._stands(person, labels)
            wanted = self.is_archived(person, talk) == (heading == "archived")
            if wanted and heading in ("all", "archived", stands):
                newest = max(labels)
                found.append(Listed(talk, stands, newest, place if heading == stands else newest))
        return sorted(found, key=lambda listed: listed.place, reverse=True)

    def _stands(self, person: str, labels: list[int]) -> tuple[Heading, int]:
        """Give the first heading that fits the messages seen of a talk, and the newest that puts it there."""
        ours: set[Principal] = {Group(label) for label in self.groups_of(person)}
        to_me = [label for label in labels if person in self._names(label)]
        to_us = [label for label in labels if ours & self._names(label)]
        if to_me:
            return "mine", max(to_me)
        return ("teambox", max(to_us)) if to_us else ("shared", max(labels))

    def _names(self, label: int) -> set[Principal]:
        return {row.principal for row in self.messages[label].rows()}

    def search(
        self,
        person: str,
        author: str | None = None,
        recipient: Principal | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        type: str | None = None,
        data: Mapping[str, str] | None = None,
        unread: bool | None = None,
        asks_answer: bool | None = None,
        text: str | None = None,
    ) -> list[int]:
        """Find visible messages by any conditions, newest first; codes must be ones that were known at some time."""
        narrowed = super().search(person, author, recipient, since, until)
        for name, code in [*([(TYPES, type)] if type is not None else []), *(data or {}).items()]:
            if code not in self.dictionaries.get(name, {}):
                raise Refused("unknown_code", "type" if name == TYPES else "data")
        found = []
        for label in narrowed:
            message = self.messages[label]
            said = f"{self.talks[message.talk].subject} {message.text} {message.comment}"
            if (
                (type is None or message.type == type)
                and (data or {}).items() <= message.data.items()
                and unread in (None, self.heading(person, label) is not None)
                and asks_answer in (None, message.asks_answer)
                and (text is None or has(said, text))
            ):
                found.append(label)
        return found
