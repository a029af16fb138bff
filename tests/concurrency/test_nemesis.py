"""Locks under processes that stop, die, are forced and live by a clock that is set wrong (L1 to L6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve

from concurrency.checker import Done, Row, Told, check, check_time
from concurrency.nemesis import HARMS, rage, rivals

SECONDS, TWIN = 12.0, 4.0


def test_l6_nobody_writes_under_a_lock_that_is_not_theirs(new_database: Callable[[], str]) -> None:
    """L1, L4, L6: one holder in each place, rising tokens, each write its owner's, nothing told to the other side."""
    report = rage(new_database(), SECONDS, seed=1)
    assert [] == report.problems
    assert all(report.counts[what] > 2 for what in (*HARMS, "click", "save", "stale", "gone")), report


def test_l6_without_the_guard_somebody_does(new_database: Callable[[], str]) -> None:
    """L6: the check notices writes that the guard would have refused."""
    assert rage(new_database(), TWIN, seed=2, fault="unguarded").problems


HISTORY = [
    Row(1, "t", "b1", "hold", "v", 5),
    Row(2, "t", "a1", "hold", "w", 6),
    Row(3, "t", "b1", "write", "v", 5),
    Row(4, "t", "b1", "hold", "x", 7),
    Row(5, "t", "b1", "hold", "x", 7, "moved"),
    Row(6, "t", "b1", "write", "x", 7),
    Row(7, "t", "b1", "hold", None, 7, "forced", "why"),
    Row(8, "t", "b2", "hold", "y", 8),
]
TOLD = [
    *(Told("lock.acquired", "t", who) for who in ("b1", "a1")),
    *(Told(f"lock.{kind}", "t", "b1") for kind in ("taken_over", "moved", "forced")),
    Told("lock.acquired", "t", "b2"),
]


def test_the_checker_lets_a_right_history_through() -> None:
    """The checker finds nothing where nothing is wrong."""
    assert [] == check(HISTORY, TOLD, rivals, {("t", "b"): 2})
    assert [] == list(check_time([Done("t", 1, 0, 9), Done("t", 2, 0, 5), Done("t", 3, 6, 7), Done("u", 1, 1, 2)]))


@pytest.mark.parametrize(
    ("place", "change", "problem"),
    [
        (7, {"seq": 7, "person": "b2", "window": "y"}, "has no newer token"),
        (3, {"person": "b2"}, "began while b1 held it"),
        (5, {"window": "v"}, "was accepted"),
        (5, {"token": 5}, "was accepted"),
        (7, {"what": "write"}, "was accepted"),
        (6, {"ended": "expired"}, "was told"),
        (4, {"ended": None}, "was told"),
        (5, {"person": "a1", "window": "w", "token": 6}, "was written to"),
    ],
)
def test_the_checker_finds_what_is_wrong(place: int, change: dict[str, object], problem: str) -> None:
    """The checker finds each fault of a history."""
    rows = [*HISTORY[:place], evolve(HISTORY[place], **({"token": 7} | change)), *HISTORY[place + 1 :]]
    assert any(problem in found for found in check(rows, TOLD, rivals, {("t", "b"): 2}))


def test_the_checker_finds_what_was_told_wrong_or_stored_too_late() -> None:
    """The checker finds a lost event, a doubled one, a lost write, and what stands behind what came after it."""
    assert check(HISTORY, TOLD[:-1], rivals, {("t", "b"): 2})
    assert check(HISTORY, [*TOLD, TOLD[-1]], rivals, {("t", "b"): 2})
    assert check(HISTORY, TOLD, rivals, {("t", "b"): 1})
    assert list(check_time([Done("t", 1, 8, 9), Done("t", 2, 8, 9), Done("t", 3, 6, 7)]))
