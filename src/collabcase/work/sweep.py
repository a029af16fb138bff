"""Sweeping: what is due once windows have been silent for too long (L3, L4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial

from collabcase.desk.call import Call, Calls
from collabcase.desk.clicking import passed_on
from collabcase.desk.holding import settled, tell
from collabcase.desk.picture import NOTED
from collabcase.desk.repeating import repeated
from collabcase.desk.windows import written
from collabcase.locking.leases import Standing, Step
from collabcase.model.lock import End, Swept
from collabcase.storage.interfaces import Ending, LeaseRow, Stores, Transaction, WindowRow

_MILLISECOND = timedelta(milliseconds=1)
_EVENTS_KEPT = timedelta(days=7) // _MILLISECOND


def due(stores: Stores, tx: Transaction, now: int) -> list[str]:
    """Return the ids of portfolios in which a sweep has something to do."""
    return stores.windows.due(tx, ended=NOTED, before=now - _EVENTS_KEPT)


def sweep(new_calls: Callable[[str], Calls], portfolios: Iterable[str]) -> Swept:
    """Sweep portfolios one by one, each in a transaction of its own."""
    done = [repeated(partial(_swept, new_calls, one)) for one in portfolios]
    return Swept(sum(one.windows for one in done), sum(one.locks for one in done), sum(one.events for one in done))


def _swept(new_calls: Callable[[str], Calls], portfolio: str) -> Swept:
    return written(new_calls(portfolio), _sweep)


def _sweep(call: Call) -> Swept:
    stores, scope = call.stores, call.scope
    stores.windows.clamp(scope)
    stray = stores.leases.stray(scope)
    holders = {row.person for row in stores.leases.on(scope, stray) if row.window is not None}
    persons = holders | stores.windows.silent(scope)
    windows = [window for person in sorted(persons) for window in _of(call, person)]
    silent = [window for window in windows if not window.live]
    items = {*stray, *(window.item for window in silent if window.item is not None)}
    tokens = stores.leases.lock(scope, items)
    rows = [row for row in stores.leases.on(scope, items) if row.window is not None]
    kept = settled(call, rows)
    living = [window for window in windows if window.live]
    strays = [row for row in kept if row.person in persons and row.window not in {window.id for window in living}]
    ended = [row for row in strays if _ended(call, row, living, tokens[row.item])]
    stores.windows.close(scope, [window.id for window in silent])
    stores.leases.clamp(scope, call.office.leases.longest // _MILLISECOND)
    stores.leases.forget(scope, after=NOTED)
    events = stores.events.retire(scope, before=call.now - _EVENTS_KEPT)
    return Swept(len(silent), len(rows) - len(kept) + len(ended), events)


def _of(call: Call, person: int) -> list[WindowRow]:
    return call.stores.windows.of(call.scope, person)


def _ended(call: Call, row: LeaseRow, living: list[WindowRow], token: int) -> bool:
    """End a hold whose window is gone, unless another window of its holder gets it (L4)."""
    if passed_on(call, row, living, token):
        tell(call, Standing.MINE, Step.GIVE_BACK, row.item, row.person, by_host=True)
        return False
    call.stores.leases.end(call.scope, row.item, row.person, Ending(End.EXPIRED))
    tell(call, Standing.THEIRS, Step.LAPSE, row.item, row.person, by_host=True)
    return True
