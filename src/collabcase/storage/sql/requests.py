"""Idempotency keys in SQL; keeps `RequestStore`."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store
from collabcase.storage.sql.tables import Tables


class SqlRequests:
    """The first result of each key."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        t = tables.request
        self._add = dialect.insert(t)
        self._find = select(t.c.verb, t.c.item).where(
            t.c.portfolio == PORTFOLIO, t.c.actor == bindparam("who"), t.c.key == bindparam("given")
        )

    def find(self, scope: Scope, actor: int, key: str) -> tuple[str, int] | None:
        """Return the verb and the item kept for a key, if any."""
        kept = run(scope, self._find, who=actor, given=key).one_or_none()
        return None if kept is None else (kept.verb, kept.item)

    def claim(self, scope: Scope, actor: int, key: str, verb: str, item: int) -> tuple[str, int]:
        """Keep a key with its verb and the item about to be made, and return what is kept for it."""
        store(scope, self._add, [{"actor": actor, "key": key, "verb": verb, "item": item}])
        kept = run(scope, self._find, who=actor, given=key).one()
        return kept.verb, kept.item
