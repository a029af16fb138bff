"""Keeping open windows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from attrs import frozen

from collabcase.storage.interfaces.scope import Scope, Transaction


@frozen
class WindowRow:
    """An open window.

    Attributes:
        id: issued here; whoever knows it and is its person speaks for it.
        person: whose it is.
        folder: where it is, in the host's words.
        mode: how it is doing, a `Mode`.
        ttl: how long it is believed to be there after each sign of life, in milliseconds.
        item: what it is on; None for nothing.
        focused_at: since when, by the database's clock.
        live: whether it is believed to be there.
    """

    id: str
    person: int
    folder: str
    mode: str
    ttl: int
    item: int | None = None
    focused_at: int | None = None
    live: bool = True


class WindowStore(Protocol):
    """Windows live by the database's clock alone. They are locked before what they are on, in the order of ids."""

    def open(self, scope: Scope, row: WindowRow) -> None:
        """Store a new window, from now on."""
        ...

    def find(self, scope: Scope, person: int, id: str) -> WindowRow | None:
        """Return a window of a person, None where it is gone or somebody else's."""
        ...

    def of(self, scope: Scope, person: int) -> list[WindowRow]:
        """Lock all windows of a person and return them, those that are silent for too long included."""
        ...

    def point(self, scope: Scope, id: str, item: int | None) -> None:
        """Store what a window is on, since now; that is a sign of life, too."""
        ...

    def move(self, scope: Scope, id: str, folder: str) -> None:
        """Store where a window is; that is a sign of life, too."""
        ...

    def let_go(self, scope: Scope, person: int, item: int) -> None:
        """Let every window of a person be on an item no more."""
        ...

    def beat(self, scope: Scope, ids: Collection[str]) -> set[str]:
        """Extend windows, and return those that live; none is revived, and one that is just locked counts as living."""
        ...

    def turn(self, scope: Scope, person: int, id: str, mode: str, ttl: int) -> bool:
        """Extend a window of a person in a mode, and tell whether it lives."""
        ...

    def close(self, scope: Scope, ids: Collection[str]) -> None:
        """Forget windows."""
        ...

    def silent(self, scope: Scope) -> set[int]:
        """Return the persons of windows that have been silent for too long."""
        ...

    def due(self, tx: Transaction, *, ended: int, before: int) -> list[str]:
        """Return the ids of portfolios in which a sweep has something to do.

        Args:
            tx: the transaction.
            ended: for how many milliseconds the ends of holds are kept.
            before: the moment before which events have left the feed (milliseconds).
        """
        ...

    def clamp(self, scope: Scope) -> None:
        """Let no window last longer than from now on, after the database's clock has gone back."""
        ...
