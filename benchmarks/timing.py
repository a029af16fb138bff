"""Timing pairs of functions in turn, so that a noisy machine is noisy to both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from attrs import frozen


@frozen
class Pair:
    """Ours and what it is held against, in milliseconds.

    Attributes:
        ours: median of ours.
        floor: median of the other.
        least: the shortest of each, which other work on the machine lengthens least.
    """

    ours: float
    floor: float
    least: tuple[float, float]

    @property
    def ratio(self) -> float:
        """How many times slower ours is."""
        return self.ours / self.floor

    @property
    def least_ratio(self) -> float:
        """How many times slower the shortest of ours is."""
        return self.least[0] / self.least[1]


def once(work: Callable[[], object]) -> float:
    """Return how long one run takes, in milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def interleaved(
    ours: Callable[[], object], floor: Callable[[], object], rounds: int = 30, *, seconds: float = 2.0
) -> Pair:
    """Return the medians of `rounds` runs of each, in turn, after one that does not count.

    Args:
        ours: the work measured.
        floor: what it is held against.
        rounds: how many runs of each.
        seconds: when to stop earlier, after three runs at least, or one where runs are slow.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    begun = time.perf_counter()
    for turn in range(rounds + 1):
        elapsed = time.perf_counter() - begun
        if (turn > 3 and elapsed > seconds) or (turn > 0 and elapsed > 3 * seconds):
            break
        if turn == 1:  # the first one does not count, unless it alone took too long
            taken[0].clear()
            taken[1].clear()
        taken[0].append(once(ours))
        taken[1].append(once(floor))
    least = min(taken[0]), min(taken[1])
    return Pair(statistics.median(taken[0]), statistics.median(taken[1]), least)


def many(work: Callable[[], object], rounds: int, *, seconds: float) -> list[float]:
    """Return how long each of many runs takes, in milliseconds, after one that does not count."""
    work()
    begun, times = time.perf_counter(), []
    while len(times) < rounds and time.perf_counter() - begun < seconds:
        times.append(once(work))
    return times


def p99(times: list[float]) -> float:
    """Return what 99 of 100 runs stay below."""
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.99))]
