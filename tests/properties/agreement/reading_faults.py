"""Faults of read state and questions, each of which the random histories must find (T4, T5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ColumnElement, and_, exists, not_

from collabcase.desk import sending
from collabcase.permissions.sight import Role
from collabcase.storage.sql.reading import SqlReading
from collabcase.storage.sql.rows import PORTFOLIO
from collabcase.storage.sql.unread import UnreadRule
from collabcase.storage.sql.visible import ME

Fault = Callable[[pytest.MonkeyPatch], None]


def marks_are_everybodys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one has read is read for all."""

    def still_open(self: UnreadRule, message: Any) -> ColumnElement[bool]:
        mark = self._tables.read_mark.alias("mark")
        marked = exists().where(mark.c.portfolio == PORTFOLIO, mark.c.message == message.c.id)
        return and_(message.c.sender != ME, not_(marked))

    monkeypatch.setattr(UnreadRule, "_open", still_open)


def teambox_counts_from_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a group was sent is unread, however late one joined it."""

    def teambox(self: UnreadRule, message: Any) -> ColumnElement[bool]:
        row = self._tables.involvement.alias("to_us")
        return exists().where(
            row.c.portfolio == PORTFOLIO,
            row.c.item == message.c.id,
            row.c.principal.in_(self._visible.groups()),
        )

    monkeypatch.setattr(UnreadRule, "teambox", teambox)


def shared_counts_from_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """What peers received is unread, however late sharing with them began."""

    def shared(self: UnreadRule, message: Any) -> ColumnElement[bool]:
        row, peer = self._tables.involvement.alias("to_peer"), self._tables.membership.alias("received")
        return exists().where(
            row.c.portfolio == PORTFOLIO,
            row.c.item == message.c.id,
            row.c.role == int(Role.RECIPIENT),
            row.c.extends,
            peer.c.portfolio == PORTFOLIO,
            peer.c.person == row.c.principal,
            peer.c.grp.in_(self._visible.sharing()),
        )

    monkeypatch.setattr(UnreadRule, "shared", shared)


def counting(name: str, **changed: Callable[[Any], Any]) -> Fault:
    """Count answers for others than the law does."""

    def fault(monkeypatch: pytest.MonkeyPatch) -> None:
        original = sending.counts_for

        def counted(recipients: Any, answerer: int, **given: Any) -> Any:
            return original(recipients, answerer, **{key: changed.get(key, _same)(one) for key, one in given.items()})

        monkeypatch.setattr(sending, "counts_for", counted)

    fault.__name__ = name
    return fault


def _same(value: Any) -> Any:
    return value


def _none(_: object) -> frozenset[int]:
    return frozenset()


def _anybody(_: object) -> frozenset[int]:
    return frozenset(range(1, 1000))


def questions_ask_members_of_observing_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever a question names must answer it, copied or not."""

    def addressed(self: UnreadRule, message: Any) -> ColumnElement[bool]:
        row = self._tables.involvement.alias("addressed")
        return exists().where(row.c.portfolio == PORTFOLIO, row.c.item == message.c.id, self.us(row.c.principal))

    monkeypatch.setattr(UnreadRule, "addressed", addressed)


def marks_some_of_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several messages only the first is marked read."""
    mark_read = SqlReading.mark_read

    def first_alone(self: SqlReading, scope: Any, person: int, messages: Any) -> None:
        mark_read(self, scope, person, list(messages)[:1])

    monkeypatch.setattr(SqlReading, "mark_read", first_alone)


IN_READING: tuple[Fault, ...] = (
    marks_are_everybodys,
    teambox_counts_from_ever,
    shared_counts_from_ever,
    counting("answers_past_the_asker_count", to=_anybody),
    counting("peers_do_not_answer", peers=_none),
    questions_ask_members_of_observing_groups,
    marks_some_of_several,
)
