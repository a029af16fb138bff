"""Freeing what another holds, and the record of it (L5)."""

from __future__ import annotations

from collabcase.clock import from_millis
from collabcase.desk.call import FURTHEST, Call, Calls, number
from collabcase.desk.holding import check_window, in_the_way, places_on, refs_of, settled, tell
from collabcase.desk.lockables import is_hosts, item_number, item_ref
from collabcase.desk.places import cursor_of, place
from collabcase.errors import Forbidden, NotFound
from collabcase.ids import Kind
from collabcase.locking.leases import Standing, Step
from collabcase.model import inputs
from collabcase.model.group import Right
from collabcase.model.item import ItemRef, Referable
from collabcase.model.lock import End, Forced
from collabcase.model.page import Page
from collabcase.storage.interfaces import Ending, LeaseRow


def force(call: Call, ref: ItemRef, reason: str) -> None:
    """Free an item: of the holds in the caller's way, or with `lock.force` of all (L5).

    Raises:
        Forbidden: the caller may write nothing there, and lacks `lock.force`.
    """
    check_window(call)
    item, me = item_number(call, ref), call.actor.no
    may_all = Right.LOCK_FORCE in call.actor.rights
    if not may_all and (is_hosts(ref) or not places_on(call, item, [me])[me]):
        raise Forbidden(Right.LOCK_FORCE.value, "your part in this does not include freeing it.", "L5")
    holders = {row.person for row in call.stores.leases.on(call.scope, [item]) if row.window is not None}
    for holder in sorted(holders):  # whoever clicks it only now keeps it
        call.stores.windows.of(call.scope, holder)
    call.stores.leases.lock(call.scope, [item])
    held = [row for row in settled(call, call.stores.leases.on(call.scope, [item])) if row.live]
    others = {row.person for row in held} & holders - {me}
    concerned = (others if may_all else in_the_way(call, item, me, others)) | {me}
    for row in held:
        if row.person in concerned & holders:
            _free(call, row, reason)


def _free(call: Call, row: LeaseRow, reason: str) -> None:
    me = call.actor.no
    call.stores.windows.let_go(call.scope, row.person, row.item)
    call.stores.leases.end(call.scope, row.item, row.person, Ending(End.FORCED, by=me, reason=reason))
    call.stores.leases.record(call.scope, row.item, row.person, me, reason)
    tell(call, Standing.OWN if row.person == me else Standing.THEIRS, Step.FORCE, row.item, row.person)


def forced(calls: Calls, item: str | ItemRef | Referable | None, *, cursor: str | None, limit: int) -> Page[Forced]:
    """Return the record of an item's locks that were freed by force, or of all, newest first.

    Raises:
        NotFound: there is no such talk.
        InvalidInput: a parameter can't be used.
    """
    ref, most = None if item is None else item_ref(item), inputs.count("limit", limit)
    question = f"forced/{ref or ''}"
    with calls.reading() as call:
        before = place(call, question, cursor) or (FURTHEST, FURTHEST)
        of = None if ref is None else _number(call, ref)
        rows = call.stores.leases.forced(call.scope, of, before=before, limit=most + 1)
        shown = rows[:most]
        refs = refs_of(call, {row.item for row in shown})
        cards = call.stores.people.cards(call.scope, {no for row in shown for no in (row.person, row.forcer)})
        more = cursor_of(call, question, shown[-1].at, shown[-1].item) if len(rows) > most else None
        return Page(
            tuple(
                Forced(refs[row.item], cards[row.person], cards[row.forcer], row.reason, from_millis(row.at))
                for row in shown
            ),
            more,
        )


def _number(call: Call, ref: ItemRef) -> int:
    """Return the number of a thing, 0 for one that nobody has ever clicked."""
    if is_hosts(ref):
        return call.stores.leases.number(call.scope, ref) or 0
    talk = number(ref.id, Kind.TALK)
    if call.stores.talks.find(call.scope, talk) is None:
        raise NotFound(ref.kind, ref.id)
    return talk
