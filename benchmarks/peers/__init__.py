"""Line 9: the same questions put to other libraries, over the same facts, in the same run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from attrs import evolve

from benchmarks.lists import newest
from benchmarks.peers.facts import Facts, Peer, facts
from benchmarks.results import Row
from benchmarks.scene import PAGE, Scene
from benchmarks.timing import Pair
from collabcase import Page
from collabcase.ids import Kind, decode, encode

_LARGEST = 100_000
_CHECKED = 1_000
_VIEWERS = ("small", "all-hands")
_PEERS = {
    "django-guardian": "with_guardian",
    "casbin": "with_casbin",
    "oso": "with_oso",
    "cedarpy": "with_cedar",
}


def line_9(scene: Scene) -> Iterator[Row]:
    """A page, and 1,000 checks; SQLite, up to 100,000 messages."""
    if scene.engine != "sqlite" or scene.plan.size > _LARGEST:
        return
    known = facts(scene)
    for name, module in _PEERS.items():
        try:
            peer: Peer = import_module(f"benchmarks.peers.{module}").build(known)
        except ModuleNotFoundError as error:
            yield Row.of("9", name, scene, note=f"{error.name} is not installed; pip install '.[bench]' brings it")
            continue
        try:
            for viewer in _VIEWERS:
                yield from _compared(scene, known, name, peer, viewer)
        finally:
            peer.close()


def _compared(scene: Scene, known: Facts, name: str, peer: Peer, viewer: str) -> Iterator[Row]:
    person = scene.crowd.viewers[viewer]
    number = scene.numbers[person]
    page: Page[Any] = newest(scene, person)
    shown = [decode(message.id, Kind.MESSAGE) for message in page]
    yield _row(
        Row.of("9a", f"newest 50, {name}", scene, viewer=viewer),
        shown == peer.page(number, PAGE),
        scene.compare(lambda: newest(scene, person), lambda: peer.page(number, PAGE), 10, seconds=3),
    )
    asked = random.Random(9).sample(known.newest_first, min(_CHECKED, len(known.newest_first)))
    ids = [encode(id) for id in asked]

    def ours() -> tuple[str, ...]:
        with scene.desk(person) as desk:
            return desk.messages.visible(ids)

    yield _row(
        Row.of("9b", f"{len(ids):,} checks, {name}", scene, viewer=viewer),
        {decode(id, Kind.MESSAGE) for id in ours()} == peer.check(number, asked),
        scene.compare(ours, lambda: peer.check(number, asked), 10, seconds=3),
    )


def _row(row: Row, agrees: bool, pair: Pair) -> Row:
    note = "" if agrees else "its answer is another"
    return evolve(row, ours=pair.ours, floor=pair.floor, ratio=pair.ratio, least=pair.least_ratio, note=note)
