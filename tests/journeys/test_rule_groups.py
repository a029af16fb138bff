"""G1 to G4, G6 and G7 through the public face: groups, the rights they give, and persons who leave."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collabcase import (
    AlreadyInMainGroup,
    Collab,
    Desk,
    Feature,
    FeatureUnavailable,
    Forbidden,
    Group,
    InvalidInput,
    ItemRef,
    NotFound,
    Right,
)
from collabcase.testing import MovableClock

from .broker import Broker, names


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    return Broker(collab, clock)


@pytest.fixture
def managers(broker: Broker) -> Group:
    """A main group of y, which holds group.manage."""
    with broker.system() as system:
        return system.groups.create("Managers", main=True, members=["y"], rights=["group.manage"])


def test_g1_one_main_group_any_number_of_others(broker: Broker) -> None:
    """G1: a second main membership is refused by every verb, all or nothing; secondary groups are free."""
    attempts: tuple[Callable[[], object], ...] = (
        lambda: system.groups.create("New", main=True, members=["x", "b1"]),
        lambda: system.groups.add_members(broker.id("A"), ["x", "b1"]),
        lambda: system.groups.preview(add_members=(broker.id("A"), ["x", "b1"])),
    )
    for attempt in attempts:
        with broker.system() as system:
            with pytest.raises(AlreadyInMainGroup) as refused:
                attempt()
            assert refused.value.persons == ("b1",)
            assert "move_main" in str(refused.value)
            assert system.groups.get(broker.id("A")).members == ("a1", "a2")
    with broker.system() as system:
        assert len(system.groups.list()) == 4
    for name in ("One", "Two", "Three"):
        assert ("b1", "x") == broker.group(name, ["b1", "x"]).members


def test_g1_move_main_moves_in_one_step(broker: Broker) -> None:
    """G1: move_main leaves the former main group and joins the other; who was in none just joins."""
    with broker.system() as system:
        for person in ("b1", "x"):
            system.groups.move_main(person, broker.id("A"))
            system.groups.move_main(person, broker.id("A"))
        assert ("a1", "a2", "b1", "x") == system.groups.get(broker.id("A")).members
        assert ("b2",) == system.groups.get(broker.id("B")).members
        assert ("b1", "b2", "gb") == system.groups.get(broker.id("B+")).members
        with pytest.raises(InvalidInput):
            system.groups.move_main("a1", broker.id("B+"))


def test_g2_rights_come_from_the_main_group(broker: Broker) -> None:
    """G2: a right comes with the main group and goes with it; a secondary group gives none."""
    message = broker.send("x", "b1")

    def audits(person: str) -> bool:
        with broker.desk(person) as desk:
            try:
                return bool(desk.explain(message, person="b1").reasons)
            except (Forbidden, NotFound):
                return False

    assert (True, False) == (audits("gb"), audits("b2"))
    with broker.system() as system:
        system.groups.remove_members(broker.id("GF"), ["gb"])
        with pytest.raises(InvalidInput):
            system.groups.create("Secondary", members=["b2"], rights=["sight.audit"])
        with pytest.raises(InvalidInput):
            system.groups.set_rights(broker.id("B+"), ["sight.audit"])
    assert (False, False) == (audits("gb"), audits("b2"))
    with broker.system() as system:
        assert (Right.SIGHT_AUDIT,) == system.groups.set_rights(broker.id("B"), ["sight.audit"]).rights
    assert (False, True) == (audits("gb"), audits("b2"))


def test_g2_an_act_needs_its_role(broker: Broker) -> None:
    """G2: what an observer sees they may not answer, and the widest of several roles counts."""
    message = broker.send("x", "a1", observers=["b1"])
    with broker.desk("b1") as desk, pytest.raises(Forbidden) as refused:
        desk.talks.reply(message.id, "…")
    assert refused.value.right == "answer"
    broker.group("With a1", ["a1", "b1"], shares=True)
    assert broker.answer("b1", message).sent_for == "a1"


def test_g3_the_box_needs_the_feature(broker: Broker) -> None:
    """G3: with the feature off no box is ticked, whoever asks; unticking stays possible, and ticks are kept."""
    fresh = broker.group("Fresh", ["x"])
    with broker.system() as system:
        system.features.disable(Feature.SHARE_CASES)
        assert frozenset() == system.features.enabled()
        for ticking in (
            lambda: system.groups.share_cases(fresh.id, True),
            lambda: system.groups.create("New", shares_cases=True),
            lambda: system.groups.preview(share_cases=(fresh.id, True)),
        ):
            with pytest.raises(FeatureUnavailable) as refused:
                ticking()
            assert "system.features.enable" in str(refused.value)
        system.groups.share_cases(broker.id("A"), True)
        system.groups.share_cases(broker.id("B"), False)
        assert system.groups.get(broker.id("A")).shares_cases
        assert not system.groups.get(broker.id("B")).shares_cases
        system.features.enable(Feature.SHARE_CASES)
        ticked = {group.name for group in system.groups.list() if group.shares_cases}
    assert {"A", "GF", "B+"} == ticked


def test_g4_one_call_each(broker: Broker, managers: Group) -> None:
    """G4: somebody with group.manage makes, renames, fills and empties a group in one call each."""
    with broker.desk("y") as desk:
        group = desk.groups.create("Schaden", members=["x", "a1", "x"], teambox=True, open=True)
        assert (("a1", "x"), True, True) == (group.members, group.teambox, group.open)
        assert "Unfall" == desk.groups.rename(group.id, "Unfall").name
        assert ("a1", "b1", "b2", "x") == desk.groups.add_members(group.id, ["b1", "b2", "x"]).members
        assert ("b1",) == desk.groups.remove_members(group.id, ["a1", "b2", "x", "ga"]).members
        assert () == desk.groups.remove_members(group.id, ["b1"]).members
        with pytest.raises(NotFound):
            desk.groups.add_members(group.id, ["x", "nobody"])
        assert () == desk.groups.get(group.id).members


def test_g4_deleting_moves_what_was_addressed(broker: Broker) -> None:
    """G4: a deleted group's members leave it, its heir takes over what was sent to it, its name stays in histories."""
    old = broker.group("Old", ["x"], teambox=True)
    new = broker.group("New", ["y"], teambox=True)
    message = broker.send("a1", old)
    broker.send("x", "b1", observers=[old])
    with broker.system() as system:
        for heir, error in ((old.id, InvalidInput), (broker.id("A"), InvalidInput), ("group_0", NotFound)):
            with pytest.raises(error):
                system.groups.delete(old.id, move_to=heir)
        system.groups.delete(old.id, move_to=new.id)
        with pytest.raises(NotFound):
            system.groups.delete(old.id)
        assert [] == [group for group in system.groups.list() if group.id == old.id]
    assert ["New", "Old"] == _called(broker, "y", message.id)
    assert not broker.sees("x", message)
    with broker.desk("y") as desk:
        assert ItemRef("group", new.id) == desk.talks.view(message.talk).talk.counterpart
        assert (True, None) == (desk.groups.get(old.id).deleted, desk.groups.get(old.id).members)
        assert len(desk.messages.search()) == 2
        assert ["a1"] == names(desk.talks.reply(message.id, "…"))["to"]
    with broker.desk("a1") as desk, pytest.raises(Forbidden):
        desk.talks.start(old, subject="Police", text="…")


def _called(broker: Broker, person: str, message: str) -> list[str]:
    with broker.desk(person) as desk:
        return sorted(desk.groups.get(ref.id).name for ref in desk.messages.get(message).to)


def test_g6_group_manage_shows_groups_and_no_content(broker: Broker, managers: Group) -> None:
    """G6: group.manage shows all groups and members, and not one message."""
    message = broker.send("x", "b1")
    with broker.desk("y") as desk:
        assert {"A", "B", "GF", "B+", "Managers"} == {group.name for group in desk.groups.list()}
        assert all(group.members for group in desk.groups.list())
        assert [] == list(desk.messages.search())
        with pytest.raises(NotFound):
            desk.explain(message)


def test_g6_nobody_climbs(broker: Broker, managers: Group) -> None:
    """G6: nobody fills a group holding a right they lack, adds or moves themself, or ticks a box of their own."""
    mine = broker.group("Mine", ["y"], teambox=True)
    attempts: dict[str, Callable[[Desk], object]] = {
        "add to a group with rights": lambda desk: desk.groups.add_members(broker.id("GF"), ["x"]),
        "move to a group with rights": lambda desk: desk.groups.move_main("x", broker.id("GF")),
        "add myself": lambda desk: desk.groups.add_members(broker.id("B+"), ["y"]),
        "make with myself": lambda desk: desk.groups.create("New", members=["y"]),
        "move myself": lambda desk: desk.groups.move_main("y", broker.id("A")),
        "tick my own box": lambda desk: desk.groups.share_cases(mine.id, True),
        "inherit": lambda desk: desk.groups.delete(broker.id("A"), move_to=mine.id),
        "preview adding myself": lambda desk: desk.groups.preview(add_members=(broker.id("B+"), ["y"])),
        "preview my own box": lambda desk: desk.groups.preview(share_cases=(mine.id, True)),
    }
    for name, attempt in attempts.items():
        with broker.desk("y") as desk, pytest.raises(Forbidden) as refused:
            attempt(desk)
        assert refused.value.right in {"group.manage", "case.create"}, name
    with broker.desk("y") as desk:
        assert ("x", "y") == desk.groups.add_members(managers.id, ["x"]).members
        assert not hasattr(desk.groups, "set_rights")
        assert not hasattr(desk, "features")


def test_g6_rights_are_a_closed_set(broker: Broker) -> None:
    """G6: the rights are seven names; the system gives no other."""
    assert {
        "case.create",
        "case.manage",
        "group.manage",
        "lock.force",
        "template.manage",
        "tray.manage",
        "sight.audit",
    } == {right.value for right in Right}
    with broker.system() as system:
        with pytest.raises(InvalidInput) as refused:
            system.groups.set_rights(broker.id("A"), ["case.delete"])
        assert "case.delete" in str(refused.value)
        assert tuple(sorted(Right)) == system.groups.set_rights(broker.id("A"), list(Right)).rights


def test_g6_without_the_right(broker: Broker) -> None:
    """G6: without group.manage a member changes nothing of a group they know."""
    group = broker.id("A")
    attempts: tuple[Callable[[Desk], object], ...] = (
        lambda desk: desk.groups.create("New"),
        lambda desk: desk.groups.rename(group, "New"),
        lambda desk: desk.groups.add_members(group, ["a1"]),
        lambda desk: desk.groups.remove_members(group, ["a1"]),
        lambda desk: desk.groups.move_main("a1", group),
        lambda desk: desk.groups.share_cases(group, False),
        lambda desk: desk.groups.delete(group),
        lambda desk: desk.groups.preview(share_cases=(group, False)),
    )
    for attempt in attempts:
        with broker.desk("a1") as desk, pytest.raises(Forbidden) as refused:
            attempt(desk)
        assert refused.value.right == "group.manage"


def test_g7_the_deactivated_stay_members(broker: Broker) -> None:
    """G7: colleagues go on seeing and answering for somebody deactivated, who may do nothing themself."""
    message = broker.send("x", "b1")
    with broker.system() as system:
        assert not system.people.deactivate("b1").active
        assert ("b1", "b2") == system.groups.get(broker.id("B")).members
    assert broker.sees("b2", message)
    assert broker.answer("b2", message).sent_for == "b1"
    attempts: tuple[Callable[[Desk], object], ...] = (
        lambda desk: desk.messages.search(),
        lambda desk: desk.talks.reply(message.id, "…"),
        lambda desk: desk.people.known(),
        lambda desk: desk.groups.mine(),
        lambda desk: desk.explain(message),
    )
    for attempt in attempts:
        with broker.desk("b1") as desk, pytest.raises(Forbidden) as refused:
            attempt(desk)
        assert refused.value.right == "active"
    with broker.system() as system:
        system.people.activate("b1")
    assert broker.sees("b1", message)
