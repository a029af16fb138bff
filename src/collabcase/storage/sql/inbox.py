"""The inbox: talks by their newest visible message, page by page."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, select

from collabcase.model.reading import Heading
from collabcase.storage.interfaces.messages import MessageRow
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.interfaces.talks import Listed, TalkRow
from collabcase.storage.sql.lists import Lists
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run
from collabcase.storage.sql.tables import Tables
from collabcase.storage.sql.visible import ME, Visible

_TALK = tuple(field.name for field in attrs.fields(TalkRow))
_MESSAGE = tuple(field.name for field in attrs.fields(MessageRow))
_WIDER = 4


class Inbox:
    """Statements of the inbox, one for each heading."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._t, self._lists, self._visible = tables, Lists(tables, dialect), Visible(tables)
        self._pages = {heading: self._build(heading) for heading in (None, *Heading)}

    def _build(self, heading: Heading | None) -> Select[Any]:
        """Build the candidates of a page, each with its newest message of all and what speaks against showing it."""
        talk, message = self._t.talk, self._t.message
        c = self._lists.whole(self._lists.talks(heading), heading).subquery("candidates").c
        return (
            select(
                c.position,
                and_(
                    c.position == c.newest,
                    self._archived(c.talk, c.top) == bindparam("archived"),
                    message.c.talk == c.talk,
                    self._visible.direct(message.c.id),
                ).label("fits"),
                c[Heading.MINE.value],
                c[Heading.TEAMBOX.value],
                *(talk.c[name].label(f"talk_{name}") for name in _TALK),
                *(message.c[name] for name in _MESSAGE),
            )
            .select_from(c.talk.table)
            .outerjoin(talk, and_(talk.c.portfolio == PORTFOLIO, talk.c.id == c.talk))
            .outerjoin(message, and_(message.c.portfolio == PORTFOLIO, message.c.id == c.top))
            .order_by(c.position.desc())
        )

    def _archived(self, talk: ColumnElement[Any], top: ColumnElement[Any]) -> ColumnElement[bool]:
        """Say that I have archived a talk, and see no message of it newer than then (T9)."""
        row = self._t.archived.alias()
        return exists().where(row.c.portfolio == PORTFOLIO, row.c.person == ME, row.c.talk == talk, row.c.upto >= top)

    def page(
        self, scope: Scope, viewer: int, heading: Heading | None, *, archived: bool, before: int, limit: int
    ) -> list[Listed]:
        """Return the talks of a page; looks further where what it met was shown before, or is archived."""
        found: list[Listed] = []
        most = limit
        while len(found) < limit:
            rows = run(scope, self._pages[heading], me=viewer, before=before, most=most, archived=archived).all()
            found += [_listed(row) for row in rows if row.fits]
            if len(rows) < most:
                break
            before, most = rows[-1].position, most * _WIDER
        return found[:limit]


def _listed(row: Any) -> Listed:
    heading = Heading.MINE if row.mine else Heading.TEAMBOX if row.teambox else Heading.SHARED
    return Listed(
        position=row.position,
        heading=heading,
        talk=TalkRow(*row[4 : 4 + len(_TALK)]),
        last=MessageRow(*row[4 + len(_TALK) :]),
    )
