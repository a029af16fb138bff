"""Who holds what, in SQL; keeps `LeaseStore`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Integer,
    String,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from collabcase.model.item import ItemRef
from collabcase.model.lock import End
from collabcase.storage.interfaces.leases import Ending, ForcedRow, LeaseRow
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store, unindexed
from collabcase.storage.sql.tables import Tables

_ENDING = ("ended", "ended_by", "ended_at", "reason")
_KEY = ("portfolio", "item", "person")


class SqlLeases:
    """Holds of items; every one of them ends by the database's clock."""

    def __init__(self, tables: Tables, dialect: Dialect, now: ColumnElement[Any]) -> None:
        self._tables, self._dialect, self._now = tables, dialect, now
        lease = tables.lease
        self._build_items()
        self._build_looks()
        self._hold = self._build_hold()
        self._end = self._build_note({"window_id": None, "asked_by": None})
        self._note = self._build_note({})
        mine = (
            lease.c.portfolio == PORTFOLIO,
            lease.c.item == bindparam("on_item"),
            lease.c.person == bindparam("of_person"),
        )
        self._ask = update(lease).where(*mine).values(asked_by=bindparam("asker"))
        held = and_(lease.c.portfolio == PORTFOLIO, lease.c.window_id.is_not(None))
        window = tables.open_window
        self._clicked = select(window.c.item, window.c.person).where(
            window.c.portfolio == PORTFOLIO, dialect.among(window.c.id, "ids"), window.c.item.is_not(None)
        )
        self._extend = self._build_extend()
        at_window = exists().where(window.c.portfolio == PORTFOLIO, window.c.id == lease.c.window_id)
        self._stray = select(lease.c.item).distinct().where(held, or_(lease.c.expires_at <= now, ~at_window))
        self._build_records()
        latest = now + bindparam("longest", type_=BigInteger())
        self._clamp = update(lease).where(held, lease.c.expires_at > latest).values(expires_at=latest)
        self._forget = delete(lease).where(
            lease.c.portfolio == PORTFOLIO,
            lease.c.window_id.is_(None),
            lease.c.ended_at <= now - bindparam("age", type_=BigInteger()),
        )

    def _build_items(self) -> None:
        lockable, dialect, now = self._tables.lockable, self._dialect, self._now
        self._number = select(lockable.c.item).where(
            lockable.c.portfolio == PORTFOLIO,
            lockable.c.kind == bindparam("of_kind"),
            lockable.c.id == bindparam("of_id"),
        )
        self._register = dialect.insert(lockable)
        self._refs = select(lockable.c.item, lockable.c.kind, lockable.c.id).where(
            lockable.c.portfolio == PORTFOLIO, dialect.among(lockable.c.item, "items"), lockable.c.kind.is_not(None)
        )
        clicked = dialect.adding(lockable)
        self._lock = (
            clicked.values(portfolio=PORTFOLIO, item=bindparam("on_item"), token=now * 1000)
            .on_conflict_do_update(
                index_elements=("portfolio", "item"),
                set_={"token": dialect.greater(lockable.c.token + 1, now * 1000)},
            )
            .returning(lockable.c.token)
        )
        one = and_(lockable.c.portfolio == PORTFOLIO, lockable.c.item == bindparam("on_item"))
        self._rely: Executable = select(lockable.c.item).where(one).with_for_update(read=True)
        if not dialect.postgresql:  # in a host's transaction nothing else would keep others from writing
            self._rely = update(lockable).where(one).values(token=lockable.c.token).returning(lockable.c.item)

    def _build_looks(self) -> None:
        lease, now, dialect = self._tables.lease, self._now, self._dialect
        shown = select(lease, (lease.c.expires_at - now).label("left")).where(lease.c.portfolio == PORTFOLIO)
        self._on = shown.where(dialect.among(lease.c.item, "items")).order_by(lease.c.since, lease.c.token)
        self._held = shown.where(lease.c.window_id.is_not(None), lease.c.expires_at > now).order_by(
            lease.c.since, lease.c.token
        )
        self._held_by = self._held.where(dialect.among(lease.c.person, "persons"))
        self._moved = shown.where(
            lease.c.ended == literal_column(f"'{End.MOVED}'"),  # a value bound would use no partial index
            lease.c.ended_at > now - bindparam("within", type_=BigInteger()),
        ).order_by(lease.c.ended_at.desc(), lease.c.item)

    def _build_hold(self) -> Any:
        lease, now = self._tables.lease, self._now
        adding = self._dialect.adding(lease)
        until = now + bindparam("for_ttl", type_=Integer())
        goes_on = and_(lease.c.window_id.is_not(None), lease.c.expires_at > now)
        values = {
            "portfolio": PORTFOLIO,
            "item": bindparam("on_item"),
            "person": bindparam("by_person"),
            "window_id": bindparam("by_window"),
            "token": bindparam("new_token"),
            "since": now,
            "expires_at": until,
        }
        return adding.values(values).on_conflict_do_update(
            index_elements=_KEY,
            set_={
                "window_id": adding.excluded.window_id,
                "token": adding.excluded.token,
                "since": case((goes_on, lease.c.since), else_=now),
                "expires_at": case((goes_on, self._dialect.greater(lease.c.expires_at, until)), else_=until),
                "asked_by": case((goes_on, lease.c.asked_by), else_=None),
                **{name: case((goes_on, lease.c[name]), else_=None) for name in _ENDING},
            },
        )

    def _build_note(self, beside: dict[str, None]) -> Any:
        """Build what notes how a hold ended, or was moved; `beside` is what else changes then.

        The note of a move outlasts the hold at which it stands, unless that is ended by force or by another move (L7).
        """
        lease, now = self._tables.lease, self._now
        ending = {
            "ended": bindparam("how", type_=String()),
            "ended_by": bindparam("ender", type_=Integer()),
            "ended_at": now,
            "reason": bindparam("why", type_=String()),
        }
        key = {"portfolio": PORTFOLIO, "item": bindparam("on_item"), "person": bindparam("by_person")}
        adding = self._dialect.adding(lease).values({**key, "token": 0, "since": now, "expires_at": now, **ending})
        by_itself = bindparam("how", type_=String()).in_([End.RELEASED, End.EXPIRED])
        noted = and_(lease.c.window_id.is_not(None), lease.c.ended == End.MOVED, by_itself)
        kept = {name: case((noted, lease.c[name]), else_=ending[name]) for name in _ENDING}
        return adding.on_conflict_do_update(index_elements=_KEY, set_={**beside, **kept})

    def _build_extend(self) -> Update:
        """Build what extends holds; each step goes by an index, since PostgreSQL can't know how long the lists are."""
        lease, window, now = self._tables.lease, self._tables.open_window, self._now
        found = (
            select(lease.c.item, lease.c.person)
            .where(
                lease.c.portfolio == PORTFOLIO,
                self._dialect.among(lease.c.item, "items"),
                self._dialect.among(unindexed(lease.c.person), "persons"),
                lease.c.window_id.is_not(None),
                lease.c.expires_at > now,
            )
            .order_by(lease.c.item, lease.c.person)
            .with_for_update(key_share=True, skip_locked=True)
            .cte("found")
        )
        until = select(func.coalesce(func.max(window.c.expires_at), 0)).where(
            window.c.portfolio == PORTFOLIO,
            window.c.person == lease.c.person,
            window.c.item == lease.c.item,
            window.c.expires_at > now,
        )
        return (
            update(lease)
            .where(lease.c.portfolio == PORTFOLIO, lease.c.item == found.c.item, lease.c.person == found.c.person)
            .values(expires_at=self._dialect.greater(lease.c.expires_at, until.scalar_subquery()))
        )

    def _build_records(self) -> None:
        forced = self._tables.forced
        last_time = select(func.coalesce(func.max(forced.c.at), 0) + 1).where(
            forced.c.portfolio == PORTFOLIO, forced.c.item == bindparam("on_item")
        )
        self._record = insert(forced).values(
            portfolio=PORTFOLIO,
            at=self._dialect.greater(self._now, last_time.scalar_subquery()),  # the clock may have gone back
            item=bindparam("on_item"),
            person=bindparam("of_person"),
            forcer=bindparam("by_forcer"),
            reason=bindparam("why"),
        )
        last = tuple_(bindparam("moment", type_=BigInteger()), bindparam("behind", type_=BigInteger()))
        self._forced = (
            select(forced.c.item, forced.c.person, forced.c.forcer, forced.c.reason, forced.c.at)
            .where(forced.c.portfolio == PORTFOLIO, tuple_(forced.c.at, forced.c.item) < last)
            .order_by(forced.c.at.desc(), forced.c.item.desc())
            .limit(bindparam("most"))
        )
        self._forced_on = self._forced.where(forced.c.item == bindparam("on_item"))

    def number(self, scope: Scope, ref: ItemRef) -> int | None:
        """Return the number of a thing of the host's; None where nobody has ever clicked it."""
        found: int | None = run(scope, self._number, of_kind=ref.kind, of_id=ref.id).scalar_one_or_none()
        return found

    def register(self, scope: Scope, ref: ItemRef, no: int) -> int:
        """Return the number of a thing of the host's, giving it `no` if it has none."""
        store(scope, self._register, [{"item": no, "token": 0, "kind": ref.kind, "id": ref.id}])
        found = self.number(scope, ref)
        assert found is not None
        return found

    def refs(self, scope: Scope, items: Collection[int]) -> dict[int, ItemRef]:
        """Return what things of the host's are, by number."""
        rows = run(scope, self._refs, items=self._dialect.listed(items))
        return {row.item: ItemRef(row.kind, row.id) for row in rows}

    def lock(self, scope: Scope, items: Collection[int]) -> dict[int, int]:
        """Lock items exclusively, and return a new token for each: greater than any before, whether it is used."""
        return {item: run(scope, self._lock, on_item=item).scalar_one() for item in sorted(items)}

    def rely(self, scope: Scope, item: int) -> bool:
        """Lock an item against changes of who holds it, and tell whether it was ever locked before."""
        return run(scope, self._rely, on_item=item).one_or_none() is not None

    def on(self, scope: Scope, items: Collection[int]) -> list[LeaseRow]:
        """Return all holds of items, ended ones included, held longest first."""
        return [_lease(row) for row in run(scope, self._on, items=self._dialect.listed(items))]

    def held(self, scope: Scope, persons: Collection[int] | None = None) -> list[LeaseRow]:
        """Return the holds that persons have now, by default everybody's, held longest first."""
        if persons is None:
            return [_lease(row) for row in run(scope, self._held)]
        return [_lease(row) for row in run(scope, self._held_by, persons=self._dialect.listed(persons))]

    def moved(self, scope: Scope, *, within: int) -> list[LeaseRow]:
        """Return the holds with a note of a move within so many milliseconds, newest first."""
        return [_lease(row) for row in run(scope, self._moved, within=within)]

    def hold(self, scope: Scope, item: int, person: int, window: str, token: int, ttl: int) -> None:
        """Let a person hold an item by a window, for at least so long; the locked item must be theirs or free."""
        run(scope, self._hold, on_item=item, by_person=person, by_window=window, new_token=token, for_ttl=ttl)

    def end(self, scope: Scope, item: int, person: int, ending: Ending) -> None:
        """End a person's hold of a locked item, or note there how it would have ended."""
        run(scope, self._end, on_item=item, by_person=person, how=ending.how, ender=ending.by, why=ending.reason)

    def note(self, scope: Scope, item: int, person: int, ending: Ending) -> None:
        """Note at a person's hold of a locked item what `end` would, and let it go on where there is one."""
        run(scope, self._note, on_item=item, by_person=person, how=ending.how, ender=ending.by, why=ending.reason)

    def ask(self, scope: Scope, item: int, person: int, by: int) -> None:
        """Note who has asked a holder to let go."""
        run(scope, self._ask, on_item=item, of_person=person, asker=by)

    def extend(self, scope: Scope, windows: Collection[str]) -> None:
        """Extend the holds of whoever's living windows are on the item; none is revived, and locked ones wait."""
        on = run(scope, self._clicked, ids=self._dialect.listed(windows)).all()
        if on:
            items, persons = ({row[place] for row in on} for place in (0, 1))
            run(scope, self._extend, items=self._dialect.listed(items), persons=self._dialect.listed(persons))

    def stray(self, scope: Scope) -> list[int]:
        """Return the items of holds that have run out, or whose window is gone."""
        return list(run(scope, self._stray).scalars())

    def record(self, scope: Scope, item: int, person: int, forcer: int, reason: str) -> None:
        """Keep for good that a lock was freed by force."""
        run(scope, self._record, on_item=item, of_person=person, by_forcer=forcer, why=reason)

    def forced(self, scope: Scope, item: int | None, *, before: tuple[int, int], limit: int) -> list[ForcedRow]:
        """Return the records of an item, or of all, behind a moment and item, newest first."""
        place = {"moment": before[0], "behind": before[1], "most": limit}
        rows = run(scope, self._forced, **place) if item is None else run(scope, self._forced_on, on_item=item, **place)
        return [ForcedRow(*row) for row in rows]

    def clamp(self, scope: Scope, longest: int) -> None:
        """Let no hold last longer than so many milliseconds from now on, after the database's clock has gone back."""
        run(scope, self._clamp, longest=longest)

    def forget(self, scope: Scope, *, after: int) -> None:
        """Forget the ends of holds that are older than so many milliseconds."""
        run(scope, self._forget, age=after)


def _lease(row: Any) -> LeaseRow:
    return LeaseRow(
        item=row.item,
        person=row.person,
        window=row.window_id,
        token=row.token,
        since=row.since,
        left=row.left,
        ended=row.ended,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        reason=row.reason,
        asked_by=row.asked_by,
    )
