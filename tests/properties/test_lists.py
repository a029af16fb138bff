"""The group feed and the inbox's list after any history, and what finds them wrong."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

import collabcase
from collabcase import Collab
from collabcase.testing import MovableClock
from properties.agreement.programs import Program, examples
from properties.agreement.stored import in_haste
from properties.list_faults import FAULTS, Fault
from properties.lists import ListHistory, list_programs

_log = logging.getLogger(__name__)

EXAMPLES = {"sqlite": 30, "postgresql": 6}


def test_lists_follow_every_history(collab: Collab, clock: MovableClock, engine_name: str) -> None:
    """V5, V6: whatever happened, feed and talk_list hold what plain sets give, and fsck finds nothing."""
    seen: Counter[str] = Counter()
    in_haste(collab)

    @examples(EXAMPLES[engine_name])
    @given(list_programs())
    def play(program: Program) -> None:
        ListHistory(collab, clock, seen).play(program)

    play()
    _log.info("%s: %s", engine_name, dict(seen))
    rare = [name for name, least in LEAST.items() if seen[name] < least]
    assert [] == rare, f"too rare to prove anything: {dict(seen)}"


LEAST = {
    "feed rows": 100,
    "feed rows gone": 10,
    "shared rows": 50,
    "own rows of groups": 10,
    "list rows gone": 5,
    "list rows lowered": 1,
}
"""How often a run must at least have met what; a small part of what is usual on either engine."""

finding = settings(max_examples=200, phases=[Phase.generate], database=None, derandomize=True)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Fault], Collab]:
    """Open a collabcase on SQLite with a fault in it."""

    def opened(fault: Fault) -> Collab:
        fault(monkeypatch)
        return in_haste(collabcase.open(f"sqlite:///{tmp_path / 'faulty.db'}", clock=MovableClock()))

    return opened


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_faults_are_found(fault: Fault, faulty: Callable[[Fault], Collab]) -> None:
    """V5, V6: lists that are kept wrongly differ from plain sets after some history."""
    with faulty(fault) as collab:
        clock = collab._clock
        assert isinstance(clock, MovableClock)

        @finding
        @given(list_programs())
        def play(program: Program) -> None:
            ListHistory(collab, clock, Counter()).play(program)

        with pytest.raises(AssertionError, match=r"lists of|feeds of"):
            play()
