"""Faults put into teamboxes, drafts and archives, each of which the random histories must find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from collabcase.desk import groups, people, talks
from collabcase.storage.sql.archives import SqlArchives
from collabcase.storage.sql.teamboxes import SqlTeamboxes

Fault = Callable[[pytest.MonkeyPatch], None]


def _forgotten(*places: tuple[Any, str]) -> Callable[[pytest.MonkeyPatch], None]:
    def fault(monkeypatch: pytest.MonkeyPatch) -> None:
        for module, name in places:
            monkeypatch.setattr(module, name, lambda *given, **named: None)

    return fault


def claims_survive_leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who leaves a group keeps what they claimed there."""
    _forgotten((groups, "end_claims"))(monkeypatch)


def claims_survive_deactivation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is deactivated keeps what they claimed."""
    _forgotten((people, "end_claims"))(monkeypatch)


def answers_are_not_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member's answer leaves the item unanswered."""
    _forgotten((talks, "answered_for"))(monkeypatch)


def drafts_survive_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who answers a message keeps their draft on it."""
    _forgotten((talks, "end_draft"))(monkeypatch)


def restoring_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An archived talk stays archived."""
    _forgotten((SqlArchives, "restore"))(monkeypatch)


def messages_move_items(monkeypatch: pytest.MonkeyPatch) -> None:
    """A further message to the group takes an item to the end of its list."""

    def newer(self: SqlTeamboxes, adding: Any) -> dict[str, Any]:
        return {"since": adding.excluded.since, "type": adding.excluded.type}

    monkeypatch.setattr(SqlTeamboxes, "_older", newer)


def claims_are_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who claims last has it."""
    claim = SqlTeamboxes.claim

    def robbing(self: SqlTeamboxes, scope: Any, viewer: int, group: int, item: int, *, at: int) -> bool:
        row = self.find(scope, viewer, group, item)
        if row is not None and row.claimed_by is not None:
            self.put_back(scope, row.claimed_by, group, item)
        return claim(self, scope, viewer, group, item, at=at)

    monkeypatch.setattr(SqlTeamboxes, "claim", robbing)


def groups_are_never_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group is deleted with open items in its teambox."""
    _forgotten((groups, "check_not_in_use"))(monkeypatch)


IN_KEEPING: tuple[Fault, ...] = (
    claims_survive_leaving,
    claims_survive_deactivation,
    answers_are_not_noted,
    drafts_survive_answers,
    restoring_does_nothing,
    messages_move_items,
    claims_are_taken_away,
    groups_are_never_in_use,
)
"""What `test_history` must find of them."""
