"""Line 14: the signs of life of ten thousand windows, a fifth of which hold something."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from attrs import evolve

from benchmarks.filling import PORTFOLIO
from benchmarks.floor import Floor, Statement
from benchmarks.results import Row
from benchmarks.scene import Scene
from benchmarks.timing import many
from collabcase.ids import KIND_BITS, Kind, kind_code

_WINDOWS, _EVERY_MILLIS = 10_000, 10_000
_BATCHES = (1, 100, 1_000)
_HOLDING = 5
_SHARE = {False: 0.01, True: 0.03}
_LEASE = 3_600_000
_LATE = 1 << 50
_KIND = "benchmark"


def line_14(scene: Scene) -> Iterator[Row]:
    """All windows beat by `Collab.beat`, as they must every ten seconds, against the share of a core allowed for it."""
    count, rounds = (200, 2) if scene.short else (_WINDOWS, 30)
    with _windows(scene, count) as ids:
        if scene.collab.beat(ids, portfolio=PORTFOLIO) != frozenset(ids):
            raise RuntimeError("windows were lost")
        times = many(partial(scene.collab.beat, ids, portfolio=PORTFOLIO), rounds, seconds=10)
        taken = statistics.median(times)
        allowed = _EVERY_MILLIS * _SHARE[scene.floor.postgresql] * count / _WINDOWS
        note = f"{taken / allowed * _SHARE[scene.floor.postgresql]:.2%} of a core, the server's part included"
        row = Row.of("14a", f"{count:,} windows beat, {count // _HOLDING:,} holding", scene, note=note)
        yield evolve(row, ours=taken, floor=allowed, ratio=taken / allowed, least=min(times) / allowed)
        for batch in _BATCHES:
            beat = partial(scene.collab.beat, ids[:batch], portfolio=PORTFOLIO)
            taken = statistics.median(many(beat, rounds, seconds=2))
            note = f"{taken * 1000 / batch:.1f} µs for each"
            yield evolve(Row.of("14b", f"beat of {batch:,}", scene, note=note), ours=taken)
    window = scene.collab.window(next(iter(scene.numbers)), portfolio=PORTFOLIO)
    taken = statistics.median(many(window.beat, 5 * rounds, seconds=2))
    yield evolve(Row.of("14b", "beat of a window by itself", scene), ours=taken)
    window.close()


@contextmanager
def _windows(scene: Scene, count: int) -> Iterator[list[str]]:
    """Open windows by hand, spread over all persons, and remove them again; those that hold are at host's things."""
    floor, numbers = scene.floor, list(scene.numbers.values())
    ids = [f"{_KIND}-{place:020}" for place in range(count)]
    items = [((1 << 40) + place) << KIND_BITS | kind_code(Kind.HOST) for place in range(count // _HOLDING)]
    persons = [numbers[place % len(numbers)] for place in range(count)]
    on = [*items, *[None] * (count - len(items))]
    windows = [
        (id, person, "", "attached", _LEASE, _LATE, item, 1) for id, person, item in zip(ids, persons, on, strict=True)
    ]
    holding = list(zip(items, persons, ids, strict=False))
    floor.transaction(
        [
            *_rows(scene, "open_window", "id, person, folder, mode, ttl, expires_at, item, focused_at", windows),
            *_rows(scene, "lockable", "item, token, kind, id", [(item, 1, _KIND, id) for item, _, id in holding]),
            *_rows(
                scene,
                "lease",
                "item, person, window_id, token, since, expires_at",
                [(item, person, id, 1, 1, _LATE) for item, person, id in holding],
            ),
        ]
    )
    for table in ("open_window", "lockable", "lease") if floor.postgresql else ():
        floor.driver.execute(f"ANALYZE {table}")  # as autovacuum would, which is off here
    try:
        yield ids
    finally:
        _remove(floor, scene.portfolio)


def _rows(scene: Scene, table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> list[Statement]:
    marks = ", ".join("?" for _ in columns.split(","))
    statement = scene.floor.written(f"INSERT INTO {table} (portfolio, {columns}) VALUES (?, {marks})")
    return [(statement, (scene.portfolio, *row)) for row in rows]


def _remove(floor: Floor, portfolio: int) -> None:
    theirs = "SELECT item FROM lockable WHERE portfolio = ? AND kind = ?"
    floor.transaction(
        [
            (floor.written(f"DELETE FROM lease WHERE item IN ({theirs})"), (portfolio, _KIND)),
            (floor.written("DELETE FROM lockable WHERE portfolio = ? AND kind = ?"), (portfolio, _KIND)),
            (floor.written("DELETE FROM open_window WHERE portfolio = ? AND ttl = ?"), (portfolio, _LEASE)),
        ]
    )
