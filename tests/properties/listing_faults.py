"""Faults in reading lists, each of which the properties of inbox and search must find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import Select, false, literal, select

from collabcase.model.reading import Heading
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql import search
from collabcase.storage.sql.inbox import Inbox
from collabcase.storage.sql.lists import Lists
from collabcase.storage.sql.rows import run
from collabcase.storage.sql.search import Search

Fault = Callable[[pytest.MonkeyPatch], None]


def shown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A talk that an earlier page has shown comes again where an older message of it stands in another list."""

    def whole(self: Lists, talks: Select[Any], heading: Heading | None) -> Select[Any]:
        c = listed(self, talks, heading).subquery("listed").c
        return select(c.position.label("newest"), *(column for column in c if column.name != "newest"))

    listed = Lists.whole
    monkeypatch.setattr(Lists, "whole", whole)


def archives_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is archived stays in the inbox."""
    monkeypatch.setattr(Inbox, "_archived", lambda *_: false())


def archived_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is archived stays so whatever is sent to it."""
    archived = Inbox._archived
    monkeypatch.setattr(Inbox, "_archived", lambda self, talk, _: archived(self, talk, literal(0)))


def dates_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A range of dates with more messages than were asked for counts as walked to its end."""
    dated = Search._dated
    monkeypatch.setattr(Search, "_dated", lambda *args: evolve(dated(*args), ordered=True))


def cursor_moves_too_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sides of a search go on below a number that none of them has come to."""

    def dovetail(
        self: Search, scope: Scope, plan: Any, values: dict[str, object], before: int, limit: int
    ) -> list[int]:
        found: list[int] = []
        most = max(search._FIRST, limit)
        while True:
            lowest = before
            for side in plan.sides:
                asked = most if side.ordered else most + 1
                rows: Sequence[Any] = run(scope, side.statement, before=before, most=asked, **values).all()
                if len(rows) > most:
                    continue
                lowest = min([lowest, *(row[0] for row in rows)])
                if side is plan.sides[-1]:
                    found += [row[0] for row in rows if row[1]]
                if len(rows) < most or len(found) >= limit:
                    return found[:limit]
            before = lowest

    monkeypatch.setattr(Search, "_dovetail", dovetail)


FAULTS: tuple[Fault, ...] = (shown_again, archives_forgotten, archived_for_ever, dates_cut_off, cursor_moves_too_far)
