"""Faults put into teamboxes, each of which the random histories must find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from collabcase.desk import groups, people, talks

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


IN_KEEPING: tuple[Fault, ...] = (claims_survive_leaving, claims_survive_deactivation, answers_are_not_noted)
"""What `test_history` must find of them."""
