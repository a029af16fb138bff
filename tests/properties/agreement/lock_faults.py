"""Faults put into windows and locks, each of which the random histories must find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from collabcase.desk import clicking, holding, parties, reading, talks, teambox
from collabcase.desk.call import Call
from collabcase.model.lock import Move

Fault = Callable[[pytest.MonkeyPatch], None]


def writes_meet_no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No write asks who holds the talk."""
    for module in (parties, reading, talks):
        monkeypatch.setattr(module, "guard", lambda call, item: None)


def nothing_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a newer window lets go of is free, though an older one is still there."""
    leave = clicking.leave

    def alone(call: Call, window: Any, windows: Any, *rest: Any) -> None:
        leave(call, window, [], *rest)

    monkeypatch.setattr(clicking, "leave", alone)


def everybody_is_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds a talk keeps the other side from it, too."""
    monkeypatch.setattr(holding, "in_the_way", lambda call, item, me, others: set(others))


def tokens_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write under whatever token goes through while the window holds the talk."""
    check = holding._check

    def unchecked(call: Call, *rest: Any) -> None:
        check(evolve(call, token=None), *rest)

    monkeypatch.setattr(holding, "_check", unchecked)


def notes_end_with_the_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who claims a talk leaves no note of it."""

    def unnoted(call: Call, item: int, what: Move, *, keeps: bool = False) -> None:
        if not keeps:
            holding.moved(call, item, what)

    monkeypatch.setattr(teambox, "moved", unnoted)


IN_LOCKS: tuple[Fault, ...] = (
    writes_meet_no_lock,
    nothing_is_given_back,
    everybody_is_in_the_way,
    tokens_do_not_count,
    notes_end_with_the_hold,
)
"""What `test_history` must find of them."""
