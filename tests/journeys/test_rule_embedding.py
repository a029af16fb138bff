"""I1 through the public face: inside the host's transaction, the host decides whether anything happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

import collabcase
from collabcase import Collab, Event
from collabcase.testing import MovableClock


@pytest.fixture
def engine(new_database: Callable[[], str]) -> Engine:
    """The host's engine, with a table of its own beside ours."""
    engine = create_engine(new_database())
    if engine.dialect.name == "sqlite":
        collabcase.configure_sqlite(engine)
    collabcase.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoice (number INTEGER)"))
    return engine


def test_i1_the_host_decides(engine: Engine, clock: MovableClock) -> None:
    """I1: what was sent in the host's transaction is there once the host commits, and never was if it rolls back."""
    collab = collabcase.embed(engine, clock=clock)
    events: list[Event] = []
    collab.signals.connect(lambda _, event: events.append(event), "message.sent")
    _prepare(collab)
    for commit in (False, True):
        with engine.connect() as connection:
            connection.execute(text("INSERT INTO invoice VALUES (1)"))
            with collab.desk("x", portfolio="p", connection=connection) as desk:
                desk.talks.start("y", subject="Police", text="…")
            collab.pump()
            assert [] == events
            if commit:
                connection.commit()
            else:
                connection.rollback()
        collab.pump()
        with collab.desk("y", portfolio="p") as desk:
            assert int(commit) == len(desk.messages.search()) == len(events)
        with engine.connect() as connection:
            assert int(commit) == connection.execute(text("SELECT count(*) FROM invoice")).scalar()
    engine.dispose()


def test_i1_an_error_leaves_the_hosts_work_alone(engine: Engine, clock: MovableClock) -> None:
    """I1: a host that catches our error keeps its own row and no half of ours."""
    collab = collabcase.embed(engine, clock=clock)
    _prepare(collab)
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO invoice VALUES (1)"))
        with pytest.raises(collabcase.NotFound):
            _half(collab, connection)
        connection.commit()
    with collab.desk("y", portfolio="p") as desk:
        assert [] == list(desk.messages.search())
    with engine.connect() as connection:
        assert 1 == connection.execute(text("SELECT count(*) FROM invoice")).scalar()
    engine.dispose()


def _half(collab: Collab, connection: Connection) -> None:
    with collab.desk("x", portfolio="p", connection=connection) as desk:
        desk.talks.start("y", subject="Police", text="…")
        desk.talks.start("nobody", subject="Police", text="…")


def _prepare(collab: Collab) -> None:
    collab.create_portfolio("p")
    with collab.system("p") as system:
        for person in ("x", "y"):
            system.people.add(person, name=person)
