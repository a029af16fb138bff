"""Lines 11 and 18: what is stored for each message, and what importing costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

from attrs import evolve

from benchmarks.results import Row
from benchmarks.scene import Scene
from benchmarks.timing import interleaved

_FIVE = 5


def line_11(scene: Scene) -> Iterator[Row]:
    """Bytes of all tables and indexes against the messages' and their indexes'."""
    sizes = (_of_postgresql if scene.floor.postgresql else _of_sqlite)(scene)
    total, messages = sum(sizes.values()), scene.floor.value("SELECT count(*) FROM message")
    largest = sorted(sizes, key=lambda name: -sizes[name])[:_FIVE]
    note = ", ".join(f"{name} {sizes[name] / messages:.0f}" for name in largest)
    yield _row(scene, "11", "bytes for each message, all tables", total / messages, sizes["message"] / messages, note)
    lists = total - sum(sizes.get(name, 0) for name in ("event", "message_text", "read_mark"))
    without = "without log, text index, marks"
    yield _row(scene, "11a", without, lists / messages, sizes["message"] / messages, "")


def _row(scene: Scene, line: str, work: str, ours: float, floor: float, note: str) -> Row:
    row = Row.of(line, work, scene, note=note)
    return evolve(row, ours=ours, floor=floor, ratio=ours / floor, unit="B")


def _of_sqlite(scene: Scene) -> dict[str, int]:
    owners = dict(scene.floor.rows("SELECT name, tbl_name FROM sqlite_master"))
    sizes: dict[str, int] = {}
    for name, size in scene.floor.rows("SELECT name, sum(pgsize) FROM dbstat WHERE aggregate = TRUE GROUP BY name"):
        owner = owners.get(name, name)
        owner = "message_text" if owner.startswith("message_text") else owner
        sizes[owner] = sizes.get(owner, 0) + size
    return sizes


def _of_postgresql(scene: Scene) -> dict[str, int]:
    return {
        name: int(size)
        for name, size in scene.floor.rows(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    }


def line_18(rounds: int) -> Row:
    """Import collabcase in a fresh process, against sqlalchemy alone."""

    def fresh(statement: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", statement], check=True)

    pair = interleaved(fresh("import collabcase"), fresh("import sqlalchemy"), rounds, seconds=10)
    return Row(
        line="18",
        work="import collabcase, against sqlalchemy",
        ours=pair.ours,
        floor=pair.floor,
        ratio=pair.ratio,
        least=pair.least_ratio,
    )
