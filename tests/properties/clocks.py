"""The library's clock and the database's, moved together."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from collabcase import Collab, Leases
from collabcase.clock import from_millis
from collabcase.testing import MovableClock
from database_clock import START, DatabaseClock

PATIENT = Leases(visible=timedelta(hours=1), hidden=timedelta(hours=1), attached=timedelta(hours=1))
"""No lock ends by itself while histories are played."""


class _Kept(DatabaseClock):
    """A database's clock that SQLite, which asks this process, is told from memory."""

    _millis = 0

    def stored(self) -> int:
        """Return the moment it stands at in milliseconds."""
        return self._millis if self._engine.dialect.name == "sqlite" else super().stored()

    def _store(self, millis: int) -> None:
        self._millis = millis
        if self._engine.dialect.name != "sqlite":
            super()._store(millis)


class Clocks(MovableClock):
    """Both clocks; they stand at the same moment until they are moved."""

    def __init__(self, of_database: DatabaseClock) -> None:
        super().__init__(from_millis(START))
        self._of_database = of_database

    @classmethod
    def made(cls, url: str) -> Self:
        """Give a database a clock."""
        return cls(_Kept.made(url))

    def opened(self, leases: Leases) -> Collab:
        """Open a Collab by these clocks."""
        return self._of_database.opened(clock=self, leases=leases)

    def move(self, **by: float) -> datetime:
        """Move both."""
        self._of_database.move(**by)
        return super().move(**by)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._of_database.close()
