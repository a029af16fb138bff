"""How a message comes about: who is on it, and storing it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime

from attrs import frozen

from collabcase.clock import to_millis
from collabcase.desk.addressing import Target, check_addressable, check_known, numbers, targets
from collabcase.desk.call import Call
from collabcase.desk.codes import Codes
from collabcase.desk.teambox import wait_in
from collabcase.errors import Forbidden, InvalidInput, NotFound
from collabcase.ids import Kind, encode
from collabcase.model import inputs
from collabcase.model.item import ItemRef
from collabcase.model.message import Envelope, MessageEvent, default_recipients, place_taken, seal
from collabcase.model.reading import counts_for
from collabcase.permissions.rights import Act, may
from collabcase.permissions.sight import Facts, Involvement, Role, Sight, extends
from collabcase.storage.interfaces import MessageRow, TalkRow


@frozen
class Letter:
    """What a message says, checked; moments in milliseconds."""

    text: str
    comment: str
    date: int | None
    asks_answer: bool
    host_ref: str | None
    codes: Codes


@frozen
class Copied:
    """Whom a writer names beside the recipients, and in whose place they write."""

    observers: tuple[ItemRef, ...] = ()
    dropped: tuple[ItemRef, ...] = ()
    sent_for: tuple[ItemRef, ...] = ()


@frozen
class Opening:
    """The first message of a talk about to be started: who is on it, the other side, and everybody's reference."""

    envelope: Envelope
    counterpart: int
    refs: Mapping[int, ItemRef]

    @property
    def groups(self) -> frozenset[int]:
        """Those of them that are groups."""
        return frozenset(no for no, ref in self.refs.items() if ref.kind == Kind.GROUP)


@frozen
class Answer:
    """An answer about to be sent: its talk, who is on it, and which of these are groups; who goes on standing to be
    copied (V7), for which addressed groups a member answers (G5), and for whom it answers a question (T4).
    """

    talk: TalkRow
    envelope: Envelope
    groups: frozenset[int]
    standing: frozenset[int]
    for_groups: frozenset[int] = frozenset()
    counts_for: frozenset[int] = frozenset()


def letter(
    *, text: object, comment: object, date: datetime | None, asks_answer: object, host_ref: object, codes: Codes
) -> Letter:
    """Check what a message says.

    Raises:
        InvalidInput: naming the parameter.
    """
    return Letter(
        text=inputs.text("text", text, empty=False),
        comment=inputs.text("comment", comment),
        date=None if date is None else to_millis(inputs.moment("date", date)),
        asks_answer=inputs.flag("asks_answer", asks_answer),
        host_ref=inputs.optional_line("host_ref", host_ref),
        codes=codes,
    )


def open_talk(call: Call, to: tuple[ItemRef, ...], copied: Copied) -> Opening:
    """Return who is on the first message of a talk (T1).

    Raises:
        NotFound: somebody named is not known to the writer.
        Forbidden: somebody named may not be written to.
        InvalidInput: nobody else is named.
    """
    found = targets(call, to=to, observers=copied.observers)
    _lock(call, found)
    check_addressable(call, found, answering=False)
    recipients = numbers(found, "to")
    return Opening(
        envelope=seal(
            sender=call.actor.no, sent_for=None, recipients=recipients, observers=numbers(found, "observers")
        ),
        counterpart=recipients[0],
        refs={target.no: target.ref for target in found if target.no is not None} | {call.actor.no: _me(call)},
    )


def _me(call: Call) -> ItemRef:
    return ItemRef(Kind.PERSON.value, call.actor.id)


def answer(call: Call, message: int, to: tuple[ItemRef, ...] | None, copied: Copied) -> Answer:
    """Return who is on an answer to a message (T1, T2, V7).

    Raises:
        NotFound: the message is not seen, or somebody named is not known to the writer.
        Forbidden: the writer may not answer, or not write to somebody named.
        InvalidInput: nobody else is named, or `sent_for` names none of the recipients who are peers.
    """
    row = call.stores.messages.find(call.scope, call.actor.no, message)
    if row is None:
        raise NotFound(Kind.MESSAGE.value, encode(message))
    found = targets(
        call, to=to or (), observers=copied.observers, drop_observers=copied.dropped, sent_for=copied.sent_for
    )
    locked = _lock(call, found, also={entry.no for entry in call.stores.messages.named(call.scope, [message])[message]})
    call.lock_talk(row.talk)
    facts, standing = _locked_party(call, message, locked)
    sight = call.stores.sights.sight(call.scope, call.actor.no)
    _check_may_answer(call, message, sight, facts)
    named_now = [target for target in found if target.field in ("to", "observers")]
    check_addressable(call, named_now, answering=True)
    check_known(call, [target for target in found if target not in named_now])
    talk = call.stores.talks.find(call.scope, row.talk)
    assert talk is not None
    answered = envelope_of(message, facts)
    groups = call.stores.groups.among(call.scope, answered.named | standing | locked)
    gone = {group for group, deleted in groups.items() if deleted}
    dropped = frozenset(numbers(found, "drop_observers"))
    peers = {one for one in answered.recipients if one != sight.me and sight.sharing & facts.groups_of(one)}
    envelope = seal(
        sender=sight.me,
        sent_for=_sent_for(answered, sight, peers, found),
        recipients=default_recipients(answered, sight.me) - gone if to is None else numbers(found, "to"),
        carried=(answered.observers | standing) - gone,
        dropped=dropped,
        observers=numbers(found, "observers"),
    )
    return Answer(
        talk=talk,
        envelope=envelope,
        groups=frozenset(groups),
        standing=standing - dropped,
        for_groups=answered.recipients & sight.groups,
        counts_for=_counts_for(answered, envelope, sight, peers) if row.asks_answer else frozenset(),
    )


def _counts_for(question: Envelope, envelope: Envelope, sight: Sight, peers: set[int]) -> frozenset[int]:
    askers = {question.sender} if question.sent_for is None else {question.sender, question.sent_for}
    return counts_for(
        question.recipients, sight.me, groups=sight.groups, peers=peers, askers=askers, to=envelope.recipients
    )


def _lock(call: Call, found: list[Target], also: set[int] | None = None) -> set[int]:
    principals = {target.no for target in found if target.no is not None} | {call.actor.no} | (also or set())
    call.lock(principals)
    return principals


def _locked_party(call: Call, message: int, locked: set[int]) -> tuple[Facts, frozenset[int]]:
    """Return the rule's facts about a message and who stands for it, with all of these locked.

    Whoever stands for it, or has just inherited from a deleted group (G4), is locked only here.
    """
    while True:
        facts = call.stores.sights.facts(call.scope, [message])
        standing = call.stores.talks.standing(call.scope, [message]).get(message, frozenset())
        fresh = (envelope_of(message, facts).named | standing) - locked
        if not fresh:
            return facts, standing
        call.lock(fresh)
        locked = locked | fresh


def answerable(call: Call, message: int) -> MessageRow:
    """Return a message that the viewer may answer.

    Raises:
        NotFound: it is not seen.
        Forbidden: the viewer only observes it.
    """
    row = call.stores.messages.find(call.scope, call.actor.no, message)
    if row is None:
        raise NotFound(Kind.MESSAGE.value, encode(message))
    sight = call.stores.sights.sight(call.scope, call.actor.no)
    _check_may_answer(call, message, sight, call.stores.sights.facts(call.scope, [message]))
    return row


def _check_may_answer(call: Call, message: int, sight: Sight, facts: Facts) -> None:
    relations = {path.relation for path in sight.direct(message, facts)}
    if not relations:
        raise NotFound(Kind.MESSAGE.value, encode(message))
    if not may(Act.ANSWER, relations, call.actor.rights):
        raise Forbidden(Act.ANSWER.value, "observers of a message read it, they do not answer it.")


def envelope_of(message: int, facts: Facts) -> Envelope:
    """Return who is named on a message, from the rule's own facts."""
    by_role: dict[Role, set[int]] = {role: set() for role in Role}
    for row in facts.involved(message):
        by_role[row.role].add(row.principal)
    return Envelope(
        sender=next(iter(by_role[Role.SENDER])),
        sent_for=next(iter(by_role[Role.SENT_FOR]), None),
        recipients=frozenset(by_role[Role.RECIPIENT]),
        observers=frozenset(by_role[Role.OBSERVER]),
    )


def _sent_for(answered: Envelope, sight: Sight, peers: set[int], found: list[Target]) -> int | None:
    asked = numbers(found, "sent_for")
    if not asked:
        return place_taken(answered, sight.me, my_groups=sight.groups, my_peers=peers)
    if asked[0] not in peers:
        raise InvalidInput(
            "sent_for",
            "must be a recipient of the answered message with whom you share a group now (rule T2)",
        )
    return asked[0]


def involvements(envelope: Envelope, *, groups: Set[int], confidential: bool) -> list[Involvement]:
    """Return the rows of the rule for who is on a message."""
    named = [(envelope.sender, Role.SENDER)]
    if envelope.sent_for is not None:
        named.append((envelope.sent_for, Role.SENT_FOR))
    named += [(principal, Role.RECIPIENT) for principal in sorted(envelope.recipients)]
    named += [(principal, Role.OBSERVER) for principal in sorted(envelope.observers)]
    return [
        Involvement(
            principal,
            role,
            extends(Kind.MESSAGE, role, to_group=principal in groups, confidential=confidential),
        )
        for principal, role in named
    ]


def send(
    call: Call, talk: TalkRow, said: Letter, envelope: Envelope, *, groups: Set[int], id: int, answers: int | None
) -> MessageRow:
    """Store a message with everybody on it, and its event; `groups` are those of them that are no persons."""
    row = MessageRow(
        id=id,
        talk=talk.id,
        sender=envelope.sender,
        sent_for=envelope.sent_for,
        answers=answers,
        text=said.text,
        comment=said.comment,
        date=call.now if said.date is None else said.date,
        sent_at=call.now,
        asks_answer=said.asks_answer,
        host_ref=said.host_ref,
        type=said.codes.type,
        data=said.codes.data,
    )
    call.stores.messages.add(call.scope, row, subject=talk.subject)
    wait_in(call, envelope.recipients & groups, talk.id, id)  # before the lists, as in every verb: no deadlock
    call.stores.sights.involve(call.scope, id, involvements(envelope, groups=groups, confidential=talk.confidential))
    call.emit(MessageEvent.SENT, id)
    return row
