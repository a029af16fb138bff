"""Messages: what one person sends to others, and the decisions an answer needs."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime
from enum import StrEnum

from attrs import frozen

from collabcase.errors import InvalidInput
from collabcase.ids import Kind
from collabcase.model.item import ItemRef
from collabcase.model.reading import Dismissal


class MessageEvent(StrEnum):
    """What happens to a message."""

    SENT = "message.sent"
    WAIVED = "message.waived"
    DISMISSED = "message.dismissed"


@frozen
class Message:
    """A message as one viewer sees it. Every viewer sees all its recipients and observers (V7).

    Attributes:
        id: issued here; ids order by arrival.
        talk: the id of its talk.
        sender: who actually sent it (T2).
        sent_for: the colleague in whose place it was sent, if any (T2).
        to: its recipients, persons and groups, sorted.
        observers: who was copied, persons and groups, sorted.
        text: what it says.
        comment: a remark beside the text.
        date: when the event it tells of happened; the moment of sending by default.
        sent_at: when it was sent, in UTC.
        asks_answer: whether the sender wants an answer.
        answers: the id of the message it answers, None where there is none or the viewer does not see it.
        host_ref: the host's own reference.
        type: a code of the portfolio's message types (T8).
        data: pairs of dictionary and code, sorted; `dict(message.data)` gives the code of a dictionary (T8).
        answered: whether, of a message that asks for an answer, the viewer sees one that counts, or it was addressed to
            them and has been answered for them (T4).
        waived: whether who asked wants no answer any more (T4).
        dismissals: who said that they will not answer, the first one first; shown to who asked alone (T4).
        unread: whether it is unread for the viewer (T5).
    """

    id: str
    talk: str
    sender: str
    sent_for: str | None
    to: tuple[ItemRef, ...]
    observers: tuple[ItemRef, ...]
    text: str
    comment: str
    date: datetime
    sent_at: datetime
    asks_answer: bool
    answers: str | None = None
    host_ref: str | None = None
    type: str | None = None
    data: tuple[tuple[str, str], ...] = ()
    answered: bool = False
    waived: bool = False
    dismissals: tuple[Dismissal, ...] = ()
    unread: bool = False

    @property
    def ref(self) -> ItemRef:
        """The reference of this message."""
        return ItemRef(Kind.MESSAGE.value, self.id)


@frozen
class Envelope:
    """Who is named on a message, as principals' numbers.

    Attributes:
        sender: who sent it.
        sent_for: in whose place, if any.
        recipients: who it is addressed to.
        observers: who is copied.
    """

    sender: int
    sent_for: int | None
    recipients: frozenset[int]
    observers: frozenset[int]

    @property
    def named(self) -> frozenset[int]:
        """Everybody on it."""
        return frozenset(
            {self.sender, *self.recipients, *self.observers} | ({self.sent_for} if self.sent_for else set())
        )


def default_recipients(answered: Envelope, me: int) -> frozenset[int]:
    """Return whom an answer goes to unless its sender says: the sender, or on one's own the former recipients (T1)."""
    return answered.recipients if answered.sender == me else frozenset({answered.sender})


def place_taken(answered: Envelope, me: int, *, my_groups: Set[int], my_peers: Set[int]) -> int | None:
    """Return in whose place an answer is sent if its sender does not say (T2).

    Args:
        answered: the message answered.
        me: who answers.
        my_groups: the groups of who answers; whoever an own teambox was addressed is addressed too.
        my_peers: those recipients of the message who share a sharing group with who answers.

    Returns:
        The one recipient who is a peer, where there is exactly one and who answers neither sent the message (or had
        it sent) nor was addressed; else None.
    """
    own = answered.sender == me or answered.sent_for == me
    addressed = me in answered.recipients or bool(answered.recipients & my_groups)
    candidates = answered.recipients & my_peers
    if own or addressed or len(candidates) != 1:
        return None
    return next(iter(candidates))


def seal(
    *,
    sender: int,
    sent_for: int | None,
    recipients: Iterable[int],
    carried: Iterable[int] = (),
    dropped: Iterable[int] = (),
    observers: Iterable[int] = (),
) -> Envelope:
    """Return the envelope of a new message.

    Args:
        sender: who sends it.
        sent_for: in whose place, if any.
        recipients: whom it is addressed to.
        carried: observers of the message answered, and those standing for it (V7).
        dropped: observers its sender leaves out.
        observers: observers its sender names.

    Raises:
        InvalidInput: `to` is empty or is the sender alone, or somebody is both named and dropped.
    """
    to = frozenset(recipients)
    named, gone = frozenset(observers), frozenset(dropped)
    if not to or to == {sender}:
        raise InvalidInput("to", "a message needs somebody else to go to; name a recipient (rule T1)")
    if named & gone:
        raise InvalidInput("drop_observers", "names somebody whom observers names too; decide for one")
    return Envelope(
        sender=sender,
        sent_for=sent_for,
        recipients=to,
        observers=((frozenset(carried) - gone) | named) - to - {sender},
    )
