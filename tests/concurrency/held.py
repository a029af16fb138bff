"""Two units of work of which one is held open while the other runs into it (PostgreSQL)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import event, text

from collabcase import Collab, CollabError

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
PATIENCE = 20.0


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


@contextmanager
def interposed(collab: Collab, *steps: tuple[str, Callable[[], object]]) -> Iterator[None]:
    """Do things in the midst of a call of this thread, each until it is done or waits for a lock.

    Args:
        collab: where.
        *steps: for each a part of the statement before which it is done, and what; in this order.
    """
    left = list(steps)
    caller = threading.get_ident()
    with ThreadPoolExecutor(len(left)) as threads:
        futures = []

        def before(connection: object, cursor: object, statement: str, *more: object) -> None:
            if threading.get_ident() == caller and left and left[0][0] in " ".join(statement.split()):
                futures.append(threads.submit(left.pop(0)[1]))
                deadline = time.monotonic() + PATIENCE
                while not (futures[-1].done() or waiting(collab)):
                    assert time.monotonic() < deadline, "it neither ends nor waits"
                    time.sleep(0.005)

        event.listen(collab._storage._engine, "before_cursor_execute", before)
        try:
            yield
        finally:
            event.remove(collab._storage._engine, "before_cursor_execute", before)
    for future in futures:
        future.result(PATIENCE)
    assert not left, f"no statement had {left[0][0]!r}"
