"""An embedded Collab from the first call to the last: whose connections, whose threads, whose signals."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine, func, select
from sqlalchemy.pool import QueuePool

import collabcase
from collabcase import Event
from collabcase.storage.sql.tables import build
from embedding.host import POLICY, Host, book, write
from storage.installations import in_use


def _until(condition: Callable[[], bool]) -> bool:
    """Wait until something holds, ten seconds at most."""
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_the_engine_stays_the_hosts(host: Host) -> None:
    """`close` leaves the host's engine and its connections as they are."""
    with host.engine.connect() as connection:
        with host.collab as closing:
            closing.portfolio("p")
        book(connection, "policy")
        connection.commit()
    assert host.policies() == {"policy"}


def test_every_desk_gives_its_connection_back(host: Host) -> None:
    """A desk, its failure, a pump, a look at a portfolio: none keeps a connection, and none takes two."""
    host.engine.dispose()
    for _ in range(3):
        with host.collab.desk("a", portfolio="p") as desk:
            desk.talks.start("b", subject="S", text="x")
            assert in_use(host.engine) == 1
        host.collab.portfolio("p")
        host.collab.pump()
        assert in_use(host.engine) == 0
    assert isinstance(host.engine.pool, QueuePool)
    assert host.engine.pool.checkedin() == 1


def test_a_hosts_connection_is_enough(host: Host, engines: Callable[..., Engine]) -> None:
    """With `connection=` a desk takes no second connection from the pool, which may be down to one."""
    engine = engines(host.engine.url, pool_size=1, max_overflow=0, pool_timeout=1)
    if engine.dialect.name == "sqlite":
        collabcase.configure_sqlite(engine)
    small = Host(engine, collabcase.embed(engine))
    with engine.begin() as connection:
        write(small, connection, "hello")
        with small.collab.desk("b", portfolio="p", connection=connection) as desk:
            assert len(desk.messages.search()) == 1
        small.collab.create_portfolio("q", connection=connection)
        assert small.collab.portfolio("q", connection=connection) is not None
    small.collab.pump()


def test_a_thread_of_ours_tells_what_hosts_commit(host: Host) -> None:
    """After `start` signals follow a host's commits by themselves, from one thread of ours that `close` ends."""
    names: list[str] = []
    host.collab.signals.connect(lambda portfolio, event: names.append(threading.current_thread().name), "message.sent")
    host.collab.start()
    host.collab.start()
    try:
        with host.engine.connect() as connection:
            write(host, connection, "undone")
            connection.rollback()
            write(host, connection, "kept")
            connection.commit()
        assert _until(lambda: bool(names))
    finally:
        host.collab.close()
    assert names == ["collabcase pump"]
    assert "collabcase pump" not in {thread.name for thread in threading.enumerate()}
    with host.engine.begin() as connection:
        write(host, connection, "after")
    assert len(host.told) == 1
    assert host.kinds() == ["message.sent"] * 2


def test_receivers_work_outside_the_hosts_transaction(host: Host) -> None:
    """A receiver may use the database itself, from desks of its own and the host's engine."""

    def answer(portfolio: str, event: Event) -> None:
        if event.actor == "a":
            with host.collab.desk("b", portfolio=portfolio) as desk:
                desk.talks.reply(event.item.id, "answer")
            with host.engine.begin() as connection:
                book(connection, "noted")

    host.collab.signals.connect(answer, "message.sent")
    with host.engine.begin() as connection:
        write(host, connection, "question")
    host.collab.pump()
    assert host.sent() == ["question", "answer"]
    assert host.policies() == {"noted"}


def test_each_collab_tells_its_own(host: Host) -> None:
    """Of two Collabs on one database each tells what was written through it, in whatever transaction, once."""
    other = Host(host.engine, collabcase.embed(host.engine))
    other.collab.signals.connect(other.listen)
    with host.engine.begin() as connection:
        write(host, connection, "mine")
        write(other, connection, "theirs", person="b")
    assert [[event.actor for event in one.told] for one in (host, other) if one.kinds()] == [["a"], ["b"]]
    assert host.kinds() == other.kinds() == ["message.sent"]


def test_hosts_may_join_our_tables(host: Host) -> None:
    """A host's own statements find our rows in its transaction, in the tables that `build` describes."""
    message = build(host.schema, host.prefix).message
    with host.engine.connect() as connection:
        book(connection, "hello")
        write(host, connection, "hello")
        counted = select(func.count()).select_from(message).join(POLICY, POLICY.c.name == message.c.text)
        assert connection.execute(counted).scalar() == 1
        connection.rollback()
