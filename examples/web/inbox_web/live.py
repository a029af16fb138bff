"""What happens, handed out live: one thread of this process follows the feed for everybody who has a page open.

A page with a stream is *attached*: this thread gives its window's signs of life, in one batch for all. It does so
while the socket is open and the page itself has spoken in the last minutes, since a frozen page keeps its socket.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Iterable
from typing import Any

from attrs import Factory, define

from collabcase import Collab, CollabError, Event, Leases, NotFound, WindowGone

_log = logging.getLogger(__name__)


@define(eq=False)
class Seat:
    """A stream to one page. What happens before the page has caught up waits until it has.

    Attributes:
        window: the id of the page's window.
        person: whose it is.
        ttl: how long the window lasts from a sign of life on, in milliseconds.
        heard: when the page itself last spoke, by this process's monotonic clock.
    """

    window: str
    person: str
    ttl: int
    loop: asyncio.AbstractEventLoop
    heard: float = Factory(time.monotonic)
    waiting: asyncio.Queue[str] = Factory(asyncio.Queue)
    _guard: threading.Lock = Factory(threading.Lock)
    _later: list[str] | None = Factory(list)

    def begin(self, events: list[dict[str, Any]], cursor: str) -> None:
        """Start the stream with what the page has missed; what came meanwhile follows."""
        with self._guard:
            later, self._later = self._later or [], None
            for message in (_message("beat", {"ttl": self.ttl}), _message("events", events, cursor), *later):
                self._put(message)

    def end(self) -> None:
        """Let the stream end; from any thread."""
        self._in_order("")

    def send(self, kind: str, data: object, cursor: str | None = None) -> None:
        """Put a message on the stream; from any thread."""
        self._in_order(_message(kind, data, cursor))

    def _in_order(self, message: str) -> None:
        with self._guard:
            if self._later is None:
                self._put(message)
            else:
                self._later.append(message)

    def _put(self, message: str) -> None:
        try:
            self.loop.call_soon_threadsafe(self.waiting.put_nowait, message)
        except RuntimeError:  # the server has ended
            _log.debug("nobody reads the stream of %s", self.window)


def _message(kind: str, data: object, cursor: str | None = None) -> str:
    id = f"id: {cursor}\n" if cursor else ""
    return f"event: {kind}\n{id}data: {json.dumps(data)}\n\n"


class Live:
    """The thread, and the streams it serves."""

    def __init__(self, collab: Collab, portfolio: str, leases: Leases) -> None:
        self._lease = leases.attached.total_seconds()
        self._silence = 2.5 * self._lease
        self._round = min(0.5, self._lease / 16)
        self._collab, self._portfolio = collab, portfolio
        self._guard = threading.Lock()
        self._seats: dict[str, Seat] = {}
        self._cursors: dict[str, str] = {}
        self._leaving: dict[str, tuple[str, float]] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def end(self) -> None:
        """Let the thread end, and all streams with it, so that the server can end, too."""
        self._ending.set()

    def stop(self) -> None:
        """Wait until the thread has ended."""
        self.end()
        self._thread.join()

    def attach(self, seat: Seat, after: str | None) -> None:
        """Serve a stream, from a cursor on, or from now.

        It is entered first, and its person followed from there; then it is caught up with, so that nothing falls
        between. What comes twice, pages drop.

        Raises:
            SnapshotRequired: the feed does not reach back to the cursor.
        """
        after = after or self._collab.feed(seat.person, portfolio=self._portfolio).cursor
        with self._guard:
            self._leaving.pop(seat.window, None)
            self._seats[seat.window] = seat
            self._cursors.setdefault(seat.person, after)
        try:
            seat.begin(*happened(self._collab, self._portfolio, seat.person, after))
        except Exception:
            self.detach(seat)
            raise

    def detach(self, seat: Seat) -> None:
        """End a stream; unless its page comes back or speaks within seconds, its window is closed."""
        with self._guard:
            if self._seats.get(seat.window) is seat:
                del self._seats[seat.window]
                self._leaving[seat.window] = seat.person, time.monotonic() + self._lease / 6
            if not any(other.person == seat.person for other in self._seats.values()):
                self._cursors.pop(seat.person, None)

    def heard(self, window: str, *, gone: bool = False) -> None:
        """Note that a page has spoken for itself, or that it has left its stream and needs no grace for that."""
        with self._guard:
            self._leaving.pop(window, None)
            seat = self._seats.pop(window, None) if gone else self._seats.get(window)
        if seat is not None:
            seat.heard = time.monotonic()
            if gone:
                seat.end()

    def _run(self) -> None:
        beat = sweep = 0.0
        while not self._ending.is_set():
            try:
                now = time.monotonic()
                if now >= beat:
                    beat = now + self._lease / 4
                    self._beat(now)
                if now >= sweep:
                    sweep = now + self._lease / 6
                    self._collab.sweep()
                self._close_left(now)
                self._follow()
            except Exception:  # whatever it is, nobody would follow any more
                _log.exception("streams wait for the next round")
                self._ending.wait(self._round)
        with self._guard:
            seats = list(self._seats.values())
        for seat in seats:
            seat.end()

    def _beat(self, now: float) -> None:
        with self._guard:
            seats = list(self._seats.values())
        for silent in (seat for seat in seats if now - seat.heard >= self._silence):
            self.detach(silent)
        seats = [seat for seat in seats if now - seat.heard < self._silence]
        living = self._collab.beat([seat.window for seat in seats], portfolio=self._portfolio) if seats else ()
        for seat in seats:
            if seat.window in living:
                seat.send("beat", {"ttl": seat.ttl})
            else:
                seat.send("anew", {})

    def _close_left(self, now: float) -> None:
        with self._guard:
            left = [(window, person) for window, (person, until) in self._leaving.items() if until <= now]
            for window, _ in left:
                del self._leaving[window]
        for window, person in left:
            try:
                self._collab.window(person, portfolio=self._portfolio, id=window).close()
            except (WindowGone, NotFound):
                _log.debug("window %s was closed already", window)

    def _follow(self) -> None:
        with self._guard:
            followers = dict(self._cursors)
        if not followers:
            self._ending.wait(self._round)
            return
        for person, page in self._collab.feeds(self._portfolio, followers, wait=self._round).items():
            if isinstance(page, CollabError):
                self._refuse(person)
                continue
            with self._guard:
                seats = [seat for seat in self._seats.values() if seat.person == person]
                if person in self._cursors:
                    self._cursors[person] = page.cursor
            if page.events:
                data = told(self._collab, self._portfolio, person, page.events)
                for seat in seats:
                    seat.send("events", data, page.cursor)

    def _refuse(self, person: str) -> None:
        """Follow for a person no more; their pages have to begin anew."""
        with self._guard:
            self._cursors.pop(person, None)
            seats = [seat for seat in self._seats.values() if seat.person == person]
            for seat in seats:
                del self._seats[seat.window]
        for seat in seats:
            seat.send("anew", {})
            seat.end()


def happened(collab: Collab, portfolio: str, person: str, after: str | None) -> tuple[list[dict[str, Any]], str]:
    """Return all that happened behind a cursor, as a person's pages are told it, and the cursor to go on from.

    Raises:
        SnapshotRequired: the feed does not reach back to the cursor.
    """
    events: list[Event] = []
    while True:
        page = collab.feed(person, portfolio=portfolio, after=after)
        if not page.events:
            return told(collab, portfolio, person, events), page.cursor
        events += page.events
        after = page.cursor


def told(collab: Collab, portfolio: str, person: str, events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return events as a person's pages are told them; actors are named as far as the person may know them (V17)."""
    names: dict[str, str | None] = {}
    known = list(events)
    with collab.desk(person, portfolio=portfolio) as desk:
        for actor in {event.actor for event in known if event.actor is not None}:
            try:
                names[actor] = desk.people.get(actor).name
            except NotFound:
                names[actor] = None
    return [
        {
            "kind": event.kind,
            "item": str(event.item),
            "actor": {"id": event.actor, "name": names[event.actor]} if event.actor and names[event.actor] else None,
            "at": event.at.isoformat(),
            "fields": list(event.fields),
        }
        for event in known
    ]
