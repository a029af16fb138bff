"""Checks of what callers pass in: each refuses what can't be used, naming the field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabcase.errors import InvalidInput
from collabcase.model import inputs

Check = Callable[[str, object], object]


def refusal(check: Check, value: object) -> str:
    """Return the problem that a check names, its field made sure of."""
    with pytest.raises(InvalidInput) as refused:
        check("some_field", value)
    assert refused.value.field == "some_field"
    return refused.value.problem


@pytest.mark.parametrize("value", ["", " ", "a", "Zeile 1\nZeile 2\r\n\tEnde", "Zażółć «ß» 🙂", "x" * 1_000_000])
def test_texts_stay_as_they_are(value: str) -> None:
    """A text keeps its lines, tabs, spaces and letters."""
    assert value == inputs.text("some_field", value)


@pytest.mark.parametrize(
    "bad", ["\x00", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\x7f", "\x9f", chr(0xD800), chr(0xDFFF)]
)
def test_control_characters_are_refused(bad: str) -> None:
    """Control characters and lone surrogates are refused everywhere, by their number."""
    assert f"U+{ord(bad):04X}" in refusal(inputs.text, f"a{bad}b")
    assert f"U+{ord(bad):04X}" in refusal(inputs.line, f"a{bad}b")


@pytest.mark.parametrize("bad", ["\n", "\r", "\t", "\u2028", "\u2029", "\x85"])
def test_a_line_is_one_line(bad: str) -> None:
    """Whatever breaks a line is refused where one line is wanted."""
    assert f"U+{ord(bad):04X}" in refusal(inputs.line, f"a{bad}b")


def test_lengths() -> None:
    """A text or line of just the length is taken, one more is refused with both numbers."""
    assert "x" * 200 == inputs.line("some_field", "x" * 200)
    assert refusal(inputs.line, "x" * 201) == "has 201 characters; 200 are allowed at most"
    assert refusal(inputs.text, "x" * 1_000_001) == "has 1000001 characters; 1000000 are allowed at most"
    assert "xxx" == inputs.text("some_field", "xxx", most=3) == inputs.line("some_field", "xxx", most=3)
    with pytest.raises(InvalidInput):
        inputs.text("some_field", "xxxx", most=3)


@pytest.mark.parametrize("value", [None, 1, b"text", ["text"], object])
def test_only_str_is_text(value: object) -> None:
    """Another type is refused by its name."""
    assert refusal(inputs.text, value) == refusal(inputs.line, value) == f"must be a str, not {type(value).__name__}"


def test_blank() -> None:
    """A line is never blank and loses the spaces around it; a text may be blank unless it must not."""
    assert "a b" == inputs.line("some_field", "  a b ")
    for blank in ("", "  ", "\u00a0"):
        assert refusal(inputs.line, blank) == "is empty; give it a name"
        assert blank == inputs.text("some_field", blank)
        with pytest.raises(InvalidInput, match="some_field: is empty; say something"):
            inputs.text("some_field", blank, empty=False)
    assert "a" == inputs.text("some_field", "a", empty=False)


def test_optional_lines() -> None:
    """None stays None; anything else is checked as a line."""
    assert None is inputs.optional_line("some_field", None)
    assert "a" == inputs.optional_line("some_field", " a ")
    assert "characters" in refusal(inputs.optional_line, "x" * 201)
    assert "x" * 201 == inputs.optional_line("some_field", "x" * 201, most=201)


@pytest.mark.parametrize("value", [None, 0, 1, "True", [], 1.0])
def test_only_bool_is_a_flag(value: object) -> None:
    """A flag is True or False, and nothing that merely counts as one."""
    assert [True, False] == [inputs.flag("some_field", flag) for flag in (True, False)]
    assert refusal(inputs.flag, value) == f"must be True or False, not {type(value).__name__}"


@pytest.mark.parametrize("value", [0, -1, 501, 1.0, "1", None, True])
def test_counts(value: object) -> None:
    """A count is a whole number from 1 to its most; a bool is none."""
    assert [1, 500] == [inputs.count("some_field", number) for number in (1, 500)]
    assert refusal(inputs.count, value) == "must be a whole number from 1 to 500"
    assert 501 == inputs.count("some_field", 501, most=501)


class NoOffset(tzinfo):
    """A zone that knows no offset, so that its moments are as good as naive."""

    def utcoffset(self, moment: datetime | None) -> None:
        """Return nothing."""

    def dst(self, moment: datetime | None) -> None:
        """Return nothing."""

    def tzname(self, moment: datetime | None) -> None:
        """Return nothing."""


def test_moments() -> None:
    """An aware moment comes back in UTC; naive ones, other types and far-off years are refused."""
    summer = timezone(timedelta(hours=2))
    taken = inputs.moment("some_field", datetime(2026, 7, 1, 12, tzinfo=summer))
    assert (datetime(2026, 7, 1, 10, tzinfo=UTC), UTC) == (taken, taken.tzinfo)
    naive = taken.replace(tzinfo=None)
    assert refusal(inputs.moment, naive) == "has no time zone; pass an aware datetime"
    assert refusal(inputs.moment, naive.replace(tzinfo=NoOffset())) == "has no time zone; pass an aware datetime"
    for value in ("2026-07-01", 1, None, naive.date()):
        assert refusal(inputs.moment, value) == f"must be a datetime, not {type(value).__name__}"
    for far in (datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert refusal(inputs.moment, far) == "lies outside the years 1900 to 9000"
    near = (datetime(1900, 1, 2, tzinfo=UTC), datetime(8999, 12, 31, tzinfo=UTC))
    assert near == tuple(inputs.moment("some_field", moment) for moment in near)


def test_many() -> None:
    """A list comes back as a tuple, each value once, in the order given; any iterable will do."""

    def check(field: str, value: object) -> object:
        return inputs.many(field, value, str)

    assert ("b", "a") == inputs.many("some_field", ["b", "a", "b"], str)
    assert ("a",) == inputs.many("some_field", iter("a"), str) == inputs.many("some_field", {"a": 1}, str)
    assert () == inputs.many("some_field", (), str)
    for value in ("abc", b"abc", 7, None):
        assert refusal(check, value) == f"must be a list, not {type(value).__name__}"
    assert refusal(check, ["a", 7]) == "must hold only str, not int"
    most = list(map(str, range(10_000)))
    assert tuple(most) == inputs.many("some_field", most, str)
    assert refusal(check, [*most, "one more"]) == "holds more than 10000 items; pass fewer at a time"


def test_many_stops_reading_an_endless_list() -> None:
    """A list without an end is refused, not read for ever."""

    def endless() -> object:
        number = 0
        while True:
            yield str(number)
            number += 1

    for value in (endless(), repeat("the same")):
        assert "more than 10000" in refusal(lambda field, value: inputs.many(field, value, str), value)


@pytest.mark.parametrize("value", ["4.8.0.64470", "4", "0", "4.10", "1.2.3.4.5.6.7.8", "999999999"])
def test_versions(value: str) -> None:
    """A version is numbers with dots between them."""
    assert value == inputs.version("some_field", value)


@pytest.mark.parametrize(
    "value",
    ["", ".", "4.", ".4", "4..8", "4.8b", "v4", " 4", "4\n", "٤.8", "1" * 10, "1.2.3.4.5.6.7.8.9", "-4", 4, 4.8, None],
)
def test_other_versions_are_refused(value: object) -> None:
    """Anything else is refused with an example."""
    assert "such as '4.8.0.64470'" in refusal(inputs.version, value)


@given(st.text(max_size=30))
def test_any_text_is_a_line_or_refused(value: str) -> None:
    """Whatever passes as a line is one line, not blank, and passes again unchanged."""
    try:
        line = inputs.line("some_field", value)
    except InvalidInput:
        return
    assert line == line.strip() != ""
    assert len(line.splitlines()) == 1
    assert line == inputs.line("some_field", line)
