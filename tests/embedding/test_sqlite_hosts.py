"""Hosts on SQLite: what `configure_sqlite` does, and what the driver does without it."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

import collabcase
from collabcase import InvalidInput, StorageError, TryAgain
from embedding.host import Host, book, write

Engines = Callable[..., Engine]
PROCESSES, ROUNDS, FEW_ROUNDS = 6, 100, 30


def test_connections_are_prepared(on_sqlite: Host) -> None:
    """Connections have WAL, foreign keys and a busy time-out, and every transaction a BEGIN of its own."""
    said: list[str] = []

    def hear(driver: sqlite3.Connection, *more: object) -> None:
        driver.set_trace_callback(said.append)

    event.listen(on_sqlite.engine, "connect", hear)
    on_sqlite.engine.dispose()
    with on_sqlite.engine.connect() as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
        assert values == ["wal", 1]
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
    with on_sqlite.engine.connect().execution_options(collabcase_begin="write") as connection:
        book(connection, "policy")
    event.remove(on_sqlite.engine, "connect", hear)
    assert [one for one in said if one.startswith("BEGIN")] == ["BEGIN", "BEGIN IMMEDIATE"]


def test_preparing_twice_does_no_harm(on_sqlite: Host, engines: Engines) -> None:
    """`configure_sqlite` may be called again, and on an engine that was used before."""
    engine = engines(on_sqlite.engine.url)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    for _ in range(2):
        collabcase.configure_sqlite(engine)
    host = Host(engine, collabcase.embed(engine))
    with engine.begin() as connection:
        book(connection, "policy")
        write(host, connection, "hello")
    assert host.sent() == ["hello"]


def test_a_connection_from_before_is_refused(on_sqlite: Host, engines: Engines) -> None:
    """A connection that was open before `configure_sqlite` is still the driver's, and a desk won't write on it."""
    engine = engines(on_sqlite.engine.url)
    with engine.connect() as early:
        collabcase.configure_sqlite(engine)
        with pytest.raises(StorageError, match="configure_sqlite"):
            write(on_sqlite, early, "refused")
        early.detach()  # its pool is gone


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file::memory:?cache=shared&uri=true",
        "sqlite:///file:shared?mode=memory&cache=shared&uri=true",
    ],
)
@pytest.mark.filterwarnings("ignore:Selection of the SingletonThreadPool")  # the host's to hear, when it makes one
def test_databases_in_memory_are_refused(url: str, engines: Engines) -> None:
    """A database in memory, which connections don't share, is refused by `configure_sqlite` and `open`."""
    with pytest.raises(InvalidInput, match="memory"):
        collabcase.configure_sqlite(engines(url, poolclass=QueuePool))
    with pytest.raises(InvalidInput, match="memory"):
        collabcase.open(url)


def test_other_engines_are_not_prepared(on_postgresql: Host) -> None:
    """`configure_sqlite` refuses an engine of another database."""
    with pytest.raises(InvalidInput, match="is for postgresql"):
        collabcase.configure_sqlite(on_postgresql.engine)


def test_readers_never_queue_behind_a_writer(on_sqlite: Host, engines: Engines) -> None:
    """While a writer holds the file, readers that would not wait a moment read, and hold nobody up in turn."""
    impatient = engines(on_sqlite.engine.url)
    collabcase.configure_sqlite(impatient)
    event.listen(impatient, "connect", _without_patience)
    impatient.dispose()
    collab = collabcase.embed(impatient)
    with impatient.connect() as reader:
        with collab.desk("b", portfolio="p", connection=reader) as before:
            assert len(before.messages.search()) == 0
        with on_sqlite.engine.begin() as writer:
            book(writer, "policy")
            write(on_sqlite, writer, "hello")
            for connection in (reader, None):
                with collab.desk("b", portfolio="p", connection=connection) as desk:
                    assert len(desk.messages.search()) == 0
        with collab.desk("b", portfolio="p", connection=reader) as snapshot:
            assert len(snapshot.messages.search()) == 0
    with collab.desk("b", portfolio="p") as after:
        assert len(after.messages.search()) == 1


def test_a_file_that_another_is_making_is_waited_for(tmp_path: Path) -> None:
    """Opening a file that another process holds, before it has WAL, waits instead of failing at once."""
    file = tmp_path / "new.db"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as holder:
        holder.execute("CREATE TABLE theirs (n INTEGER)")
        holder.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.2, holder.execute, ["ROLLBACK"])
        release.start()
        with collabcase.open(f"sqlite:///{file}") as opened:
            assert not release.is_alive()
            assert opened.portfolio("p") is None
        release.join()


def test_a_stale_snapshot_does_not_write(on_sqlite: Host) -> None:
    """A host that read before another wrote is told to try again, and nothing of it is kept."""
    with on_sqlite.engine.connect() as slow:
        with on_sqlite.collab.desk("a", portfolio="p", connection=slow) as desk:
            assert len(desk.messages.search()) == 0
        with on_sqlite.engine.begin() as quick:
            write(on_sqlite, quick, "quick", person="b")
        with pytest.raises(TryAgain):
            write(on_sqlite, slow, "stale")
        slow.rollback()
        write(on_sqlite, slow, "again")
        slow.commit()
    assert on_sqlite.sent() == ["quick", "again"]


def test_many_processes_lose_nothing(on_sqlite: Host) -> None:
    """Six processes that read, add one, write, and send a message in one transaction each: all are counted.

    Half of them ask for BEGIN IMMEDIATE, the others begin as readers and repeat what they are told to repeat.
    """
    file = on_sqlite.engine.url.database
    with on_sqlite.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (n INTEGER)")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")
    try:
        repeats = _in_processes(_count_with_library, file)
        with on_sqlite.engine.connect() as connection:
            counted = connection.exec_driver_sql("SELECT n FROM counter").scalar()
    finally:
        with on_sqlite.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE counter")
    rows = on_sqlite.rows()
    assert [PROCESSES * ROUNDS] * 3 == [counted, rows["collab_message"], rows["collab_talk"]]
    assert [0, 0, 0] == repeats[::2]


def test_the_drivers_own_mode_loses_updates(tmp_path: Path) -> None:
    """The same without `configure_sqlite`, and so without the library, which refuses: updates are lost in silence."""
    file = str(tmp_path / "plain.db")
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 60})
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (n INTEGER)")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")
    with ThreadPoolExecutor(PROCESSES) as threads:
        list(threads.map(_count_without, [file] * PROCESSES))
    with engine.connect() as connection:
        counted = connection.exec_driver_sql("SELECT n FROM counter").scalar_one()
    engine.dispose()
    assert 0 < counted < PROCESSES * FEW_ROUNDS


def _without_patience(driver: sqlite3.Connection, *more: object) -> None:
    driver.execute("PRAGMA busy_timeout=0")


def _in_processes(work: Callable[[str, int], int], file: object) -> list[int]:
    """Run something in several processes at once, and return what each returned."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        return pool.starmap(work, [(str(file), number) for number in range(PROCESSES)], chunksize=1)


def _count_with_library(file: str, number: int) -> int:
    """Add one and send a message, a hundred times; return how often the database asked to repeat it."""
    engine = create_engine(f"sqlite:///{file}")
    collabcase.configure_sqlite(engine)
    collab = collabcase.embed(engine)
    asks = {"collabcase_begin": "write"} if number % 2 == 0 else {}
    repeats = done = 0
    while done < ROUNDS:
        try:
            with engine.connect().execution_options(**asks) as connection, connection.begin():
                counted = connection.exec_driver_sql("SELECT n FROM counter").scalar_one()
                with collab.desk("a", portfolio="p", connection=connection) as desk:
                    desk.talks.start("b", subject="S", text=f"{number}: {done}")
                connection.execute(text("UPDATE counter SET n = :n"), {"n": counted + 1})
        except (TryAgain, OperationalError):
            repeats += 1
        else:
            done += 1
    engine.dispose()
    return repeats


def _count_without(file: str) -> None:
    """Add one a few times, as SQLAlchemy does it with the driver's own transactions."""
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 60})
    for _ in range(FEW_ROUNDS):
        with engine.begin() as connection:
            counted = connection.exec_driver_sql("SELECT n FROM counter").scalar_one()
            connection.execute(text("UPDATE counter SET n = :n"), {"n": counted + 1})
    engine.dispose()
