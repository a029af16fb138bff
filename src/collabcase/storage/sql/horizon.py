"""Up to which position the log of events is final: everything below is committed, or was rolled back for good.

On SQLite there is one writer, and a position is given back when its transaction rolls back, so the newest position is
final. On PostgreSQL a position may become visible after a higher one. Every writer therefore takes a shared marker
lock before its positions are given out. Who meets a gap notes who holds the marker; once all of those have ended, what
a later look still misses was rolled back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from hashlib import blake2b

from sqlalchemy import Connection, Engine, bindparam, func, select, text

from collabcase.storage.sql.failures import DRIVER_ERRORS, translated
from collabcase.storage.sql.tables import Tables

TAKE_MARKER = text("SELECT pg_advisory_xact_lock_shared(:marker)")
_HOLDERS = text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND classid::bigint = :high AND objid::bigint = :low"
)
_PIECE = 1000
_PATIENCE, _STEP = 0.5, 0.005


def marker_of(tables: Tables) -> int:
    """Return the number of the marker lock of an installation: one for each schema and prefix."""
    return int.from_bytes(
        blake2b(tables.event.fullname.encode(), digest_size=8, person=b"collabcase").digest(), signed=True
    )


class Horizon:
    """What one reader of the log knows to be final. Belongs to one thread.

    Its statements need a connection on which each sees what was committed before it.

    Attributes:
        position: everything up to it is final; whoever reads afterwards sees all of it that was committed.
        waiting: whether somebody may still commit below what has been seen.
    """

    def __init__(self, tables: Tables, *, postgresql: bool, position: int) -> None:
        self._marker = marker_of(tables) if postgresql else None
        self.position = position
        self._seen = 0
        self._awaited: set[str] = set()
        self.waiting = False

    def settle(self, connection: Connection) -> None:
        """See whether everybody awaited has ended; must come before the look that relies on it."""
        if self._awaited:
            self._awaited &= self._holders(connection)
        if self.waiting and not self._awaited:
            self.position, self.waiting = max(self.position, self._seen), False

    def advance(self, connection: Connection, positions: Sequence[int]) -> bool:
        """Move on over positions just read: all there are behind the horizon, up to some limit.

        Returns:
            Whether the same look shows all up to the horizon. It does not where a gap was passed, since nobody can
            fill it any more: by now somebody may have.
        """
        for position in positions:
            if self._marker is not None and position != self.position + 1:
                self._wait(connection, positions[-1])
                return self.waiting
            self.position = position
        return True

    def begin(self, connection: Connection, newest: int) -> None:
        """Go on from the newest position there is, once whoever writes at this moment has ended."""
        if self._marker is None:
            self.position = max(self.position, newest)
        else:
            self._wait(connection, newest)

    def _wait(self, connection: Connection, seen: int) -> None:
        if not self.waiting:
            self._seen, self._awaited, self.waiting = seen, self._holders(connection), True
            if not self._awaited:
                self.settle(connection)

    def _holders(self, connection: Connection) -> set[str]:
        assert self._marker is not None
        unsigned = self._marker & (1 << 64) - 1
        found = connection.execute(_HOLDERS, {"high": unsigned >> 32, "low": unsigned & 0xFFFFFFFF})
        return set(found.scalars())


class Lookout:
    """One horizon for all threads of a process."""

    def __init__(self, tables: Tables, engine: Engine) -> None:
        self._engine = engine
        self._busy = threading.Lock()
        self._tables = tables
        self._horizon: Horizon | None = None
        event = tables.event.c.position
        self._newest = select(func.coalesce(func.max(event), 0))
        self._floor = select(func.coalesce(func.max(tables.portfolio.c.feed_floor), 0))
        self._next = select(event).where(event > bindparam("after")).order_by(event).limit(_PIECE)

    def look(self) -> tuple[int, bool]:
        """Return up to which position everything is final for whoever reads from now on, and whether more may follow.

        More may follow without any further commit: once somebody who is writing now has rolled back.
        """
        try:
            with self._busy, self._engine.connect() as connection:
                horizon = self._looked(connection)
                connection.commit()  # a rollback would make psycopg forget every statement it has prepared
                return horizon.position, horizon.waiting
        except DRIVER_ERRORS as error:
            raise translated(error) from error

    def _looked(self, connection: Connection) -> Horizon:
        postgresql = connection.dialect.name == "postgresql"
        if self._horizon is None:
            horizon = Horizon(
                self._tables, postgresql=postgresql, position=connection.execute(self._floor).scalar_one()
            )
            horizon.begin(connection, connection.execute(self._newest).scalar_one())
            deadline = time.monotonic() + _PATIENCE  # else the first follower from now on is told much of long ago
            while horizon.waiting and time.monotonic() < deadline:
                time.sleep(_STEP)
                horizon.settle(connection)
            self._horizon = horizon
        horizon = self._horizon
        if not postgresql:
            horizon.begin(connection, connection.execute(self._newest).scalar_one())
            return horizon
        horizon.settle(connection)
        more = True
        while more:
            positions = connection.execute(self._next, {"after": horizon.position}).scalars().all()
            horizon.advance(connection, positions)
            more = len(positions) == _PIECE and not horizon.waiting
        return horizon
