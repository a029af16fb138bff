"""The stored lists while eight processes send, join, leave, move, copy, hand over and delete at once."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from collabcase import Collab, CollabError, Desk, Finding, Group, ItemRef
from collabcase.storage.sql.people import SqlPeople
from concurrency.crew import Crew
from concurrency.held import meet
from concurrency.scene import first_message, insist, send, set_up

SECONDS = 3.0
PERSONS = [f"p{number}" for number in range(8)]
MAINS = ["m0", "m1", "m2"]
SHARING = ["s0", "s1", "s2"]
BOXES = ["t0", "t1"]
TASKS = ("send", "send", "send", "gather", "gather", "move", "hand over", "copy")
"""What each of the eight processes does."""

Act = Callable[[Collab, random.Random, dict[str, str]], None]


def _run(collab: Collab, dice: random.Random, work: Callable[[Desk], object]) -> None:
    collab.run(dice.choice(PERSONS), "p", work)


def _talk(desk: Desk, dice: random.Random) -> str:
    found = [message.talk for message in desk.messages.search(limit=20)]
    return dice.choice(found or ["talk_none"])


def _send(collab: Collab, dice: random.Random, groups: dict[str, str]) -> None:
    to: list[Any] = dice.sample(PERSONS, 2)
    if dice.random() < 0.3:
        to.append(ItemRef("group", groups[dice.choice(BOXES)]))

    def work(desk: Desk) -> None:
        seen = desk.messages.search(limit=10).items
        if seen and dice.random() < 0.6:
            desk.talks.reply(dice.choice(seen).id, "answer")
        else:
            desk.talks.start(to, subject="s", text="start")

    _run(collab, dice, work)


def _gather(collab: Collab, dice: random.Random, groups: dict[str, str]) -> None:
    verb, group = dice.choice(["add_members", "remove_members"]), groups[dice.choice(SHARING + BOXES)]
    persons = dice.sample(PERSONS, dice.choice([1, 1, 2, 3]))
    with collab.system("p") as system:
        getattr(system.groups, verb)(group, persons)


def _move(collab: Collab, dice: random.Random, groups: dict[str, str]) -> None:
    with collab.system("p") as system:
        system.groups.move_main(dice.choice(PERSONS), groups[dice.choice(MAINS)])


def _hand_over(collab: Collab, dice: random.Random, groups: dict[str, str]) -> None:
    to: Any = dice.choice([*PERSONS, ItemRef("group", groups[dice.choice(BOXES)])])
    _run(collab, dice, lambda desk: desk.talks.hand_over(_talk(desk, dice), to))


def _copy(collab: Collab, dice: random.Random, groups: dict[str, str]) -> None:
    who: Any = dice.choice([*PERSONS, ItemRef("group", groups[dice.choice(BOXES)])])
    if dice.random() < 0.2:
        with collab.system("p") as system:
            box = system.groups.create("box", teambox=True, shares_cases=True, members=dice.sample(PERSONS, 2))
        _run(collab, dice, lambda desk: desk.talks.start([box], subject="s", text="to be moved"))
        with collab.system("p") as system:
            system.groups.delete(box.id, move_to=groups[dice.choice(BOXES)])
    elif dice.random() < 0.5:
        _run(collab, dice, lambda desk: desk.talks.add_observer(_talk(desk, dice), who, with_history=True))
    else:
        _run(collab, dice, lambda desk: desk.talks.remove_observer(_talk(desk, dice), who))


ACTS: dict[str, Act] = {"send": _send, "gather": _gather, "move": _move, "hand over": _hand_over, "copy": _copy}


def work(collab: Collab, task: str, groups: dict[str, str], seed: int, locks: bool) -> Counter[str]:
    """Do one thing again and again for a while, and return how often it was done, and how often refused."""
    done: Counter[str] = Counter()
    dice, end = random.Random(seed), time.monotonic() + SECONDS
    with pytest.MonkeyPatch.context() as within:
        if not locks:
            within.setattr(SqlPeople, "lock", lambda *args, **named: None)
        while time.monotonic() < end:
            try:
                insist(ACTS[task], collab, dice, groups)
                done[task] += 1
            except CollabError as error:
                done[f"{task}: {error.code}"] += 1
    return done


def wrong(collab: Collab) -> tuple[Finding, ...]:
    """Return what fsck finds."""
    return collab.fsck("p").findings


def everybody_at_once(url: str, collab: Collab, crew: Crew, *, locks: bool) -> tuple[Counter[str], tuple[Finding, ...]]:
    """Let eight processes work at once, and return what they did and what is wrong afterwards."""
    given = {name: {"main": True, "shares_cases": True} for name in MAINS}
    given |= {name: {"shares_cases": True, "members": PERSONS[:4]} for name in SHARING}
    given |= {name: {"shares_cases": True, "teambox": True, "members": PERSONS[3:]} for name in BOXES}
    made = set_up(collab, PERSONS, given)
    groups = {name: group.id for name, group in made.items()}
    answers = crew.at_once(url, work, [(task, groups, seed, locks) for seed, task in enumerate(TASKS)])
    return sum(answers, Counter()), wrong(collab)


def test_lists_under_eight_writers(url: str, collab: Collab, crew: Crew) -> None:
    """V5: whoever sends, joins, leaves, moves, copies or hands over at once, no list lacks or keeps anything."""
    done, findings = everybody_at_once(url, collab, crew, locks=True)
    assert () == findings
    assert dict.fromkeys(ACTS, True) == {task: done[task] >= 5 for task in ACTS}, done


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
def test_without_locks_lists_go_wrong(url: str, collab: Collab, crew: Crew) -> None:
    """V5: the same without the locks of persons and groups leaves lists that are wrong, and fsck tells of them."""
    _, findings = everybody_at_once(url, collab, crew, locks=False)
    assert {"group feed", "shared list"} & {finding.list for finding in findings}


@pytest.fixture
def team(shared: Collab) -> tuple[dict[str, Group], str]:
    """Two sharing groups: x and y are in g, x and w in the main group m; x has sent something to w."""
    groups = set_up(
        shared,
        ["w", "x", "y", "z"],
        {
            "g": {"shares_cases": True, "members": ["x", "y"]},
            "m": {"main": True, "shares_cases": True, "members": ["x", "w"]},
            "n": {"main": True},
            "o": {"main": True},
        },
    )
    return groups, send(shared, "x", "w", "first")


def _remove(collab: Collab, group: Group, person: str) -> None:
    with collab.system("p") as system:
        system.groups.remove_members(group.id, [person])


def test_handed_over_while_another_member_leaves(shared: Collab, team: tuple[dict[str, Group], str]) -> None:
    """V5, T1: what comes to a member by a handing over stays in the group's lists when the former one leaves."""
    groups, talk = team
    waited, refused = meet(
        shared,
        shared.desk("w", portfolio="p"),
        lambda desk: desk.talks.hand_over(talk, "y"),
        lambda: _remove(shared, groups["g"], "x"),
    )
    assert (True, None, ()) == (waited, refused, wrong(shared))


def test_a_member_leaves_while_another_is_handed_over_to(shared: Collab, team: tuple[dict[str, Group], str]) -> None:
    """V5, T1: the same the other way round: who hands over waits for who leaves, and enters what is left."""
    groups, talk = team

    def hand_over() -> None:
        with shared.desk("w", portfolio="p") as desk:
            desk.talks.hand_over(talk, "y")

    waited, refused = meet(
        shared,
        shared.system("p"),
        lambda system: system.groups.remove_members(groups["g"].id, ["x"]),
        hand_over,
    )
    assert (True, None, ()) == (waited, refused, wrong(shared))


@pytest.mark.parametrize("verb", ["hand_over", "add_observer"])
def test_a_member_leaves_while_somebody_else_is_added(
    shared: Collab, team: tuple[dict[str, Group], str], verb: str
) -> None:
    """V5, V7: who is added to an old message enters their own lists, and leaves those of a leaving sender alone."""
    groups, talk = team

    def add() -> None:
        with shared.desk("w", portfolio="p") as desk:
            if verb == "hand_over":
                desk.talks.hand_over(talk, "z")
            else:
                desk.talks.add_observer(talk, "z", with_history=True)

    _, refused = meet(
        shared, shared.system("p"), lambda system: system.groups.remove_members(groups["g"].id, ["x"]), add
    )
    assert (None, ()) == (refused, wrong(shared))


def test_two_move_away_at_once(shared: Collab, team: tuple[dict[str, Group], str]) -> None:
    """V5, G1: when two who share a message leave one main group at once, it leaves the group's lists."""
    groups, _ = team

    def move(person: str, to: str) -> None:
        with shared.system("p") as system:
            system.groups.move_main(person, groups[to].id)

    waited, refused = meet(
        shared,
        shared.system("p"),
        lambda system: system.groups.move_main("x", groups["n"].id),
        lambda: move("w", "o"),
    )
    assert (True, None, ()) == (waited, refused, wrong(shared))


def test_one_answers_while_another_joins(shared: Collab, team: tuple[dict[str, Group], str]) -> None:
    """V5: what somebody sends while they join a group stands in the group's lists."""
    groups, talk = team
    question = first_message(shared, "w", talk)

    def join() -> None:
        with shared.system("p") as system:
            system.groups.add_members(groups["g"].id, ["w"])

    waited, refused = meet(
        shared, shared.desk("w", portfolio="p"), lambda desk: desk.talks.reply(question, "answer"), join
    )
    assert (True, None, ()) == (waited, refused, wrong(shared))
