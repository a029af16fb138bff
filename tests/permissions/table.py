"""The table of rights as docs/rights.md shows it to people."""

from __future__ import annotations

from pathlib import Path

from collabcase.permissions.rights import Act
from collabcase.permissions.sight import Relation

SHOWN = Path(__file__).parents[2] / "docs" / "rights.md"
COLUMNS = ("owner", "member", "case_peer", "reader", "party", "teambox", "peer", "observer")


def parsed(text: str) -> dict[Act, frozenset[Relation]]:
    """Return the table that stands in a Markdown text: a row for each act, a column for each relation.

    Raises:
        ValueError: there is no such table, or a row, column or cell that is none of it.
    """
    rows = [[cell.strip(" `") for cell in line.strip().strip("|").split("|")] for line in _table(text)]
    if not rows or tuple(rows[0]) != ("act", *COLUMNS):
        raise ValueError(f"the table's first line must name act, {', '.join(COLUMNS)}")
    table: dict[Act, frozenset[Relation]] = {}
    for name, *cells in rows[2:]:
        act = Act(name)
        if act in table or len(cells) != len(COLUMNS) or not set(cells) <= {"x", ""}:
            raise ValueError(f"the row of {name} is there twice, or holds something else than x or nothing")
        table[act] = frozenset(Relation(column) for column, cell in zip(COLUMNS, cells, strict=True) if cell)
    return table


def _table(text: str) -> list[str]:
    """Return the lines of the table that begins with the column «act»."""
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if line.replace(" ", "").startswith("|act|")), None)
    found: list[str] = []
    for line in lines[start:] if start is not None else ():
        if not line.lstrip().startswith("|"):
            break
        found.append(line)
    return found


def shown() -> dict[Act, frozenset[Relation]]:
    """Return the table of docs/rights.md."""
    return parsed(SHOWN.read_text(encoding="utf-8"))
