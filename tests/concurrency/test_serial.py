"""Memberships, flags and messages at once end as if everything had been done one after the other."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import collabcase
from collabcase import Collab
from concurrency.crew import SIZE, Crew
from concurrency.history import (
    Checker,
    Operation,
    perform,
    perform_all,
    random_operation,
    set_the_scene,
    state,
)

ROUNDS = {"sqlite": 8, "postgresql": 16}
EACH = 2
"""How many operations each process does in a round."""


@pytest.fixture
def checker(tmp_path: Path) -> Iterator[Checker]:
    """Looks for an order."""
    with collabcase.open(f"sqlite:///{tmp_path}/replay.db") as collab:
        yield Checker(collab)


def play(url: str, collab: Collab, crew: Crew, checker: Checker, seed: int) -> int:
    """Play one round, check it, and return how many operations were acknowledged."""
    dice, portfolio = random.Random(seed), f"round {seed}"
    names = set_the_scene(collab, portfolio)
    plans = [[random_operation(dice, f"{member}-{number}") for number in range(EACH)] for member in range(SIZE)]
    answers = crew.at_once(url, perform_all, [(portfolio, names, plan) for plan in plans])
    done = [operation for answer in answers for operation in answer]
    with collab._storage._engine.connect() as connection:
        found = state(connection, portfolio)
    told = "\n".join(map(str, done))
    assert checker.explains(done, found) is not None, f"seed {seed}: no order of these ends in {found}:\n{told}"
    return len(done)


def test_ends_as_some_serial_order_does(url: str, collab: Collab, crew: Crew, checker: Checker) -> None:
    """V5, G4: after eight processes the rows that decide sight are those of some order of what was acknowledged."""
    rounds = ROUNDS[collab._storage._engine.name]
    done = [play(url, collab, crew, checker, seed) for seed in range(rounds)]
    assert sum(done) > rounds * SIZE * EACH / 4, "hardly anything was acknowledged"


def test_the_check_itself(collab: Collab, checker: Checker) -> None:
    """The check finds an order that is not the clock's, and finds none for what can't be."""
    leave = Operation("leave", None, "remove_members", ("S", "b2"), 0.0, 1.0)
    answer = Operation("answer", "b2", "reply", ("m", None), 0.5, 2.0)
    names = set_the_scene(collab, "p")
    for operation in (answer, leave):
        perform(collab, "p", names, operation)
    with collab._storage._engine.connect() as connection:
        found = state(connection, "p")
    assert ["answer", "leave"] == checker.explains([leave, answer], found)
    one = next(row for row in found if row[:3] == ("involved", "answer", "b1"))
    assert None is checker.explains([leave, answer], found - {one})
    after = Operation("answer", "b2", "reply", ("m", None), 1.5, 2.0)
    assert None is checker.explains([leave, after], found)
