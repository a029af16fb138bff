"""Running statements, and what differs between the databases in how they are written."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Executable,
    Insert,
    Select,
    String,
    Table,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.types import TypeEngine

from collabcase.storage.interfaces.scope import Scope

PORTFOLIO: Any = bindparam("in_portfolio")
"""The portfolio of every statement; `run` binds it."""


def any_row(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say that rows exist, to be looked up one by one: PostgreSQL must not collect all of them beforehand.

    The offset leaves nothing out, but keeps PostgreSQL from turning the question into a join.
    """
    return select(literal_column("1")).where(*conditions).offset(literal_column("0")).exists()


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column that no index is chosen for.

    By the role of a row PostgreSQL 18 skips through all that a principal is involved in, instead of going by the item.
    """
    return column + literal_column("0")


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
        if self.postgresql:
            return select(func.unnest(_array(bind, BigInteger())).column_valued(f"{bind}_value"))
        return select(func.json_each(bindparam(bind, type_=String())).table_valued("value").c.value)

    def among(self, column: ColumnElement[Any], bind: str) -> ColumnElement[bool]:
        """Say that a column's value is in a list bound under a name; pass the list through `listed`.

        PostgreSQL is given an array, which it looks up in an index whatever it knows of the table's size.
        """
        return column == any_(_array(bind, column.type)) if self.postgresql else column.in_(self.numbers(bind))

    def listed(self, values: Collection[Any]) -> object:
        """Return a list in the form that `numbers` and `among` read."""
        return list(values) if self.postgresql else json.dumps(list(values))

    def adding(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """Return an insert that can be told what to do with a known key."""
        return postgresql.insert(table) if self.postgresql else sqlite.insert(table)

    def insert(self, table: Table) -> Insert:
        """Return an insert that leaves rows with a known key as they are."""
        return self.adding(table).on_conflict_do_nothing()

    def greater(self, left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return the greater of two values."""
        return func.greatest(left, right) if self.postgresql else func.max(left, right)


def _array(bind: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    return cast(bindparam(bind), ARRAY(kind))
