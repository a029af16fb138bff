"""Processes that do something at the same moment, or alone: forked from a server that has opened nothing."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest

import collabcase
from collabcase import Collab

SIZE = 8
PATIENCE = 20.0

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["collabcase.collab", "collabcase.storage.sql.adapter", "psycopg", "pytest"])

Task = Callable[..., Any]
"""Found by its name in its module; of a crew called as ``task(collab, *arguments)``."""


class Crew:
    """Eight processes, started once, then given one task after another; each keeps a Collab open."""

    def __init__(self) -> None:
        self._barrier = context.Barrier(SIZE)
        members = [_started(_serve, self._barrier) for _ in range(SIZE)]
        self._pipes = [pipe for pipe, _ in members]
        self._processes = [process for _, process in members]

    def at_once(self, url: str, task: Task, arguments: Iterable[tuple[Any, ...]]) -> list[Any]:
        """Let each process call the task with arguments of its own, all starting at once.

        Args:
            url: the database on which each process opens a Collab.
            task: what to do.
            arguments: one tuple for each process.

        Returns:
            What the calls returned, in the order of the arguments; a call that raised fails the test.
        """
        given = list(arguments)
        assert len(given) == SIZE
        for pipe, one in zip(self._pipes, given, strict=True):
            pipe.send((url, task, one))
        answers = [_received(pipe) for pipe in self._pipes]
        self._barrier.reset()
        return [_result(answer) for answer in answers]

    def stop(self) -> None:
        """End the processes."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(PATIENCE)


@pytest.fixture(scope="session")
def crew() -> Iterator[Crew]:
    """Eight processes."""
    crew = Crew()
    yield crew
    crew.stop()


def alone(task: Task, *arguments: Any) -> Any:
    """Return what a task returns in a process of its own, which has one thread and nothing open."""
    pipe, process = _started(_call, task, arguments)
    answer = _received(pipe)
    process.join(PATIENCE)
    return _result(answer)


def _started(target: Callable[..., None], *arguments: Any) -> tuple[Connection, Any]:
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs, *arguments), daemon=True)
    process.start()
    theirs.close()
    return ours, process


def _received(pipe: Connection) -> tuple[Any, str | None]:
    assert pipe.poll(PATIENCE), "a process gives no answer"
    answer: tuple[Any, str | None] = pipe.recv()
    return answer


def _result(answer: tuple[Any, str | None]) -> Any:
    result, failure = answer
    if failure is not None:
        pytest.fail(f"in another process:\n{failure}", pytrace=False)
    return result


def _serve(pipe: Connection, barrier: Barrier) -> None:
    url, collab = "", None
    while True:
        try:
            wanted, task, arguments = pipe.recv()
        except EOFError:
            return
        try:
            if collab is None or wanted != url:
                url, collab = wanted, _reopened(collab, wanted)
            collab.portfolio("none")  # so that it is connected
        except Exception:
            barrier.abort()
            pipe.send((None, traceback.format_exc()))
        else:
            pipe.send(_answer(partial(_at_once, barrier, task, collab, arguments)))


def _at_once(barrier: Barrier, task: Task, collab: Collab, arguments: tuple[Any, ...]) -> Any:
    barrier.wait(PATIENCE)
    return task(collab, *arguments)


def _reopened(old: Collab | None, url: str) -> Collab:
    if old is not None:
        old.close()
    return collabcase.open(url)


def _call(pipe: Connection, task: Task, arguments: tuple[Any, ...]) -> None:
    pipe.send(_answer(lambda: task(*arguments)))


def _answer(call: Callable[[], Any]) -> tuple[Any, str | None]:
    try:
        return call(), None
    except BaseException:
        return None, traceback.format_exc()
