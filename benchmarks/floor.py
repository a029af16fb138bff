"""What the library is held against: hand-written SQL through the raw driver, on a connection as ours are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collabcase import Collab

Statement = tuple[str, Sequence[object]]


class Floor:
    """The raw driver's connection; statements are written with ``?``."""

    def __init__(self, collab: Collab) -> None:
        self._pooled = collab._storage._engine.raw_connection()
        self.driver: Any = self._pooled.driver_connection
        self.postgresql = collab._storage._engine.dialect.name == "postgresql"
        if self.postgresql:
            self.driver.autocommit = True

    def written(self, statement: str) -> str:
        """Return a statement with the driver's own marks for parameters."""
        return statement.replace("?", "%s") if self.postgresql else statement

    def rows(self, statement: str, *values: object) -> list[Any]:
        """Return the rows of a statement."""
        return list(self.driver.execute(self.written(statement), values).fetchall())

    def value(self, statement: str, *values: object) -> Any:
        """Return the one value of a statement."""
        [[value]] = self.rows(statement, *values)
        return value

    def transaction(self, statements: Sequence[Statement]) -> None:
        """Execute statements in one transaction, as a writer of ours begins and ends it."""
        self.driver.execute("BEGIN" if self.postgresql else "BEGIN IMMEDIATE")
        for statement, values in statements:
            self.driver.execute(statement, values)
        self.driver.execute("COMMIT")

    def close(self) -> None:
        """Give the connection back."""
        if self.postgresql:
            self.driver.autocommit = False
        self._pooled.close()
