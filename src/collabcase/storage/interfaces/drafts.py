"""Keeping drafts."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen

from collabcase.model.item import ItemRef
from collabcase.storage.interfaces.scope import Scope


@frozen
class DraftRow:
    """A draft as stored; the moment in milliseconds."""

    item: ItemRef
    text: str
    at: int


class DraftStore(Protocol):
    """What persons have begun to write; one text for each person and item."""

    def save(self, scope: Scope, person: int, draft: DraftRow) -> None:
        """Store a draft in the place of an earlier one."""
        ...

    def discard(self, scope: Scope, person: int, item: ItemRef) -> bool:
        """Delete a draft, and tell whether there was one."""
        ...

    def page(self, scope: Scope, person: int, *, before: tuple[int, ItemRef], limit: int) -> list[DraftRow]:
        """Return a person's drafts, saved last first, of one moment the greatest kind and id first.

        Args:
            scope: the portfolio.
            person: whose.
            before: moment (milliseconds) and item; what comes behind them is returned.
            limit: how many at most.
        """
        ...
