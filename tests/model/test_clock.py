"""The clock port and the milliseconds that are stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabcase.clock import Clock, SystemClock, from_millis, to_millis
from collabcase.testing import MovableClock


def test_the_system_clock_is_in_utc() -> None:
    """The default clock tells the machine's time as an aware datetime in UTC."""
    before = datetime.now(UTC)
    told = SystemClock().now()
    assert before <= told <= datetime.now(UTC)
    assert timedelta(0) == told.utcoffset()


def test_the_movable_clock_stands_still() -> None:
    """A clock for tests stands still until it is moved, forwards or back."""
    clock = MovableClock()
    port: Clock = clock
    assert datetime(2026, 1, 1, 9, tzinfo=UTC) == port.now() == port.now()
    assert datetime(2026, 1, 1, 10, 1, tzinfo=UTC) == clock.move(hours=1, minutes=1) == port.now()
    assert datetime(2026, 1, 1, 9, tzinfo=UTC) == clock.move(minutes=-61)


@pytest.mark.parametrize(
    ("moment", "millis"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, 0, 0, 1, 2999, tzinfo=UTC), 1002),
        (datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), -1),
        (datetime(1970, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), 0),
        (datetime(9000, 1, 1, tzinfo=UTC), 221845392000000),
    ],
)
def test_to_millis(moment: datetime, millis: int) -> None:
    """Milliseconds since 1970 are exact whole numbers, rounded down, whatever the zone."""
    assert millis == to_millis(moment)


@given(st.integers(-(10**12), 10**14))
def test_millis_read_back(millis: int) -> None:
    """What was stored in milliseconds reads back as the same moment."""
    assert millis == to_millis(from_millis(millis))
    assert timedelta(0) == from_millis(millis).utcoffset()
