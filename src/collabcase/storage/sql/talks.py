"""Talks in SQL; keeps `TalkStore`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs
from sqlalchemy import Integer, and_, bindparam, delete, insert, select, update

from collabcase.model.reading import Heading
from collabcase.permissions.sight import Role
from collabcase.storage.interfaces.messages import Named
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.interfaces.talks import Listed, TalkRow
from collabcase.storage.sql.inbox import Inbox
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import Visible

_COLUMNS = tuple(field.name for field in attrs.fields(TalkRow))


class SqlTalks:
    """Talks, and who stands to be copied on later answers."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._dialect, self._inbox = dialect, Inbox(tables, dialect)
        talk = tables.talk
        one = talk.c.portfolio == PORTFOLIO, talk.c.id == bindparam("talk")
        self._add = insert(talk)
        self._find = select(*(talk.c[name] for name in _COLUMNS)).where(*one)
        self._shared_lock = select(talk.c.id).where(*one).with_for_update(read=True, key_share=True)
        self._exclusive_lock = select(talk.c.id).where(*one).with_for_update()
        self._set_sides = (
            update(talk)
            .where(*one)
            .values(initiator=bindparam("new_initiator"), counterpart=bindparam("new_counterpart"))
        )
        self._take_sides = [
            update(talk)
            .where(talk.c.portfolio == PORTFOLIO, column == bindparam("old"))
            .values({column: bindparam("new")})
            for column in (talk.c.initiator, talk.c.counterpart)
        ]
        self._prepare_standing(tables)

    def _prepare_standing(self, tables: Tables) -> None:
        dialect, standing = self._dialect, tables.standing
        self._take_stands = dialect.insert(standing).from_select(
            ["portfolio", "message", "principal"],
            select(standing.c.portfolio, standing.c.message, bindparam("new", type_=Integer())).where(
                standing.c.portfolio == PORTFOLIO, standing.c.principal == bindparam("old")
            ),
        )
        messages = dialect.among(standing.c.message, "messages")
        self._standing = select(standing.c.message, standing.c.principal).where(
            standing.c.portfolio == PORTFOLIO, messages
        )
        message, principal = tables.message, tables.principal
        self._standing_in_talk = (
            select(principal.c.no, principal.c.is_group, principal.c.id)
            .distinct()
            .select_from(standing)
            .join(
                principal,
                and_(principal.c.portfolio == standing.c.portfolio, principal.c.no == standing.c.principal),
            )
            .join(message, and_(message.c.portfolio == standing.c.portfolio, message.c.id == standing.c.message))
            .where(
                standing.c.portfolio == PORTFOLIO,
                message.c.talk == bindparam("talk"),
                Visible(tables).direct(message.c.id),
            )
        )
        self._stand = dialect.insert(standing)
        self._unstand = (
            delete(standing)
            .where(standing.c.portfolio == PORTFOLIO, messages, standing.c.principal == bindparam("principal"))
            .returning(standing.c.message)
        )

    def add(self, scope: Scope, talk: TalkRow) -> None:
        """Store a new talk."""
        store(scope, self._add, [attrs.asdict(talk)])

    def find(self, scope: Scope, id: int) -> TalkRow | None:
        """Return a talk, whoever may see it."""
        row = run(scope, self._find, talk=id).one_or_none()
        return None if row is None else TalkRow(*row)

    def inbox(
        self, scope: Scope, viewer: int, heading: Heading | None, *, archived: bool, before: int, limit: int
    ) -> list[Listed]:
        """Return talks that a viewer sees under a heading, positions below `before`, newest first."""
        return self._inbox.page(scope, viewer, heading, archived=archived, before=before, limit=limit)

    def lock(self, scope: Scope, id: int, *, exclusive: bool) -> None:
        """Lock a talk until the transaction ends: shared to send into it, exclusively to change who is involved."""
        if self._dialect.postgresql:
            run(scope, self._exclusive_lock if exclusive else self._shared_lock, talk=id)

    def set_sides(self, scope: Scope, id: int, *, initiator: int, counterpart: int) -> None:
        """Store who the two sides are."""
        run(scope, self._set_sides, talk=id, new_initiator=initiator, new_counterpart=counterpart)

    def take_over(self, scope: Scope, old: int, new: int) -> None:
        """Make `new` the side of every talk that has `old`, and let `new` stand wherever `old` stands."""
        for statement in (*self._take_sides, self._take_stands):
            run(scope, statement, old=old, new=new)

    def standing(self, scope: Scope, messages: Collection[int]) -> Mapping[int, frozenset[int]]:
        """Return the principals that later answers to each message carry as observers (V7)."""
        found: dict[int, set[int]] = {}
        for message, principal in run(scope, self._standing, messages=self._dialect.listed(messages)):
            found.setdefault(message, set()).add(principal)
        return {message: frozenset(principals) for message, principals in found.items()}

    def standing_in_talk(self, scope: Scope, viewer: int, talk: int) -> set[Named]:
        """Return who stands for messages of a talk that a viewer sees, as observers."""
        rows = run(scope, self._standing_in_talk, me=viewer, talk=talk)
        return {Named(row.no, Role.OBSERVER, row.is_group, row.id) for row in rows}

    def stand(self, scope: Scope, messages: Collection[int], principal: int) -> None:
        """Let later answers to these messages carry a principal; known ones stay as they are."""
        store(scope, self._stand, [{"message": message, "principal": principal} for message in messages])

    def unstand(self, scope: Scope, messages: Collection[int], principal: int) -> set[int]:
        """End that, and return the messages where it was so."""
        deleted = run(scope, self._unstand, messages=self._dialect.listed(messages), principal=principal)
        return set(deleted.scalars())
