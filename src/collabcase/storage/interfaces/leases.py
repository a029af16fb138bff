"""Keeping who holds what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from attrs import frozen

from collabcase.model.item import ItemRef
from collabcase.storage.interfaces.scope import Scope


@frozen
class LeaseRow:
    """A person's hold of an item, or how their last one ended. Moments are milliseconds of the database's clock.

    Attributes:
        item: what is held.
        person: by whom.
        window: by which window; None once it has ended.
        token: the fencing token.
        since: since when.
        left: for how long yet, in milliseconds; nothing or less means that it has run out.
        ended: how it ended.
        ended_by: by whom; None for nobody but time.
        ended_at: when.
        reason: why; of a move, what happened.
        asked_by: who has asked the holder to let go.
    """

    item: int
    person: int
    window: str | None
    token: int
    since: int
    left: int
    ended: str | None = None
    ended_by: int | None = None
    ended_at: int | None = None
    reason: str | None = None
    asked_by: int | None = None

    @property
    def live(self) -> bool:
        """Whether it holds now."""
        return self.window is not None and self.left > 0


@frozen
class Ending:
    """How a hold ends: `how`, by whom, and why."""

    how: str
    by: int | None = None
    reason: str | None = None


@frozen
class ForcedRow:
    """The record of a lock freed by force; `at` in milliseconds of the database's clock."""

    item: int
    person: int
    forcer: int
    reason: str
    at: int


class LeaseStore(Protocol):
    """Holds of items. Whoever changes them locks the item exclusively first, whoever relies on them shared.

    Items are locked after windows, in the order of their numbers, before the marker of events.
    """

    def number(self, scope: Scope, ref: ItemRef) -> int | None:
        """Return the number of a thing of the host's; None where nobody has ever clicked it."""
        ...

    def register(self, scope: Scope, ref: ItemRef, no: int) -> int:
        """Return the number of a thing of the host's, giving it `no` if it has none."""
        ...

    def refs(self, scope: Scope, items: Collection[int]) -> Mapping[int, ItemRef]:
        """Return what things of the host's are, by number."""
        ...

    def lock(self, scope: Scope, items: Collection[int]) -> dict[int, int]:
        """Lock items exclusively, and return a new token for each: greater than any before, whether it is used."""
        ...

    def rely(self, scope: Scope, item: int) -> bool:
        """Lock an item against changes of who holds it, and tell whether it was ever locked before."""
        ...

    def on(self, scope: Scope, items: Collection[int]) -> list[LeaseRow]:
        """Return all holds of items, ended ones included, held longest first."""
        ...

    def held(self, scope: Scope, persons: Collection[int] | None = None) -> list[LeaseRow]:
        """Return the holds that persons have now, by default everybody's, held longest first."""
        ...

    def moved(self, scope: Scope, *, within: int) -> list[LeaseRow]:
        """Return the holds with a note of a move within so many milliseconds, newest first."""
        ...

    def hold(self, scope: Scope, item: int, person: int, window: str, token: int, ttl: int) -> None:
        """Let a person hold an item by a window, for at least so long; the locked item must be theirs or free.

        A hold that goes on keeps its `since` and the note of a move, and lasts no shorter than before.
        """
        ...

    def end(self, scope: Scope, item: int, person: int, ending: Ending) -> None:
        """End a person's hold of a locked item, or note there how it would have ended.

        The note of a move that stands at the hold stays, unless it ends by force or by another move (L7).
        """
        ...

    def note(self, scope: Scope, item: int, person: int, ending: Ending) -> None:
        """Note at a person's hold of a locked item what `end` would, and let it go on where there is one."""
        ...

    def ask(self, scope: Scope, item: int, person: int, by: int) -> None:
        """Note who has asked a holder to let go."""
        ...

    def extend(self, scope: Scope, windows: Collection[str]) -> None:
        """Extend the holds of whoever's living windows are on the item; none is revived, and locked ones wait."""
        ...

    def stray(self, scope: Scope) -> list[int]:
        """Return the items of holds that have run out, or whose window is gone."""
        ...

    def record(self, scope: Scope, item: int, person: int, forcer: int, reason: str) -> None:
        """Keep for good that a lock was freed by force."""
        ...

    def forced(self, scope: Scope, item: int | None, *, before: tuple[int, int], limit: int) -> Sequence[ForcedRow]:
        """Return the records of an item, or of all, behind a moment and item, newest first."""
        ...

    def clamp(self, scope: Scope, longest: int) -> None:
        """Let no hold last longer than so many milliseconds from now on, after the database's clock has gone back."""
        ...

    def forget(self, scope: Scope, *, after: int) -> None:
        """Forget the ends of holds that are older than so many milliseconds."""
        ...
