"""A Collab in a process that forks."""

from __future__ import annotations

import pytest

from concurrency.crew import alone
from events import forking


def test_parent_and_child_signal_their_own(url: str) -> None:
    """I2: a forked child signals its own events and not its parent's, nor the parent the child's."""
    heard = alone(forking.both_go_on, url)
    before, after = ["before"], ["after"]
    parents, childs = ([f"{who}-{number}" for number in range(10)] for who in ("parent", "child"))
    assert {"parent": before + parents + after, "child": before + childs} == heard


@pytest.mark.parametrize("verb", ["portfolio", "create_portfolio", "pump", "close"])
def test_any_first_call_leaves_the_parents_connection_alone(url: str, verb: str) -> None:
    """I1: whatever a forked child calls first, it does not speak on its parent's connection."""
    assert {"child": True, "parent": True} == alone(forking.first_call, url, verb)


def test_a_fork_while_a_thread_pumps(url: str) -> None:
    """I2: the child signals its events although a thread of the parent was at the pump."""
    assert {"parent": ["slow"], "child": ["child"]} == alone(forking.while_a_thread_pumps, url)


def test_a_child_can_start_a_thread(url: str) -> None:
    """I2: after a fork start() begins a thread of the child's own."""
    assert {"child": True} == alone(forking.with_the_thread_started, url)


def test_a_child_does_not_remove_its_parents_private_database() -> None:
    """I1: the temporary folder of open() belongs to the process that made it."""
    assert {"outlived": True, "removed": True} == alone(forking.on_a_private_database)


def test_parent_and_child_wait_on_their_own(url: str) -> None:
    """I2: a forked child follows the feed by a listener of its own, and wakes its parent like any other process."""
    told = alone(forking.while_somebody_waits, url)
    assert {"child": ["child"], "parent": ["child", "parent"]} == told
