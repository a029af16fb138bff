"""The horizon of the feed, step by step, with transactions held by hand (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event

from collabcase import Collab
from collabcase.storage.sql.horizon import Lookout
from events.transactions import TABLES, Begin
from events.transactions import begin as begin  # fixtures
from events.transactions import engine as engine


class Feed:
    """What a follower from now on is told, read up to the horizon in a later snapshot."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.lookout = engine, Lookout(TABLES, engine)
        self.position, _ = self.lookout.look()

    def read(self) -> list[str]:
        horizon, _ = self.lookout.look()
        rows = TABLES.event.select().where(TABLES.event.c.position > self.position, TABLES.event.c.position <= horizon)
        with self.engine.connect() as connection:
            found = connection.execute(rows.order_by(TABLES.event.c.position)).all()
        self.position = max(self.position, horizon)
        return [row.fields for row in found]


@pytest.fixture
def feed(engine: Engine) -> Feed:
    return Feed(engine)


def test_i2_what_may_still_commit_below_is_waited_for(feed: Feed, begin: Begin) -> None:
    """I2: the horizon stays below a position that a running transaction holds, and passes it with its commit."""
    low = begin().append("low")
    begin().append("high").commit()
    assert [[], []] == [feed.read(), feed.read()]
    assert feed.lookout.look()[1], "more may follow without another commit"
    low.commit()
    assert ["low", "high"] == feed.read()
    assert not feed.lookout.look()[1]


def test_i2_a_roll_back_holds_nothing_up(feed: Feed, begin: Begin) -> None:
    """I2: positions that were rolled back are passed at once, and later writers do not prolong the wait."""
    begin().append("gone").rollback()
    begin().append("first").commit()
    assert ["first"] == feed.read()
    low = begin().append("low")
    begin().append("high").commit()
    assert [] == feed.read()
    later = begin().append("later")
    low.rollback()
    assert ["high"] == feed.read()
    later.commit()
    assert ["later"] == feed.read()


def test_i2_what_stands_before_a_gap_is_final(feed: Feed, begin: Begin) -> None:
    """I2: the prefix without a gap is not held up."""
    begin().append("first").commit()
    low = begin().append("low")
    begin().append("high").commit()
    assert ["first"] == feed.read()
    low.commit()
    assert ["low", "high"] == feed.read()


def test_i2_a_process_that_begins_while_others_write_tells_them_all(engine: Engine, begin: Begin) -> None:
    """I2: a cursor given out by a process that has just begun leaves out nothing that commits from then on."""
    early = begin().append("early")
    begin().append("past").commit()
    feed = Feed(engine)
    early.commit()
    begin().append("then").commit()
    assert ["early", "past", "then"] == feed.read()[-3:]


def test_i2_what_commits_between_the_two_looks_is_not_lost(engine: Engine, begin: Begin) -> None:
    """I2: a commit after the look at the log and before the look at its writers is told."""
    feed = Feed(engine)
    low = begin().append("low")
    begin().append("high").commit()
    asked: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def commit_just_now(*given: object) -> None:
        if "pg_locks" in str(given[2]) and not asked:
            asked.append("who holds the marker")
            low.commit()

    try:
        told = feed.read() + feed.read()
    finally:
        event.remove(engine, "before_cursor_execute", commit_just_now)
    assert (["who holds the marker"], ["low", "high"]) == (asked, told)


def test_i2_the_horizon_never_goes_back(collab: Collab, new: Callable[[], None]) -> None:
    """I2: removing events, the newest included, takes no follower back behind what they have seen."""
    before, _ = collab._storage.horizon()
    with collab._storage._writer.begin() as connection:
        connection.execute(TABLES.event.delete())
    assert before == collab._storage.horizon()[0]
    new()
    assert before < collab._storage.horizon()[0]


@pytest.fixture
def new(collab: Collab) -> Callable[[], None]:
    """Let something happen."""
    collab.create_portfolio("p")

    def add() -> None:
        with collab.system("p") as system:
            system.people.add("a", name="A")

    return add
