"""Walking what I see from the newest down, in a few index reads for each list that leads there.

My own involvement, my groups' and the feeds of my sharing groups are lists by number; a page takes the first rows of
each, merges them, and asks the rule again of what it shows. So a row of a feed that should not be there shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
    not_,
    or_,
    select,
    true,
    union,
    union_all,
)

from collabcase.ids import KIND_MASK, Kind, kind_code
from collabcase.model.reading import Heading
from collabcase.storage.sql.rows import PORTFOLIO, Dialect
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import ME, Visible

BEFORE: Any = bindparam("before", type_=BigInteger())
MOST: Any = bindparam("most", type_=Integer())
_MESSAGE = kind_code(Kind.MESSAGE)

Rows = Callable[[ColumnElement[Any]], Select[Any]]
"""The rows of one principal's list: position first; neither ordered nor limited."""


class Lists:
    """Selects over the lists of an installation."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._t, self._dialect, self._visible = tables, dialect, Visible(tables)

    def messages(self) -> Select[Any]:
        """Select the newest `most` messages below `before` that the lists lead to, newest first."""
        arms = [
            self._first(self._involving(ME)),
            self._first_of_each(self._visible.groups(), self._involving),
            self._first_of_each(self._visible.sharing(), self._feed),
        ]
        merged = union(*arms).subquery("merged")
        return select(merged.c[0].label("item")).order_by(merged.c[0].desc()).limit(MOST)

    def involving(self, principal: ColumnElement[Any]) -> Select[Any]:
        """Select the newest `most` messages below `before` that involve a principal, newest first."""
        return self._first(self._involving(principal))

    def _involving(self, principal: ColumnElement[Any]) -> Select[Any]:
        row = self._t.involvement.alias()
        return (
            select(row.c.item)
            .distinct()
            .where(
                row.c.portfolio == PORTFOLIO,
                row.c.principal == principal,
                row.c.item.op("&")(KIND_MASK) == _MESSAGE,
                row.c.item < BEFORE,
            )
        )

    def _feed(self, group: ColumnElement[Any]) -> Select[Any]:
        row = self._t.feed.alias()
        return select(row.c.item).where(
            row.c.portfolio == PORTFOLIO, row.c.grp == group, row.c.kind == _MESSAGE, row.c.item < BEFORE
        )

    def talks(self, heading: Heading | None) -> Select[Any]:
        """Select the newest `most` talks below `before` under a heading, None for all: talk and position.

        A talk stands where its newest message of the heading is; on later pages older rows of it may come again.
        """
        arms = {
            Heading.MINE: self._first(self._listed(ME, heading)),
            Heading.TEAMBOX: self._first_of_each(self._visible.groups(), lambda group: self._listed(group, heading)),
            Heading.SHARED: self._first_of_each(
                self._visible.sharing(), lambda group: self._listed(group, heading, shared=True)
            ),
        }
        merged = union_all(*(arms.values() if heading is None else [arms[heading]])).subquery("merged")
        position = func.max(merged.c.last)
        return (
            select(merged.c.talk, position.label("position"))
            .group_by(merged.c.talk)
            .order_by(position.desc())
            .limit(MOST)
        )

    def _listed(self, principal: ColumnElement[Any], heading: Heading | None, *, shared: bool = False) -> Select[Any]:
        """Select a principal's rows of the inbox's list, without talks that stand under an earlier heading."""
        row = self._t.talk_list.alias()
        earlier = {Heading.TEAMBOX: (Heading.MINE,), Heading.SHARED: (Heading.MINE, Heading.TEAMBOX)}
        return select(row.c.last, row.c.talk).where(
            row.c.portfolio == PORTFOLIO,
            row.c.principal == principal,
            row.c.shared == shared,
            row.c.last < BEFORE,
            *(not_(self.stands(row.c.talk, other)) for other in (earlier.get(heading, ()) if heading else ())),
        )

    def stands(self, talk: ColumnElement[Any], heading: Heading) -> ColumnElement[bool]:
        """Say that one of my lists under a heading has a talk, whatever the others have."""
        row = self._t.talk_list.alias()
        return exists().where(row.c.portfolio == PORTFOLIO, row.c.talk == talk, self._under(row, heading))

    def whole(self, talks: Select[Any], heading: Heading | None) -> Select[Any]:
        """Select talks and positions with what all my lists say of each talk.

        Columns:
            top: the newest message of it in any list.
            newest: the newest one in the lists of the heading; greater than the position where that is an older row.
            mine, teambox: 1 where lists of that heading have it, else 0.
        """
        row, found = self._t.talk_list.alias("leading"), talks.subquery("found")
        under = {one: self._under(row, one) for one in Heading}
        top = func.max(row.c.last)
        has = {one: func.max(case((under[one], 1), else_=0)) for one in (Heading.MINE, Heading.TEAMBOX)}
        newest = top if heading is None else func.max(case((under[heading], row.c.last), else_=0))
        return (
            select(
                found.c.talk,
                found.c.position,
                top.label("top"),
                newest.label("newest"),
                *(told.label(one.value) for one, told in has.items()),
            )
            .select_from(
                found.join(row, and_(row.c.portfolio == PORTFOLIO, row.c.talk == found.c.talk, or_(*under.values())))
            )
            .group_by(found.c.talk, found.c.position)
        )

    def _under(self, row: Any, heading: Heading) -> ColumnElement[bool]:
        principal = {
            Heading.MINE: row.c.principal == ME,
            Heading.TEAMBOX: row.c.principal.in_(self._visible.groups()),
            Heading.SHARED: row.c.principal.in_(self._visible.sharing()),
        }
        return and_(row.c.shared == (true() if heading is Heading.SHARED else false()), principal[heading])

    def _first(self, rows: Select[Any]) -> Select[Any]:
        position = rows.selected_columns[0]
        cut = rows.order_by(position.desc()).limit(MOST).subquery()
        return select(*cut.c)

    def _first_of_each(self, groups: Select[Any], rows: Rows) -> Select[Any]:
        """Select the first rows of each group's list.

        PostgreSQL reads each list as far as it must. SQLite knows no such join: there each list's last row that counts
        is looked up first, and then whatever stands above it.
        """
        group = groups.subquery()
        number = group.c[0]
        if self._dialect.postgresql:
            arm = rows(number)
            cut = arm.order_by(arm.selected_columns[0].desc()).limit(MOST).lateral()
            return select(*cut.c).select_from(group.join(cut, true()))
        probe, arm = rows(number), rows(number)
        position = probe.selected_columns[0]
        last = probe.with_only_columns(position).order_by(position.desc()).limit(1).offset(MOST - 1)
        return arm.where(arm.selected_columns[0] >= func.coalesce(last.correlate(group).scalar_subquery(), 0))
