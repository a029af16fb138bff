"""Lines 7 and 8: ticking a box, and changes of membership."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

from attrs import evolve

from benchmarks.results import Row
from benchmarks.scene import Scene
from benchmarks.timing import once

_ROUNDS = 3
_FEW = 20


def line_7(scene: Scene) -> Iterator[Row]:
    """Tick and untick the box of the largest group, against one UPDATE."""
    group, number = scene.group_id("everybody"), scene.groups["everybody"]
    ours, floors = cycle((False, True)), cycle((False, True))
    update = scene.floor.written("UPDATE grp SET shares = ?, shares_since = ? WHERE portfolio = ? AND no = ?")

    def tick() -> None:
        with scene.system() as system:
            system.groups.share_cases(group, next(ours))

    def by_hand() -> None:
        scene.floor.transaction([(update, (next(floors), 1, scene.portfolio, number))])

    pair = scene.compare(tick, by_hand, 31)
    with scene.system() as system:
        system.groups.share_cases(group, True)
    work = f"tick the box of {len(scene.crowd.groups[-1].members):,}"
    yield Row.of("7", work, scene, pair)


def line_8(scene: Scene) -> Iterator[Row]:
    """Join, leave, move and deactivate, for each message that extends from the person."""
    people = scene.crowd.persons
    ranks = {"median": len(people) // 2, "p99": len(people) // 100, "top": 0}
    viewers = set(scene.crowd.viewers.values())
    for name, rank in ranks.items():
        person = next(one for one in map(scene.heaviest, range(rank, len(people))) if one not in viewers)
        messages = scene.floor.value(
            "SELECT count(*) FROM involvement WHERE portfolio = ? AND principal = ? AND extends",
            *(scene.portfolio, scene.numbers[person]),
        )
        for work, times in _changes(scene, person):
            taken = statistics.median(times)
            each = f"{taken * 1000 / messages:.2f} µs for each of " if messages else ""
            row = Row.of("8", f"{work}, {name} user", scene, viewer=person, note=f"{each}{messages:,} messages")
            yield evolve(row, ours=taken)


def _changes(scene: Scene, person: str) -> Iterator[tuple[str, list[float]]]:
    place = scene.crowd.persons.index(person)
    secondary = [group for group in scene.crowd.groups[:-1] if not group.main and place not in group.members]
    few = min(secondary, key=lambda group: abs(len(group.members) - _FEW))
    everybody = scene.crowd.groups[-1]
    for group in (few, everybody):
        yield from _in_and_out(scene, person, group.name, len(group.members), place in group.members)
    mains = [group for group in scene.crowd.groups if group.main]
    home = next(group.name for group in mains if place in group.members)
    other = next(group.name for group in mains if place not in group.members)
    ids = [scene.group_id(name) for name in (other, home)]
    yield (
        "move to another main group",
        [_system(scene, lambda system, id=id: system.groups.move_main(person, id)) for id in ids * _ROUNDS],
    )
    off, on = [], []
    for _ in range(_ROUNDS):
        off.append(_system(scene, lambda system: system.people.deactivate(person)))
        on.append(_system(scene, lambda system: system.people.activate(person)))
    yield "deactivate", off
    yield "activate", on


def _in_and_out(scene: Scene, person: str, name: str, size: int, member: bool) -> Iterator[tuple[str, list[float]]]:
    id = scene.group_id(name)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(2 * _ROUNDS):
        if member:
            times[1].append(_system(scene, lambda system: system.groups.remove_members(id, [person])))
        else:
            times[0].append(_system(scene, lambda system: system.groups.add_members(id, [person])))
        member = not member
    yield f"join a group of {size:,}", times[0]
    yield f"leave a group of {size:,}", times[1]


def _system(scene: Scene, work: Callable[[Any], object]) -> float:
    def whole() -> None:
        with scene.system() as system:
            work(system)

    return once(whole)
