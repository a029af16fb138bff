"""Timing pairs of functions in turn, so that a noisy machine is noisy to both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from attrs import frozen


@frozen
class Pair:
    """Medians of ours and of what it is held against, in milliseconds."""

    ours: float
    floor: float

    @property
    def ratio(self) -> float:
        """How many times slower ours is."""
        return self.ours / self.floor


def interleaved(ours: Callable[[], object], floor: Callable[[], object], rounds: int) -> Pair:
    """Return the medians of `rounds` runs of each, in turn, after one that does not count."""
    taken: dict[str, list[float]] = {"ours": [], "floor": []}
    for turn in range(rounds + 1):
        for name, work in (("ours", ours), ("floor", floor)):
            start = time.perf_counter()
            work()
            if turn:
                taken[name].append((time.perf_counter() - start) * 1000)
    return Pair(statistics.median(taken["ours"]), statistics.median(taken["floor"]))
