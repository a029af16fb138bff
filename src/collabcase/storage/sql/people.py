"""Persons in SQL; keeps `PeopleStore`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    true,
    update,
)

from collabcase.ids import Kind
from collabcase.model.group import Right
from collabcase.model.item import ItemRef
from collabcase.model.person import Person, PersonCard
from collabcase.permissions.known import Acquaintance
from collabcase.storage.interfaces.people import Actor
from collabcase.storage.interfaces.scope import Scope, Transaction
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import ME, Visible

_FIELDS = tuple(field.name for field in attrs.fields(Person))


class SqlPeople:
    """Persons and what they have to do with each other."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._tables, self._dialect, self._visible = tables, dialect, Visible(tables)
        t = tables
        self._actor = self._build_actor().where(
            t.portfolio.c.id == bindparam("portfolio_id"), t.principal.c.id == bindparam("person")
        )
        self._actors = self._build_actor().where(
            t.portfolio.c.no == PORTFOLIO, dialect.among(t.principal.c.id, "persons")
        )
        self._lock_portfolio = (
            select(t.portfolio.c.no).where(t.portfolio.c.no == PORTFOLIO).with_for_update(key_share=True)
        )
        self._last = select(func.coalesce(func.max(t.principal.c.no), 0)).where(t.principal.c.portfolio == PORTFOLIO)
        self._add_principal, self._add_person = insert(t.principal), insert(t.person)
        self._update = (
            update(t.person)
            .where(t.person.c.portfolio == PORTFOLIO, t.person.c.no == bindparam("number"))
            .values({name: bindparam(f"new_{name}") for name in _FIELDS[1:]})
        )
        persons = (
            select(t.person.c.no, t.principal.c.id, *(t.person.c[name] for name in _FIELDS[1:]))
            .join(t.principal, _same(t.principal, t.person))
            .where(t.person.c.portfolio == PORTFOLIO)
        )
        self._all = persons
        self._find = persons.where(dialect.among(t.person.c.no, "persons"))
        self._principals = select(t.principal.c.no, t.principal.c.is_group, t.principal.c.id).where(
            t.principal.c.portfolio == PORTFOLIO,
            t.principal.c.is_group.in_([False, True]),
            dialect.among(t.principal.c.id, "ids"),
        )
        newest = t.person.c.no < bindparam("before", type_=BigInteger())
        self._page = persons.where(newest).order_by(t.person.c.no.desc()).limit(bindparam("most"))
        self._shared_lock = self._build_lock().with_for_update(read=True, key_share=True)
        self._exclusive_lock = self._build_lock().with_for_update()
        self._acquaintances = {named: self._build_acquaintances(named) for named in (False, True)}
        self._cards = self._build_cards().where(dialect.among(t.person.c.no, "persons"))
        self._naming = self._build_naming()
        self._active = select(t.person.c.no).where(t.person.c.portfolio == PORTFOLIO, t.person.c.active)
        self._known = self._build_known(all=False)
        self._everybody = self._build_known(all=True)

    def _build_actor(self) -> Select[Any]:
        t = self._tables
        return (
            select(
                t.portfolio.c.no.label("portfolio"),
                t.person.c.no,
                t.principal.c.id,
                t.person.c.internal,
                t.person.c.active,
                t.grp.c.rights,
                t.portfolio.c.seal,
                t.portfolio.c.sent_for_since,
            )
            .select_from(t.portfolio)
            .join(
                t.principal,
                and_(t.principal.c.portfolio == t.portfolio.c.no, t.principal.c.is_group == false()),
            )
            .join(t.person, _same(t.person, t.principal))
            .outerjoin(
                t.membership,
                and_(
                    t.membership.c.portfolio == t.person.c.portfolio,
                    t.membership.c.person == t.person.c.no,
                    t.membership.c.main,
                ),
            )
            .outerjoin(
                t.grp,
                and_(
                    t.grp.c.portfolio == t.membership.c.portfolio,
                    t.grp.c.no == t.membership.c.grp,
                    t.grp.c.deleted_at.is_(None),
                ),
            )
        )

    def _build_lock(self) -> Select[Any]:
        principal = self._tables.principal
        return (
            select(principal.c.no)
            .where(principal.c.portfolio == PORTFOLIO, self._dialect.among(principal.c.no, "principals"))
            .order_by(principal.c.no)
        )

    def _together(self, person: ColumnElement[Any]) -> ColumnElement[bool]:
        both = self._tables.membership.alias("both")
        return exists().where(
            both.c.portfolio == PORTFOLIO, both.c.person == person, both.c.grp.in_(self._visible.groups())
        )

    def _build_acquaintances(self, named: bool) -> Select[Any]:
        t = self._tables
        mine = exists().where(
            t.membership.c.portfolio == PORTFOLIO,
            t.membership.c.person == ME,
            t.membership.c.grp == t.principal.c.no,
        )
        return (
            select(
                t.principal.c.no,
                t.principal.c.is_group.label("group"),
                (t.principal.c.no == ME).label("me"),
                case((t.principal.c.is_group, t.grp.c.deleted_at.is_(None)), else_=t.person.c.active).label("active"),
                func.coalesce(t.person.c.internal, false()).label("internal"),
                func.coalesce(t.grp.c.teambox, false()).label("teambox"),
                func.coalesce(t.grp.c.open, false()).label("open"),
                case((t.principal.c.is_group, mine), else_=self._together(t.principal.c.no)).label("together"),
                (self._visible.named(t.principal.c.no) if named else false()).label("named"),
            )
            .outerjoin(t.person, _same(t.person, t.principal))
            .outerjoin(t.grp, _same(t.grp, t.principal))
            .where(
                t.principal.c.portfolio == PORTFOLIO,
                self._dialect.among(t.principal.c.no, "principals"),
            )
        )

    def _build_naming(self) -> Select[Any]:
        """Select which of some persons see something that names which principals."""
        viewer, other = self._tables.person.alias("viewing"), self._tables.principal.alias("other")
        me: ColumnElement[int] = literal_column("viewing.no", Integer())  # of the statement around, at any depth
        return (
            select(viewer.c.no, other.c.no)
            .join(other, other.c.portfolio == viewer.c.portfolio)
            .where(
                viewer.c.portfolio == PORTFOLIO,
                self._dialect.among(viewer.c.no, "persons"),
                self._dialect.among(other.c.no, "principals"),
                Visible(self._tables, me).named(other.c.no),
            )
        )

    def _build_cards(self) -> Select[Any]:
        t = self._tables
        return (
            select(
                t.person.c.no,
                t.principal.c.id,
                t.person.c.name,
                t.person.c.internal,
                t.person.c.organisation,
                t.person.c.active,
            )
            .join(t.principal, _same(t.principal, t.person))
            .where(t.person.c.portfolio == PORTFOLIO)
        )

    def _build_known(self, *, all: bool) -> Select[Any]:
        t = self._tables
        addressable = and_(t.person.c.active, self._visible.internal().scalar_subquery())
        known = or_(
            t.person.c.no == ME,
            addressable,
            self._together(t.person.c.no),
            self._visible.named(t.person.c.no),
        )
        return (
            self._build_cards()
            .where(t.person.c.no < bindparam("before", type_=BigInteger()), true() if all else known)
            .order_by(t.person.c.no.desc())
            .limit(bindparam("most"))
        )

    def actor(self, tx: Transaction, portfolio: str, person: str) -> Actor | None:
        """Return who acts, rights of a living main group included, in one statement; None where there is none."""
        row = tx.handle.execute(self._actor, {"portfolio_id": portfolio, "person": person}).one_or_none()
        return None if row is None else self._read_actor(row)

    def actors(self, scope: Scope, persons: Collection[str]) -> dict[str, Actor]:
        """Return the same of many persons, by id, in one statement; without those there are not."""
        rows = run(scope, self._actors, persons=self._dialect.listed(persons))
        return {row.id: self._read_actor(row) for row in rows}

    @staticmethod
    def _read_actor(row: Any) -> Actor:
        return Actor(
            portfolio=row.portfolio,
            no=row.no,
            id=row.id,
            internal=row.internal,
            active=row.active,
            rights=frozenset(map(Right, json.loads(row.rights))) if row.rights else frozenset(),
            seal=bytes(row.seal),
            sent_for_since=row.sent_for_since,
        )

    def next_no(self, scope: Scope) -> int:
        """Return the next free number of a principal, under a lock of the portfolio."""
        run(scope, self._lock_portfolio)
        return int(run(scope, self._last).scalar_one()) + 1

    def add(self, scope: Scope, persons: Sequence[Person]) -> dict[str, int]:
        """Store new persons under new numbers, which are returned by id."""
        first = self.next_no(scope)
        numbers = {person.id: no for no, person in enumerate(persons, start=first)}
        store(scope, self._add_principal, [{"no": no, "id": id, "is_group": False} for id, no in numbers.items()])
        store(
            scope,
            self._add_person,
            [{"no": numbers[person.id], **{name: getattr(person, name) for name in _FIELDS[1:]}} for person in persons],
        )
        return numbers

    def update(self, scope: Scope, no: int, person: Person) -> None:
        """Store a person's present state, `active` included."""
        run(scope, self._update, number=no, **{f"new_{name}": getattr(person, name) for name in _FIELDS[1:]})

    def find(self, scope: Scope, ids: Collection[str]) -> Mapping[str, tuple[int, Person]]:
        """Return number and person of those ids that exist."""
        numbers = self.principals(scope, [ItemRef(Kind.PERSON.value, id) for id in ids])
        return self._by_id(run(scope, self._find, persons=self._dialect.listed(numbers.values()))) if numbers else {}

    def principals(self, scope: Scope, refs: Collection[ItemRef]) -> Mapping[ItemRef, int]:
        """Return the numbers of those references to persons and groups that exist, deleted groups included."""
        if not refs:
            return {}
        rows = run(scope, self._principals, ids=self._dialect.listed([ref.id for ref in refs]))
        found = {ItemRef((Kind.GROUP if row.is_group else Kind.PERSON).value, row.id): row.no for row in rows}
        return {ref: found[ref] for ref in refs if ref in found}

    def all(self, scope: Scope) -> Mapping[str, tuple[int, Person]]:
        """Return every person by id."""
        return self._by_id(run(scope, self._all))

    def page(self, scope: Scope, *, before: int, limit: int) -> list[tuple[int, Person]]:
        """Return the newest persons whose number is below `before`, newest first."""
        return [(row[0], Person(*row[1:])) for row in run(scope, self._page, before=before, most=limit)]

    def cards(self, scope: Scope, numbers: Collection[int]) -> Mapping[int, PersonCard]:
        """Return what others are shown of persons, by number."""
        return {row[0]: PersonCard(*row[1:]) for row in run(scope, self._cards, persons=self._dialect.listed(numbers))}

    def active(self, scope: Scope) -> set[int]:
        """Return the numbers of all active persons."""
        return set(run(scope, self._active).scalars())

    def lock(self, scope: Scope, principals: Collection[int], *, exclusive: bool) -> None:
        """Lock principals in the order of their numbers until the transaction ends."""
        if self._dialect.postgresql and principals:
            statement = self._exclusive_lock if exclusive else self._shared_lock
            run(scope, statement, principals=self._dialect.listed(principals))

    def acquaintances(
        self, scope: Scope, viewer: int, principals: Collection[int], *, named: bool
    ) -> dict[int, Acquaintance]:
        """Return what a viewer has to do with principals; `named` is looked up only where asked for, else False."""
        rows = run(scope, self._acquaintances[named], me=viewer, principals=self._dialect.listed(principals))
        return {row.no: Acquaintance(row.no, *map(bool, row[1:])) for row in rows}

    def naming(self, scope: Scope, viewers: Collection[int], principals: Collection[int]) -> set[tuple[int, int]]:
        """Return the pairs of a viewer and a principal who is named on something the viewer sees."""
        listed = self._dialect.listed
        rows = run(scope, self._naming, persons=listed(viewers), principals=listed(principals))
        return {(viewer, other) for viewer, other in rows}

    def known(
        self, scope: Scope, viewer: int, *, everybody: bool, before: int, limit: int
    ) -> list[tuple[int, PersonCard]]:
        """Return persons whom a viewer may know (V17), the newest below number `before`, newest first."""
        statement = self._everybody if everybody else self._known
        rows = run(scope, statement, me=viewer, before=before, most=limit)
        return [(row[0], PersonCard(*row[1:])) for row in rows]

    @staticmethod
    def _by_id(rows: Any) -> dict[str, tuple[int, Person]]:
        return {row[1]: (row[0], Person(*row[1:])) for row in rows}


def _same(left: Any, right: Any) -> ColumnElement[bool]:
    return and_(left.c.portfolio == right.c.portfolio, left.c.no == right.c.no)
