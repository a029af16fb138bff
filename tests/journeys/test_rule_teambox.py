"""G5 and what G4 and G7 say of teamboxes, through the public face: waiting, claiming, putting back, ending claims."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collabcase import (
    AlreadyClaimed,
    Collab,
    Event,
    Forbidden,
    Group,
    GroupInUse,
    InvalidInput,
    ItemRef,
    Message,
    NotFound,
    Person,
    TeamboxCount,
)
from collabcase.testing import MovableClock

from .broker import PORTFOLIO, Broker


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    """The broker's portfolio, with k who writes to teamboxes."""
    broker = Broker(collab, clock)
    broker.people("k")
    return broker


@pytest.fixture
def box(broker: Broker) -> Group:
    """The teambox of x and y."""
    return broker.group("Schaden", ["x", "y"], teambox=True)


@pytest.fixture
def heard(collab: Collab) -> list[tuple[str, str]]:
    """What happens to items of teamboxes, with the message each event names."""
    found: list[tuple[str, str]] = []

    def hear(portfolio: str, *, event: Event) -> None:
        found.append((event.kind, event.item.id))

    collab.signals.connect(hear, "talk.claimed", "talk.put_back", portfolio=PORTFOLIO)
    return found


def waiting(broker: Broker, group: Group, *, viewer: str = "x") -> list[str]:
    """Return the ids of the talks that wait in a teambox, in order."""
    with broker.desk(viewer) as desk:
        return [item.item.id for item in desk.teambox(group).items()]


def claimed(broker: Broker, group: Group, *, viewer: str = "x") -> list[tuple[str, str]]:
    """Return the ids of the talks that are claimed, and by whom, in order."""
    with broker.desk(viewer) as desk:
        items = desk.teambox(group).items(claimed=True)
        return [(item.item.id, item.claimed_by.id) for item in items if item.claimed_by]


def claim(broker: Broker, person: str, group: Group, message: Message) -> None:
    """Let somebody claim the talk of a message."""
    broker.clock.move(seconds=1)
    with broker.desk(person) as desk:
        desk.teambox(group).claim(message.talk)


def test_g5_what_is_sent_to_a_group_waits_for_its_members(broker: Broker, box: Group) -> None:
    """G5: talks sent to a group, at the start or later, wait in its teambox, what waits longest first."""
    first, second = broker.send("k", box, subject="Eins"), broker.send("k", "x")
    third = broker.send("k", ["x", box])
    broker.answer("k", second, to=["x", box])
    expected = [first.talk, third.talk, second.talk]
    assert [expected, expected] == [waiting(broker, box, viewer=person) for person in ("x", "y")]
    with broker.desk("x") as desk:
        item = desk.teambox(box).items()[0]
        assert [item] == [desk.teambox(group).items()[0] for group in (box.id,)]
        assert [item] == [desk.teambox(group).items()[0] for group in (box.ref,)]
        assert (TeamboxCount("talk", None, 3),) == desk.teambox(box).counts()
    assert (ItemRef("talk", first.talk), "Eins", first.sent_at, False, None, None) == (
        item.ref,
        item.subject,
        item.since,
        item.answered,
        item.claimed_by,
        item.claimed_at,
    )


def test_g5_copies_and_other_groups_do_not_wait(broker: Broker, box: Group) -> None:
    """G5: a copy is not addressed to a teambox, and what one group was sent waits in no other."""
    other = broker.group("Leben", ["x"], teambox=True)
    broker.send("k", "y", observers=[box])
    message = broker.send("k", other)
    assert ([], [message.talk]) == (waiting(broker, box), waiting(broker, other))
    with broker.desk("x") as desk:
        assert () == desk.teambox(box).counts()


def test_g5_the_list_comes_in_pages(broker: Broker, box: Group) -> None:
    """G5: both lists are walked page by page, those claimed in one moment included, and each item comes once."""
    talks = [broker.send("k", box).talk for _ in range(5)]
    found = []
    with broker.desk("x") as desk:
        teambox, cursor = desk.teambox(box), None
        while len(found) < 9:
            page = teambox.items(limit=2, cursor=cursor)
            found += [item.item.id for item in page]
            cursor = page.next
            if cursor is None:
                break
        assert talks == found
        for talk in talks:
            teambox.claim(talk)
        page = teambox.items(claimed=True, limit=2)
        found = [item.item.id for item in page]
        while page.next is not None:
            page = teambox.items(claimed=True, limit=2, cursor=page.next)
            found += [item.item.id for item in page]
        assert sorted(talks) == sorted(found)
        with pytest.raises(InvalidInput):
            teambox.items(claimed=True, cursor=teambox.items(limit=2, claimed=False).next or "none")


def test_g5_newest_claim_first(broker: Broker, box: Group) -> None:
    """G5: what members have claimed is listed with who and when, the newest claim first."""
    messages = [broker.send("k", box) for _ in range(3)]
    for message, person in zip((messages[1], messages[0]), ("x", "y"), strict=True):
        claim(broker, person, box, message)
    assert [(messages[0].talk, "y"), (messages[1].talk, "x")] == claimed(broker, box)
    assert [messages[2].talk] == waiting(broker, box)
    with broker.desk("x") as desk:
        item = desk.teambox(box).items(claimed=True)[0]
        assert broker.clock.now() == item.claimed_at
        assert (TeamboxCount("talk", None, 1),) == desk.teambox(box).counts()


def test_g5_one_claim(broker: Broker, box: Group, heard: list[tuple[str, str]]) -> None:
    """G5: one member has it; the next is told who since when; claiming one's own again changes nothing."""
    message = broker.send("k", box)
    claim(broker, "x", box, message)
    since = broker.clock.now()
    with broker.desk("x") as desk:
        assert since == desk.teambox(box).claim(message.talk).claimed_at
    with broker.desk("y") as desk, pytest.raises(AlreadyClaimed) as refused:
        desk.teambox(box).claim(message.talk)
    assert ("x", since) == (refused.value.by, refused.value.since)
    assert [("talk.claimed", message.id)] == heard


def test_g5_put_back(broker: Broker, box: Group, heard: list[tuple[str, str]]) -> None:
    """G5: who has claimed it puts it back to its old place, nobody else; what waits goes on waiting."""
    first, second = broker.send("k", box), broker.send("k", box)
    claim(broker, "x", box, first)
    with broker.desk("y") as desk, pytest.raises(Forbidden) as refused:
        desk.teambox(box).put_back(first.talk)
    assert "put_back" == refused.value.right
    with broker.desk("x") as desk:
        for _ in range(2):
            assert desk.teambox(box).put_back(first.talk).claimed_by is None
    assert [first.talk, second.talk] == waiting(broker, box)
    assert [("talk.claimed", first.id), ("talk.put_back", first.id)] == heard


def test_g5_only_members_use_a_teambox(broker: Broker, box: Group) -> None:
    """G5, V12: who is no member is refused; who may not know the group finds none; other ids are not found."""
    hidden = broker.group("Intern", ["x"])
    message, other = broker.send("k", box), broker.send("k", "x")
    with broker.desk("k") as desk:
        teambox = desk.teambox(box)
        for verb in (teambox.items, teambox.counts, lambda: teambox.claim(message.talk)):
            with pytest.raises(Forbidden) as refused:
                verb()
            assert "teambox" == refused.value.right
        for group in (hidden, "group_0", ItemRef("group", other.talk)):
            with pytest.raises(NotFound):
                desk.teambox(group).counts()
        wrongs: tuple[Any, ...] = (ItemRef("person", "x"), 5, "", ItemRef("talk", other.talk))
        for wrong in wrongs:
            with pytest.raises(InvalidInput):
                desk.teambox(wrong)
    with broker.desk("x") as desk:
        for talk in (other.talk, "talk_0", message.id):
            with pytest.raises(NotFound):
                desk.teambox(box).claim(talk)
        assert ((), ()) == (desk.teambox(hidden).items().items, desk.teambox(hidden).counts())


def test_g5_a_claim_is_no_involvement(broker: Broker) -> None:
    """G5, V4: members go on seeing what is claimed, and the claimer's other peers see only what the claimer sends."""
    box = broker.group("Schaden", ["gb", "y"], teambox=True)
    message = broker.send("x", box)
    claim(broker, "gb", box, message)
    assert {"x", "gb", "y"} == broker.viewers(message)
    answer = broker.answer("gb", message)
    assert {"x", "gb", "ga", "b1", "b2"} == broker.viewers(answer)


def test_g5_answered_by_a_member(broker: Broker, box: Group) -> None:
    """G5: an answer by a member to what was sent to the group marks the item; the group's next message asks again."""

    def answered() -> bool:
        with broker.desk("y") as desk:
            [item] = desk.teambox(box).items()
            return item.answered

    broker.people("z")
    message = broker.send("k", [box, "z"])
    broker.answer("z", message)
    assert not answered()
    reply = broker.answer("x", message)
    assert answered()
    again = broker.answer("k", reply, to=["x", box])
    assert not answered()
    broker.answer("x", again, to=["k", "y"])
    assert answered()
    assert [message.talk] == waiting(broker, box)


def test_g5_an_item_keeps_its_place_and_claim(broker: Broker, box: Group) -> None:
    """G5: a further message to the group moves nothing: place, moment and claim are those of the first."""
    first, second = broker.send("k", box), broker.send("k", box)
    broker.answer("k", first)
    assert [first.talk, second.talk] == waiting(broker, box)
    claim(broker, "x", box, first)
    broker.answer("k", first)
    assert [(first.talk, "x")] == claimed(broker, box)


def test_g5_a_talk_handed_over_to_a_teambox_waits_there(broker: Broker, box: Group) -> None:
    """G5, T1: a side handed over to a teambox makes the talk wait there, since the oldest message handed over."""
    first = broker.send("k", "x")
    second = broker.send("k", box)
    broker.answer("k", first, to=["x"])
    with broker.desk("x") as desk:
        desk.talks.hand_over(first.talk, box)
        assert [first.sent_at, second.sent_at] == [item.since for item in desk.teambox(box).items()]
    assert [first.talk, second.talk] == waiting(broker, box)


@pytest.mark.parametrize("way", ["remove_members", "move_main", "deactivate", "sync"])
def test_g5_a_claim_ends_with_its_claimer(broker: Broker, heard: list[tuple[str, str]], way: str) -> None:
    """G5, G7: who leaves the group or is deactivated loses what they claimed there; it waits again at its place."""
    with broker.system() as system:
        box = system.groups.create("Haus", main=True, members=["x", "y"], teambox=True, open=True)
        other = system.groups.create("Zweit", main=True)
        side = system.groups.create("Rest", members=["x"], teambox=True, open=True)
    first, second, third = broker.send("k", box), broker.send("k", box), broker.send("k", side)
    for message, person, group in ((second, "y", box), (first, "x", box), (third, "x", side)):
        claim(broker, person, group, message)
    heard.clear()
    with broker.system() as system:
        if way == "remove_members":
            system.groups.remove_members(box.id, ["x"])
        elif way == "move_main":
            system.groups.move_main("x", other.id)
        elif way == "deactivate":
            system.people.deactivate("x")
        else:
            system.people.sync([Person("x", "X", active=False)])
    assert ([first.talk], [(second.talk, "y")]) == (
        waiting(broker, box, viewer="y"),
        claimed(broker, box, viewer="y"),
    )
    ended = [first.id, third.id] if way in ("deactivate", "sync") else [first.id]
    assert [("talk.put_back", id) for id in ended] == heard
    with broker.system() as system:
        system.people.activate("x")
    assert ([] if len(ended) > 1 else [(third.talk, "x")]) == claimed(broker, side)


def test_g4_a_group_in_use_is_not_deleted(broker: Broker, box: Group) -> None:
    """G4: open is what nobody has claimed or no member has answered; until it is closed, the group stays."""
    messages = [broker.send("k", box) for _ in range(2)]

    def delete() -> int:
        try:
            with broker.system() as system:
                system.groups.delete(box.id)
        except GroupInUse as error:
            return error.items
        return 0

    claim(broker, "x", box, messages[0])
    broker.answer("x", messages[1])
    assert 2 == delete()
    broker.answer("y", messages[0])
    assert 1 == delete()
    claim(broker, "y", box, messages[1])
    assert 0 == delete()
    with broker.desk("x") as desk, pytest.raises(NotFound):
        desk.teambox(box).items()


def test_g4_open_items_go_to_the_heir(broker: Broker, box: Group, heard: list[tuple[str, str]]) -> None:
    """G4: with move_to open items wait with the heir, where a known one keeps its claim and the older place."""
    heir = broker.group("Erben", ["gb"], teambox=True)
    both, open_, closed = broker.send("k", [box]), broker.send("k", box), broker.send("k", box)
    broker.answer("k", both, to=[heir])
    claim(broker, "gb", heir, both)
    for message in (open_, closed):
        claim(broker, "x", box, message)
    broker.answer("x", closed)
    heard.clear()
    with broker.system() as system:
        system.groups.delete(box.id, move_to=heir.id)
    assert [open_.talk] == waiting(broker, heir, viewer="gb")
    assert [(both.talk, "gb")] == claimed(broker, heir, viewer="gb")
    with broker.desk("gb") as desk:
        assert [both.sent_at] == [item.since for item in desk.teambox(heir).items(claimed=True)]
    assert [("talk.put_back", open_.id)] == heard


def test_g5_errors_say_what_to_do(broker: Broker) -> None:
    """G4, G5: the refusals name their rule and what to do next."""
    moment = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    by, unknown = (str(AlreadyClaimed(who, moment)) for who in ("x", None))
    assert by.startswith("x has claimed this since 2026-03-01 09:30:00 UTC.")
    assert unknown.startswith("Somebody has claimed")
    assert "rule G5" in by
    assert "move_to" in str(GroupInUse(3))
