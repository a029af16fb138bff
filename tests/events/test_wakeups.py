"""Waiting for events: who waits is woken by commits of other processes, and loses nothing where no wake-up comes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

import collabcase
from collabcase import Collab, FeedPage, InvalidInput
from collabcase.storage.sql import wakeups
from collabcase.testing import MovableClock
from concurrency.scene import send, set_up

LONG = 20.0


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody look without being woken."""
    monkeypatch.setattr(wakeups, "_PATIENCE", LONG)


@pytest.fixture
def other(url: str, collab: Collab, clock: MovableClock) -> Iterator[Collab]:
    """Another Collab on the same database, as another process has one; there are a, b and c."""
    set_up(collab, "abc")
    with collabcase.open(url, clock=clock) as opened:
        yield opened


@pytest.fixture
def waiting() -> Iterator[ThreadPoolExecutor]:
    """Threads that wait."""
    with ThreadPoolExecutor(8) as threads:
        yield threads


def follow(threads: ThreadPoolExecutor, collab: Collab, person: str, wait: float = LONG) -> Future[FeedPage]:
    """Let somebody wait for what happens from now on."""
    cursor = collab.feed(person, portfolio="p").cursor
    future = threads.submit(collab.feed, person, portfolio="p", after=cursor, wait=wait)
    until(lambda: future.done() or collab._storage.wakeups._waiting > 0)
    return future


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG
    while not done():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def taken(future: Future[FeedPage]) -> tuple[list[str], float]:
    """Return the kinds somebody was told, and for how long they still had to wait."""
    begun = time.monotonic()
    return [event.kind for event in future.result().events], time.monotonic() - begun


@pytest.mark.usefixtures("patient")
def test_i2_a_commit_elsewhere_wakes_who_waits(collab: Collab, other: Collab, waiting: ThreadPoolExecutor) -> None:
    """I2: what another process commits is told at once, the first time and later."""
    for _ in range(3):
        future = follow(waiting, collab, "b")
        send(other, "a", "b", "hello")
        kinds, seconds = taken(future)
        assert ["message.sent"] == kinds
        assert seconds < LONG / 4


@pytest.mark.usefixtures("patient")
def test_i2_a_commit_here_wakes_who_waits(collab: Collab, other: Collab, waiting: ThreadPoolExecutor) -> None:
    """I2: all who wait in one process are woken, each for what they see; who sees nothing of it goes on waiting."""
    told = [follow(waiting, collab, "b") for _ in range(4)]
    hidden = follow(waiting, collab, "c", wait=0.5)
    send(collab, "a", "b", "hello")
    assert [["message.sent"]] * 4 == [taken(one)[0] for one in told]
    assert () == hidden.result().events


@pytest.mark.parametrize("mode", ["after_commit", "in_transaction"])
@pytest.mark.usefixtures("patient")
def test_i2_either_way_of_waking(url: str, collab: Collab, waiting: ThreadPoolExecutor, mode: Any) -> None:
    """I2: notifications after the commit or in the transaction wake alike."""
    set_up(collab, "ab")
    with collabcase.open(url, wakeup=mode) as writer, collabcase.open(url, wakeup=mode) as reader:
        future = follow(waiting, reader, "b")
        send(writer, "a", "b", "hello")
        kinds, seconds = taken(future)
        assert ["message.sent"] == kinds
        assert seconds < LONG / 4


def test_i2_without_any_wake_up_it_takes_a_second(url: str, collab: Collab, waiting: ThreadPoolExecutor) -> None:
    """I2: where nobody wakes, on PostgreSQL, those who wait look once a second."""
    set_up(collab, "ab")
    with collabcase.open(url, wakeup="poll") as writer, collabcase.open(url, wakeup="poll") as reader:
        future = follow(waiting, reader, "b")
        send(writer, "a", "b", "hello")
        kinds, seconds = taken(future)
        assert ["message.sent"] == kinds
        assert seconds < LONG / 4
        assert (reader._storage.wakeups._thread is None) == (reader._storage._engine.name == "postgresql")


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)  # SQLite has no connection that could be cut
def test_i2_a_listener_that_dies_costs_a_second_and_comes_back(
    collab: Collab, other: Collab, waiting: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I2: when the listening connection is cut, events come by looking; then it listens anew."""
    future = follow(waiting, collab, "b")
    until(lambda: bool(listeners(collab)))
    with collab._storage._writer.begin() as connection:
        for pid in listeners(collab):
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    send(other, "a", "b", "hello")
    assert (["message.sent"], True) == (lambda kinds, seconds: (kinds, seconds < 5))(*taken(future))
    again = follow(waiting, collab, "b")
    until(lambda: bool(listeners(collab)))
    monkeypatch.setattr(wakeups, "_PATIENCE", LONG)
    send(other, "a", "b", "again")
    assert (["message.sent"], True) == (lambda kinds, seconds: (kinds, seconds < 5))(*taken(again))


def listeners(collab: Collab) -> list[int]:
    """Return the backends that listen."""
    sql = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    with collab._storage._writer.connect() as connection:
        return list(connection.execute(text(sql)).scalars())


def test_i2_waiting_takes_no_connection_of_the_pool(collab: Collab, other: Collab, waiting: ThreadPoolExecutor) -> None:
    """I2: eight who wait hold no connection, and share one thread that listens."""
    futures = [follow(waiting, collab, "b", wait=1.5) for _ in range(8)]
    until(lambda: collab._storage.wakeups._waiting == 8)
    pool: Any = collab._storage._engine.pool
    until(lambda: pool.checkedout() == 0)
    names = [thread.name for thread in threading.enumerate() if thread is collab._storage.wakeups._thread]
    assert ["collabcase wake-ups"] == names
    assert [()] * 8 == [future.result().events for future in futures]


def test_i2_closing_lets_nobody_wait(url: str, collab: Collab, waiting: ThreadPoolExecutor) -> None:
    """I2: `close` ends all waiting and the thread at once; a second time it does nothing."""
    set_up(collab, "ab")
    opened = collabcase.open(url)
    futures = [follow(waiting, opened, "b") for _ in range(3)]
    until(lambda: opened._storage.wakeups._waiting == 3)
    thread = opened._storage.wakeups._thread
    begun = time.monotonic()
    opened.close()
    opened.close()
    assert [()] * 3 == [future.result().events for future in futures]
    assert time.monotonic() - begun < LONG / 4
    assert thread is not None
    assert not thread.is_alive()


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)  # SQLite has one writer
def test_i2_a_rolled_back_neighbour_holds_nobody_up(
    collab: Collab, other: Collab, waiting: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I2: who waits behind a writer that then rolls back, and so wakes nobody, is told soon all the same."""
    monkeypatch.setattr(wakeups, "_PATIENCE", LONG)
    future = follow(waiting, collab, "b")
    with collab._storage._writer.connect() as host:
        with other.system("p", connection=host) as system:
            system.people.add("z", name="Z")
        send(other, "a", "b", "hello")
        time.sleep(0.2)
        host.rollback()
    kinds, seconds = taken(future)
    assert ["message.sent"] == kinds
    assert seconds < LONG / 4


def test_i2_many_followers_wait_together(collab: Collab, other: Collab, waiting: ThreadPoolExecutor) -> None:
    """I2: `feeds` waits until there is something for any of them, and then comes for all."""
    cursors: dict[str, str | None] = {one: collab.feed(one, portfolio="p").cursor for one in "abc"}
    future = waiting.submit(collab.feeds, "p", cursors, wait=LONG)
    send(other, "a", "b", "hello")
    found = {one: len(page.events) for one, page in future.result().items() if isinstance(page, FeedPage)}
    assert {"a": 1, "b": 1, "c": 0} == found


def test_i2_only_ways_of_waking_there_are(url: str) -> None:
    """I2: another way of waking is refused."""
    odd: dict[str, Any] = {"wakeup": "telegram"}
    with pytest.raises(InvalidInput, match="wakeup"):
        collabcase.open(url, **odd)
