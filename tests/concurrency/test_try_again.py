"""What the database refuses for now is `TryAgain`, the desk is dead after it, and `run` gets through."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

import collabcase
from collabcase import Collab, CollabError, DeskClosed, Event, Group, TryAgain
from collabcase.ids import IdMaker, Kind, decode
from collabcase.storage.sql import sqlite
from collabcase.storage.sql.failures import translated
from concurrency.crew import SIZE, Crew
from concurrency.scene import send, set_up, texts

MANAGERS = {"managers": {"main": True, "members": ["m", "n"], "rights": ["group.manage"]}, "g": {}, "h": {}}
UNITS = 6


def names(collab: Collab, *groups: Group) -> list[str]:
    with collab.system("p") as system:
        return [system.groups.get(group.id).name for group in groups]


def test_a_deadlock(shared: Collab) -> None:
    """Two units of work that wait for each other: one is `TryAgain` and leaves nothing, the other goes through."""
    groups = set_up(shared, ["m", "n"], MANAGERS)
    both = threading.Barrier(2)

    def rename(person: str, first: Group, second: Group) -> list[str]:
        told = []
        try:
            with shared.desk(person, portfolio="p") as desk:
                desk.groups.rename(first.id, person)
                both.wait(20)
                for call in (lambda: desk.groups.rename(second.id, person), desk.groups.mine):
                    try:
                        call()
                    except CollabError as error:
                        told.append(error.code)
        except CollabError as error:
            told.append(error.code)
        return told

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(rename, "m", groups["g"], groups["h"])
        other = threads.submit(rename, "n", groups["h"], groups["g"])
        told = {"m": one.result(20), "n": other.result(20)}
    loser = "m" if told["m"] else "n"
    winner = "n" if told["m"] else "m"
    assert {winner: [], loser: ["try_again", "desk_closed", "desk_closed"]} == told
    assert [winner, winner] == names(shared, groups["g"], groups["h"])


def test_run_gets_through_a_deadlock(shared: Collab) -> None:
    """`run` repeats the whole of a unit of work that lost, and returns what the last time returned."""
    groups = set_up(shared, ["m", "n"], MANAGERS)
    both, calls = threading.Barrier(2), {"m": 0, "n": 0}

    def rename(person: str, *order: Group) -> int:
        def work(desk: Any) -> int:
            calls[person] += 1
            desk.groups.rename(order[0].id, person)
            if calls[person] == 1:
                both.wait(20)
            desk.groups.rename(order[1].id, person)
            return calls[person]

        return shared.run(person, "p", work)

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(rename, "m", groups["g"], groups["h"])
        other = threads.submit(rename, "n", groups["h"], groups["g"])
        returned = {"m": one.result(20), "n": other.result(20)}
    assert (calls, 3) == (returned, sum(calls.values()))
    last = max(calls, key=lambda person: calls[person])
    assert [last, last] == names(shared, groups["g"], groups["h"])


def rename_pairs(collab: Collab, member: int, groups: list[str]) -> int:
    """Rename both groups in one unit of work, in any order, and return how often it took more than one go."""
    dice, goes = random.Random(member), 0
    for number in range(UNITS):
        order = dice.sample(groups, 2)

        def work(desk: Any, number: int = number, order: list[str] = order) -> None:
            nonlocal goes
            goes += 1
            for group in order:
                desk.groups.rename(group, f"{member}-{number}")

        collab.run("m", "p", work)
    return goes


def test_run_gets_through_among_eight(url: str, collab: Collab, crew: Crew) -> None:
    """Eight processes whose units of work cross get through, each unit wholly, and what was repeated left nothing."""
    groups = set_up(collab, ["m", "n"], MANAGERS)
    pair = [groups["g"].id, groups["h"].id]
    goes = crew.at_once(url, rename_pairs, [(member, pair) for member in range(SIZE)])
    assert len(set(names(collab, groups["g"], groups["h"]))) == 1
    with collab._storage._engine.connect() as connection:
        count = "SELECT count(*) FROM event WHERE kind = 'group.renamed'"
        assert 2 * UNITS * SIZE == connection.execute(text(count)).scalar_one()
    assert collab._storage._engine.dialect.name == "sqlite" or sum(goes) > UNITS * SIZE, "nothing ever crossed"


@pytest.fixture
def clash(collab: Collab, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A talk is there, and what this returns makes the next message of this process take the same id."""
    set_up(collab, ["a", "b"])
    with collab.desk("a", portfolio="p") as desk:
        taken = decode(desk.talks.view(send(collab, "a", "b", "first")).messages[0].id, Kind.MESSAGE)
    new = IdMaker.new

    def make_it_clash() -> None:
        monkeypatch.setattr(
            IdMaker,
            "new",
            lambda self, kind, *given, **more: taken if kind is Kind.MESSAGE else new(self, kind, *given, **more),
        )

    return make_it_clash


def test_a_desk_that_swallows_a_failure(collab: Collab, clash: Callable[[], None]) -> None:
    """A desk that catches an error of the database does not pretend to have committed, and signals nothing."""
    heard: list[str] = []

    def hear(portfolio: str, event: Event) -> None:
        heard.append(event.kind)

    collab.signals.connect(hear)
    told = []

    def swallow() -> None:
        with collab.desk("a", portfolio="p") as desk:
            desk.talks.start("b", subject="s", text="good")
            clash()
            for call in (lambda: desk.talks.start("b", subject="s", text="bad"), desk.messages.search):
                try:
                    call()
                except CollabError as error:
                    told.append(error.code)

    with pytest.raises(DeskClosed):
        swallow()
    collab.pump()
    collab.signals.disconnect(hear)
    assert (["try_again", "desk_closed"], {"first"}, []) == (told, texts(collab, "b"), heard)


def test_a_host_that_swallows_a_failure(collab: Collab, clash: Callable[[], None]) -> None:
    """I1: a host that catches an error of the database in our desk keeps its own rows and nothing of that desk."""

    def send_two(host: Connection) -> None:
        with collab.desk("a", portfolio="p", connection=host) as desk:
            desk.talks.start("b", subject="s", text="good")
            clash()
            desk.talks.start("b", subject="s", text="bad")

    with collab._storage._writer.connect() as host:
        with collab.desk("b", portfolio="p", connection=host) as desk:
            desk.talks.start("a", subject="s", text="before")
        with pytest.raises(TryAgain):
            send_two(host)
        host.commit()
    assert {"first", "before"} == texts(collab, "b")


def test_run_gives_up_in_the_end(collab: Collab, clash: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """`run` raises `TryAgain` with its cause after 20 goes, and other errors at once."""
    monkeypatch.setattr("collabcase.desk.repeating._LONGEST_PAUSE", 0.0)
    goes = {"clash": 0, "refusal": 0}

    def work(name: str, to: str) -> Callable[[Any], object]:
        def start(desk: Any) -> object:
            goes[name] += 1
            return desk.talks.start(to, subject="s", text="t")

        return start

    with pytest.raises(CollabError, match="no person 'nobody'"):
        collab.run("a", "p", work("refusal", "nobody"))
    clash()
    with pytest.raises(TryAgain) as given_up:
        collab.run("a", "p", work("clash", "b"))
    assert {"clash": 20, "refusal": 1} == goes
    assert isinstance(given_up.value.__cause__, DBAPIError)


def refusal(connection: Connection, statement: str) -> CollabError:
    """Return our error for what the database says to a statement."""
    with pytest.raises(DBAPIError) as refused:
        connection.execute(text(statement))
    return translated(refused.value)


def test_what_postgresql_asks_to_repeat(shared: Collab) -> None:
    """A serialisation failure, a lock not had in time and a transaction that failed before are `TryAgain`."""
    set_up(shared, ["a"])
    change = "UPDATE portfolio SET title = title || 'x'"
    engine = shared._storage._engine
    told = {}
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as late, engine.begin() as early:
        late.execute(text("SELECT * FROM portfolio"))
        early.execute(text(change))
        early.commit()
        told["serialisation"] = refusal(late, change)
        told["failed before"] = refusal(late, "SELECT 1")
    with engine.begin() as holder, engine.begin() as other:
        holder.execute(text(change))
        other.execute(text("SET LOCAL lock_timeout = '10ms'"))
        told["lock timeout"] = refusal(other, change)
        other.rollback()
    expected = dict.fromkeys(("serialisation", "failed before", "lock timeout"), TryAgain)
    assert expected == {name: type(error) for name, error in told.items()}


def test_a_hosts_lock_timeout(shared: Collab) -> None:
    """I1: a host that waits only so long for a lock gets `TryAgain`, and its transaction goes on."""
    groups = set_up(shared, ["m", "n"], MANAGERS)

    def rename_two(host: Connection) -> None:
        with shared.system("p", connection=host) as system:
            system.groups.rename(groups["h"].id, "good")
            system.groups.rename(groups["g"].id, "bad")

    with shared.system("p") as holding, shared._storage._engine.begin() as host:
        holding.groups.rename(groups["g"].id, "held")
        host.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(TryAgain):
            rename_two(host)
        with shared.system("p", connection=host) as system:
            system.people.add("x", name="x")
    assert ["held", "h"] == names(shared, groups["g"], groups["h"])
    with shared.system("p") as system:
        assert "x" == system.people.get("x").name


@pytest.fixture
def file(tmp_path: Any) -> str:
    """The URL of a SQLite file with a portfolio."""
    url = f"sqlite:///{tmp_path}/busy.db"
    with collabcase.open(url) as collab:
        set_up(collab, ["a", "b"])
    return url


def test_a_busy_sqlite_file(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another writer does not let go, a desk is `TryAgain` and dead, and `run` gets through when it does."""
    monkeypatch.setattr(sqlite, "_PATIENCE", 0.05)

    def too_early(collab: Collab) -> None:
        with collab.desk("a", portfolio="p") as desk:
            with pytest.raises(TryAgain, match="busy"):
                desk.talks.start("b", subject="s", text="too early")
            with pytest.raises(DeskClosed):
                desk.messages.search()

    with collabcase.open(file) as collab, collabcase.open(file) as other:
        with ThreadPoolExecutor(1) as thread, ExitStack() as holding:
            holding.enter_context(other.system("p")).people.add("c", name="C")
            with pytest.raises(DeskClosed):
                too_early(collab)
            start = thread.submit(
                collab.run, "a", "p", lambda desk: desk.talks.start("b", subject="s", text="in the end")
            )
            time.sleep(0.2)
            assert not start.done()
            holding.close()
            start.result(20)
        assert {"in the end"} == texts(collab, "b")


def test_a_host_on_sqlite_that_read_before(file: str) -> None:
    """I1: a host's transaction that read before somebody else wrote can't write any more, which is `TryAgain`."""
    with collabcase.open(file) as other:
        engine = create_engine(file)
        collabcase.configure_sqlite(engine)
        collab = collabcase.embed(engine, prefix="")
        with engine.connect() as host:
            host.execute(text("SELECT * FROM person"))
            with other.system("p") as system:
                system.people.add("c", name="C")
            with pytest.raises(TryAgain), collab.system("p", connection=host) as system:
                system.people.add("d", name="D")
            host.rollback()
            with collab.system("p", connection=host) as system:
                system.people.add("d", name="D")
            host.commit()
        with other.system("p") as system:
            assert {"a", "b", "c", "d"} == {person.id for person in system.people.list()}
        engine.dispose()
