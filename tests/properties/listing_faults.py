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
    """A search goes on below a number that none of its sides has come to."""

    def ask(scope: Scope, statement: Any, **values: Any) -> Any:
        found = run(scope, statement, **values)
        return _Further(found.all()) if "most" in values and len(tuple(found.keys())) == 2 else found

    monkeypatch.setattr(search, "run", ask)


class _Further:
    """The rows of a side, of which the last one claims to lie further down if it does not fit."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = list(rows)

    def all(self) -> list[Any]:
        """Give them."""
        if self._rows and not self._rows[-1][1]:
            self._rows[-1] = (self._rows[-1][0] // 2, False)
        return self._rows


FAULTS: tuple[Fault, ...] = (shown_again, archives_forgotten, archived_for_ever, dates_cut_off, cursor_moves_too_far)
