"""The works that are measured: whole public calls, each against hand-written SQL through the raw driver."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.data import PORTFOLIO, Filled
from benchmarks.timing import Pair, interleaved
from collabcase import Collab
from collabcase.ids import KIND_BITS, Kind, decode, kind_code

_PAGE = 50
_SOME = 1_000


class Floor:
    """The raw driver's connection, and its mark for a parameter."""

    def __init__(self, collab: Collab) -> None:
        self._pooled = collab._storage._engine.raw_connection()
        self.driver: Any = self._pooled.driver_connection
        self._mark = "?" if collab._storage._engine.dialect.name == "sqlite" else "%s"
        if self._mark == "%s":
            self.driver.autocommit = True

    def rows(self, statement: str, *values: object) -> list[Any]:
        """Return the rows of a statement written with ``?``."""
        return list(self.driver.execute(statement.replace("?", self._mark), values).fetchall())

    def analyse(self) -> None:
        """Let the database look at its tables, as it does by itself after a while."""
        self.driver.execute("ANALYZE")

    def transaction(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        """Execute statements in one transaction."""
        self.driver.execute("BEGIN")
        for statement, values in statements:
            self.driver.execute(statement.replace("?", self._mark), values)
        self.driver.execute("COMMIT")

    def close(self) -> None:
        """Give the connection back."""
        if self._mark == "%s":
            self.driver.autocommit = False
        self._pooled.close()


def page(collab: Collab, person: str, floor: Floor) -> Pair:
    """The newest 50 visible messages as values; floor: the newest 50 that name one person, rows only."""
    columns = "m.id, m.talk, m.sender, m.sent_for, m.text, m.comment, m.date, m.sent_at, m.asks_answer, m.host_ref"
    [[portfolio]] = floor.rows("SELECT no FROM portfolio WHERE id = ?", PORTFOLIO)
    [[me]] = floor.rows("SELECT no FROM principal WHERE portfolio = ? AND id = ?", portfolio, person)

    def ours() -> None:
        with collab.desk(person, portfolio=PORTFOLIO) as desk:
            desk.messages.search(limit=_PAGE)

    def by_hand() -> None:
        floor.rows(
            f"SELECT {columns} FROM involvement i JOIN message m ON m.portfolio = i.portfolio AND m.id = i.item "
            f"WHERE i.portfolio = ? AND i.principal = ? ORDER BY i.item DESC LIMIT {_PAGE}",
            portfolio,
            me,
        )

    return interleaved(ours, by_hand, 30)


def check(collab: Collab, person: str, filled: Filled, floor: Floor, many: int) -> Pair:
    """May I see these messages; floor: as many look-ups by primary key in one statement."""
    chance = random.Random(2)
    asked = chance.sample(filled.messages, min(many, len(filled.messages)))
    numbers = [decode(id, Kind.MESSAGE) for id in asked]
    [[portfolio]] = floor.rows("SELECT no FROM portfolio WHERE id = ?", PORTFOLIO)
    marks = ", ".join("?" for _ in numbers)

    def ours() -> None:
        with collab.desk(person, portfolio=PORTFOLIO) as desk:
            desk.messages.visible(asked)

    def by_hand() -> None:
        floor.rows(f"SELECT id FROM message WHERE portfolio = ? AND id IN ({marks})", portfolio, *numbers)

    return interleaved(ours, by_hand, 30)


def send(collab: Collab, sender: str, recipient: str, floor: Floor) -> Pair:
    """Start a talk with one recipient and one observer; floor: the same rows inserted in one transaction."""
    turns = itertools.count()

    def ours() -> None:
        with collab.desk(sender, portfolio=PORTFOLIO) as desk:
            desk.talks.start(recipient, subject="Water damage", text=f"No. {next(turns)}", observers="u77")

    return interleaved(ours, _insert_by_hand(floor), 30)


def _insert_by_hand(floor: Floor) -> Callable[[], None]:
    [[portfolio]] = floor.rows("SELECT no FROM portfolio WHERE id = ?", PORTFOLIO)
    stamps: Iterator[int] = itertools.count(1 << 61, 1 << KIND_BITS)

    def by_hand() -> None:
        stamp = next(stamps)
        talk, message = stamp | kind_code(Kind.TALK), stamp | kind_code(Kind.MESSAGE)
        floor.transaction(
            ("INSERT INTO talk VALUES (?, ?, 'Water damage', 1, 2, ?, NULL)", (portfolio, talk, False)),
            (
                "INSERT INTO message VALUES (?, ?, ?, 1, NULL, NULL, 'No.', '', 0, 0, ?, NULL)",
                (portfolio, message, talk, False),
            ),
            *(
                ("INSERT INTO involvement VALUES (?, ?, ?, ?, ?)", (portfolio, message, who, who, True))
                for who in (1, 2, 3)
            ),
            (
                "INSERT INTO event (portfolio, at, actor, kind, item, fields, origin) "
                "VALUES (?, 0, 1, 'message.sent', ?, '', 0)",
                (portfolio, message),
            ),
        )

    return by_hand


def importing() -> Pair:
    """Import collabcase in a fresh process; floor: import sqlalchemy alone."""

    def fresh(statement: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", statement], check=True)

    return interleaved(fresh("import collabcase"), fresh("import sqlalchemy"), 7)
