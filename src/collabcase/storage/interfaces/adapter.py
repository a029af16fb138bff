"""The whole of an adapter: its stores, its units of work, its event reader."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from attrs import frozen

from collabcase.storage.interfaces.archives import ArchiveStore
from collabcase.storage.interfaces.checks import CheckStore
from collabcase.storage.interfaces.dictionaries import DictionaryStore
from collabcase.storage.interfaces.drafts import DraftStore
from collabcase.storage.interfaces.events import EventReader, EventStore, Waking
from collabcase.storage.interfaces.groups import GroupStore
from collabcase.storage.interfaces.leases import LeaseStore
from collabcase.storage.interfaces.messages import MessageStore
from collabcase.storage.interfaces.people import PeopleStore
from collabcase.storage.interfaces.portfolios import PortfolioStore
from collabcase.storage.interfaces.reading import ReadingStore
from collabcase.storage.interfaces.requests import RequestStore
from collabcase.storage.interfaces.scope import Transaction
from collabcase.storage.interfaces.sights import SightStore
from collabcase.storage.interfaces.talks import TalkStore
from collabcase.storage.interfaces.teamboxes import TeamboxStore
from collabcase.storage.interfaces.windows import WindowStore


@frozen
class Stores:
    """The stores of an adapter; stateless, shared by threads."""

    portfolios: PortfolioStore
    people: PeopleStore
    groups: GroupStore
    talks: TalkStore
    messages: MessageStore
    sights: SightStore
    dictionaries: DictionaryStore
    teamboxes: TeamboxStore
    drafts: DraftStore
    archives: ArchiveStore
    reading: ReadingStore
    requests: RequestStore
    events: EventStore
    checks: CheckStore
    windows: WindowStore
    leases: LeaseStore


class UnitOfWork(Protocol):
    """The transactions of one desk.

    An error of the database ends it: it reaches the caller as one of the library's errors, nothing written is kept,
    every connection is given back, and whatever comes next but `rollback` raises DeskClosed. Errors of the caller
    pass through and end nothing.
    """

    def reading(self) -> AbstractContextManager[Transaction]:
        """Open a snapshot for one verb, or join the write transaction if there is one."""
        ...

    def writing(self) -> AbstractContextManager[Transaction]:
        """Open the write transaction at the first call, or join it; it stays open until commit or rollback."""
        ...

    def commit(self) -> None:
        """Commit what was written; inside a host's transaction, leave it to the host.

        Raises:
            TryAgain: the database asks to repeat everything.
        """
        ...

    def rollback(self) -> None:
        """Undo what was written; inside a host's transaction, back to where the first write began."""
        ...


class Adapter(Protocol):
    """A storage."""

    @property
    def stores(self) -> Stores:
        """The stores."""
        ...

    def unit_of_work(self, connection: object | None = None) -> UnitOfWork:
        """Return the transactions of one desk; with a host's connection, inside its transaction."""
        ...

    def event_reader(self) -> EventReader:
        """Return a reader that starts behind everything committed by now."""
        ...

    def horizon(self) -> tuple[int, bool]:
        """Return up to which position every event is final, for whoever begins to read from now on.

        Told besides is whether more may become so without another commit: somebody is writing who may roll back.
        """
        ...

    @property
    def wakeups(self) -> Waking:
        """What wakes those who wait for events."""
        ...

    def close(self) -> None:
        """Give back what the adapter itself opened."""
        ...

    def forget_connections(self) -> None:
        """Leave open connections to the parent, in a process that was just forked."""
        ...
