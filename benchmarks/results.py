"""What was measured, as a table on the screen and as a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs
from attrs import define, evolve, frozen

from benchmarks.scene import Scene
from benchmarks.timing import Pair

LATEST = Path(__file__).with_name("latest.json")
_WIDTHS = (4, 46, 10, 9, 12, 10, 10, 9, 9, 7)
_HEADS = ("line", "work", "engine", "messages", "viewer", "ours", "floor", "ratio", "least", "goal")

GOALS: dict[str, tuple[float | None, float | None]] = {
    "1": (3, 2.5),
    "2": (1.3, 1.5),
    "3": (2, 2),
    "4a": (2, 2),
    "4b": (3.5, 2.5),
    "5": (30, 60),
    "6": (3, 3),
    "7": (3, 3),
    "9a": (0.1, None),
    "9b": (0.2, None),
    "10": (3, 2),
    "11": (2.2, 2.2),
    "13a": (10 / 3, 10 / 3),
    "14a": (1, 1),
    "15a": (1, 1),
    "16": (0.05, 0.05),
    "18": (1, 1),
}
"""By line: the ratio that is allowed on SQLite and on PostgreSQL; none where there is no goal."""


@frozen(kw_only=True)
class Row:
    """One figure.

    Attributes:
        line: of the list of figures, such as 4a.
        work: what was done.
        ours: how long it took, in `unit`.
        floor: how long what it is held against took.
        ratio: ours to the floor, of medians.
        least: the same of the shortest times.
        note: what a reader must know, or why there is no figure.
        engine: sqlite or postgresql.
        size: messages in the portfolio.
        viewer: whose lists.
        unit: of `ours` and `floor`.
    """

    line: str
    work: str
    ours: float | None = None
    floor: float | None = None
    ratio: float | None = None
    least: float | None = None
    note: str = ""
    engine: str = ""
    size: int = 0
    viewer: str = ""
    unit: str = "ms"

    @classmethod
    def of(
        cls, line: str, work: str, scene: Scene, pair: Pair | None = None, *, viewer: str = "", note: str = ""
    ) -> Row:
        """Return the row of a pair of times; of none, the note says why there is none."""
        row = cls(line=line, work=work, engine=scene.engine, size=scene.plan.size, viewer=viewer, note=note)
        if pair is None:
            return row
        return evolve(row, ours=pair.ours, floor=pair.floor, ratio=pair.ratio, least=pair.least_ratio)

    @property
    def goal(self) -> float | None:
        """The ratio that is allowed."""
        return GOALS.get(self.line, (None, None))[self.engine == "postgresql"]

    @property
    def missed(self) -> bool:
        """Whether the goal is not met."""
        return self.goal is not None and self.ratio is not None and self.ratio > self.goal


@define
class Table:
    """All rows; each is printed as it comes."""

    rows: list[Row]
    about: dict[str, Any]

    def head(self) -> None:
        """Print the heads of the columns."""
        print(_line(_HEADS), flush=True)

    def extend(self, rows: Iterable[Row]) -> None:
        """Add rows as they come."""
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """Keep a row and print it."""
        self.rows.append(row)
        goal = "" if row.goal is None else f"≤ {row.goal:.3g}×"
        shown = (
            *(row.line, row.work, row.engine, f"{row.size:,}" if row.size else "", row.viewer),
            *(_figure(row.ours, row.unit), _figure(row.floor, row.unit)),
            *("" if ratio is None else f"{ratio:.2f}×" for ratio in (row.ratio, row.least)),
            goal,
        )
        told = "  ".join(filter(None, ("MISSED" if row.missed else "", row.note)))
        print(f"{_line(shown)}  {told}".rstrip(), flush=True)

    def write(self) -> None:
        """Write everything to `latest.json`, and print how many goals are missed."""
        held = [row for row in self.rows if row.goal is not None and row.ratio is not None]
        missed = sum(row.missed for row in held)
        print(f"{len(held)} figures with a goal, {missed} of them missed; all in {LATEST.name}", flush=True)
        rows = [{**attrs.asdict(row), "goal": row.goal, "missed": row.missed} for row in self.rows]
        LATEST.write_text(json.dumps({"about": self.about, "rows": rows}, indent=1), encoding="utf-8")


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if unit == "ms":
        return f"{value:.3f}"
    return f"{value:,.2f} {unit}"


def _line(parts: tuple[str, ...]) -> str:
    left = {1, 2, 4}
    return " ".join(
        part[:width].ljust(width) if place in left else part.rjust(width)
        for place, (part, width) in enumerate(zip(parts, _WIDTHS, strict=True))
    )
