"""Transactions that write events and are held by hand, on a PostgreSQL database of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine

import collabcase
from collabcase.ids import IdMaker, Kind
from collabcase.model.event import NewEvent
from collabcase.storage.interfaces import Scope
from collabcase.storage.sql.events import SqlEvents
from collabcase.storage.sql.rows import Dialect
from collabcase.storage.sql.tables import build
from servers.postgres import PostgresServer

TABLES = build()
ITEM = IdMaker().new(Kind.MESSAGE, 1)


@pytest.fixture(scope="module")
def engine(postgres: PostgresServer, migrated: str) -> Iterator[Engine]:
    """A PostgreSQL database with our tables and one portfolio, number 1."""
    url = postgres.create_database(template=migrated)
    with collabcase.open(url) as collab:
        collab.create_portfolio("p")
    engine = create_engine(url)
    yield engine
    engine.dispose()
    postgres.drop_database(url.rpartition("@/")[2].partition("?")[0])


class Writer:
    """A transaction that writes events and is ended by hand; an event is known by its one field."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def append(self, *names: str) -> Writer:
        SqlEvents(TABLES, Dialect("postgresql")).append(
            Scope(self.connection, 1),
            [NewEvent("message.sent", ITEM, (name,)) for name in names],
            actor=0,
            at=0,
            origin=1,
        )
        return self

    def commit(self) -> None:
        self.connection.commit()

    def rollback(self) -> None:
        self.connection.rollback()


Begin = Callable[[], Writer]


@pytest.fixture
def begin(engine: Engine) -> Iterator[Begin]:
    """Begin a transaction; all are ended with the test."""
    connections: list[Connection] = []

    def begin() -> Writer:
        connections.append(engine.connect())
        return Writer(connections[-1])

    yield begin
    for connection in connections:
        connection.close()
