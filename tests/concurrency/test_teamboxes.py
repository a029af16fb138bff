"""Teamboxes under concurrent use: one winner, and no claim that outlives its claimer's membership."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import event, text

from collabcase import Collab, CollabError, Desk, Forbidden, ItemRef, NotFound, System
from concurrency.crew import SIZE, Crew
from concurrency.held import meet
from concurrency.scene import insist, outcome, send, set_up

MEMBERS = [f"m{number}" for number in range(SIZE)]
TALKS = 6


def box_of(collab: Collab) -> tuple[str, list[str]]:
    """Set up a teambox of all members with some talks, and return its id and theirs."""
    groups = set_up(collab, [*MEMBERS, "x"], {"box": {"teambox": True, "members": MEMBERS}, "other": {"teambox": True}})
    return groups["box"].id, [send(collab, "x", groups["box"], f"talk {number}") for number in range(TALKS)]


def claim_all(collab: Collab, me: str, group: str, talks: list[str]) -> list[str]:
    """Claim every talk, and return what became of each."""

    def claim(talk: str) -> None:
        with collab.desk(me, portfolio="p") as desk:
            desk.teambox(group).claim(talk)

    return [outcome(claim, talk) for talk in talks]


def test_one_winner(url: str, collab: Collab, crew: Crew) -> None:
    """G5: of eight processes that claim one item at once, exactly one gets it, and the others are told so."""
    group, talks = box_of(collab)
    answers = crew.at_once(url, claim_all, [(me, group, talks) for me in MEMBERS])
    for place in range(TALKS):
        assert Counter({"already_claimed": SIZE - 1, "done": 1}) == Counter(answer[place] for answer in answers)
    winners = {talk: MEMBERS[[one[place] for one in answers].index("done")] for place, talk in enumerate(talks)}
    with collab.desk("m0", portfolio="p") as desk:
        claimed = {
            item.item.id: item.claimed_by and item.claimed_by.id for item in desk.teambox(group).items(claimed=True)
        }
    assert winners == claimed
    with collab._storage._engine.connect() as connection:
        assert TALKS == connection.execute(text("SELECT count(*) FROM event WHERE kind = 'talk.claimed'")).scalar_one()


def come_and_go(collab: Collab, member: int, group: str, talks: list[str]) -> int:
    """Claim and put back again and again; or take such members out, or deactivate them, and let them in again."""
    claims = 0
    for turn in range(12):
        if member < SIZE // 2:
            claims += claim_all(collab, MEMBERS[member], group, talks).count("done")
            insist(_put_back_one, collab, MEMBERS[member], group, talks[turn % TALKS])
        else:
            insist(_out_and_in, collab, MEMBERS[member - SIZE // 2], group, turn)
    return claims


def _put_back_one(collab: Collab, me: str, group: str, talk: str) -> None:
    try:
        with collab.desk(me, portfolio="p") as desk:
            desk.teambox(group).put_back(talk)
    except (Forbidden, NotFound):
        return


def _out_and_in(collab: Collab, person: str, group: str, turn: int) -> None:
    with collab.system("p") as system:
        if turn % 4 == 0:
            system.people.deactivate(person)
        elif turn % 4 == 1:
            system.people.activate(person)
        elif turn % 4 == 2:
            system.groups.remove_members(group, [person])
        else:
            system.groups.add_members(group, [person])


_CLAIMED_BY_OTHERS = """
    SELECT i.item FROM teambox_item i JOIN person p ON p.portfolio = i.portfolio AND p.no = i.claimed_by
    LEFT JOIN membership m ON m.portfolio = i.portfolio AND m.grp = i.grp AND m.person = i.claimed_by
    WHERE m.person IS NULL OR NOT p.active
"""


def test_claims_end_while_others_claim(url: str, collab: Collab, crew: Crew) -> None:
    """G5, G7: whatever is claimed, put back, left and deactivated at once, only active members hold claims."""
    group, talks = box_of(collab)
    assert sum(crew.at_once(url, come_and_go, [(member, group, talks) for member in range(SIZE)])) > TALKS
    with collab.system("p") as system:
        for person in MEMBERS[: SIZE // 2]:
            system.people.deactivate(person)
    with collab._storage._engine.connect() as connection:
        assert [] == connection.execute(text(_CLAIMED_BY_OTHERS)).all()
    with collab.desk(MEMBERS[-1], portfolio="p") as desk:
        assert sorted(talks) == sorted(item.item.id for item in desk.teambox(group).items())


ENDS: dict[str, Callable[[System, str, str], object]] = {
    "remove_members": lambda system, group, other: system.groups.remove_members(group, ["m0"]),
    "deactivate": lambda system, group, other: system.people.deactivate("m0"),
    "delete": lambda system, group, other: system.groups.delete(group, move_to=other),
}


@pytest.mark.parametrize("way", ENDS)
def test_leaving_waits_for_a_claim(shared: Collab, way: str) -> None:
    """G5: who claims first makes whoever ends the membership wait, and the claim ends with it."""
    group, talks = box_of(shared)
    other = _other(shared)

    def end() -> None:
        with shared.system("p") as system:
            ENDS[way](system, group, other)

    waited, refused = meet(
        shared, shared.desk("m0", portfolio="p"), lambda desk: desk.teambox(group).claim(talks[0]), end
    )
    with shared._storage._engine.connect() as connection:
        left = connection.execute(text("SELECT count(*) FROM teambox_item WHERE claimed_by IS NOT NULL")).scalar_one()
    assert (True, None, 0) == (waited, refused, left)


@pytest.mark.parametrize("way", ENDS)
def test_a_claim_waits_for_leaving(shared: Collab, way: str) -> None:
    """G5: who claims while their membership ends waits for it, and is refused."""
    group, talks = box_of(shared)
    other = _other(shared)
    found: list[str] = []

    def claim() -> None:
        with shared.desk("m0", portfolio="p") as desk:
            try:
                desk.teambox(group).claim(talks[0])
            except CollabError as error:
                found.append(error.code)

    waited, _ = meet(shared, shared.system("p"), lambda system: ENDS[way](system, group, other), claim)
    assert (True, ["not_found" if way == "delete" else "forbidden"]) == (waited, found)


def test_a_group_is_not_deleted_while_somebody_sends_to_it(shared: Collab) -> None:
    """G4: what was just sent to a group keeps it from being deleted."""
    groups = set_up(shared, ["x", "m0"], {"box": {"teambox": True, "members": ["m0"]}})
    box = ItemRef("group", groups["box"].id)

    def send_to_it(desk: Desk) -> None:
        desk.talks.start(box, subject="s", text="new")

    def delete() -> None:
        with shared.system("p") as system:
            system.groups.delete(box.id)

    waited, refused = meet(shared, shared.desk("x", portfolio="p"), send_to_it, delete)
    assert (True, "group_in_use") == (waited, refused and refused.code)


def _other(collab: Collab) -> str:
    with collab.system("p") as system:
        return next(group.id for group in system.groups.list() if group.name == "other")


def test_teamboxes_come_before_lists(collab: Collab) -> None:
    """Who answers and who writes to the group touch the teambox before the lists, so that neither waits for the other
    in a circle.
    """
    group, talks = box_of(collab)
    written: list[str] = []

    def note(*told: object) -> None:
        written.extend(name for name in ("teambox_item", "talk_list") if f"INTO {name} " in str(told[2]))
        written.extend(["teambox_item"] if "UPDATE teambox_item" in str(told[2]) else [])

    engine = collab._storage._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        send(collab, "x", ItemRef("group", group), "one more")
        assert ["teambox_item", "talk_list"] == written
        written.clear()
        with collab.desk(MEMBERS[0], portfolio="p") as desk:
            desk.talks.reply(desk.talks.view(talks[0]).messages[0].id, "Ja")
        assert ["teambox_item", "talk_list"] == written
    finally:
        event.remove(engine, "before_cursor_execute", note)
