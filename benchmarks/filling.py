"""Filling a database with the portfolios of the measurements, past the public calls and fast."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from attrs import field, frozen
from sqlalchemy import Connection

import collabcase
from benchmarks.crowd import Crowd, crowd
from benchmarks.data import CODES, COLUMNS, DICTIONARY, START, TYPES, Batch, Messages
from collabcase import Collab, Feature, Person
from collabcase.clock import from_millis
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.feeds import rebuild
from collabcase.storage.sql.words import Words

PORTFOLIO = "bench"
Tell = Callable[[str], None]

_SIDES = ("side 1", "side 2")
_SIDE = 10


@frozen
class Plan:
    """What a database holds.

    Attributes:
        size: messages in the portfolio measured; each of the two beside it holds a tenth.
        persons: persons in it.
        seed: the same seed gives the same rows.
    """

    size: int
    persons: int = 5_000
    seed: int = 1

    def crowd(self) -> Crowd:
        """Return who is in the portfolio measured."""
        return crowd(self.persons, f"{PORTFOLIO} {self.seed}")


@frozen
class _Standing:
    """A clock that shows one moment."""

    moment: datetime

    def now(self) -> datetime:
        """Return it."""
        return self.moment


def fill(url: str, plan: Plan, tell: Tell) -> None:
    """Fill an empty database, which then holds what the library's own calls would have stored."""
    before = _Standing(from_millis(START) - timedelta(days=1))
    with collabcase.open(url, clock=before) as collab, _unguarded(collab) as connection:
        portfolios = [(PORTFOLIO, plan.size, plan.crowd())]
        portfolios += [
            (side, plan.size // _SIDE, crowd(max(plan.persons // _SIDE, 100), f"{side} {plan.seed}")) for side in _SIDES
        ]
        for name, _, people in portfolios:
            _found(collab, name, people)
        with _without_indexes(connection):
            for name, size, people in portfolios:
                _write(collab, connection, _messages(collab, connection, name, size, people, plan.seed), tell)
            tell("building the indexes")
        tell("building the lists")
        for [no] in connection.exec_driver_sql("SELECT no FROM portfolio ORDER BY no").all():
            rebuild(connection, collab._storage._tables, no)
        connection.commit()


def _found(collab: Collab, name: str, people: Crowd) -> None:
    """Create a portfolio, its persons and groups by the public calls, while nothing hangs on them."""
    collab.create_portfolio(name)
    with collab.system(name) as system:
        system.people.sync(
            [
                Person(id, f"Person {id}", internal=no % 5 < 2, organisation=None if no % 5 < 2 else f"House {no % 97}")
                for no, id in enumerate(people.persons)
            ]
        )
        system.features.enable(Feature.SHARE_CASES)
        for group in people.groups:
            system.groups.create(
                group.name,
                main=group.main,
                shares_cases=group.shares,
                teambox=group.teambox,
                open=group.teambox,
                members=[people.persons[place] for place in group.members],
            )


def _messages(collab: Collab, connection: Connection, name: str, size: int, people: Crowd, seed: int) -> Messages:
    t = collab._storage._tables
    no = connection.execute(t.portfolio.select().where(t.portfolio.c.id == name)).one().no
    numbers = {row.id: row.no for row in connection.execute(t.principal.select().where(t.principal.c.portfolio == no))}
    named = {row.name: row.no for row in connection.execute(t.grp.select().where(t.grp.c.portfolio == no))}
    connection.execute(
        t.dictionary_entry.insert(),
        [
            {"portfolio": no, "dictionary": dictionary, "code": code, "labels": "{}"}
            for dictionary, codes in (("", TYPES), (DICTIONARY, CODES))
            for code in codes
        ],
    )
    return Messages(
        people,
        portfolio=no,
        people=[numbers[id] for id in people.persons],
        groups=[named[group.name] for group in people.groups],
        size=size,
        chance=random.Random(f"{name} {size} {seed}"),
    )


def _write(collab: Collab, connection: Connection, messages: Messages, tell: Tell) -> None:
    driver: Any = connection.connection.driver_connection
    postgresql = connection.dialect.name == "postgresql"
    words = Words(None, "", postgresql=postgresql)
    done = 0
    for batch in messages.batches():
        for table, rows in batch.rows.items():
            (_copy if postgresql else _execute_many)(driver, table, rows)
        if postgresql:
            _copy_words(driver, messages.portfolio, batch)
        else:
            words.add(Scope(connection, messages.portfolio), batch.words)
        connection.commit()
        done += len(batch.words)
        tell(f"{done:,} of {messages.size:,} messages")


def _execute_many(driver: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
    columns = COLUMNS[table]
    marks = ", ".join("?" for _ in columns)
    driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def _copy(driver: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
    with driver.cursor().copy(f"COPY {table} ({', '.join(COLUMNS[table])}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _copy_words(driver: Any, portfolio: int, batch: Batch) -> None:
    """Write what `Words.add` writes: array_to_tsvector of plain words is their list in quotes."""
    with driver.cursor().copy("COPY message_text (portfolio, message, words) FROM STDIN") as copy:
        for message, found in batch.words:
            copy.write_row((portfolio, message, " ".join(f"'{word}'" for word in found)))


@frozen(eq=False)
class _Noted:
    """A connection that executes nothing and keeps what it was to be given."""

    rows: list[dict[str, Any]] = field(factory=list)

    def execute(self, _: object, rows: list[dict[str, Any]]) -> None:
        """Keep the rows."""
        self.rows.extend(rows)


def indexed(portfolio: int, found: tuple[str, ...], *, postgresql: bool) -> str:
    """Return in what form the library puts words into its text index."""
    noted = _Noted()
    Words(None, "", postgresql=postgresql).add(Scope(noted, portfolio), [(1, found)])
    return str(noted.rows[0]["words"])


@contextmanager
def _unguarded(collab: Collab) -> Iterator[Connection]:
    """Give a connection that neither checks foreign keys nor waits for the disk, and look at all tables at the end."""
    engine = collab._storage._engine
    sqlite = engine.dialect.name == "sqlite"
    with collab._storage._writer.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if sqlite:
            driver.execute("PRAGMA synchronous=OFF")
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute("PRAGMA temp_store=MEMORY")
            driver.execute("PRAGMA cache_size=-1000000")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
            connection.exec_driver_sql("SET work_mem = '256MB'")
            connection.exec_driver_sql("SET maintenance_work_mem = '1GB'")
            connection.commit()
        yield connection
        connection.commit()
        if sqlite:
            driver.execute("ANALYZE")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            driver.autocommit = True
            driver.execute("VACUUM (ANALYZE)")
            driver.execute("CHECKPOINT")
            driver.autocommit = False
        connection.invalidate()


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Drop the secondary indexes, and create them again over everything."""
    if connection.dialect.name == "sqlite":
        listed = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        listed = (
            "SELECT indexname, indexdef FROM pg_indexes i WHERE schemaname = 'public' AND NOT EXISTS "
            "(SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"
        )
    dropped = connection.exec_driver_sql(listed).all()
    for name, _ in dropped:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    for _, created in dropped:
        connection.exec_driver_sql(created)
    connection.commit()
