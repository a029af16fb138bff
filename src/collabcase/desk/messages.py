"""The verbs of messages: get, search, and which of many one sees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from collabcase.clock import to_millis
from collabcase.desk import showing
from collabcase.desk.addressing import check_known, numbers, one_ref, targets
from collabcase.desk.call import FURTHEST, Calls, number
from collabcase.errors import InvalidInput, NotFound
from collabcase.ids import Kind, decode
from collabcase.model import inputs
from collabcase.model.item import Addressee
from collabcase.model.message import Message
from collabcase.model.page import Page
from collabcase.storage.interfaces import MessageFilter


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
        since: datetime | None = None,
        until: datetime | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Message]:
        """Return messages the viewer sees, newest first; every condition given must hold (V13).

        Args:
            author: who sent it, or in whose place it was sent (T2).
            recipient: a person or group it is addressed to.
            since: the earliest date of the event it tells of, included.
            until: the end of that range, not included.
            cursor: where to go on, from `next` of the page before, with the same conditions.
            limit: how many at most, 1 to 500.

        Returns:
            A page, newest first by arrival.

        Raises:
            NotFound: `author` or `recipient` is not known to the viewer (V12, V17).
            InvalidInput: a condition can't be used, or the cursor belongs to another search or person.
        """
        by = () if author is None else (one_ref("author", author),)
        if by and by[0].kind != Kind.PERSON:
            raise InvalidInput("author", "must be a person; groups send nothing")
        to = () if recipient is None else (one_ref("recipient", recipient),)
        earliest = None if since is None else to_millis(inputs.moment("since", since))
        latest = None if until is None else to_millis(inputs.moment("until", until))
        most = inputs.count("limit", limit)
        question = f"messages.search/{by}/{to}/{earliest}/{latest}"
        with self._calls.reading() as call:
            found = targets(call, author=by, recipient=to)
            check_known(call, found)
            wanted = MessageFilter(
                author=next(iter(numbers(found, "author")), None),
                recipient=next(iter(numbers(found, "recipient")), None),
                since=earliest,
                until=latest,
            )
            before = call.position(question, cursor, first=FURTHEST)
            rows = call.stores.messages.newest(call.scope, call.actor.no, wanted, before=before, limit=most + 1)
            more = call.cursor(question, rows[most - 1].id) if len(rows) > most else None
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
