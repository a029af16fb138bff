"""What a process does that forks while it has a Collab; each returns what was heard."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import collabcase
from collabcase import Collab, Event
from concurrency.scene import set_up


def _hear(collab: Collab) -> list[str]:
    heard: list[str] = []

    def hear(portfolio: str, event: Event) -> None:
        heard.append(event.item.id)

    collab.signals.connect(hear)
    return heard


def add(collab: Collab, *persons: str) -> None:
    with collab.system("p") as system:
        for person in persons:
            system.people.add(person, name=person)


def _in_child(work: Callable[[], Any], meanwhile: Callable[[], None]) -> Any:
    """Return what `work` returns in a forked child."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(theirs, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    meanwhile()
    with os.fdopen(ours) as pipe:
        told = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return json.loads(told)


def both_go_on(url: str) -> dict[str, Any]:
    """Parent and child work on at the same time, each with desks of its own."""
    with collabcase.open(url) as collab:
        set_up(collab, ["a"])
        heard = _hear(collab)
        add(collab, "before")

        def in_child() -> Any:
            found = collab.portfolio("p")
            assert found is not None
            for number in range(10):
                add(collab, f"child-{number}")
            return heard

        def in_parent() -> None:
            for number in range(10):
                add(collab, f"parent-{number}")

        child = _in_child(in_child, in_parent)
        add(collab, "after")
        return {"parent": heard, "child": child}


def first_call(url: str, verb: str) -> dict[str, Any]:
    """The child's first call is one without a desk; the parent's connection must outlive it."""
    with collabcase.open(url) as collab:
        set_up(collab, ["a"])
        calls: dict[str, Callable[[int], object]] = {
            "portfolio": lambda number: collab.portfolio("p"),
            "create_portfolio": lambda number: collab.create_portfolio(f"child-{number}"),
            "pump": lambda number: collab.pump(),
            "close": lambda number: collab.close(),
        }

        def in_child() -> Any:
            for number in range(20):
                calls[verb](number)
            return True

        def in_parent() -> None:
            for number in range(20):
                collab.create_portfolio(f"parent-{number}")

        return {"child": _in_child(in_child, in_parent), "parent": collab.portfolio("parent-19") is not None}


def while_a_thread_pumps(url: str) -> dict[str, Any]:
    """A thread of the parent is within a receiver, and so at the pump, when the process forks."""
    with collabcase.open(url) as collab:
        set_up(collab, ["a"])
        heard = _hear(collab)
        reached, leave = threading.Event(), threading.Event()

        def linger(portfolio: str, event: Event) -> None:
            if event.item.id == "slow":
                reached.set()
                leave.wait(30)

        collab.signals.connect(linger)
        thread = threading.Thread(target=add, args=(collab, "slow"))
        thread.start()
        assert reached.wait(30)

        def in_child() -> Any:
            heard.clear()
            add(collab, "child")
            return heard

        child = _in_child(in_child, lambda: None)
        leave.set()
        thread.join()
        return {"parent": heard, "child": child}


def with_the_thread_started(url: str) -> dict[str, Any]:
    """The parent's thread pumps; the child starts one of its own, and hears of a host's commit by it."""
    with collabcase.open(url) as collab:
        set_up(collab, ["a"])
        collab.start()

        def in_child() -> Any:
            told = threading.Event()
            collab.signals.connect(lambda portfolio, event: told.set(), "person.added")
            collab.start()
            with collab._storage._engine.connect() as host:
                with collab.system("p", connection=host) as system:
                    system.people.add("child", name="child")
                host.commit()
            return told.wait(20)

        return {"child": _in_child(in_child, lambda: None)}


def on_a_private_database() -> dict[str, Any]:
    """The child closes the Collab; the parent's temporary folder must outlive it."""
    with collabcase.open() as collab:
        set_up(collab, ["a"])
        _in_child(collab.close, lambda: None)
        folder = Path(str(collab._storage._engine.url.database)).parent
        outlived = folder.is_dir()
        add(collab, "after")
    return {"outlived": outlived, "removed": not folder.exists()}


def while_somebody_waits(url: str) -> dict[str, Any]:
    """A thread of the parent waits for events; parent and child both go on waiting, each woken by the other."""
    with collabcase.open(url) as collab:
        set_up(collab, ["a"])
        cursor = collab.feed(portfolio="p").cursor
        waiting = threading.Thread(target=collab.feed, kwargs={"portfolio": "p", "after": cursor, "wait": 20})
        waiting.start()
        while collab._storage.wakeups._waiting == 0:
            pass

        def in_child() -> Any:
            add(collab, "child")
            told = [event.item.id for event in collab.feed(portfolio="p", after=cursor, wait=20).events]
            return told[:1]

        child = _in_child(in_child, waiting.join)
        add(collab, "parent")
        return {"child": child, "parent": [e.item.id for e in collab.feed(portfolio="p", after=cursor, wait=20).events]}
