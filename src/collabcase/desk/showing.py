"""From stored rows to the values a viewer is shown; nothing here decides who sees what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from collabcase.clock import from_millis
from collabcase.desk.call import Call
from collabcase.desk.reading import SETTLED, Standing, standings
from collabcase.ids import Kind, encode
from collabcase.model.item import ItemRef
from collabcase.model.message import Envelope, Message
from collabcase.model.talk import Talk
from collabcase.permissions.sight import Role
from collabcase.storage.interfaces import MessageRow, Named, TalkRow

_PERSON, _GROUP = Kind.PERSON.value, Kind.GROUP.value


def ref_of(named: Named) -> ItemRef:
    """Return the reference of somebody named."""
    return ItemRef(_GROUP if named.is_group else _PERSON, named.id)


def messages(call: Call, rows: Sequence[MessageRow], *, seen: Set[int] = frozenset()) -> tuple[Message, ...]:
    """Return messages that the viewer was found to see, as they are shown to them (V7, T2, T6); `seen` are others."""
    if not rows:
        return ()
    named = call.stores.messages.named(call.scope, [row.id for row in rows])
    shown = seen | {row.id for row in rows}
    answered = {row.answers for row in rows if row.answers is not None} - shown
    shown |= call.stores.messages.visible(call.scope, call.actor.no, answered)
    stand = standings(call, rows)
    return tuple(_message(call, row, named[row.id], shown, stand.get(row.id, SETTLED)) for row in rows)


def _message(call: Call, row: MessageRow, named: Iterable[Named], shown: Set[int], standing: Standing) -> Message:
    sender, sent_for = "", None
    named_as: dict[Role, list[Named]] = {Role.RECIPIENT: [], Role.OBSERVER: []}
    for entry in named:
        if entry.role is Role.SENDER:
            sender = entry.id
        elif entry.role is Role.SENT_FOR:
            sent_for = entry.id
        else:
            named_as[entry.role].append(entry)
    if sent_for is not None and not call.shows_sent_for:
        sender, sent_for = sent_for, None
    return Message(
        id=encode(row.id),
        talk=encode(row.talk),
        sender=sender,
        sent_for=sent_for,
        to=_sorted_refs(named_as[Role.RECIPIENT]),
        observers=_sorted_refs(named_as[Role.OBSERVER]),
        text=row.text,
        comment=row.comment,
        date=from_millis(row.date),
        sent_at=from_millis(row.sent_at),
        asks_answer=row.asks_answer,
        answers=encode(row.answers) if row.answers in shown and row.answers is not None else None,
        host_ref=row.host_ref,
        type=row.type,
        data=row.data,
        answered=standing.answered,
        waived=standing.waived,
        dismissals=standing.dismissals,
        unread=standing.unread,
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


def started(row: TalkRow, envelope: Envelope, refs: Mapping[int, ItemRef]) -> Talk:
    """Return a talk just started, as its initiator sees it: what `talk` would find, told without asking again."""
    return Talk(
        id=encode(row.id),
        subject=row.subject,
        initiator=refs[row.initiator],
        counterpart=refs[row.counterpart],
        participants=tuple(sorted(refs[no] for no in envelope.named)),
        observers=tuple(sorted(refs[no] for no in envelope.observers)),
        confidential=row.confidential,
        host_ref=row.host_ref,
    )


def _sorted_refs(named: Sequence[Named]) -> tuple[ItemRef, ...]:
    if len(named) < 2:  # a page shows hundreds of such lists
        return tuple(map(ref_of, named))
    return tuple(sorted({ref_of(entry) for entry in named}))
