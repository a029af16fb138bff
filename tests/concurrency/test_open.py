"""Eight processes that open one empty database at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import collabcase
from collabcase import Collab
from concurrency.crew import SIZE, Crew
from servers.postgres import PostgresServer

TIMES = 3


@pytest.fixture
def empty(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[int], str]:
    """Return URLs of databases on the same engine in which there is nothing yet."""
    if url.startswith("sqlite"):
        return lambda number: f"sqlite:///{tmp_path}/{number}/new.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return lambda number: server.create_database()


def open_and_write(collab: Collab, url: str, member: int) -> None:
    """Open a database, and create a portfolio with a person."""
    with collabcase.open(url) as opened:
        opened.create_portfolio(f"p{member}")
        with opened.system(f"p{member}") as system:
            system.people.add("a", name="A")


def test_opening_an_empty_database_at_once(url: str, crew: Crew, empty: Callable[[int], str]) -> None:
    """I1: eight processes may open an empty database at once; each finds the tables, whoever made them."""
    for number in range(TIMES):
        fresh = empty(number)
        crew.at_once(url, open_and_write, [(fresh, member) for member in range(SIZE)])
        with collabcase.open(fresh) as collab:
            assert all(collab.portfolio(f"p{member}") for member in range(SIZE))
