"""Ids: their kinds, their order, their outside form."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabcase import ids
from collabcase.ids import KIND_BITS, KIND_MASK, LARGEST, IdMaker, Kind, decode, encode, kind_code, kind_of

NOW = 1_800_000_000_000
"""A moment in 2027, in milliseconds."""

KINDS = st.sampled_from(Kind)
NUMBERS = st.integers(0, LARGEST >> KIND_BITS)


def test_stored_names_and_codes_never_change() -> None:
    """The names and codes of kinds are stored in databases, so they stay as they are; new ones come at the end."""
    assert {
        "person": 1,
        "group": 2,
        "talk": 3,
        "message": 4,
        "case": 5,
        "order": 6,
        "entry": 7,
        "note": 8,
        "attachment": 9,
        "meeting": 10,
        "part": 11,
        "communication": 12,
        "portfolio": 13,
        "host": 14,
    } == {kind.value: kind_code(kind) for kind in Kind}


@given(KINDS, st.integers(0, 2**42 - 1))
def test_a_number_tells_its_kind_and_moment(kind: Kind, millis: int) -> None:
    """The lowest five bits of a new number tell the kind, the highest the millisecond; it stays within 63 bits."""
    made = IdMaker().new(kind, millis)
    assert kind is kind_of(made)
    assert kind_code(kind) == made & KIND_MASK
    assert millis == made >> 21
    assert 0 <= made <= LARGEST


def test_later_is_greater() -> None:
    """Ids order by arrival: a later millisecond gives a greater number, whatever the kinds."""
    maker = IdMaker()
    made = [maker.new(kind, NOW + step) for step, kind in enumerate([*Kind, *reversed(Kind)])]
    assert sorted(made) == made


@pytest.mark.parametrize("behind", [0, 1, 1000, NOW])
def test_greater_than_the_parent_whatever_the_clock(behind: int) -> None:
    """An answer's number is greater than the answered one's, also in one millisecond and with the clock set back."""
    maker = IdMaker()
    for _ in range(200):
        talk = maker.new(Kind.TALK, NOW)
        assert talk < maker.new(Kind.MESSAGE, NOW - behind, after=talk)


def test_the_parents_successor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number after its parent is at least the parent's stamp and one, with the kind's own code."""
    monkeypatch.setattr(secrets, "randbits", lambda bits: 0)
    talk = IdMaker().new(Kind.TALK, NOW)
    message = IdMaker().new(Kind.MESSAGE, NOW, after=talk)
    assert (talk >> KIND_BITS) + 1 == message >> KIND_BITS
    assert (NOW << 16) == talk >> KIND_BITS
    assert (NOW + 1) << 16 == IdMaker().new(Kind.MESSAGE, NOW + 1, after=talk) >> KIND_BITS


def test_a_number_is_never_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one millisecond a number that chance gives again is passed over, whatever its kind; later it is free."""
    chance = iter([7, 7, 7, 8, 7])
    monkeypatch.setattr(secrets, "randbits", lambda bits: next(chance))
    maker = IdMaker()
    made = [maker.new(Kind.TALK, NOW), maker.new(Kind.MESSAGE, NOW), maker.new(Kind.TALK, NOW + 1)]
    assert [7, 8, 7] == [(number >> KIND_BITS) & 0xFFFF for number in made]


def test_threads_get_different_numbers() -> None:
    """Threads that share a maker get different numbers in the same millisecond."""
    maker = IdMaker()
    with ThreadPoolExecutor(4) as pool:
        made = [
            number
            for many in pool.map(lambda _: [maker.new(Kind.NOTE, NOW) for _ in range(500)], range(4))
            for number in many
        ]
    assert len(set(made)) == 2000


def test_chance_hides_neighbours() -> None:
    """Two numbers of one millisecond do not follow upon each other, as a counter's would."""
    maker = IdMaker()
    made = [maker.new(Kind.MESSAGE, NOW) for _ in range(50)]
    assert sorted(made) != made


def test_principals_as_items() -> None:
    """Persons, groups and the portfolio have item numbers of their own, made of their numbers."""
    made = [ids.principal_item(kind, no) for kind in (Kind.PERSON, Kind.GROUP, Kind.PORTFOLIO) for no in (1, 2)]
    assert [(1 << 5) + 1, (2 << 5) + 1, (1 << 5) + 2, (2 << 5) + 2, (1 << 5) + 13, (2 << 5) + 13] == made


@given(KINDS, NUMBERS)
def test_the_outside_form_reads_back(kind: Kind, high: int) -> None:
    """What is encoded decodes to the same number, as its own kind alone."""
    item = (high << KIND_BITS) | kind_code(kind)
    outside = encode(item)
    assert item == decode(outside, kind)
    assert {None} == {decode(outside, other) for other in Kind if other is not kind}
    assert outside.startswith(f"{kind.value}_")


@given(KINDS, NUMBERS, NUMBERS)
def test_texts_sort_as_numbers(kind: Kind, one: int, other: int) -> None:
    """The outside forms of one kind sort as the numbers do."""
    items = [(high << KIND_BITS) | kind_code(kind) for high in (one, other)]
    assert [encode(item) for item in sorted(items)] == sorted(encode(item) for item in items)


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "_",
        "message",
        "message_",
        "message_36vrs4580j2w",
        "message_36vrs4580j2w44",
        "message-36vrs4580j2w4",
        "Message_36vrs4580j2w4",
        "talk_36vrs4580j2w4",
        "message_36vrs4580j2w3",
        "message_36vrs4580j2wi",
        "message_36VRS4580J2W4",
        "message_zzzzzzzzzzzz4",
        "message_36vrs4580j2٤4",
        " message_36vrs4580j2w4",
        "message__36vrs4580j2w",
    ],
)
def test_garbage_is_no_id(garbage: str) -> None:
    """Whatever is no id of the kind asked for decodes to nothing: wrong prefix, length, letters, kind, size."""
    assert decode("message_36vrs4580j2w4", Kind.MESSAGE) is not None
    assert None is decode(garbage, Kind.MESSAGE)


def test_the_largest_number() -> None:
    """Thirteen letters could hold 65 bits; whatever exceeds 63 is no id."""
    largest = (LARGEST >> KIND_BITS << KIND_BITS) | kind_code(Kind.MESSAGE)
    assert "message_7zzzzzzzzzzz4" == encode(largest)
    assert largest == decode("message_7zzzzzzzzzzz4", Kind.MESSAGE)
    assert None is decode("message_8000000000004", Kind.MESSAGE)


@given(st.text())
def test_any_text_decodes_or_not(text: str) -> None:
    """No text makes decoding fail."""
    assert decode(text, Kind.MESSAGE) is None or encode(decode(text, Kind.MESSAGE) or 0) == text
