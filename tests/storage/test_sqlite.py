"""The SQL adapter on a SQLite file keeps the storage interfaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Connection, Engine, create_engine

from collabcase import configure_sqlite, upgrade
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
from collabcase.storage.conformance.sights import SightSuite
from collabcase.storage.conformance.suite import Handles
from collabcase.storage.conformance.talks import TalkSuite
from collabcase.storage.conformance.teamboxes import TeamboxSuite
from collabcase.storage.conformance.units_of_work import UnitOfWorkSuite
from collabcase.storage.conformance.windows import WindowSuite
from collabcase.storage.sql.adapter import SqlAdapter
from storage.installations import in_use


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> list[Engine]:
    file = tmp_path_factory.mktemp("store") / "store.db"
    engines = [create_engine(f"sqlite:///{file}") for _ in range(2)]
    for engine in engines:
        configure_sqlite(engine)
    upgrade(engines[0], prefix="")
    return engines


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


class TestDictionaries(DictionarySuite): ...


class TestArchives(ArchiveSuite): ...


class TestDrafts(DraftSuite): ...


class TestEvents(EventSuite): ...


class TestGroups(GroupSuite): ...


class TestHostTransactions(HostTransactionSuite): ...


class TestLeases(LeaseSuite): ...


class TestLists(ListSuite): ...


class TestMessages(MessageSuite): ...


class TestPeople(PeopleSuite): ...


class TestPortfolios(PortfolioSuite): ...


class TestReading(ReadingSuite): ...


class TestRequests(RequestSuite): ...


class TestRule(RuleSuite): ...


class TestSights(SightSuite): ...


class TestTalks(TalkSuite): ...


class TestTeamboxes(TeamboxSuite): ...


class TestUnitsOfWork(UnitOfWorkSuite): ...


class TestWindows(WindowSuite): ...
