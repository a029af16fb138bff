"""The relay: turns what really committed into signals."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable

from collabcase.channels.signals import Signals
from collabcase.model.event import Event
from collabcase.storage.interfaces import EventReader

_BATCH = 500


class Relay:
    """Reads the event log behind a cursor held in memory, and signals what came from its own Collab.

    It starts at «now». Events of other processes are passed over, since each process signals its own; else every
    process would repeat the effects. What must not be lost reads the log itself.
    """

    def __init__(self, open_reader: Callable[[], EventReader], signals: Signals, origin: int) -> None:
        self._open_reader = open_reader
        self._signals = signals
        self.begin_anew(origin)

    def begin_anew(self, origin: int) -> None:
        """Start at «now» as another origin, as a forked process must."""
        self._origin = origin
        self._process = os.getpid()
        self._busy = threading.Lock()  # not the parent's, which a thread of the parent may hold for ever
        self._wanted = False
        self._waiting: deque[Event] = deque()
        self._reader = self._open_reader()

    @property
    def forked(self) -> bool:
        """Whether this process is a child of the one the relay began in."""
        return self._process != os.getpid()

    def pump(self) -> bool:
        """Signal whatever has been committed and not been signalled yet, and tell whether there was anything.

        Only one thread does so at a time, and a receiver that calls back here does not nest: whoever finds it busy
        leaves word, and the one at work goes round once more.
        """
        self._wanted, found = True, False
        while self._wanted and self._busy.acquire(blocking=False):
            try:
                while self._wanted:
                    self._wanted = False
                    found |= self._deliver()
            finally:
                self._busy.release()
        return found

    def _deliver(self) -> bool:
        more, found = True, False
        while self._waiting or more:
            if not self._waiting:
                if not self._signals.heard:
                    return self._pass_over() or found
                batch = self._reader.read(_BATCH)
                more = len(batch) == _BATCH
                self._waiting.extend(one.event for one in batch if one.origin == self._origin)
            while self._waiting:  # what a receiver's SystemExit leaves here comes with the next pump
                found = True
                self._signals.send(self._waiting.popleft())
        return found

    def _pass_over(self) -> bool:
        """Go by what nobody listens for, and tell whether any of it came from here."""
        found, origins = False, self._reader.skip(_BATCH)
        while origins:
            found |= self._origin in origins
            origins = self._reader.skip(_BATCH)
        return found
