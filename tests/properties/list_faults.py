"""Faults in the upkeep of lists, each of which the properties of lists must find."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import pytest

from collabcase.permissions.sight import Involvement, Role
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.feeds import SqlFeeds
from collabcase.storage.sql.sights import SqlSights

Fault = Callable[[pytest.MonkeyPatch], None]


def _nothing(*args: Any, **named: Any) -> None:
    """Forget to do it."""


def leaving_forgets_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever leaves a group leaves their messages in its lists."""
    monkeypatch.setattr(SqlFeeds, "left", _nothing)


def joining_forgets_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """What extends from new members enters the feed of their group, not its list of talks."""

    def joined(self: SqlFeeds, scope: Scope, group: int, persons: Collection[int]) -> None:
        with monkeypatch.context() as within:
            within.setattr(self, "_joined", self._joined[:1])
            entered(self, scope, group, persons)

    entered = SqlFeeds.joined
    monkeypatch.setattr(SqlFeeds, "joined", joined)


def late_observers_not_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes to observe a message later does not get it into their list."""

    def involve(self: SqlSights, scope: Scope, item: int, rows: Iterable[Involvement]) -> None:
        kept = list(rows)
        with monkeypatch.context() as within:
            if {row.role for row in kept} == {Role.OBSERVER}:
                within.setattr(SqlFeeds, "involved", _nothing)
            involved(self, scope, item, kept)

    involved = SqlSights.involve
    monkeypatch.setattr(SqlSights, "involve", involve)


def heirs_not_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that takes over from a deleted one does not get what it takes over into its list."""
    monkeypatch.setattr(SqlFeeds, "inherited", _nothing)


def newest_not_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list goes on pointing to a message that is no longer in it."""
    monkeypatch.setattr(SqlFeeds, "_settle", _nothing)


def withdrawing_forgets_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who observes no more keeps the messages in their list."""
    monkeypatch.setattr(SqlFeeds, "withdrawn", _nothing)


FAULTS: tuple[Fault, ...] = (
    leaving_forgets_the_feed,
    joining_forgets_the_list,
    late_observers_not_entered,
    heirs_not_entered,
    newest_not_lowered,
    withdrawing_forgets_the_list,
)
