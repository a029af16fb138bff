"""The event log in SQL: appending, and reading it back without a gap (`horizon`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Integer,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from collabcase.clock import from_millis
from collabcase.ids import KIND_BITS, KIND_MASK, Kind, encode, kind_code, kind_of
from collabcase.model.event import Event, Happening, NewEvent
from collabcase.model.item import ItemRef
from collabcase.model.lock import LockEvent
from collabcase.storage.interfaces.events import Occurrence
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.failures import DRIVER_ERRORS, translated
from collabcase.storage.sql.horizon import TAKE_MARKER, Horizon, marker_of
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store
from collabcase.storage.sql.tables import Tables

_NOTIFY = text("SELECT pg_notify(:channel, '')")
_LEAVING = 1_000
_PASSING = sorted({kind.value for kind in LockEvent} - {LockEvent.FORCED.value, LockEvent.MOVED.value})
_PRINCIPALS = {Kind.PERSON, Kind.GROUP}


class SqlEvents:
    """The append-only log; keeps `EventStore`."""

    def __init__(self, tables: Tables, dialect: Dialect, *, waking: str | None = None) -> None:
        """Take the tables; `waking` is the channel on which each transaction wakes those who wait, None for none."""
        self._add = insert(tables.event)
        self._marker = marker_of(tables) if dialect.postgresql else None
        self._waking = waking if dialect.postgresql else None
        event = tables.event
        self._between = _select_events(tables).where(
            event.c.portfolio == PORTFOLIO, event.c.position <= bindparam("upto", type_=BigInteger())
        )
        leaving = (
            select(event.c.position, event.c.at)
            .join(tables.portfolio, tables.portfolio.c.no == event.c.portfolio)
            .where(event.c.portfolio == PORTFOLIO, event.c.position > tables.portfolio.c.feed_floor)
            .order_by(event.c.position)
            .limit(_LEAVING)
        ).subquery("leaving")
        self._leaving = select(func.max(leaving.c.position)).where(leaving.c.at < bindparam("before"))
        self._retire = (
            delete(event)
            .where(
                event.c.portfolio == PORTFOLIO,
                event.c.position > self._floor_of(tables),
                event.c.position <= bindparam("upto", type_=BigInteger()),
                event.c.kind.in_(_PASSING),
            )
            .returning(event.c.position)
        )
        self._raise_floor = (
            update(tables.portfolio).where(tables.portfolio.c.no == PORTFOLIO).values(feed_floor=bindparam("floor"))
        )
        self._floor = select(tables.portfolio.c.feed_floor).where(tables.portfolio.c.no == PORTFOLIO)

    def append(self, scope: Scope, events: Sequence[NewEvent], *, actor: int, at: int, origin: int) -> None:
        """Store events in order; the marker is taken before the first position is given out."""
        if self._marker is not None:
            scope.handle.execute(TAKE_MARKER, {"marker": self._marker})
        store(
            scope,
            self._add,
            [
                {
                    "at": at,
                    "actor": None if event.by_host else actor or None,
                    "kind": event.kind,
                    "item": event.item,
                    "fields": " ".join(sorted(event.fields)),
                    "origin": origin,
                    "told": " ".join(map(str, event.told)) or None,
                }
                for event in events
            ],
        )
        if self._waking is not None and events:
            scope.handle.execute(_NOTIFY, {"channel": self._waking})

    def between(self, scope: Scope, *, after: int, upto: int, limit: int) -> list[Happening]:
        """Return the events of a portfolio behind a position, up to another, in order."""
        return [
            Happening(
                position=row.position,
                item=row.item,
                actor=row.actor_no,
                told=frozenset(map(int, (row.told or "").split())),
                event=_event(row),
            )
            for row in run(scope, self._between, after=after, upto=upto, most=limit)
        ]

    def retire(self, scope: Scope, *, before: int) -> int:
        """Let events that are older than a moment leave the feed, and return how many were removed."""
        upto = run(scope, self._leaving, before=before).scalar_one()
        if upto is None:
            return 0
        removed = run(scope, self._retire, upto=upto).scalars().all()
        run(scope, self._raise_floor, floor=upto)
        return len(removed)

    @staticmethod
    def _floor_of(tables: Tables) -> Any:
        floor = select(tables.portfolio.c.feed_floor).where(tables.portfolio.c.no == PORTFOLIO)
        return floor.scalar_subquery()

    def floor(self, scope: Scope) -> int:
        """Return the position up to which events of a portfolio may have been removed."""
        return int(run(scope, self._floor).scalar_one())


class SqlEventReader:
    """Reads the log of all portfolios behind a cursor of its own; keeps `EventReader`. Belongs to one thread."""

    def __init__(self, tables: Tables, engine: Engine) -> None:
        self._engine = engine
        self._rows = _select_events(tables)
        position = tables.event.c.position
        after = position > bindparam("after", type_=BigInteger())
        self._origins = select(position, tables.event.c.origin).where(after).order_by(position).limit(bindparam("most"))
        with engine.connect() as connection:
            self.position: int = connection.execute(
                select(func.coalesce(func.max(tables.event.c.position), 0))
            ).scalar_one()
        postgresql = engine.dialect.name == "postgresql"
        self._horizon = Horizon(tables, postgresql=postgresql, position=self.position)

    def read(self, limit: int) -> list[Occurrence]:
        """Return the next events, up to `limit`, and move on; empty where none can be told yet."""
        return [Occurrence(row.position, row.origin, _event(row)) for row in self._next(self._rows, limit)]

    def skip(self, limit: int) -> set[int]:
        """Move on over the next events, up to `limit`, and return only from where they came; empty for none."""
        return {row.origin for row in self._next(self._origins, limit)}

    def _next(self, statement: Any, limit: int) -> list[Any]:
        try:
            with self._engine.connect() as connection:
                rows = self._look(connection, statement, limit)
                connection.commit()  # a rollback would make psycopg forget every statement it has prepared
        except DRIVER_ERRORS as error:
            raise translated(error) from error
        if rows:
            self.position = rows[-1].position
        return rows

    def _look(self, connection: Connection, statement: Any, limit: int) -> list[Any]:
        """Return what can be told now; behind a gap that nobody can fill any more, by a second look."""
        self._horizon.settle(connection)
        rows = self._after(connection, statement, limit)
        before = self._horizon.position
        passed = self._horizon.advance(connection, [row.position for row in rows if row.position > before])
        if not passed:
            rows = self._after(connection, statement, limit)
        return [row for row in rows if row.position <= self._horizon.position]

    def _after(self, connection: Connection, statement: Any, limit: int) -> Sequence[Any]:
        return connection.execute(statement, {"after": self.position, "most": limit}).all()


def _select_events(tables: Tables) -> Any:
    e, portfolio = tables.event, tables.portfolio
    actor, subject, host = tables.principal.alias("actor"), tables.principal.alias("subject"), tables.lockable
    return (
        select(
            e.c.position,
            e.c.origin,
            portfolio.c.id.label("portfolio"),
            e.c.kind,
            e.c.item,
            subject.c.id.label("subject"),
            host.c.kind.label("host_kind"),
            host.c.id.label("host_id"),
            e.c.actor.label("actor_no"),
            actor.c.id.label("actor"),
            e.c.at,
            e.c.fields,
            e.c.told,
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
        .outerjoin(
            host,
            and_(
                host.c.portfolio == e.c.portfolio,
                host.c.item == e.c.item,
                e.c.item.op("&")(KIND_MASK) == kind_code(Kind.HOST),
            ),
        )
        .where(e.c.position > bindparam("after", type_=BigInteger()))
        .order_by(e.c.position)
        .limit(bindparam("most"))
    )


def _event(row: Any) -> Event:
    return Event(
        portfolio=row.portfolio,
        kind=row.kind,
        item=_ref(row),
        actor=row.actor,
        at=from_millis(row.at),
        fields=tuple(row.fields.split()),
    )


def _ref(row: Any) -> ItemRef:
    kind = kind_of(row.item)
    if kind is Kind.HOST:
        return ItemRef(row.host_kind, row.host_id)
    if kind is Kind.PORTFOLIO:
        return ItemRef(kind.value, row.portfolio)
    return ItemRef(kind.value, row.subject if kind in _PRINCIPALS else encode(row.item))
