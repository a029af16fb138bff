"""Ids of things: 63-bit time-ordered numbers inside, typed strings outside.

A number holds 42 bits of milliseconds, 16 random bits and 5 bits that tell the kind. The kind bits make a number
unique across kinds by construction, so the tables of the rule (involvement, hangs) can never mix two things up;
there is no counter, since a counter would tell of neighbours one may not see.
"""

from __future__ import annotations

import re
import secrets
import threading
from enum import StrEnum


class Kind(StrEnum):
    """What a reference can name. The names and numbers are stored: they never change."""

    PERSON = "person"
    GROUP = "group"
    TALK = "talk"
    MESSAGE = "message"
    CASE = "case"
    ORDER = "order"
    ENTRY = "entry"
    NOTE = "note"
    ATTACHMENT = "attachment"
    MEETING = "meeting"
    PART = "part"
    COMMUNICATION = "communication"
    PORTFOLIO = "portfolio"
    HOST = "host"


KIND_BITS = 5
_RANDOM_BITS = 16
_STAMP_BITS = _RANDOM_BITS + KIND_BITS
KIND_MASK = (1 << KIND_BITS) - 1
LARGEST = (1 << 63) - 1

_CODES = {kind: code for code, kind in enumerate(Kind, start=1)}
_KINDS = {code: kind for kind, code in _CODES.items()}

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGITS = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_FORM = re.compile(f"[{_ALPHABET}]{{13}}")
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_PREFIXES = {code: f"{kind.value}_" for kind, code in _CODES.items()}


class IdMaker:
    """Makes the numbers; shared by the threads of one process, which it keeps from choosing one number twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millis = -1
        self._taken: set[int] = set()

    def new(self, kind: Kind, millis: int, *, after: int = 0) -> int:
        """Return a new number.

        Args:
            kind: what the number will name.
            millis: the present moment in milliseconds since 1970 (UTC).
            after: the number of the thing this one belongs to or answers; the result is greater, whatever the clock.
        """
        with self._lock:
            if millis != self._millis:
                self._millis = millis
                self._taken.clear()
            while True:
                stamp = (millis << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
                if stamp <= after >> KIND_BITS:
                    stamp = (after >> KIND_BITS) + 1 + secrets.randbits(_RANDOM_BITS)
                if stamp not in self._taken:
                    self._taken.add(stamp)
                    return (stamp << KIND_BITS) | _CODES[kind]


def first_at(millis: int) -> int:
    """Return a number that whatever was made at a moment (milliseconds), or later, is not below."""
    return millis << _STAMP_BITS


def principal_item(kind: Kind, no: int) -> int:
    """Return the item number of a person, group or portfolio, made of its own number `no`; never shown outside."""
    return (no << KIND_BITS) | _CODES[kind]


def kind_of(item: int) -> Kind:
    """Return the kind that an item's number carries."""
    return _KINDS[item & KIND_MASK]


def kind_code(kind: Kind) -> int:
    """Return the lowest five bits of every number of this kind."""
    return _CODES[kind]


def encode(item: int) -> str:
    """Return the outside form, such as ``message_06a1…``; sorting the texts of one kind sorts by time."""
    return (
        f"{_PREFIXES[item & KIND_MASK]}{_ALPHABET[item >> 60]}{_PAIRS[item >> 50 & 1023]}{_PAIRS[item >> 40 & 1023]}"
        f"{_PAIRS[item >> 30 & 1023]}{_PAIRS[item >> 20 & 1023]}{_PAIRS[item >> 10 & 1023]}{_PAIRS[item & 1023]}"
    )


def decode(text: str, kind: Kind) -> int | None:
    """Return the number of an outside form, or None where `text` is no id of this kind."""
    prefix, _, letters = text.partition("_")
    if prefix != kind.value or not _FORM.fullmatch(letters):
        return None
    item = int(letters.translate(_DIGITS), 32)
    if item > LARGEST or item & KIND_MASK != _CODES[kind]:
        return None
    return item
