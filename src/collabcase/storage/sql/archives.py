"""What persons have archived, in SQL; keeps `ArchiveStore`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, delete, select

from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import Visible


class SqlArchives:
    """Which talks have left whose working lists, and up to which message."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        archived, message = tables.archived, tables.message
        self._newest = (
            select(message.c.id)
            .where(
                message.c.portfolio == PORTFOLIO,
                message.c.talk == bindparam("of_talk"),
                Visible(tables).direct(message.c.id),
            )
            .order_by(message.c.id.desc())
            .limit(1)
        )
        self._seen = (
            select(message.c.talk)
            .distinct()
            .where(
                message.c.portfolio == PORTFOLIO,
                dialect.among(message.c.talk, "talks"),
                Visible(tables).direct(message.c.id),
            )
        )
        self._dialect = dialect
        adding = dialect.adding(archived)
        self._archive = adding.on_conflict_do_update(
            index_elements=("portfolio", "person", "talk"), set_={"upto": adding.excluded.upto}
        )
        one = (
            archived.c.portfolio == PORTFOLIO,
            archived.c.person == bindparam("of_person"),
            archived.c.talk == bindparam("of_talk"),
        )
        self._restore = delete(archived).where(*one)
        self._upto = select(archived.c.upto).where(*one)

    def newest(self, scope: Scope, viewer: int, talk: int) -> int | None:
        """Return the newest message of a talk that a viewer sees, None where they see none."""
        return run(scope, self._newest, me=viewer, of_talk=talk).scalar_one_or_none()

    def seen(self, scope: Scope, viewer: int, talks: Collection[int]) -> set[int]:
        """Return those talks of which a viewer sees a message, in one statement."""
        if not talks:
            return set()
        return set(run(scope, self._seen, me=viewer, talks=self._dialect.listed(talks)).scalars())

    def archive(self, scope: Scope, person: int, talk: int, *, upto: int) -> None:
        """Let a talk leave a person's working lists until they see a message of it newer than `upto`."""
        store(scope, self._archive, [{"person": person, "talk": talk, "upto": upto}])

    def restore(self, scope: Scope, person: int, talk: int) -> None:
        """Let it come back; nothing happens where it is there."""
        run(scope, self._restore, of_person=person, of_talk=talk)

    def upto(self, scope: Scope, person: int, talk: int) -> int | None:
        """Return up to which message a person has archived a talk, None where they have not."""
        return run(scope, self._upto, of_person=person, of_talk=talk).scalar_one_or_none()
