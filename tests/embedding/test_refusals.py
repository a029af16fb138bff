"""What a host can't do with the library is refused clearly, and its own work goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import collabcase
from collabcase import Desk, InvalidInput, StorageError
from embedding.host import Host, book, write

Engines = Callable[..., Engine]


def _start_and_fail(desk: Desk) -> None:
    desk.talks.start("b", subject="S", text="undone")
    raise KeyError


@contextmanager
def _heard(engine: Engine, listener: Callable[..., None]) -> Iterator[None]:
    """Call a listener after each statement."""
    event.listen(engine, "after_cursor_execute", listener)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", listener)


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE", "AUTOCOMMIT"])
def test_other_isolation_is_refused_for_writing(on_postgresql: Host, level: str) -> None:
    """A host's connection at another level than READ COMMITTED may read, and the level is named when it would write."""
    host = on_postgresql
    before = host.rows()
    with host.engine.connect().execution_options(isolation_level=level) as connection:
        book(connection, "policy")
        with (
            pytest.raises(StorageError, match=f"'{level.lower()}'.*READ COMMITTED"),
            host.collab.desk("a", portfolio="p", connection=connection) as desk,
        ):
            desk.talks.start("b", subject="S", text="refused")
        with pytest.raises(StorageError, match="READ COMMITTED"):
            host.collab.create_portfolio("q", connection=connection)
        with host.collab.desk("a", portfolio="p", connection=connection) as desk:
            assert len(desk.messages.search()) == 0
            assert [card.id for card in desk.people.known()] == ["b", "a"]
        connection.commit()
    assert (host.policies(), before, host.kinds()) == ({"policy"}, host.rows(), [])


def test_a_readers_snapshot_is_the_hosts(on_postgresql: Host) -> None:
    """A desk that reads in a host's REPEATABLE READ transaction sees what that transaction sees."""
    host = on_postgresql
    with host.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        assert host.collab.portfolio("p", connection=connection) is not None
        with host.engine.begin() as other:
            write(host, other, "later")
        with host.collab.desk("b", portfolio="p", connection=connection) as desk:
            assert len(desk.messages.search()) == 0
    assert host.sent() == ["later"]


def test_an_engines_own_level_does_not_matter(on_postgresql: Host, engines: Engines) -> None:
    """Our own transactions and the relay run at the levels they need, whatever the host's engine is set to."""
    for level in ("SERIALIZABLE", "REPEATABLE READ", "AUTOCOMMIT"):
        engine = engines(on_postgresql.engine.url, isolation_level=level)
        collabcase.upgrade(engine)
        host = Host(engine, collabcase.embed(engine))
        on_postgresql.empty()
        host.set_up()
        with pytest.raises(KeyError), host.collab.desk("a", portfolio="p") as desk:
            _start_and_fail(desk)
        with host.collab.desk("a", portfolio="p") as desk:
            desk.talks.start("b", subject="S", text=level)
        assert (host.sent(), host.kinds()) == ([level], ["message.sent"])


def test_the_relay_looks_anew_within_one_look(on_postgresql: Host, engines: Engines) -> None:
    """No signal is lost where a slow transaction ends while the relay looks, on a REPEATABLE READ engine either."""
    engine = engines(on_postgresql.engine.url, isolation_level="REPEATABLE READ")
    host = Host(engine, collabcase.embed(engine))
    host.collab.signals.connect(host.listen)
    slow = on_postgresql.engine.connect()
    write(host, slow, "slow")
    with on_postgresql.engine.begin() as quick:
        write(host, quick, "quick", person="b")

    def end_the_slow_one(connection: Connection, cursor: object, statement: str, *more: object) -> None:
        if "collab_event" in statement and slow.in_transaction():
            slow.commit()

    with _heard(engine, end_the_slow_one):
        host.collab.pump()
    slow.close()
    assert host.kinds() == ["message.sent"] * 2


def test_an_unprepared_sqlite_engine_is_refused(on_sqlite: Host, engines: Engines) -> None:
    """`embed`, `upgrade` and a desk that writes refuse a SQLite engine without `configure_sqlite`, and name it."""
    bare = engines(on_sqlite.engine.url)
    before = on_sqlite.rows()
    with pytest.raises(StorageError, match=r"configure_sqlite\(engine\)"):
        collabcase.embed(bare)
    with pytest.raises(StorageError, match=r"configure_sqlite\(engine\)"):
        collabcase.upgrade(bare)
    for options in ({}, {"isolation_level": "AUTOCOMMIT"}):
        with bare.connect().execution_options(**options) as connection:
            book(connection, f"policy {options}")
            with (
                pytest.raises(StorageError, match=r"configure_sqlite\(engine\)"),
                on_sqlite.collab.desk("a", portfolio="p", connection=connection) as desk,
            ):
                desk.talks.start("b", subject="S", text="refused")
            with pytest.raises(StorageError, match=r"configure_sqlite\(engine\)"):
                on_sqlite.collab.create_portfolio("q", connection=connection)
            connection.commit()
    assert len(on_sqlite.policies()) == 2
    assert before == on_sqlite.rows()


def test_autocommit_is_none_on_a_prepared_sqlite_engine(on_sqlite: Host) -> None:
    """On a prepared engine an AUTOCOMMIT connection has transactions like any other, and leaves none unprepared."""
    for ends, expected in (("rollback", []), ("commit", ["commit"])):
        with on_sqlite.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            book(connection, ends)
            write(on_sqlite, connection, ends)
            getattr(connection, ends)()
        assert (set(expected), expected) == (on_sqlite.policies(), on_sqlite.sent())
    with on_sqlite.engine.begin() as connection:
        write(on_sqlite, connection, "as ever")
    assert on_sqlite.sent() == ["commit", "as ever"]


def test_a_connection_to_another_kind_of_database_is_refused(on_sqlite: Host, on_postgresql: Host) -> None:
    """A desk refuses a connection of the other engine at once."""
    with on_sqlite.engine.connect() as connection, pytest.raises(InvalidInput, match="is for sqlite, not postgresql"):
        on_postgresql.collab.desk("a", portfolio="p", connection=connection)
    with on_postgresql.engine.connect() as connection, pytest.raises(InvalidInput, match="for postgresql, not sqlite"):
        on_sqlite.collab.system("p", connection=connection)


def test_only_connections_are_taken(host: Host) -> None:
    """An engine, a driver's connection, or anything else as `connection` is InvalidInput naming what to pass."""
    with host.engine.connect() as connection:
        wrong: Any
        for wrong in (host.engine, connection.connection.driver_connection, "connection", connection.begin):
            with pytest.raises(InvalidInput, match="must be a sqlalchemy Connection"):
                host.collab.desk("a", portfolio="p", connection=wrong)
            with pytest.raises(InvalidInput, match="must be a sqlalchemy Connection"):
                host.collab.portfolio("p", connection=wrong)


def test_async_engines_are_refused(host: Host) -> None:
    """`embed` and `upgrade` take no async engine, nor the sync face of one, which works only inside `run_sync`."""
    url = host.engine.url
    driver = "sqlite+aiosqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg_async"
    asynchronous = create_async_engine(url.set(drivername=driver), poolclass=NullPool)
    engine: Any
    for engine in (asynchronous, asynchronous.sync_engine):
        with pytest.raises(InvalidInput, match="sync sqlalchemy Engine"):
            collabcase.embed(engine)
        with pytest.raises(InvalidInput, match="sync sqlalchemy Engine"):
            collabcase.upgrade(engine)
    with pytest.raises(InvalidInput, match="async driver"):
        collabcase.open(url.set(drivername=driver).render_as_string())


def test_other_databases_are_refused() -> None:
    """`embed`, `upgrade` and `open` say which databases there are."""
    driver = SimpleNamespace(paramstyle="format", Error=Exception)  # none is installed, and none is asked
    options: dict[str, Any] = {"module": driver, "_initialize": False}
    engine = create_engine("mysql+mysqldb://nowhere/none", **options)
    for call in (collabcase.embed, collabcase.upgrade):
        with pytest.raises(InvalidInput, match="is for mysql; use SQLite or PostgreSQL"):
            call(engine)
    with pytest.raises(InvalidInput, match="is for mysql; use SQLite or PostgreSQL"):
        collabcase.open("mysql+mysqldb://nowhere/none")
    wrong: Any
    for wrong in (None, "sqlite://", 5):
        with pytest.raises(InvalidInput, match="engine: must be a sync sqlalchemy Engine"):
            collabcase.embed(wrong)


@pytest.mark.parametrize("prefix", ["a b", "9x", "x-", "ä", "x" * 31, "x;--", None, 5])
def test_prefixes_that_cannot_be_used_are_refused(host: Host, prefix: Any) -> None:
    """A prefix is at most 30 letters, digits and underscores."""
    for call in (collabcase.embed, collabcase.upgrade):
        with pytest.raises(InvalidInput, match="prefix"):
            call(host.engine, prefix=prefix)


def test_schemas_that_cannot_be_used_are_refused(on_sqlite: Host, on_postgresql: Host) -> None:
    """SQLite has no schemas, and PostgreSQL's names are lines of at most 63 characters."""
    with pytest.raises(InvalidInput, match="schema: SQLite has none; use a prefix"):
        collabcase.embed(on_sqlite.engine, schema="collab")
    schema: Any
    for schema in ("", "x" * 64, "a\nb", 5):
        with pytest.raises(InvalidInput, match="schema"):
            collabcase.upgrade(on_postgresql.engine, schema=schema)


def test_a_server_out_of_reach_is_told(engines: Engines) -> None:
    """A database that does not answer is StorageError with the driver's words, from each call that would use it."""
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    calls: list[Callable[[], object]] = [lambda: collabcase.embed(engines(url)), lambda: collabcase.open(url)]
    for call in calls:
        with pytest.raises(StorageError) as raised:
            call()
        assert "127.0.0.1" in str(raised.value.__cause__)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """`open` on a file of something else is StorageError, and the file stays as it is."""
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to be looked at " * 50)
    before = file.read_bytes()
    with pytest.raises(StorageError, match="DatabaseError"):
        collabcase.open(f"sqlite:///{file}")
    assert before == file.read_bytes()
