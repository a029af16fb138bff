"""Comparing derived rows with what they are derived from, in SQL; keeps `CheckStore`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, Integer, and_, bindparam, func, not_, select

from collabcase.ids import Kind
from collabcase.model.item import ItemRef
from collabcase.model.words import words
from collabcase.permissions.sight import Role
from collabcase.storage.interfaces.checks import Difference
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.feeds import drift
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import Visible
from collabcase.storage.sql.words import Words

_OWN = "own list"


class SqlChecks:
    """Looks for derived rows that are missing or stale."""

    def __init__(self, tables: Tables, dialect: Dialect, texts: Words) -> None:
        self._dialect, self._texts = dialect, texts
        principal, message, talk = tables.principal, tables.message, tables.talk
        self._sizes = select(
            select(func.count()).select_from(principal).where(principal.c.portfolio == PORTFOLIO).scalar_subquery(),
            select(func.count()).select_from(message).where(message.c.portfolio == PORTFOLIO).scalar_subquery(),
        )
        self._principals = (
            select(principal.c.no, principal.c.is_group, principal.c.id)
            .where(principal.c.portfolio == PORTFOLIO, principal.c.no > bindparam("after", type_=Integer()))
            .order_by(principal.c.no)
            .limit(bindparam("most"))
        )
        self._messages = (
            select(message.c.id)
            .where(message.c.portfolio == PORTFOLIO, message.c.id > bindparam("after", type_=BigInteger()))
            .order_by(message.c.id)
            .limit(bindparam("most"))
        )
        self._texts_of = (
            select(message.c.id, talk.c.subject, message.c.text, message.c.comment)
            .join(talk, and_(talk.c.portfolio == message.c.portfolio, talk.c.id == message.c.talk))
            .where(message.c.portfolio == PORTFOLIO, dialect.among(message.c.id, "messages"))
            .order_by(message.c.id)
        )
        self._lists = drift(tables, dialect)
        box = tables.teambox_item
        first = (
            select(message.c.id)
            .where(
                message.c.portfolio == PORTFOLIO,
                message.c.id == box.c.since,
                message.c.talk == box.c.item,
                Visible(tables).in_role(message.c.id, box.c.grp, Role.RECIPIENT),
            )
            .exists()
        )
        unfounded = select(box.c.item).where(
            box.c.portfolio == PORTFOLIO, box.c.grp == bindparam("of", type_=Integer()), not_(first)
        )
        self._unfounded = select(func.count()).select_from(unfounded.subquery())
        self._some_unfounded = unfounded.order_by(box.c.item).limit(bindparam("most"))

    def sizes(self, scope: Scope) -> tuple[int, int]:
        """Return how many principals and how many messages there are."""
        principals, messages = run(scope, self._sizes).one()
        return principals, messages

    def principals(self, scope: Scope, *, after: int, limit: int) -> list[tuple[int, ItemRef]]:
        """Return persons and groups, deleted ones too, with their numbers, from the first above `after` on."""
        return [
            (no, ItemRef((Kind.GROUP if is_group else Kind.PERSON).value, id))
            for no, is_group, id in run(scope, self._principals, after=after, most=limit)
        ]

    def lists(self, scope: Scope, principal: int, *, group: bool, examples: int) -> list[Difference]:
        """Compare all lists of a principal with the rule, and return those that differ; a person has an own list."""
        found = []
        for name in self._lists if group else (_OWN,):
            counted, concerned = self._lists[name]
            missing, stale = run(scope, counted, of=principal).one()
            if missing or stale:
                items = run(scope, concerned, of=principal, most=examples).scalars()
                found.append(Difference(name, missing, stale, tuple(items)))
        stale = run(scope, self._unfounded, of=principal).scalar_one() if group else 0
        if stale:
            items = run(scope, self._some_unfounded, of=principal, most=examples).scalars()
            found.append(Difference("teambox", 0, stale, tuple(items)))
        return found

    def messages(self, scope: Scope, *, after: int, limit: int) -> list[int]:
        """Return messages, oldest first, from the first above number `after` on."""
        return list(run(scope, self._messages, after=after, most=limit).scalars())

    def unindexed(self, scope: Scope, messages: Sequence[int]) -> list[int]:
        """Return those messages that the text index does not find by all their words."""
        rows = run(scope, self._texts_of, messages=self._dialect.listed(messages))
        return self._texts.missing(scope, [(row.id, words(row.subject, row.text, row.comment)) for row in rows])
