"""Keeping the event log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from collabcase.model.event import Event, NewEvent
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


class EventReader(Protocol):
    """Reads what has been committed behind a cursor of its own: no gap, no reordering per item, nothing twice."""

    def read(self, limit: int) -> list[Occurrence]:
        """Return the next events, up to `limit`, and move on; empty where none can be told yet.

        Needs no transaction of the caller. An event whose position a running transaction may still precede is held
        back until that one has ended, so a later read never has to go back.
        """
        ...
