"""Hosts on both engines, each with its own table and ours in one database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import URL, Engine, create_engine

import collabcase
from embedding.host import Base, Host
from servers.postgres import PostgresServer
from storage.installations import in_use


@pytest.fixture(scope="session")
def sqlite_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The engine of a host on SQLite, with its tables and ours."""
    yield from _engine(f"sqlite:///{tmp_path_factory.mktemp('host')}/host.db")


@pytest.fixture(scope="session")
def postgresql_host(postgres: PostgresServer) -> Iterator[Engine]:
    """The engine of a host on PostgreSQL, with its tables and ours."""
    yield from _engine(postgres.create_database())


def _engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        collabcase.configure_sqlite(engine)
    collabcase.upgrade(engine)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def host(engine_name: str, request: pytest.FixtureRequest) -> Iterator[Host]:
    """A host on each engine in turn."""
    yield from _host(request.getfixturevalue(f"{engine_name}_host"))


@pytest.fixture
def on_sqlite(sqlite_host: Engine) -> Iterator[Host]:
    """A host on SQLite."""
    yield from _host(sqlite_host)


@pytest.fixture
def on_postgresql(postgresql_host: Engine) -> Iterator[Host]:
    """A host on PostgreSQL."""
    yield from _host(postgresql_host)


def _host(engine: Engine) -> Iterator[Host]:
    host = Host(engine, collabcase.embed(engine))
    host.empty()
    yield host.set_up()
    assert in_use(engine) == 0


@pytest.fixture
def engines() -> Iterator[Callable[..., Engine]]:
    """Make engines as hosts do, all of whose connections must come back."""
    made: list[Engine] = []

    def make(url: URL | str, **options: object) -> Engine:
        made.append(create_engine(url, **options))
        return made[-1]

    yield make
    left = in_use(*made)
    for engine in made:
        engine.dispose()
    assert left == 0
