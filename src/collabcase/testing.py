"""For the tests of hosts: a fixture with a fresh collabcase, a clock that is moved by hand, and a check of sight.

Use it in a ``conftest.py``::

    from collabcase.testing import clock, collab
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from collabcase.collab import Collab
from collabcase.errors import InvalidInput
from collabcase.opening import open


class MovableClock:
    """A clock that stands still until it is moved.

    Things made in one millisecond on different desks order by chance: move it between desks where order matters.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 1, 9, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        return self._now

    def move(self, **by: float) -> datetime:
        """Move the clock and return the new moment.

        Args:
            **by: as for `datetime.timedelta`, such as ``minutes=5``; negative to move back.
        """
        self._now += timedelta(**by)
        return self._now


@pytest.fixture
def clock() -> MovableClock:
    """Return a clock to be moved by hand."""
    return MovableClock()


@pytest.fixture
def collab(clock: MovableClock) -> Iterator[Collab]:
    """Return a collabcase on a SQLite file of its own, gone after the test."""
    with open(clock=clock) as opened:
        yield opened


def assert_sees(
    collab: Collab, portfolio: str, person: str, *, sees: Iterable[str] = (), not_sees: Iterable[str] = ()
) -> None:
    """Check which messages a person sees and does not see (V13).

    Args:
        collab: where.
        portfolio: its id.
        person: whose sight.
        sees: ids of messages they must see.
        not_sees: ids of messages they must not see.

    Raises:
        AssertionError: naming what is seen wrongly.
        InvalidInput: a message stands in both lists.
    """
    wanted, hidden = tuple(dict.fromkeys(sees)), tuple(dict.fromkeys(not_sees))
    if set(wanted) & set(hidden):
        raise InvalidInput("not_sees", "names what sees names too")
    with collab.desk(person, portfolio=portfolio) as desk:
        seen = set(desk.messages.visible([*wanted, *hidden]))
    missing, leaked = [id for id in wanted if id not in seen], [id for id in hidden if id in seen]
    assert not missing, f"{person} should see {missing}"
    assert not leaked, f"{person} should not see {leaked}"
