"""One main group for each person, whoever else is at it at the same moment."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.exc import IntegrityError

import collabcase
from collabcase import AlreadyInMainGroup, Collab
from collabcase.storage.sql.failures import translated
from collabcase.storage.sql.tables import Tables, build
from concurrency.crew import SIZE, Crew
from concurrency.scene import outcome, set_up

PERSONS = [f"p{number}" for number in range(12)]
GROUPS = [f"g{number}" for number in range(SIZE)]


@pytest.fixture
def groups(collab: Collab) -> list[str]:
    """The ids of eight main groups."""
    made = set_up(collab, PERSONS, {name: {"main": True} for name in GROUPS})
    return [made[name].id for name in GROUPS]


def members(collab: Collab, groups: list[str]) -> dict[str, list[str]]:
    """Return the main groups of each person, as the groups tell it."""
    with collab.system("p") as system:
        found: dict[str, list[str]] = {person: [] for person in PERSONS}
        for group in groups:
            for person in system.groups.get(group).members or ():
                found[person].append(group)
        return found


def add_each(collab: Collab, group: str, seed: int) -> dict[str, str]:
    """Add everybody to one group, each by themself."""

    def add(person: str) -> None:
        with collab.system("p") as system:
            system.groups.add_members(group, [person])

    persons = random.Random(seed).sample(PERSONS, len(PERSONS))
    return {person: outcome(add, person) for person in persons}


def add_all(collab: Collab, group: str) -> str:
    """Add everybody to one group at once."""

    def add() -> None:
        with collab.system("p") as system:
            system.groups.add_members(group, PERSONS)

    return outcome(add)


def move_about(collab: Collab, groups: list[str], seed: int) -> None:
    """Move persons from main group to main group, and at times add and remove them."""
    dice = random.Random(seed)
    for _ in range(25):
        persons, group = dice.sample(PERSONS, 2), dice.choice(groups)
        verb = dice.choice(["move_main", "move_main", "add_members", "remove_members"])

        def once(persons: list[str] = persons, group: str = group, verb: str = verb) -> None:
            with collab.system("p") as system:
                if verb == "move_main":
                    for person in persons:
                        system.groups.move_main(person, group)
                else:
                    getattr(system.groups, verb)(group, persons)

        assert outcome(once) in ("done", "already_in_main_group")


def test_added_to_eight_at_once(url: str, collab: Collab, groups: list[str], crew: Crew) -> None:
    """G1: of eight who put one person into different main groups, one succeeds and the others are told."""
    answers: list[dict[str, str]] = crew.at_once(url, add_each, [(group, seed) for seed, group in enumerate(groups)])
    for person in PERSONS:
        told = [answer[person] for answer in answers]
        assert Counter({"done": 1, "already_in_main_group": SIZE - 1}) == Counter(told)
    winners = {person: [groups[[answer[person] for answer in answers].index("done")]] for person in PERSONS}
    assert winners == members(collab, groups)


def test_all_or_none(url: str, collab: Collab, groups: list[str], crew: Crew) -> None:
    """G4: of eight who put the same dozen into different main groups, one has all of them and the others nobody."""
    answers = crew.at_once(url, add_all, [(group,) for group in groups])
    assert Counter({"done": 1, "already_in_main_group": SIZE - 1}) == Counter(answers)
    winner = groups[answers.index("done")]
    assert {person: [winner] for person in PERSONS} == members(collab, groups)


def test_moved_about(url: str, collab: Collab, groups: list[str], crew: Crew) -> None:
    """G1: however persons are moved, added and removed at once, each is in one main group at most."""
    crew.at_once(url, move_about, [(groups, seed) for seed in range(SIZE)])
    found = members(collab, groups)
    assert [] == [person for person, mains in found.items() if len(mains) > 1]
    for person in PERSONS:
        with collab.system("p") as system:
            system.groups.move_main(person, groups[0])
    assert {person: [groups[0]] for person in PERSONS} == members(collab, groups)


@pytest.fixture(params=["", "collab_"])
def tables(request: pytest.FixtureRequest) -> Tables:
    """Our tables, with and without a prefix."""
    return build(prefix=request.param)


@pytest.fixture
def engine(new_database: Callable[[], str], tables: Tables) -> Iterator[Engine]:
    """A database with a person, number 1, and two main groups, numbers 2 and 3; nobody is in them."""
    engine = create_engine(new_database())
    prefix = tables.event.name.removesuffix("event")
    if engine.dialect.name == "sqlite":
        collabcase.configure_sqlite(engine)
    if prefix or engine.dialect.name == "sqlite":
        collabcase.upgrade(engine, prefix=prefix)
    set_up(collabcase.embed(engine, prefix=prefix), ["a"], {"g": {"main": True}, "h": {"main": True}})
    yield engine
    engine.dispose()


def join(tables: Tables, group: int, *, main: bool) -> Any:
    """Return the insert of a membership, past the library."""
    return tables.membership.insert().values(portfolio=1, person=1, grp=group, main=main, since=0)


def test_the_database_itself_refuses(engine: Engine, tables: Tables) -> None:
    """G1: a second main membership that came past every check of ours is refused, in our words; others are not."""
    with engine.begin() as connection:
        connection.execute(join(tables, 2, main=True))
    with pytest.raises(IntegrityError) as refused, engine.begin() as connection:
        connection.execute(join(tables, 3, main=True))
    assert isinstance(translated(refused.value), AlreadyInMainGroup)
    with engine.begin() as connection:
        connection.execute(join(tables, 3, main=False))
        rows = connection.execute(select(tables.membership.c.grp, tables.membership.c.main)).all()
    assert {(2, True), (3, False)} == {tuple(row) for row in rows}
