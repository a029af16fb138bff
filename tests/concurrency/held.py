"""Two units of work of which one is held open while the other runs into it (PostgreSQL)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import text

import collabcase
from collabcase import Collab, CollabError
from servers.postgres import PostgresServer

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
PATIENCE = 20.0


@pytest.fixture
def shared(postgres: PostgresServer, migrated: str) -> Iterator[Collab]:
    """A collabcase on PostgreSQL, for several threads."""
    url = postgres.create_database(template=migrated)
    with collabcase.open(url) as collab:
        yield collab
        assert collab._storage._engine.pool.checkedout() == 0
    postgres.drop_database(url.rpartition("@/")[2].partition("?")[0])


def waiting(collab: Collab) -> bool:
    """Tell whether some transaction waits for another's lock."""
    with collab._storage._engine.connect() as connection:
        return bool(connection.execute(_WAITING).scalar_one())


def meet(
    collab: Collab, held: AbstractContextManager[Any], first: Callable[[Any], object], second: Callable[[], object]
) -> tuple[bool, CollabError | None]:
    """Do one thing in a desk, and before it commits another one in a thread.

    Args:
        collab: where.
        held: a desk that is not open yet; it stays open until `second` is done or waits for a lock.
        first: what is done in it.
        second: a whole unit of work.

    Returns:
        Whether the second had to wait, and how it was refused, if it was.
    """
    with ThreadPoolExecutor(1) as thread:
        with held as desk:
            first(desk)
            future = thread.submit(second)
            deadline = time.monotonic() + PATIENCE
            waited = False
            while not (waited or future.done()):
                assert time.monotonic() < deadline, "it neither ends nor waits"
                time.sleep(0.005)
                waited = waiting(collab)
        try:
            future.result(PATIENCE)
        except CollabError as error:
            return waited, error
        return waited, None
