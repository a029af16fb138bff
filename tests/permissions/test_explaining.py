"""Telling the rule in words: explain, preview and audience (V14, V16), and the worlds that are compared."""

from __future__ import annotations

import pytest

from collabcase import (
    Audience,
    AudienceLine,
    Explanation,
    ItemRef,
    Preview,
    Reader,
    Reason,
    SightChange,
)
from collabcase.permissions.explain import Name, World, explained, peers, readers_by
from collabcase.permissions.sight import Path, Relation, Role, Sight

B1, B2, GB, X = 1, 2, 3, 4
B, B_PLUS, GF, PLAIN = 101, 102, 103, 104
MESSAGE, CASE = 1001, 1002
REFS = {MESSAGE: ItemRef("message", "message_1"), CASE: ItemRef("case", "case_1")}
NAMES = {
    B1: Name(ItemRef("person", "b1"), "b1"),
    B_PLUS: Name(ItemRef("group", "group_1"), "B+"),
    B: Name(ItemRef("group", "group_2"), "B"),
}


def told(*paths: Path) -> Explanation:
    """Explain paths to a message to somebody who knows b1, B and B+."""
    return explained(REFS[MESSAGE], "b2", paths, NAMES, REFS)


def test_a_peer() -> None:
    """V14: sharing is told by the groups, sorted, and what the peer did."""
    path = Path(MESSAGE, Relation.PEER, Role.RECIPIENT, B1, frozenset({B_PLUS, B}))
    [reason] = told(path).reasons
    expected = Reason(
        Relation.PEER,
        "recipient",
        ItemRef("person", "b1"),
        ("B", "B+"),
        REFS[MESSAGE],
        "member of “B” and “B+”, shared with b1, who received it",
    )
    assert expected == reason
    assert str(reason) == reason.text


def test_oneself_and_a_group() -> None:
    """V14: one's own part and a group's are told in their own words."""
    assert ["b1 sent it", "member of “B”, which received it"] == [
        str(reason)
        for reason in told(
            Path(MESSAGE, Relation.TEAMBOX, Role.RECIPIENT, B), Path(MESSAGE, Relation.PARTY, Role.SENDER, B1)
        ).reasons
    ]


def test_the_unknown_are_somebody() -> None:
    """V17: whom the asker may not know is «somebody», a group «a group», however many, and no reference is given."""
    [by_peer, own] = told(
        Path(MESSAGE, Relation.PEER, Role.SENDER, GB, frozenset({GF, PLAIN, B})),
        Path(MESSAGE, Relation.PARTY, Role.SENDER, GB),
    ).reasons[::-1]
    assert (None, ("B", "a group")) == (by_peer.who, by_peer.through)
    assert "member of “B” and “a group”, shared with somebody, who sent it" == by_peer.text
    assert (None, "somebody sent it") == (own.who, own.text)


def test_what_it_hangs_on() -> None:
    """V14: a path that leads over what the thing hangs on names that."""
    [reason] = told(Path(CASE, Relation.OWNER, Role.OWNER, B1)).reasons
    assert (REFS[CASE], "b1 owns it (by case:case_1, on which it hangs)") == (reason.item, reason.text)


def test_the_order_is_fixed_and_nothing_is_told_twice() -> None:
    """V14: paths that read alike are told once, in an order that does not depend on where they came from."""
    paths = [
        Path(MESSAGE, Relation.PEER, Role.SENDER, GB, frozenset({B})),
        Path(MESSAGE, Relation.PEER, Role.SENDER, X, frozenset({B})),
        Path(MESSAGE, Relation.OBSERVER, Role.OBSERVER, B1),
        Path(MESSAGE, Relation.PARTY, Role.RECIPIENT, B1),
    ]
    assert told(*paths) == told(*reversed(paths))
    assert ["observer", "party", "peer"] == [reason.relation for reason in told(*paths).reasons]


@pytest.mark.parametrize("role", Role)
def test_every_role_has_words(role: Role) -> None:
    """V14: whatever the role, the explanation says it in words of its own."""
    texts = {one: told(Path(MESSAGE, Relation.INVOLVED, one, B1)).reasons[0].text for one in Role}
    assert len(set(texts.values())) == len(Role)
    assert texts[role].startswith("b1 ")
    assert role.name.lower() == told(Path(MESSAGE, Relation.INVOLVED, role, B1)).reasons[0].role


def test_explanations_print() -> None:
    """V14: an explanation prints the thing, the person and each reason, or that no path leads there."""
    explanation = told(
        Path(MESSAGE, Relation.PARTY, Role.SENDER, B1), Path(MESSAGE, Relation.OBSERVER, Role.OBSERVER, B)
    )
    assert ("b2 sees message:message_1:\n  · member of “B”, which was copied on it\n  · b1 sent it") == str(explanation)
    assert "b2 does not see message:message_1: no path leads there." == str(told())


# ---------------------------------------------------------------- worlds

WORLD = World(
    groups_of={B1: frozenset({B, B_PLUS}), B2: frozenset({B, B_PLUS}), GB: frozenset({GF, B_PLUS, PLAIN})},
    ticked=frozenset({B, B_PLUS, GF}),
    feature=True,
)


def test_a_worlds_members_and_sights() -> None:
    """V3, G3: a world knows the members of each group and each person's sight; who is in none has no group."""
    assert {B: {B1, B2}, B_PLUS: {B1, B2, GB}, GF: {GB}, PLAIN: {GB}} == WORLD.members()
    assert Sight(GB, False, frozenset({GF, B_PLUS, PLAIN}), frozenset({GF, B_PLUS})) == WORLD.sight(GB, internal=False)
    assert Sight(X, True, frozenset(), frozenset()) == WORLD.sight(X, internal=True)


def test_worlds_after_a_change() -> None:
    """V14: joining, leaving, ticking and switching each give another world, and leave the first as it was."""
    before = WORLD.members()
    assert {B1, B2, GB, X} == WORLD.joined(B, {X, GB}).members()[B]
    assert frozenset({B}) == WORLD.joined(B, {X}).groups_of[X]
    assert {B1} == WORLD.left(B, {B2, X}).members()[B]
    assert frozenset({B_PLUS, GF}) == WORLD.shared(B, False).ticked
    assert frozenset({B, B_PLUS, GF, PLAIN}) == WORLD.shared(PLAIN, True).ticked
    assert WORLD == WORLD.shared(PLAIN, False) == WORLD.switched(True)
    off = WORLD.switched(False)
    assert (frozenset(), WORLD.ticked) == (off.sight(GB, internal=True).sharing, off.ticked)
    assert before == WORLD.members()


def test_peers() -> None:
    """V3: peers are the other members of the groups that share, each once."""
    members = WORLD.members()
    assert {B1, B2} == peers(WORLD.sight(GB, internal=True), members)
    assert {B1, GB} == peers(WORLD.sight(B2, internal=True), members)
    assert frozenset() == peers(WORLD.sight(X, internal=True), members)
    assert frozenset() == peers(WORLD.switched(False).sight(GB, internal=True), members)
    assert frozenset() == peers(Sight(X, True, frozenset({999}), frozenset({999})), members)


# ---------------------------------------------------------------- audience


@pytest.mark.parametrize(
    ("principal", "extends", "feature", "active", "expected"),
    [
        pytest.param(B1, False, True, {B1, B2, GB}, {B1: set()}, id="sharing reaches nobody"),
        pytest.param(B1, True, True, {B1, B2, GB}, {B1: set(), B2: {B, B_PLUS}, GB: {B_PLUS}}, id="peers"),
        pytest.param(B1, True, False, {B1, B2, GB}, {B1: set()}, id="feature off"),
        pytest.param(B1, True, True, {B2}, {B2: {B, B_PLUS}}, id="inactive, a peer reads"),
        pytest.param(B1, False, True, {B2}, {}, id="inactive, nobody reads"),
        pytest.param(B_PLUS, False, True, {B1, GB}, {B1: set(), GB: set()}, id="active members of a group"),
        pytest.param(X, True, True, {X, B1}, {X: set()}, id="somebody of no group"),
        pytest.param(999, False, True, {B1}, {}, id="a group without members"),
    ],
)
def test_readers(principal: int, extends: bool, feature: bool, active: set[int], expected: dict[int, set[int]]) -> None:
    """V16: who reads by one involvement: the person, their peers where sharing reaches, a group's members; active."""
    world = WORLD.switched(feature)
    assert expected == readers_by(principal, extends=extends, world=world, members=world.members(), active=active)


def test_audiences_print() -> None:
    """V16: an audience prints a line for each who is named: known readers, and the number of others."""
    b1, box = ItemRef("person", "b1"), ItemRef("group", "group_1")
    audience = Audience(
        (
            AudienceLine(b1, "recipient", (Reader("b1", Relation.PARTY), Reader("b2", Relation.PEER, ("B",))), 2),
            AudienceLine(box, "observer", (), 1),
            AudienceLine(box, "recipient", (), 0),
        )
    )
    assert (
        "recipient b1: b1, b2 and 2 more\n"
        "observer group_1: nobody you know and 1 more\n"
        "recipient group_1: nobody you know"
    ) == str(audience)


def test_previews_print() -> None:
    """V14: a preview prints who would gain and lose how much, and the warning; or that nothing would change."""
    preview = Preview((SightChange("a1", messages_gained=3, cases_lost=1),), ("Anker", "Brandt"))
    assert ("a1: +3 −0 messages, +0 −1 cases\nWarning: externals of Anker, Brandt would share with each other.") == str(
        preview
    )
    assert "Nobody would gain or lose anything." == str(Preview(()))
