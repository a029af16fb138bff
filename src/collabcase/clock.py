"""The clock port: the one place where the library asks for the time of day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Clock(Protocol):
    """Tells the time; a host's tests pass a movable one."""

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        ...


class SystemClock:
    """The machine's clock, the default."""

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        return datetime.now(UTC)


def to_millis(moment: datetime) -> int:
    """Return whole milliseconds since 1970 (UTC) of an aware `moment`, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def from_millis(millis: int) -> datetime:
    """Return the aware UTC datetime that `to_millis` maps to `millis`."""
    return _EPOCH + millis * _MILLISECOND
