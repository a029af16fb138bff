"""Faults put into windows and locks, each of which the machine must find."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import pytest
from attrs import evolve

from collabcase.desk import clicking, forcing, holding, people, picture
from collabcase.desk.call import Call
from collabcase.desk.holding import Stand
from collabcase.locking.leases import LEASES, Standing, Step
from collabcase.storage.interfaces import LeaseRow, WindowRow
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.leases import SqlLeases
from collabcase.storage.sql.windows import SqlWindows
from collabcase.work import sweep

Fault = Callable[[pytest.MonkeyPatch], None]


def guard_without_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write from one window goes through while another of the same person holds the item."""
    stand = holding.stand

    def blurred(call: Call, item: int, rows: Collection[LeaseRow]) -> Stand:
        found = stand(call, item, rows)
        return evolve(found, standing=Standing.MINE) if found.standing is Standing.OWN else found

    monkeypatch.setattr(holding, "stand", blurred)


def guard_without_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write under an old token goes through where the window holds the item anew."""
    check = holding._check

    def lax(call: Call, item: int, found: Stand) -> None:
        has = found.standing is Standing.MINE and found.mine is not None and call.token is not None
        check(evolve(call, token=found.mine.token) if has and found.mine is not None else call, item, found)

    monkeypatch.setattr(holding, "_check", lax)


def guard_without_expiry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write goes through under a lock that has run out."""
    stand = holding.stand

    def eternal(call: Call, item: int, rows: Collection[LeaseRow]) -> Stand:
        return stand(call, item, [evolve(row, left=1) for row in rows])

    monkeypatch.setattr(holding, "stand", eternal)


def one_millisecond_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hold is still believed at the moment it runs out."""
    monkeypatch.setattr(LeaseRow, "live", property(lambda row: row.window is not None and row.left >= 0))


def taken_over_without_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newer window goes on with the token of the older."""
    turn = LEASES[Standing.OWN, Step.CLICK]
    monkeypatch.setitem(_table(), (Standing.OWN, Step.CLICK), evolve(turn, renews=False))


def acquired_without_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who loses an item, by force or by time, and clicks it again goes on with the old token."""
    turn = LEASES[Standing.FREE, Step.CLICK]
    monkeypatch.setitem(_table(), (Standing.FREE, Step.CLICK), evolve(turn, renews=False))


def _table() -> Any:
    return LEASES


def silent_windows_revived(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letting go of everything brings windows back that had been silent for too long."""

    def release_all(call: Call) -> None:
        windows = call.stores.windows.of(call.scope, call.actor.no)
        clicking._present(call, windows)
        clicking.release(call, windows, windows)
        for window in windows:
            call.stores.windows.point(call.scope, window.id, None)

    monkeypatch.setattr(clicking, "release_all", release_all)


def silent_windows_click(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that had been silent for too long may click."""
    present = clicking._present
    monkeypatch.setattr(clicking, "_present", lambda call, all: present(call, [evolve(one, live=True) for one in all]))


def run_out_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who clicks an item whose hold has run out does not tell so."""

    def settled(call: Call, rows: Iterable[LeaseRow]) -> list[LeaseRow]:
        return [row for row in rows if row.window is None or row.live]

    for room in (clicking, forcing, holding):
        monkeypatch.setattr(room, "settled", settled)


def never_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer window that lets go leaves nothing to the older one."""
    _heirs(monkeypatch, lambda windows: [])


def given_to_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer window that lets go leaves the item to the window that clicked it first."""
    _heirs(monkeypatch, lambda windows: [evolve(one, focused_at=-(one.focused_at or 0)) for one in windows])


def given_to_the_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer window that lets go leaves the item to one that has been silent for too long."""
    _heirs(monkeypatch, lambda windows: [evolve(one, live=True) for one in windows])


def _heirs(monkeypatch: pytest.MonkeyPatch, of: Callable[[Collection[WindowRow]], Collection[WindowRow]]) -> None:
    leave = clicking.leave

    def changed(call: Call, window: WindowRow, windows: Collection[WindowRow], *more: Any) -> None:
        leave(call, window, of(windows), *more)

    monkeypatch.setattr(clicking, "leave", changed)


def only_the_holding_window_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """The beats of a person's older window do not count for the item."""
    extend = SqlLeases.extend

    def changed(self: SqlLeases, scope: Scope, windows: Collection[str]) -> None:
        extend(self, scope, [row.window for row in self.held(scope) if row.window in windows])

    monkeypatch.setattr(SqlLeases, "extend", changed)


def beats_extend_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window lives on, and what it holds runs out."""
    monkeypatch.setattr(SqlLeases, "extend", lambda self, scope, windows: None)


def places_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody stands in everybody's way."""
    for room in (holding, forcing):
        monkeypatch.setattr(room, "in_the_way", lambda call, item, me, others: set(others))


def nobody_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two who act in one place both get the item."""
    monkeypatch.setattr(holding, "in_the_way", lambda call, item, me, others: set())


def shown_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture shows every lock to everybody."""
    monkeypatch.setattr(picture, "_concerning", lambda call, rows: {(row.item, row.person) for row in rows})


def forced_but_still_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a force the windows of who held it count as being on it."""
    monkeypatch.setattr(SqlWindows, "let_go", lambda self, scope, person, item: None)


def force_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A force leaves no record."""
    monkeypatch.setattr(SqlLeases, "record", lambda *more: None)


def swept_and_not_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep frees what an older window of the person should get back."""
    end = sweep._ended
    monkeypatch.setattr(sweep, "_ended", lambda call, row, living, token: end(call, row, [], token))


def windows_last_after_a_step_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the clock has gone back windows last as long as they would have before."""
    monkeypatch.setattr(SqlWindows, "clamp", lambda self, scope: None)


def locks_last_after_a_step_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the clock has gone back locks last as long as they would have before."""
    monkeypatch.setattr(SqlLeases, "clamp", lambda self, scope, longest: None)


def deactivated_but_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is deactivated keeps windows and locks."""
    monkeypatch.setattr(people, "end_windows", lambda call, person: None)


FAULTS: tuple[Fault, ...] = (
    guard_without_window,
    guard_without_token,
    guard_without_expiry,
    one_millisecond_more,
    taken_over_without_token,
    acquired_without_token,
    silent_windows_revived,
    silent_windows_click,
    run_out_in_silence,
    never_given_back,
    given_to_the_oldest,
    given_to_the_dead,
    only_the_holding_window_beats,
    beats_extend_nothing,
    places_ignored,
    nobody_in_the_way,
    shown_to_all,
    forced_but_still_on_it,
    force_not_recorded,
    swept_and_not_given_back,
    windows_last_after_a_step_back,
    locks_last_after_a_step_back,
    deactivated_but_still_there,
)
