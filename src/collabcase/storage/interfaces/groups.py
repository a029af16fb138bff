"""Keeping groups and memberships."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from collabcase.model.group import Group, Right
from collabcase.storage.interfaces.scope import Scope


class GroupStore(Protocol):
    """Groups, their members, their boxes and rights."""

    def add(self, scope: Scope, group: Group, *, since: int) -> int:
        """Store a new group without members and return its number; `since` (milliseconds) is kept if it shares."""
        ...

    def find(self, scope: Scope, ids: Collection[str]) -> Mapping[str, tuple[int, Group]]:
        """Return number and group, with members and rights, of those ids that exist, deleted ones included."""
        ...

    def among(self, scope: Scope, principals: Collection[int]) -> dict[int, bool]:
        """Return those principals that are groups, each with whether it is deleted."""
        ...

    def named(self, scope: Scope, numbers: Collection[int]) -> Mapping[int, Group]:
        """Return groups by number, deleted ones included, without members and rights; other numbers are left out."""
        ...

    def page(
        self, scope: Scope, *, viewer: int | None, all: bool, mine: bool, before: int, limit: int
    ) -> list[tuple[int, Group, bool]]:
        """Return living groups, newest first below number `before`, each with whether the viewer is a member.

        Args:
            scope: the portfolio.
            viewer: whose groups; None for the system.
            all: leave none out, for the system and who manages groups; else those the viewer may know (V17).
            mine: only those the viewer is a member of.
            before: an upper bound of the number, not included.
            limit: how many at most.
        """
        ...

    def rename(self, scope: Scope, no: int, name: str) -> None:
        """Store a new name."""
        ...

    def set_sharing(self, scope: Scope, no: int, on: bool, *, since: int) -> None:
        """Tick or untick the box; `since` (milliseconds) is kept while it is ticked."""
        ...

    def set_rights(self, scope: Scope, no: int, rights: Collection[Right]) -> None:
        """Store what the group gives."""
        ...

    def join(self, scope: Scope, no: int, persons: Collection[int], *, main: bool, since: int) -> None:
        """Add members; the database refuses a second main membership with `AlreadyInMainGroup`."""
        ...

    def leave(self, scope: Scope, no: int, persons: Collection[int]) -> None:
        """Remove members."""
        ...

    def main_group_of(self, scope: Scope, persons: Collection[int]) -> Mapping[int, int]:
        """Return the main group of each person who is in one."""
        ...

    def delete(self, scope: Scope, no: int, *, at: int) -> None:
        """Mark a group as deleted at a moment (milliseconds); it has no members any more."""
        ...

    def memberships(self, scope: Scope) -> Mapping[int, frozenset[int]]:
        """Return the groups of every person who is in one."""
        ...

    def sharing_groups(self, scope: Scope) -> frozenset[int]:
        """Return the groups whose box is ticked, whatever the feature."""
        ...
