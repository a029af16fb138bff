"""The values: references, pages, versions, what changed of a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
import pytest

import collabcase
from collabcase import Group, ItemRef, Message, Page, Person, PersonCard, Talk
from collabcase.model.event import NewEvent
from collabcase.model.person import changed_fields
from collabcase.model.portfolio import SENT_FOR_SINCE, older

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_references() -> None:
    """Every value that can be pointed at has a reference made of its kind and id."""
    talk = Talk("talk_1", "Police", None, None, (), (), False)
    message = Message("message_1", "talk_1", "x", None, (), (), "…", "", NOW, NOW, False)
    assert [
        ItemRef("person", "x"),
        ItemRef("person", "x"),
        ItemRef("group", "group_1"),
        ItemRef("talk", "talk_1"),
        ItemRef("message", "message_1"),
    ] == [
        Person("x", "X").ref,
        PersonCard("x", "X", True, None, True).ref,
        Group("group_1", "A", False, False, False, False).ref,
        talk.ref,
        message.ref,
    ]
    assert "message:message_1" == str(message.ref)


def test_references_sort() -> None:
    """References sort by kind, then by id."""
    refs = [ItemRef("person", "b"), ItemRef("group", "z"), ItemRef("person", "a")]
    assert [ItemRef("group", "z"), ItemRef("person", "a"), ItemRef("person", "b")] == sorted(refs)


def test_values_are_deeply_immutable() -> None:
    """Every public value is frozen, hashable, slotted, and holds nothing that could change."""
    for name in set(collabcase.__all__):
        kind = getattr(collabcase, name)
        if not isinstance(kind, type) or not attrs.has(kind):
            continue
        assert "__slots__" in vars(kind), name
        assert kind.__setattr__ is not object.__setattr__, name
        assert kind.__hash__ is not None, name
        assert all(_lasting(held) for held in get_type_hints(kind).values()), name
    person: Any = Person("x", "X")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        person.name = "Y"


def _lasting(held: Any) -> bool:
    """Tell whether values of a type never change."""
    if get_origin(held) in (tuple, frozenset, UnionType, Union):
        return all(_lasting(part) for part in get_args(held) if part is not ...)
    if isinstance(held, TypeVar):
        return True
    if not isinstance(held, type) or get_origin(held):
        return False
    return held in (str, int, bool, datetime, timedelta, NoneType) or attrs.has(held) or issubclass(held, StrEnum)


def test_a_mutable_field_is_found() -> None:
    """A list, dict or set in a value's fields counts as changing, however deep it stands."""
    assert [True, True, False, False, False] == [
        _lasting(held)
        for held in (tuple[ItemRef, ...], frozenset[str] | None, list[str], tuple[dict[str, str], ...], set[int] | None)
    ]


def test_a_page_is_a_sequence() -> None:
    """A page is read like a tuple of its items, and knows the cursor of what follows."""
    page = Page((1, 2, 3), "cursor")
    assert (3, [1, 2, 3], 2, (2, 3), 3, True, False) == (
        len(page),
        list(page),
        page[1],
        page[1:],
        page[-1],
        2 in page,
        4 in page,
    )
    assert (None, 0, []) == (Page(()).next, len(Page(())), list(Page(())))
    with pytest.raises(IndexError):
        page[3]
    assert not Page(())


@pytest.mark.parametrize(
    ("version", "threshold", "expected"),
    [
        ("4.8.0.64469", "4.8.0.64470", True),
        ("4.8.0.64470", "4.8.0.64470", False),
        ("4.8.0.64471", "4.8.0.64470", False),
        ("4.7", "4.8", True),
        ("4.10", "4.9", False),
        ("4.9", "4.10", True),
        ("4.8", "4.8.0.0", False),
        ("4.8.0.0", "4.8", False),
        ("4.8", "4.8.0.1", True),
        ("4.8.0.1", "4.8", False),
        ("5", "4.8.0.64470", False),
        ("04.08", "4.8", False),
        ("0", "0.0", False),
    ],
)
def test_older_versions(version: str, threshold: str, expected: bool) -> None:
    """T6: versions compare number by number, and a missing part counts as nought."""
    assert expected is older(version, threshold)


def test_the_threshold_of_the_law() -> None:
    """T6: programs tell both names from 4.8.0.64470 on, unless a portfolio says otherwise."""
    assert "4.8.0.64470" == SENT_FOR_SINCE


def test_changed_fields() -> None:
    """The fields in which two states of a person differ are named, sorted; `active` has events of its own."""
    before = Person("x", "X", "x@example.test", True, "A", True, "1")
    after = Person("x", "Y", None, False, "B", False, None)
    assert ("email", "host_ref", "internal", "name", "organisation") == changed_fields(before, after)
    assert ("name",) == changed_fields(before, attrs.evolve(before, name="Y"))
    assert () == changed_fields(before, attrs.evolve(before, active=False)) == changed_fields(before, before)


def test_a_new_event_has_no_fields_unless_named() -> None:
    """An event about to be stored names no fields unless told so."""
    assert () == NewEvent("message.sent", 4).fields
