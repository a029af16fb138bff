"""Line 15: from one process's commit to another's receipt."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve
from sqlalchemy import event

import collabcase
from benchmarks.filling import PORTFOLIO
from benchmarks.results import Row
from benchmarks.scene import Scene
from benchmarks.sending import knowing
from benchmarks.timing import p99
from collabcase import Collab

_EVENTS, _PAUSE = 600, 0.01
_WAIT = 5.0
_ALLOWED = {False: 25.0, True: 10.0}
_WAKEUPS = {False: ("after_commit",), True: ("after_commit", "in_transaction", "poll")}


def line_15(scene: Scene) -> Iterator[Row]:
    """Answers sent here, about a hundred a second, and read from the feed in another process by who gets them."""
    count = 10 if scene.short else _EVENTS
    sender, recipient, _ = knowing(scene)
    with scene.desk(sender) as desk:
        talk = desk.talks.start(recipient, subject="Water", text="It is wet.")
    with scene.desk(sender) as desk:
        [opening] = desk.talks.view(talk.id).messages
    for wakeup in _WAKEUPS[scene.floor.postgresql]:
        with collabcase.open(scene.url, wakeup=wakeup) as collab:
            sent, received = _sent_and_received(scene, collab, wakeup, (sender, recipient), opening.id, count)
        taken = [(received[id] - begun) / 1e6 for id, begun in sent.items() if id in received]
        yield _row(scene, wakeup, taken, count)


def _row(scene: Scene, wakeup: str, taken: list[float], count: int) -> Row:
    name = f"commit to receipt, p99, {wakeup}" if scene.floor.postgresql else "commit to receipt, p99"
    half, late, allowed = statistics.median(taken), p99(taken), _ALLOWED[scene.floor.postgresql]
    note = f"p50 {half:.1f} ms, longest {max(taken):.1f}; {len(taken)} of {count} received"
    if wakeup == "poll":  # looks once a second, and promises no more
        return evolve(Row.of("15b", name, scene, note=note), ours=late)
    return evolve(Row.of("15a", name, scene, note=note), ours=late, floor=allowed, ratio=late / allowed)


def _sent_and_received(
    scene: Scene, collab: Collab, wakeup: str, persons: tuple[str, str], opening: str, count: int
) -> tuple[dict[str, int], dict[str, int]]:
    """Return when each answer's commit began, and when it came in, in nanoseconds of the machine's own clock."""
    sender, recipient = persons
    follower = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.delivery", scene.url, wakeup, recipient, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert follower.stdout is not None
    begun: list[int] = []
    event.listen(collab._storage._engine, "commit", lambda _: begun.append(time.monotonic_ns()))
    sent: dict[str, int] = {}
    try:
        follower.stdout.readline()
        due = time.monotonic()
        for _ in range(count):
            time.sleep(max(0.0, due - time.monotonic()))
            due += _PAUSE
            begun.clear()
            with collab.desk(sender, portfolio=PORTFOLIO) as desk:
                message = desk.talks.reply(opening, "It is still wet.")
            sent[message.id] = begun[0]
    finally:
        lines = follower.communicate()[0].splitlines()
    return sent, {id: int(at) for id, at in map(str.split, lines)}


def _follow(url: str, wakeup: collabcase.Wakeup, person: str, count: int) -> None:
    """Read the feed until so many messages came in, or none for a while, then print when each did."""
    received: dict[str, int] = {}
    with collabcase.open(url, wakeup=wakeup) as collab:
        cursor = collab.feed(person, portfolio=PORTFOLIO).cursor
        collab.feed(person, portfolio=PORTFOLIO, after=cursor, wait=0.1)
        print("ready", flush=True)
        while len(received) < count:
            page = collab.feed(person, portfolio=PORTFOLIO, after=cursor, wait=_WAIT)
            now, cursor = time.monotonic_ns(), page.cursor
            if not page.events:
                break
            received.update({one.item.id: now for one in page.events if one.kind == "message.sent"})
    print("\n".join(f"{id} {at}" for id, at in received.items()), flush=True)


if __name__ == "__main__":
    _follow(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
