"""What somebody keeps of talks for themself alone: drafts (T10), and which talks they have archived (T9)."""

from __future__ import annotations

from collabcase.clock import from_millis
from collabcase.desk.call import FURTHEST, Call, Calls, number
from collabcase.desk.explaining import thing
from collabcase.desk.places import cursor_of, place
from collabcase.errors import NotFound
from collabcase.ids import Kind, decode, encode, kind_of
from collabcase.model import inputs
from collabcase.model.draft import Draft
from collabcase.model.item import ItemRef, Referable
from collabcase.model.page import Page
from collabcase.storage.interfaces import DraftRow

_DRAFTS = "talks.drafts"
_KINDS = (Kind.TALK, Kind.MESSAGE)


class Keeping:
    """The verbs of drafts and of one's own archive."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def draft(self, item: str | ItemRef | Referable, text: str) -> Draft | None:
        """Keep what one has begun to write on a talk or message, in the place of what was kept before (T10).

        Nobody else ever sees it. Answering a message ends one's draft on it.

        Args:
            item: an id, a reference or a value, of a talk or message.
            text: at most a million characters; an empty one discards the draft.

        Returns:
            The draft, None for an empty text.

        Raises:
            NotFound: there is no such talk or message that the person sees, and no draft of theirs to discard (V12).
            InvalidInput: a parameter can't be used.
        """
        ref, kept = thing(item), inputs.text("text", text)
        with self._calls.writing() as call:
            if not kept.strip():
                if not call.stores.drafts.discard(call.scope, call.actor.no, ref):
                    _check_seen(call, ref)
                return None
            _check_seen(call, ref)
            call.stores.drafts.save(call.scope, call.actor.no, DraftRow(ref, kept, call.now))
            return Draft(ref, kept, from_millis(call.now))

    def drafts(self, *, cursor: str | None = None, limit: int = 50) -> Page[Draft]:
        """Return one's own drafts, saved last first (T10).

        Args:
            cursor: where to go on, from `next` of the page before.
            limit: how many at most, 1 to 500.

        Raises:
            InvalidInput: a parameter can't be used.
        """
        most = inputs.count("limit", limit)
        with self._calls.reading() as call:
            moment, last = place(call, _DRAFTS, cursor) or (FURTHEST, 0)
            before = moment, ItemRef(kind_of(last).value, encode(last)) if last else ItemRef("", "")
            rows = call.stores.drafts.page(call.scope, call.actor.no, before=before, limit=most + 1)
            more = _cursor(call, rows[most - 1]) if len(rows) > most else None
            return Page(tuple(Draft(row.item, row.text, from_millis(row.at)) for row in rows[:most]), more)

    def archive(self, talk: str) -> None:
        """Let a talk leave one's own working lists; it stays to be searched and viewed (T9).

        It comes back when one sees a message of it that is newer than those one sees now, or by `restore`. For
        others nothing changes, and nothing is marked as read.

        Args:
            talk: its id.

        Raises:
            NotFound: there is no such talk, or no message of it that the person sees.
            InvalidInput: a parameter can't be used.
        """
        id = number(talk, Kind.TALK)
        with self._calls.writing() as call:
            newest = call.stores.archives.newest(call.scope, call.actor.no, id)
            if newest is not None:
                call.lock_talk(id, exclusive=True)  # whoever is sending into it has done so by then
                newest = call.stores.archives.newest(call.scope, call.actor.no, id)
            if newest is None:
                raise NotFound(Kind.TALK.value, encode(id))
            call.stores.archives.archive(call.scope, call.actor.no, id, upto=newest)

    def restore(self, talk: str) -> None:
        """Let an archived talk come back into one's working lists; nothing happens where it is there (T9).

        Args:
            talk: its id.

        Raises:
            NotFound: there is no such talk, or no message of it that the person sees.
            InvalidInput: a parameter can't be used.
        """
        id = number(talk, Kind.TALK)
        with self._calls.writing() as call:
            if call.stores.archives.newest(call.scope, call.actor.no, id) is None:
                raise NotFound(Kind.TALK.value, encode(id))
            call.stores.archives.restore(call.scope, call.actor.no, id)


def end_draft(call: Call, message: int) -> None:
    """Forget what somebody has begun to write on a message that they have just answered (T10)."""
    call.stores.drafts.discard(call.scope, call.actor.no, ItemRef(Kind.MESSAGE.value, encode(message)))


def _check_seen(call: Call, ref: ItemRef) -> None:
    """Refuse what is no talk or message that the person sees.

    Raises:
        NotFound: worded as for one never issued (V12).
    """
    kind = next((kind for kind in _KINDS if kind == ref.kind), None)
    found = None if kind is None else decode(ref.id, kind)
    if found is not None:
        stores, me = call.stores, call.actor.no
        if kind is Kind.TALK and stores.archives.newest(call.scope, me, found) is not None:
            return
        if kind is Kind.MESSAGE and stores.messages.visible(call.scope, me, [found]):
            return
    raise NotFound(ref.kind, ref.id)


def _cursor(call: Call, row: DraftRow) -> str:
    found = decode(row.item.id, Kind(row.item.kind))
    assert found is not None
    return cursor_of(call, _DRAFTS, row.at, found)
