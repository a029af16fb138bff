"""Worlds that the oracle's own tests begin with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from world import Refused, World

CLERKS_AND_MANAGERS = ("a1", "a2", "b1", "b2", "ga", "gb")


def example() -> World:
    """Build the worked example; x is somebody internal in no group."""
    world = World()
    world.feature(True)
    for person in CLERKS_AND_MANAGERS:
        world.add_person(person, internal=False, organisation="Client " + person[-1 if person[0] == "g" else 0])
    world.add_person("x")
    world.create_group("A", main=True, shares_cases=True, members=["a1", "a2"])
    world.create_group("B", main=True, shares_cases=True, members=["b1", "b2"])
    world.create_group("GF", main=True, shares_cases=True, members=["ga", "gb"], rights=["case.create"])
    world.create_group("B+", shares_cases=True, members=["b1", "b2", "gb"])
    return world


def internals(*persons: str) -> World:
    """Build a world of internal persons, the feature on."""
    world = World()
    world.feature(True)
    for person in persons:
        world.add_person(person)
    return world


def first(world: World, talk: int) -> int:
    """Give a talk's first message."""
    return world.talks[talk].messages[0]


def refused(act: Callable[..., object], *args: object, **named: object) -> str:
    """Give the code with which something is refused."""
    with pytest.raises(Refused) as caught:
        act(*args, **named)
    return caught.value.code
