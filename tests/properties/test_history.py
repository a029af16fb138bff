"""The library against the oracle, over random histories of all operations on both engines."""

from __future__ import annotations

from hypothesis import given

from collabcase import Collab
from collabcase.testing import MovableClock
from properties.agreement.figures import Figures
from properties.agreement.programs import Program, programs
from properties.history import History


def test_history(collab: Collab, clock: MovableClock, engine_name: str) -> None:
    """V1-V7, V12-V17, G1-G7, T1-T6: the library answers as the oracle does, whatever has happened."""
    figures = Figures()

    @given(program=programs())
    def play(program: Program) -> None:
        History(collab, clock, figures).play(program)

    play()
    assert 0, str(figures)
