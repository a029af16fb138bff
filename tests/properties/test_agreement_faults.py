"""The properties of agreement find the faults that matter, each put in alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from collabcase import Collab
from collabcase.testing import MovableClock
from properties.agreement.faults import IN_HANGING, IN_HISTORIES, Fault
from properties.agreement.figures import Figures
from properties.agreement.mixes import MIXES
from properties.agreement.programs import Choices, Program, programs
from properties.agreement.reading import unread
from properties.agreement.steps import Scene
from properties.agreement.stored import in_haste
from properties.clocks import PATIENT, Clocks
from properties.hanging import Plan, hold, plans
from properties.history import History

finding = settings(max_examples=200, phases=[Phase.generate], database=None, derandomize=True)


class Hunt(History):
    """A history that is asked little at its end: whatever the rows do not tell shows in what is unread."""

    def _ask_at_the_end(self, choices: Choices) -> None:
        for sides in self.sides:
            for person in filter(sides.world.active, sides.world.persons):
                self._ask_one(Scene(sides, person), unread, choices)


def name(fault: Fault) -> str:
    """Give a fault's name."""
    return fault.__name__


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Fault], Collab]:
    """Open a collabcase on SQLite with a fault in it."""

    def opened(fault: Fault) -> Collab:
        fault(monkeypatch)
        return in_haste(Clocks.made(f"sqlite:///{tmp_path / 'faulty.db'}").opened(PATIENT))

    return opened


def test_every_fault_has_its_mix() -> None:
    """V1-V15: each fault has the mix of verbs that it shows in, and no mix outlives its fault."""
    assert set(map(name, IN_HISTORIES)) == MIXES.keys()


@pytest.mark.parametrize("fault", IN_HISTORIES, ids=name)
def test_histories_find(fault: Fault, faulty: Callable[[Fault], Collab]) -> None:
    """V1-V15: histories do not agree with the oracle any more when the library is wrong."""
    with faulty(fault) as collab:

        @finding
        @given(programs(2, MIXES[name(fault)]))
        def play(program: Program) -> None:
            clock = collab._clock
            assert isinstance(clock, MovableClock)
            Hunt(collab, clock, Figures()).play(program)

        with pytest.raises(AssertionError):
            play()


@pytest.mark.parametrize("fault", IN_HANGING, ids=name)
def test_hanging_finds(fault: Fault, faulty: Callable[[Fault], Collab]) -> None:
    """V8-V11: worlds of hanging things do not agree with the oracle any more when the library is wrong."""
    with faulty(fault) as collab:

        @finding
        @given(plans())
        def play(plan: Plan) -> None:
            hold(collab, plan, Figures())

        with pytest.raises(AssertionError):
            play()
