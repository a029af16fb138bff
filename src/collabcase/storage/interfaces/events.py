"""Keeping the event log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from collabcase.model.event import Event, Happening, NewEvent
from collabcase.storage.interfaces.scope import Scope


@frozen
class Occurrence:
    """A committed event with its place in the log and the Collab it came from."""

    position: int
    origin: int
    event: Event


class EventStore(Protocol):
    """The append-only log that audit, signals and feeds read."""

    def append(self, scope: Scope, events: Sequence[NewEvent], *, actor: int, at: int, origin: int) -> None:
        """Store events in order, after every other lock of the transaction is taken (the marker comes last)."""
        ...

    def between(self, scope: Scope, *, after: int, upto: int, limit: int) -> list[Happening]:
        """Return the events of a portfolio behind a position, up to another, in order."""
        ...

    def retire(self, scope: Scope, *, before: int) -> int:
        """Let events that are older than a moment (milliseconds) leave the feed, and return how many were removed.

        Removed is what is told of locks, but for what was forced or moved; the rest stays for audit. At most 1,000
        events leave at a time. Feeds that have not read that far must begin anew (`floor`).
        """
        ...

    def floor(self, scope: Scope) -> int:
        """Return the position up to which events of a portfolio may have been removed."""
        ...


class EventReader(Protocol):
    """Reads what has been committed behind a cursor of its own: no gap, no reordering per item, nothing twice."""

    def read(self, limit: int) -> list[Occurrence]:
        """Return the next events, up to `limit`, and move on; empty where none can be told yet.

        Needs no transaction of the caller. An event whose position a running transaction may still precede is held
        back until that one has ended, so a later read never has to go back.
        """
        ...

    def skip(self, limit: int) -> set[int]:
        """Move on over the next events, up to `limit`, and return only from where they came; empty for none."""
        ...


class Waking(Protocol):
    """Wakes the threads of this process that wait for events. A wake-up carries nothing, and may get lost."""

    def mark(self) -> int:
        """Return what `wait` is given: taken before a look, so that nothing after the look is missed."""
        ...

    def wait(self, mark: int, seconds: float) -> bool:
        """Wait until something may have happened since a mark, at most so long; False once there is no more waiting.

        Nobody waits for more than a second at a time, so that a wake-up that got lost costs no more.
        """
        ...

    def tell(self) -> None:
        """Wake everybody: something has been committed here."""
        ...

    def close(self) -> None:
        """Let nobody wait any more."""
        ...
