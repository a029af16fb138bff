"""Where the tables of an installation stand, and what their names begin with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, MetaData, Table, text
from sqlalchemy.schema import SchemaItem


class Names:
    """Where the tables stand, and what their names begin with."""

    def __init__(self, schema: str | None, prefix: str) -> None:
        self.metadata = MetaData(schema=schema)
        self._at = f"{schema}.{prefix}" if schema else prefix
        self._prefix = prefix

    def table(self, name: str, *parts: SchemaItem, **options: Any) -> Table:
        """Return a table of these names."""
        return Table(self.own(name), self.metadata, *parts, **options)

    def own(self, name: str) -> str:
        """Return the full name of a table, index or constraint."""
        return f"{self._prefix}{name}"

    def to(self, *columns: str, table: str, keys: tuple[str, ...] = ("portfolio", "no")) -> ForeignKeyConstraint:
        """Return a foreign key to another of the tables; by default to one of principals."""
        return ForeignKeyConstraint(columns, [f"{self._at}{table}.{key}" for key in keys])

    def partial(self, name: str, where: str, *columns: str, unique: bool = False) -> Index:
        """Return an index over the rows that a condition holds for."""
        return Index(self.own(name), *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))
