"""From stored rows to the values a viewer is shown; nothing here decides who sees what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from collabcase.clock import from_millis
from collabcase.desk.call import Call
from collabcase.ids import Kind, encode
from collabcase.model.item import ItemRef
from collabcase.model.message import Message
from collabcase.model.talk import Talk
from collabcase.permissions.sight import Role
from collabcase.storage.interfaces import MessageRow, Named, TalkRow


def ref_of(named: Named) -> ItemRef:
    """Return the reference of somebody named."""
    return ItemRef((Kind.GROUP if named.is_group else Kind.PERSON).value, named.id)


def messages(call: Call, rows: Sequence[MessageRow]) -> tuple[Message, ...]:
    """Return messages that the viewer was found to see, as they are shown to them (V7, T2, T6)."""
    if not rows:
        return ()
    named = call.stores.messages.named(call.scope, [row.id for row in rows])
    answered = {row.answers for row in rows if row.answers is not None} - {row.id for row in rows}
    shown = call.stores.messages.visible(call.scope, call.actor.no, answered) | {row.id for row in rows}
    return tuple(_message(call, row, named[row.id], shown) for row in rows)


def _message(call: Call, row: MessageRow, named: Iterable[Named], shown: set[int]) -> Message:
    by_role: dict[Role, list[Named]] = {}
    for entry in named:
        by_role.setdefault(entry.role, []).append(entry)
    sender = by_role[Role.SENDER][0].id
    sent_for = by_role[Role.SENT_FOR][0].id if Role.SENT_FOR in by_role else None
    if sent_for is not None and not call.shows_sent_for:
        sender, sent_for = sent_for, None
    return Message(
        id=encode(row.id),
        talk=encode(row.talk),
        sender=sender,
        sent_for=sent_for,
        to=_sorted_refs(by_role.get(Role.RECIPIENT, ())),
        observers=_sorted_refs(by_role.get(Role.OBSERVER, ())),
        text=row.text,
        comment=row.comment,
        date=from_millis(row.date),
        sent_at=from_millis(row.sent_at),
        asks_answer=row.asks_answer,
        answers=encode(row.answers) if row.answers in shown and row.answers is not None else None,
        host_ref=row.host_ref,
    )


def talk(call: Call, row: TalkRow) -> Talk | None:
    """Return a talk as the viewer sees it, None where they see no message of it (V6).

    Its sides are told to who sees the message that opened it, and is shown them on what they see. To others they
    would tell of messages hidden from them, and could be guessed by naming somebody.
    """
    named = call.stores.messages.named_in_talk(call.scope, call.actor.no, row.id)
    if not named:
        return None
    standing = call.stores.talks.standing_in_talk(call.scope, call.actor.no, row.id)
    by_number = {entry.no: ref_of(entry) for entry in named}
    sides = by_number if call.stores.messages.sees_opening(call.scope, call.actor.no, row.id) else {}
    return Talk(
        id=encode(row.id),
        subject=row.subject,
        initiator=sides.get(row.initiator),
        counterpart=sides.get(row.counterpart),
        participants=tuple(sorted(set(by_number.values()))),
        observers=_sorted_refs([*standing, *(entry for entry in named if entry.role is Role.OBSERVER)]),
        confidential=row.confidential,
        host_ref=row.host_ref,
    )


def _sorted_refs(named: Iterable[Named]) -> tuple[ItemRef, ...]:
    return tuple(sorted({ref_of(entry) for entry in named}))
