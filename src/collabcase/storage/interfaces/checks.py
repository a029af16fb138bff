"""Comparing what is derived (lists, teamboxes, the text index) with what it is derived from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from collabcase.model.item import ItemRef
from collabcase.storage.interfaces.scope import Scope


@frozen
class Difference:
    """A list that is not what the rule gives.

    Attributes:
        list: its name: ``group feed``, ``own list``, ``shared list``, ``teambox`` or ``text index``.
        missing: how many entries it lacks.
        stale: how many it holds too many.
        items: numbers of some of the things concerned, sorted.
    """

    list: str
    missing: int
    stale: int
    items: tuple[int, ...]


class CheckStore(Protocol):
    """Looks for derived rows that are missing or stale; changes nothing, and holds no more than a batch in memory."""

    def sizes(self, scope: Scope) -> tuple[int, int]:
        """Return how many principals and how many messages there are."""
        ...

    def principals(self, scope: Scope, *, after: int, limit: int) -> list[tuple[int, ItemRef]]:
        """Return persons and groups, deleted ones too, with their numbers, from the first above `after` on."""
        ...

    def lists(self, scope: Scope, principal: int, *, group: bool, examples: int) -> list[Difference]:
        """Compare all lists of a principal with the rule, and return those that differ; a person has an own list only.

        Each comparison is one statement. A group's feed and shared list follow from the involvement of its present
        members; an own list from the principal's own involvement; an entry of a teambox must stand since a message
        of its talk that was addressed to the group.
        """
        ...

    def messages(self, scope: Scope, *, after: int, limit: int) -> list[int]:
        """Return messages, oldest first, from the first above number `after` on."""
        ...

    def unindexed(self, scope: Scope, messages: Sequence[int]) -> list[int]:
        """Return those messages that the text index does not find by all their words."""
        ...
