"""Processes that hold, write and let go, while others stop, kill and force them and set the clock wrong.

Run it for long from the folder of the tests: ``python -m concurrency.nemesis --engine postgresql --seconds 900``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import Factory, define
from sqlalchemy import Connection, create_engine, text

import collabcase
from collabcase import Collab, ItemRef, Right
from collabcase.ids import Kind, decode
from concurrency.checker import Done, Row, Told, check, check_time
from concurrency.crew import PATIENCE, context
from concurrency.nemesis_worker import AGE, FORCER, LEASE, LEASES, STOP, WORKERS, Stage, nursery, rivals
from concurrency.scene import set_up
from database_clock import DatabaseClock
from servers.postgres import PostgresServer

OUTSIDE = ["observer", "outsider"]


@define
class Report:
    """What came of it: how often what was done, and everything that should not be."""

    counts: Counter[str] = Factory(Counter)
    problems: list[str] = Factory(list)

    @property
    def acknowledged(self) -> int:
        """How many calls came back having done what they were to do."""
        return self.counts.total() - sum(self.counts[what] for what in (*UNDONE, *HARMS))


UNDONE = ("stale", "locked", "gone", "again", "refused", "told")
"""What is said of a call that has not done what it was to do."""

HARMS = {"pauses": 0.3, "kills": 0.9, "clock steps": 1.6}
"""What is done to the workers, and about every how many seconds."""

_MADE = {
    "sqlite": (
        "CREATE TABLE history (seq INTEGER PRIMARY KEY AUTOINCREMENT, {columns})",
        "CREATE TRIGGER begun AFTER INSERT ON lease BEGIN {note}; END",
        "CREATE TRIGGER changed AFTER UPDATE ON lease WHEN old.window_id IS NOT new.window_id"
        " OR old.token <> new.token OR (new.ended_at IS NOT NULL AND old.ended_at IS NOT new.ended_at)"
        " BEGIN {note}; END",
    ),
    "postgresql": (
        "CREATE TABLE history (seq bigserial PRIMARY KEY, {columns})",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {note}; RETURN NULL; END $$",
        "CREATE TRIGGER begun AFTER INSERT ON lease FOR EACH ROW EXECUTE FUNCTION note()",
        "CREATE TRIGGER changed AFTER UPDATE ON lease FOR EACH ROW WHEN (old.window_id IS DISTINCT FROM new.window_id"
        " OR old.token <> new.token OR (new.ended_at IS NOT NULL AND old.ended_at IS DISTINCT FROM new.ended_at))"
        " EXECUTE FUNCTION note()",
    ),
}
_COLUMNS = "item BIGINT, person INTEGER, what TEXT, win TEXT, token BIGINT, ended TEXT, reason TEXT"
_NOTE = (
    "INSERT INTO history (item, person, what, win, token, ended, reason) VALUES (new.item, new.person, 'hold',"
    " new.window_id, new.token, new.ended, new.reason)"
)


def set_the_scene(url: str, logs: str, seconds: float, fault: str | None) -> Stage:
    """Make the portfolio, and the tables in which the database writes down what happens."""
    clock = DatabaseClock.made(url, running=True)
    with clock.opened(leases=LEASES) as collab:
        groups: dict[str, dict[str, Any]] = {
            "A": {"shares_cases": True, "members": ["a1", "a2"]},
            "B": {"teambox": True, "members": ["b1", "b2", "b3"]},
            "M": {"main": True, "members": [FORCER], "rights": [Right.LOCK_FORCE]},
        }
        box = set_up(collab, sorted({*WORKERS, *OUTSIDE}), groups)["B"]
        stage = Stage(url, logs, {"h": ItemRef("policy", "1")}, {}, {}, box.id, fault)
        for number in range(2 * (1 + int(seconds / AGE))):
            with collab.desk("a1", portfolio="p") as desk:
                talk = desk.talks.start(box.ref, subject="s", text="t", observers=["observer"])
                stage.refs[f"t{number}"] = talk.ref
                stage.messages[f"t{number}"] = desk.talks.view(talk.id).messages[0].id
        collab.window("a1", portfolio="p").focus(stage.refs["h"])
        with collab._storage._writer.begin() as connection:
            _make_tables(connection, stage)
        stage.cursors = {who: collab.feed(who, portfolio="p").cursor for who in [*OUTSIDE, "a1", "b1"]}
    clock.close()
    return stage


def _make_tables(connection: Connection, stage: Stage) -> None:
    for table in ("lease", "open_window", "event"):
        connection.execute(text(f"DELETE FROM {table}"))
    for statement in _MADE[connection.dialect.name]:
        connection.exec_driver_sql(statement.format(columns=_COLUMNS, note=_NOTE))
    connection.execute(text("CREATE TABLE counter (item TEXT, side TEXT, value INTEGER, PRIMARY KEY (item, side))"))
    thing = connection.execute(text("SELECT item FROM lockable WHERE kind = 'policy'")).scalar_one()
    stage.numbers = {name: decode(ref.id, Kind.TALK) or thing for name, ref in stage.refs.items()}
    for name in stage.refs:
        for side in "ab":
            connection.execute(text("INSERT INTO counter VALUES (:item, :side, 0)"), {"item": name, "side": side})


# -------------------------------------------------------------------- who disturbs them


class Nemesis:
    """Keeps the workers at work, and does them harm."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage, self._dice = stage, random.Random(seed)
        self._counts: Counter[str] = Counter()
        self._clock = DatabaseClock(stage.url, running=True)
        self._pipe, theirs = context.Pipe()
        self._nursery = context.Process(target=nursery, args=(theirs, stage), daemon=True)
        self._nursery.start()
        theirs.close()
        assert self._pipe.poll(PATIENCE), "nobody begins to work"
        self._pipe.recv()
        self._lives = 0
        self._workers = [self._started(person) for person in WORKERS]
        self._stopped: dict[int, float] = {}

    def _started(self, person: str) -> int:
        self._lives += 1
        self._pipe.send((person, f"{person}-{self._lives}"))
        return int(self._pipe.recv())

    def rage(self, seconds: float) -> Counter[str]:
        """Stop, kill and set the clock for so long; then wait for the workers."""
        ends = time.monotonic() + seconds
        at = {what: time.monotonic() + self._dice.uniform(0, every) for what, every in HARMS.items()}
        while time.monotonic() < ends:
            time.sleep(0.01)
            self._let_go_on(time.monotonic())
            for what, every in HARMS.items():
                if time.monotonic() > at[what]:
                    at[what] = time.monotonic() + self._dice.uniform(0, 2 * every)
                    self._counts[what] += 1
                    getattr(self, f"_{what.replace(' ', '_')}")(self._dice.randrange(len(WORKERS)))
        self._let_go_on(math.inf)
        Path(self._stage.logs, STOP).touch()
        for worker in self._workers:
            _wait_for(worker)
        self._pipe.close()
        self._nursery.join(PATIENCE)
        self._clock.close()
        return self._counts

    def _let_go_on(self, now: float) -> None:
        for place, until in list(self._stopped.items()):
            if now > until:
                del self._stopped[place]
                os.kill(self._workers[place], signal.SIGCONT)

    def _pauses(self, place: int) -> None:
        os.kill(self._workers[place], signal.SIGSTOP)
        self._stopped[place] = time.monotonic() + self._dice.uniform(0.5, 2.5) * LEASE

    def _kills(self, place: int) -> None:
        self._stopped.pop(place, None)
        os.kill(self._workers[place], signal.SIGKILL)
        _wait_for(self._workers[place])
        self._workers[place] = self._started(WORKERS[place])

    def _clock_steps(self, place: int) -> None:
        self._clock.move(seconds=self._dice.choice([1.5, -1.5, 1.5, -1.5, 3_600, -3_600]))


def _wait_for(process: int) -> None:
    """Wait until a process is gone."""
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < deadline, "a worker does not end"
        time.sleep(0.005)


# -------------------------------------------------------------------- what came of it


def rage(url: str, seconds: float, seed: int, fault: str | None = None) -> Report:
    """Let them work and suffer for so long, and check what really happened."""
    with tempfile.TemporaryDirectory() as logs:
        stage = set_the_scene(url, logs, seconds, fault)
        report = Report(Nemesis(stage, seed).rage(seconds))
        report.problems += [log.read_text() for log in Path(logs).glob("* failed")]
        lines = [json.loads(line) for log in Path(logs).glob("*-*") for line in log.read_bytes().splitlines()]
    report.counts += Counter(line["what"] for line in lines if not line.get("refused"))
    report.problems += [line["problem"] for line in lines if line["what"] == "told"]
    clock = DatabaseClock(url, running=True)
    with clock.opened(leases=LEASES) as collab:
        with collab._storage._engine.connect() as connection:
            _check(connection, stage, lines, report)
            asked = _asked(connection, stage)
        report.problems += [*_outside(collab), *_overheard(collab, stage, asked)]
    clock.close()
    return report


def _outside(collab: Collab) -> list[str]:
    """Tell of everything that somebody outside is shown."""
    pictures = {who: collab.window(who, portfolio="p").picture for who in OUTSIDE}
    return [f"{who} was shown {one}" for who, seen in pictures.items() for one in [*seen.held, *seen.moved]]


def _asked(connection: Connection, stage: Stage) -> set[tuple[ItemRef, str]]:
    """Return who was ever asked to let go of what."""
    refs = {stage.numbers[name]: ref for name, ref in stage.refs.items()}
    asked = (
        "SELECT e.item, p.id FROM event e JOIN principal p ON p.no = CAST(e.told AS integer) WHERE kind = 'lock.asked'"
    )
    return {(refs[row.item], row.id) for row in connection.execute(text(asked))}


def _overheard(collab: Collab, stage: Stage, asked: set[tuple[ItemRef, str]]) -> Iterator[str]:
    """Tell of every event of a lock that somebody was told of whom it does not concern."""
    for who, cursor in stage.cursors.items():
        while (page := collab.feed(who, portfolio="p", after=cursor, limit=500)).events:
            cursor = page.cursor
            for told in page.events:
                other = told.actor is not None and told.actor != FORCER and told.actor[0] != who[0]
                if told.kind == "lock.asked" and told.item.kind != "talk" and (told.item, who) in asked:
                    continue  # whoever meets the lock on a thing of the host's may ask its holder
                if told.kind.startswith("lock.") and (who in OUTSIDE or other):
                    yield f"{who} was told {told}"


def _check(connection: Connection, stage: Stage, lines: list[dict[str, Any]], report: Report) -> None:
    items = {number: name for name, number in stage.numbers.items()}
    persons: dict[int, str] = {row.no: row.id for row in connection.execute(text("SELECT no, id FROM principal"))}
    rows = [
        Row(row.seq, items[row.item], persons[row.person], row.what, row.win, row.token, row.ended, row.reason)
        for row in connection.execute(text("SELECT * FROM history ORDER BY seq"))
    ]
    kinds = "kind LIKE 'lock.%' AND kind <> 'lock.asked'"
    told = [
        Told(row.kind, items[row.item], persons[int(row.told)])
        for row in connection.execute(text(f"SELECT kind, item, told FROM event WHERE {kinds} ORDER BY position"))
    ]
    values = {(row.item, row.side): row.value for row in connection.execute(text("SELECT * FROM counter"))}
    report.problems += check(rows, told, rivals, {place: value for place, value in values.items() if value})
    tokens = {(row.item, row.token): row.seq for row in reversed(rows) if row.what == "hold" and row.window}
    reasons = {str(row.reason): row.seq for row in rows if row.ended == "forced"}
    report.problems += check_time(_done(lines, tokens, reasons))
    acknowledged = {line["seq"] for line in lines if "seq" in line}
    lost = acknowledged - {row.seq for row in rows if row.what == "write"}
    report.problems += [f"the write {seq} was acknowledged, and is not there" for seq in sorted(lost)]


def _done(lines: list[dict[str, Any]], tokens: dict[tuple[str, int], int], reasons: dict[str, int]) -> list[Done]:
    """Return what was acknowledged, with its place in the history."""
    done = []
    for line in lines:
        seq = line.get("seq") or tokens.get((line.get("item"), line.get("token"))) or reasons.get(line.get("reason"))
        if seq is not None:
            done.append(Done(line["item"], seq, line["began"], line["ended"]))
    return done


@contextmanager
def _database(engine: str) -> Iterator[str]:
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/nemesis.db"
    else:
        with PostgresServer() as server:
            url = server.create_database()
            made = create_engine(url)
            collabcase.upgrade(made, prefix="")
            made.dispose()
            yield url


def main() -> int:
    """Run it, print what came of it, and return whether anything should not be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fault", choices=("unguarded",))
    chosen = parser.parse_args()
    with _database(chosen.engine) as url:
        report = rage(url, chosen.seconds, chosen.seed, chosen.fault)
    counts = ", ".join(f"{what} {count}" for what, count in sorted(report.counts.items()))
    told = (
        f"{chosen.engine}: {report.acknowledged} acknowledged, {report.counts['stale']} stale writes refused, "
        + ", ".join(f"{report.counts[what]} {what}" for what in HARMS)
        + f"; {len(report.problems)} problems; {chosen.seconds:.0f} s\n({counts})"
    )
    sys.stdout.write("\n".join([told, *report.problems[:20]]) + "\n")
    return bool(report.problems)


if __name__ == "__main__":
    sys.exit(main())
