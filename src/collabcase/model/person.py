"""Persons: who signs in at the host."""

from __future__ import annotations

from enum import StrEnum
from typing import TypedDict

from attrs import frozen

from collabcase.ids import Kind
from collabcase.model.item import ItemRef


class PersonEvent(StrEnum):
    """What happens to a person."""

    ADDED = "person.added"
    CHANGED = "person.changed"
    DEACTIVATED = "person.deactivated"
    ACTIVATED = "person.activated"


@frozen
class Person:
    """A person as the host set them up; the system alone is shown all of it.

    Attributes:
        id: chosen by the host.
        name: for people to read.
        email: where mail goes, if anywhere.
        internal: whether they belong to the house; external persons are clients, partners, experts.
        organisation: the house they belong to, for the warnings of `preview` (V14).
        active: whether they may act; others go on seeing what they sent and received (G7).
        host_ref: the host's own reference.
    """

    id: str
    name: str
    email: str | None = None
    internal: bool = True
    organisation: str | None = None
    active: bool = True
    host_ref: str | None = None

    @property
    def ref(self) -> ItemRef:
        """The reference of this person."""
        return ItemRef(Kind.PERSON.value, self.id)


class PersonFields(TypedDict, total=False):
    """The fields of a person that can be changed; see `Person`."""

    name: str
    email: str | None
    internal: bool
    organisation: str | None
    host_ref: str | None


@frozen
class PersonCard:
    """What others are shown of a person they may know (V17).

    Attributes:
        id: the person's id at the host.
        name: for people to read.
        internal: whether they belong to the house.
        organisation: the house they belong to.
        active: whether they may act.
    """

    id: str
    name: str
    internal: bool
    organisation: str | None
    active: bool

    @property
    def ref(self) -> ItemRef:
        """The reference of this person."""
        return ItemRef(Kind.PERSON.value, self.id)


@frozen
class SyncResult:
    """What `people.sync` did, as ids in the order given.

    Attributes:
        added: persons new here.
        changed: persons that differed.
        deactivated: persons that were missing from the directory.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deactivated: tuple[str, ...] = ()


def changed_fields(before: Person, after: Person) -> tuple[str, ...]:
    """Return the sorted names of the fields in which two states of one person differ."""
    return tuple(sorted(name for name in PersonFields.__annotations__ if getattr(before, name) != getattr(after, name)))
