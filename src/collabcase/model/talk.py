"""Talks: a conversation between two sides, with observers."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from collabcase.ids import Kind
from collabcase.model.item import ItemRef
from collabcase.model.message import Message
from collabcase.model.reading import Heading


class TalkEvent(StrEnum):
    """What happens to a talk beside its messages; each names the messages concerned."""

    OBSERVER_ADDED = "talk.observer_added"
    OBSERVER_REMOVED = "talk.observer_removed"
    HANDED_OVER = "talk.handed_over"


@frozen
class Talk:
    """A talk as one viewer sees it.

    Attributes:
        id: issued here.
        subject: shown to whoever sees one of its messages (T1).
        initiator: who started it; None where the viewer does not see the first message, or they are not named on
            what the viewer sees.
        counterpart: the other side, a person or a group; None likewise.
        participants: whoever is named on messages the viewer sees, sorted (T1, V6).
        observers: whoever is copied on messages the viewer sees, or will be on later answers to them, sorted (V7).
        confidential: whether extension to peers is off (V15).
        host_ref: the host's own reference.
    """

    id: str
    subject: str
    initiator: ItemRef | None
    counterpart: ItemRef | None
    participants: tuple[ItemRef, ...]
    observers: tuple[ItemRef, ...]
    confidential: bool
    host_ref: str | None = None

    @property
    def ref(self) -> ItemRef:
        """The reference of this talk."""
        return ItemRef(Kind.TALK.value, self.id)


@frozen
class TalkView:
    """A talk with its messages, as one viewer sees them.

    Attributes:
        talk: the talk.
        messages: those the viewer sees, oldest first (V6).
        next: the cursor of later messages, None at the end.
    """

    talk: Talk
    messages: tuple[Message, ...]
    next: str | None = None


@frozen
class TalkSummary:
    """A talk in an inbox, as one viewer sees it; all of it is computed from what they see alone (V6).

    Attributes:
        id: of the talk.
        subject: of the talk.
        heading: the first heading that fits it: the viewer is named in it, a group of theirs is, or peers share it.
        last: the newest message of it that the viewer sees.
        confidential: whether extension to peers is off (V15).
        host_ref: the host's own reference.
    """

    id: str
    subject: str
    heading: Heading
    last: Message
    confidential: bool
    host_ref: str | None = None

    @property
    def ref(self) -> ItemRef:
        """The reference of the talk."""
        return ItemRef(Kind.TALK.value, self.id)
