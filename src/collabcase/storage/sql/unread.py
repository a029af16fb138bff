"""What is unread, as SQL (T5): a narrowing of the rule in `visible` by one's marks, and by since when one is there.

A message is unread for me if I did not send it, have not marked it, and it stands under one of my headings:

    mine     it names me
    teambox  it names a group that I was in when it was sent, and am in now
    shared   a peer received it, with whom I shared by then, and share now
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, not_, or_, select

from collabcase.ids import KIND_MASK, Kind, kind_code
from collabcase.permissions.sight import Role
from collabcase.storage.sql.rows import PORTFOLIO, any_row, unindexed
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import ME, Visible

_MESSAGE = kind_code(Kind.MESSAGE)
_GROUP: Any = bindparam("of_group", type_=Integer())


class UnreadRule:
    """Expressions of what is unread over a set of tables; `message` is the table of messages or an alias of it."""

    def __init__(self, tables: Tables) -> None:
        self._tables, self._visible = tables, Visible(tables)

    def unread(self, message: Any) -> ColumnElement[bool]:
        """Say that a message is unread for me under some heading."""
        return and_(self._open(message), or_(self.mine(message), self.teambox(message), self.shared(message)))

    def _open(self, message: Any) -> ColumnElement[bool]:
        mark = self._tables.read_mark.alias("mark")
        marked = exists().where(mark.c.portfolio == PORTFOLIO, mark.c.person == ME, mark.c.message == message.c.id)
        return and_(message.c.sender != ME, not_(marked))

    def mine(self, message: Any) -> ColumnElement[bool]:
        """Say that a message names me."""
        row = self._tables.involvement.alias("to_me")
        return any_row(row.c.portfolio == PORTFOLIO, row.c.item == message.c.id, row.c.principal == ME)

    def teambox(self, message: Any) -> ColumnElement[bool]:
        """Say that a message names a group of mine, and was sent since I joined it."""
        row, joined = self._tables.involvement.alias("to_us"), self._tables.membership.alias("joined")
        return any_row(
            row.c.portfolio == PORTFOLIO,
            row.c.item == message.c.id,
            joined.c.portfolio == PORTFOLIO,
            joined.c.person == ME,
            joined.c.grp == row.c.principal,
            joined.c.since <= message.c.sent_at,
        )

    def shared(self, message: Any) -> ColumnElement[bool]:
        """Say that a peer of mine received a message, sent since I share with them."""
        t = self._tables
        row, peer, joined = t.involvement.alias("to_peer"), t.membership.alias("received"), t.membership.alias("joined")
        began = (
            joined.c.portfolio == PORTFOLIO,
            joined.c.person == ME,
            joined.c.grp == peer.c.grp,
            joined.c.since <= message.c.sent_at,
            t.grp.c.portfolio == PORTFOLIO,
            t.grp.c.no == peer.c.grp,
            t.grp.c.shares_since <= message.c.sent_at,
            t.portfolio.c.no == PORTFOLIO,
            t.portfolio.c.sharing_since <= message.c.sent_at,
        )
        return any_row(
            row.c.portfolio == PORTFOLIO,
            row.c.item == message.c.id,
            unindexed(row.c.role) == int(Role.RECIPIENT),
            row.c.extends,
            peer.c.portfolio == PORTFOLIO,
            peer.c.person == row.c.principal,
            peer.c.since <= message.c.sent_at,
            peer.c.grp.in_(self._visible.sharing()),
            *began,
        )

    def addressed(self, message: Any) -> ColumnElement[bool]:
        """Say that a message is addressed to me or to a group of mine (T4)."""
        row = self._tables.involvement.alias("addressed")
        return exists().where(
            row.c.portfolio == PORTFOLIO,
            row.c.item == message.c.id,
            unindexed(row.c.role) == int(Role.RECIPIENT),
            self.us(row.c.principal),
        )

    def us(self, principal: ColumnElement[Any]) -> ColumnElement[bool]:
        """Say that a principal is me or a group of mine."""
        return or_(principal == ME, principal.in_(self._visible.groups()))

    # What counts, newest first; each walk ends where it has found `most`, and starts at an index.

    def groups_since(self) -> Select[Any]:
        """Select my groups: the number, since when I am in it, whether it shares now, since when it and all may."""
        t = self._tables
        joined = t.membership.alias("joined")
        return (
            select(
                joined.c.grp,
                joined.c.since,
                joined.c.grp.in_(self._visible.sharing()).label("shares"),
                t.grp.c.shares_since,
                t.portfolio.c.sharing_since,
            )
            .join(t.grp, and_(t.grp.c.portfolio == joined.c.portfolio, t.grp.c.no == joined.c.grp))
            .join(t.portfolio, t.portfolio.c.no == joined.c.portfolio)
            .where(joined.c.portfolio == PORTFOLIO, joined.c.person == ME)
        )

    def walk_mine(self) -> Select[Any]:
        """Select what is unread and names me."""
        row, message = self._tables.involvement, self._tables.message
        return self._walk(row.c.item, row).where(
            row.c.portfolio == PORTFOLIO,
            row.c.principal == ME,
            row.c.item.op("&")(KIND_MASK) == _MESSAGE,
            self._open(message),
        )

    def walk_teambox(self) -> Select[Any]:
        """Select what is unread, names the group `of_group` of mine, and stands under no earlier heading."""
        row, message = self._tables.involvement, self._tables.message
        return self._walk(row.c.item, row).where(
            row.c.portfolio == PORTFOLIO,
            row.c.principal == _GROUP,
            row.c.item >= bindparam("low"),
            row.c.item.op("&")(KIND_MASK) == _MESSAGE,
            self._open(message),
            self.teambox(message),
            not_(self.mine(message)),
        )

    def walk_shared(self) -> Select[Any]:
        """Select what is unread, stands in the feed of `of_group`, and stands under no earlier heading."""
        feed, message = self._tables.feed, self._tables.message
        return self._walk(feed.c.item, feed).where(
            feed.c.portfolio == PORTFOLIO,
            feed.c.grp == _GROUP,
            feed.c.kind == _MESSAGE,
            feed.c.item >= bindparam("low"),
            self._open(message),
            self.shared(message),
            not_(self.mine(message)),
            not_(self.teambox(message)),
        )

    def _walk(self, item: ColumnElement[Any], start: Any) -> Select[Any]:
        message = self._tables.message
        return (
            select(item)
            .distinct()
            .select_from(start.join(message, and_(message.c.portfolio == PORTFOLIO, message.c.id == item)))
            .order_by(item.desc())
            .limit(bindparam("most"))
        )
