"""The inbox: the talks somebody sees, under headings."""

from __future__ import annotations

from typing import Literal, get_args

from collabcase.desk import showing
from collabcase.desk.call import FURTHEST, Calls
from collabcase.errors import InvalidInput
from collabcase.ids import encode
from collabcase.model import inputs
from collabcase.model.page import Page
from collabcase.model.reading import Heading
from collabcase.model.talk import TalkSummary

Inboxes = Literal["all", "mine", "teambox", "shared", "archived"]
"""What an inbox can be asked for."""

_HEADINGS = {heading.value: heading for heading in Heading}


class Inbox:
    """The verb of the inbox."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def inbox(self, heading: Inboxes = "all", *, cursor: str | None = None, limit: int = 50) -> Page[TalkSummary]:
        """Return talks the viewer sees a message of, under a heading (V6, T5).

        A talk stands under the first heading that fits: ``mine`` if a message of it names the viewer, ``teambox`` if
        one names a group of theirs, else ``shared``. Its place is that of its newest message of the heading, in
        ``all`` that of its newest visible message. Talks the viewer has archived are under ``archived`` alone, until
        they see a newer message of it (T9).

        Args:
            heading: ``all``, ``mine``, ``teambox``, ``shared`` or ``archived``.
            cursor: where to go on, from `next` of the page before of the same heading.
            limit: how many at most, 1 to 500.

        Returns:
            A page, newest first. Over a sequence of pages each talk comes once, if nothing is sent to it meanwhile.

        Raises:
            InvalidInput: a parameter can't be used.
        """
        if heading not in get_args(Inboxes):
            raise InvalidInput("heading", f"must be one of {', '.join(get_args(Inboxes))}")
        most = inputs.count("limit", limit)
        question = f"talks.inbox/{heading}"
        with self._calls.reading() as call:
            rows = call.stores.talks.inbox(
                call.scope,
                call.actor.no,
                _HEADINGS.get(heading),
                archived=heading == "archived",
                before=call.position(question, cursor, first=FURTHEST),
                limit=most + 1,
            )
            more = call.cursor(question, rows[most - 1].position) if len(rows) > most else None
            last = showing.messages(call, [row.last for row in rows[:most]])
            return Page(
                tuple(
                    TalkSummary(
                        id=encode(row.talk.id),
                        subject=row.talk.subject,
                        heading=row.heading,
                        last=message,
                        confidential=row.talk.confidential,
                        host_ref=row.talk.host_ref,
                    )
                    for row, message in zip(rows, last, strict=False)
                ),
                more,
            )
