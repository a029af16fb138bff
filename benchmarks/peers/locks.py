"""Taking and releasing a lock as other libraries do it, and by hand with the raw driver (line 13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import create_engine

from benchmarks.floor import Floor

Turn = Callable[[], None]
"""Takes a lock nobody holds, and releases it."""

SECONDS = 30
ONE_STATEMENT = "one statement each, by hand"
ADVISORY = "advisory lock, raw driver"
REDIS_PY, REDIS_LOCK, DLOCK = "redis-py Lock", "python-redis-lock", "sqlalchemy-dlock"

_NOW = {
    False: "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
    True: "floor(extract(epoch from clock_timestamp()) * 1000)::bigint",
}


def turns(url: str, floor: Floor, socket: str | None, key: tuple[int, int, int]) -> dict[str, Turn]:
    """Return what can be run here, by name; what is not installed is left out.

    Args:
        url: of the database.
        floor: the raw driver.
        socket: of a Redis, if there is one.
        key: portfolio, item and person; the item has been clicked before.
    """
    found = {ONE_STATEMENT: _one_statement(floor, key)}
    if floor.postgresql:
        found[ADVISORY] = _advisory(floor, key[1])
    makers: list[tuple[str, Callable[[], Turn]]] = []
    if socket is not None:
        makers += [(REDIS_PY, lambda: _redis_py(socket, key)), (REDIS_LOCK, lambda: _redis_lock(socket, key))]
    if floor.postgresql:
        makers.append((DLOCK, lambda: _dlock(url, key[1])))
    for name, make in makers:
        try:
            found[name] = make()
        except ModuleNotFoundError:
            continue
    return found


def _one_statement(floor: Floor, key: tuple[int, int, int]) -> Turn:
    """Return the least that a lease in our table takes: one statement to take it, one to release it, each committed."""
    now, millis = _NOW[floor.postgresql], SECONDS * 1000
    take = floor.written(
        "INSERT INTO lease (portfolio, item, person, window_id, token, since, expires_at)"
        f" VALUES (?, ?, ?, 'floor', 1, {now}, {now} + {millis}) ON CONFLICT (portfolio, item, person) DO UPDATE"
        f" SET window_id = 'floor', token = lease.token + 1, since = {now}, expires_at = {now} + {millis}"
        f" WHERE lease.window_id IS NULL OR lease.expires_at <= {now} RETURNING token"
    )
    release = floor.written(
        f"UPDATE lease SET window_id = NULL, ended = 'released', ended_at = {now}"
        " WHERE portfolio = ? AND item = ? AND person = ? AND window_id = 'floor' AND token = ?"
    )
    execute = floor.driver.execute

    def turn() -> None:
        [token] = execute(take, key).fetchone()
        if execute(release, (*key, token)).rowcount != 1:
            raise RuntimeError("the floor lost its lease")

    return turn


def _advisory(floor: Floor, item: int) -> Turn:
    execute = floor.driver.execute

    def turn() -> None:
        [taken] = execute("SELECT pg_try_advisory_lock(%s)", (item,)).fetchone()
        [freed] = execute("SELECT pg_advisory_unlock(%s)", (item,)).fetchone()
        _check(taken and freed)

    return turn


def _redis_py(socket: str, key: tuple[int, int, int]) -> Turn:
    import redis

    client = redis.Redis(unix_socket_path=socket)

    def turn() -> None:
        lock = client.lock(f"py:{key}", timeout=SECONDS)
        _check(lock.acquire(blocking=False))
        lock.release()

    return turn


def _redis_lock(socket: str, key: tuple[int, int, int]) -> Turn:
    import redis
    import redis_lock

    client = redis.Redis(unix_socket_path=socket)

    def turn() -> None:
        lock = redis_lock.Lock(client, f"lock:{key}", expire=SECONDS)
        _check(lock.acquire(blocking=False))
        lock.release()

    return turn


def _dlock(url: str, item: int) -> Turn:
    from sqlalchemy_dlock import create_sadlock

    connection = create_engine(url).connect()

    def turn() -> None:
        lock: Any = create_sadlock(connection, item)
        _check(lock.acquire(block=False))
        lock.release()

    return turn


def _check(held: object) -> None:
    if not held:
        raise RuntimeError("a lock that nobody holds was not to be had")
