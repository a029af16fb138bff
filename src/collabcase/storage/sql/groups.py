"""Groups and memberships in SQL; keeps `GroupStore`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from attrs import evolve
from sqlalchemy import BigInteger, and_, bindparam, delete, exists, insert, or_, select, true, update

from collabcase.ids import Kind
from collabcase.model.group import Group, Right
from collabcase.model.item import ItemRef
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.feeds import SqlFeeds
from collabcase.storage.sql.people import SqlPeople
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import ME, Visible


class SqlGroups:
    """Groups, their members, their boxes and rights."""

    def __init__(self, tables: Tables, dialect: Dialect, people: SqlPeople, feeds: SqlFeeds) -> None:
        self._dialect, self._people, self._feeds = dialect, people, feeds
        t = tables
        grp, principal, membership = t.grp, t.principal, t.membership
        visible = Visible(tables)
        mine = exists().where(
            membership.c.portfolio == PORTFOLIO, membership.c.person == ME, membership.c.grp == grp.c.no
        )
        groups = (
            select(grp, principal.c.id, mine.label("mine"))
            .join(principal, and_(principal.c.portfolio == grp.c.portfolio, principal.c.no == grp.c.no))
            .where(grp.c.portfolio == PORTFOLIO)
        )
        self._named = groups.where(dialect.among(grp.c.no, "principals"))
        addressable = and_(grp.c.teambox, or_(grp.c.open, visible.internal().scalar_subquery()))
        below = grp.c.no < bindparam("before", type_=BigInteger())
        known = or_(mine, addressable, visible.named(grp.c.no))
        self._pages = {
            name: groups.where(condition, grp.c.deleted_at.is_(None), below)
            .order_by(grp.c.no.desc())
            .limit(bindparam("most"))
            for name, condition in {"all": true(), "mine": mine, "known": known}.items()
        }
        self._among = select(grp.c.no, grp.c.deleted_at).where(
            grp.c.portfolio == PORTFOLIO, dialect.among(grp.c.no, "principals")
        )
        self._add_principal, self._add = insert(principal), insert(grp)
        one = and_(grp.c.portfolio == PORTFOLIO, grp.c.no == bindparam("number"))
        self._rename = update(grp).where(one).values(name=bindparam("new_name"))
        self._share = update(grp).where(one).values(shares=bindparam("on"), shares_since=bindparam("since"))
        self._give = update(grp).where(one).values(rights=bindparam("new_rights"))
        self._delete = update(grp).where(one).values(deleted_at=bindparam("moment"))
        self._prepare_members(t)
        self._sharing = select(grp.c.no).where(grp.c.portfolio == PORTFOLIO, grp.c.shares)

    def _prepare_members(self, t: Tables) -> None:
        principal, membership = t.principal, t.membership
        named = self._dialect.among(membership.c.person, "persons")
        self._members = (
            select(membership.c.grp, principal.c.id)
            .join(
                principal,
                and_(principal.c.portfolio == membership.c.portfolio, principal.c.no == membership.c.person),
            )
            .where(membership.c.portfolio == PORTFOLIO, self._dialect.among(membership.c.grp, "groups"))
        )
        self._join = insert(membership)
        self._leave = delete(membership).where(
            membership.c.portfolio == PORTFOLIO,
            membership.c.grp == bindparam("number"),
            named,
        )
        self._main = select(membership.c.person, membership.c.grp).where(
            membership.c.portfolio == PORTFOLIO,
            membership.c.main,
            named,
        )
        self._memberships = select(membership.c.person, membership.c.grp).where(membership.c.portfolio == PORTFOLIO)

    def add(self, scope: Scope, group: Group, *, since: int) -> int:
        """Store a new group without members and return its number; `since` (milliseconds) is kept if it shares."""
        no = self._people.next_no(scope)
        store(scope, self._add_principal, [{"no": no, "id": group.id, "is_group": True}])
        store(
            scope,
            self._add,
            [
                {
                    "no": no,
                    "name": group.name,
                    "main": group.main,
                    "shares": group.shares_cases,
                    "shares_since": since if group.shares_cases else None,
                    "teambox": group.teambox,
                    "open": group.open,
                    "rights": json.dumps(sorted(group.rights or ())),
                    "host_ref": group.host_ref,
                }
            ],
        )
        return no

    def find(self, scope: Scope, ids: Collection[str]) -> Mapping[str, tuple[int, Group]]:
        """Return number and group, with members and rights, of those ids that exist, deleted ones included."""
        numbers = self._people.principals(scope, [ItemRef(Kind.GROUP.value, id) for id in ids])
        listed = self._dialect.listed(numbers.values())
        return {group.id: (no, group) for no, group, _ in self._groups(scope, self._named, principals=listed, me=0)}

    def among(self, scope: Scope, principals: Collection[int]) -> dict[int, bool]:
        """Return those principals that are groups, each with whether it is deleted."""
        rows = run(scope, self._among, principals=self._dialect.listed(principals))
        return {row.no: row.deleted_at is not None for row in rows}

    def named(self, scope: Scope, numbers: Collection[int]) -> Mapping[int, Group]:
        """Return groups by number, deleted ones included, without members and rights; other numbers are left out."""
        rows = run(scope, self._named, principals=self._dialect.listed(numbers), me=0)
        return {row.no: _group(row) for row in rows}

    def page(
        self, scope: Scope, *, viewer: int | None, all: bool, mine: bool, before: int, limit: int
    ) -> list[tuple[int, Group, bool]]:
        """Return living groups, newest first below number `before`, each with whether the viewer is a member."""
        statement = self._pages["mine" if mine else "all" if all else "known"]
        return self._groups(scope, statement, me=viewer or 0, before=before, most=limit)

    def _groups(self, scope: Scope, statement: Any, **values: object) -> list[tuple[int, Group, bool]]:
        rows = run(scope, statement, **values).all()
        members: dict[int, list[str]] = {row.no: [] for row in rows}
        for group, person in run(scope, self._members, groups=self._dialect.listed(members)):
            members[group].append(person)
        return [
            (
                row.no,
                evolve(
                    _group(row),
                    rights=tuple(map(Right, json.loads(row.rights))),
                    members=tuple(sorted(members[row.no])),
                ),
                bool(row.mine),
            )
            for row in rows
        ]

    def rename(self, scope: Scope, no: int, name: str) -> None:
        """Store a new name."""
        run(scope, self._rename, number=no, new_name=name)

    def set_sharing(self, scope: Scope, no: int, on: bool, *, since: int) -> None:
        """Tick or untick the box; `since` (milliseconds) is kept while it is ticked."""
        run(scope, self._share, number=no, on=on, since=since if on else None)

    def set_rights(self, scope: Scope, no: int, rights: Collection[Right]) -> None:
        """Store what the group gives."""
        run(scope, self._give, number=no, new_rights=json.dumps(sorted(rights)))

    def join(self, scope: Scope, no: int, persons: Collection[int], *, main: bool, since: int) -> None:
        """Add members; the database refuses a second main membership with `AlreadyInMainGroup`."""
        store(
            scope,
            self._join,
            [{"grp": no, "person": person, "main": main, "since": since} for person in sorted(persons)],
        )
        self._feeds.joined(scope, no, persons)

    def leave(self, scope: Scope, no: int, persons: Collection[int]) -> None:
        """Remove members."""
        run(scope, self._leave, number=no, persons=self._dialect.listed(persons))
        self._feeds.left(scope, no, persons)

    def main_group_of(self, scope: Scope, persons: Collection[int]) -> Mapping[int, int]:
        """Return the main group of each person who is in one."""
        rows = run(scope, self._main, persons=self._dialect.listed(persons))
        return {row.person: row.grp for row in rows}

    def delete(self, scope: Scope, no: int, *, at: int) -> None:
        """Mark a group as deleted at a moment (milliseconds); it has no members any more."""
        run(scope, self._delete, number=no, moment=at)

    def memberships(self, scope: Scope) -> Mapping[int, frozenset[int]]:
        """Return the groups of every person who is in one."""
        groups: dict[int, set[int]] = {}
        for person, group in run(scope, self._memberships):
            groups.setdefault(person, set()).add(group)
        return {person: frozenset(found) for person, found in groups.items()}

    def sharing_groups(self, scope: Scope) -> frozenset[int]:
        """Return the groups whose box is ticked, whatever the feature."""
        return frozenset(run(scope, self._sharing).scalars())


def _group(row: Any) -> Group:
    return Group(
        id=row.id,
        name=row.name,
        main=row.main,
        shares_cases=row.shares,
        teambox=row.teambox,
        open=row.open,
        deleted=row.deleted_at is not None,
        host_ref=row.host_ref,
    )
