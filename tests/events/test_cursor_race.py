"""The gap-safe cursor beside eight writing processes; a naive one beside it loses events."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from attrs import Factory, define
from sqlalchemy import Connection, Engine, select, text

from collabcase import Collab
from collabcase.ids import IdMaker, Kind
from collabcase.model.event import NewEvent
from collabcase.storage.interfaces import EventReader, Scope
from collabcase.storage.sql.events import SqlEvents
from collabcase.storage.sql.rows import Dialect
from collabcase.storage.sql.sqlite import BEGIN
from collabcase.storage.sql.tables import build
from concurrency.crew import SIZE, Crew

SECONDS = {"sqlite": 1.0, "postgresql": 3.0}
ITEMS = 12
EVENT = build().event


class RolledBack(Exception):
    """Ends a transaction without a commit."""


def write(collab: Collab, seed: int, items: list[int], seconds: float) -> None:
    """Write events about items, numbered for each item, with pauses before the commit and with roll-backs."""
    dice = random.Random(seed)
    engine = collab._storage._engine
    writer = engine.execution_options(**{BEGIN: "write"})
    events = SqlEvents(build(), Dialect(engine.dialect.name))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with writer.begin() as connection:
                if engine.dialect.name == "postgresql" and dice.random() < 0.2:  # this one has its xid early
                    connection.execute(text("SELECT pg_current_xact_id()"))
                    time.sleep(dice.uniform(0, 0.005))
                for item in sorted(dice.sample(items, dice.choice([1, 1, 2]))):
                    events.append(Scope(connection, 1), [next_event(connection, item)], actor=0, at=0, origin=seed)
                if dice.random() < 0.3:
                    time.sleep(dice.uniform(0, 0.01 if engine.dialect.name == "postgresql" else 0.002))
                if dice.random() < 0.1:
                    raise RolledBack
        except RolledBack:
            continue


def next_event(connection: Connection, item: int) -> NewEvent:
    """Return the next event of an item, which is locked until the transaction ends."""
    count = text("UPDATE counter SET events = events + 1 WHERE item = :item RETURNING events")
    return NewEvent("message.sent", item, (str(connection.execute(count, {"item": item}).scalar_one()),))


@define
class Read:
    """What a reader was told: for each item the numbers of its events, in the order told."""

    numbers: dict[str, list[int]] = Factory(dict)

    def add(self, item: str, number: str) -> None:
        self.numbers.setdefault(item, []).append(int(number))


@define
class NaiveReader:
    """Takes every position above the last one it saw, as is often done."""

    engine: Engine
    position: int = 0
    told: Read = Factory(Read)

    def read(self) -> None:
        with self.engine.connect() as connection:
            rows = connection.execute(
                select(EVENT.c.position, EVENT.c.item, EVENT.c.fields)
                .where(EVENT.c.position > self.position)
                .order_by(EVENT.c.position)
            ).all()
        for row in rows:
            self.position = row.position
            self.told.add(str(row.item), row.fields)


@define
class FeedReader:
    """Reads up to the horizon that the feed stands on, in a later snapshot."""

    collab: Collab
    position: int
    told: Read = Factory(Read)

    def read(self) -> None:
        storage = self.collab._storage
        horizon, _ = storage.horizon()
        work = storage.unit_of_work()
        with work.reading() as tx:
            for row in storage.stores.events.between(tx.within(1), after=self.position, upto=horizon, limit=50_000):
                self.told.add(row.event.item.id, *row.event.fields)
        self.position = max(self.position, horizon)


def drain(reader: EventReader, told: Read, limit: int) -> int:
    """Take what the reader can tell now, and return how much that was."""
    batch = reader.read(limit)
    for occurrence in batch:
        told.add(occurrence.event.item.id, *occurrence.event.fields)
    return len(batch)


@pytest.fixture
def items(collab: Collab) -> Iterator[list[int]]:
    """The numbers of items of portfolio 1, for each of which there is a counter."""
    ids = IdMaker()
    items = [ids.new(Kind.MESSAGE, 1) for _ in range(ITEMS)]
    collab.create_portfolio("p")
    with collab._storage._writer.begin() as connection:
        connection.execute(text("CREATE TABLE counter (item BIGINT PRIMARY KEY, events INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (:item, 0)"), [{"item": item} for item in items])
    yield items
    with collab._storage._writer.begin() as connection:
        connection.execute(text("DROP TABLE counter"))


@contextmanager
def unrelated_transaction(engine: Engine) -> Iterator[None]:
    """Keep a transaction open that has written, but no event; on SQLite, where there is one writer, only read."""
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE unrelated (n INTEGER)" if engine.name == "postgresql" else "SELECT 1"))
        yield


def test_loses_nothing_reorders_nothing_repeats_nothing(url: str, collab: Collab, items: list[int], crew: Crew) -> None:
    """I2: every event of every item comes once and in order, whatever eight writers do; the naive cursor fails this.

    The relay and the feed both keep it. An unrelated transaction, open all the while, holds nothing up.
    """
    engine_name = collab._storage._engine.name
    reader, told, naive = collab._storage.event_reader(), Read(), NaiveReader(collab._storage._engine)
    naive.position = reader.position
    feed = FeedReader(collab, collab._storage.horizon()[0])
    dice = random.Random(0)
    with ThreadPoolExecutor(1) as thread, unrelated_transaction(collab._storage._engine):
        writing: Future[object] = thread.submit(
            crew.at_once, url, write, [(seed, items, SECONDS[engine_name]) for seed in range(SIZE)]
        )
        while not writing.done():
            drain(reader, told, dice.choice([3, 50, 500]))
            naive.read()
            feed.read()
        writing.result()
        early = min(sum(map(len, found.numbers.values())) for found in (told, feed.told))
        while drain(reader, told, 500):
            pass
        naive.read()
        feed.read()
    with collab._storage._engine.connect() as connection:
        counts = [events for (events,) in connection.execute(text("SELECT events FROM counter"))]
    for found in (told, feed.told):
        assert sorted(list(range(1, count + 1)) for count in counts) == sorted(found.numbers.values())
    assert early > sum(counts) / 2, "it was held up until the writers ended"
    lost = sum(counts) - sum(len(numbers) for numbers in naive.told.numbers.values())
    assert (lost > 0) == (engine_name == "postgresql"), f"the naive cursor lost {lost} of {sum(counts)}"
