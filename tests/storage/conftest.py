"""Databases without tables, for tests that make them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from servers.postgres import PostgresServer
from storage.installations import NAMINGS, Installation, engine_on


@pytest.fixture(scope="session")
def spare_url(postgres: PostgresServer) -> str:
    """The URL of a PostgreSQL database that is emptied before each use."""
    return postgres.create_database()


@pytest.fixture
def emptied_url(spare_url: str) -> str:
    """The URL of an empty PostgreSQL database."""
    engine = create_engine(spare_url)
    with engine.begin() as connection:
        for schema in set(inspect(connection).get_schema_names()) - {"information_schema"}:
            connection.execute(text(f'DROP SCHEMA "{schema}" CASCADE'))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return spare_url


@pytest.fixture(params=NAMINGS, ids=lambda naming: "-".join(map(str, naming)))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """An empty database, with the names that our tables are to get in it."""
    engine_name, schema, prefix = request.param
    url = f"sqlite:///{tmp_path}/host.db" if engine_name == "sqlite" else request.getfixturevalue("emptied_url")
    with engine_on(url) as engine:
        yield Installation(engine, schema, prefix)


@pytest.fixture
def empty_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database on each engine."""
    return f"sqlite:///{tmp_path}/own.db" if engine_name == "sqlite" else request.getfixturevalue("emptied_url")
