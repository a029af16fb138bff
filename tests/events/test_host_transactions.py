"""Signals of what happened inside a host's transaction."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

import collabcase
from collabcase import Collab, Event, InvalidInput
from collabcase.testing import MovableClock
from concurrency.scene import set_up


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """The engine of a host, in whose database are our tables and one of its own."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        collabcase.configure_sqlite(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE hosts (what TEXT)"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE hosts"))
    engine.dispose()


@pytest.fixture
def embedded(engine: Engine, clock: MovableClock) -> Collab:
    """A collabcase in that database."""
    collab = collabcase.embed(engine, prefix="", clock=clock)
    set_up(collab, ["a"])
    return collab


@pytest.fixture
def heard(embedded: Collab) -> list[str]:
    """The persons of whom a signal told."""
    heard: list[str] = []

    def hear(portfolio: str, event: Event) -> None:
        heard.append(event.item.id)

    embedded.signals.connect(hear)
    return heard


def add(collab: Collab, connection: Connection, *persons: str) -> None:
    with collab.system("p", connection=connection) as system:
        for person in persons:
            system.people.add(person, name=person)


def everybody(collab: Collab) -> set[str]:
    with collab.system("p") as system:
        return {person.id for person in system.people.list()}


def test_with_the_pump_after_the_hosts_commit(embedded: Collab, engine: Engine, heard: list[str]) -> None:
    """I1: neither the desk's end nor a pump before the commit signals anything; the pump after it signals all."""
    told = []
    with engine.connect() as host:
        add(embedded, host, "b", "c")
        add(embedded, host, "d")
        told.append(list(heard))
        embedded.pump()
        told.append(list(heard))
        host.commit()
        told.append(list(heard))
        embedded.pump()
        told.append(list(heard))
    assert [[], [], [], ["b", "c", "d"]] == told


def test_with_the_next_desk_of_its_own(embedded: Collab, engine: Engine, heard: list[str]) -> None:
    """I2: if the host forgets to pump, the signals come with those of the next desk, before them."""
    with engine.begin() as host:
        add(embedded, host, "b")
    with embedded.system("p") as system:
        system.people.add("c", name="C")
    assert ["b", "c"] == heard


def test_nothing_if_the_host_rolls_back(embedded: Collab, engine: Engine, heard: list[str]) -> None:
    """I1: if the host rolls back, nothing of ours happened: no row, no signal."""
    with engine.connect() as host:
        add(embedded, host, "b")
        host.rollback()
        embedded.pump()
        add(embedded, host, "c")
        host.commit()
    embedded.pump()
    assert (["c"], {"a", "c"}) == (heard, everybody(embedded))


def test_nothing_of_a_savepoint_the_host_rolls_back(embedded: Collab, engine: Engine, heard: list[str]) -> None:
    """I1: desks inside a savepoint go with it, those beside it stay, in order."""
    with engine.connect() as host:
        add(embedded, host, "b")
        savepoint = host.begin_nested()
        add(embedded, host, "c", "d")
        savepoint.rollback()
        add(embedded, host, "e")
        host.commit()
    embedded.pump()
    assert (["b", "e"], {"a", "b", "e"}) == (heard, everybody(embedded))


def test_savepoints_in_savepoints(embedded: Collab, engine: Engine, heard: list[str]) -> None:
    """I1: an inner savepoint that is kept goes with the outer one, an inner one that is undone goes alone."""
    with engine.connect() as host:
        with host.begin_nested():
            add(embedded, host, "b")
            with host.begin_nested():
                add(embedded, host, "c")
            inner = host.begin_nested()
            add(embedded, host, "d")
            inner.rollback()
            add(embedded, host, "e")
        outer = host.begin_nested()
        with host.begin_nested():
            add(embedded, host, "f")
        outer.rollback()
        host.commit()
    embedded.pump()
    assert (["b", "c", "e"], {"a", "b", "c", "e"}) == (heard, everybody(embedded))


def test_a_desk_that_failed_inside_a_transaction_that_goes_on(
    embedded: Collab, engine: Engine, heard: list[str]
) -> None:
    """I1: a host that catches our error keeps its own rows and no half of ours."""
    with engine.connect() as host:
        host.execute(text("INSERT INTO hosts VALUES ('before')"))
        add(embedded, host, "b")
        with pytest.raises(InvalidInput):
            add(embedded, host, "c", "a")
        add(embedded, host, "d")
        host.commit()
        kept = host.execute(text("SELECT what FROM hosts")).scalars().all()
    embedded.pump()
    assert (["before"], ["b", "d"], {"a", "b", "d"}) == (kept, heard, everybody(embedded))


def test_our_own_desk_is_signalled_while_a_host_holds_nothing(
    embedded: Collab, engine: Engine, heard: list[str]
) -> None:
    """I2: a host's transaction that wrote nothing of ours delays no signal."""
    with engine.connect() as host:
        host.execute(text("SELECT count(*) FROM hosts"))
        with embedded.system("p") as system:
            system.people.add("b", name="B")
        assert ["b"] == heard
