"""One database on each engine for many tests, emptied for each of them: opening it in eight processes takes time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

import collabcase
from collabcase import Collab
from collabcase.storage.sql.tables import build
from servers.postgres import PostgresServer

ENGINES = ("sqlite", "postgresql")


def given_back(collab: Collab) -> bool:
    """Tell whether every connection is back in the pool."""
    pool: Any = collab._storage._engine.pool
    return bool(pool.checkedout() == 0)


def _empty(engine: Engine) -> None:
    tables = build().metadata.sorted_tables
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"TRUNCATE {', '.join(table.name for table in tables)}")
        for table in reversed(tables):
            connection.execute(table.delete())


def _postgresql(request: pytest.FixtureRequest) -> str:
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create_database(template=request.getfixturevalue("migrated"))
    return f"{url}&options=-cdeadlock_timeout=20ms"  # a deadlock is found at once, not after a second


@pytest.fixture(scope="session", params=ENGINES)
def ground(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Collab]]:
    """The URL of a database on each engine in turn, and a Collab on it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('ground')}/ground.db"
    if request.param == "postgresql":
        url = _postgresql(request)
    with collabcase.open(url) as collab:
        yield url, collab


@pytest.fixture
def url(ground: tuple[str, Collab]) -> str:
    """The URL of an empty database."""
    _empty(ground[1]._storage._engine)
    return ground[0]


@pytest.fixture
def collab(url: str, ground: tuple[str, Collab]) -> Iterator[Collab]:
    """A Collab on that database, which must give every connection back."""
    yield ground[1]
    assert given_back(ground[1])


@pytest.fixture(scope="session")
def _shared(request: pytest.FixtureRequest) -> Iterator[Collab]:
    with collabcase.open(_postgresql(request)) as collab:
        yield collab


@pytest.fixture
def shared(_shared: Collab) -> Iterator[Collab]:
    """A Collab on an empty PostgreSQL database, for several threads; it must give every connection back."""
    _empty(_shared._storage._engine)
    yield _shared
    assert given_back(_shared)
