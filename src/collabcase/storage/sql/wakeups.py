"""Wake-ups: who waits for events is told that it may be worth looking. They carry nothing, and may get lost.

On PostgreSQL they are notifications, on SQLite a look at the version of the file, many times a second. Whoever waits
looks now and then without any.
"""

from __future__ import annotations

import logging
import os
import selectors
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

from sqlalchemy import Engine

from collabcase.storage.sql.horizon import marker_of
from collabcase.storage.sql.tables import Tables

Wakeup = Literal["after_commit", "in_transaction", "poll"]
"""How those who wait in other processes are woken on PostgreSQL."""

_LOOK = 0.02
_HUSH = 0.005
_PATIENCE = 1.0
_log = logging.getLogger("collabcase")


def channel_of(tables: Tables) -> str:
    """Return the name of the notifications of an installation."""
    return f"collabcase_{marker_of(tables) & (1 << 64) - 1:x}"


class Wakeups:
    """Wakes the threads of one process that wait for events; keeps `Waking`.

    A thread of ours with a connection of its own listens for them and tells other processes. It begins with the first
    that waits, or the first commit that is to be told.
    """

    def __init__(self, engine: Engine, channel: str, wakeup: Wakeup) -> None:
        self._engine, self._channel, self._wakeup = engine, channel, wakeup
        self._sqlite = engine.dialect.name == "sqlite"
        notifies = engine.driver == "psycopg" and wakeup != "poll"
        self._listens = self._sqlite or notifies
        self._tells = notifies and wakeup == "after_commit"
        self._changed = threading.Condition()
        self._count = 0
        self._waiting = 0
        self._due = False
        self._ended = False
        self._thread: threading.Thread | None = None
        self._pipe: tuple[int, int] | None = None

    def mark(self) -> int:
        """Return what `wait` is given: taken before a look, so that nothing after the look is missed."""
        return self._count

    def wait(self, mark: int, seconds: float) -> bool:
        """Wait until something may have happened since a mark, at most so long and a second; False once closed."""
        with self._changed:
            self._waiting += 1
            self._start(self._listens)
            self._changed.notify_all()
            try:
                self._changed.wait_for(lambda: self._count != mark or self._ended, min(seconds, _PATIENCE))
            finally:
                self._waiting -= 1
            return not self._ended

    def tell(self) -> None:
        """Wake everybody: something has been committed here."""
        with self._changed:
            self._wake()
            if self._tells:
                self._due = True
                self._start(True)

    def close(self) -> None:
        """End the thread, and let nobody wait any more."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
            thread, self._thread = self._thread, None
            self._prod()
        if thread is not None:
            thread.join()
        self._let_go()

    def anew(self) -> Wakeups:
        """Return others in their place, in a process that was just forked; the thread is the parent's."""
        self._let_go()
        return Wakeups(self._engine, self._channel, self._wakeup)

    def _let_go(self) -> None:
        pipe, self._pipe = self._pipe, None
        for end in pipe or ():
            os.close(end)

    def _wake(self) -> None:
        self._count += 1
        self._changed.notify_all()

    def _start(self, wanted: bool) -> None:
        """Let the thread run, and look around."""
        if not wanted or self._ended:
            return
        if self._thread is None:
            self._pipe = os.pipe()
            os.set_blocking(self._pipe[1], False)
            self._thread = threading.Thread(target=self._run, name="collabcase wake-ups", daemon=True)
            self._thread.start()
        self._prod()

    def _prod(self) -> None:
        if self._pipe is not None:
            with suppress(BlockingIOError):  # as full as that, it wakes the thread anyway
                os.write(self._pipe[1], b".")

    def _run(self) -> None:
        while not self._ended:
            try:
                with self._connected() as driver:
                    if self._sqlite:
                        self._watch(driver)
                    else:
                        self._listen(driver)
            except Exception:  # whatever it is, those who wait look by themselves until it is over
                _log.warning("wake-ups are late until the database can be reached again", exc_info=True)
            with self._changed:
                self._wake()
                self._changed.wait_for(lambda: self._ended, _PATIENCE)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """Lend a connection made as the engine makes them, but not one of its pool."""
        lent = self._engine.pool.recreate().connect()
        driver: Any = lent.driver_connection
        lent.detach()
        try:
            yield driver
        finally:
            driver.close()

    def _watch(self, driver: Any) -> None:
        """Look, while anybody waits, whether the file has changed."""
        seen = None
        while not self._ended:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ended)
            version = driver.execute("PRAGMA data_version").fetchone()
            if version != seen:
                seen = version
                with self._changed:
                    self._wake()
            time.sleep(_LOOK)

    def _listen(self, driver: Any) -> None:
        """Listen as soon as anybody waits, and tell others what is due, and then nothing for a while."""
        driver.rollback()
        driver.autocommit = True
        listens, quiet_until = False, 0.0
        assert self._pipe is not None
        poked = self._pipe[0]
        with selectors.DefaultSelector() as selector:
            for source in (driver.fileno(), poked):
                selector.register(source, selectors.EVENT_READ)
            while not self._ended:
                if self._waiting and not listens:
                    listens = True
                    driver.execute(f'LISTEN "{self._channel}"')
                    with self._changed:
                        self._wake()
                pause = quiet_until - time.monotonic()
                if self._due and pause <= 0:
                    self._due = False
                    driver.execute("SELECT pg_notify(%s, '')", (self._channel,))
                    quiet_until, pause = time.monotonic() + _HUSH, _HUSH
                for key, _ in selector.select(pause if self._due else None):
                    if key.fd == poked:
                        os.read(poked, 4096)
                if list(driver.notifies(timeout=0)):
                    with self._changed:
                        self._wake()
