"""The rule of visibility as SQL: the same as `permissions/sight.py`, and the only other place where it is said.

Who looks is part of every statement, as the bind `me`: their groups and their sharing groups are read where the
rows are read, so a statement never judges by a membership that another has ended before.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
)

from collabcase.permissions.sight import Role
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, any_row, unindexed
from collabcase.storage.sql.tables import Tables

ME: Any = bindparam("me")


class Visible:
    """Expressions of the rule over a set of tables; `me` is who looks, where that is not the bind."""

    def __init__(self, tables: Tables, me: ColumnElement[Any] = ME) -> None:
        self._tables, self._me = tables, me

    def groups(self) -> Select[Any]:
        """Select the numbers of my groups (V2)."""
        mine = self._tables.membership.alias("mine")
        return select(mine.c.grp).where(mine.c.portfolio == PORTFOLIO, mine.c.person == self._me)

    def sharing(self) -> Select[Any]:
        """Select the numbers of my groups that share now; none while the feature is off or I am inactive (V3, G3)."""
        t = self._tables
        mine, me = t.membership.alias("mine"), t.person.alias("viewer")
        return (
            select(mine.c.grp)
            .join(t.grp, and_(t.grp.c.portfolio == mine.c.portfolio, t.grp.c.no == mine.c.grp, t.grp.c.shares))
            .join(t.portfolio, and_(t.portfolio.c.no == mine.c.portfolio, t.portfolio.c.sharing))
            .join(me, and_(me.c.portfolio == mine.c.portfolio, me.c.no == mine.c.person, me.c.active))
            .where(mine.c.portfolio == PORTFOLIO, mine.c.person == self._me)
        )

    def sights(self, dialect: Dialect) -> Select[Any]:
        """Select all of the sight of persons (bind `persons`): a row for each group of theirs, or one without."""
        t = self._tables
        person, mine = t.person.alias("viewer"), t.membership.alias("mine")
        shares = and_(t.grp.c.shares, t.portfolio.c.sharing, person.c.active)
        return (
            select(person.c.no, person.c.internal, mine.c.grp, shares.label("shares"))
            .join(t.portfolio, t.portfolio.c.no == person.c.portfolio)
            .outerjoin(mine, and_(mine.c.portfolio == person.c.portfolio, mine.c.person == person.c.no))
            .outerjoin(t.grp, and_(t.grp.c.portfolio == mine.c.portfolio, t.grp.c.no == mine.c.grp))
            .where(person.c.portfolio == PORTFOLIO, dialect.among(person.c.no, "persons"))
        )

    def internal(self) -> Select[Any]:
        """Select whether I am an internal person (V9)."""
        me = self._tables.person.alias("viewer")
        return select(me.c.internal).where(me.c.portfolio == PORTFOLIO, me.c.no == self._me)

    def direct(self, item: ColumnElement[Any], *, many: bool = False) -> ColumnElement[bool]:
        """Say that I see an item through its own involvement.

        Args:
            item: the column of its number.
            many: whether thousands of items are asked about. For these PostgreSQL collects all my peers beforehand,
                which takes longer than to ask of a page's few rows, one by one, whether each is a peer.
        """
        row = self._tables.involvement.alias("row")
        peer = self._tables.membership.alias("peer")
        peers = (
            peer.c.portfolio == PORTFOLIO,
            peer.c.person == row.c.principal,
            peer.c.grp.in_(self.sharing()),
        )
        shared = exists().where(*peers) if many else any_row(*peers)
        shows = (
            row.c.portfolio == PORTFOLIO,
            row.c.item == item,
            or_(self._own(row), and_(row.c.extends, shared)),
        )
        return exists().where(*shows) if many else any_row(*shows)

    def own(self, item: ColumnElement[Any]) -> ColumnElement[bool]:
        """Say that I see an item by V1 or V2: by my own involvement or a group's, not by sharing."""
        row = self._tables.involvement.alias("row")
        return exists().where(row.c.portfolio == PORTFOLIO, row.c.item == item, self._own(row))

    def _own(self, row: Any) -> ColumnElement[bool]:
        return or_(row.c.principal == self._me, row.c.principal.in_(self.groups()))

    def sees(self, items: Select[Any]) -> Select[Any]:
        """Select those of `items` (one column of numbers) that I see, by whatever they hang on."""
        hangs = self._tables.hangs
        first = items.subquery("asked").c[0]
        up = select(first.label("start"), first.label("item")).cte("up", recursive=True)
        up = up.union(
            select(up.c.start, hangs.c.on_item)
            .select_from(up.join(hangs, hangs.c.item == up.c.item))
            .where(hangs.c.portfolio == PORTFOLIO, or_(~hangs.c.internal, self.internal().scalar_subquery()))
        )
        return select(up.c.start).distinct().where(self.direct(up.c.item))

    def named(self, principal: ColumnElement[Any]) -> ColumnElement[bool]:
        """Say that a principal is named on something I see through involvement, or stands to be copied on it (V17)."""
        row, standing = self._tables.involvement.alias("naming"), self._tables.standing.alias("standing_by")
        return or_(
            exists().where(row.c.portfolio == PORTFOLIO, row.c.principal == principal, self.direct(row.c.item)),
            exists().where(
                standing.c.portfolio == PORTFOLIO,
                standing.c.principal == principal,
                self.direct(standing.c.message),
            ),
        )

    def in_role(self, item: ColumnElement[Any], principal: ColumnElement[Any], role: Role) -> ColumnElement[bool]:
        """Say that a principal has a role in an item; a filter, it shows nothing."""
        row = self._tables.involvement.alias("asked_for")
        return any_row(
            row.c.portfolio == PORTFOLIO,
            row.c.item == item,
            row.c.principal == principal,
            unindexed(row.c.role) == int(role),
        )

    def shapes(self, dialect: Dialect) -> Select[Any]:
        """Select who is on the messages of talks (bind `talks`): talk, and ``principal:role:extends …`` of a message.

        Messages with the same people give one row.
        """
        row, message = self._tables.involvement.alias("shape"), self._tables.message
        entry = (
            cast(row.c.principal, String)
            + ":"
            + cast(row.c.role, String)
            + ":"
            + cast(cast(row.c.extends, Integer), String)
        )
        joined = func.string_agg(entry, " ") if dialect.postgresql else func.group_concat(entry, " ")
        return (
            select(message.c.talk, joined.label("shape"))
            .distinct()
            .join(row, and_(row.c.portfolio == message.c.portfolio, row.c.item == message.c.id))
            .where(message.c.portfolio == PORTFOLIO, dialect.among(message.c.talk, "talks"))
            .group_by(message.c.talk, message.c.id)
        )

    def roles(self) -> Select[Any]:
        """Select item, principal, role, is_group and outside id of everybody involved; to be filtered by item."""
        t = self._tables
        row = t.involvement
        return (
            select(row.c.item, row.c.principal, row.c.role, t.principal.c.is_group, t.principal.c.id)
            .join(
                t.principal,
                and_(t.principal.c.portfolio == row.c.portfolio, t.principal.c.no == row.c.principal),
            )
            .where(row.c.portfolio == PORTFOLIO)
        )
