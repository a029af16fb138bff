"""The measurements run end to end, so that they do not rot; no figure is looked at."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks import results
from benchmarks.__main__ import LINES, main
from benchmarks.databases import databases
from benchmarks.filling import Plan

import collabcase

SIZE, PERSONS = 300, 200
NOT_FOR = {"sqlite": {2}, "postgresql": {2, 9, 18}}


@pytest.fixture
def cache() -> Iterator[Path]:
    """A folder that the server's user may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="collabcase-bench-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_every_line_is_measured(engine: str, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line gives figures on each engine, over what the rule gives (I1); peers may be missing."""
    monkeypatch.setattr(results, "LATEST", cache / "latest.json")
    lines = sorted(set(LINES) - NOT_FOR[engine])
    arguments = ("--engines", engine, "--sizes", str(SIZE), "--persons", str(PERSONS), "--viewers", "medium")
    table = main([*arguments, "--short", "--cache", str(cache), "--lines", *map(str, lines)])
    empty = [row for row in table.rows if row.ours is None]
    assert [] == [row for row in empty if "not installed" not in row.note and "(V17)" not in row.note]
    assert set(lines) == {int(row.line.rstrip("ab")) for row in table.rows}
    assert (cache / "latest.json").exists()
    with databases(engine, cache, _refuse) as kept, collabcase.open(kept.copy(Plan(SIZE, PERSONS))) as collab:
        report = collab.fsck()
    assert () == report.findings
    assert SIZE + 2 * (SIZE // 10) == report.messages


def _refuse(told: str) -> None:
    raise AssertionError(f"what is kept is used again, but: {told}")
