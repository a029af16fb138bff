"""A database on one engine for many worlds: opened once for the tests of a file, told apart by portfolio."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from collabcase import Collab
from collabcase.testing import MovableClock
from properties.clocks import PATIENT, Clocks
from properties.naming import Id
from properties.scenes import Scene, Step


@dataclass
class Stage:
    """An open collab with a clock, and a scene that is foreign to all others."""

    collab: Collab
    clock: MovableClock
    url: str
    numbers: Iterator[int] = field(default_factory=lambda: count(10000))
    elsewhere: dict[Id, str] = field(default_factory=dict)

    def scene(self) -> Scene:
        """Give a new portfolio, which knows some ids of a foreign one."""
        scene = Scene(self.collab, self.clock, f"portfolio-{next(self.numbers)}")
        scene.real.update(self.elsewhere)
        return scene


@contextmanager
def staged(engine_name: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Stage]:
    """Open a database of an engine, and put a foreign portfolio there."""
    if engine_name == "sqlite":
        url = f"sqlite:///{folder / 'stage.db'}"
    else:
        server = request.getfixturevalue("postgres")
        url = server.create_database(template=request.getfixturevalue("migrated"))
    with Clocks.made(url) as clock, clock.opened(PATIENT) as collab:
        if engine_name == "sqlite":
            event.listen(collab._storage._engine, "connect", _in_haste)
            collab._storage._engine.dispose()
        stage = Stage(collab, clock, url)
        stage.elsewhere = _elsewhere(stage)
        yield stage


def _in_haste(connection: Any, _: Any) -> None:
    """Spare SQLite the waiting for the disk: what is written here need not outlive the machine."""
    connection.execute("PRAGMA synchronous=OFF").close()


def _elsewhere(stage: Stage) -> dict[Id, str]:
    """Fill a portfolio with persons of the same ids, and give ids of what is there."""
    foreign = stage.scene()
    for who in ("ida", "ilse", "xara", "fremd"):
        foreign.do(Step("add_person", None, {"id": who, "internal": True}))
    foreign.do(Step("create_group", None, {"name": "Fremde", "members": ["ida"], "teambox": True}, "elsewhere"))
    foreign.do(Step("start", "ida", {"to": ["ilse"], "subject": "Fremdes", "text": "Fremdes"}, "elsewhere"))
    foreign.do(Step("open_window", "ida", {}, "elsewhere"))
    foreign.do(Step("focus", "ida", {"window": Id("window", "elsewhere"), "item": Id("talk", "elsewhere")}))
    return dict(foreign.real)
