"""What all suites stand on: two handles, an open transaction, and portfolios with a few people in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

import pytest
from attrs import frozen

from collabcase.storage.conformance.scene import Scene
from collabcase.storage.interfaces import Adapter, Transaction

T = TypeVar("T")

_A_WHILE = 0.15


@frozen
class Handles:
    """Two handles on one store, such as two processes have.

    Attributes:
        adapter: the one most tests use.
        other: a second one, with connections of its own.
        in_use: returns how many connections of both are in use now.
    """

    adapter: Adapter
    other: Adapter
    in_use: Callable[[], int]


class Suite:
    """The fixtures of all suites; the fixture `handles` comes from the adapter's author."""

    @pytest.fixture(autouse=True)
    def _connections_are_given_back(self, handles: Handles) -> Iterator[None]:
        yield
        assert handles.in_use() == 0

    @pytest.fixture
    def adapter(self, handles: Handles) -> Adapter:
        """The handle under test."""
        return handles.adapter

    @pytest.fixture
    def other(self, handles: Handles) -> Adapter:
        """The second handle."""
        return handles.other

    @pytest.fixture
    def tx(self, adapter: Adapter) -> Iterator[Transaction]:
        """A write transaction, rolled back after the test."""
        work = adapter.unit_of_work()
        with work.writing() as tx:
            yield tx
        work.rollback()

    @pytest.fixture
    def here(self, adapter: Adapter, tx: Transaction) -> Scene:
        """A new portfolio in that transaction."""
        return Scene.new(adapter.stores, tx)

    @pytest.fixture
    def there(self, adapter: Adapter, tx: Transaction, here: Scene) -> Scene:
        """A second portfolio in it, whose things get the same numbers."""
        return Scene.new(adapter.stores, tx)


def committed(adapter: Adapter, do: Callable[[Transaction], T]) -> T:
    """Do something in a unit of work of its own, and commit it."""
    work = adapter.unit_of_work()
    try:
        with work.writing() as tx:
            result = do(tx)
        work.commit()
    except BaseException:
        work.rollback()
        raise
    return result


def looked(adapter: Adapter, do: Callable[[Transaction], T]) -> T:
    """Do something in a snapshot of its own."""
    with adapter.unit_of_work().reading() as tx:
        return do(tx)


@contextmanager
def meanwhile(do: Callable[[], T]) -> Iterator[Future[T]]:
    """Do something in another thread, which gets a while to come as far as it can before the block goes on."""
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(do)
        wait([doing], timeout=_A_WHILE)
        yield doing
