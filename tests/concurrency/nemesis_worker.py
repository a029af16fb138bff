"""A worker of the nemesis: does one thing after another in two windows, and writes down what it was told."""

from __future__ import annotations

import json
import os
import random
import signal
import time
import traceback
from datetime import timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from attrs import Factory, define
from sqlalchemy import text

from collabcase import (
    AlreadyClaimed,
    Collab,
    Forbidden,
    ItemLocked,
    ItemRef,
    Leases,
    StaleLock,
    StorageError,
    TryAgain,
    Window,
    WindowGone,
)
from collabcase.clock import SystemClock
from collabcase.desk import holding
from collabcase.storage.sql.adapter import SqlAdapter
from database_clock import DatabaseClock

LEASE = 0.4
LEASES = Leases(**dict.fromkeys(("visible", "hidden", "attached"), timedelta(seconds=LEASE)))
WORKERS = ["b1", "b1", "b2", "b2", "b3", "a1", "a2", "a1"]
FORCER = "b3"
AGE = 20.0
"""For how many seconds two talks are worked on; then come others, so that none gets long."""

ACTS = {
    "click": 34,
    "save": 30,
    "save late": 8,
    "beat": 12,
    "look": 4,
    "blur": 3,
    "force": 4,
    "ask": 1,
    "claim": 1,
    "put_back": 1,
    "close": 1,
    "release_all": 1,
    "sweep": 3,
}


def rivals(item: str, one: str, other: str) -> bool:
    """Tell whether two persons stand in each other's way: on a talk one side, on the host's thing all."""
    return one != other and (item == "h" or one[0] == other[0])


STOP = "stop"
"""The file that tells the workers that it is over."""


@define
class Stage:
    """Where it happens: what every worker is told."""

    url: str
    logs: str
    refs: dict[str, ItemRef]
    messages: dict[str, str]
    numbers: dict[str, int]
    box: str
    fault: str | None
    cursors: dict[str, str | None] = Factory(dict)
    began: float = Factory(time.monotonic)

    def items(self) -> list[str]:
        """Return what is worked on now."""
        age = int((time.monotonic() - self.began) / AGE)
        talks = [name for name in self.refs if name != "h"]
        return ["h", *(talks[(2 * age + one) % len(talks)] for one in (0, 1))]


@define
class Tab:
    """A window as its page knows it: what it is on, and under which token; both unknown after a lost answer."""

    window: Window
    item: str | None = None
    token: int | None = None
    sure: bool = True


class Worker:
    """Does one thing after another, in two windows of a person, and writes down what it was told."""

    def __init__(self, stage: Stage, collab: Collab, person: str, life: str) -> None:
        self._stage, self._collab, self._person = stage, collab, person
        self._dice, self._life, self._serial = random.Random(life), life, 0
        self._log = os.open(f"{stage.logs}/{life}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._old: list[tuple[str, str, int]] = []
        self._tabs = [self._open(), self._open()]
        with collab._storage._engine.connect() as connection:
            self._number = connection.execute(
                text("SELECT no FROM principal WHERE id = :id"), {"id": person}
            ).scalar_one()

    def work(self) -> None:
        """Go on until it is over."""
        acts, weights, stop = list(ACTS), list(ACTS.values()), Path(self._stage.logs, STOP)
        while not stop.exists():
            self.do(self._dice.choices(acts, weights)[0])

    def do(self, act: str) -> None:
        """Do one thing in one of the windows, and say what came of it."""
        place, began = self._dice.randrange(2), time.monotonic_ns()
        try:
            more = getattr(self, f"_{act.replace(' ', '_')}")(self._tabs[place])
            self._say(act, began, **(more or {}))
        except WindowGone:
            self._tabs[place] = self._open()
            self._say("gone", began)
        except StaleLock:
            self._say("stale", began)
        except (AlreadyClaimed, Forbidden):
            self._say("refused", began)
        except (TryAgain, StorageError):
            self._tabs[place].sure = False
            self._say("again", began)

    def _open(self) -> Tab:
        while True:
            try:
                return Tab(self._collab.window(self._person, portfolio="p"))
            except TryAgain:
                continue

    def _say(self, what: str, began: int, **more: object) -> None:
        line = {"what": what, "began": began, "ended": time.monotonic_ns(), **more}
        os.write(self._log, json.dumps(line).encode() + b"\n")

    def _item(self) -> str:
        return self._dice.choice(self._stage.items())

    def _click(self, tab: Tab) -> dict[str, object] | None:
        item = self._item()
        fresh = tab.sure and tab.item != item
        began = time.monotonic_ns()
        try:
            lock = tab.window.focus(self._stage.refs[item])
        except ItemLocked as error:
            self._say("locked", began)
            if error.holder is not None and not rivals(item, self._person, error.holder):
                self._say("told", began, problem=f"{self._person} was refused {item} for {error.holder}")
            return {"refused": True}
        tab.item, tab.token, tab.sure = item, lock.token, True
        self._old.append((tab.window.id, item, lock.token))
        return {"item": item, "token": lock.token} if fresh else None

    def _save(self, tab: Tab) -> dict[str, object] | None:
        time.sleep(self._dice.uniform(0, LEASE / 10))
        if tab.item is None or tab.token is None:
            return self._click(tab)
        return self._write(tab.window.id, tab.item, tab.token)

    def _save_late(self, tab: Tab) -> dict[str, object] | None:
        return self._write(*self._dice.choice(self._old[-9:])) if self._old else None

    def _write(self, window: str, item: str, token: int) -> dict[str, object]:
        """Write under a token, in the host's transaction, and count it there by what was counted before."""
        place = {"item": item, "side": self._person[0]}
        with self._collab._storage._writer.begin() as host:
            with self._collab.desk(self._person, portfolio="p", connection=host, window=window, token=token) as desk:
                if item == "h":
                    desk.guard(self._stage.refs["h"])
                else:
                    desk.talks.reply(self._stage.messages[item], "text")
            found = text("SELECT value FROM counter WHERE item = :item AND side = :side")
            value = host.execute(found, place).scalar_one() + 1
            kept = text("UPDATE counter SET value = :value WHERE item = :item AND side = :side")
            host.execute(kept, {**place, "value": value})
            noted = text(
                "INSERT INTO history (item, person, what, win, token) VALUES (:item, :who, 'write', :win, :token)"
                " RETURNING seq"
            )
            written = {"item": self._stage.numbers[item], "who": self._number, "win": window, "token": token}
            seq = host.execute(noted, written).scalar_one()
        return {"item": item, "seq": seq}

    def _beat(self, tab: Tab) -> None:
        lock = tab.window.beat().lock
        if lock is not None:
            tab.token = lock.token

    def _look(self, tab: Tab) -> None:
        began = time.monotonic_ns()
        for held in tab.window.picture.held:
            if not held.own and (held.holder is None or held.holder.id[0] != self._person[0]):
                self._say("told", began, problem=f"{self._person} was shown {held}")

    def _blur(self, tab: Tab) -> None:
        tab.window.blur()
        tab.item = tab.token = None

    def _force(self, tab: Tab) -> dict[str, object]:
        item = "h" if self._person == FORCER and self._dice.random() < 0.5 else self._stage.items()[1]
        self._serial += 1
        why = f"{self._life} {self._serial}"
        tab.window.force(self._stage.refs[item], why)
        return {"item": item, "reason": why}

    def _ask(self, tab: Tab) -> None:
        tab.window.ask(self._stage.refs[self._item()])

    def _claim(self, tab: Tab, verb: str = "claim") -> None:
        if self._person[0] == "b":
            with self._collab.desk(self._person, portfolio="p") as desk:
                try:
                    getattr(desk.teambox(self._stage.box), verb)(self._stage.refs[self._stage.items()[1]].id)
                except ItemLocked:
                    return

    def _put_back(self, tab: Tab) -> None:
        self._claim(tab, "put_back")

    def _close(self, tab: Tab) -> None:
        tab.window.close()
        tab.window, tab.item, tab.token, tab.sure = self._open().window, None, None, True

    def _release_all(self, tab: Tab) -> None:
        tab.window.release_all()
        for one in self._tabs:
            one.item = one.token = None

    def _sweep(self, tab: Tab) -> None:
        self._collab.sweep()


def nursery(pipe: Pipe, stage: Stage) -> None:
    """Open a Collab, do everything once, and then fork a worker for each name that comes: so they start quickly."""
    if stage.fault == "unguarded":
        holding._check = lambda call, item, found: None
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    clock = DatabaseClock(stage.url, running=True)
    engine = clock.engine()
    storage = SqlAdapter(engine, schema=None, prefix="", now=clock.now)
    collab = Collab(storage, clock=SystemClock(), owns=engine.dispose, leases=LEASES)
    first = Worker(stage, collab, WORKERS[0], "first-0")
    for act in [*ACTS, *ACTS]:
        first.do(act)
    engine.dispose()
    pipe.send(os.getpid())
    while True:
        try:
            person, life = pipe.recv()
        except EOFError:
            return
        process = os.fork()
        if process == 0:
            pipe.close()
            _live(stage, collab, person, life)
        pipe.send(process)


def _live(stage: Stage, collab: Collab, person: str, life: str) -> None:
    code = 1
    try:
        Worker(stage, collab, person, life).work()
        code = 0
    except BaseException:
        Path(f"{stage.logs}/{life} failed").write_text(traceback.format_exc())
    finally:
        os._exit(code)
