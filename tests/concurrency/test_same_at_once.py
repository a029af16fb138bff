"""Eight processes that ask for the same at the same moment: one result, and everybody has it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from collabcase import Collab, InvalidInput
from concurrency.crew import SIZE, Crew
from concurrency.scene import first_message, insist, outcome, send, set_up, texts

KEYS = [f"key {number}" for number in range(6)]


@pytest.fixture(autouse=True)
def portfolio(collab: Collab) -> None:
    """A portfolio with three persons."""
    set_up(collab, ["a", "b", "c"])


def start(collab: Collab) -> list[str]:
    """Start one talk for each key."""

    def start_one(key: str) -> str:
        return collab.run("a", "p", lambda desk: desk.talks.start("b", subject=key, text=key, key=key).id)

    return [start_one(key) for key in KEYS]


def reply(collab: Collab, message: str) -> list[str]:
    """Answer once for each key."""

    def reply_once(key: str) -> str:
        return collab.run("b", "p", lambda desk: desk.talks.reply(message, key, key=key).id)

    return [reply_once(key) for key in KEYS]


def create_groups(collab: Collab, members: bool) -> list[str]:
    """Make a main group for the first three keys, each with a member of its own."""

    def create(key: str, person: str) -> str:
        with collab.system("p") as system:
            wanted = [person] if members else []
            return system.groups.create(key, main=True, members=wanted, key=key).id

    return [insist(create, key, person) for key, person in zip(KEYS, "abc", strict=False)]


def test_start_with_one_key(url: str, collab: Collab, crew: Crew) -> None:
    """I3: eight who start a talk under one key make one talk, and all get it."""
    answers = crew.at_once(url, start, [()] * SIZE)
    assert [answers[0]] * SIZE == answers
    with collab.desk("b", portfolio="p") as desk:
        assert sorted(KEYS) == sorted(message.text for message in desk.messages.search())
        assert set(answers[0]) == {message.talk for message in desk.messages.search()}


def test_reply_with_one_key(url: str, collab: Collab, crew: Crew) -> None:
    """I3: eight who answer under one key make one message, and all get it."""
    message = first_message(collab, "b", send(collab, "a", "b", "first"))
    answers = crew.at_once(url, reply, [(message,)] * SIZE)
    assert [answers[0]] * SIZE == answers
    with collab.desk("a", portfolio="p") as desk:
        assert sorted([*KEYS, "first"]) == sorted(message.text for message in desk.messages.search())


@pytest.mark.parametrize("members", [False, True], ids=["empty", "with members"])
def test_create_a_group_with_one_key(url: str, collab: Collab, crew: Crew, members: bool) -> None:
    """I3: eight who make a group under one key make one group, and all get it; its members are no obstacle (G1)."""
    answers = crew.at_once(url, create_groups, [(members,)] * SIZE)
    assert [answers[0]] * SIZE == answers
    with collab.system("p") as system:
        assert sorted(KEYS[:3]) == sorted(group.name for group in system.groups.list())


def one_key_for_two_verbs(collab: Collab, message: str, verb: str) -> str:
    """Use one key for a talk or for an answer."""

    def use() -> None:
        with collab.desk("b", portfolio="p") as desk:
            if verb == "start":
                desk.talks.start("a", subject="s", text="started", key="k")
            else:
                desk.talks.reply(message, "answered", key="k")

    return outcome(use)


def test_one_key_for_two_verbs(url: str, collab: Collab, crew: Crew) -> None:
    """I3: of two verbs that use one key at once, one has it, and the other is refused every time."""
    message = first_message(collab, "b", send(collab, "a", "b", "first"))
    answers = crew.at_once(url, one_key_for_two_verbs, [(message, verb) for verb in ["start", "reply"] * (SIZE // 2)])
    assert Counter({"done": SIZE // 2, "invalid_input": SIZE // 2}) == Counter(answers)
    assert {"first", "started" if answers[0] == "done" else "answered"} == texts(collab, "a")


def create_portfolios(collab: Collab, ids: list[str]) -> list[str]:
    """Create portfolios, and tell which were ours."""
    return [id for id in ids if outcome(collab.create_portfolio, id) == "done"]


def test_portfolios_of_one_id(url: str, collab: Collab, crew: Crew) -> None:
    """I1: of eight who create one portfolio, one does, and the others are told that the id is taken."""
    ids = [f"q{number}" for number in range(10)]
    answers: list[list[str]] = crew.at_once(url, create_portfolios, [(ids,)] * SIZE)
    assert Counter(ids) == Counter(id for answer in answers for id in answer)
    assert all(collab.portfolio(id) for id in ids)
    with pytest.raises(InvalidInput):
        collab.create_portfolio("q0")


def test_portfolios_of_many_ids(url: str, collab: Collab, crew: Crew) -> None:
    """I1: portfolios that are created at once are all there, each with a number and one event of its own."""
    ids = [[f"q{member}-{number}" for number in range(5)] for member in range(SIZE)]
    assert ids == crew.at_once(url, create_portfolios, [(own,) for own in ids])
    assert all(collab.portfolio(id) for own in ids for id in own)
    created = "SELECT portfolio FROM event WHERE kind = 'portfolio.created' AND portfolio > 1"
    assert [2 + number for number in range(5 * SIZE)] == sorted(numbers(collab, created))


def numbers(collab: Collab, query: str) -> list[Any]:
    """Return the one column of a query."""
    with collab._storage._engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


def add_people(collab: Collab, member: int) -> None:
    """Add persons and groups; nothing may have to be repeated."""
    for number in range(10):
        with collab.system("p") as system:
            system.people.add(f"{member}-{number}", name="n")
            system.groups.create(f"{member}-{number}")


def test_numbers_of_principals(url: str, collab: Collab, crew: Crew) -> None:
    """G1: persons and groups that are added at once get each a number at once, and none is lost."""
    crew.at_once(url, add_people, [(member,) for member in range(SIZE)])
    found = numbers(collab, "SELECT no FROM principal")
    assert list(range(1, 3 + 20 * SIZE + 1)) == sorted(found)
    expected = {f"{member}-{number}" for member in range(SIZE) for number in range(10)}
    with collab.system("p") as system:
        assert expected | {"a", "b", "c"} == {person.id for person in system.people.list(limit=500)}
        assert sorted(expected) == sorted(group.name for group in system.groups.list(limit=500))


def add_same(collab: Collab) -> list[str]:
    """Add the same persons as everybody else, and tell which were ours."""

    def add(id: str) -> None:
        with collab.system("p") as system:
            system.people.add(id, name="n")

    return [id for id in map(str, range(10)) if outcome(add, id) == "done"]


def test_persons_of_one_id(url: str, collab: Collab, crew: Crew) -> None:
    """G1: of eight who add one person, one does, and the others are told that the id is taken."""
    answers: list[list[str]] = crew.at_once(url, add_same, [()] * SIZE)
    assert Counter(map(str, range(10))) == Counter(id for answer in answers for id in answer)


def change_fields(collab: Collab, field: str) -> None:
    """Change one field of one person again and again, up to a last value."""

    def change(number: int) -> None:
        with collab.system("p") as system:
            if field == "active":
                system.people.deactivate("a") if number % 2 else system.people.activate("a")
            else:
                changed: dict[str, Any] = {field: f"{field} {number}"}
                system.people.change("a", **changed)

    for number in range(10):
        insist(change, number)


def test_fields_of_one_person(url: str, collab: Collab, crew: Crew) -> None:
    """G7: changes of different fields of one person at once are all kept, a deactivation among them."""
    fields = ["name", "email", "organisation", "host_ref"] * 2
    crew.at_once(url, change_fields, [(field,) for field in [*fields[:-1], "active"]])
    with collab.system("p") as system:
        person = system.people.get("a")
    found = person.name, person.email, person.organisation, person.host_ref, person.active
    assert ("name 9", "email 9", "organisation 9", "host_ref 9", False) == found
