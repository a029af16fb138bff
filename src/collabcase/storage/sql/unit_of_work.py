"""The transactions of one desk: own ones, or a savepoint inside the host's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, NestedTransaction

from collabcase.errors import DeskClosed, StorageError
from collabcase.storage.interfaces.scope import Transaction
from collabcase.storage.sql.failures import DRIVER_ERRORS, translated
from collabcase.storage.sql.sqlite import BEGIN, verify_sqlite

_SAVEPOINTS = "collabcase savepoints"
"""Where a host's connection keeps the savepoints of the desks that work on it, the innermost last."""


class _Failing:
    """Turns drivers' errors into ours, and remembers that nothing more can be done here."""

    _dead = False

    @contextmanager
    def _watched(self) -> Iterator[None]:
        if self._dead:
            raise DeskClosed("The database refused something here, and nothing of this unit of work was kept.")
        try:
            yield
        except DRIVER_ERRORS as error:
            self._dead = True
            self.rollback()
            raise translated(error) from error

    def rollback(self) -> None:
        """Undo what was written."""
        raise AssertionError("each unit of work has its own")


class OwnUnitOfWork(_Failing):
    """Transactions of our own: a snapshot for each reading verb, one write transaction to the desk's end."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer
        self._open: Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Open a snapshot for one verb, or join the write transaction if there is one."""
        with self._watched():
            if self._open is not None:
                yield Transaction(self._open)
                return
            with self._reader.connect() as connection:
                yield Transaction(connection)
                connection.commit()  # a rollback would make psycopg forget every statement it has prepared

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Open the write transaction at the first call, or join it; it stays open until commit or rollback."""
        with self._watched():
            if self._open is None:
                connection = self._writer.connect()
                self._open = connection
                connection.begin()
            yield Transaction(self._open)

    def commit(self) -> None:
        """Commit what was written."""
        with self._watched():
            if self._open is not None:
                self._open.commit()
                self._close()

    def rollback(self) -> None:
        """Undo what was written."""
        if self._open is not None:
            try:
                self._open.rollback()
            finally:
                self._close()

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


class HostUnitOfWork(_Failing):
    """Works inside the host's transaction; what we write stands behind a savepoint until our desk ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._around = connection.get_nested_transaction()
        self._savepoint: NestedTransaction | None = None

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Join the host's transaction."""
        with self._watched():
            yield Transaction(self._connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Set the savepoint at the first call, then join the host's transaction.

        Raises:
            StorageError: another desk on the connection has written since, and has not ended.
        """
        with self._watched():
            ours = [savepoint for savepoint in self._connection.info.get(_SAVEPOINTS, ()) if savepoint.is_active]
            if self._savepoint is None:
                self._verify()
                self._savepoint = self._connection.begin_nested()
                self._connection.info[_SAVEPOINTS] = [*ours, self._savepoint]
            elif ours and ours[-1] is not self._savepoint:
                raise StorageError("another desk has written on this connection since; end that one first")
            self._check_alive()
            yield Transaction(self._connection)

    def _check_alive(self) -> None:
        if self._savepoint is not None and not self._savepoint.is_active:
            self._savepoint, self._dead = None, True
            raise DeskClosed("The host ended its transaction, or its savepoint, while this desk was open.")

    def _verify(self) -> None:
        if self._connection.get_nested_transaction() is not self._around:
            raise StorageError("the host set or ended a savepoint since this desk was made; make the desk inside it")
        if self._connection.dialect.name == "sqlite":
            verify_sqlite(self._connection)
            return
        driver: Any = self._connection.connection.driver_connection
        shown = self._connection.exec_driver_sql("SHOW transaction_isolation").scalar()
        level = "autocommit" if getattr(driver, "autocommit", False) else shown
        if level != "read committed":
            raise StorageError(
                f"the host's connection runs at {level!r}, where locks taken now would not guard what is read; "
                "begin a transaction at READ COMMITTED to write with collabcase"
            )

    def commit(self) -> None:
        """Release the savepoint; the host commits."""
        with self._watched():
            self._check_alive()
            if self._savepoint is not None:
                self._savepoint.commit()
                self._savepoint = None

    def rollback(self) -> None:
        """Go back to the savepoint, so that a host that goes on keeps no half of ours."""
        savepoint, self._savepoint = self._savepoint, None
        if savepoint is not None and savepoint.is_active:
            try:
                savepoint.rollback()
            except DRIVER_ERRORS as error:
                raise translated(error) from error


def engines(engine: Engine) -> tuple[Engine, Engine]:
    """Return an engine for snapshots and one for writing, over the pool of the one given."""
    if engine.dialect.name == "sqlite":
        return engine, engine.execution_options(**{BEGIN: "write"})
    snapshots = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return snapshots, engine.execution_options(isolation_level="READ COMMITTED")
