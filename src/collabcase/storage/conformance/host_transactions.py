"""What an adapter keeps that works inside a host's transactions; others leave this suite out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from collabcase.errors import AlreadyInMainGroup, InvalidInput
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite, committed, looked
from collabcase.storage.interfaces import Adapter, Transaction


class HostTransactionSuite(Suite):
    """Units of work inside a host's transaction.

    The adapter's author adds a fixture `host`, which returns a function that opens a connection of the host's with
    a transaction on the store: a context manager of an object with `commit` and `rollback`.
    """

    def test_the_host_commits(self, adapter: Adapter, host: Callable[[], AbstractContextManager[Any]]) -> None:
        """`commit` leaves it to the host, whose commit stores what was written."""
        place = _place(adapter)
        with host() as connection:
            work = adapter.unit_of_work(connection)
            with work.writing() as tx:
                place.at(tx).person("a")
            work.commit()
            assert looked(adapter, lambda tx: _ids(place, tx)) == set()
            connection.commit()
        assert looked(adapter, lambda tx: _ids(place, tx)) == {"a"}

    def test_the_host_rolls_back(self, adapter: Adapter, host: Callable[[], AbstractContextManager[Any]]) -> None:
        """I1: if the host rolls back, nothing of ours happened."""
        place = _place(adapter)
        with host() as connection:
            work = adapter.unit_of_work(connection)
            with work.writing() as tx:
                place.at(tx).person("a")
            work.commit()
            connection.rollback()
        assert looked(adapter, lambda tx: _ids(place, tx)) == set()

    def test_a_roll_back_goes_to_where_writing_began(
        self, adapter: Adapter, host: Callable[[], AbstractContextManager[Any]]
    ) -> None:
        """`rollback` undoes this unit of work, and nothing that the host's transaction holds besides."""
        place = _place(adapter)
        with host() as connection:
            for id, keep in (("first", True), ("undone", False), ("last", True)):
                work = adapter.unit_of_work(connection)
                with work.writing() as tx:
                    place.at(tx).person(id)
                if keep:
                    work.commit()
                else:
                    work.rollback()
            connection.commit()
        assert looked(adapter, lambda tx: _ids(place, tx)) == {"first", "last"}

    def test_an_error_of_the_database_leaves_the_host_whole(
        self, adapter: Adapter, host: Callable[[], AbstractContextManager[Any]]
    ) -> None:
        """After an error of the database the host goes on, and keeps no half of ours."""
        place = _place(adapter)
        a = committed(adapter, lambda tx: place.at(tx).person("a"))
        committed(adapter, lambda tx: place.at(tx).group("main", a, main=True))
        with host() as connection:
            first = adapter.unit_of_work(connection)
            with first.writing() as tx:
                place.at(tx).person("kept")
            first.commit()
            work = adapter.unit_of_work(connection)
            with work.writing() as tx:
                place.at(tx).person("half")
            with pytest.raises(AlreadyInMainGroup), work.writing() as tx:
                place.at(tx).group("second", a, main=True)
            work.rollback()
            connection.commit()
        assert looked(adapter, lambda tx: _ids(place, tx)) == {"a", "kept"}

    def test_readings_see_the_hosts_transaction(
        self, adapter: Adapter, host: Callable[[], AbstractContextManager[Any]]
    ) -> None:
        """What is written in the host's transaction is seen in it, by every unit of work, and nowhere else."""
        place = _place(adapter)
        with host() as connection:
            work = adapter.unit_of_work(connection)
            with work.writing() as tx:
                place.at(tx).person("a")
            work.commit()
            with adapter.unit_of_work(connection).reading() as tx:
                assert _ids(place, tx) == {"a"}
            connection.rollback()

    def test_another_connection_is_refused(self, adapter: Adapter) -> None:
        """What is no connection of the store's kind is InvalidInput."""
        with pytest.raises(InvalidInput, match="connection"):
            adapter.unit_of_work(object())


def _place(adapter: Adapter) -> Scene:
    return committed(adapter, lambda tx: Scene.new(adapter.stores, tx))


def _ids(place: Scene, tx: Transaction) -> set[str]:
    return set(place.stores.people.all(place.at(tx).scope))
