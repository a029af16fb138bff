"""The house's office: people who can be in each other's way, with windows that live by a clock tests move."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from collabcase import Collab, CollabError, Desk, Event, FeedPage, Group, Lock, Message, Right, Window
from collabcase.testing import MovableClock
from database_clock import DatabaseClock

from .broker import CLIENT_PEOPLE, PORTFOLIO, Broker

HOUSE = ("x", "y", "chief", "m", "n", "o")


class Office(Broker):
    """The broker's portfolio with an office.

    The clerks x and y share, m and n keep the teambox «Schaden», o is in no group and observes, and the chief may free
    every lock.

    Attributes:
        database: the database's clock.
        box: the teambox.
    """

    def __init__(self, collab: Collab, clock: MovableClock, database: DatabaseClock) -> None:
        super().__init__(collab, clock)
        self.database = database
        with self.system() as system:
            for person in ("m", "n", "o", "chief"):
                system.people.add(person, name=person.upper())
            self.groups["Sach"] = system.groups.create("Sach", members=["x", "y"], shares_cases=True)
            self.box: Group = system.groups.create("Schaden", members=["m", "n"], teambox=True, open=True)
            system.groups.create("Leitung", main=True, members=["chief"], rights=[Right.LOCK_FORCE])

    def window(self, person: str, *, mode: str = "visible", folder: str = "") -> Window:
        """Open a window of somebody's; a millisecond passes, so that the order of clicks is certain."""
        self.database.move(milliseconds=1)
        return self.collab.window(person, portfolio=PORTFOLIO, mode=mode, folder=folder)

    def click(self, person: str, message: Message) -> tuple[Window, Lock]:
        """Let somebody click the talk of a message in a new window."""
        window = self.window(person)
        return window, window.focus(message.talk)

    def asked(self, *observers: str) -> Message:
        """Let x write to b1, with o and others copied, and return what b1 answers."""
        return self.answer("b1", self.send("x", "b1", observers=["o", *observers]))

    def holder(self, person: str, message: Message) -> list[str | None]:
        """Return who holds the talk of a message, as somebody is shown it."""
        held = self.window(person).picture.held
        return [one.holder and one.holder.id for one in held if one.item.id == message.talk]

    def at(self, window: Window, lock: Lock | None = None) -> Desk:
        """Open the unit of work of a window; under a lock of its own, if one is named."""
        token = None if lock is None else lock.token
        return self.collab.desk(window.person, portfolio=PORTFOLIO, window=window.id, token=token)

    def reply(self, window: Window, message: Message, lock: Lock | None = None) -> Message:
        """Answer a message from a window."""
        self.clock.move(seconds=1)
        with self.at(window, lock) as desk:
            return desk.talks.reply(message.id, "…")

    def texts(self, person: str, message: Message) -> int:
        """Return how many messages of a talk somebody sees."""
        with self.desk(person) as desk:
            return len(desk.talks.view(message.talk).messages)

    def cursors(self) -> dict[str, str | None]:
        """Return where the feed of each person goes on from now."""
        return {person: self.collab.feed(person, portfolio=PORTFOLIO).cursor for person in (*CLIENT_PEOPLE, *HOUSE)}

    def told(self, since: dict[str, str | None]) -> dict[str, list[str]]:
        """Return what each person was told of locks, those left out who were told nothing."""
        found = {person: [event.kind for event in told] for person, told in self.events(since).items()}
        return {person: kinds for person, kinds in found.items() if kinds}

    def events(self, since: dict[str, str | None]) -> dict[str, list[Event]]:
        """Return the events of locks that each person was told."""
        pages = self.collab.feeds(PORTFOLIO, since)
        return {
            person: [event for event in _events(page) if event.kind.startswith("lock.")]
            for person, page in pages.items()
        }


def _events(page: FeedPage | CollabError) -> tuple[Event, ...]:
    assert isinstance(page, FeedPage)
    return page.events


@pytest.fixture
def database(new_database: Callable[[], str]) -> Iterator[DatabaseClock]:
    """A database whose clock stands until a test moves it."""
    clock = DatabaseClock.made(new_database())
    yield clock
    clock.close()


@pytest.fixture
def office(database: DatabaseClock, clock: MovableClock) -> Iterator[Office]:
    """An office on each engine in turn, which must give every connection back."""
    with database.opened(clock=clock) as collab:
        yield Office(collab, clock, database)
        assert collab._storage._engine.pool.checkedout() == 0


@pytest.fixture
def question(office: Office) -> Message:
    """What b1 asks x: x and y act on one side, b1, b2 and gb on the other, o observes, and a1 sees nothing."""
    return office.asked()
