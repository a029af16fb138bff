"""The SQL adapter as a whole; keeps `Adapter`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine

from collabcase.errors import InvalidInput
from collabcase.storage.interfaces import Stores, UnitOfWork
from collabcase.storage.sql.archives import SqlArchives
from collabcase.storage.sql.checks import SqlChecks
from collabcase.storage.sql.dictionaries import SqlDictionaries
from collabcase.storage.sql.drafts import SqlDrafts
from collabcase.storage.sql.events import SqlEventReader, SqlEvents
from collabcase.storage.sql.feeds import SqlFeeds
from collabcase.storage.sql.groups import SqlGroups
from collabcase.storage.sql.horizon import Lookout
from collabcase.storage.sql.leases import SqlLeases
from collabcase.storage.sql.messages import SqlMessages
from collabcase.storage.sql.moments import database_now
from collabcase.storage.sql.people import SqlPeople
from collabcase.storage.sql.portfolios import SqlPortfolios
from collabcase.storage.sql.reading import SqlReading
from collabcase.storage.sql.requests import SqlRequests
from collabcase.storage.sql.rows import Dialect
from collabcase.storage.sql.sights import SqlSights
from collabcase.storage.sql.tables import build
from collabcase.storage.sql.talks import SqlTalks
from collabcase.storage.sql.teamboxes import SqlTeamboxes
from collabcase.storage.sql.unit_of_work import HostUnitOfWork, OwnUnitOfWork, engines
from collabcase.storage.sql.wakeups import Wakeup, Wakeups, channel_of
from collabcase.storage.sql.windows import SqlWindows
from collabcase.storage.sql.words import Words


class SqlAdapter:
    """Keeps everything in tables of one database schema or with one prefix."""

    def __init__(
        self,
        engine: Engine,
        *,
        schema: str | None,
        prefix: str,
        now: ColumnElement[Any] | None = None,
        wakeup: Wakeup = "after_commit",
    ) -> None:
        """Take an engine, and where the tables stand; `now` stands for the database's clock where tests move it."""
        self._engine = engine
        self._tables = build(schema, prefix)
        self._reader, self._writer = engines(engine)
        self._looking = engine if engine.dialect.name == "sqlite" else self._writer  # each look sees what has ended
        dialect = Dialect(engine.dialect.name)
        channel = channel_of(self._tables)
        self._lookout, self.wakeups = Lookout(self._tables, self._looking), Wakeups(engine, channel, wakeup)
        moment = database_now(postgresql=dialect.postgresql) if now is None else now
        texts = Words(schema, prefix, postgresql=dialect.postgresql)
        people, feeds = SqlPeople(self._tables, dialect), SqlFeeds(self._tables, dialect)
        self.stores = Stores(
            portfolios=SqlPortfolios(self._tables, dialect),
            people=people,
            groups=SqlGroups(self._tables, dialect, people, feeds),
            talks=SqlTalks(self._tables, dialect),
            messages=SqlMessages(self._tables, dialect, texts),
            sights=SqlSights(self._tables, dialect, feeds),
            dictionaries=SqlDictionaries(self._tables, dialect),
            teamboxes=SqlTeamboxes(self._tables, dialect),
            drafts=SqlDrafts(self._tables, dialect),
            archives=SqlArchives(self._tables, dialect),
            reading=SqlReading(self._tables, dialect),
            requests=SqlRequests(self._tables, dialect),
            events=SqlEvents(self._tables, dialect, waking=channel if wakeup == "in_transaction" else None),
            checks=SqlChecks(self._tables, dialect, Words(schema, prefix, postgresql=dialect.postgresql)),
            windows=SqlWindows(self._tables, dialect, moment),
            leases=SqlLeases(self._tables, dialect, moment),
        )

    def unit_of_work(self, connection: object | None = None) -> UnitOfWork:
        """Return the transactions of one desk; with a host's connection, inside its transaction.

        Raises:
            InvalidInput: the connection is none, or one to another kind of database.
        """
        if connection is None:
            return OwnUnitOfWork(self._reader, self._writer)
        if not isinstance(connection, Connection):
            raise InvalidInput(
                "connection",
                "must be a sqlalchemy Connection; of an async one or a session, pass what run_sync or "
                "session.connection() gives",
            )
        if connection.dialect.name != self._engine.dialect.name:
            raise InvalidInput("connection", f"is for {connection.dialect.name}, not {self._engine.dialect.name}")
        return HostUnitOfWork(connection)

    def event_reader(self) -> SqlEventReader:
        """Return a reader that starts behind everything committed by now."""
        return SqlEventReader(self._tables, self._looking)

    def horizon(self) -> tuple[int, bool]:
        """Return up to which position every event is final, and whether more may become so without a commit."""
        return self._lookout.look()

    def forget_connections(self) -> None:
        """Leave the pool, and who waits for events, to the parent, in a process that was just forked."""
        self._engine.dispose(close=False)
        self._lookout, self.wakeups = Lookout(self._tables, self._looking), self.wakeups.anew()

    def close(self) -> None:
        """Close the connections of the pool, and let nobody wait for events any more."""
        self.wakeups.close()
        self._engine.dispose()
