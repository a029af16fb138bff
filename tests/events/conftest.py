from collections.abc import Iterator

import pytest

import collabcase
from collabcase import Collab
from collabcase.testing import MovableClock
from concurrency.crew import crew as crew  # fixtures
from concurrency.ground import given_back
from concurrency.ground import ground as ground
from concurrency.ground import url as url


@pytest.fixture
def collab(url: str, clock: MovableClock) -> Iterator[Collab]:
    """A Collab of its own on an empty database on each engine in turn; it must give every connection back."""
    with collabcase.open(url, clock=clock) as opened:
        yield opened
        assert given_back(opened)
