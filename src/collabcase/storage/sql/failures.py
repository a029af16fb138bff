"""Errors of the drivers, told in the library's own words."""

from __future__ import annotations

import re
import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from collabcase.errors import AlreadyInMainGroup, CollabError, StorageError, TryAgain

_BUSY = {5: "the database file is busy", 6: "a table is locked"}
_REPEAT = {
    "40001": "others changed what this stood on",
    "40P01": "two units of work waited for each other",
    "55P03": "a lock was not to be had in time",
    "25P02": "the transaction had already failed",
}
_SQLITE_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_ONE_MAIN = re.compile(r"membership_one_main$|membership\.portfolio, \w*membership\.person$")
DRIVER_ERRORS = (SQLAlchemyError, sqlite3.Error)


def translated(error: Exception) -> CollabError:
    """Return the library's error for a driver's, to be raised from it."""
    original = error.orig if isinstance(error, DBAPIError) else error
    reason = _repeatable(original)
    if reason is None and _taken(original):
        broken = _constraint(original)
        if _ONE_MAIN.search(broken):
            return AlreadyInMainGroup(())
        reason = f"another unit of work was first ({broken})"
    return TryAgain(reason) if reason else StorageError(_refusal(original))


def _refusal(original: object) -> str:
    return f"it refuses with {type(original).__name__}; the cause has the driver's own words"


def is_busy(error: BaseException) -> bool:
    """Tell whether SQLite says that somebody else holds the file."""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


def _repeatable(original: object) -> str | None:
    if isinstance(original, sqlite3.Error):
        return _BUSY.get(getattr(original, "sqlite_errorcode", 0) & 0xFF)
    return _REPEAT.get(getattr(original, "sqlstate", None) or "")


def _taken(original: object) -> bool:
    """Tell whether a key or unique value was there already."""
    return (
        getattr(original, "sqlite_errorcode", None) in _SQLITE_TAKEN or getattr(original, "sqlstate", None) == "23505"
    )


def _constraint(original: object) -> str:
    named = getattr(getattr(original, "diag", None), "constraint_name", None)
    return named or str(original).rpartition(": ")[2]
