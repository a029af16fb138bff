"""Keeping persons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from attrs import frozen

from collabcase.model.group import Right
from collabcase.model.item import ItemRef
from collabcase.model.person import Person, PersonCard
from collabcase.permissions.known import Acquaintance
from collabcase.storage.interfaces.scope import Scope, Transaction


@frozen
class Actor:
    """Who acts, as read at the start of a verb.

    Attributes:
        portfolio: the portfolio's number.
        no: the principal's number; 0 for the system.
        id: the person's id; empty for the system.
        internal: whether they belong to the house.
        active: whether they may act.
        rights: what their main group gives (G2).
        seal: the portfolio's secret that seals cursors.
        sent_for_since: the portfolio's threshold of T6.
    """

    portfolio: int
    no: int
    id: str
    internal: bool
    active: bool
    rights: frozenset[Right]
    seal: bytes
    sent_for_since: str


class PeopleStore(Protocol):
    """Persons and what they have to do with each other."""

    def actor(self, tx: Transaction, portfolio: str, person: str) -> Actor | None:
        """Return who acts, rights of a living main group included, in one statement; None where there is none."""
        ...

    def actors(self, scope: Scope, persons: Collection[str]) -> Mapping[str, Actor]:
        """Return the same of many persons, by id, in one statement; without those there are not."""
        ...

    def add(self, scope: Scope, persons: Sequence[Person]) -> dict[str, int]:
        """Store new persons under new numbers, which are returned by id.

        Numbers are given under a lock of the portfolio, so that two writers never choose the same.
        """
        ...

    def update(self, scope: Scope, no: int, person: Person) -> None:
        """Store a person's present state, `active` included."""
        ...

    def find(self, scope: Scope, ids: Collection[str]) -> Mapping[str, tuple[int, Person]]:
        """Return number and person of those ids that exist."""
        ...

    def principals(self, scope: Scope, refs: Collection[ItemRef]) -> Mapping[ItemRef, int]:
        """Return the numbers of those references to persons and groups that exist, deleted groups included."""
        ...

    def all(self, scope: Scope) -> Mapping[str, tuple[int, Person]]:
        """Return every person by id."""
        ...

    def page(self, scope: Scope, *, before: int, limit: int) -> list[tuple[int, Person]]:
        """Return the newest persons whose number is below `before`, newest first."""
        ...

    def cards(self, scope: Scope, numbers: Collection[int]) -> Mapping[int, PersonCard]:
        """Return what others are shown of persons, by number."""
        ...

    def active(self, scope: Scope) -> set[int]:
        """Return the numbers of all active persons."""
        ...

    def lock(self, scope: Scope, principals: Collection[int], *, exclusive: bool) -> None:
        """Lock principals in the order of their numbers until the transaction ends.

        Whoever is about to involve somebody takes them shared, whoever changes memberships exclusively; facts are
        read only afterwards. Locks of principals come before locks of things.
        """
        ...

    def acquaintances(
        self, scope: Scope, viewer: int, principals: Collection[int], *, named: bool
    ) -> dict[int, Acquaintance]:
        """Return what a viewer has to do with principals; `named` is looked up only where asked for, else False."""
        ...

    def naming(self, scope: Scope, viewers: Collection[int], principals: Collection[int]) -> set[tuple[int, int]]:
        """Return the pairs of a viewer and a principal who is named on something the viewer sees, in one statement."""
        ...

    def known(
        self, scope: Scope, viewer: int, *, everybody: bool, before: int, limit: int
    ) -> list[tuple[int, PersonCard]]:
        """Return persons whom a viewer may know (V17), the newest below number `before`, newest first.

        Args:
            scope: the portfolio.
            viewer: the principal's number.
            everybody: leave nobody out, for who manages groups.
            before: an upper bound of the number, not included.
            limit: how many at most.
        """
        ...
