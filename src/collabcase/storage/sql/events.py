"""The event log in SQL: appending, and reading it back without a gap.

On SQLite there is one writer, and a position is given back when its transaction rolls back, so reading on from the
last position is exact. On PostgreSQL a position may become visible after a higher one. Every writer therefore takes
a shared marker lock before its positions are given out. A reader that meets a gap notes who holds the marker; once
all of those have ended, what a later look still misses was rolled back.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Engine, Integer, and_, bindparam, cast, func, insert, select, text

from collabcase.clock import from_millis
from collabcase.ids import KIND_BITS, KIND_MASK, Kind, encode, kind_code, kind_of
from collabcase.model.event import Event, NewEvent
from collabcase.model.item import ItemRef
from collabcase.storage.interfaces.events import Occurrence
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.failures import DRIVER_ERRORS, translated
from collabcase.storage.sql.rows import Dialect, store
from collabcase.storage.sql.tables import Tables

_MARK = text("SELECT pg_advisory_xact_lock_shared(:marker)")
_HOLDERS = text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND classid::bigint = :high AND objid::bigint = :low"
)
_PRINCIPALS = {Kind.PERSON, Kind.GROUP}


def marker_of(tables: Tables) -> int:
    """Return the number of the marker lock of an installation: one for each schema and prefix."""
    return int.from_bytes(
        blake2b(tables.event.fullname.encode(), digest_size=8, person=b"collabcase").digest(), signed=True
    )


class SqlEvents:
    """The append-only log; keeps `EventStore`."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._add = insert(tables.event)
        self._marker = marker_of(tables) if dialect.postgresql else None

    def append(self, scope: Scope, events: Sequence[NewEvent], *, actor: int, at: int, origin: int) -> None:
        """Store events in order; the marker is taken before the first position is given out."""
        if self._marker is not None:
            scope.handle.execute(_MARK, {"marker": self._marker})
        store(
            scope,
            self._add,
            [
                {
                    "at": at,
                    "actor": actor or None,
                    "kind": event.kind,
                    "item": event.item,
                    "fields": " ".join(sorted(event.fields)),
                    "origin": origin,
                }
                for event in events
            ],
        )


class SqlEventReader:
    """Reads the log of all portfolios behind a cursor of its own; keeps `EventReader`. Belongs to one thread."""

    def __init__(self, tables: Tables, engine: Engine) -> None:
        self._engine = engine
        self._marker = marker_of(tables) if engine.dialect.name == "postgresql" else None
        self._rows = _select_occurrences(tables)
        self._settled = 0
        self._high = 0
        self._awaited: set[str] | None = None
        with engine.connect() as connection:
            self.position: int = connection.execute(
                select(func.coalesce(func.max(tables.event.c.position), 0))
            ).scalar_one()

    def read(self, limit: int) -> list[Occurrence]:
        """Return the next events, up to `limit`, and move on; empty where none can be told yet."""
        try:
            with self._engine.connect() as connection:
                ready = self._look(connection, limit)
                connection.commit()  # a rollback would make psycopg forget every statement it has prepared
        except DRIVER_ERRORS as error:
            raise translated(error) from error
        if ready:
            self.position = ready[-1].position
        return ready

    def _look(self, connection: Connection, limit: int) -> list[Occurrence]:
        """Return what can be told now; a gap that nobody can fill any more is passed at once by a second look."""
        self._settle(connection)
        ready = self._ready(connection, self.position, limit)
        if self._awaited is not None and not self._awaited:
            self._settle(connection)
            last = ready[-1].position if ready else self.position
            ready += self._ready(connection, last, limit - len(ready))
        return ready

    def _settle(self, connection: Connection) -> None:
        """See whether everybody awaited has ended; must come before the look that relies on it."""
        if self._awaited:
            self._awaited &= self._holders(connection)
        if self._awaited is not None and not self._awaited:
            self._settled, self._awaited = self._high, None

    def _ready(self, connection: Connection, last: int, limit: int) -> list[Occurrence]:
        rows = connection.execute(self._rows, {"after": last, "most": limit}).all()
        ready: list[Occurrence] = []
        for row in rows:
            if self._marker is not None and row.position != last + 1 and row.position - 1 > self._settled:
                if self._awaited is None:
                    self._high, self._awaited = rows[-1].position, self._holders(connection)
                break
            last = row.position
            ready.append(_occurrence(row))
        return ready

    def _holders(self, connection: Connection) -> set[str]:
        assert self._marker is not None
        unsigned = self._marker & (1 << 64) - 1
        found = connection.execute(_HOLDERS, {"high": unsigned >> 32, "low": unsigned & 0xFFFFFFFF})
        return set(found.scalars())


def _select_occurrences(tables: Tables) -> Any:
    e, portfolio = tables.event, tables.portfolio
    actor, subject = tables.principal.alias("actor"), tables.principal.alias("subject")
    return (
        select(
            e.c.position,
            e.c.origin,
            portfolio.c.id.label("portfolio"),
            e.c.kind,
            e.c.item,
            subject.c.id.label("subject"),
            actor.c.id.label("actor"),
            e.c.at,
            e.c.fields,
        )
        .join(portfolio, portfolio.c.no == e.c.portfolio)
        .outerjoin(actor, and_(actor.c.portfolio == e.c.portfolio, actor.c.no == e.c.actor))
        .outerjoin(
            subject,
            and_(
                subject.c.portfolio == e.c.portfolio,
                subject.c.no == e.c.item.op(">>")(cast(KIND_BITS, Integer)),
                e.c.item.op("&")(KIND_MASK).in_([kind_code(kind) for kind in _PRINCIPALS]),
            ),
        )
        .where(e.c.position > bindparam("after"))
        .order_by(e.c.position)
        .limit(bindparam("most"))
    )


def _occurrence(row: Any) -> Occurrence:
    kind = kind_of(row.item)
    return Occurrence(
        position=row.position,
        origin=row.origin,
        event=Event(
            portfolio=row.portfolio,
            kind=row.kind,
            item=ItemRef(kind.value, _outside(row, kind)),
            actor=row.actor,
            at=from_millis(row.at),
            fields=tuple(row.fields.split()),
        ),
    )


def _outside(row: Any, kind: Kind) -> str:
    if kind is Kind.PORTFOLIO:
        return str(row.portfolio)
    return str(row.subject) if kind in _PRINCIPALS else encode(row.item)
