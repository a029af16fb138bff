"""Measure: ``python -m benchmarks`` prints a table, each figure as it comes, and writes ``benchmarks/latest.json``.

Absolute times say more about the machine than about the library: read the ratios. PostgreSQL is started as the tests
start it, so the package must be installed with its ``test`` extra; with ``bench`` the peers of line 9 are measured, and
those of line 13, some of which need a ``redis-server`` as well.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy

import collabcase
from benchmarks.checks import line_4
from benchmarks.crowding import line_10
from benchmarks.databases import databases
from benchmarks.delivery import line_15
from benchmarks.filling import Plan
from benchmarks.following import line_16
from benchmarks.groups import line_7, line_8
from benchmarks.heartbeats import line_14
from benchmarks.lists import line_1, line_2, line_3, line_5
from benchmarks.locking import line_13
from benchmarks.peers import line_9
from benchmarks.results import Row, Table
from benchmarks.scene import Scene, scene
from benchmarks.sending import line_6
from benchmarks.weighing import line_11, line_18

ENGINES = ("sqlite", "postgresql")
VIEWERS = ("small", "medium", "all-hands", "sparse", "in 30 groups")
LINES = (*range(1, 12), *range(13, 17), 18)

WORKS: dict[int, Callable[[Scene], Iterator[Row]]] = {
    11: line_11,
    1: line_1,
    3: line_3,
    4: line_4,
    5: line_5,
    9: line_9,
    6: line_6,
    7: line_7,
    13: line_13,
    14: line_14,
    16: line_16,
    15: line_15,
    8: line_8,
    10: line_10,
}
"""The lines in the order in which they are measured: what changes rows comes last."""


def main(arguments: Sequence[str] | None = None) -> Table:
    """Measure what the arguments ask for."""
    asked = _parser().parse_args(arguments)
    table = Table([], _about(asked))
    table.head()
    if 18 in asked.lines:
        table.add(line_18(1 if asked.short else 7))
    for engine in asked.engines:
        _measure(engine, asked, table)
    table.write()
    return table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="messages in the portfolio")
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    parser.add_argument("--lines", type=int, nargs="+", default=list(LINES), choices=LINES)
    parser.add_argument("--cache", type=Path, help="where filled databases are kept for the next run; by default none")
    parser.add_argument("--viewers", nargs="+", default=list(VIEWERS), choices=VIEWERS, help="whose lists")
    parser.add_argument("--persons", type=int, default=5_000, help="persons in the portfolio, 200 at least")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="only see that everything runs")
    return parser


def _measure(engine: str, asked: argparse.Namespace, table: Table) -> None:
    with ExitStack() as stack:
        kept = stack.enter_context(databases(engine, asked.cache, _tell(engine)))
        scenes: list[Scene] = []
        for size in sorted(asked.sizes):
            plan = Plan(size, asked.persons, asked.seed)
            url = kept.copy(plan)
            collab = stack.enter_context(collabcase.open(url))
            scenes.append(scene(engine, url, plan, collab, viewers=asked.viewers, short=asked.short))
            stack.callback(scenes[-1].floor.close)
        for one in scenes:
            for line, work in WORKS.items():
                if line in asked.lines:
                    table.extend(work(one))
        if 2 in asked.lines and len(scenes) > 1:
            table.extend(line_2(scenes[0], scenes[-1]))


def _tell(engine: str) -> Callable[[str], None]:
    def tell(what: str) -> None:
        print(f"{engine}: {what}", file=sys.stderr, flush=True)

    return tell


def _about(asked: argparse.Namespace) -> dict[str, object]:
    return {
        "arguments": {name: str(value) for name, value in vars(asked).items() if name != "cache"},
        "at": time.strftime("%Y-%m-%d %H:%M"),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "sqlalchemy": sqlalchemy.__version__,
    }


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # copies and server go, too
    main()
