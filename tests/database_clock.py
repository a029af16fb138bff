"""The database's clock, moved by tests: windows and locks live by it alone (L3)."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import BigInteger, ColumnElement, Engine, event, func, text

import collabcase
from collabcase import Collab, Leases
from collabcase.clock import Clock, SystemClock
from collabcase.desk.call import MaySee
from collabcase.storage.sql.adapter import SqlAdapter
from collabcase.storage.sql.engines import engine_for

START = 1_800_000_000_000
_RUNNING = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"


class DatabaseClock:
    """A clock within one database, the same for all processes; moved in a transaction of its own.

    It stands until it is moved, or runs and can be set off by as much as one likes.
    """

    def __init__(self, url: str, *, running: bool = False) -> None:
        """Find the clock of a database that `made` has given one."""
        self.url, self.running = url, running
        self.now: ColumnElement[Any] = func.moved_now(type_=BigInteger())
        self._engine = self.engine()
        self._file = Path(f"{self._engine.url.database}.clock")

    @classmethod
    def made(cls, url: str, *, running: bool = False) -> Self:
        """Give a database a clock, which stands at a moment of its own, or runs and is right."""
        clock = cls(url, running=running)
        if clock._engine.dialect.name == "postgresql":
            _make(clock._engine, running=running)
        clock._store(0 if running else START)
        return clock

    def engine(self) -> Engine:
        """Return a new engine whose connections know the clock."""
        engine = engine_for(self.url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", lambda driver, _: driver.create_function("moved_now", 0, self.read))
        return engine

    def opened(
        self, *, clock: Clock | None = None, leases: Leases | None = None, may_see: MaySee | None = None
    ) -> Collab:
        """Open a Collab by this clock; an empty SQLite file gets our tables."""
        engine = self.engine()
        if engine.dialect.name == "sqlite":
            collabcase.upgrade(engine, prefix="")
        storage = SqlAdapter(engine, schema=None, prefix="", now=self.now)
        return Collab(storage, clock=clock or SystemClock(), owns=engine.dispose, leases=leases, may_see=may_see)

    def read(self) -> int:
        """Return the present moment in milliseconds."""
        real = time.time_ns() // 1_000_000 if self.running else 0
        return real + self.stored()

    def stored(self) -> int:
        """Return the moment it stands at, or by how much it is set off, in milliseconds."""
        if self._engine.dialect.name == "sqlite":
            return int(self._file.read_text())
        with self._engine.connect() as connection:
            return int(connection.scalar(text("SELECT millis FROM moved_clock")) or 0)

    def move(self, **by: float) -> None:
        """Move it.

        Args:
            **by: as for `datetime.timedelta`, such as ``seconds=30``; negative to move back.
        """
        self._store(self.stored() + timedelta(**by) // timedelta(milliseconds=1))

    def close(self) -> None:
        """Give its connections back."""
        self._engine.dispose()

    def _store(self, millis: int) -> None:
        if self._engine.dialect.name == "sqlite":
            written = self._file.with_suffix(f".{os.getpid()}")
            written.write_text(str(millis))
            written.replace(self._file)
        else:
            with self._engine.begin() as connection:
                connection.execute(text("UPDATE moved_clock SET millis = :millis"), {"millis": millis})


def _make(engine: Engine, *, running: bool) -> None:
    moment = f"{_RUNNING} + millis" if running else "millis"
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE moved_clock AS SELECT 0::bigint AS millis"))
        connection.execute(
            text(
                "CREATE FUNCTION moved_now() RETURNS bigint LANGUAGE sql VOLATILE AS "
                f"'SELECT {moment} FROM moved_clock'"
            )
        )
