"""The words of a text, folded so that what is meant alike is found alike; both databases index exactly these."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from collabcase.errors import InvalidInput

LONGEST = 64
_ENOUGH_BYTES = 400_000
_ASKED_AT_MOST = 20
_LETTERS_WITHOUT_ACCENT = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Return a text without case and accents: ß is ss, É is e, Ł is l; a letter with an umlaut loses it."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return bare.translate(_LETTERS_WITHOUT_ACCENT)


def words(*texts: str) -> tuple[str, ...]:
    """Return the different words of texts, each cut after 64 letters.

    Of a very long text the first 400,000 bytes of different words count, so that every database can keep them.
    """
    found: dict[str, None] = {}
    size = 0
    for word in _each(texts):
        if word not in found:
            size += len(word.encode()) + 1
            if size > _ENOUGH_BYTES:
                break
            found[word] = None
    return tuple(found)


def asked_words(field: str, text: str) -> tuple[tuple[str, bool], ...]:
    """Return the words that a search asks for, each with whether it is only the beginning of one (`scha*`).

    Raises:
        InvalidInput: there is no word in it, or more than 20.
    """
    asked: dict[tuple[str, bool], None] = {}
    for part in text.split():
        found = list(_each((part,)))
        asked.update(dict.fromkeys((word, False) for word in found[:-1]))
        asked.update(dict.fromkeys((word, part.endswith("*")) for word in found[-1:]))
    if not 1 <= len(asked) <= _ASKED_AT_MOST:
        raise InvalidInput(field, f"must hold 1 to {_ASKED_AT_MOST} words to look for (rule T7)")
    return tuple(sorted(asked))


def hold(found: Collection[str], asked: Iterable[tuple[str, bool]]) -> bool:
    """Tell whether words of a text are all that a search asks for."""
    return all(any(one.startswith(word) if begins else one == word for one in found) for word, begins in asked)


def _each(texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:
        for match in _WORD.finditer(fold(text)):
            yield match.group()[:LONGEST]
