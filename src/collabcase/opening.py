"""Opening collabcase on a database of its own, or in the host's."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import get_args

from sqlalchemy import Engine

from collabcase.clock import Clock, SystemClock
from collabcase.collab import Collab
from collabcase.desk.call import MaySee
from collabcase.errors import InvalidInput
from collabcase.locking.windows import Leases
from collabcase.storage.sql.adapter import SqlAdapter
from collabcase.storage.sql.engines import engine_for
from collabcase.storage.sql.schema import HEAD, check_server, check_version, upgrade, version
from collabcase.storage.sql.sqlite import verify_sqlite
from collabcase.storage.sql.wakeups import Wakeup

_PREFIX = "collab_"


def _nothing() -> None:
    """Leave the engine to the host."""


def open(
    url: str | None = None,
    *,
    clock: Clock | None = None,
    leases: Leases | None = None,
    may_see: MaySee | None = None,
    wakeup: Wakeup = "after_commit",
) -> Collab:
    """Open collabcase on a database of its own.

    Tables are created in an empty database, and brought up to date in a SQLite file; an older PostgreSQL database
    is refused, since others may be working in it.

    Args:
        url: such as ``sqlite:///broker.db`` or ``postgresql://…``; None for a SQLite file in a private temporary
            folder, which `Collab.close` removes: for a try, for tests.
        clock: tells the time; the machine's by default. Windows and locks live by the database's.
        leases: how long windows that say nothing keep their locks.
        may_see: tells which of some persons may see a thing of the host's own, such as a policy (L8); without it,
            locks on these are told to members of the holder's groups.
        wakeup: how those who wait for events in other processes are woken on PostgreSQL: by a notification
            ``after_commit``, at most 200 a second of each process; by one ``in_transaction``; or ``poll``, by none, so
            that they look once a second.

    Raises:
        InvalidInput: the URL can't be used.
        MissingExtra: the driver is not installed.
        SchemaOutdated: the tables are older or newer.
        StorageError: the server is too old.
    """
    _check_ports(clock, leases, may_see, wakeup)
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
        check_version(engine, None, "")
        return Collab(
            SqlAdapter(engine, schema=None, prefix="", wakeup=wakeup),
            clock=clock or SystemClock(),
            owns=give_back,
            leases=leases,
            may_see=may_see,
        )
    except BaseException:
        give_back()
        raise


def embed(
    engine: Engine,
    *,
    schema: str | None = None,
    prefix: str = _PREFIX,
    clock: Clock | None = None,
    leases: Leases | None = None,
    may_see: MaySee | None = None,
    wakeup: Wakeup = "after_commit",
) -> Collab:
    """Work in the host's database, beside its tables.

    Args:
        engine: the host's engine, for our own transactions and the relay. An async host names a sync engine of the
            same database here, and passes what ``run_sync`` gives as ``connection=``.
        schema: the database schema of our tables; PostgreSQL alone has them.
        prefix: what the names of our tables begin with.
        clock: as for `open`.
        leases: as for `open`.
        may_see: as for `open`.
        wakeup: as for `open`.

    Raises:
        InvalidInput: a parameter can't be used.
        SchemaOutdated: the tables are missing, older or newer; `collabcase.upgrade` makes them.
        StorageError: the server is too old, or a SQLite engine is not prepared by `configure_sqlite`.
    """
    _check_ports(clock, leases, may_see, wakeup)
    check_server(engine, schema, prefix)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            verify_sqlite(connection)
    check_version(engine, schema, prefix)
    return Collab(
        SqlAdapter(engine, schema=schema, prefix=prefix, wakeup=wakeup),
        clock=clock or SystemClock(),
        owns=_nothing,
        leases=leases,
        may_see=may_see,
    )


def _check_ports(clock: object, leases: object, may_see: object, wakeup: object) -> None:
    if clock is not None and not callable(getattr(clock, "now", None)):
        raise InvalidInput("clock", f"must have a method now, not {type(clock).__name__}")
    if leases is not None and not isinstance(leases, Leases):
        raise InvalidInput("leases", f"must be Leases, not {type(leases).__name__}")
    if may_see is not None and not callable(may_see):
        raise InvalidInput("may_see", f"must be a function of persons and a reference, not {type(may_see).__name__}")
    if wakeup not in get_args(Wakeup):
        raise InvalidInput("wakeup", f"must be one of {', '.join(get_args(Wakeup))}")
