"""A fresh database in a folder, which replaces nothing but what the demo itself left there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from collabcase import InvalidInput

FILE = "demo.db"
_MARK = 0x636F6C64
"""What SQLite calls an application id: it stands in the file's header and tells the demo's files from others."""
_BESIDES = ("-wal", "-shm", "-journal")


def fresh_database(folder: Path) -> Path:
    """Return the path of a new, marked SQLite file in a folder.

    Raises:
        InvalidInput: the folder can't be used, or holds a file of that name which the demo did not make.
    """
    file = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if file.exists():
            if not _marked(file):
                raise InvalidInput("folder", f"holds a {FILE} that the demo did not make; name another folder")
            for name in (FILE, *(FILE + ending for ending in _BESIDES)):
                (folder / name).unlink(missing_ok=True)
        _mark(file)
    except (OSError, sqlite3.Error) as error:
        raise InvalidInput("folder", f"{str(folder)!r} can't be used ({error}); name another") from error
    return file


def _marked(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA application_id").fetchone() == (_MARK,))
    except sqlite3.DatabaseError:
        return False


def _mark(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA application_id = {_MARK}")
