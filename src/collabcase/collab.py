"""Collab: the one object a host builds; it hands out desks and relays what committed."""

from __future__ import annotations

import logging
import os
import random
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine

from collabcase.channels.signals import Signals
from collabcase.clock import Clock, SystemClock, to_millis
from collabcase.desk.call import Calls, Office
from collabcase.desk.desk import Desk, System
from collabcase.errors import InvalidInput, NotFound, TryAgain
from collabcase.ids import IdMaker, Kind, principal_item
from collabcase.model import inputs
from collabcase.model.event import NewEvent
from collabcase.model.portfolio import SENT_FOR_SINCE, Portfolio, PortfolioEvent
from collabcase.model.report import Report
from collabcase.storage.interfaces import Scope
from collabcase.storage.sql.adapter import SqlAdapter
from collabcase.storage.sql.engines import engine_for
from collabcase.storage.sql.schema import HEAD, check_server, check_version, upgrade, version
from collabcase.storage.sql.sqlite import verify_sqlite
from collabcase.work.fsck import fsck
from collabcase.work.relay import Relay

T = TypeVar("T")

_log = logging.getLogger("collabcase")

_ATTEMPTS = 20
_PAUSE = 0.01
_LONGEST_PAUSE = 0.5
_POLL = 0.05
_PREFIX = "collab_"


class Collab:
    """Everything a host needs; made by `open` or `embed`, shared by its threads.

    Attributes:
        signals: one blinker signal for each kind of event, sent after the real commit.
    """

    def __init__(self, storage: SqlAdapter, *, clock: Clock, owns: Callable[[], None]) -> None:
        self._storage = storage
        self._owns = owns
        self.signals = Signals()
        self._clock = clock
        self._ids = IdMaker()
        self._office = self._new_office()
        self._relay = Relay(storage.event_reader, self.signals, self._office.origin)
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def _new_office(self) -> Office:
        return Office(self._storage.stores, self._clock, self._ids, origin=secrets.randbits(62))

    def create_portfolio(
        self,
        id: str,
        *,
        title: str = "",
        sent_for_since: str = SENT_FOR_SINCE,
        connection: Connection | None = None,
    ) -> Portfolio:
        """Create a portfolio: a tenant, which nothing crosses.

        Args:
            id: chosen by the host, unique in this database, at most 200 characters.
            title: for people to read; the id by default.
            sent_for_since: the client version from which `sent_for` is shown beside the sender (T6).
            connection: work inside this transaction of the host's; the host commits, then calls `pump`.

        Raises:
            InvalidInput: the id is taken, or a parameter can't be used.
        """
        wanted = inputs.line("id", id)
        portfolio = Portfolio(
            wanted,
            wanted if title == "" else inputs.line("title", title),
            frozenset(),
            inputs.version("sent_for_since", sent_for_since),
        )
        self._after_fork()
        work = self._storage.unit_of_work(connection)
        try:
            with work.writing() as tx:
                no = self._storage.stores.portfolios.create(tx, portfolio, seal=secrets.token_bytes(32))
                if no is None:
                    raise InvalidInput("id", f"{wanted!r} is taken; choose another")
                self._log_creation(tx.within(no))
            work.commit()
        except BaseException:
            work.rollback()
            raise
        if connection is None:
            self._pump_after_commit()
        return portfolio

    def _log_creation(self, scope: Scope) -> None:
        created = NewEvent(PortfolioEvent.CREATED, principal_item(Kind.PORTFOLIO, scope.portfolio))
        self._storage.stores.events.append(
            scope, [created], actor=0, at=to_millis(self._clock.now()), origin=self._office.origin
        )

    def portfolio(self, id: str, *, connection: Connection | None = None) -> Portfolio | None:
        """Return a portfolio, None where there is none; with a host's connection, as its transaction sees it.

        Raises:
            InvalidInput: a parameter can't be used.
        """
        self._after_fork()
        with self._storage.unit_of_work(connection).reading() as tx:
            found = self._storage.stores.portfolios.find(tx, inputs.line("id", id))
        return None if found is None else found[1]

    def desk(
        self,
        person: str,
        *,
        portfolio: str,
        connection: Connection | None = None,
        client_version: str | None = None,
    ) -> Desk:
        """Return a desk: one unit of work of a person, to be used as a context manager.

        It commits at the end of its block and rolls back on an error. Each verb that reads has a snapshot of its
        own until the first one that writes.

        Args:
            person: who acts; signed in by the host.
            portfolio: where.
            connection: work inside this transaction of the host's; the host commits, then calls `pump`.
            client_version: of the program the person sits at; old ones are shown `sent_for` as the sender (T6).

        Returns:
            The desk. It belongs to one thread.

        Raises:
            InvalidInput: a parameter can't be used. Whether the person exists is seen by the first verb: NotFound,
                or Forbidden for one who is deactivated.
        """
        version = None if client_version is None else inputs.version("client_version", client_version)
        return Desk(self._calls(inputs.line("person", person), portfolio, connection, version))

    def system(self, portfolio: str, *, connection: Connection | None = None) -> System:
        """Return a unit of work of the host itself, for set-up; to be used as a context manager.

        Args:
            portfolio: where; NotFound comes from the first verb.
            connection: work inside this transaction of the host's; the host commits, then calls `pump`.

        Raises:
            InvalidInput: a parameter can't be used.
        """
        return System(self._calls(None, portfolio, connection, None))

    def _calls(
        self, person: str | None, portfolio: str, connection: Connection | None, client_version: str | None
    ) -> Calls:
        self._after_fork()
        return Calls(
            office=self._office,
            work=self._storage.unit_of_work(connection),
            portfolio=inputs.line("portfolio", portfolio),
            person=person,
            client_version=client_version,
            after_commit=self._pump_after_commit if connection is None else _nothing,
            joined=connection is not None,
        )

    def run(self, person: str, portfolio: str, work: Callable[[Desk], T], *, client_version: str | None = None) -> T:
        """Do a whole unit of work, and again where the database asks for it (deadlock, busy, serialisation).

        Args:
            person: who acts.
            portfolio: where.
            work: called with an open desk; may be called several times, each on a new desk.
            client_version: as for `desk`.

        Returns:
            What `work` returned the time that was committed.

        Raises:
            TryAgain: after 20 attempts.
            InvalidInput: a parameter can't be used.
        """
        if not callable(work):
            raise InvalidInput("work", f"must be a function that takes a desk, not {type(work).__name__}")
        pause = _PAUSE
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self.desk(person, portfolio=portfolio, client_version=client_version) as desk:
                    result = work(desk)
            except TryAgain:
                if attempt == _ATTEMPTS:
                    raise
                time.sleep(random.uniform(0, pause))
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                return result
        raise AssertionError("the loop returns or raises")

    def fsck(self, portfolio: str | None = None, *, progress: Callable[[int, int], None] | None = None) -> Report:
        """Compare lists, teamboxes and the text index with what they are derived from; changes nothing.

        Others may go on working: every comparison stands on a snapshot of its own.

        Args:
            portfolio: which one; all by default.
            progress: called now and then with how many persons, groups and messages are done, and how many there are.

        Returns:
            What was looked at, and whatever is wrong.

        Raises:
            NotFound: there is no such portfolio.
            InvalidInput: a parameter can't be used.
        """
        wanted = inputs.optional_line("portfolio", portfolio)
        if progress is not None and not callable(progress):
            raise InvalidInput("progress", f"must be a function of two numbers, not {type(progress).__name__}")
        self._after_fork()
        report = fsck(self._storage.stores, self._storage.unit_of_work(), wanted, progress)
        if report is None:
            raise NotFound("portfolio", str(wanted))
        return report

    def pump(self) -> None:
        """Send signals for whatever has been committed; a host calls it after its own commit."""
        self._after_fork()
        self._relay.pump()

    def _pump_after_commit(self) -> None:
        """Pump, and let no failure of it look as if what was committed had failed."""
        try:
            self.pump()
        except Exception:  # a bug in reading the log, too, must not look like that
            _log.exception("signals wait for the next pump")

    def start(self) -> None:
        """Let a thread of ours pump, several times a second, until `close`; a second call does nothing."""
        self._after_fork()
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._pump_on, name="collabcase pump", daemon=True)
            self._thread.start()

    def _pump_on(self) -> None:
        while not self._stop.wait(_POLL):
            self._pump_after_commit()

    def _after_fork(self) -> None:
        """In a forked child, begin anew: with its own connections, origin and thread, and locks that nobody holds."""
        if self._relay.forked:
            self._storage.forget_connections()
            self._ids = IdMaker()
            self._office = self._new_office()
            self._relay.begin_anew(self._office.origin)
            self._thread = None

    def close(self) -> None:
        """End our thread, and give back what `open` opened; a host's engine stays open."""
        if self._relay.forked:  # thread and connections are the parent's
            self._storage.forget_connections()
            self._thread = None
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._thread = None
        self._owns()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open(url: str | None = None, *, clock: Clock | None = None) -> Collab:
    """Open collabcase on a database of its own.

    Tables are created in an empty database, and brought up to date in a SQLite file; an older PostgreSQL database
    is refused, since others may be working in it.

    Args:
        url: such as ``sqlite:///broker.db`` or ``postgresql://…``; None for a SQLite file in a private temporary
            folder, which `Collab.close` removes: for a try, for tests.
        clock: tells the time; the machine's by default.

    Raises:
        InvalidInput: the URL can't be used.
        MissingExtra: the driver is not installed.
        SchemaOutdated: the tables are older or newer.
        StorageError: the server is too old.
    """
    _check_clock(clock)
    folder = tempfile.mkdtemp(prefix="collabcase-") if url is None else None
    process = os.getpid()
    engine = engine_for(url if url is not None else f"sqlite:///{folder}/collab.db")

    def give_back() -> None:
        engine.dispose()
        if folder is not None and process == os.getpid():  # a forked child leaves it to its parent
            shutil.rmtree(folder, ignore_errors=True)

    try:
        check_server(engine, None, "")
        with engine.connect() as connection:
            found = version(connection, None, "")
        if found is None or (found != HEAD and engine.dialect.name == "sqlite"):
            upgrade(engine, None, "")
        return _collab(engine, None, "", clock, give_back)
    except BaseException:
        give_back()
        raise


def embed(engine: Engine, *, schema: str | None = None, prefix: str = _PREFIX, clock: Clock | None = None) -> Collab:
    """Work in the host's database, beside its tables.

    Args:
        engine: the host's engine, for our own transactions and the relay. An async host names a sync engine of the
            same database here, and passes what ``run_sync`` gives as ``connection=``.
        schema: the database schema of our tables; PostgreSQL alone has them.
        prefix: what the names of our tables begin with.
        clock: tells the time; the machine's by default.

    Raises:
        InvalidInput: a parameter can't be used.
        SchemaOutdated: the tables are missing, older or newer; `collabcase.upgrade` makes them.
        StorageError: the server is too old, or a SQLite engine is not prepared by `configure_sqlite`.
    """
    _check_clock(clock)
    check_server(engine, schema, prefix)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            verify_sqlite(connection)
    return _collab(engine, schema, prefix, clock, _nothing)


def _collab(
    engine: Engine, schema: str | None, prefix: str, clock: Clock | None, give_back: Callable[[], None]
) -> Collab:
    check_version(engine, schema, prefix)
    return Collab(SqlAdapter(engine, schema=schema, prefix=prefix), clock=clock or SystemClock(), owns=give_back)


def _check_clock(clock: object) -> None:
    if clock is not None and not callable(getattr(clock, "now", None)):
        raise InvalidInput("clock", f"must have a method now, not {type(clock).__name__}")


def _nothing() -> None:
    """Leave it to the host."""
