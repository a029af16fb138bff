"""I1: hosts with an event loop call the library through `run_sync`, and keep a sync engine for its own work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

import collabcase
from collabcase import InvalidInput, NotFound, StorageError, TryAgain
from embedding.host import Host, Policy, book, break_off, write
from storage.installations import in_use

T = TypeVar("T")


def _run(host: Host, work: Callable[[AsyncEngine], Coroutine[Any, Any, T]]) -> T:
    """Run something with an async engine on the host's database, as the host would make it."""

    async def main() -> T:
        url = host.engine.url
        if url.get_backend_name() == "sqlite":
            engine = create_async_engine(url.set(drivername="sqlite+aiosqlite"))
            collabcase.configure_sqlite(engine.sync_engine)
        else:
            engine = create_async_engine(url.set(drivername="postgresql+psycopg"))
        try:
            result = await work(engine)
            assert in_use(engine.sync_engine) == 0
            return result
        finally:
            await engine.dispose()

    return asyncio.run(main())


def test_an_async_connection_commits_both(host: Host) -> None:
    """I1: `AsyncConnection.run_sync` takes the library into its transaction; the relay works on the sync engine."""

    async def work(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.run_sync(book, "policy")
            talk = await connection.run_sync(lambda sync: write(host, sync, "hello"))
            seen = await connection.run_sync(lambda sync: _texts(host, sync))
            assert (talk.subject, seen) == ("A subject", ["hello"])
            assert host.kinds() == []
        assert await asyncio.to_thread(host.kinds) == ["message.sent"]

    _run(host, work)
    assert (host.policies(), host.sent()) == ({"policy"}, ["hello"])


def test_an_async_connection_rolls_both_back(host: Host) -> None:
    """I1: the async host's roll-back leaves nothing of ours, in any table or signal."""
    before = host.rows()

    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            await connection.run_sync(book, "policy")
            await connection.run_sync(lambda sync: write(host, sync, "hello"))
            await connection.rollback()

    _run(host, work)
    assert (host.policies(), before, host.kinds()) == (set(), host.rows(), [])


@pytest.mark.parametrize(("ends", "expected"), [("commit", 1), ("rollback", 0)])
def test_an_async_session_ends_both(host: Host, ends: str, expected: int) -> None:
    """I1: the same through `AsyncSession.run_sync`, with the connection of the session it hands out."""

    def add(session: Session) -> None:
        session.add(Policy(name="policy"))
        write(host, session.connection(), "hello")

    async def work(engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            await session.run_sync(add)
            await getattr(session, ends)()

    _run(host, work)
    assert [expected] * 3 == [len(host.policies()), len(host.sent()), len(host.kinds())]


def test_an_async_savepoint_takes_a_desk_with_it(host: Host) -> None:
    """I1: an async host's savepoint, rolled back, and an error of ours that it catches, leave no half."""

    async def work(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            inside = await connection.begin_nested()
            await connection.run_sync(lambda sync: write(host, sync, "gone"))
            await inside.rollback()
            with pytest.raises(NotFound):
                await connection.run_sync(lambda sync: _break_off(host, sync))
            await connection.run_sync(lambda sync: write(host, sync, "kept"))

    _run(host, work)
    assert (host.sent(), host.kinds()) == (["kept"], ["message.sent"])


def test_coroutines_write_beside_each_other(host: Host) -> None:
    """Coroutines of one loop, each in a transaction of its own, lose nothing and stop nobody."""

    async def send(engine: AsyncEngine, number: int) -> int:
        for attempt in range(200):
            try:
                async with engine.begin() as connection:
                    await connection.run_sync(book, f"policy {number}")
                    await asyncio.sleep(0)
                    await connection.run_sync(lambda sync: write(host, sync, f"{number}"))
            except TryAgain:
                await asyncio.sleep(0.001)
            else:
                return attempt
        raise AssertionError("never came through")

    async def work(engine: AsyncEngine) -> None:
        await asyncio.gather(*(send(engine, number) for number in range(8)))

    _run(host, work)
    assert len(host.policies()) == 8
    assert {str(number) for number in range(8)} == set(host.sent())
    assert host.kinds() == ["message.sent"] * 8


def test_an_unprepared_async_engine_is_refused(on_sqlite: Host) -> None:
    """A SQLite engine of an async host needs `configure_sqlite` as any other, on its `sync_engine`."""

    async def main() -> None:
        engine = create_async_engine(on_sqlite.engine.url.set(drivername="sqlite+aiosqlite"))
        try:
            async with engine.begin() as connection:
                with pytest.raises(StorageError, match="configure_sqlite"):
                    await connection.run_sync(lambda sync: write(on_sqlite, sync, "refused"))
        finally:
            await engine.dispose()

    asyncio.run(main())
    assert on_sqlite.sent() == []


@pytest.mark.parametrize("level", ["SERIALIZABLE", "AUTOCOMMIT"])
def test_other_isolation_is_refused_for_writing(on_postgresql: Host, level: str) -> None:
    """An async host's connection at another level than READ COMMITTED may read, and is told when it would write."""

    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as plain:
            connection = await plain.execution_options(isolation_level=level)
            with pytest.raises(StorageError, match=level.lower()):
                await connection.run_sync(lambda sync: write(on_postgresql, sync, "refused"))
            assert await connection.run_sync(lambda sync: _texts(on_postgresql, sync)) == []

    _run(on_postgresql, work)


def test_async_connections_and_sessions_are_refused(host: Host) -> None:
    """What has not been through `run_sync` is InvalidInput, which names it."""

    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as connection, AsyncSession(engine) as session:
            wrong: Any
            for wrong in (connection, session):
                with pytest.raises(InvalidInput, match="run_sync"):
                    host.collab.desk("a", portfolio="p", connection=wrong)

    _run(host, work)


def _texts(host: Host, connection: Connection) -> list[str]:
    with host.collab.desk("b", portfolio="p", connection=connection) as desk:
        return [message.text for message in desk.messages.search()]


def _break_off(host: Host, connection: Connection) -> None:
    with host.collab.desk("a", portfolio="p", connection=connection) as desk:
        break_off(desk)
