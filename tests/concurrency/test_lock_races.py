"""Windows that meet on one item in the same moment, in many processes (L1 to L6)."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Table, event, text, update

import collabcase
from collabcase import Collab, ItemLocked, ItemRef, Leases, Right, StaleLock, Window, WindowGone
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.leases import SqlLeases
from collabcase.storage.sql.moments import database_now
from collabcase.storage.sql.rows import run
from collabcase.storage.sql.tables import build
from concurrency.crew import PATIENCE, SIZE, Crew, context
from concurrency.held import interposed, meet
from concurrency.scene import first_message, insist, outcome, send, set_up

CLERKS = [f"b{number}" for number in range(SIZE)]
THINGS = [ItemRef("policy", str(number)) for number in range(4)]
ROUNDS = 8
LEASE = 0.3


@pytest.fixture
def office(collab: Collab) -> Collab:
    """Eight clerks of one teambox, who stand in each other's way."""
    groups = {"B": {"members": CLERKS, "teambox": True}, "M": {"main": True, "members": CLERKS}}
    made = set_up(collab, ["a", *CLERKS], groups)
    with collab.system("p") as system:
        system.groups.set_rights(made["M"].id, [Right.LOCK_FORCE])
    return collab


def talk(collab: Collab) -> ItemRef:
    """Start a talk with the clerks."""
    with collab.system("p") as system:
        box = next(group for group in system.groups.list(limit=500) if group.name == "B")
    return ItemRef("talk", send(collab, "a", box.ref, "s"))


def rows(collab: Collab, query: str) -> list[Any]:
    """Return the rows of a query."""
    with collab._storage._engine.connect() as connection:
        return list(connection.execute(text(query)))


def window(collab: Collab, person: str) -> Window:
    return collab.window(person, portfolio="p")


def run_out(collab: Collab, table: Table, *conditions: ColumnElement[bool]) -> None:
    """Let all holds or windows, or some of them, run out now."""
    now = database_now(postgresql=collab._storage._engine.dialect.name == "postgresql")
    with collab._storage._writer.begin() as connection:
        connection.execute(update(table).where(*conditions).values(expires_at=now))


# -------------------------------------------------------------------- who is first


def click_each(collab: Collab, person: str, items: list[ItemRef]) -> list[str]:
    """Click items one by one, each in a window of its own, and tell how that went."""
    return [outcome(window(collab, person).focus, item) for item in items]


def test_l1_of_all_who_click_at_once_one_has_it(url: str, office: Collab, crew: Crew) -> None:
    """L1: of eight who click a free item at once exactly one holds it, and the others are refused."""
    items = [talk(office), *(ItemRef("policy", f"free {number}") for number in range(ROUNDS))]
    for item in items[::2]:  # of these the row to be locked is there before
        window(office, "b0").focus(item)
    window(office, "b0").release_all()
    answers: list[list[str]] = crew.at_once(url, click_each, [(clerk, items) for clerk in CLERKS])
    for item in zip(*answers, strict=True):
        assert Counter(item) == {"done": 1, "item_locked": SIZE - 1}
    held = rows(office, "SELECT item FROM lease WHERE window_id IS NOT NULL")
    assert len(items) == len({row.item for row in held}) == len(held)


def test_l3_of_all_who_click_what_has_run_out_one_has_it(url: str, office: Collab, crew: Crew) -> None:
    """L3: what has run out falls to exactly one of eight, and that it has is told once."""
    items = [talk(office), *(ItemRef("policy", f"late {number}") for number in range(ROUNDS))]
    assert ["done"] * len(items) == click_each(office, "b0", items)
    run_out(office, build().lease)
    answers: list[list[str]] = crew.at_once(url, click_each, [(clerk, items) for clerk in CLERKS])
    for item in zip(*answers, strict=True):
        assert Counter(item) == {"done": 1, "item_locked": SIZE - 1}
    told = rows(office, "SELECT item FROM event WHERE kind = 'lock.expired'")
    assert len(items) == len({row.item for row in told}) == len(told)


def click_one(collab: Collab, id: str, item: ItemRef) -> str:
    """Click an item in a window that is open."""
    return outcome(collab.window("b0", portfolio="p", id=id).focus, item)


def test_l4_windows_of_one_person_that_click_at_once_follow_each_other(url: str, office: Collab, crew: Crew) -> None:
    """L4: of eight windows of one person that click at once each has it once; the last keeps it."""
    item = talk(office)
    windows = [window(office, "b0") for _ in range(SIZE)]
    assert ["done"] * SIZE == crew.at_once(url, click_one, [(one.id, item) for one in windows])
    [held] = rows(office, "SELECT window_id, token FROM lease WHERE window_id IS NOT NULL")
    kinds = Counter(row.kind for row in rows(office, "SELECT kind FROM event WHERE kind LIKE 'lock.%'"))
    assert {"lock.acquired": 1, "lock.taken_over": SIZE - 1} == kinds
    while len(windows) > 1:
        [last] = [one for one in windows if one.id == held.window_id]
        windows.remove(last)
        last.close()
        [after] = rows(office, "SELECT window_id, token FROM lease WHERE window_id IS NOT NULL")
        assert after.token > held.token
        held = after


def force(collab: Collab, person: str, items: list[ItemRef]) -> list[str]:
    """Free items one by one."""
    mine = window(collab, person)
    return [outcome(mine.force, item, f"by {person}") for item in items]


def test_l5_of_all_who_force_at_once_one_does(url: str, office: Collab, crew: Crew) -> None:
    """L5: eight who free an item at once free it once; one event, one record."""
    items = [talk(office), *(ItemRef("policy", f"held {number}") for number in range(ROUNDS))]
    click_each(office, "b0", items)
    crew.at_once(url, force, [(clerk, items) for clerk in CLERKS])
    told = rows(office, "SELECT item FROM event WHERE kind = 'lock.forced'")
    assert len(items) == len({row.item for row in told}) == len(told)
    assert len(items) == len(rows(office, "SELECT 1 FROM forced"))
    assert [] == rows(office, "SELECT 1 FROM lease WHERE window_id IS NOT NULL")


# -------------------------------------------------------------------- everything at once


@contextmanager
def deadlocks(collab: Collab) -> Iterator[list[str]]:
    """List the statements that the database ended because of a deadlock."""
    found: list[str] = []

    def failed(context: Any) -> None:
        if getattr(context.original_exception, "sqlstate", None) == "40P01":
            found.append(str(context.statement))

    event.listen(collab._storage._engine, "handle_error", failed)
    try:
        yield found
    finally:
        event.remove(collab._storage._engine, "handle_error", failed)


def play(collab: Collab, role: str, person: str, items: list[ItemRef]) -> list[str]:
    """Do what a role does for a while, and return the deadlocks."""
    with deadlocks(collab) as found:
        for _ in _for_a_while():
            outcome(ROLES[role], collab, person, items)
    return found


def _for_a_while() -> Iterator[None]:
    ends = time.monotonic() + 2.0
    while time.monotonic() < ends:
        yield


def _swap(collab: Collab, person: str, items: list[ItemRef]) -> None:
    """Click everything forwards and backwards, in two windows."""
    one, other = window(collab, person), window(collab, person)
    for item in [*items, *reversed(items)]:
        outcome(one.focus, item)
        outcome(other.focus, items[-1 - items.index(item)])
    one.release_all()
    one.close()


def _beat(collab: Collab, person: str, items: list[ItemRef]) -> None:
    insist(collab.beat, [row.id for row in rows(collab, "SELECT id FROM open_window")], portfolio="p")


def _sweep(collab: Collab, person: str, items: list[ItemRef]) -> None:
    table = build().open_window
    for row in rows(collab, "SELECT id FROM open_window")[::3]:
        run_out(collab, table, table.c.id == row.id)  # one by one, so that this waits for nobody in a ring
    insist(collab.sweep)


def _force(collab: Collab, person: str, items: list[ItemRef]) -> None:
    mine = window(collab, person)
    for item in items:
        outcome(mine.force, item, "why")


def _come_and_go(collab: Collab, person: str, items: list[ItemRef]) -> None:
    for change in ("deactivate", "activate"):
        with collab.system("p") as system:
            getattr(system.people, change)(CLERKS[0])


ROLES = {"swap": _swap, "beat": _beat, "sweep": _sweep, "force": _force, "come and go": _come_and_go}


def test_l3_nothing_ever_runs_into_a_deadlock(url: str, office: Collab, crew: Crew) -> None:
    """L3, L5, G7: clicks crosswise beside beats, sweeps, forces and a deactivation never wait in a ring."""
    items = [talk(office), talk(office), *THINGS[:2]]
    roles = ["swap", "swap", "swap", "swap", "beat", "sweep", "force", "come and go"]
    given = [(role, clerk, items) for role, clerk in zip(roles, CLERKS, strict=True)]
    assert [[]] * SIZE == crew.at_once(url, play, given)
    run_out(office, build().open_window)
    office.sweep()
    assert [] == rows(office, "SELECT 1 FROM lease WHERE window_id IS NOT NULL")
    assert [] == rows(office, "SELECT 1 FROM open_window")


def swap(collab: Collab) -> list[str]:
    """Let two windows change places, one in the midst of the other's click, and return the deadlocks."""
    set_up(collab, ["b0", "b1"])
    windows = [window(collab, "b0"), window(collab, "b1")]
    for one, item in zip(windows, THINGS, strict=False):
        one.focus(item)
    second = partial(outcome, windows[1].focus, THINGS[0])
    with deadlocks(collab) as found, interposed(collab, *[("INTO lockable", step) for step in (bool, second)]):
        assert "item_locked" == outcome(windows[0].focus, THINGS[1])
    return found


def test_l1_windows_that_change_places_do_not_wait_for_each_other(shared: Collab) -> None:
    """L1: of two windows that click each other's item neither holds up the other for good."""
    assert [] == swap(shared)


def test_l1_in_another_order_they_would(shared: Collab, monkeypatch: pytest.MonkeyPatch) -> None:
    """L1: the test above notices items that are locked in the order of arrival."""
    taken = itertools.count()

    def lock(self: SqlLeases, scope: Scope, items: Collection[int]) -> dict[int, int]:
        ordered = sorted(items, reverse=len(items) > 1 and next(taken) % 2 == 0)
        return {item: run(scope, self._lock, on_item=item).scalar_one() for item in ordered}

    monkeypatch.setattr(SqlLeases, "lock", lock)
    assert swap(shared)


# -------------------------------------------------------------------- who comes late


def wander(collab: Collab, person: str, items: list[ItemRef]) -> None:
    """Click one item after another, in two windows."""
    windows = [window(collab, person), window(collab, person)]
    for turn in range(12):
        outcome(windows[turn % 2].focus, items[(turn + CLERKS.index(person)) % len(items)])
        if turn % 5 == 4:
            insist(windows[turn % 2].blur)


def test_l2_who_comes_late_has_the_picture_and_then_the_changes(url: str, office: Collab, crew: Crew) -> None:
    """L2: a picture taken while eight click, and what the feed tells from there on, end in the picture of the end."""
    items = [talk(office), talk(office), *THINGS]
    late = window(office, "b7")
    pictures = []
    with ThreadPoolExecutor(1) as thread:
        working = thread.submit(crew.at_once, url, wander, [(clerk, items) for clerk in CLERKS])
        while not working.done():
            pictures.append(late.picture)
            time.sleep(0.02)
        working.result()
    end = {held.item: held.holder and held.holder.id for held in late.picture.held}
    assert len({picture.cursor for picture in pictures}) > 3
    assert end
    for picture in pictures[:: max(1, len(pictures) // 10)]:
        held = {held.item: held.holder and held.holder.id for held in picture.held}
        cursor = picture.cursor
        while (page := office.feed("b7", portfolio="p", after=cursor)).events:
            cursor = page.cursor
            for happened in page.events:
                if happened.kind in ("lock.acquired", "lock.taken_over", "lock.returned"):
                    held[happened.item] = happened.actor
                elif happened.kind in ("lock.released", "lock.expired", "lock.forced"):
                    held.pop(happened.item, None)  # what came while the picture was taken may be in both
        assert end == held


# -------------------------------------------------------------------- who dies, or sleeps


def hold(pipe: Any, url: str, item: ItemRef, message: str) -> None:
    """Click an item in a process of its own; when told to, write under that lock, and tell how that went."""
    lease = timedelta(seconds=LEASE)
    with collabcase.open(url, leases=Leases(visible=lease)) as collab:
        mine = window(collab, "b0")
        lock = mine.focus(item)
        pipe.send(time.monotonic())
        pipe.recv()
        try:
            with collab.desk("b0", portfolio="p", window=mine.id, token=lock.token) as desk:
                desk.talks.reply(message, "late")
            pipe.send("written")
        except StaleLock as error:
            pipe.send(error.how)
        except WindowGone:
            pipe.send("gone")


def holder(url: str, collab: Collab) -> tuple[Any, Any, ItemRef, float]:
    """Start a process that holds a talk, and return it, its pipe, the talk, and since when at the latest."""
    item = talk(collab)
    ours, theirs = context.Pipe()
    process = context.Process(target=hold, args=(theirs, url, item, first_message(collab, "b0", item.id)), daemon=True)
    process.start()
    assert ours.poll(PATIENCE)
    return process, ours, item, ours.recv()


def wait_until_free(collab: Collab, item: ItemRef, held_until: float) -> None:
    """Click an item until it is to be had; every click that begins after its lease must go through."""
    other = window(collab, "b1")
    while True:
        began = time.monotonic()
        try:
            other.focus(item)
        except ItemLocked:
            assert began < held_until, "it is held for longer than its lease"
            time.sleep(0.02)
        else:
            return


def test_l3_what_the_dead_held_is_free_after_their_lease(url: str, office: Collab) -> None:
    """L3: a holder that is killed holds the item no longer than the lease."""
    process, _, item, since = holder(url, office)
    process.kill()
    process.join(PATIENCE)
    wait_until_free(office, item, since + LEASE + 0.01)


def test_l6_a_sleeper_that_wakes_up_writes_nothing(url: str, office: Collab) -> None:
    """L6: a holder that stops for longer than the lease is refused, once somebody else holds the item and after."""
    for comes_back in (True, False):
        process, pipe, item, since = holder(url, office)
        os.kill(process.pid, signal.SIGSTOP)
        wait_until_free(office, item, since + LEASE + 0.01)
        if comes_back:
            office.window("b2", portfolio="p").force(item, "why")
        os.kill(process.pid, signal.SIGCONT)
        pipe.send("write")
        assert pipe.poll(PATIENCE)
        assert "expired" == pipe.recv()
        process.join(PATIENCE)


def test_l6_a_write_from_nowhere_and_the_first_click_of_all_follow_each_other(shared: Collab) -> None:
    """L6: while a write from no window is under way, nobody comes to hold the talk that was never clicked before."""
    groups = {"B": {"members": ["b0", "b1"], "teambox": True}}
    box = set_up(shared, ["a", "b0", "b1"], groups)["B"]
    for clicked_before in (True, False):
        id = send(shared, "a", box.ref, "s")
        if clicked_before:
            window(shared, "b1").focus(id)
            window(shared, "b1").release_all()
        message, other = first_message(shared, "b0", id), window(shared, "b1")
        desk = shared.desk("b0", portfolio="p")
        waited, refused = meet(
            shared,
            desk,
            lambda held, message=message: held.talks.reply(message, "x"),
            lambda id=id, other=other: other.focus(id),
        )
        assert refused is None
        assert waited, f"clicked before: {clicked_before}"
