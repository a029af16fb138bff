"""What a `WindowStore` keeps."""

from __future__ import annotations

import time

import pytest

from collabcase.ids import Kind
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite, committed, meanwhile
from collabcase.storage.interfaces import Adapter, Transaction, WindowRow

LONG, SHORT = 600_000, 1
"""Leases in milliseconds: of a window that stays, and of one that is silent for too long after `silence`."""


def silence() -> None:
    """Wait until what has a short lease has been silent for too long."""
    time.sleep(0.01)


class Panes:
    """Windows of two persons, a and b."""

    def __init__(self, here: Scene) -> None:
        self.here, self.store = here, here.stores.windows
        self.a, self.b = here.persons("a", "b")

    def open(self, id: str, person: int | None = None, *, ttl: int = LONG) -> WindowRow:
        """Open a window, of a's by default, and return it as it was stored."""
        row = WindowRow(id=id, person=person or self.a, folder="inbox", mode="visible", ttl=ttl)
        self.store.open(self.here.scope, row)
        return row

    def find(self, id: str, person: int | None = None) -> WindowRow | None:
        """Find a window of a person's, a's by default."""
        return self.store.find(self.here.scope, person or self.a, id)

    def live(self, *ids: str) -> list[bool]:
        """Tell of windows of a's whether they live."""
        return [self.find(id) is not None for id in ids]


class WindowSuite(Suite):
    """Windows, which live by the database's clock."""

    @pytest.fixture
    def panes(self, here: Scene) -> Panes:
        """Windows to be opened."""
        return Panes(here)

    def test_a_window_is_found_by_its_person(self, panes: Panes) -> None:
        """L3: a window is found as it was opened, by its person and its id; nobody else finds it."""
        row = panes.open("one")
        assert row == panes.find("one")
        assert panes.find("one", panes.b) is None
        assert panes.find("two") is None

    def test_a_window_is_on_an_item_since_a_moment(self, panes: Panes) -> None:
        """L3: a window is on what it clicked last, since then; on nothing after that, wherever it goes."""
        for id in ("one", "two"):
            panes.open(id)
        item = panes.here.item(Kind.TALK)
        panes.store.point(panes.here.scope, "one", item)
        silence()
        panes.store.point(panes.here.scope, "two", item)
        first, second = (panes.find(id) for id in ("one", "two"))
        assert first is not None
        assert second is not None
        assert (item, item) == (first.item, second.item)
        assert 0 < (first.focused_at or 0) < (second.focused_at or 0)
        panes.store.point(panes.here.scope, "one", None)
        panes.store.move(panes.here.scope, "one", "archive")
        moved = panes.find("one")
        assert moved is not None
        assert (moved.item, moved.folder) == (None, "archive")

    def test_letting_go_reaches_all_windows_of_one_person_on_one_item(self, panes: Panes) -> None:
        """L5: of a person's windows those on the item are on nothing then; all others stay where they are."""
        item, other = (panes.here.item(Kind.TALK) for _ in range(2))
        for id, person, on in (("1", panes.a, item), ("2", panes.a, item), ("3", panes.a, other), ("4", panes.b, item)):
            panes.open(id, person)
            panes.store.point(panes.here.scope, id, on)
        panes.store.let_go(panes.here.scope, panes.a, item)
        rows = [*panes.store.of(panes.here.scope, panes.a), *panes.store.of(panes.here.scope, panes.b)]
        assert [None, None, other, item] == [row.item for row in rows]

    def test_who_is_silent_is_gone_for_good(self, panes: Panes) -> None:
        """L3: after its lease a window is not found, and no sign of life brings it back; the others live on."""
        panes.open("gone", ttl=SHORT)
        panes.open("there")
        silence()
        assert panes.live("gone", "there") == [False, True]
        assert {"there"} == panes.store.beat(panes.here.scope, ["gone", "there", "never"])
        assert not panes.store.turn(panes.here.scope, panes.a, "gone", "visible", LONG)
        assert panes.live("gone", "there") == [False, True]
        assert set() == panes.store.beat(panes.here.scope, [])

    def test_a_sign_of_life_lasts_for_a_lease(self, panes: Panes) -> None:
        """L3: each sign counts for the window's own lease, from that moment."""
        panes.open("one", ttl=1000)
        panes.open("other", ttl=1000)
        for _ in range(3):
            time.sleep(0.4)
            panes.store.beat(panes.here.scope, ["one"])
        assert panes.live("one", "other") == [True, False]

    def test_a_mode_has_a_lease_of_its_own(self, panes: Panes) -> None:
        """L3: a window that tells its mode has that mode's lease from then on; nobody else tells it for them."""
        panes.open("one", ttl=LONG)
        assert not panes.store.turn(panes.here.scope, panes.b, "one", "hidden", SHORT)
        assert panes.store.turn(panes.here.scope, panes.a, "one", "hidden", 2 * LONG)
        found = panes.find("one")
        assert found is not None
        assert (found.mode, found.ttl) == ("hidden", 2 * LONG)
        assert panes.store.turn(panes.here.scope, panes.a, "one", "visible", SHORT)
        silence()
        assert panes.live("one") == [False]

    def test_all_windows_of_a_person_come_in_the_order_of_ids(self, panes: Panes) -> None:
        """L4: those that are silent for too long come with the others, and say so; other persons' do not come."""
        for id, ttl in (("2", LONG), ("1", SHORT), ("3", LONG)):
            panes.open(id, ttl=ttl)
        panes.open("0", panes.b)
        silence()
        rows = panes.store.of(panes.here.scope, panes.a)
        assert [(row.id, row.live) for row in rows] == [("1", False), ("2", True), ("3", True)]

    def test_the_silent_are_told_by_person(self, panes: Panes) -> None:
        """L3: persons with a window that was silent for too long are told, each once, until it is closed."""
        for id, person, ttl in (("1", panes.a, SHORT), ("2", panes.a, SHORT), ("3", panes.b, LONG)):
            panes.open(id, person, ttl=ttl)
        silence()
        assert {panes.a} == panes.store.silent(panes.here.scope)
        panes.store.close(panes.here.scope, ["1", "2", "never"])
        assert set() == panes.store.silent(panes.here.scope)
        assert panes.find("3", panes.b) is not None

    def test_clamping_leaves_alone_what_is_right(self, panes: Panes) -> None:
        """L3: while the clock has not gone back, clamping changes nothing."""
        panes.open("one")
        panes.open("gone", ttl=SHORT)
        silence()
        panes.store.clamp(panes.here.scope)
        assert panes.live("one", "gone") == [True, False]

    def test_a_locked_window_counts_as_living(self, adapter: Adapter, other: Adapter) -> None:
        """L3: a sign of life for many windows fails for none of them because somebody is changing it just then."""

        def set_up(tx: Transaction) -> Panes:
            panes = Panes(Scene.new(adapter.stores, tx))
            for id in ("one", "two"):
                panes.open(id)
            return panes

        panes = committed(adapter, set_up)
        work = adapter.unit_of_work()
        with work.writing() as tx:
            panes.store.of(panes.here.at(tx).scope, panes.a)
        with meanwhile(
            lambda: committed(other, lambda tx: other.stores.windows.beat(panes.here.at(tx).scope, ["one", "two"]))
        ) as beat:
            work.commit()
        assert {"one", "two"} == beat.result()

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Two portfolios with equal numbers and ids know, and change, their own windows alone."""
        panes, others = Panes(here), Panes(there)
        assert panes.a == others.a
        item = here.item(Kind.TALK)
        for one in (panes, others):
            one.open("same", ttl=SHORT if one is panes else LONG)
        others.store.point(there.scope, "same", item)
        before = others.find("same")
        silence()
        assert set() == others.store.silent(there.scope)
        panes.store.let_go(here.scope, panes.a, item)
        panes.store.turn(here.scope, panes.a, "same", "hidden", LONG)
        panes.store.clamp(here.scope)
        panes.store.close(here.scope, ["same"])
        assert before == others.find("same")
