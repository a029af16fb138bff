"""Messages in SQL; keeps `MessageStore`. The rule comes from `visible`; this file only asks it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import Select, bindparam, func, insert, or_, select

from collabcase.permissions.sight import Role
from collabcase.storage.interfaces.messages import MessageFilter, MessageRow, Named
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.rows import Dialect, run, store
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import PORTFOLIO, Visible

_COLUMNS = tuple(field.name for field in attrs.fields(MessageRow))


class SqlMessages:
    """Messages. Every reading method with a viewer applies the rule in its own statement."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._dialect, self._visible = dialect, Visible(tables)
        m = self._message = tables.message
        sees, own = self._visible.direct(m.c.id), self._visible.own(m.c.id)
        of_talk = m.c.portfolio == PORTFOLIO, m.c.talk == bindparam("of_talk")
        rows = self._rows = select(*(m.c[name] for name in _COLUMNS))
        self._add = insert(m)
        self._find = rows.where(m.c.portfolio == PORTFOLIO, m.c.id == bindparam("wanted"), sees)
        self._of_talk = (
            rows.where(*of_talk, m.c.id > bindparam("after"), sees).order_by(m.c.id).limit(bindparam("most"))
        )
        opening = select(func.min(m.c.id)).where(*of_talk).scalar_subquery()
        self._opening = select(m.c.id).where(m.c.portfolio == PORTFOLIO, m.c.id == opening, sees)
        self._ids = {
            False: select(m.c.id).where(*of_talk, sees).order_by(m.c.id),
            True: select(m.c.id).where(*of_talk, own).order_by(m.c.id),
        }
        self._senders = select(m.c.sender, m.c.sent_for).where(*of_talk, sees).order_by(m.c.id.desc())
        roles = self._visible.roles()
        item = roles.selected_columns[0]
        self._named = roles.where(dialect.among(item, "messages"))
        self._named_in_talk = roles.where(item.in_(select(m.c.id).where(*of_talk, sees)))
        self._visible_ids = select(m.c.id).where(m.c.portfolio == PORTFOLIO, dialect.among(m.c.id, "messages"), sees)
        self._searches: dict[frozenset[str], Select[Any]] = {}

    def add(self, scope: Scope, message: MessageRow) -> None:
        """Store a new message; involvement is stored by the sight store."""
        store(scope, self._add, [attrs.asdict(message)])

    def find(self, scope: Scope, viewer: int, id: int) -> MessageRow | None:
        """Return a message if the viewer sees it."""
        row = run(scope, self._find, me=viewer, wanted=id).one_or_none()
        return None if row is None else MessageRow(*row)

    def newest(self, scope: Scope, viewer: int, wanted: MessageFilter, *, before: int, limit: int) -> list[MessageRow]:
        """Return messages that a viewer sees with ids below `before`, newest first."""
        asked = {name: value for name, value in attrs.asdict(wanted).items() if value is not None}
        key = frozenset(asked)
        if key not in self._searches:
            self._searches[key] = self._build_search(key)
        values = {f"asked_{name}": value for name, value in asked.items()}
        return [
            MessageRow(*row) for row in run(scope, self._searches[key], me=viewer, before=before, most=limit, **values)
        ]

    def _build_search(self, asked: frozenset[str]) -> Select[Any]:
        m = self._message
        author: Any = bindparam("asked_author")
        filters = {
            "author": or_(m.c.sender == author, m.c.sent_for == author),
            "recipient": self._visible.in_role(m.c.id, bindparam("asked_recipient"), Role.RECIPIENT),
            "since": m.c.date >= bindparam("asked_since"),
            "until": m.c.date < bindparam("asked_until"),
            "talk": m.c.talk == bindparam("asked_talk"),
        }
        return (
            self._rows.where(
                m.c.portfolio == PORTFOLIO,
                m.c.id < bindparam("before"),
                *(filters[name] for name in sorted(asked)),
                self._visible.direct(m.c.id),
            )
            .order_by(m.c.id.desc())
            .limit(bindparam("most"))
        )

    def of_talk(self, scope: Scope, viewer: int, talk: int, *, after: int, limit: int) -> list[MessageRow]:
        """Return messages of a talk that a viewer sees with ids above `after`, oldest first."""
        rows = run(scope, self._of_talk, me=viewer, of_talk=talk, after=after, most=limit)
        return [MessageRow(*row) for row in rows]

    def sees_opening(self, scope: Scope, viewer: int, talk: int) -> bool:
        """Tell whether a viewer sees the first message of a talk."""
        return run(scope, self._opening, me=viewer, of_talk=talk).one_or_none() is not None

    def ids_of_talk(self, scope: Scope, viewer: int, talk: int, *, own: bool) -> list[int]:
        """Return the ids of a talk's messages that a viewer sees, oldest first; with `own` by V1 and V2 alone."""
        return list(run(scope, self._ids[own], me=viewer, of_talk=talk).scalars())

    def senders_of_talk(self, scope: Scope, viewer: int, talk: int) -> list[tuple[int, int | None]]:
        """Return sender and sent_for of the talk's messages that a viewer sees, newest first."""
        return [(row[0], row[1]) for row in run(scope, self._senders, me=viewer, of_talk=talk)]

    def named(self, scope: Scope, messages: Sequence[int]) -> Mapping[int, list[Named]]:
        """Return everybody named on each message."""
        found: dict[int, list[Named]] = {message: [] for message in messages}
        for message, named in self._roles(scope, self._named, messages=self._dialect.listed(messages)):
            found[message].append(named)
        return found

    def named_in_talk(self, scope: Scope, viewer: int, talk: int) -> set[Named]:
        """Return everybody named on messages of a talk that a viewer sees, in each of their roles."""
        return {named for _, named in self._roles(scope, self._named_in_talk, me=viewer, of_talk=talk)}

    @staticmethod
    def _roles(scope: Scope, statement: Select[Any], **values: object) -> list[tuple[int, Named]]:
        rows = run(scope, statement, **values)
        return [(row[0], Named(row[1], Role(row[2]), row[3], row[4])) for row in rows]

    def visible(self, scope: Scope, viewer: int, ids: Collection[int]) -> set[int]:
        """Return those ids that are messages a viewer sees."""
        if not ids:
            return set()
        return set(run(scope, self._visible_ids, me=viewer, messages=self._dialect.listed(ids)).scalars())
