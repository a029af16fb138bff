"""The gap-safe cursor, step by step, with transactions held by hand (PostgreSQL)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text

import collabcase
from collabcase.storage.sql.events import SqlEventReader
from collabcase.storage.sql.horizon import marker_of
from collabcase.storage.sql.tables import build
from concurrency.scene import send, set_up
from events.transactions import TABLES, Begin
from events.transactions import begin as begin  # fixtures
from events.transactions import engine as engine


@pytest.fixture
def reader(engine: Engine) -> SqlEventReader:
    """A reader that starts behind what other tests wrote."""
    return SqlEventReader(TABLES, engine)


def read(reader: SqlEventReader, limit: int = 100) -> list[str]:
    return [name for occurrence in reader.read(limit) for name in occurrence.event.fields]


def test_waits_for_a_lower_position_that_may_still_commit(reader: SqlEventReader, begin: Begin) -> None:
    """I2: an event is held back while a running transaction has a lower position, and comes after that one's."""
    low = begin().append("low")
    begin().append("high").commit()
    assert [[], []] == [read(reader), read(reader)]
    low.commit()
    assert ["low", "high"] == read(reader)
    assert [] == read(reader)


def test_passes_over_a_position_that_was_rolled_back(reader: SqlEventReader, begin: Begin) -> None:
    """I2: what a roll-back took with it is not waited for."""
    low = begin().append("low")
    begin().append("high").commit()
    assert [] == read(reader)
    low.rollback()
    assert ["high"] == read(reader)


def test_tells_what_stands_before_a_gap(reader: SqlEventReader, begin: Begin) -> None:
    """I2: the prefix without a gap is told at once."""
    begin().append("first").commit()
    low = begin().append("low")
    begin().append("high").commit()
    assert ["first"] == read(reader)
    assert [] == read(reader)
    low.commit()
    assert ["low", "high"] == read(reader)


def test_several_gaps_at_once(reader: SqlEventReader, begin: Begin) -> None:
    """I2: with several gaps everything comes once, in the order of positions, as transactions end in any order."""
    held = [begin() for _ in range(3)]
    for number, writer in enumerate(held):
        writer.append(f"held-{number}")
        begin().append(f"between-{number}").commit()
    assert [] == read(reader)
    held[2].commit()
    assert [] == read(reader)
    held[0].commit()
    told = read(reader)
    held[1].rollback()
    told += read(reader)
    assert ["held-0", "between-0", "between-1", "held-2", "between-2"] == told


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_loses_nothing_that_commits_between_its_two_looks(engine: Engine, begin: Begin, level: str) -> None:
    """I2: a commit after the look at the log and before the look at its writers is not taken for a roll-back.

    However the host has set the isolation of its engine.
    """
    hosts = create_engine(engine.url, isolation_level=level)
    reader = collabcase.embed(hosts, prefix="")._storage.event_reader()
    low = begin().append("low")
    begin().append("high").commit()
    asked: list[str] = []

    @event.listens_for(hosts, "before_cursor_execute")
    def commit_just_now(*given: object) -> None:
        if "pg_locks" in str(given[2]) and not asked:
            asked.append("who holds the marker")
            low.commit()

    told = read(reader) + read(reader)
    hosts.dispose()
    assert (["who holds the marker"], ["low", "high"]) == (asked, told)


def test_a_long_transaction_that_writes_no_event_is_not_waited_for(reader: SqlEventReader, begin: Begin) -> None:
    """I2: only writers of events can hold the reader up."""
    unrelated = begin()
    unrelated.connection.execute(text("UPDATE portfolio SET title = 'x'"))
    begin().append("gone").rollback()
    begin().append("high").commit()
    assert ["high"] == read(reader)


def test_writers_that_come_later_do_not_prolong_the_wait(reader: SqlEventReader, begin: Begin) -> None:
    """I2: however busy the log is, a gap closes when those have ended who were there when it was met."""
    low = begin().append("low")
    begin().append("high").commit()
    assert [] == read(reader)
    later = begin().append("later")
    low.rollback()
    assert ["high"] == read(reader)
    begin().append("last").commit()
    assert [] == read(reader)
    later.commit()
    assert ["later", "last"] == read(reader)


def test_roll_backs_at_the_tail_and_at_the_head(engine: Engine, begin: Begin) -> None:
    """I2: positions lost at the end of the log, or where the reader began, delay nothing."""
    begin().append("before").commit()
    begin().append("lost").rollback()
    reader = SqlEventReader(TABLES, engine)
    begin().append("lost").rollback()
    assert [] == read(reader)
    begin().append("first").commit()
    assert ["first"] == read(reader)
    begin().append("lost", "too").rollback()
    assert [] == read(reader)
    begin().append("second").commit()
    assert ["second"] == read(reader)


def test_starts_at_now(engine: Engine, begin: Begin) -> None:
    """I2: a reader tells what gets a position after it began, and waits for who got one before that."""
    begin().append("past").commit()
    low = begin().append("low")
    reader = SqlEventReader(TABLES, engine)
    begin().append("high").commit()
    assert [] == read(reader)
    low.commit()
    assert ["low", "high"] == read(reader)


def test_in_small_pieces(reader: SqlEventReader, begin: Begin) -> None:
    """I2: the pieces in which it is read change nothing, gaps between them included."""
    begin().append("1", "2").commit()
    begin().append("lost", "lost").rollback()
    begin().append("3").commit()
    held = begin().append("4")
    begin().append("5", "6", "7").commit()
    pieces = [read(reader, 2) for _ in range(4)]
    held.commit()
    pieces += [read(reader, 2) for _ in range(4)]
    assert [["1", "2"], [], [], [], ["3", "4"], ["5", "6"], ["7"], []] == pieces


def test_a_savepoint_rolled_back_keeps_the_earlier_position_waited_for(reader: SqlEventReader, begin: Begin) -> None:
    """I2: the marker of what stands before a savepoint outlives the savepoint's roll-back."""
    host = begin().append("kept")
    with host.connection.begin_nested() as savepoint:
        host.append("undone")
        savepoint.rollback()
    begin().append("high").commit()
    assert [] == read(reader)
    host.append("after").commit()
    assert ["kept", "high", "after"] == read(reader)


def test_the_marker_is_held_before_a_position_is_given_out(engine: Engine) -> None:
    """I2: a desk's transaction holds the marker when its first event row is inserted."""
    held: list[bool] = []
    with collabcase.open(engine.url.render_as_string(hide_password=False)) as collab, engine.connect() as observer:
        set_up(collab, "ab", portfolio="q")

        @event.listens_for(collab._storage._engine, "before_cursor_execute")
        def look(connection: Connection, cursor: object, statement: str, *more: object) -> None:
            if statement.startswith("INSERT INTO event"):
                driver: Any = connection.connection.driver_connection
                pid = driver.info.backend_pid
                locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = :pid"
                held.append(observer.execute(text(locks), {"pid": pid}).scalar_one() == 1)

        send(collab, "a", "b", "hello", portfolio="q")
    assert [True] == held


def test_installations_do_not_wait_for_each_other() -> None:
    """I1: each schema and prefix has a marker of its own."""
    places = [build(), build(prefix="other_"), build("schema"), build("schema", "other_")]
    assert 4 == len({marker_of(tables) for tables in places})


def test_a_gap_is_waited_for_by_signals_too(engine: Engine, begin: Begin) -> None:
    """I2: a desk does not wait for others' events; its signals come with a later pump, after what precedes them."""
    with collabcase.open(engine.url.render_as_string(hide_password=False)) as collab:
        heard: list[str] = []
        collab.signals.connect(lambda portfolio, event: heard.append(event.kind))
        low = begin().append("low")
        with collab.system("p") as system:
            system.people.add("a", name="A")
        before = list(heard)
        low.commit()
        collab.pump()
        assert ([], ["person.added"]) == (before, heard)
