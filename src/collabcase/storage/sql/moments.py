"""The database's own clock, by which windows and locks live (L3); the clock of a client decides nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, cast, func, literal_column

_UNIX_EPOCH = 2440587.5
_DAY = 86_400_000


def database_now(*, postgresql: bool) -> ColumnElement[Any]:
    """Return the present moment in milliseconds since 1970 (UTC), as the statement that holds it runs."""
    if postgresql:  # not now(), which is when the transaction began, before it may have waited for a lock
        return cast(func.floor(func.extract("epoch", func.clock_timestamp()) * 1000), BigInteger)
    day = func.julianday("now") - literal_column(str(_UNIX_EPOCH))
    return cast(func.round(day * literal_column(str(_DAY))), Integer)
