"""What happened: the rows of the event log and the values made of them.

The kinds of events stand in the file of their noun. An event names the smallest thing that has sight of its own
and the names of the fields that changed, never their content.
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from collabcase.model.item import ItemRef

SIGHT_CHANGED = "sight.changed"
"""What the feed tells somebody who now sees more or less than before: that alone. It is never stored."""


@frozen
class NewEvent:
    """An event about to be stored.

    Attributes:
        kind: such as ``message.sent``.
        item: the number of the thing.
        fields: names of what changed.
        told: numbers of persons and groups whom the feed tells of it, where these are not simply all who see the thing.
        by_host: whether nobody did it, whoever's unit of work it is found in: a lease that has run out.
    """

    kind: str
    item: int
    fields: tuple[str, ...] = ()
    told: tuple[int, ...] = ()
    by_host: bool = False


@frozen
class Event:
    """A committed event, as signals and feeds hand it out.

    Attributes:
        portfolio: the portfolio's id.
        kind: such as ``message.sent``.
        item: the thing it happened to.
        actor: the person who did it, None for the host itself.
        at: when, in UTC.
        fields: names of what changed, sorted.
    """

    portfolio: str
    kind: str
    item: ItemRef
    actor: str | None
    at: datetime
    fields: tuple[str, ...] = ()


@frozen
class Happening:
    """A committed event as the feed judges it.

    Attributes:
        position: its place in the log.
        item: the number of the thing.
        actor: the number of who did it; None for the host.
        told: numbers of persons and groups, as `NewEvent.told` has them.
        event: the event as it is handed out.
    """

    position: int
    item: int
    actor: int | None
    told: frozenset[int]
    event: Event


@frozen
class FeedPage:
    """What one reading of the feed gives.

    Attributes:
        events: what its reader may see of what happened, in the order of the log; of what they may not know of, such
            as an actor, None.
        cursor: where to go on; it may move without an event.
    """

    events: tuple[Event, ...]
    cursor: str
