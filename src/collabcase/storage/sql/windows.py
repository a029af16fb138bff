"""Open windows in SQL; keeps `WindowStore`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from collabcase.storage.interfaces.scope import Scope, Transaction
from collabcase.storage.interfaces.windows import WindowRow
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run
from collabcase.storage.sql.tables import Tables


class SqlWindows:
    """Windows live by the database's clock alone."""

    def __init__(self, tables: Tables, dialect: Dialect, now: ColumnElement[Any]) -> None:
        window, self._dialect = tables.open_window, dialect
        here = window.c.portfolio == PORTFOLIO
        one = and_(here, window.c.id == bindparam("of_id"))
        some = and_(here, dialect.among(window.c.id, "ids"))
        live = window.c.expires_at > now
        self._open = insert(window).values(
            portfolio=PORTFOLIO,
            id=bindparam("new_id"),
            person=bindparam("new_person"),
            folder=bindparam("new_folder"),
            mode=bindparam("new_mode"),
            ttl=bindparam("new_ttl", type_=Integer()),
            expires_at=now + bindparam("new_ttl", type_=Integer()),
        )
        shown = select(
            window.c.id,
            window.c.person,
            window.c.folder,
            window.c.mode,
            window.c.ttl,
            window.c.item,
            window.c.focused_at,
            live.label("live"),
        ).where(here)
        own = window.c.person == bindparam("of_person")
        self._find = shown.where(one, own, live)
        self._of = shown.where(own).order_by(window.c.id).with_for_update(key_share=True)
        self._silent = select(window.c.person).distinct().where(here, ~live)
        alive = {"expires_at": now + window.c.ttl}
        self._point = update(window).where(one).values(item=bindparam("on_item"), focused_at=now, **alive)
        self._move = update(window).where(one).values(folder=bindparam("new_folder"), **alive)
        self._let_go = update(window).where(here, own, window.c.item == bindparam("on_item")).values(item=None)
        self._beat = self._build_beat(tables, now)
        self._living = select(window.c.id).where(some, live)
        ttl = bindparam("new_ttl", type_=Integer())
        self._turn = (
            update(window)
            .where(one, own, live)
            .values(mode=bindparam("new_mode", type_=String()), ttl=ttl, expires_at=now + ttl)
            .returning(window.c.id)
        )
        self._close = delete(window).where(some)
        self._due = _due(tables, now)
        self._clamp = (
            update(window).where(here, window.c.expires_at > now + window.c.ttl).values(expires_at=now + window.c.ttl)
        )

    def _build_beat(self, tables: Tables, now: ColumnElement[Any]) -> Update:
        """Build what extends living windows; on PostgreSQL those that somebody has locked are passed over."""
        window = tables.open_window
        found = (
            select(window.c.id)
            .where(
                window.c.portfolio == PORTFOLIO,
                self._dialect.among(window.c.id, "ids"),
                window.c.expires_at > now,
            )
            .order_by(window.c.id)
            .with_for_update(key_share=True, skip_locked=True)
            .cte("found")
        )
        return (
            update(window)
            .where(window.c.portfolio == PORTFOLIO, window.c.id == found.c.id)
            .values(expires_at=now + window.c.ttl)
        )

    def open(self, scope: Scope, row: WindowRow) -> None:
        """Store a new window, from now on."""
        run(
            scope,
            self._open,
            new_id=row.id,
            new_person=row.person,
            new_folder=row.folder,
            new_mode=row.mode,
            new_ttl=row.ttl,
        )

    def find(self, scope: Scope, person: int, id: str) -> WindowRow | None:
        """Return a window of a person, None where it is gone or somebody else's."""
        row = run(scope, self._find, of_person=person, of_id=id).one_or_none()
        return None if row is None else _window(row)

    def of(self, scope: Scope, person: int) -> list[WindowRow]:
        """Lock all windows of a person and return them, those that are silent for too long included."""
        return [_window(row) for row in run(scope, self._of, of_person=person)]

    def point(self, scope: Scope, id: str, item: int | None) -> None:
        """Store what a window is on, since now."""
        run(scope, self._point, of_id=id, on_item=item)

    def move(self, scope: Scope, id: str, folder: str) -> None:
        """Store where a window is."""
        run(scope, self._move, of_id=id, new_folder=folder)

    def let_go(self, scope: Scope, person: int, item: int) -> None:
        """Let every window of a person be on an item no more."""
        run(scope, self._let_go, of_person=person, on_item=item)

    def beat(self, scope: Scope, ids: Collection[str]) -> set[str]:
        """Extend windows, and return those that live; none is revived, and one that is just locked counts as living."""
        listed = self._dialect.listed(ids)
        run(scope, self._beat, ids=listed)
        return set(run(scope, self._living, ids=listed).scalars())

    def turn(self, scope: Scope, person: int, id: str, mode: str, ttl: int) -> bool:
        """Extend a window of a person in a mode, and tell whether it lives."""
        turned = run(scope, self._turn, of_person=person, of_id=id, new_mode=mode, new_ttl=ttl)
        return turned.one_or_none() is not None

    def close(self, scope: Scope, ids: Collection[str]) -> None:
        """Forget windows."""
        run(scope, self._close, ids=self._dialect.listed(ids))

    def silent(self, scope: Scope) -> set[int]:
        """Return the persons of windows that have been silent for too long."""
        return set(run(scope, self._silent).scalars())

    def due(self, tx: Transaction, *, ended: int, before: int) -> list[str]:
        """Return the ids of portfolios in which a sweep has something to do."""
        return list(tx.handle.execute(self._due, {"ended": ended, "before": before}).scalars())

    def clamp(self, scope: Scope) -> None:
        """Let no window last longer than from now on, after the database's clock has gone back."""
        run(scope, self._clamp)


def _due(tables: Tables, now: ColumnElement[Any]) -> Select[Any]:
    """Select the portfolios with something silent, too long, run out, long ended, or past the feed."""
    portfolio, window, lease, event = tables.portfolio, tables.open_window, tables.lease, tables.event
    oldest = (
        select(event.c.at)
        .where(event.c.portfolio == portfolio.c.no, event.c.position > portfolio.c.feed_floor)
        .order_by(event.c.position)
        .limit(1)
        .scalar_subquery()
    )
    late = or_(window.c.expires_at <= now, window.c.expires_at > now + window.c.ttl)
    kept = bindparam("ended", type_=BigInteger())
    return (
        select(portfolio.c.id)
        .where(
            or_(
                exists().where(window.c.portfolio == portfolio.c.no, late),
                exists().where(
                    lease.c.portfolio == portfolio.c.no, lease.c.window_id.is_not(None), lease.c.expires_at <= now
                ),
                exists().where(
                    lease.c.portfolio == portfolio.c.no, lease.c.window_id.is_(None), lease.c.ended_at <= now - kept
                ),
                oldest < bindparam("before", type_=BigInteger()),
            )
        )
        .order_by(portfolio.c.no)
    )


def _window(row: Any) -> WindowRow:
    return WindowRow(
        id=row.id,
        person=row.person,
        folder=row.folder,
        mode=row.mode,
        ttl=row.ttl,
        item=row.item,
        focused_at=row.focused_at,
        live=bool(row.live),
    )
