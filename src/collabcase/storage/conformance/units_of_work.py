"""What the units of work of an adapter keep."""

from __future__ import annotations

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError

from collabcase.errors import AlreadyInMainGroup, DeskClosed
from collabcase.ids import LARGEST
from collabcase.permissions.sight import Facts
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Handles, Suite, committed, looked
from collabcase.storage.interfaces import Adapter, MessageFilter, Transaction


def _place(adapter: Adapter) -> Scene:
    return committed(adapter, lambda tx: Scene.new(adapter.stores, tx))


def _ids(place: Scene, tx: Transaction) -> set[str]:
    return set(place.stores.people.all(place.at(tx).scope))


class UnitOfWorkSuite(Suite):
    """Snapshots, write transactions, and how they end."""

    def test_nothing_is_opened_before_it_is_needed(self, adapter: Adapter) -> None:
        """A unit of work that does nothing can be committed and rolled back."""
        work = adapter.unit_of_work()
        work.commit()
        work.rollback()
        adapter.unit_of_work().rollback()

    def test_a_reading_has_one_snapshot(self, adapter: Adapter, other: Adapter) -> None:
        """What others commit during a reading is seen by the next one of the same unit of work, not by this one."""
        place = _place(adapter)
        work = adapter.unit_of_work()
        with work.reading() as tx:
            before = _ids(place, tx)
            committed(other, lambda tx: place.at(tx).person("a"))
            assert before == _ids(place, tx) == set()
        with work.reading() as tx:
            assert _ids(place, tx) == {"a"}
        work.commit()

    def test_readers_do_not_wait_for_a_writer(self, adapter: Adapter, other: Adapter) -> None:
        """A reading neither sees nor waits for what is not committed."""
        place = _place(adapter)
        work = adapter.unit_of_work()
        with work.writing() as tx:
            place.at(tx).person("a")
        assert looked(other, lambda tx: _ids(place, tx)) == set()
        work.commit()
        assert looked(other, lambda tx: _ids(place, tx)) == {"a"}

    def test_one_transaction_holds_all_that_is_written(self, adapter: Adapter, other: Adapter) -> None:
        """Writings join the first one's transaction, readings after it too, and others see all of it or nothing."""
        place = _place(adapter)
        work = adapter.unit_of_work()
        with work.reading() as tx:
            assert _ids(place, tx) == set()
        for id, expected in (("a", {"a"}), ("b", {"a", "b"})):
            with work.writing() as tx:
                place.at(tx).person(id)
            with work.reading() as tx:
                assert expected == _ids(place, tx)
        assert looked(other, lambda tx: _ids(place, tx)) == set()
        work.commit()
        assert looked(other, lambda tx: _ids(place, tx)) == {"a", "b"}

    def test_a_roll_back_undoes_everything(self, adapter: Adapter) -> None:
        """After `rollback` nothing written is there, and rolling back again does nothing."""
        place = _place(adapter)
        work = adapter.unit_of_work()
        for id in ("a", "b"):
            with work.writing() as tx:
                place.at(tx).person(id)
        work.rollback()
        work.rollback()
        assert looked(adapter, lambda tx: _ids(place, tx)) == set()

    def test_an_error_of_the_caller_ends_nothing(self, adapter: Adapter) -> None:
        """An error raised by who works inside passes through, and what was written waits for commit or rollback."""
        place = _place(adapter)
        work = adapter.unit_of_work()
        with work.writing() as tx:
            place.at(tx).person("a")
        with pytest.raises(KeyError, match="mine"), work.writing():
            raise KeyError("mine")
        with pytest.raises(KeyError, match="mine"), work.reading():
            raise KeyError("mine")
        with work.writing() as tx:
            place.at(tx).person("b")
        work.commit()
        assert looked(adapter, lambda tx: _ids(place, tx)) == {"a", "b"}

    def test_after_an_error_of_the_database_all_is_over(self, handles: Handles) -> None:
        """The error is one of ours, everything is given back at once, nothing written is kept, and whatever comes
        next is refused with DeskClosed.
        """
        adapter = handles.adapter
        place = _place(adapter)

        a = committed(adapter, lambda tx: place.at(tx).person("a"))
        first = committed(adapter, lambda tx: place.at(tx).group("first", a, main=True))
        work = adapter.unit_of_work()
        with work.writing() as tx:
            b = place.at(tx).person("b")
        with pytest.raises(AlreadyInMainGroup) as raised, work.writing() as tx:
            place.at(tx).group("second", b, a, main=True)
        assert raised.value.__cause__ is not None
        assert handles.in_use() == 0
        with pytest.raises(DeskClosed), work.writing():
            pass
        with pytest.raises(DeskClosed), work.reading():
            pass
        with pytest.raises(DeskClosed):
            work.commit()
        work.rollback()
        assert looked(adapter, lambda tx: _ids(place, tx)) == {"a"}
        kept = looked(adapter, lambda tx: place.stores.groups.memberships(place.at(tx).scope))
        assert {a: frozenset({first})} == kept

    def test_results_outlive_their_transaction(self, adapter: Adapter) -> None:
        """What a store returned is frozen, and of use after the transaction has ended."""
        place = _place(adapter)

        def write(tx: Transaction) -> tuple[int, int, int]:
            there = place.at(tx)
            a, b = there.persons("a", "b")
            there.share()
            there.group("g", a, b, shares=True)
            talk = there.talk(a, a)
            return b, talk, there.message(talk, a, a)

        b, talk, message = committed(adapter, write)
        stores, work = place.stores, adapter.unit_of_work()
        with work.reading() as tx:
            scope = place.at(tx).scope
            facts: Facts = stores.sights.facts(scope, [message])
            sight = stores.sights.sight(scope, b)
            rows = stores.messages.newest(scope, b, MessageFilter(), before=LARGEST, limit=9)
            names = stores.messages.named(scope, [message])
            people, groups = stores.people.all(scope), stores.groups.find(scope, ["g"])
            found = stores.talks.find(scope, talk)
            assert found is not None
        work.commit()
        assert sight.sees(message, facts)
        assert [message] == [row.id for row in rows]
        assert {"a"} == {named.id for named in names[message]}
        for value in (rows[0], names[message][0], people["a"][1], groups["g"][1], found, sight):
            field = attrs.fields(type(value))[0].name
            with pytest.raises(FrozenInstanceError):
                setattr(value, field, None)
