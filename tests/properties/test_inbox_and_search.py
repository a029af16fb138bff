"""Inbox and search after any history, at rest and while everything goes on, and faults that this finds."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings

import collabcase
from collabcase import Collab
from collabcase.storage.sql import search
from collabcase.testing import MovableClock
from properties.agreement.listing import INBOXES
from properties.agreement.programs import Program, examples, programs
from properties.agreement.stored import in_haste
from properties.listing_faults import FAULTS, Fault
from properties.listing_history import COMBINATIONS, AtRest, GoingOn

_log = logging.getLogger(__name__)

AT_REST = {"sqlite": 8, "postgresql": 3}
GOING_ON = {"sqlite": 30, "postgresql": 10}


@pytest.fixture(autouse=True)
def _short_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a search take turns after two numbers, not after 64, so that short histories make it."""
    monkeypatch.setattr(search, "_FIRST", 2)
    monkeypatch.setattr(search, "_WIDER", 2)


def _lively(program: Program) -> Program:
    """Let no seed stand for the plainest choices, by which hardly anything happens."""
    return replace(program, settings=tuple(seed + 1 for seed in program.settings), questions=program.questions + 1)


def test_every_list_is_the_oracles(collab: Collab, clock: MovableClock, engine_name: str) -> None:
    """V6, V13, T5, T7, T9: every inbox, and searches under all combinations of conditions, are what plain sets give."""
    seen: Counter[Any] = Counter()
    in_haste(collab)

    @examples(AT_REST[engine_name])
    @given(programs())
    def play(program: Program) -> None:
        AtRest(collab, clock, seen).play(_lively(program))

    play()
    found = {names for names in COMBINATIONS if seen[names]}
    _log.info("%s: %s, %s of %s", engine_name, {one: seen[one] for one in INBOXES}, len(found), len(COMBINATIONS))
    if engine_name == "sqlite":  # PostgreSQL plays too few of the same programs
        assert [] == [heading for heading in INBOXES if not seen[heading]], "never anything in it"
        assert len(found) >= len(COMBINATIONS) * 0.4, "too few found anything"


def test_pages_stay_right_while_everything_goes_on(collab: Collab, clock: MovableClock, engine_name: str) -> None:
    """T7, V5: between pages anything happens; what stays comes exactly once, and what is hidden by then never."""
    seen: Counter[Any] = Counter()
    in_haste(collab)

    @examples(GOING_ON[engine_name])
    @given(programs(1))
    def play(program: Program) -> None:
        GoingOn(collab, clock, seen).play(_lively(program))

    play()
    _log.info("%s: %s", engine_name, {name: seen[name] for name in LEAST})
    rare = [name for name, least in LEAST.items() if seen[name] < least and engine_name == "sqlite"]
    assert [] == rare, f"too rare to prove anything: {dict(seen)}"


LEAST = {"pages": 100, "stayed": 60, "changed": 20}
"""How much a run on SQLite must at least have met; a small part of what is usual."""

finding = settings(max_examples=100, phases=[Phase.generate], database=None, derandomize=True)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Fault], Collab]:
    """Open a collabcase on SQLite with a fault in it."""

    def opened(fault: Fault) -> Collab:
        fault(monkeypatch)
        return in_haste(collabcase.open(f"sqlite:///{tmp_path / 'faulty.db'}", clock=MovableClock()))

    return opened


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_faults_are_found(fault: Fault, faulty: Callable[[Fault], Collab]) -> None:
    """T7, T9: lists that are read wrongly differ from plain sets after some history."""
    with faulty(fault) as collab:
        clock = collab._clock
        assert isinstance(clock, MovableClock)

        @finding
        @given(programs(1))
        def play(program: Program) -> None:
            AtRest(collab, clock, Counter()).play(_lively(program))

        with pytest.raises(AssertionError, match=r"inbox|search|cursor|limit"):
            play()
