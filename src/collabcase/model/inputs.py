"""Checks of what callers pass in: bad input is refused before anything changes.

Each function returns the value in the form the library works with, or raises `InvalidInput` naming the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from collabcase.errors import InvalidInput

NAME = 200
SUBJECT = 500
TEXT = 1_000_000
MANY = 10_000
DIRECTORY = 1_000_000
PAGE = 500

_NOT_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){0,7}", re.ASCII)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)

T = TypeVar("T")


def text(field: str, value: object, *, most: int = TEXT, empty: bool = True) -> str:
    """Return a text of at most `most` characters; lines and tabs are allowed, other control characters are not."""
    checked = _characters(field, value, most, _NOT_IN_TEXT)
    if not empty and not checked.strip():
        raise InvalidInput(field, "is empty; say something")
    return checked


def line(field: str, value: object, *, most: int = NAME) -> str:
    """Return a text of one line, not blank, without spaces around it."""
    checked = _characters(field, value, most, _NOT_IN_LINE).strip()
    if not checked:
        raise InvalidInput(field, "is empty; give it a name")
    return checked


def optional_line(field: str, value: object, *, most: int = NAME) -> str | None:
    """Return a text of one line, or None for None."""
    return None if value is None else line(field, value, most=most)


def _characters(field: str, value: object, most: int, refused: re.Pattern[str]) -> str:
    if not isinstance(value, str):
        raise InvalidInput(field, f"must be a str, not {type(value).__name__}")
    if len(value) > most:
        raise InvalidInput(field, f"has {len(value)} characters; {most} are allowed at most")
    found = refused.search(value)
    if found:
        raise InvalidInput(field, f"holds the control character U+{ord(found.group()):04X}; take it out")
    return value


def flag(field: str, value: object) -> bool:
    """Return a bool; nothing else counts as one."""
    if not isinstance(value, bool):
        raise InvalidInput(field, f"must be True or False, not {type(value).__name__}")
    return value


def count(field: str, value: object, *, most: int = PAGE) -> int:
    """Return a whole number from 1 to `most`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise InvalidInput(field, f"must be a whole number from 1 to {most}")
    return value


def moment(field: str, value: object) -> datetime:
    """Return an aware datetime in UTC."""
    if not isinstance(value, datetime):
        raise InvalidInput(field, f"must be a datetime, not {type(value).__name__}")
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidInput(field, "has no time zone; pass an aware datetime")
    if not _EARLIEST < value < _LATEST:
        raise InvalidInput(field, "lies outside the years 1900 to 9000")
    return value.astimezone(UTC)


def duration(field: str, value: object, *, least: timedelta, most: timedelta) -> timedelta:
    """Return a length of time from `least` to `most`."""
    if not isinstance(value, timedelta):
        raise InvalidInput(field, f"must be a timedelta, not {type(value).__name__}")
    if not least <= value <= most:
        raise InvalidInput(field, f"must be from {least.total_seconds():g} to {most.total_seconds():g} seconds")
    return value


def many(field: str, value: object, kind: type[T], *, most: int = MANY) -> tuple[T, ...]:
    """Return a tuple of at most `most` values of one type, each once, in the order given; a lone str is no list."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise InvalidInput(field, f"must be a list, not {type(value).__name__}")
    items: dict[T, None] = {}
    for number, item in enumerate(value):
        if number == most:
            raise InvalidInput(field, f"holds more than {most} items; pass fewer at a time")
        if not isinstance(item, kind):
            raise InvalidInput(field, f"must hold only {kind.__name__}, not {type(item).__name__}")
        try:
            items[item] = None
        except TypeError as error:
            raise InvalidInput(field, f"must hold values, not {type(item).__name__}") from error
    return tuple(items)


def version(field: str, value: object) -> str:
    """Return a dotted version number such as ``4.8.0.64470``."""
    if not isinstance(value, str) or not _VERSION.fullmatch(value):
        raise InvalidInput(field, "must be numbers with dots between them, such as '4.8.0.64470'")
    return value
