"""What a `LeaseStore` keeps."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest
from attrs import evolve, frozen

from collabcase.ids import Kind
from collabcase.model.item import ItemRef
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite, committed, meanwhile
from collabcase.storage.conformance.windows import LONG, SHORT, Panes, silence
from collabcase.storage.interfaces import Adapter, Ending, ForcedRow, LeaseRow, LeaseStore, Transaction

_FIRST = (1 << 62, 1 << 62)
POLICY = ItemRef("policy", "4711")


@frozen
class Pens:
    """Items that a and b hold, each by a window of their own with the name of the person."""

    here: Scene
    panes: Panes

    @classmethod
    def new(cls, here: Scene) -> Pens:
        """Give a and b their windows."""
        panes = Panes(here)
        for id, person in (("a", panes.a), ("b", panes.b)):
            panes.open(id, person)
        return cls(here, panes)

    def at(self, tx: Transaction) -> Pens:
        """Return the same within another transaction."""
        return evolve(self, here=self.here.at(tx))

    @property
    def store(self) -> LeaseStore:
        """What is under test."""
        return self.here.stores.leases

    @property
    def a(self) -> int:
        """The one whose holds are looked at."""
        return self.panes.a

    @property
    def b(self) -> int:
        """The other."""
        return self.panes.b

    def item(self) -> int:
        """Return the number of a new talk that has been clicked."""
        item = self.here.item(Kind.TALK)
        self.lock(item)
        return item

    def lock(self, *items: int) -> dict[int, int]:
        """Lock items, and return their new tokens."""
        return self.store.lock(self.here.scope, items)

    def hold(self, item: int, person: int | None = None, *, window: str = "a", token: int = 5, ttl: int = LONG) -> None:
        """Let a person hold an item, a by default."""
        self.store.hold(self.here.scope, item, person or self.a, window, token, ttl)

    def end(self, item: int, how: str = "released", *, by: int | None = None, reason: str | None = None) -> None:
        """End a's hold."""
        self.store.end(self.here.scope, item, self.a, Ending(how, by=by, reason=reason))

    def row(self, item: int, person: int | None = None) -> LeaseRow:
        """Return a person's hold of an item, a's by default."""
        [row] = [row for row in self.store.on(self.here.scope, [item]) if row.person == (person or self.a)]
        return row

    def held(self, persons: Collection[int] | None = None) -> list[tuple[int, int]]:
        """Return what is held, by whom."""
        return [(row.item, row.person) for row in self.store.held(self.here.scope, persons)]

    def moved(self, within: int = LONG) -> list[int]:
        """Return what was moved."""
        return [row.item for row in self.store.moved(self.here.scope, within=within)]


class LeaseSuite(Suite):
    """Who holds what, how it ended, and the record of force."""

    @pytest.fixture
    def pens(self, here: Scene) -> Pens:
        """Items to be held."""
        return Pens.new(here)

    def test_tokens_rise(self, pens: Pens) -> None:
        """L6: each lock of an item gives a greater token than any before; each item counts by itself."""
        one, two = (pens.here.item(Kind.TALK) for _ in range(2))
        tokens = [pens.lock(one, two) for _ in range(5)]
        for item in (one, two):
            given = [each[item] for each in tokens]
            assert sorted(set(given)) == given
        assert pens.lock() == {}

    def test_hosts_items_have_one_number(self, pens: Pens) -> None:
        """L8: a thing of the host's has the number it was given first, and is told by it; talks are no such things."""
        first, second = (pens.here.item(Kind.HOST) for _ in range(2))
        scope, store = pens.here.scope, pens.store
        assert store.number(scope, POLICY) is None
        assert [first, first] == [store.register(scope, POLICY, no) for no in (first, second)]
        assert second == store.register(scope, ItemRef("claim", "4711"), second)
        assert first == store.number(scope, POLICY)
        talk = pens.item()
        assert {first: POLICY} == store.refs(scope, [first, talk])

    def test_what_was_never_clicked_is_told(self, pens: Pens) -> None:
        """L6: relying on an item tells whether anybody has ever clicked it."""
        item = pens.here.item(Kind.TALK)
        assert not pens.store.rely(pens.here.scope, item)
        pens.lock(item)
        assert pens.store.rely(pens.here.scope, item)

    def test_a_hold_is_shown(self, pens: Pens) -> None:
        """L1: a hold is told with its window, token and the time it has left; several persons may hold one item."""
        item = pens.item()
        pens.hold(item, token=8)
        silence()
        pens.hold(item, pens.b, window="b", token=9)
        row = pens.row(item)
        assert (item, pens.a, "a", 8, True) == (row.item, row.person, row.window, row.token, row.live)
        assert _ending(row) == (None, None, None, None, None)
        assert LONG - 60_000 < row.left <= LONG
        assert [pens.a, pens.b] == [row.person for row in pens.store.on(pens.here.scope, [item])]
        assert row.since < pens.row(item, pens.b).since

    def test_holds_come_longest_first(self, pens: Pens) -> None:
        """L2: what is held now comes longest first, of everybody or of some; what ended or ran out does not come."""
        items = [pens.item() for _ in range(4)]
        for item in items:
            pens.hold(item, ttl=SHORT if item == items[3] else LONG)
            silence()
        pens.hold(items[0], pens.b, window="b")
        pens.end(items[1])
        expected = [(items[0], pens.a), (items[2], pens.a), (items[0], pens.b)]
        assert expected == pens.held()
        assert expected[:2] == pens.held([pens.a])
        assert pens.held([]) == []
        assert not pens.row(items[3]).live

    def test_a_hold_that_goes_on_keeps_its_beginning(self, pens: Pens) -> None:
        """L4: taken over by another window it has that window's token, is as old as before, and lasts no shorter."""
        item = pens.item()
        pens.hold(item, token=1)
        pens.store.ask(pens.here.scope, item, pens.a, pens.b)
        before = pens.row(item)
        silence()
        pens.hold(item, window="other", token=2, ttl=0)
        after = pens.row(item)
        assert ("other", 2, before.since, pens.b) == (after.window, after.token, after.since, after.asked_by)
        assert after.left > LONG - 60_000
        pens.hold(item, ttl=10 * LONG)
        assert pens.row(item).left > LONG

    @pytest.mark.parametrize("way", ["ended", "ran out"])
    def test_a_new_hold_begins_anew(self, pens: Pens, way: str) -> None:
        """L5: after an end or a silence, who clicks again holds it since then, and nobody has asked for it."""
        item = pens.item()
        pens.hold(item, ttl=SHORT if way == "ran out" else LONG)
        pens.store.ask(pens.here.scope, item, pens.a, pens.b)
        before = pens.row(item)
        if way == "ended":
            pens.end(item, "forced", by=pens.b, reason="because")
        silence()
        pens.hold(item, token=9)
        after = pens.row(item)
        assert after.since > before.since
        assert _ending(after) == (None, None, None, None, None)
        assert after.left > LONG - 60_000

    def test_an_end_is_kept(self, pens: Pens) -> None:
        """L6: how a hold ended, by whom and why is kept at it; where there was none, it is noted all the same."""
        item, other = pens.item(), pens.item()
        pens.hold(item, token=8)
        pens.store.ask(pens.here.scope, item, pens.a, pens.b)
        pens.end(item, "forced", by=pens.b, reason="because")
        row = pens.row(item)
        assert (row.window, row.live, row.token) == (None, False, 8)
        assert ("forced", pens.b, "because", None) == (row.ended, row.ended_by, row.reason, row.asked_by)
        assert row.ended_at is not None
        assert row.ended_at >= row.since
        pens.end(other, "moved", by=pens.a, reason="claimed")
        assert (pens.row(other).window, pens.row(other).ended) == (None, "moved")
        assert pens.held() == []

    def test_a_note_leaves_a_hold_as_it_is(self, pens: Pens) -> None:
        """L7: a note stands at a hold that goes on, or where there is none; both are found, the newest first."""
        held, free, ended = (pens.item() for _ in range(3))
        pens.hold(held, token=8)
        for item in (held, free):
            pens.store.note(pens.here.scope, item, pens.a, Ending("moved", by=pens.a, reason="claimed"))
            silence()
        pens.end(ended)
        row = pens.row(held)
        assert (row.token, row.live, row.ended, row.reason) == (8, True, "moved", "claimed")
        assert not pens.row(free).live
        assert [free, held] == pens.moved()
        assert pens.moved(within=1) == []
        pens.hold(held, token=9)
        assert [free, held] == pens.moved()

    @pytest.mark.parametrize("how", ["released", "expired", "forced", "moved"])
    def test_a_note_outlasts_its_hold(self, pens: Pens, how: str) -> None:
        """L7: a note stays when its hold ends by itself, not when it ends by force or a move; a new hold ends it."""
        item = pens.item()
        pens.hold(item)
        pens.store.note(pens.here.scope, item, pens.a, Ending("moved", by=pens.a, reason="claimed"))
        before = pens.row(item)
        silence()
        pens.end(item, how, by=pens.b, reason="why")
        row = pens.row(item)
        stays = how in ("released", "expired")
        assert (row.window, row.ended_at == before.ended_at) == (None, stays)
        expected = ("moved", pens.a, "claimed") if stays else (how, pens.b, "why")
        assert expected == (row.ended, row.ended_by, row.reason)
        pens.hold(item)
        assert pens.moved() == []

    def test_living_windows_extend_what_their_person_holds(self, pens: Pens) -> None:
        """L4: a hold lasts as long as any window of its person that is on the item; nobody else's counts."""
        item, aside = pens.item(), pens.item()
        for id, person, on in (("older", pens.a, item), ("b", pens.b, item), ("elsewhere", pens.a, aside)):
            if id != "b":
                pens.panes.open(id, person, ttl=2 * LONG)
            pens.panes.store.point(pens.here.scope, id, on)
        pens.hold(item, ttl=LONG // 2)
        for windows in ([], ["a"], ["b"], ["elsewhere"]):
            pens.store.extend(pens.here.scope, windows)
            assert pens.row(item).left <= LONG // 2
        pens.store.extend(pens.here.scope, ["older", "elsewhere"])
        assert LONG < pens.row(item).left <= 2 * LONG
        pens.hold(item, ttl=9 * LONG)
        pens.store.extend(pens.here.scope, ["older"])
        assert pens.row(item).left > 8 * LONG

    def test_what_has_run_out_is_not_extended(self, pens: Pens) -> None:
        """L3: a hold that has run out or ended, and one of a window silent for too long, is not brought back."""
        late, ended, silent = (pens.item() for _ in range(3))
        for item, window, ttl in ((late, "late", LONG), (ended, "ended", LONG), (silent, "silent", SHORT)):
            pens.panes.open(window, ttl=ttl)
            pens.panes.store.point(pens.here.scope, window, item)
            pens.hold(item, window=window, ttl=SHORT if item == late else LONG // 2)
        pens.end(ended)
        silence()
        pens.store.extend(pens.here.scope, ["late", "ended", "silent"])
        assert [pens.row(item).live for item in (late, ended, silent)] == [False, False, True]
        assert pens.row(silent).left <= LONG // 2

    def test_strays_are_told(self, pens: Pens) -> None:
        """L3: what has run out, and what is held by a window that is gone, is told; what has ended is not."""
        late, lost, fine, ended = (pens.item() for _ in range(4))
        pens.hold(late, ttl=SHORT)
        pens.hold(lost, window="gone")
        pens.hold(lost, pens.b, window="gone, too")
        pens.hold(fine)
        pens.hold(ended, window="gone")
        pens.end(ended)
        silence()
        assert sorted([late, lost]) == sorted(pens.store.stray(pens.here.scope))

    def test_force_is_kept_on_record(self, pens: Pens) -> None:
        """L5: each force is kept, of all items or of one, newest first and in pages."""
        items = sorted(pens.item() for _ in range(2))
        made = [(items[0], "one"), (items[1], "two"), (items[0], "three")]
        for item, reason in made:
            pens.store.record(pens.here.scope, item, pens.a, pens.b, reason)
            silence()
        every = pens.store.forced(pens.here.scope, None, before=_FIRST, limit=9)
        assert [ForcedRow(item, pens.a, pens.b, reason, 0) for item, reason in reversed(made)] == [
            ForcedRow(row.item, row.person, row.forcer, row.reason, 0) for row in every
        ]
        assert [row.at for row in every] == sorted((row.at for row in every), reverse=True)
        page = pens.store.forced(pens.here.scope, None, before=(every[0].at, every[0].item), limit=1)
        assert [every[1]] == list(page)
        of_one = pens.store.forced(pens.here.scope, items[0], before=_FIRST, limit=9)
        assert [every[0], every[2]] == list(of_one)

    def test_clamping_shortens_what_lasts_too_long(self, pens: Pens) -> None:
        """L3: no hold lasts longer than the longest lease from now on; shorter ones stay, ended ones stay ended."""
        long, short, ended = (pens.item() for _ in range(3))
        for item, ttl in ((long, 9 * LONG), (short, LONG // 2), (ended, 9 * LONG)):
            pens.hold(item, ttl=ttl)
        pens.end(ended)
        pens.store.clamp(pens.here.scope, LONG)
        assert LONG - 60_000 < pens.row(long).left <= LONG
        assert LONG // 2 - 60_000 < pens.row(short).left <= LONG // 2
        assert not pens.row(ended).live

    def test_old_ends_are_forgotten(self, pens: Pens) -> None:
        """L7: ends, and notes without a hold, are forgotten after a time; holds with a note are not."""
        ended, noted, held = (pens.item() for _ in range(3))
        for item in (ended, held):
            pens.hold(item)
        pens.end(ended)
        for item in (noted, held):
            pens.store.note(pens.here.scope, item, pens.a, Ending("moved", by=pens.a, reason="claimed"))
        silence()
        items = [ended, noted, held]
        pens.store.forget(pens.here.scope, after=LONG)
        assert len(pens.store.on(pens.here.scope, items)) == 3
        pens.store.forget(pens.here.scope, after=1)
        assert [held] == [row.item for row in pens.store.on(pens.here.scope, items)]

    def test_the_next_lock_waits_for_the_one_before(self, adapter: Adapter, other: Adapter) -> None:
        """L6: of two who lock an item at once, the second has the greater token, and finds what the first did."""
        pens, item = committed(adapter, _pen_and_item(adapter))

        def second(tx: Transaction) -> tuple[int, bool]:
            at = pens.at(tx)
            token = other.stores.leases.lock(at.here.scope, [item])[item]
            return token, other.stores.leases.on(at.here.scope, [item])[0].live

        work = adapter.unit_of_work()
        with work.writing() as tx:
            at = pens.at(tx)
            token = at.lock(item)[item]
            at.hold(item, token=token)
        with meanwhile(lambda: committed(other, second)) as waiting:
            assert not waiting.done()
            work.commit()
        later, live = waiting.result()
        assert later > token
        assert live

    def test_who_changes_it_waits_for_who_relies_on_it(self, adapter: Adapter, other: Adapter) -> None:
        """L6: until a guarded write is through, nobody else gets the item."""
        pens, item = committed(adapter, _pen_and_item(adapter))
        work = adapter.unit_of_work()
        with work.writing() as tx:
            assert pens.store.rely(pens.here.at(tx).scope, item)
        with meanwhile(
            lambda: committed(other, lambda tx: other.stores.leases.lock(pens.here.at(tx).scope, [item]))
        ) as waiting:
            assert not waiting.done()
            work.commit()
        assert [item] == list(waiting.result())

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Two portfolios with equal numbers know, and change, their own holds alone."""
        pens, others = Pens.new(here), Pens.new(there)
        [item, same] = (one.item() for one in (pens, others))
        assert item == same
        others.panes.store.point(there.scope, "a", item)
        for one in (pens, others):
            one.hold(item, ttl=SHORT if one is pens else LONG)
        silence()
        before = others.row(item)
        assert ([], [item]) == (others.store.stray(there.scope), pens.store.stray(here.scope))
        pens.end(item, "moved", by=pens.a, reason="claimed")
        pens.store.ask(here.scope, item, pens.a, pens.b)
        pens.store.record(here.scope, item, pens.a, pens.b, "because")
        pens.store.clamp(here.scope, 1)
        pens.store.extend(here.scope, ["a"])
        pens.store.forget(here.scope, after=0)
        after = others.row(item)
        assert (before.token, before.since, None, None) == (after.token, after.since, after.ended, after.asked_by)
        assert after.left > LONG - 60_000
        assert (others.moved(), others.store.forced(there.scope, None, before=_FIRST, limit=9)) == ([], [])
        assert ([], [(item, others.a)]) == (pens.held(), others.held())
        assert others.store.number(there.scope, POLICY) is None


def _ending(row: LeaseRow) -> tuple[object, ...]:
    return row.ended, row.ended_by, row.ended_at, row.reason, row.asked_by


def _pen_and_item(adapter: Adapter) -> Callable[[Transaction], tuple[Pens, int]]:
    def set_up(tx: Transaction) -> tuple[Pens, int]:
        pens = Pens.new(Scene.new(adapter.stores, tx))
        return pens, pens.item()

    return set_up
