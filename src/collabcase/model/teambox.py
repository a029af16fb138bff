"""Teamboxes: what was sent to a group and waits there for one of its members."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from collabcase.model.item import ItemRef
from collabcase.model.person import PersonCard


class TeamboxEvent(StrEnum):
    """What happens to an item of a teambox; each names the message since which it waits."""

    CLAIMED = "talk.claimed"
    PUT_BACK = "talk.put_back"


@frozen
class TeamboxItem:
    """Something that was sent to a group, as its members see it (G5).

    Attributes:
        item: what it is: a talk.
        subject: of the talk.
        type: the type of the message since which it waits, if that has one (T8).
        since: when that message was sent, in UTC: the first one of the talk that was addressed to the group.
        answered: whether a member has answered what was addressed to the group; a new message to it asks again.
        claimed_by: who has claimed it; None while it waits.
        claimed_at: when they did, in UTC; None while it waits.
    """

    item: ItemRef
    subject: str
    type: str | None
    since: datetime
    answered: bool
    claimed_by: PersonCard | None = None
    claimed_at: datetime | None = None

    @property
    def ref(self) -> ItemRef:
        """The reference of what waits."""
        return self.item


@frozen
class TeamboxCount:
    """How many items of one kind and type nobody has claimed (G5).

    Attributes:
        kind: what they are: ``talk``.
        type: the type of the messages since which they wait; None for those without one.
        number: how many.
    """

    kind: str
    type: str | None
    number: int
