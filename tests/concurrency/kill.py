"""Kill a writing process at random moments, again and again, and see what is left of its work.

Run it for long from the folder of the tests: ``python -m concurrency.kill --engine postgresql --kills 300``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe
from typing import Any, TypeAlias

from attrs import Factory, define
from sqlalchemy import Connection, create_engine, text

import collabcase
from collabcase import Collab, Desk, System, TryAgain
from collabcase.ids import Kind, kind_code
from concurrency.crew import context
from concurrency.scene import set_up
from servers.postgres import PostgresServer

LONGEST_LIFE = 0.4
MOVERS = ["q1", "q2", "q3"]

Unit: TypeAlias = Callable[[Collab, random.Random, str], int]
"""Does a unit of work under a name, and returns of how many parts it consists; each is called «name part»."""


@define
class Report:
    """What came of it.

    Attributes:
        kills: how many processes were killed.
        inside: how many of them in the midst of a unit of work.
        acknowledged: how many units of work were said to be done before.
        unknown: how many were begun, and neither done nor found.
        kept: how many were found though nobody had said yet that they were done.
        problems: everything that should not be.
    """

    kills: int = 0
    inside: int = 0
    acknowledged: int = 0
    unknown: int = 0
    kept: int = 0
    problems: list[str] = Factory(list)


def talk(collab: Collab, dice: random.Random, name: str) -> int:
    """Start a talk, under a key."""
    with collab.desk("a", portfolio="p") as desk:
        desk.talks.start(["b", "c"], subject=name, text=f"{name} 0", observers=["d"], key=name)
    return 1


def answers(collab: Collab, dice: random.Random, name: str) -> int:
    """Answer the newest message several times in one unit of work."""
    parts = dice.randint(1, 4)
    with collab.desk("b", portfolio="p") as desk:
        newest = desk.messages.search(limit=1)[0]
        for part in range(parts):
            desk.talks.reply(newest.id, f"{name} {part}", to=["a"], observers=["c"])
            dawdle(dice)
    return parts


def groups(collab: Collab, dice: random.Random, name: str) -> int:
    """Make groups with members."""
    with collab.system("p") as system:
        for part in range(2):
            system.groups.create(f"{name} {part}", members=["a", "b", "c"], teambox=True, key=f"{name} {part}")
            dawdle(dice)
    return 2


def main_groups(system: System) -> list[str]:
    """Return the ids of all main groups, however many others were made since."""
    found, cursor = list[str](), None
    while True:
        page = system.groups.list(limit=500, cursor=cursor)
        found += [group.id for group in page if group.main]
        if page.next is None:
            return found
        cursor = page.next


def moves(collab: Collab, dice: random.Random, name: str) -> int:
    """Move everybody to another main group."""
    with collab.system("p") as system:
        mains = main_groups(system)
        for person in MOVERS:
            system.groups.move_main(person, dice.choice(mains))
            dawdle(dice)
    return 0


def mixed(collab: Collab, dice: random.Random, name: str) -> int:
    """Write in two desks and in a table of the host's, in one transaction of the host's."""

    def desk_work(desk: Desk) -> None:
        started = desk.talks.start("b", subject=name, text=f"{name} 0")
        desk.talks.add_observer(started.id, "d")

    with collab._storage._writer.begin() as host:
        with collab.desk("a", portfolio="p", connection=host) as desk:
            desk_work(desk)
        dawdle(dice)
        host.execute(text("INSERT INTO hosts VALUES (:what)"), {"what": f"{name} 1"})
        with collab.system("p", connection=host) as system:
            system.groups.create(f"{name} 2", members=["a"])
        dawdle(dice)
    collab.pump()
    return 3


UNITS: dict[str, Unit] = {unit.__name__: unit for unit in (talk, answers, groups, moves, mixed)}


def dawdle(dice: random.Random) -> None:
    """Stay in the transaction for a while, at times."""
    if dice.random() < 0.3:
        time.sleep(dice.uniform(0, 0.01))


def work_until_killed(pipe: Pipe, url: str, life: int) -> None:
    """Do units of work, and say on the pipe which was begun and which is done; each line is written in one go."""
    dice = random.Random(life)

    def say(what: str, name: str, parts: int) -> None:
        os.write(pipe.fileno(), json.dumps([what, name, parts]).encode() + b"\n")

    with collabcase.open(url) as collab:
        say("ready", "", 0)
        for number in range(sys.maxsize):
            kind = dice.choice(list(UNITS))
            name = f"{kind}-{life}-{number}"
            say("begun", name, 0)
            try:
                parts = UNITS[kind](collab, dice, name)
            except TryAgain:  # the one killed before may still hold a lock
                continue
            say("done", name, parts)


def one_life(url: str, life: int, dice: random.Random) -> list[list[Any]]:
    """Let a process work, kill it, and return what it had said."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work_until_killed, args=(theirs, url, life), daemon=True)
    process.start()
    theirs.close()
    said = os.read(ours.fileno(), 4096)
    time.sleep(dice.uniform(0, LONGEST_LIFE))
    process.kill()
    while more := os.read(ours.fileno(), 1 << 16):
        said += more
    process.join()
    process.close()
    ours.close()
    return [json.loads(line) for line in said.split(b"\n")[:-1]]


def set_the_scene(url: str) -> None:
    """Make the portfolio, and a table of the host's."""
    with collabcase.open(url) as collab:
        mains = {f"main {number}": {"main": True} for number in range(3)}
        made = set_up(collab, ["a", "b", "c", "d", *MOVERS], mains)
        with collab.system("p") as system:
            system.groups.add_members(made["main 0"].id, MOVERS)
        with collab.desk("a", portfolio="p") as desk:
            desk.talks.start("b", subject="first", text="first")
        with collab._storage._writer.begin() as connection:
            connection.execute(text("CREATE TABLE hosts (what TEXT)"))


def kill_again_and_again(url: str, kills: int, seed: int) -> Report:
    """Kill so many processes that write to one database, and check what is left."""
    set_the_scene(url)
    dice, report = random.Random(seed), Report()
    begun: set[str] = set()
    done: dict[str, int] = {}
    for life in range(kills):
        said = one_life(url, life, dice)
        report.kills += 1
        report.inside += said[-1][0] == "begun"
        begun |= {name for what, name, _ in said if what == "begun"}
        done |= {name: parts for what, name, parts in said if what == "done"}
    engine = create_engine(url)
    with engine.connect() as connection:
        report.problems = [*check_units(connection, begun, done, report), *check_rows(connection)]
    engine.dispose()
    with collabcase.open(url) as collab:
        talk(collab, dice, "afterwards")
    return report


def check_units(connection: Connection, begun: set[str], done: dict[str, int], report: Report) -> Iterator[str]:
    """Tell of every unit of work that is there by half, or not there though it was acknowledged."""
    parts = "SELECT text FROM message UNION ALL SELECT name FROM grp UNION ALL SELECT what FROM hosts"
    found: dict[str, set[int]] = {}
    for called in connection.execute(text(parts)).scalars():
        name, _, part = called.rpartition(" ")
        if name in begun:
            found.setdefault(name, set()).add(int(part))
    fixed = {"talk": 1, "groups": 2, "mixed": 3}
    report.acknowledged = len(done)
    for name in sorted(begun):
        there, kind = len(found.get(name, ())), name.partition("-")[0]
        if name in done:
            if there != done[name]:
                yield f"{name} was acknowledged with {done[name]} parts, and {there} are there"
        elif there not in (0, fixed.get(kind, there)):
            yield f"{name} is there by half: {there} of {fixed[kind]}"
        elif there:
            report.kept += 1
        else:
            report.unknown += 1


# Each finds what should not be.
ROWS = {
    "message without its sender": "SELECT id FROM message m WHERE NOT EXISTS (SELECT 1 FROM involvement"
    " WHERE item = m.id AND principal = m.sender AND role = 1)",
    "message without a recipient": "SELECT id FROM message m WHERE NOT EXISTS (SELECT 1 FROM involvement"
    " WHERE item = m.id AND role = 2)",
    "involvement without its message": "SELECT item FROM involvement WHERE item NOT IN (SELECT id FROM message)",
    "talk without a message": "SELECT id FROM talk WHERE id NOT IN (SELECT talk FROM message)",
    "message without one event": "SELECT id FROM message m WHERE 1 <> (SELECT count(*) FROM event"
    " WHERE kind = 'message.sent' AND item = m.id)",
    "event without its message": "SELECT position FROM event WHERE kind = 'message.sent'"
    " AND item NOT IN (SELECT id FROM message)",
    "group without one event": "SELECT no FROM grp g WHERE 1 <> (SELECT count(*) FROM event"
    " WHERE kind = 'group.created' AND item = g.no * 32 + :group)",
    "event without its group": "SELECT position FROM event WHERE kind = 'group.created'"
    " AND item NOT IN (SELECT no * 32 + :group FROM grp)",
    "group without all its members": "SELECT no FROM grp g WHERE name LIKE 'groups-%' AND 3 <>"
    " (SELECT count(*) FROM membership WHERE grp = g.no)",
    "observer added without one event": "SELECT message FROM standing s JOIN message m ON m.id = s.message"
    " WHERE m.answers IS NULL AND 1 <> (SELECT count(*) FROM event"
    " WHERE kind = 'talk.observer_added' AND item = m.id)",
    "mover not in one main group": "SELECT id FROM principal p WHERE id LIKE 'q%' AND 1 <> (SELECT count(*)"
    " FROM membership WHERE person = p.no AND main)",
    "leaving without joining": "SELECT 1 WHERE (SELECT count(*) FROM event WHERE kind = 'group.members_removed')"
    " <> (SELECT count(*) - 1 FROM event WHERE kind = 'group.members_added')",
    "key without its talk": "SELECT key FROM request WHERE verb = 'talks.start' AND item NOT IN (SELECT id FROM talk)",
    "principal that is nothing": "SELECT no FROM principal WHERE no NOT IN (SELECT no FROM person)"
    " AND no NOT IN (SELECT no FROM grp)",
}


def check_rows(connection: Connection) -> Iterator[str]:
    """Tell of every row without its other half."""
    for what, query in ROWS.items():
        values = {"group": kind_code(Kind.GROUP)} if ":group" in query else {}
        yield from (f"{what}: {found}" for found in connection.execute(text(query), values).scalars())
    if connection.dialect.name == "sqlite":
        yield from (f"SQLite: {row}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check"))
        yield from (
            f"SQLite: {told}" for told in connection.exec_driver_sql("PRAGMA integrity_check").scalars() if told != "ok"
        )


@contextmanager
def _database(engine: str) -> Iterator[str]:
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/kill.db"
    else:
        with PostgresServer() as server:
            yield server.create_database()


def main() -> int:
    """Run it, print what came of it, and return whether anything should not be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), required=True)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    began = time.monotonic()
    with _database(chosen.engine) as url:
        report = kill_again_and_again(url, chosen.kills, chosen.seed)
    told = (
        f"{chosen.engine}: {report.kills} kills, {report.inside} of them inside a unit of work; "
        f"{report.acknowledged} units acknowledged, {report.kept} found though not acknowledged yet, "
        f"{report.unknown} gone without a trace; {len(report.problems)} problems; {time.monotonic() - began:.0f} s"
    )
    sys.stdout.write("\n".join([told, *report.problems]) + "\n")
    return bool(report.problems)


if __name__ == "__main__":
    sys.exit(main())
