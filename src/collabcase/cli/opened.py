"""Opening what a command line names."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collabcase.collab import Collab


@contextmanager
def opened(given: Namespace) -> Iterator[Collab]:
    """Open the collabcase of a command line, whose tables must be there, and close it at the end.

    Raises:
        InvalidInput: the URL, the schema or the prefix can't be used, or there is no such file.
        SchemaOutdated: the tables are missing, older or newer.
        StorageError: the database can't be used.
    """
    from collabcase.opening import embed
    from collabcase.storage.sql.engines import engine_for

    engine = engine_for(given.url, existing=True)
    try:
        with embed(engine, schema=given.schema, prefix=given.prefix) as collab:
            yield collab
    finally:
        engine.dispose()
