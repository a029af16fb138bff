"""What SQLite needs to keep transactions whole: explicit BEGIN, foreign keys, WAL, and patience for writers.

The driver's own mode begins a transaction late and never for reading, and so loses concurrent updates without an error.
So the driver is told to keep out, and every transaction begins with a statement of ours: plain for readers, IMMEDIATE
for writers, who wait in small random steps.
"""

from __future__ import annotations

import random
import time
from typing import Any

from sqlalchemy import Connection, Engine, event

from collabcase.errors import InvalidInput, StorageError
from collabcase.storage.sql.failures import is_busy

BEGIN = "collabcase_begin"
"""Execution option of a connection: ``read`` (the default) or ``write``."""

_PATIENCE = 30.0
_STEP = (0.0002, 0.002)
_BUSY_MILLIS = 5000


def configure_sqlite(engine: Engine) -> None:
    """Prepare a host's SQLite engine for `collabcase.embed`; call it before the engine is first used.

    Connections get WAL, foreign keys and a busy time-out; transactions begin with a plain BEGIN, so that readers
    never queue. A host's own writer may ask for BEGIN IMMEDIATE with
    ``connection.execution_options(collabcase_begin="write")``.

    Args:
        engine: the host's engine; of an async engine, its ``sync_engine``.

    Raises:
        InvalidInput: it is no engine, not for SQLite, or keeps its database in memory.
    """
    if not isinstance(engine, Engine):
        raise InvalidInput("engine", f"must be a sqlalchemy Engine, not {type(engine).__name__}")
    if engine.dialect.name != "sqlite":
        raise InvalidInput("engine", f"is for {engine.dialect.name}, not for SQLite")
    place = engine.url.database or ":memory:"
    if ":memory:" in place or "mode=memory" in str(engine.url):
        raise InvalidInput("engine", "keeps its database in memory, where connections don't share it; use a file")
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    engine.dispose()


def verify_sqlite(connection: Connection) -> None:
    """Refuse a host's connection whose driver still manages transactions in its own way.

    Raises:
        StorageError: naming `configure_sqlite`.
    """
    connection.exec_driver_sql("SELECT 1")
    driver: Any = connection.connection.driver_connection
    foreign_keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    if driver.isolation_level is not None or not driver.in_transaction or not foreign_keys:
        raise StorageError(
            "this SQLite engine lets the driver begin transactions late and can lose updates; "
            "call collabcase.configure_sqlite(engine) once after create_engine"
        )


def _prepare(driver_connection: Any, _: Any) -> None:
    driver_connection.isolation_level = None
    cursor = driver_connection.cursor()
    _patiently(cursor, "PRAGMA journal_mode=WAL")  # of two that change it at once, one is told at once that it is busy
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    if driver.isolation_level is not None:  # it was lent out as AUTOCOMMIT, and came back in the driver's own mode
        driver.isolation_level = None
    cursor = connection.connection.cursor()
    try:
        if connection.get_execution_options().get(BEGIN) == "write":
            _patiently(cursor, "BEGIN IMMEDIATE")
        else:
            cursor.execute("BEGIN")
    finally:
        cursor.close()


def _patiently(cursor: Any, statement: str) -> None:
    """Run a statement as soon as nobody else holds the file, and leave the busy time-out as ours is."""
    deadline = time.monotonic() + _PATIENCE
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                cursor.execute(statement)
                return
            except Exception as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise
            time.sleep(random.uniform(*_STEP))
    finally:
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLIS}")
