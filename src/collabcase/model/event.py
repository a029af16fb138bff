"""What happened: the rows of the event log and the values made of them.

The kinds of events stand in the file of their noun. An event names the smallest thing that has sight of its own
and the names of the fields that changed, never their content.
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from collabcase.model.item import ItemRef


@frozen
class NewEvent:
    """An event about to be stored.

    Attributes:
        kind: such as ``message.sent``.
        item: the number of the thing.
        fields: names of what changed.
    """

    kind: str
    item: int
    fields: tuple[str, ...] = ()


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
