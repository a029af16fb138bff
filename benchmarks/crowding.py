"""Line 10: readers beside writers, each writer a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import collabcase
from benchmarks.filling import PORTFOLIO
from benchmarks.lists import newest
from benchmarks.results import Row
from benchmarks.scene import Scene
from benchmarks.sending import knowing
from benchmarks.timing import Pair, many, p99

_WRITERS = 8
_ROUNDS, _SECONDS = 2_000, 5.0
_PACES = {"each 5 a second": 0.2, "each as fast as it can": 0.0}


def line_10(scene: Scene) -> Iterator[Row]:
    """The p99 of line 1 beside eight writers against alone."""
    seconds, processes = (0.2, 2) if scene.short else (_SECONDS, _WRITERS)
    three = knowing(scene)
    work = partial(newest, scene, scene.crowd.viewers["medium"])
    for name, pause in list(_PACES.items())[: 1 if scene.short else None]:
        alone = many(work, _ROUNDS, seconds=seconds)
        writers = [_start(scene, three, pause) for _ in range(processes)]
        try:
            for writer in writers:
                assert writer.stdout is not None
                writer.stdout.readline()
            beside = many(work, _ROUNDS, seconds=seconds)
        finally:
            sent = sum(_stop(writer) for writer in writers)
        ours, floor = p99(beside), p99(alone)
        note = f"p99 of {len(beside)}; {sent} sent in about {seconds:.0f} s; {os.cpu_count()} processors"
        work_name = f"{processes} writers, {name}"
        pair = Pair(ours, floor, (min(beside), min(alone)))
        yield Row.of("10", work_name, scene, pair, viewer="medium", note=note)


def _start(scene: Scene, three: tuple[str, str, str], pause: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.crowding", scene.url, str(pause), *three],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )


def _stop(writer: subprocess.Popen[str]) -> int:
    out, _ = writer.communicate("\n")
    return int(out.strip().splitlines()[-1]) if out.strip() else 0


def _write(url: str, pause: float, sender: str, recipient: str, observer: str) -> None:
    """Send until a line comes in, then print how many were sent."""
    import threading

    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), ended.set()), daemon=True).start()
    sent = 0
    with collabcase.open(url) as collab:
        print("ready", flush=True)
        while not ended.wait(pause):
            collab.run(
                sender,
                PORTFOLIO,
                lambda desk: desk.talks.start(recipient, subject="Water", text="It is wet.", observers=observer),
            )
            sent += 1
    print(sent, flush=True)


if __name__ == "__main__":
    _write(sys.argv[1], float(sys.argv[2]), *sys.argv[3:])
