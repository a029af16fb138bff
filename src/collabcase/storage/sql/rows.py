"""Running statements, and what differs between the databases in how they are written."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Executable,
    Insert,
    Select,
    String,
    Table,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult

from collabcase.storage.interfaces.scope import Scope


def run(scope: Scope, statement: Executable, **values: object) -> CursorResult[*tuple[Any, ...]]:
    """Execute a statement with the portfolio and `values` bound."""
    connection: Connection = scope.handle
    return connection.execute(statement, {"in_portfolio": scope.portfolio, **values})


def store(scope: Scope, statement: Insert, rows: Iterable[Mapping[str, object]]) -> None:
    """Insert rows of the portfolio, in order; nothing for none."""
    connection: Connection = scope.handle
    filled = [{"portfolio": scope.portfolio, **row} for row in rows]
    if filled:
        connection.execute(statement, filled)


class Dialect:
    """What differs between SQLite and PostgreSQL in how statements are written."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.postgresql = name == "postgresql"

    def numbers(self, bind: str) -> Select[Any]:
        """Select the numbers of a list bound under a name; pass the list through `listed`."""
        return self._elements(bind, BigInteger())

    def texts(self, bind: str) -> Select[Any]:
        """Select the texts of a list bound under a name; pass the list through `listed`."""
        return self._elements(bind, String())

    def _elements(self, bind: str, kind: Any) -> Select[Any]:
        if self.postgresql:
            value = func.unnest(cast(bindparam(bind), ARRAY(kind))).column_valued(f"{bind}_value")
            return select(value)
        each = func.json_each(bindparam(bind, type_=String())).table_valued("value")
        return select(cast(each.c.value, kind) if isinstance(kind, String) else each.c.value)

    def listed(self, values: Collection[Any]) -> object:
        """Return a list in the form that `numbers` and `texts` read."""
        return list(values) if self.postgresql else json.dumps(list(values))

    def insert(self, table: Table) -> Insert:
        """Return an insert that leaves rows with a known key as they are."""
        if self.postgresql:
            return postgresql.insert(table).on_conflict_do_nothing()
        return sqlite.insert(table).on_conflict_do_nothing()
