"""Run the measurements: ``python -m benchmarks`` prints a table and writes ``benchmarks/latest.json``.

PostgreSQL is started as the tests start it, so the package must be installed with its ``test`` extra. Absolute times
say more about the machine than about the library: read the ratios.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import collabcase
from benchmarks.data import fill
from benchmarks.lines import Floor, check, importing, page, send
from benchmarks.timing import Pair

_LATEST = Path(__file__).with_name("latest.json")


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="messages in the portfolio")
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    asked = parser.parse_args()
    results: dict[str, Pair] = {"import collabcase, against sqlalchemy": importing()}
    _show("import collabcase, against sqlalchemy", results)
    for engine in asked.engines:
        with _database(engine) as new:
            for size in asked.sizes:
                _measure(f"{engine}, {size:,} messages", new(), size, results)
    _LATEST.write_text(json.dumps({name: [pair.ours, pair.floor, pair.ratio] for name, pair in results.items()}))


def _measure(where: str, url: str, size: int, results: dict[str, Pair]) -> None:
    with collabcase.open(url) as collab:
        filled = fill(collab, size)
        floor = Floor(collab)
        floor.analyse()
        for viewer in ("small", "manager"):
            person: str = getattr(filled, viewer)
            works = {
                f"newest 50, {viewer}": lambda person=person: page(collab, person, floor),
                f"1 id, {viewer}": lambda person=person: check(collab, person, filled, floor, 1),
                f"1,000 ids, {viewer}": lambda person=person: check(collab, person, filled, floor, 1_000),
            }
            for name, work in works.items():
                results[f"{name}; {where}"] = work()
                _show(f"{name}; {where}", results)
        results[f"send, 3 involved; {where}"] = send(collab, "u0", "u9", floor)
        _show(f"send, 3 involved; {where}", results)
        floor.close()


def _show(name: str, results: dict[str, Pair]) -> None:
    pair = results[name]
    print(f"{name:<60} {pair.ours:9.3f} ms {pair.floor:9.3f} ms {pair.ratio:7.1f}×", flush=True)


@contextmanager
def _database(engine: str) -> Iterator:
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            numbers = iter(range(100))
            yield lambda: f"sqlite:///{folder}/{next(numbers)}.db"
        return
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from servers.postgres import PostgresServer

    with PostgresServer() as server:
        yield server.create_database


if __name__ == "__main__":
    main()
