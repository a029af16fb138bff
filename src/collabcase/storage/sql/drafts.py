"""Drafts in SQL; keeps `DraftStore`."""

from __future__ import annotations

from sqlalchemy import BigInteger, String, bindparam, delete, select, tuple_

from collabcase.model.item import ItemRef
from collabcase.storage.interfaces.drafts import DraftRow
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store
from collabcase.storage.sql.tables import Tables

_KEY = ("portfolio", "person", "kind", "item")


class SqlDrafts:
    """What persons have begun to write."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        draft = tables.draft
        adding = dialect.adding(draft)
        self._save = adding.on_conflict_do_update(
            index_elements=_KEY, set_={"text": adding.excluded.text, "at": adding.excluded.at}
        )
        own = draft.c.portfolio == PORTFOLIO, draft.c.person == bindparam("of_person")
        self._discard = (
            delete(draft)
            .where(*own, draft.c.kind == bindparam("of_kind"), draft.c.item == bindparam("of_item"))
            .returning(draft.c.item)
        )
        last = tuple_(
            bindparam("moment", type_=BigInteger()),
            bindparam("of_kind", type_=String()),
            bindparam("of_item", type_=String()),
        )
        self._page = (
            select(draft.c.kind, draft.c.item, draft.c.text, draft.c.at)
            .where(*own, tuple_(draft.c.at, draft.c.kind, draft.c.item) < last)
            .order_by(draft.c.at.desc(), draft.c.kind.desc(), draft.c.item.desc())
            .limit(bindparam("most"))
        )

    def save(self, scope: Scope, person: int, draft: DraftRow) -> None:
        """Store a draft in the place of an earlier one."""
        row = {"person": person, "kind": draft.item.kind, "item": draft.item.id, "text": draft.text, "at": draft.at}
        store(scope, self._save, [row])

    def discard(self, scope: Scope, person: int, item: ItemRef) -> bool:
        """Delete a draft, and tell whether there was one."""
        deleted = run(scope, self._discard, of_person=person, of_kind=item.kind, of_item=item.id)
        return deleted.one_or_none() is not None

    def page(self, scope: Scope, person: int, *, before: tuple[int, ItemRef], limit: int) -> list[DraftRow]:
        """Return a person's drafts behind a moment and item, saved last first."""
        moment, item = before
        rows = run(scope, self._page, of_person=person, moment=moment, of_kind=item.kind, of_item=item.id, most=limit)
        return [DraftRow(ItemRef(row[0], row[1]), row[2], row[3]) for row in rows]
