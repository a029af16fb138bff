"""Windows: their table, and how long one that says nothing is believed to be there (L3)."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from collabcase import InvalidInput, Leases
from collabcase.locking.windows import SPOKEN, WINDOWS, Act, Mode


def test_l3_every_act_is_told_in_every_mode() -> None:
    """L3: the table has each pair, and no other."""
    assert set(itertools.product(Mode, Act)) == set(WINDOWS)


def test_l3_what_becomes_of_a_window() -> None:
    """L3: a sign of life changes nothing, a mode that is told holds, and only closing and silence end a window."""
    for (mode, act), after in WINDOWS.items():
        spoken = {spoken_act: said for said, spoken_act in SPOKEN.items()}.get(act, mode)
        assert (None if act in (Act.CLOSE, Act.SILENCE) else spoken) is after


def test_l3_every_mode_can_be_told() -> None:
    """L3: a page can say each mode, each in one way."""
    assert set(Mode) == set(SPOKEN)
    assert len(set(SPOKEN.values())) == len(SPOKEN)


def test_l3_the_leases_by_default() -> None:
    """L3: a page in sight, or a server, has 30 seconds; a hidden page 150, which is two of its minutes and a half."""
    leases = Leases()
    assert [30, 150, 30] == [leases.of(mode).total_seconds() for mode in Mode]
    assert timedelta(seconds=150) == leases.longest


@pytest.mark.parametrize("mode", Mode)
def test_l3_each_mode_has_its_own_lease(mode: Mode) -> None:
    """L3: what is set for a mode is what a window in it has, and the longest is found."""
    leases = Leases(**{mode.value: timedelta(minutes=9)})
    assert [one is mode for one in Mode] == [leases.of(one) == timedelta(minutes=9) for one in Mode]
    assert timedelta(minutes=9) == leases.longest


@pytest.mark.parametrize("mode", [mode.value for mode in Mode])
@pytest.mark.parametrize("wrong", [timedelta(milliseconds=99), timedelta(hours=1, milliseconds=1), 30, None, "30 s"])
def test_l3_a_lease_that_cannot_be(mode: str, wrong: Any) -> None:
    """L3: a lease is from a tenth of a second to an hour; what else is refused by its name."""
    with pytest.raises(InvalidInput) as refused:
        Leases(**{mode: wrong})
    assert mode == refused.value.field


@pytest.mark.parametrize("edge", [timedelta(milliseconds=100), timedelta(hours=1)])
def test_l3_the_edges_of_a_lease(edge: timedelta) -> None:
    """L3: both ends are leases."""
    assert edge == Leases(visible=edge).visible
