"""Keeping what the rule of visibility stands on, and asking it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Protocol

from attrs import frozen

from collabcase.ids import Kind
from collabcase.permissions.sight import Facts, Hanging, Involvement, Role, Sight
from collabcase.storage.interfaces.scope import Scope


@frozen
class Reach:
    """What somebody would see by, spelled out: themselves, their groups, and their peers."""

    me: int
    groups: frozenset[int]
    peers: frozenset[int]


class SightStore(Protocol):
    """Involvement, hangings, and the rule over them. Nothing else decides who sees what."""

    def sight(self, scope: Scope, person: int) -> Sight:
        """Return what decides what a person sees now; an inactive person has no sharing groups (V3)."""
        ...

    def sights(self, scope: Scope, persons: Collection[int]) -> Mapping[int, Sight]:
        """Return the same of many persons, by number, in one statement."""
        ...

    def sees(self, scope: Scope, viewer: int, items: Collection[int]) -> set[int]:
        """Return those items of any kind that a viewer sees, hanging included, in one statement."""
        ...

    def exists(self, scope: Scope, item: int) -> bool:
        """Tell whether anybody is involved in an item or it hangs on something."""
        ...

    def facts(self, scope: Scope, items: Collection[int]) -> Facts:
        """Return what the rule in Python needs to judge items, loaded with everything they hang on."""
        ...

    def shapes(self, scope: Scope, talks: Collection[int]) -> Mapping[int, Sequence[Sequence[Involvement]]]:
        """Return who is on the messages of talks: for each talk, every set of rows that some message of it has."""
        ...

    def groups_of(self, scope: Scope, persons: Collection[int]) -> Mapping[int, Set[int]]:
        """Return the groups of those persons who are in one."""
        ...

    def involve(self, scope: Scope, item: int, rows: Iterable[Involvement]) -> None:
        """Store who is involved in an item; known rows stay as they are."""
        ...

    def withdraw(self, scope: Scope, items: Collection[int], principal: int, role: Role) -> set[int]:
        """End a principal's role in items and return those where there was one."""
        ...

    def take_over(self, scope: Scope, old: int, new: int) -> dict[int, Role]:
        """Involve `new` in everything `old` is involved in, by the same roles (G4).

        Where `new` has another role then, it observes no more. Returned are the items it is newly involved in, each
        with its role.
        """
        ...

    def hang(self, scope: Scope, item: int, rows: Iterable[Hanging]) -> None:
        """Store what an item hangs on; the kinds must allow it (`HANGS_ON`)."""
        ...

    def beyond(self, scope: Scope, reach: Reach, other: Reach, kinds: Collection[Kind]) -> set[int]:
        """Return the items of these kinds that `reach` shows through involvement and `other` does not."""
        ...
