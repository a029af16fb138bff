"""Values that no call should be given, and which of them a parameter's type rules out."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import attrs

from collabcase import ItemRef
from properties.reflection import Call

IDS = ("message", "talk", "group")

NASTY_STRINGS: tuple[str, ...] = (
    "\0",
    "a\0b",
    "\x1b[31m",
    "a\x7f",
    "a\ud800b",
    "\udfff",
    "x" * 10_000_001,
    "\n".join("y" * 1000 for _ in range(10_000)),
)
"""No text may hold control characters or lone surrogates, or be as long as this."""

_EARLY, _LATE = (
    edge.replace(tzinfo=None) for edge in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
)
_ABSURD_MOMENTS: tuple[datetime, ...] = (
    datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    _EARLY,
    _EARLY.replace(tzinfo=UTC),
    _EARLY.replace(tzinfo=timezone(timedelta(hours=14))),
    _LATE.replace(tzinfo=UTC),
    _LATE.replace(tzinfo=timezone(-timedelta(hours=23))),
    datetime(1, 1, 1, 12, tzinfo=UTC),
    datetime(9999, 1, 1, tzinfo=UTC),
)


class WithRef:
    """Looks like a value with a reference, and has none."""

    ref = 5


class Unhashable:
    """Can't be a key."""

    def __eq__(self, other: object) -> bool:
        return self is other


def strange_values() -> Iterator[Any]:
    """Give values of all sorts, new ones every time."""
    yield from (None, True, False, 0, -1, 1, 501, 10**30, 1.5, float("nan"), 3j, Decimal(1), ..., NotImplemented)
    yield from (b"", b"bytes", bytearray(b"x"), memoryview(b"x"), date(2026, 1, 1), timedelta(1), *_ABSURD_MOMENTS)
    yield from ([], (), {}, set(), [[]], [{}], [None], [b"x"], [5], [Unhashable()], {"a": 1}, {1: 2}, ((),), iter([5]))
    yield from (object(), object, WithRef(), WithRef, Unhashable(), len, lambda: None, inspect)
    number: Any = 5
    yield from (ItemRef("person", number), ItemRef(number, "x"), ItemRef("case", "x"), ItemRef("person", "\0"))
    yield from ([ItemRef("", "")], [ItemRef("person", number)])
    yield from ("", " ", "\t\n", *NASTY_STRINGS, [NASTY_STRINGS[0]], [NASTY_STRINGS[4]], [NASTY_STRINGS[6]])
    yield from (["x"] * 10_001, [str(number) for number in range(10_001)])


def types_of(call: Call) -> dict[str, Any]:
    """Give the types of a call's parameters; those of a TypedDict that is unpacked by their own names."""
    hints = call.hints
    found: dict[str, Any] = {}
    for name, parameter in call.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            found |= typing.get_type_hints(typing.get_args(hints[name])[0])
        else:
            found[name] = hints[name]
    return found


def wrong_for(name: str, hint: Any) -> Iterator[Any]:
    """Give values that a parameter of a type must refuse as InvalidInput."""
    for value in strange_values():
        absurd = isinstance(value, datetime) and datetime in typing.get_args(hint)
        nasty = isinstance(value, str) and value in NASTY_STRINGS
        if not fits(value, hint) or absurd or nasty or (name == "limit" and not 1 <= value <= 500):
            yield value


def fits(value: Any, hint: Any) -> bool:
    """Tell whether a value has a type, looking into it; a lone str is no list, a bool no number."""
    if hint in (Any, inspect.Parameter.empty) or isinstance(hint, typing.TypeVar):
        return True
    if hint is None or hint is types.NoneType:
        return value is None
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, one) for one in arguments)
    if origin is typing.Literal:
        return isinstance(value, str) and value in arguments
    if origin is tuple:
        return isinstance(value, tuple) and len(value) == len(arguments) and all(map(fits, value, arguments))
    if origin is Callable or "__call__" in vars(hint if isinstance(hint, type) else object):
        return callable(value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, dict) and all(fits(one, arguments[0]) for one in value)
    if isinstance(origin, type) and issubclass(origin, Iterable):
        if isinstance(value, str | bytes | bytearray | memoryview) or not isinstance(value, Iterable):
            return False
        return isinstance(value, list | tuple | set | dict) and all(fits(one, arguments[0]) for one in value)
    return _is_one(value, hint)


def _is_one(value: Any, hint: Any) -> bool:
    if getattr(hint, "_is_protocol", False):
        return all(hasattr(value, name) for name in _members(hint))
    if hint in (int, float) and isinstance(value, bool):
        return False
    if hint is float:
        return isinstance(value, int | float) and 0 <= value <= 60
    if not isinstance(value, hint):
        return False
    if attrs.has(hint):
        return all(isinstance(getattr(value, one.name), str) for one in attrs.fields(hint) if one.type in (str, "str"))
    return True


def _members(protocol: Any) -> set[str]:
    return {name for name in dir(protocol) if not name.startswith("_")}
