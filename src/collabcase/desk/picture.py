"""What a window is shown of locks: the whole present picture, before it goes by changes (L2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from collabcase.clock import from_millis
from collabcase.desk.call import Call
from collabcase.desk.holding import cards_of, places_on_each, refs_of, stand
from collabcase.desk.lockables import hosts_show, is_hosts
from collabcase.ids import Kind, decode, kind_of
from collabcase.locking.leases import Standing
from collabcase.model.item import ItemRef
from collabcase.model.lock import Held, Lock, Moved, Picture
from collabcase.storage.interfaces import LeaseRow

NOTED = timedelta(hours=24) // timedelta(milliseconds=1)
"""For how many milliseconds it is told what was moved (L7)."""


def picture(call: Call, cursor: str) -> Picture:
    """Return all that concerns the calling window, as of the call's snapshot."""
    held = call.stores.leases.held(call.scope)
    notes = call.stores.leases.moved(call.scope, within=NOTED)
    since = call.stores.leases.on(call.scope, {row.item for row in notes}) if notes else []
    concerning = _concerning(call, [*held, *since])
    shown = [row for row in held if (row.item, row.person) in concerning]
    seen = [row for row in since if (row.item, row.person) in concerning]
    noted = [row for row in notes if (row.item, row.person) in concerning and not _clicked_since(row, seen)]
    refs = refs_of(call, {row.item for row in [*shown, *noted]})
    first = {row.item: row for row in reversed(shown)}  # who holds it first is in the way of who came there later
    mine = next((row for row in shown if row.window == call.window and first[row.item] is row), None)
    return Picture(
        cursor=cursor,
        held=_held(call, shown, refs),
        moved=_moved(call, noted, refs),
        mine=None if mine is None else Lock(refs[mine.item], mine.token, timedelta(milliseconds=mine.left)),
    )


def own_locks(call: Call) -> tuple[Held, ...]:
    """Return what the caller's windows hold, held longest first."""
    rows = call.stores.leases.held(call.scope, [call.actor.no])
    return _held(call, rows, refs_of(call, {row.item for row in rows}))


def lock_of(call: Call) -> Lock | None:
    """Return what the calling window holds, and may write to."""
    for row in call.stores.leases.held(call.scope, [call.actor.no]):
        if row.window == call.window:
            found = stand(call, row.item, call.stores.leases.on(call.scope, [row.item]))
            if found.standing is Standing.MINE:
                return Lock(refs_of(call, [row.item])[row.item], row.token, timedelta(milliseconds=row.left))
    return None


def gone(call: Call, refs: Collection[ItemRef]) -> tuple[ItemRef, ...]:
    """Return those things that the caller sees no more, or never saw; both look alike (L7, V12)."""
    talks = {ref: decode(ref.id, Kind.TALK) for ref in refs if not is_hosts(ref)}
    asked = [talk for talk in talks.values() if talk is not None]
    seen = call.stores.archives.seen(call.scope, call.actor.no, asked)
    return tuple(ref for ref in refs if not (talks[ref] in seen if ref in talks else hosts_show(call, ref)))


def _concerning(call: Call, rows: Collection[LeaseRow]) -> set[tuple[int, int]]:
    """Return item and holder of the rows that are the caller's or stand in their way."""
    me = call.actor.no
    found = {(row.item, row.person) for row in rows if row.person == me}
    holders: dict[int, set[int]] = {}
    for row in rows:
        if row.person != me:
            holders.setdefault(row.item, set()).add(row.person)
    talks = {item: {me, *persons} for item, persons in holders.items() if kind_of(item) is Kind.TALK}
    for talk, places in places_on_each(call, talks).items() if talks else ():
        mine = places[me]
        found |= {(talk, person) for person in holders[talk] if mine & places.get(person, frozenset())}
    hosts = {item: persons for item, persons in holders.items() if kind_of(item) is Kind.HOST}
    return found | _concerning_hosts(call, hosts)


def _concerning_hosts(call: Call, holders: Mapping[int, Collection[int]]) -> set[tuple[int, int]]:
    if not holders:
        return set()
    if call.office.may_see is not None:
        refs = refs_of(call, holders)
        return {(item, person) for item in holders if hosts_show(call, refs[item]) for person in holders[item]}
    sights = call.stores.sights.sights(call.scope, {call.actor.no}.union(*holders.values()))
    mine = sights[call.actor.no].groups
    return {(item, person) for item in holders for person in holders[item] if sights[person].groups & mine}


def _clicked_since(note: LeaseRow, rows: Iterable[LeaseRow]) -> bool:
    clicked = (row for row in rows if row.item == note.item and row.token)  # without a token it is but a note
    return any(row.since > (note.ended_at or 0) for row in clicked)


def _held(call: Call, rows: Sequence[LeaseRow], refs: Mapping[int, ItemRef]) -> tuple[Held, ...]:
    me = call.actor.no
    asked = {row.asked_by for row in rows if row.asked_by is not None and me in (row.person, row.asked_by)}
    cards = cards_of(call, {row.person for row in rows} | asked)
    return tuple(
        Held(
            item=refs[row.item],
            holder=cards.get(row.person),
            since=from_millis(row.since),
            own=row.person == me,
            asked_by=cards.get(row.asked_by) if row.asked_by in asked else None,
        )
        for row in rows
    )


def _moved(call: Call, rows: Sequence[LeaseRow], refs: Mapping[int, ItemRef]) -> tuple[Moved, ...]:
    cards = cards_of(call, {row.ended_by for row in rows if row.ended_by is not None})
    return tuple(
        Moved(
            item=refs[row.item],
            what=row.reason or "",
            by=None if row.ended_by is None else cards.get(row.ended_by),
            at=from_millis(row.ended_at or 0),
        )
        for row in rows
    )
