"""A collabcase for histories: both clocks move together, and no lock ends by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from collabcase import Collab
from collabcase.testing import MovableClock
from properties.clocks import PATIENT, Clocks


@pytest.fixture
def patient(new_database: Callable[[], str]) -> Iterator[tuple[Collab, MovableClock]]:
    """A collabcase on each engine in turn, with the clocks it goes by; it must give every connection back."""
    with Clocks.made(new_database()) as clock, clock.opened(PATIENT) as opened:
        yield opened, clock
        assert opened._storage._engine.pool.checkedout() == 0
