"""Upkeep of the lists: the group feed and the inbox's list follow from involvement and membership alone.

    feed       an item stands in the feed of every group of a person from whom sharing extends to it
    talk_list  for a principal, the newest message of a talk that involves it, and for a group, that its feed holds

Whether a group shares is asked when a list is read, so that ticking a box changes one row. Writers lock the principals
they involve shared, and whoever changes memberships locks persons and group exclusively, so that neither misses the
other's rows (docs/architecture.md).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Integer,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    literal_column,
    not_,
    select,
    true,
    union,
    update,
)

from collabcase.ids import KIND_MASK, Kind, kind_code
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run
from collabcase.storage.sql.tables import Tables

_FEED = ("portfolio", "grp", "kind", "item")
_LIST = ("portfolio", "talk", "principal", "shared", "last")
_MESSAGE = kind_code(Kind.MESSAGE)


class SqlFeeds:
    """Keeps the lists equal to what `definitions` says, statement by statement, in the caller's transaction."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._t, self._dialect = tables, dialect
        row, member = tables.involvement, tables.membership
        added = and_(row.c.item == bindparam("item"), dialect.among(row.c.principal, "added"))
        self._involved = [
            self._enter(self.feed().where(added)),
            self._raise(
                union(self.own_list().where(added), self.shared_list(added)).order_by("talk", "principal", "shared")
            ),
        ]
        joining = member.c.grp == bindparam("grp"), dialect.among(row.c.principal, "persons")
        self._joined = [
            self._enter(self.feed().where(*joining)),
            self._raise(self.shared_list(*joining).order_by("talk")),
        ]
        self._inherited = self._raise(self.own_list().where(row.c.principal == bindparam("heir")).order_by("talk"))
        gone = row.alias("gone")
        theirs = select(gone.c.item).where(self._here(gone), dialect.among(gone.c.principal, "persons"))
        self._left = self._build_leaving(tables.feed.c.item.in_(theirs))
        self._ended = self._build_leaving(dialect.among(tables.feed.c.item, "items"))
        listed = tables.talk_list
        stale = self._dialect.among(listed.c.last, "items")
        ours = listed.c.portfolio == PORTFOLIO, listed.c.principal == bindparam("of")
        self._lower = {
            shared: update(listed)
            .where(*ours, listed.c.shared == shared, stale)
            .values(last=func.coalesce(self._newest(shared), 0))
            for shared in (False, True)
        }
        self._empty = delete(listed).where(*ours, listed.c.last == 0)

    def _here(self, row: Any) -> ColumnElement[bool]:
        """Say that an involvement is of the portfolio, which SQLite must know to hold for nearly all of them.

        Else it walks through the whole portfolio instead of looking up the principals asked for.
        """
        here: ColumnElement[bool] = row.c.portfolio == PORTFOLIO
        return here if self._dialect.postgresql else func.likelihood(here, literal_column("0.99"))

    def feed(self) -> Select[Any]:
        """Select what stands in feeds, by the definition."""
        row, member = self._t.involvement, self._t.membership
        return (
            select(row.c.portfolio, member.c.grp, row.c.item.op("&")(KIND_MASK).label("kind"), row.c.item)
            .distinct()
            .join(member, and_(member.c.portfolio == row.c.portfolio, member.c.person == row.c.principal))
            .where(self._here(row), row.c.extends)
        )

    def own_list(self) -> Select[Any]:
        """Select the newest message of each talk that involves a principal, by the definition."""
        row, message = self._t.involvement, self._t.message
        return (
            select(
                row.c.portfolio,
                message.c.talk,
                row.c.principal,
                false().label("shared"),
                func.max(row.c.item).label("last"),
            )
            .join(message, and_(message.c.portfolio == row.c.portfolio, message.c.id == row.c.item))
            .where(row.c.portfolio == PORTFOLIO)
            .group_by(row.c.portfolio, message.c.talk, row.c.principal)
        )

    def shared_list(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        """Select the newest message of each talk that a group's feed holds, by the definition, as conditions allow.

        It stands on the feed's own rows, which SQLite then looks up before it groups them.
        """
        message, held = self._t.message, self.feed().where(*conditions).subquery("held")
        return (
            select(
                held.c.portfolio,
                message.c.talk,
                held.c.grp.label("principal"),
                true().label("shared"),
                func.max(held.c.item).label("last"),
            )
            .join(message, and_(message.c.portfolio == held.c.portfolio, message.c.id == held.c.item))
            .group_by(held.c.portfolio, message.c.talk, held.c.grp)
        )

    def _enter(self, rows: Select[Any]) -> Executable:
        return self._dialect.insert(self._t.feed).from_select(_FEED, rows)

    def _raise(self, rows: Any) -> Executable:
        """Insert rows of the inbox's list; a known row keeps the newer of both messages."""
        listed = self._t.talk_list
        adding = self._dialect.adding(listed).from_select(_LIST, rows)
        newer = self._dialect.greater(listed.c.last, adding.excluded.last)
        return adding.on_conflict_do_update(index_elements=_LIST[:-1], set_={"last": newer})

    def _build_leaving(self, concerned: ColumnElement[bool]) -> Executable:
        """Build what takes those items out of a group's feed that no member's sharing extends to any more."""
        feed, member, other = self._t.feed, self._t.membership, self._t.involvement.alias("other")
        still = exists().where(
            other.c.portfolio == PORTFOLIO,
            other.c.item == feed.c.item,
            other.c.extends,
            member.c.portfolio == PORTFOLIO,
            member.c.person == other.c.principal,
            member.c.grp == feed.c.grp,
        )
        return (
            delete(feed)
            .where(feed.c.portfolio == PORTFOLIO, feed.c.grp == bindparam("grp"), concerned, not_(still))
            .returning(feed.c.item)
        )

    def _newest(self, shared: bool) -> Any:
        """Select the newest message of a row's talk that still belongs into it."""
        listed, message = self._t.talk_list, self._t.message
        if shared:
            feed = self._t.feed
            belongs = exists().where(
                feed.c.portfolio == PORTFOLIO,
                feed.c.grp == listed.c.principal,
                feed.c.kind == _MESSAGE,
                feed.c.item == message.c.id,
            )
        else:
            row = self._t.involvement
            belongs = exists().where(
                row.c.portfolio == PORTFOLIO, row.c.item == message.c.id, row.c.principal == listed.c.principal
            )
        return (
            select(message.c.id)
            .where(
                message.c.portfolio == PORTFOLIO, message.c.talk == listed.c.talk, belongs.correlate(listed, message)
            )
            .order_by(message.c.id.desc())
            .limit(1)
            .correlate(listed)
            .scalar_subquery()
        )

    def involved(self, scope: Scope, item: int, principals: Collection[int]) -> None:
        """Enter an item into the lists of those who have just been involved in it.

        Of them alone: these the caller has locked, while others named on it may be leaving their groups now.
        """
        for statement in self._involved:
            run(scope, statement, item=item, added=self._dialect.listed(principals))

    def withdrawn(self, scope: Scope, items: Collection[int], principal: int) -> None:
        """Take items out of the list of a principal who has just lost a role in them.

        Nobody may send into the talks concerned meanwhile.
        """
        if items:
            self._settle(scope, principal, items, shared=False)

    def ended(self, scope: Scope, items: Collection[int], group: int) -> None:
        """Take items out of the lists of a group of whose members one has just lost a role in them that extends."""
        gone = list(run(scope, self._ended, grp=group, items=self._dialect.listed(items)).scalars())
        if gone:
            self._settle(scope, group, gone, shared=True)

    def joined(self, scope: Scope, group: int, persons: Collection[int]) -> None:
        """Enter what extends from new members into the lists of their group; they are members by now."""
        for statement in self._joined:
            run(scope, statement, grp=group, persons=self._dialect.listed(persons))

    def left(self, scope: Scope, group: int, persons: Collection[int]) -> None:
        """Take what extends from former members alone out of the lists of their group; they have left by now."""
        gone = list(run(scope, self._left, grp=group, persons=self._dialect.listed(persons)).scalars())
        if gone:
            self._settle(scope, group, gone, shared=True)

    def inherited(self, scope: Scope, heir: int) -> None:
        """Enter whatever involves a principal into its list."""
        run(scope, self._inherited, heir=heir)

    def _settle(self, scope: Scope, principal: int, items: Collection[int], *, shared: bool) -> None:
        """Lower the list's rows that point to one of these items, and delete those without any message left."""
        run(scope, self._lower[shared], of=principal, items=self._dialect.listed(items))
        run(scope, self._empty, of=principal)


def rebuild(connection: Connection, tables: Tables, portfolio: int) -> None:
    """Fill the empty lists of a portfolio from involvement and membership."""
    dialect = Dialect(connection.dialect.name)
    feeds = SqlFeeds(tables, dialect)
    scope = Scope(connection, portfolio)
    run(scope, tables.feed.insert().from_select(_FEED, feeds.feed()))
    for rows in (feeds.own_list(), feeds.shared_list()):
        run(scope, tables.talk_list.insert().from_select(_LIST, rows))


def drift(tables: Tables, dialect: Dialect) -> dict[str, tuple[Select[Any], Select[Any]]]:
    """Build what compares the lists of one principal, bound as `of`, with the definitions.

    Returns:
        By list, a statement that counts missing and stale rows, and one that gives up to `most` of the things
        concerned: items of the feed, talks of the lists.
    """
    feeds, t = SqlFeeds(tables, dialect), tables
    of = bindparam("of", type_=Integer())
    kept = select(*(t.talk_list.c[name] for name in _LIST)).where(
        t.talk_list.c.portfolio == PORTFOLIO, t.talk_list.c.principal == of
    )
    inside = t.membership.alias("inside")
    members = select(inside.c.person).where(inside.c.portfolio == PORTFOLIO, inside.c.grp == of)
    of_members = t.membership.c.grp == of, t.involvement.c.principal.in_(members)  # said twice: SQLite looks up by it
    return {
        "group feed": _compared(
            feeds.feed().where(*of_members),
            select(*(t.feed.c[name] for name in _FEED)).where(t.feed.c.portfolio == PORTFOLIO, t.feed.c.grp == of),
            "item",
        ),
        "own list": _compared(
            feeds.own_list().where(t.involvement.c.principal == of), kept.where(t.talk_list.c.shared.is_(False)), "talk"
        ),
        "shared list": _compared(
            feeds.shared_list(*of_members),
            kept.where(t.talk_list.c.shared.is_(True)),
            "talk",
        ),
    }


def _compared(due: Select[Any], kept: Select[Any], named: str) -> tuple[Select[Any], Select[Any]]:
    due_rows, kept_rows = select(due.cte("due")), select(kept.cte("kept"))
    missing, stale = due_rows.except_(kept_rows).subquery(), kept_rows.except_(due_rows).subquery()
    counted = select(*(select(func.count()).select_from(rows).scalar_subquery() for rows in (missing, stale)))
    concerned = union(select(missing.c[named]), select(stale.c[named])).subquery()
    return counted, select(concerned.c[named]).order_by(concerned.c[named]).limit(bindparam("most"))
