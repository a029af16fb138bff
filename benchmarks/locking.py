"""Line 13: clicking an item and letting go of it, against other libraries' locks, in one and in four processes."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from attrs import evolve
from sqlalchemy import event

import collabcase
from benchmarks.filling import PORTFOLIO
from benchmarks.floor import Floor
from benchmarks.peers.locks import ADVISORY, DLOCK, ONE_STATEMENT, REDIS_LOCK, REDIS_PY, turns
from benchmarks.peers.redis_server import redis_server
from benchmarks.results import Row
from benchmarks.scene import Scene
from collabcase.ids import encode

OURS = "focus and blur"
_PROCESSES = (1, 4)
_FEW = (1, 2)
_ROUNDS, _SECONDS = 5, 0.6
_LINES = {REDIS_PY: "13a", REDIS_LOCK: "13b", DLOCK: "13b", ADVISORY: "13b", ONE_STATEMENT: "13b"}
_POSTGRESQL_ALONE = frozenset({DLOCK, ADVISORY})


def line_13(scene: Scene) -> Iterator[Row]:
    """A whole click and its end, each process at an item of its own."""
    rounds, seconds = (1, 0.05) if scene.short else (_ROUNDS, _SECONDS)
    yield from _statements(scene)
    counts = _FEW if scene.short else _PROCESSES
    places = _places(scene, max(counts))
    with redis_server() as socket, ExitStack() as stack:
        workers = [stack.enter_context(_Worker(scene, socket, *place)) for place in places]
        for processes in counts:
            paces = _paces(workers[:processes], rounds, seconds)
            for name, line in _LINES.items():
                if name not in _POSTGRESQL_ALONE or scene.floor.postgresql:
                    yield _row(line, name, processes, scene, paces)


def _row(line: str, name: str, processes: int, scene: Scene, paces: dict[str, list[float]]) -> Row:
    works = f"{OURS}, {processes} {'process' if processes == 1 else 'processes'}, {name}"
    if name not in paces:
        return Row.of(line, works, scene, note=f"{name} is not installed; needs redis-server and '.[bench]'")
    ours, theirs = statistics.median(paces[OURS]), statistics.median(paces[name])
    ratio = statistics.median(there / here for here, there in zip(paces[OURS], paces[name], strict=True))
    note = f"{ours:,.0f} a second, theirs {theirs:,.0f}: {1 / ratio:.2f} of it"
    row = Row.of(line, works, scene, note=note)
    best = max(paces[name]) / max(paces[OURS])
    return evolve(row, ours=processes * 1000 / ours, floor=processes * 1000 / theirs, ratio=ratio, least=best)


def _paces(workers: list[_Worker], rounds: int, seconds: float) -> dict[str, list[float]]:
    """Return how many turns a second all workers together make in each round, by what they do; all in turn."""
    names = workers[0].names
    for name in names:
        _together(workers, name, seconds / 3)
    paces: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            paces[name].append(_together(workers, name, seconds))
    return paces


def _together(workers: list[_Worker], name: str, seconds: float) -> float:
    for worker in workers:
        worker.begin(name, seconds)
    return sum(worker.end() for worker in workers)


def _places(scene: Scene, most: int) -> list[tuple[str, int, int]]:
    """Return persons of the middle, each with two talks in which they wrote and which are nobody else's here."""
    ids = {no: id for id, no in scene.numbers.items()}
    people = scene.crowd.by_rank
    found: list[tuple[str, int, int]] = []
    taken: set[int] = set()
    for place in people[len(people) // 10 :] + people:
        number = scene.numbers[scene.crowd.persons[place]]
        talks = scene.floor.rows(
            "SELECT DISTINCT talk FROM message WHERE portfolio = ? AND sender = ? ORDER BY talk",
            *(scene.portfolio, number),
        )
        free = [talk for [talk] in talks if talk not in taken][:2]
        if len(free) == 2 and ids[number] not in {person for person, *_ in found}:
            found.append((ids[number], free[0], free[1]))
            taken.update(free)
        if len(found) == most:
            return found
    raise LookupError(f"there are no {most} persons who wrote in two talks each")


def _statements(scene: Scene) -> Iterator[Row]:
    """Count what is sent to the database; the first click of an item takes the same as later ones."""
    person, talk, _ = _places(scene, 1)[0]
    window = scene.collab.window(person, portfolio=PORTFOLIO)
    for name, work in (("focus", lambda: window.focus(encode(talk))), ("blur", window.blur)):
        row = Row.of("13", f"{name}: statements, commits included", scene)
        yield evolve(row, ours=float(_sent(scene, work)), unit="")
    window.close()


def _sent(scene: Scene, work: Callable[[], object]) -> int:
    sent: list[object] = []
    engine = scene.collab._storage._engine
    listened = {"before_cursor_execute": lambda *_: sent.append(0), "commit": lambda *_: sent.append(0)}
    for name, note in listened.items():
        event.listen(engine, name, note)
    try:
        work()
    finally:
        for name, note in listened.items():
            event.remove(engine, name, note)
    return len(sent)


class _Worker:
    """A process that does what it is told for a while."""

    def __init__(self, scene: Scene, socket: str | None, person: str, talk: int, other: int) -> None:
        numbers = (str(scene.portfolio), str(scene.numbers[person]), str(talk), str(other))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.locking", scene.url, socket or "", person, *numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        self.names: list[str] = []

    def __enter__(self) -> _Worker:
        self.names = json.loads(self._answer())
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate("\n")

    def begin(self, name: str, seconds: float) -> None:
        """Let it do something for so long."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([name, seconds]) + "\n")
        self._process.stdin.flush()

    def end(self) -> float:
        """Return how many turns a second it made."""
        return float(self._answer())

    def _answer(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("a process that takes locks has ended early")
        return answer


def _work(url: str, socket: str, person: str, *numbers: str) -> None:
    """Do for so long what each line names, until an empty one comes in."""
    portfolio, number, talk, other = map(int, numbers)
    with collabcase.open(url) as collab:
        window, item = collab.window(person, portfolio=PORTFOLIO), encode(talk)
        window.focus(encode(other))
        window.blur()
        floor = Floor(collab)

        def ours() -> None:
            window.focus(item)
            window.blur()

        known = {OURS: ours, **turns(url, floor, socket or None, (portfolio, other, number))}
        print(json.dumps(list(known)), flush=True)
        for line in iter(sys.stdin.readline, "\n"):
            name, seconds = json.loads(line)
            print(_pace(known[name], seconds), flush=True)
        window.close()
        floor.close()


def _pace(turn: Callable[[], object], seconds: float) -> float:
    begun, done, taken = time.perf_counter(), 0, 0.0
    while taken < seconds:
        turn()
        done += 1
        taken = time.perf_counter() - begun
    return done / taken


if __name__ == "__main__":
    _work(*sys.argv[1:])
