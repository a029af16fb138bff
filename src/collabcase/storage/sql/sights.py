"""What the rule stands on, kept in SQL, and the rule asked of it; keeps `SightStore`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any

from attrs import frozen
from sqlalchemy import (
    Executable,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    not_,
    or_,
    select,
)

from collabcase.ids import KIND_MASK, Kind, kind_code, kind_of
from collabcase.permissions.sight import HANGS_ON, ROLES, Hanging, Involvement, Role, Sight, extends
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.interfaces.sights import Reach
from collabcase.storage.sql.feeds import SqlFeeds
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import Visible


@frozen
class LoadedFacts:
    """What the rule in Python needs to judge some items, loaded beforehand."""

    rows: Mapping[int, Sequence[Involvement]]
    lives_on: Mapping[int, Sequence[Hanging]]
    groups: Mapping[int, Set[int]]

    def involved(self, item: int) -> Sequence[Involvement]:
        """Return who is involved in an item."""
        return self.rows.get(item, ())

    def hangings(self, item: int) -> Sequence[Hanging]:
        """Return what an item hangs on."""
        return self.lives_on.get(item, ())

    def groups_of(self, principal: int) -> Set[int]:
        """Return the groups a person is in."""
        return self.groups.get(principal, frozenset())


class SqlSights:
    """Keeps involvement and hangings, and asks the rule of them; keeps `SightStore`."""

    def __init__(self, tables: Tables, dialect: Dialect, feeds: SqlFeeds) -> None:
        self._dialect, self._feeds = dialect, feeds
        visible = Visible(tables)
        row, hangs, membership = tables.involvement, tables.hangs, tables.membership
        self._sights = visible.sights(dialect)
        self._sees = visible.sees(dialect.numbers("items"))
        self._exists = select(
            or_(
                exists().where(row.c.portfolio == PORTFOLIO, row.c.item == bindparam("item")),
                exists().where(hangs.c.portfolio == PORTFOLIO, hangs.c.item == bindparam("item")),
            )
        )
        self._involved = select(row.c.item, row.c.principal, row.c.role, row.c.extends).where(
            row.c.portfolio == PORTFOLIO, dialect.among(row.c.item, "items")
        )
        self._hangings = select(hangs.c.item, hangs.c.on_item, hangs.c.internal).where(
            hangs.c.portfolio == PORTFOLIO, dialect.among(hangs.c.item, "items")
        )
        self._groups_of = select(membership.c.person, membership.c.grp).where(
            membership.c.portfolio == PORTFOLIO, dialect.among(membership.c.person, "persons")
        )
        self._involve = dialect.insert(row)
        self._hang = dialect.insert(hangs)
        in_role = and_(
            row.c.portfolio == PORTFOLIO,
            dialect.among(row.c.item, "items"),
            row.c.principal == bindparam("principal"),
            row.c.role == bindparam("of_role"),
        )
        self._withdraw = delete(row).where(in_role).returning(row.c.item)
        self._shapes = visible.shapes(dialect)
        self._take_over, self._copies = self._build_take_over(row)
        self._beyond = self._build_beyond(row)

    def _build_take_over(self, row: Table) -> tuple[Executable, Executable]:
        """Build what gives one principal all that another is involved in, and what ends observing beside it."""
        heir, observer = row.alias("heir"), int(Role.OBSERVER)
        is_more = and_(heir.c.portfolio == PORTFOLIO, heir.c.item == row.c.item, heir.c.role != observer)
        inherited = select(
            row.c.portfolio, row.c.item, bindparam("new", type_=Integer()), row.c.role, row.c.extends
        ).where(
            row.c.portfolio == PORTFOLIO,
            row.c.principal == bindparam("old"),
            or_(row.c.role != observer, not_(exists().where(is_more, heir.c.principal == bindparam("new")))),
        )
        columns = ["portfolio", "item", "principal", "role", "extends"]
        take = self._dialect.insert(row).from_select(columns, inherited).returning(row.c.item, row.c.role)
        copies = delete(row).where(
            row.c.portfolio == PORTFOLIO,
            row.c.principal == bindparam("new"),
            row.c.role == observer,
            exists().where(is_more, heir.c.principal == row.c.principal),
        )
        return take, copies

    def _build_beyond(self, row: Table) -> Select[Any]:
        other = row.alias("other")
        seen_otherwise = exists().where(
            other.c.portfolio == PORTFOLIO,
            other.c.item == row.c.item,
            or_(
                self._dialect.among(other.c.principal, "other_own"),
                and_(other.c.extends, self._dialect.among(other.c.principal, "other_peers")),
            ),
        )
        return (
            select(row.c.item)
            .distinct()
            .where(
                row.c.portfolio == PORTFOLIO,
                self._dialect.among(row.c.item.op("&")(KIND_MASK), "codes"),
                or_(
                    self._dialect.among(row.c.principal, "new_own"),
                    and_(row.c.extends, self._dialect.among(row.c.principal, "new_peers")),
                ),
                not_(seen_otherwise),
            )
        )

    def sight(self, scope: Scope, person: int) -> Sight:
        """Return what decides what a person sees now; an inactive person has no sharing groups (V3)."""
        return self.sights(scope, [person]).get(person) or Sight(person, False, frozenset(), frozenset())

    def sights(self, scope: Scope, persons: Collection[int]) -> dict[int, Sight]:
        """Return the same of many persons, by number, in one statement."""
        internal: dict[int, bool] = {}
        groups: dict[int, set[int]] = {}
        sharing: dict[int, set[int]] = {}
        for person, house, group, shares in run(scope, self._sights, persons=self._dialect.listed(persons)):
            internal[person] = house
            if group is not None:
                groups.setdefault(person, set()).add(group)
            if shares:
                sharing.setdefault(person, set()).add(group)
        return {
            person: Sight(person, house, frozenset(groups.get(person, ())), frozenset(sharing.get(person, ())))
            for person, house in internal.items()
        }

    def sees(self, scope: Scope, viewer: int, items: Collection[int]) -> set[int]:
        """Return those items of any kind that a viewer sees, hanging included, in one statement."""
        if not items:
            return set()
        return set(run(scope, self._sees, me=viewer, items=self._dialect.listed(items)).scalars())

    def exists(self, scope: Scope, item: int) -> bool:
        """Tell whether anybody is involved in an item or it hangs on something."""
        return bool(run(scope, self._exists, item=item).scalar_one())

    def facts(self, scope: Scope, items: Collection[int]) -> LoadedFacts:
        """Return what the rule in Python needs to judge items, loaded with everything they hang on."""
        lives_on: dict[int, list[Hanging]] = {}
        family = set(items)
        found = {item for item in items if kind_of(item) in HANGS_ON}
        while found:
            above = run(scope, self._hangings, items=self._dialect.listed(found)).all()
            for below, on, internal in above:
                lives_on.setdefault(below, []).append(Hanging(on, internal))
            found = {on for _, on, _ in above} - family
            family |= found
        rows: dict[int, list[Involvement]] = {}
        for thing, principal, role, reaches in run(scope, self._involved, items=self._dialect.listed(family)):
            rows.setdefault(thing, []).append(Involvement(principal, Role(role), reaches))
        principals = {entry.principal for entries in rows.values() for entry in entries}
        return LoadedFacts(rows, lives_on, self.groups_of(scope, principals))

    def shapes(self, scope: Scope, talks: Collection[int]) -> dict[int, list[tuple[Involvement, ...]]]:
        """Return who is on the messages of talks: for each talk, every set of rows that some message of it has."""
        found: dict[int, list[tuple[Involvement, ...]]] = {}
        for talk, shape in run(scope, self._shapes, talks=self._dialect.listed(talks)):
            rows = [map(int, row.split(":")) for row in shape.split()]
            found.setdefault(talk, []).append(
                tuple(Involvement(principal, Role(role), bool(reaches)) for principal, role, reaches in rows)
            )
        return found

    def groups_of(self, scope: Scope, persons: Collection[int]) -> dict[int, Set[int]]:
        """Return the groups of persons."""
        groups: dict[int, set[int]] = {}
        for person, group in run(scope, self._groups_of, persons=self._dialect.listed(persons)):
            groups.setdefault(person, set()).add(group)
        return dict(groups)

    def involve(self, scope: Scope, item: int, rows: Iterable[Involvement]) -> None:
        """Store who is involved in an item; known rows stay as they are."""
        kept = list(rows)
        unfit = {row.role for row in kept} - ROLES.get(kind_of(item), frozenset())
        if unfit:
            raise ValueError(f"a {kind_of(item)} knows no role {sorted(role.name for role in unfit)}")
        store(
            scope,
            self._involve,
            [{"item": item, "principal": row.principal, "role": int(row.role), "extends": row.extends} for row in kept],
        )
        self._feeds.involved(scope, item, {row.principal for row in kept})

    def withdraw(self, scope: Scope, items: Collection[int], principal: int, role: Role) -> set[int]:
        """End a principal's role in items and return those where there was one."""
        listed = self._dialect.listed(items)
        ended = set(run(scope, self._withdraw, items=listed, principal=principal, of_role=int(role)).scalars())
        self._feeds.withdrawn(scope, ended, principal)
        reached = [item for item in ended if extends(kind_of(item), role, to_group=False)]
        for group in sorted(self.groups_of(scope, [principal]).get(principal, ())) if reached else ():
            self._feeds.ended(scope, reached, group)
        return ended

    def take_over(self, scope: Scope, old: int, new: int) -> dict[int, Role]:
        """Involve `new` in everything `old` is involved in, by the same roles (G4); a recipient is no observer, too."""
        taken = {row.item: Role(row.role) for row in run(scope, self._take_over, old=old, new=new)}
        run(scope, self._copies, new=new)
        self._feeds.inherited(scope, new)
        return taken

    def hang(self, scope: Scope, item: int, rows: Iterable[Hanging]) -> None:
        """Store what an item hangs on; the kinds must allow it (`HANGS_ON`)."""
        kept = list(rows)
        unfit = {kind_of(row.on) for row in kept} - HANGS_ON.get(kind_of(item), frozenset())
        if unfit:
            raise ValueError(f"a {kind_of(item)} never hangs on a {', '.join(sorted(unfit))}")
        store(scope, self._hang, [{"item": item, "on_item": row.on, "internal": row.internal} for row in kept])

    def beyond(self, scope: Scope, reach: Reach, other: Reach, kinds: Collection[Kind]) -> set[int]:
        """Return the items of these kinds that `reach` shows through involvement and `other` does not."""
        own, other_own = {reach.me, *reach.groups}, {other.me, *other.groups}
        new_own, new_peers = own - other_own, reach.peers - other.peers - other_own
        if not new_own and not new_peers:
            return set()
        listed = self._dialect.listed
        return set(
            run(
                scope,
                self._beyond,
                codes=listed([kind_code(kind) for kind in kinds]),
                new_own=listed(new_own),
                new_peers=listed(new_peers),
                other_own=listed(other_own),
                other_peers=listed(other.peers),
            ).scalars()
        )
