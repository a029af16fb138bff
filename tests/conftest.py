"""Fixtures of all tests: both engines, a clock that is moved by hand, hypothesis profiles."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine

import collabcase
from collabcase import Collab
from collabcase.testing import MovableClock
from servers.postgres import PostgresServer, require_postgres

settings.register_profile("quick", max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("thorough", max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of this test run."""
    with require_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(postgres: PostgresServer) -> str:
    """The name of a PostgreSQL database that holds our tables, to be copied."""
    url = postgres.create_database("migrated")
    engine = create_engine(url)
    collabcase.upgrade(engine, prefix="")
    engine.dispose()
    return "migrated"


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each of the two engines in turn."""
    return str(request.param)


@pytest.fixture
def new_database(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Make URLs of fresh databases on the engine under test; on PostgreSQL with our tables in them."""
    made: list[str] = []

    def new() -> str:
        if engine_name == "sqlite":
            made.append("")
            return f"sqlite:///{tmp_path / f'{len(made)}.db'}"
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create_database(template=request.getfixturevalue("migrated"))
        made.append(url)
        return url

    yield new
    for url in filter(None, made):
        request.getfixturevalue("postgres").drop_database(url.rpartition("@/")[2].partition("?")[0])


@pytest.fixture
def clock() -> MovableClock:
    """A clock to be moved by hand."""
    return MovableClock()


@pytest.fixture
def collab(new_database: Callable[[], str], clock: MovableClock) -> Iterator[Collab]:
    """A collabcase on each engine in turn, which must give every connection back."""
    with collabcase.open(new_database(), clock=clock) as opened:
        yield opened
        assert opened._storage._engine.pool.checkedout() == 0
