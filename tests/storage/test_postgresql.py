"""The SQL adapter on PostgreSQL keeps the storage interfaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Connection, Engine, create_engine

from collabcase.model.event import NewEvent
from collabcase.model.message import MessageEvent
from collabcase.storage.conformance.acquaintances import AcquaintanceSuite
from collabcase.storage.conformance.dictionaries import DictionarySuite
from collabcase.storage.conformance.drafts import ArchiveSuite, DraftSuite
from collabcase.storage.conformance.events import EventSuite
from collabcase.storage.conformance.groups import GroupSuite
from collabcase.storage.conformance.host_transactions import HostTransactionSuite
from collabcase.storage.conformance.leases import LeaseSuite
from collabcase.storage.conformance.lists import ListSuite
from collabcase.storage.conformance.messages import MessageSuite
from collabcase.storage.conformance.people import PeopleSuite
from collabcase.storage.conformance.portfolios import PortfolioSuite
from collabcase.storage.conformance.reading import ReadingSuite
from collabcase.storage.conformance.requests import RequestSuite
from collabcase.storage.conformance.rule import RuleSuite
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.sights import SightSuite
from collabcase.storage.conformance.suite import Handles, committed, looked
from collabcase.storage.conformance.talks import TalkSuite
from collabcase.storage.conformance.teamboxes import TeamboxSuite
from collabcase.storage.conformance.units_of_work import UnitOfWorkSuite
from collabcase.storage.conformance.windows import WindowSuite
from collabcase.storage.interfaces import Adapter, Transaction
from collabcase.storage.sql.adapter import SqlAdapter
from servers.postgres import PostgresServer
from storage.installations import in_use


@pytest.fixture(scope="module")
def engines(postgres: PostgresServer, migrated: str) -> list[Engine]:
    url = postgres.create_database(template=migrated)
    waiting_ends = {"options": "-clock_timeout=10s"}  # who would wait for ever fails instead
    return [create_engine(url, connect_args=waiting_ends) for _ in range(2)]


@pytest.fixture(scope="module")
def handles(engines: list[Engine]) -> Iterator[Handles]:
    first, second = (SqlAdapter(engine, schema=None, prefix="") for engine in engines)
    yield Handles(first, second, in_use=lambda: in_use(*engines))
    for adapter in (first, second):
        adapter.close()


@pytest.fixture
def host(engines: list[Engine]) -> Callable[[], AbstractContextManager[Connection]]:
    return engines[1].connect


class TestAcquaintances(AcquaintanceSuite): ...


class TestDictionaries(DictionarySuite):
    def test_who_defines_keeps_no_sender_waiting(self, adapter: Adapter, other: Adapter) -> None:
        """Whoever sends a message while a dictionary is being defined is not held up."""

        def set_up(tx: Transaction) -> tuple[Scene, int]:
            place = Scene.new(adapter.stores, tx)
            return place, place.person("a")

        def send(tx: Transaction) -> int:
            there = place.at(tx)
            there.stores.people.lock(there.scope, [a], exclusive=False)
            message = there.message(there.talk(a, a), a, a, data=(("d", "x"),))
            told = [NewEvent(MessageEvent.SENT, message)]  # names the portfolio, which whoever defines has locked
            there.stores.events.append(there.scope, told, actor=a, at=5, origin=5)
            return message

        place, a = committed(adapter, set_up)
        work = adapter.unit_of_work()
        try:
            with work.writing() as tx:
                adapter.stores.dictionaries.lock(place.at(tx).scope)
            sent = committed(other, send)
        finally:
            work.rollback()
        kept = looked(other, lambda tx: other.stores.messages.find(place.at(tx).scope, a, sent))
        assert kept is not None
        assert (("d", "x"),) == kept.data


class TestArchives(ArchiveSuite): ...


class TestDrafts(DraftSuite): ...


class TestEvents(EventSuite): ...


class TestGroups(GroupSuite): ...


class TestHostTransactions(HostTransactionSuite): ...


class TestLeases(LeaseSuite): ...


class TestLists(ListSuite): ...


class TestMessages(MessageSuite): ...


class TestPeople(PeopleSuite):
    def test_shared_locks_wait_for_nobody(self, adapter: Adapter, other: Adapter) -> None:
        """Writers who involve the same persons in messages of different talks do not wait for each other."""

        def set_up(tx: Transaction) -> tuple[Scene, int, list[int]]:
            place = Scene.new(adapter.stores, tx)
            a = place.person("a")
            return place, a, [place.talk(a, a), place.talk(a, a)]

        def send(tx: Transaction, talk: int) -> int:
            there = place.at(tx)
            there.stores.people.lock(there.scope, [a], exclusive=False)
            there.stores.talks.lock(there.scope, talk, exclusive=False)
            return there.message(talk, a, a)

        place, a, talks = committed(adapter, set_up)
        work = adapter.unit_of_work()
        with work.writing() as tx:
            mine = send(tx, talks[0])
        theirs = committed(other, lambda tx: send(tx, talks[1]))
        work.commit()
        found = looked(other, lambda tx: other.stores.messages.visible(place.at(tx).scope, a, [mine, theirs]))
        assert {mine, theirs} == found


class TestPortfolios(PortfolioSuite): ...


class TestReading(ReadingSuite): ...


class TestRequests(RequestSuite): ...


class TestRule(RuleSuite): ...


class TestSights(SightSuite): ...


class TestTalks(TalkSuite): ...


class TestTeamboxes(TeamboxSuite): ...


class TestUnitsOfWork(UnitOfWorkSuite): ...


class TestWindows(WindowSuite): ...
