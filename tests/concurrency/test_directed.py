"""Memberships and parties against messages, one held transaction against another (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from collabcase import Collab, Desk, Group, NotFound
from concurrency.held import interposed, meet
from concurrency.scene import first_message, send, set_up

Act = Callable[[Desk, Group, str], object]

# What can name the group `old`; b's first message to a is already there, and `old` stands for it in one case.
NAMING: dict[str, tuple[str, Act]] = {
    "start": ("a", lambda desk, old, talk: desk.talks.start(old, subject="s", text="new")),
    "start, copied": ("a", lambda desk, old, talk: desk.talks.start("b", subject="s", text="new", observers=[old])),
    "reply": ("a", lambda desk, old, talk: desk.talks.reply(_first(desk, talk), "new", to=["b", old])),
    "reply, copied": ("a", lambda desk, old, talk: desk.talks.reply(_first(desk, talk), "new", observers=[old])),
    "reply, carried": ("a", lambda desk, old, talk: desk.talks.reply(_first(desk, talk), "new")),
    "add_observer": ("a", lambda desk, old, talk: desk.talks.add_observer(talk, old, with_history=True)),
    "hand_over": ("a", lambda desk, old, talk: desk.talks.hand_over(talk, old)),
}


def _first(desk: Desk, talk: str) -> str:
    return desk.talks.view(talk).messages[0].id


def _left_behind(collab: Collab, old: Group, heir: Group) -> list[tuple[Any, ...]]:
    """Return where `old` is named and `heir` is not, in the base tables."""
    named = """
        WITH number AS (SELECT no, id FROM principal WHERE is_group),
             named AS (SELECT item, principal, role FROM involvement WHERE role <> 0
                       UNION SELECT message, principal, -1 FROM standing
                       UNION SELECT id, initiator, -2 FROM talk UNION SELECT id, counterpart, -2 FROM talk)
        SELECT item, role FROM named JOIN number ON no = principal WHERE id = :old
        EXCEPT SELECT item, role FROM named JOIN number ON no = principal WHERE id = :heir
    """
    with collab._storage._engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(named), {"old": old.id, "heir": heir.id})]


@pytest.fixture
def inheritance(shared: Collab, request: pytest.FixtureRequest) -> tuple[Group, Group, str]:
    """A group about to be deleted, its heir, and a talk between a and b; where asked for, the group stands in it."""
    groups = set_up(
        shared, ["a", "b", "c", "d"], {"old": {"teambox": True, "members": ["c"]}, "heir": {"teambox": True}}
    )
    talk = send(shared, "b", "a", "first")
    if "carried" in request.node.name:
        with shared.desk("b", portfolio="p") as desk:
            desk.talks.add_observer(talk, groups["old"])
    return groups["old"], groups["heir"], talk


@pytest.mark.parametrize("way", NAMING)
def test_a_group_deleted_while_somebody_names_it(
    shared: Collab, inheritance: tuple[Group, Group, str], way: str
) -> None:
    """G4: who is first to name a group makes its deletion wait, and the heir takes over what was just sent."""
    old, heir, talk = inheritance
    person, act = NAMING[way]

    def delete() -> None:
        with shared.system("p") as system:
            system.groups.delete(old.id, move_to=heir.id)

    waited, refused = meet(shared, shared.desk(person, portfolio="p"), lambda desk: act(desk, old, talk), delete)
    assert (True, None, []) == (waited, refused, _left_behind(shared, old, heir))


@pytest.mark.parametrize("way", NAMING)
def test_a_group_named_while_somebody_deletes_it(
    shared: Collab, inheritance: tuple[Group, Group, str], way: str
) -> None:
    """G4: who names a group while it is deleted waits, and is refused, or sends to its heir where it is carried."""
    old, heir, talk = inheritance
    person, act = NAMING[way]

    def name() -> None:
        with shared.desk(person, portfolio="p") as desk:
            act(desk, old, talk)

    waited, refused = meet(
        shared, shared.system("p"), lambda system: system.groups.delete(old.id, move_to=heir.id), name
    )
    assert (True, []) == (waited, _left_behind(shared, old, heir))
    assert type(None if way == "reply, carried" else NotFound("", "")) is type(refused)
    if way == "reply, carried":
        with shared.desk("a", portfolio="p") as desk:
            assert (heir.ref,) == desk.talks.view(talk).messages[-1].observers


def test_an_heir_that_is_deleted_in_the_midst_of_an_answer_to_it(shared: Collab) -> None:
    """G4: if a group is deleted while its message is answered, and its heir too, the heir's heir has the answer."""
    box = {"teambox": True}
    groups = set_up(shared, ["a", "b"], {"old": box, "heir": box, "last": box})
    talk = send(shared, "a", groups["old"], "first")
    first = first_message(shared, "a", talk)

    def delete(name: str, move_to: str) -> None:
        with shared.system("p") as system:
            system.groups.delete(groups[name].id, move_to=groups[move_to].id)

    with (
        interposed(
            shared,
            ("FROM principal WHERE principal.portfolio", partial(delete, "old", "heir")),
            ("INSERT INTO message", partial(delete, "heir", "last")),
        ),
        shared.desk("a", portfolio="p") as desk,
    ):
        desk.talks.reply(first, "second")
    assert [] == _left_behind(shared, groups["heir"], groups["last"])


PARTIES: dict[str, Callable[[Desk, str], object]] = {
    "add": lambda desk, talk: desk.talks.add_observer(talk, "o", with_history=True),
    "remove": lambda desk, talk: desk.talks.remove_observer(talk, "r"),
    "hand over": lambda desk, talk: desk.talks.hand_over(talk, "h"),
}


@pytest.mark.parametrize("reply_first", [True, False], ids=["reply first", "party first"])
@pytest.mark.parametrize("change", PARTIES)
def test_an_answer_against_a_change_of_party(shared: Collab, change: str, reply_first: bool) -> None:
    """V7: an answer and a change of who is on its talk wait for each other, and end alike in either order."""
    set_up(shared, ["a", "b", "h", "o", "r"])
    talk = send(shared, "a", "b", "first", observers=["r"])
    first = first_message(shared, "a", talk)

    def answer(desk: Desk) -> None:
        desk.talks.reply(first, "second")

    def alter(desk: Desk) -> None:
        PARTIES[change](desk, talk)

    def in_a_desk(person: str, work: Callable[[Desk], None]) -> Callable[[], None]:
        def whole() -> None:
            with shared.desk(person, portfolio="p") as desk:
                work(desk)

        return whole

    if reply_first:
        outcome = meet(shared, shared.desk("a", portfolio="p"), answer, in_a_desk("b", alter))
    else:
        outcome = meet(shared, shared.desk("b", portfolio="p"), alter, in_a_desk("a", answer))
    with shared.desk("a", portfolio="p") as desk:
        third = desk.talks.reply(desk.talks.view(talk).messages[-1].id, "third")
        messages = desk.talks.view(talk).messages
    persons = {"add": {"o", "r"}, "remove": set(), "hand over": {"r"}}[change]
    to = {"h", "b"} if change == "hand over" else {"b"}
    assert (True, None) == outcome
    assert persons == {ref.id for ref in third.observers}
    assert [to] * 3 == [{ref.id for ref in message.to} for message in messages]


@pytest.mark.parametrize("reply_first", [True, False], ids=["reply first", "leaving first"])
def test_sent_for_is_decided_against_memberships(shared: Collab, reply_first: bool) -> None:
    """T2: in whose place an answer is sent is decided by memberships that can't change until it is sent."""
    groups = set_up(
        shared,
        ["a", "b1", "b2", "c"],
        {
            "S": {"shares_cases": True, "members": ["b1", "b2"]},
            "T": {"shares_cases": True, "members": ["b2", "c"]},
        },
    )
    talk = send(shared, "a", ["b1", "c"], "first")
    sent_for: list[str | None] = []

    def answer(desk: Desk) -> None:
        sent_for.append(desk.talks.reply(_first(desk, talk), "second").sent_for)

    def leave(system: Any) -> None:
        system.groups.remove_members(groups["S"].id, ["b1"])

    def answering() -> None:
        with shared.desk("b2", portfolio="p") as desk:
            answer(desk)

    def leaving() -> None:
        with shared.system("p") as system:
            leave(system)

    if reply_first:
        outcome = meet(shared, shared.desk("b2", portfolio="p"), answer, leaving)
    else:
        outcome = meet(shared, shared.system("p"), leave, answering)
    # While b1 and c are both colleagues nobody's place is taken; without b1 it is c's.
    assert ((True, None), [None if reply_first else "c"]) == (outcome, sent_for)


def test_an_answer_by_who_is_leaving(shared: Collab) -> None:
    """V5: who answers as a peer while they are taken out of the group waits, and does not find the message."""
    groups = set_up(shared, ["a", "b1", "b2"], {"S": {"shares_cases": True, "members": ["b1", "b2"]}})
    first = first_message(shared, "a", send(shared, "a", "b1", "first"))

    def answer() -> None:
        with shared.desk("b2", portfolio="p") as desk:
            desk.talks.reply(first, "second")

    waited, refused = meet(
        shared, shared.system("p"), lambda system: system.groups.remove_members(groups["S"].id, ["b2"]), answer
    )
    assert (True, NotFound) == (waited, type(refused))
