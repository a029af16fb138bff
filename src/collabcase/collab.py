"""Collab: the one object a host builds; it hands out desks and relays what committed."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection

from collabcase.channels.signals import Signals
from collabcase.clock import Clock, to_millis
from collabcase.desk.call import Calls, MaySee, Office
from collabcase.desk.desk import Desk, System
from collabcase.desk.repeating import repeated
from collabcase.errors import InvalidInput, NotFound
from collabcase.ids import LARGEST, IdMaker, Kind, principal_item
from collabcase.locking.windows import Leases
from collabcase.model import inputs
from collabcase.model.event import NewEvent
from collabcase.model.portfolio import SENT_FOR_SINCE, Portfolio, PortfolioEvent
from collabcase.model.report import Report
from collabcase.storage.interfaces import Scope
from collabcase.storage.sql.adapter import SqlAdapter
from collabcase.work.coworking import CoWorking
from collabcase.work.follow import Followed
from collabcase.work.fsck import fsck
from collabcase.work.relay import Relay

T = TypeVar("T")

_log = logging.getLogger("collabcase")

_POLL = 0.05
_SWEEP = 5.0


class Collab(CoWorking, Followed):
    """Everything a host needs; made by `open` or `embed`, shared by its threads.

    Attributes:
        signals: one blinker signal for each kind of event, sent after the real commit.
    """

    def __init__(
        self,
        storage: SqlAdapter,
        *,
        clock: Clock,
        owns: Callable[[], None],
        leases: Leases | None = None,
        may_see: MaySee | None = None,
    ) -> None:
        self._storage = storage
        self._owns = owns
        self.signals = Signals()
        self._clock = clock
        self._leases, self._may_see = leases or Leases(), may_see
        self._ids = IdMaker()
        self._office = self._new_office()
        self._relay = Relay(storage.event_reader, self.signals, self._office.origin)
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def _new_office(self) -> Office:
        return Office(
            self._storage.stores,
            self._clock,
            self._ids,
            origin=secrets.randbits(62),
            horizon=lambda: self._storage.horizon()[0],
            leases=self._leases,
            may_see=self._may_see,
        )

    def _host_calls(self, portfolio: str) -> Calls:
        return self._calls(None, portfolio, None, None)

    def _calls_of(self, person: str, portfolio: str, window: str | None) -> Calls:
        calls = self._calls(person, portfolio, None, None)
        calls.window = window
        return calls

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
        window: str | None = None,
        token: int | None = None,
    ) -> Desk:
        """Return a desk: one unit of work of a person, to be used as a context manager.

        It commits at the end of its block and rolls back on an error. Each verb that reads has a snapshot of its
        own until the first one that writes.

        Args:
            person: who acts; signed in by the host.
            portfolio: where.
            connection: work inside this transaction of the host's; the host commits, then calls `pump`.
            client_version: of the program the person sits at; old ones are shown `sent_for` as the sender (T6).
            window: the id of the window its writes are made from (L6).
            token: of the lock they are made under; without it the window's present lock counts. A desk with a token
                writes to nothing that can be locked but to what that lock is on.

        Returns:
            The desk. It belongs to one thread.

        Raises:
            InvalidInput: a parameter can't be used. Whether the person exists is seen by the first verb: NotFound,
                or Forbidden for one who is deactivated.
        """
        version = None if client_version is None else inputs.version("client_version", client_version)
        calls = self._calls(inputs.line("person", person), portfolio, connection, version)
        calls.window = inputs.optional_line("window", window)
        calls.token = None if token is None else _token(token)
        if calls.token is not None and calls.window is None:
            raise InvalidInput("window", "is needed with a token, which holds for one window")
        return Desk(calls)

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

    def run(
        self,
        person: str,
        portfolio: str,
        work: Callable[[Desk], T],
        *,
        client_version: str | None = None,
        window: str | None = None,
        token: int | None = None,
    ) -> T:
        """Do a whole unit of work, and again where the database asks for it (deadlock, busy, serialisation).

        Args:
            person: who acts.
            portfolio: where.
            work: called with an open desk; may be called several times, each on a new desk.
            client_version: as for `desk`.
            window: as for `desk`.
            token: as for `desk`.

        Returns:
            What `work` returned the time that was committed.

        Raises:
            TryAgain: after 20 attempts.
            InvalidInput: a parameter can't be used.
        """
        if not callable(work):
            raise InvalidInput("work", f"must be a function that takes a desk, not {type(work).__name__}")

        def attempt() -> T:
            with self.desk(
                person, portfolio=portfolio, client_version=client_version, window=window, token=token
            ) as desk:
                return work(desk)

        return repeated(attempt)

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
        """Send signals for whatever has been committed, and wake who waits; a host calls it after its own commit."""
        self._after_fork()
        self._storage.wakeups.tell()
        self._relay.pump()

    def _pump_after_commit(self) -> None:
        """Pump, and let no failure of it look as if what was committed had failed."""
        try:
            self.pump()
        except Exception:  # a bug in reading the log, too, must not look like that
            _log.exception("signals wait for the next pump")

    def start(self) -> None:
        """Let a thread of ours pump, several times a second, and sweep, until `close`; a second call does nothing."""
        self._after_fork()
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._pump_on, name="collabcase pump", daemon=True)
            self._thread.start()

    def _pump_on(self) -> None:
        swept = time.monotonic()
        while not self._stop.wait(_POLL):
            try:
                if self._relay.pump():
                    self._storage.wakeups.tell()
            except Exception:
                _log.exception("signals wait for the next pump")
            if time.monotonic() > swept + _SWEEP:
                swept = time.monotonic()
                self._sweep_by_itself()

    def _sweep_by_itself(self) -> None:
        try:
            self.sweep()
        except Exception:  # such as a database that is just restarting: the thread must outlive it
            _log.exception("the next sweep does it")

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
        self._storage.wakeups.close()
        self._owns()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _nothing() -> None:
    """Leave it to the host."""


def _token(token: object) -> int:
    if not isinstance(token, int) or isinstance(token, bool) or not 0 < token <= LARGEST:
        raise InvalidInput("token", "must be the token of a Lock")
    return token
