"""Locks, windows and what is told of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from attrs import frozen

from collabcase.model.item import ItemRef
from collabcase.model.person import PersonCard


class LockEvent(StrEnum):
    """What happens to a lock; each names the item, and is told to its holder and whoever stands in their way."""

    ACQUIRED = "lock.acquired"
    RELEASED = "lock.released"
    TAKEN_OVER = "lock.taken_over"
    RETURNED = "lock.returned"
    EXPIRED = "lock.expired"
    FORCED = "lock.forced"
    ASKED = "lock.asked"
    MOVED = "lock.moved"


class End(StrEnum):
    """How a person's hold of an item ended."""

    RELEASED = "released"
    EXPIRED = "expired"
    FORCED = "forced"
    MOVED = "moved"


class Move(StrEnum):
    """How an item was moved (L7)."""

    HANDED_OVER = "handed_over"
    CLAIMED = "claimed"
    PUT_BACK = "put_back"


@frozen
class Lock:
    """A lock that one's own window holds.

    Attributes:
        item: what it is on.
        token: the fencing token: a later owner of the item has a greater one.
        expires_in: how long it lasts if the window says nothing; count on a monotonic clock from before the call.
    """

    item: ItemRef
    token: int
    expires_in: timedelta


@frozen
class Held:
    """A lock as the windows are shown it that it concerns (L1).

    Attributes:
        item: what it is on.
        holder: who holds it; None for somebody the viewer may not know (V17).
        since: since when, in UTC, by the database's clock.
        own: whether the viewer holds it themself, in this window or another.
        asked_by: who has asked the holder to let go; None for nobody, or for somebody the viewer may not know.
    """

    item: ItemRef
    holder: PersonCard | None
    since: datetime
    own: bool = False
    asked_by: PersonCard | None = None


@frozen
class Moved:
    """What happened to an item that was moved (L7).

    Attributes:
        item: what was moved.
        what: ``handed_over``, ``claimed`` or ``put_back``.
        by: who did it; None for the host, or for somebody the viewer may not know (V17).
        at: when, in UTC, by the database's clock.
    """

    item: ItemRef
    what: str
    by: PersonCard | None
    at: datetime


@frozen
class Picture:
    """What a window must know before it goes by changes (L2).

    Attributes:
        cursor: where the feed goes on: from this moment, or just before it, so that a change may be told once more.
        held: every lock that concerns the viewer, their own included, held longest first.
        moved: what was moved in the last 24 hours and not clicked since, newest first.
        mine: the lock of this window.
    """

    cursor: str
    held: tuple[Held, ...]
    moved: tuple[Moved, ...]
    mine: Lock | None


@frozen
class Beat:
    """The answer to a sign of life.

    Attributes:
        lock: what the window holds now; a token other than the one before means that somebody else had it meanwhile.
        expires_in: how long the window lasts if it says nothing more.
    """

    lock: Lock | None
    expires_in: timedelta


@frozen
class Forced:
    """The record of a lock that was freed by force (L5).

    Attributes:
        item: what it was on.
        holder: who lost it.
        by: who freed it.
        reason: why.
        at: when, in UTC, by the database's clock; the records of one thing are a millisecond apart at least.
    """

    item: ItemRef
    holder: PersonCard
    by: PersonCard
    reason: str
    at: datetime


@frozen
class Swept:
    """What a sweep has done.

    Attributes:
        windows: how many windows had been silent for too long.
        locks: how many locks ended with them.
        events: how many old events of locks were removed from the feed.
    """

    windows: int
    locks: int
    events: int
