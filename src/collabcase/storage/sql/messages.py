"""Messages in SQL; keeps `MessageStore`. The rule comes from `visible`; this file only asks it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import attrs
from sqlalchemy import bindparam, func, insert, select

from collabcase.model.words import words
from collabcase.permissions.sight import Role
from collabcase.storage.interfaces.messages import MessageFilter, MessageRow, Named
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store
from collabcase.storage.sql.search import Search
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import Visible
from collabcase.storage.sql.words import Words

_COLUMNS = tuple(field.name for field in attrs.fields(MessageRow))
_FEW = 100
_ROLES = {int(role): role for role in Role}


class SqlMessages:
    """Messages. Every reading method with a viewer applies the rule in its own statement."""

    def __init__(self, tables: Tables, dialect: Dialect, words: Words) -> None:
        self._dialect, self._visible = dialect, Visible(tables)
        self._words, self._search = words, Search(tables, dialect, words)
        m = tables.message
        sees, own = self._visible.direct(m.c.id), self._visible.own(m.c.id)
        of_talk = m.c.portfolio == PORTFOLIO, m.c.talk == bindparam("of_talk")
        rows = select(*(m.c[name] for name in _COLUMNS))
        self._add, self._add_data = insert(m), insert(tables.message_data)
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
        some = select(m.c.id).where(m.c.portfolio == PORTFOLIO, dialect.among(m.c.id, "messages"))
        self._visible_ids = {many: some.where(self._visible.direct(m.c.id, many=many)) for many in (False, True)}

    def add(self, scope: Scope, message: MessageRow, *, subject: str) -> None:
        """Store a new message, to be found by its codes and its words, those of its talk's subject included.

        Involvement is stored by the sight store.
        """
        store(scope, self._add, [attrs.asdict(message)])
        store(
            scope,
            self._add_data,
            [{"message": message.id, "dictionary": name, "code": code} for name, code in message.data],
        )
        self._words.add(scope, [(message.id, words(subject, message.text, message.comment))])

    def find(self, scope: Scope, viewer: int, id: int) -> MessageRow | None:
        """Return a message if the viewer sees it."""
        row = run(scope, self._find, me=viewer, wanted=id).one_or_none()
        return None if row is None else MessageRow(*row)

    def newest(self, scope: Scope, viewer: int, wanted: MessageFilter, *, before: int, limit: int) -> list[MessageRow]:
        """Return messages that a viewer sees with ids below `before`, newest first."""
        return self._search.newest(scope, viewer, wanted, before=before, limit=limit)

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
        rows = run(scope, self._named, messages=self._dialect.listed(messages)).all()
        for message, no, role, is_group, id in rows:
            found[message].append(Named(no, _ROLES[role], is_group, id))
        return found

    def named_in_talk(self, scope: Scope, viewer: int, talk: int) -> set[Named]:
        """Return everybody named on messages of a talk that a viewer sees, in each of their roles."""
        rows = run(scope, self._named_in_talk, me=viewer, of_talk=talk)
        return {Named(no, _ROLES[role], is_group, id) for _, no, role, is_group, id in rows}

    def visible(self, scope: Scope, viewer: int, ids: Collection[int]) -> set[int]:
        """Return those ids that are messages a viewer sees."""
        if not ids:
            return set()
        statement = self._visible_ids[len(ids) > _FEW]
        return set(run(scope, statement, me=viewer, messages=self._dialect.listed(ids)).scalars().all())
