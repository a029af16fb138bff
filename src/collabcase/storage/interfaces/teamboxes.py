"""Keeping teamboxes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from attrs import frozen

from collabcase.storage.interfaces.scope import Scope


@frozen
class TeamboxRow:
    """An item of a teambox with what is shown of it; moments in milliseconds, the claimer by number."""

    item: int
    subject: str
    type: str | None
    since: int
    sent_at: int
    answered: bool
    claimed_by: int | None
    claimed_at: int | None


class TeamboxStore(Protocol):
    """What was sent to groups, and who has claimed it.

    An item waits since the oldest message it was entered with. Every method with a viewer shows, counts and changes
    only items of which the viewer sees that message, and asks the rule in its own statement.
    """

    def enter(self, scope: Scope, groups: Collection[int], item: int, *, since: int) -> None:
        """Let an item wait in the teamboxes of groups, unanswered.

        A known one keeps its claim, and its place unless this message is older. The message `since` is stored by now.
        """
        ...

    def answer(self, scope: Scope, groups: Collection[int], item: int) -> None:
        """Mark an item as answered in the teamboxes of these groups that hold it."""
        ...

    def has_member(self, scope: Scope, group: int, person: int) -> bool:
        """Tell whether an active person is a member of a group."""
        ...

    def find(self, scope: Scope, viewer: int, group: int, item: int) -> TeamboxRow | None:
        """Return an item of a group's teambox."""
        ...

    def waiting(self, scope: Scope, viewer: int, group: int, *, after: int, limit: int) -> list[TeamboxRow]:
        """Return unclaimed items that wait since a message with an id above `after`, oldest first."""
        ...

    def claimed(
        self, scope: Scope, viewer: int, group: int, *, before: tuple[int, int], limit: int
    ) -> list[TeamboxRow]:
        """Return claimed items, newest claim first, of one moment the greatest item first.

        Args:
            scope: the portfolio.
            viewer: who looks.
            group: whose teambox.
            before: moment of the claim (milliseconds) and item; what comes behind them is returned.
            limit: how many at most.
        """
        ...

    def counts(self, scope: Scope, viewer: int, group: int) -> list[tuple[int, str | None, int]]:
        """Return the number of unclaimed items for each kind (its code, see `collabcase.ids`) and type."""
        ...

    def claim(self, scope: Scope, viewer: int, group: int, item: int, *, at: int) -> bool:
        """Give an unclaimed item to the viewer, in one statement, and tell whether it was there to be given."""
        ...

    def put_back(self, scope: Scope, viewer: int, group: int, item: int) -> bool:
        """End the viewer's own claim, in one statement, and tell whether there was one."""
        ...

    def release(self, scope: Scope, persons: Collection[int], group: int | None = None) -> list[tuple[int, int]]:
        """End all claims of persons, in one group or everywhere.

        Returns:
            For each claim that ended the message since which the item waits, and the group, sorted.
        """
        ...

    def open_items(self, scope: Scope, group: int) -> int:
        """Return how many items of a group nobody has claimed, or no member has answered."""
        ...

    def forget(self, scope: Scope, group: int) -> None:
        """Delete all items of a group."""
        ...

    def take_over(self, scope: Scope, old: int, new: int) -> list[int]:
        """Move the open items of one group to another, and forget the others (G4).

        Claims end. An item known there keeps its claim and the older place, and is answered only if it was in both.

        Returns:
            For each claim of an open item that ended the message since which the item waits, sorted.
        """
        ...
