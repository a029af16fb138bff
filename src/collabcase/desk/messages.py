"""The verbs of messages: get, search, and which of many one sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from collabcase.desk import reading, showing
from collabcase.desk.asking import Asked
from collabcase.desk.call import FURTHEST, Calls, number
from collabcase.desk.codes import checked_codes
from collabcase.errors import NotFound
from collabcase.ids import Kind, decode
from collabcase.model import inputs
from collabcase.model.item import Addressee
from collabcase.model.message import Message
from collabcase.model.page import Page
from collabcase.model.reading import Unread


class Messages:
    """What was sent, as far as the person of the desk sees it (V1 to V7)."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get(self, id: str) -> Message:
        """Return a message.

        Args:
            id: its id.

        Raises:
            NotFound: there is none that the viewer sees (V12).
            InvalidInput: a parameter can't be used.
        """
        wanted = number(id, Kind.MESSAGE)
        with self._calls.reading() as call:
            row = call.stores.messages.find(call.scope, call.actor.no, wanted)
            if row is None:
                raise NotFound(Kind.MESSAGE.value, id)
            return showing.messages(call, [row])[0]

    def search(
        self,
        *,
        author: str | None = None,
        recipient: Addressee | None = None,
        type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        data: Mapping[str, str] | None = None,
        unread: bool | None = None,
        asks_answer: bool | None = None,
        text: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Message]:
        """Return messages the viewer sees, newest first; every condition given must hold (T7, V13).

        Args:
            author: who sent it, or in whose place it was sent (T2).
            recipient: a person or group it is addressed to.
            type: the code of its type (T8).
            since: the earliest date of the event it tells of, included.
            until: the end of that range, not included.
            data: dictionaries and codes that it carries, all of them (T8).
            unread: whether it is unread for the viewer (T5).
            asks_answer: whether it asks for an answer.
            text: up to 20 words that its text, comment or talk's subject hold, all of them; case and accents do not
                count, and ``scha*`` finds whatever begins so.
            cursor: where to go on, from `next` of the page before, with the same conditions.
            limit: how many at most, 1 to 500.

        Returns:
            A page, newest first by arrival.

        Raises:
            NotFound: `author` or `recipient` is not known to the viewer (V12, V17).
            UnknownCode: `type` or `data` names a code that never was (T8).
            InvalidInput: a condition can't be used, or the cursor belongs to another search or person.
        """
        asked = Asked.checked(
            author=author,
            recipient=recipient,
            codes=checked_codes(type=type, data=data),
            since=since,
            until=until,
            unread=unread,
            asks_answer=asks_answer,
            text=text,
        )
        most = inputs.count("limit", limit)
        with self._calls.reading() as call:
            wanted = asked.filter(call)
            before = call.position(asked.question, cursor, first=FURTHEST)
            rows = call.stores.messages.newest(call.scope, call.actor.no, wanted, before=before, limit=most + 1)
            more = call.cursor(asked.question, rows[most - 1].id) if len(rows) > most else None
            return Page(showing.messages(call, rows[:most]), more)

    def visible(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return those ids that are messages the viewer sees, in the order given, each once.

        Args:
            ids: at most 10,000 ids; whatever is no message of the viewer's is left out.

        Raises:
            InvalidInput: the list can't be used.
        """
        asked = {id: decode(id, Kind.MESSAGE) for id in inputs.many("ids", ids, str)}
        with self._calls.reading() as call:
            known = [item for item in asked.values() if item is not None]
            seen = call.stores.messages.visible(call.scope, call.actor.no, known)
            return tuple(id for id, item in asked.items() if item in seen)

    def mark_read(self, messages: str | Iterable[str]) -> None:
        """Mark messages read for oneself, all or none; what is read already stays so (T5).

        Nobody else's read state changes, and no event tells of it.

        Args:
            messages: the id of a message, or at most 10,000 ids.

        Raises:
            NotFound: one of them is not seen (V12).
            AnswerRequired: some of them ask the viewer for an answer that nobody has given for them yet (T4).
            InvalidInput: a parameter can't be used.
        """
        asked = (messages,) if isinstance(messages, str) else inputs.many("messages", messages, str)
        wanted = {number(id, Kind.MESSAGE): id for id in asked}
        with self._calls.writing() as call:
            reading.mark_read(call, wanted)

    def dismiss(self, message: str, reason: str) -> None:
        """Say that one will not answer a question, which who asked is told; the first reason stays (T4).

        Args:
            message: the id of a message that asks for an answer.
            reason: why not, at most a million characters.

        Raises:
            NotFound: the message is not seen (V12).
            Forbidden: it is not addressed to the caller.
            ItemLocked, StaleLock, WindowGone: the talk is not the caller's to write to now (L6).
            InvalidInput: it asks for no answer, or a parameter can't be used.
        """
        wanted, why = number(message, Kind.MESSAGE), inputs.text("reason", reason, empty=False)
        with self._calls.writing() as call:
            reading.dismiss(call, wanted, why)

    def waive(self, message: str) -> None:
        """Let everybody off answering one's question (T4); the second time nothing happens.

        Args:
            message: the id of a message that asks for an answer.

        Raises:
            NotFound: the message is not seen (V12).
            Forbidden: somebody else asked.
            ItemLocked, StaleLock, WindowGone: the talk is not the caller's to write to now (L6).
            InvalidInput: it asks for no answer, or a parameter can't be used.
        """
        wanted = number(message, Kind.MESSAGE)
        with self._calls.writing() as call:
            reading.waive(call, wanted)

    def unread(self) -> Unread:
        """Return how many messages the viewer has not read, each once, under the first heading that fits (T5)."""
        with self._calls.reading() as call:
            return reading.unread(call)
