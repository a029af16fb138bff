"""Line 4: which of one or of 1,000 messages somebody sees."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from benchmarks.results import Row
from benchmarks.scene import Scene
from collabcase.ids import encode

_MANY = 1_000


def line_4(scene: Scene) -> Iterator[Row]:
    """Checks against as many look-ups by primary key in one statement."""
    chance = random.Random(4)
    everything = scene.messages()
    asked = chance.sample(everything, min(_MANY, len(everything)))
    for viewer, person in scene.viewers.items():
        yield from _one(scene, viewer, person, asked)
    for viewer, person in scene.viewers.items():
        yield _many(scene, viewer, person, asked)


def _one(scene: Scene, viewer: str, person: str, asked: list[int]) -> Iterator[Row]:
    ids = cycle([(encode(id),) for id in asked])
    numbers = cycle(asked)
    statement = scene.floor.written("SELECT id FROM message WHERE portfolio = ? AND id = ?")
    fetch = scene.floor.driver.execute

    def by_hand() -> Any:
        return fetch(statement, (scene.portfolio, next(numbers))).fetchall()

    def whole() -> Any:
        with scene.desk(person) as desk:
            return desk.messages.visible(next(ids))

    pair = scene.compare(whole, by_hand, 100)
    yield Row.of("4a", "1 id, desk opened and closed", scene, pair, viewer=viewer)
    with scene.desk(person) as desk:
        pair = scene.compare(lambda: desk.messages.visible(next(ids)), by_hand, 100)
    yield Row.of("4a", "1 id, in an open desk", scene, pair, viewer=viewer)


def _many(scene: Scene, viewer: str, person: str, asked: list[int]) -> Row:
    ids = [encode(id) for id in asked]
    floor = scene.floor
    fetch = floor.driver.execute
    if floor.postgresql:
        statement, values = "SELECT id FROM message WHERE portfolio = %s AND id = ANY(%s)", (scene.portfolio, asked)
    else:
        marks = ", ".join("?" for _ in asked)
        statement = f"SELECT id FROM message WHERE portfolio = ? AND id IN ({marks})"
        values = (scene.portfolio, *asked)

    def ours() -> Any:
        with scene.desk(person) as desk:
            return desk.messages.visible(ids)

    pair = scene.compare(ours, lambda: fetch(statement, values).fetchall())
    return Row.of("4b", f"{len(ids):,} ids", scene, pair, viewer=viewer)
