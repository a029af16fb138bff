"""What has been read, and what is still to be answered (T4, T5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from collabcase.clock import from_millis
from collabcase.desk.addressing import known_among
from collabcase.desk.call import Call
from collabcase.desk.holding import guard
from collabcase.errors import AnswerRequired, Forbidden, InvalidInput, NotFound
from collabcase.ids import Kind, encode
from collabcase.model.message import MessageEvent
from collabcase.model.reading import MOST_COUNTED, Dismissal, Heading, Question, Unread
from collabcase.storage.interfaces import DismissalRow, MessageRow, ReadState


@frozen
class Standing:
    """How a message stands with its viewer, as `Message` shows it."""

    answered: bool = False
    waived: bool = False
    dismissals: tuple[Dismissal, ...] = ()
    unread: bool = False


SETTLED = Standing()
"""Of a message that is read and asks nothing."""


def standings(call: Call, rows: Sequence[MessageRow]) -> Mapping[int, Standing]:
    """Return how messages stand with the viewer; what is their own and asks nothing is left out, being settled.

    One statement for all, none for a page that is all one's own, and one more where somebody has dismissed a question
    of the viewer's.
    """
    me = call.actor.no
    open_ones = [row for row in rows if row.asks_answer or row.sender != me]
    if not open_ones:
        return {}
    asked = any(row.asks_answer for row in open_ones)
    states = call.stores.reading.states(call.scope, me, [row.id for row in open_ones], questions=asked)
    told = {id for id, state in states.items() if state.question and _is_told(state.question)}
    dismissals = _dismissals(call, told) if told else {}
    return {id: _standing(state, dismissals.get(id, ())) for id, state in states.items()}


def _is_told(question: Question) -> bool:
    return question.asker and question.has_dismissals


def _standing(state: ReadState, dismissals: tuple[Dismissal, ...]) -> Standing:
    question = state.question
    if question is None:
        return Standing(unread=state.unread)
    answered = question.answer_seen or (question.addressed and question.answered)
    return Standing(answered, question.waived, dismissals, state.unread)


def _dismissals(call: Call, messages: Iterable[int]) -> dict[int, tuple[Dismissal, ...]]:
    """Return who has dismissed the viewer's questions; named are only those they may know (V17)."""
    found = call.stores.reading.dismissals(call.scope, call.actor.no, list(messages))
    known = known_among(call, {row.person for rows in found.values() for row in rows})
    return {message: tuple(_dismissal(row, known) for row in rows) for message, rows in found.items()}


def _dismissal(row: DismissalRow, known: set[int]) -> Dismissal:
    return Dismissal(row.id if row.person in known else None, row.reason, from_millis(row.at))


def mark_read(call: Call, messages: Mapping[int, str]) -> None:
    """Mark messages read for the actor, all or none.

    Raises:
        NotFound: one of them is not seen.
        AnswerRequired: naming those that are still to be answered.
    """
    me = call.actor.no
    seen = call.stores.messages.visible(call.scope, me, messages)
    for message, id in messages.items():
        if message not in seen:
            raise NotFound(Kind.MESSAGE.value, id)
    states = call.stores.reading.states(call.scope, me, messages, questions=True)
    waiting = [id for message, id in messages.items() if _must_answer(states[message])]
    if waiting:
        raise AnswerRequired(tuple(waiting))
    call.stores.reading.mark_read(call.scope, me, messages)


def _must_answer(state: ReadState) -> bool:
    return state.question is not None and state.question.must_answer


def dismiss(call: Call, message: int, reason: str) -> None:
    """Note that the actor will not answer.

    Raises:
        NotFound: the message is not seen.
        InvalidInput: it asks for no answer.
        Forbidden: it is not addressed to the actor.
        ItemLocked, StaleLock, WindowGone: the talk is not the actor's to write to now (L6).
    """
    row, question = _question(call, message)
    if not question.may_dismiss:
        raise Forbidden("dismiss", "only who is asked can say that they will not answer.", "T4")
    guard(call, row.talk)
    if call.stores.reading.dismiss(call.scope, message, call.actor.no, reason, at=call.now):
        askers = {row.sender} if row.sent_for is None else {row.sender, row.sent_for}
        call.emit(MessageEvent.DISMISSED, message, told=askers)


def waive(call: Call, message: int) -> None:
    """Note that the actor wants no answer to their question any more.

    Raises:
        NotFound: the message is not seen.
        InvalidInput: it asks for no answer.
        Forbidden: somebody else asked.
        ItemLocked, StaleLock, WindowGone: the talk is not the actor's to write to now (L6).
    """
    row, question = _question(call, message)
    if not question.asker:
        raise Forbidden("waive", "only who asked can let others off answering.", "T4")
    guard(call, row.talk)
    if call.stores.reading.waive(call.scope, message, at=call.now):
        call.emit(MessageEvent.WAIVED, message)


def _question(call: Call, message: int) -> tuple[MessageRow, Question]:
    """Return a message that asks for an answer, and how its question stands with the actor."""
    me = call.actor.no
    row = call.stores.messages.find(call.scope, me, message)
    if row is None:
        raise NotFound(Kind.MESSAGE.value, encode(message))
    question = call.stores.reading.states(call.scope, me, [message], questions=True)[message].question
    if question is None:
        raise InvalidInput("message", "asks for no answer (rule T4)")
    return row, question


def unread(call: Call) -> Unread:
    """Return what is unread for the actor, counted up to 100 under each heading."""
    counts = call.stores.reading.unread(call.scope, call.actor.no, most=MOST_COUNTED)
    return Unread(
        mine=counts[Heading.MINE],
        teambox=counts[Heading.TEAMBOX],
        shared=counts[Heading.SHARED],
        capped=max(counts.values()) >= MOST_COUNTED,
    )
