"""The verbs of talks: start, answer, look, and change who is on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from collabcase.desk import showing
from collabcase.desk.addressing import check_addressable, numbers, one_ref, refs
from collabcase.desk.audience import audience
from collabcase.desk.call import Call, number
from collabcase.desk.codes import check_sendable, checked_codes
from collabcase.desk.holding import guard
from collabcase.desk.inbox import Inbox
from collabcase.desk.keeping import Keeping, end_draft
from collabcase.desk.parties import add_observer, change_of_party, hand_over, remove_observer
from collabcase.desk.sending import Copied, answer, answerable, involvements, letter, open_talk, send
from collabcase.desk.teambox import answered_for
from collabcase.errors import InvalidInput, NotFound
from collabcase.ids import Kind, encode
from collabcase.model import inputs
from collabcase.model.item import Addressee, ItemRef
from collabcase.model.message import Message
from collabcase.model.person import PersonCard
from collabcase.model.talk import Talk, TalkView
from collabcase.permissions.explain import Audience
from collabcase.permissions.rights import Act
from collabcase.permissions.sight import Involvement, Role
from collabcase.storage.interfaces import TalkRow

_START, _REPLY = "talks.start", "talks.reply"


class Talks(Inbox, Keeping):
    """Conversations between two sides, with observers (T1)."""

    def start(
        self,
        to: Addressee | Iterable[Addressee],
        *,
        subject: str,
        text: str,
        observers: Addressee | Iterable[Addressee] = (),
        asks_answer: bool = False,
        confidential: bool = False,
        comment: str = "",
        date: datetime | None = None,
        type: str | None = None,
        data: Mapping[str, str] | None = None,
        key: str | None = None,
        host_ref: str | None = None,
    ) -> Talk:
        """Start a talk with its first message (T1).

        Args:
            to: whom it goes to; the first is the counterpart. A str is a person's id, a group is passed as Group
                or reference.
            subject: one line, at most 500 characters; whoever sees a message of the talk sees it.
            text: what it says, at most a million characters.
            observers: who is copied; everybody on the message sees them (V7).
            asks_answer: whether an answer is wanted.
            confidential: switch extension to peers off, for good (V15).
            comment: a remark beside the text.
            date: when what it tells of happened; the moment of sending by default.
            type: a code of the message types valid now (T8).
            data: a code valid now for each dictionary named (T8).
            key: an idempotency key; the same again gives the first result (I3).
            host_ref: the host's own reference, at most 200 characters.

        Returns:
            The talk as its initiator sees it.

        Raises:
            NotFound: somebody named is not known to the writer (V12, V17).
            Forbidden: somebody named may not be written to (V17).
            UnknownCode: `type` or `data` names a code that is not valid now (T8).
            InvalidInput: a parameter can't be used.
        """
        named, copied = refs("to", to), Copied(observers=refs("observers", observers))
        codes = checked_codes(type=type, data=data)
        said = letter(text=text, comment=comment, date=date, asks_answer=asks_answer, host_ref=host_ref, codes=codes)
        about = inputs.line("subject", subject, most=inputs.SUBJECT)
        between, key = inputs.flag("confidential", confidential), inputs.optional_line("key", key)
        with self._calls.writing() as call:
            earlier = call.earlier(key, _START)
            if earlier is not None:
                return _talk(call, earlier)
            opening = open_talk(call, named, copied)
            check_sendable(call, codes)
            id = call.new_id(Kind.TALK)
            kept = call.first_result(key, _START, id)
            if kept != id:
                return _talk(call, kept)
            row = TalkRow(id, about, call.actor.no, opening.counterpart, between, said.host_ref)
            call.stores.talks.add(call.scope, row)
            first = call.new_id(Kind.MESSAGE, after=id)
            send(call, row, said, opening.envelope, groups=opening.groups, id=first, answers=None)
            return showing.started(row, opening.envelope, opening.refs)

    def reply(
        self,
        message: str,
        text: str,
        *,
        to: Addressee | Iterable[Addressee] | None = None,
        observers: Addressee | Iterable[Addressee] = (),
        drop_observers: Addressee | Iterable[Addressee] = (),
        sent_for: str | None = None,
        asks_answer: bool = False,
        comment: str = "",
        date: datetime | None = None,
        type: str | None = None,
        data: Mapping[str, str] | None = None,
        key: str | None = None,
        host_ref: str | None = None,
    ) -> Message:
        """Answer a message in its talk.

        Args:
            message: the id of the message answered.
            text: what the answer says, at most a million characters.
            to: whom it goes to; by default the answered message's sender, on an own message its recipients (T1).
            observers: who is copied besides those whom the answer carries on (V7).
            drop_observers: whom of those to leave out.
            sent_for: the colleague in whose place this is sent; found by itself where exactly one fits (T2).
            asks_answer: whether an answer is wanted.
            comment: a remark beside the text.
            date: when what it tells of happened; the moment of sending by default.
            type: a code of the message types valid now (T8).
            data: a code valid now for each dictionary named (T8).
            key: an idempotency key; the same again gives the first result (I3).
            host_ref: the host's own reference, at most 200 characters.

        Returns:
            The answer as its sender sees it.

        Raises:
            NotFound: the message, or somebody named, is not known to the writer (V12, V17).
            Forbidden: the writer only observes the message (G2), or may not write to somebody named (V17).
            ItemLocked, StaleLock, WindowGone: the talk is not the writer's to write to now (L6).
            UnknownCode: `type` or `data` names a code that is not valid now (T8).
            InvalidInput: a parameter can't be used.
        """
        answered = number(message, Kind.MESSAGE)
        named = None if to is None else refs("to", to)
        copied = Copied(
            observers=refs("observers", observers),
            dropped=refs("drop_observers", drop_observers),
            sent_for=() if sent_for is None else (one_ref("sent_for", sent_for),),
        )
        codes = checked_codes(type=type, data=data)
        said = letter(text=text, comment=comment, date=date, asks_answer=asks_answer, host_ref=host_ref, codes=codes)
        key = inputs.optional_line("key", key)
        with self._calls.writing() as call:
            earlier = call.earlier(key, _REPLY)
            if earlier is not None:
                return _message(call, earlier)
            ready = answer(call, answered, named, copied)
            guard(call, ready.talk.id)
            check_sendable(call, codes)
            id = call.new_id(Kind.MESSAGE, after=answered)
            kept = call.first_result(key, _REPLY, id)
            if kept != id:
                return _message(call, kept)
            answered_for(call, ready.for_groups, ready.talk.id)
            row = send(call, ready.talk, said, ready.envelope, groups=ready.groups, id=id, answers=answered)
            call.stores.reading.note_answer(call.scope, answered, id, ready.counts_for)
            end_draft(call, answered)
            for observer in sorted(ready.standing):
                call.stores.talks.stand(call.scope, [id], observer)
            return showing.messages(call, [row], seen={answered})[0]

    def reply_options(self, message: str) -> tuple[PersonCard, ...]:
        """Return whom to offer as recipients of an answer: the senders of the thread that the viewer sees (T3).

        Args:
            message: the id of the message to be answered.

        Returns:
            Persons, the latest sender first, each once, the viewer left out.

        Raises:
            NotFound: the message is not seen.
            Forbidden: the viewer may not answer it.
            InvalidInput: a parameter can't be used.
        """
        answered = number(message, Kind.MESSAGE)
        with self._calls.reading() as call:
            talk = answerable(call, answered).talk
            senders = call.stores.messages.senders_of_talk(call.scope, call.actor.no, talk)
            offered = [sender if sent_for is None or call.shows_sent_for else sent_for for sender, sent_for in senders]
            cards = call.stores.people.cards(call.scope, offered)
            return tuple(cards[no] for no in dict.fromkeys(offered) if no != call.actor.no)

    def audience(
        self,
        *,
        to: Addressee | Iterable[Addressee] | None = None,
        observers: Addressee | Iterable[Addressee] = (),
        drop_observers: Addressee | Iterable[Addressee] = (),
        sent_for: str | None = None,
        message: str | None = None,
        talk: str | None = None,
        confidential: bool = False,
    ) -> Audience:
        """Tell who would be able to read a message before it is sent (V16).

        Args:
            to: whom it would go to; with `message` the default of `reply`.
            observers: who would be copied.
            drop_observers: whom an answer would leave out.
            sent_for: in whose place it would be sent.
            message: the id of the message it would answer.
            talk: the id of the talk that `observers` would be added to; without it and `message`, a new talk is meant.
            confidential: whether the new talk would be.

        Returns:
            For each person and group on it: the readers the writer may know, and the number of others.

        Raises:
            NotFound, Forbidden, InvalidInput: as `start` and `reply` would.
        """
        named = None if to is None else refs("to", to)
        copied = Copied(
            observers=refs("observers", observers),
            dropped=refs("drop_observers", drop_observers),
            sent_for=() if sent_for is None else (one_ref("sent_for", sent_for),),
        )
        between = inputs.flag("confidential", confidential)
        if between and (message or talk):
            raise InvalidInput("confidential", "is fixed when a talk starts; leave it out (rule V15)")
        if (copied.dropped or copied.sent_for) and message is None:
            raise InvalidInput("message", "is needed with drop_observers and sent_for, which speak of an answer")
        if talk is not None:
            if message is not None or named is not None:
                raise InvalidInput("talk", "asks about adding observers; pass observers alone with it")
            return self._audience_of_adding(number(talk, Kind.TALK), copied.observers)
        answered = None if message is None else number(message, Kind.MESSAGE)
        with self._calls.reading() as call:
            if answered is None:
                envelope = open_talk(call, named or (), copied).envelope
            else:
                ready = answer(call, answered, named, copied)
                envelope, between = ready.envelope, ready.talk.confidential
            groups = set(call.stores.groups.among(call.scope, envelope.named))
            return audience(call, involvements(envelope, groups=groups, confidential=between))

    def _audience_of_adding(self, talk: int, observers: tuple[ItemRef, ...]) -> Audience:
        with self._calls.reading() as call:
            found, _, _ = change_of_party(call, talk, observers, Act.OBSERVERS)
            check_addressable(call, found, answering=True)
            return audience(call, [Involvement(no, Role.OBSERVER, False) for no in numbers(found, "who")])

    def view(self, talk: str, *, cursor: str | None = None, limit: int = 50) -> TalkView:
        """Return a talk with the messages of it that the viewer sees (V6).

        Args:
            talk: its id.
            cursor: where to go on, from `next` of the view before.
            limit: how many messages at most, 1 to 500.

        Returns:
            The talk and a page of its messages, oldest first.

        Raises:
            NotFound: there is no such talk, or no message of it that the viewer sees.
            InvalidInput: the cursor is of another talk or person.
        """
        id, most = number(talk, Kind.TALK), inputs.count("limit", limit)
        question = f"talks.view/{id}"
        with self._calls.reading() as call:
            shown = _talk(call, id)
            after = call.position(question, cursor, first=0)
            rows = call.stores.messages.of_talk(call.scope, call.actor.no, id, after=after, limit=most + 1)
            more = call.cursor(question, rows[most - 1].id) if len(rows) > most else None
            return TalkView(shown, showing.messages(call, rows[:most]), more)

    def add_observer(self, talk: str, who: Addressee, *, with_history: bool = False) -> None:
        """Copy somebody on what follows in a talk (V7).

        Later answers to the messages that the adder sees now, and answers to those, carry the observer, unless
        their sender drops them.

        Args:
            talk: its id.
            who: a person or group.
            with_history: show them the messages that the adder sees by V1 or V2, too.

        Raises:
            NotFound: the talk or `who` is not known to the adder.
            Forbidden: the adder may answer no message of it (G2), or may not write to `who` (V17).
            ItemLocked, StaleLock, WindowGone: the talk is not the adder's to write to now (L6).
            InvalidInput: a parameter can't be used.
        """
        id, ref = number(talk, Kind.TALK), one_ref("who", who)
        history = inputs.flag("with_history", with_history)
        with self._calls.writing() as call:
            add_observer(call, id, ref, history=history)

    def remove_observer(self, talk: str, who: Addressee) -> None:
        """End somebody's observing for the messages of a talk that the remover sees (V7).

        They are copied on those messages no more, and on no later answer to them. Where `who` observed none of
        them, nothing happens.

        Args:
            talk: its id.
            who: a person or group.

        Raises:
            NotFound: the talk or `who` is not known to the remover.
            Forbidden: the remover may answer no message of it (G2).
            ItemLocked, StaleLock, WindowGone: the talk is not the remover's to write to now (L6).
            InvalidInput: a parameter can't be used.
        """
        id, ref = number(talk, Kind.TALK), one_ref("who", who)
        with self._calls.writing() as call:
            remove_observer(call, id, ref)

    def hand_over(self, talk: str, to: Addressee) -> Talk:
        """Hand one's side of a talk over to a colleague or teambox (T1).

        The new side becomes recipient of the messages of it that the giver sees by V1 or V2. The talk then carries a
        note of it, and the giver's lock on it ends (L7). Who is a recipient
        without being a side hands over their part, and the sides stay.

        Args:
            talk: its id.
            to: a person or group.

        Returns:
            The talk as the giver sees it now.

        Raises:
            NotFound: the talk or `to` is not known to the giver.
            Forbidden: the giver is neither sender, recipient nor member of the teambox (G2), or may not write to
                `to` (V17).
            ItemLocked, StaleLock, WindowGone: the talk is not the giver's to write to now (L6).
            InvalidInput: `to` is a side already.
        """
        id, ref = number(talk, Kind.TALK), one_ref("to", to)
        with self._calls.writing() as call:
            hand_over(call, id, ref)
            return _talk(call, id)


def _talk(call: Call, id: int) -> Talk:
    row = call.stores.talks.find(call.scope, id)
    shown = None if row is None else showing.talk(call, row)
    if shown is None:
        raise NotFound(Kind.TALK.value, encode(id))
    return shown


def _message(call: Call, id: int) -> Message:
    row = call.stores.messages.find(call.scope, call.actor.no, id)
    if row is None:
        raise NotFound(Kind.MESSAGE.value, encode(id))
    return showing.messages(call, [row])[0]
