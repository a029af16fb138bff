"""In whose place somebody acts on a talk (L1): a table of cases, and what holds for every talk."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from attrs import frozen
from hypothesis import assume, given
from hypothesis import strategies as st

from collabcase.ids import Kind, principal_item
from collabcase.permissions.places import places
from collabcase.permissions.rights import Act, may
from collabcase.permissions.sight import Hanging, Involvement, Role, Sight, extends

MESSAGE = principal_item(Kind.MESSAGE, 1)
GROUPS = 100
CLERK, DEPUTY, TRAINEE, CLIENT, PARTNER, EXPERT, ALONE = range(1, 8)
TEAM, HOUSE, BOX = 101, 102, 103
MEMBERS = {TEAM: {CLERK, DEPUTY, TRAINEE}, HOUSE: {CLIENT, PARTNER}, BOX: {DEPUTY, EXPERT}}
SHARING = frozenset({TEAM, HOUSE})

Shape = tuple[Involvement, ...]


def message(
    sender: int, *to: int, sent_for: int | None = None, observers: Sequence[int] = (), confidential: bool = False
) -> Shape:
    """Return who is on a message; whatever has a number above 100 is a group."""
    roles = [
        (Role.SENDER, sender),
        *((Role.RECIPIENT, one) for one in to),
        *((Role.OBSERVER, one) for one in observers),
    ]
    if sent_for is not None:
        roles.append((Role.SENT_FOR, sent_for))
    return tuple(
        Involvement(one, role, extends(Kind.MESSAGE, role, to_group=one > GROUPS, confidential=confidential))
        for role, one in roles
    )


@frozen
class World:
    """Who is in which group, and which of them share."""

    members: dict[int, set[int]]
    sharing: frozenset[int]

    def groups_of(self, principal: int) -> frozenset[int]:
        """Return the groups a person is in."""
        return frozenset(group for group, members in self.members.items() if principal in members)

    def sight(self, person: int) -> Sight:
        """Return a person's sight."""
        groups = self.groups_of(person)
        return Sight(me=person, internal=True, groups=groups, sharing=groups & self.sharing)

    def places(self, person: int, talk: Sequence[Shape]) -> frozenset[int]:
        """Return in whose place a person acts on a talk."""
        return places(self.sight(person), talk, self.groups_of)

    def meet(self, one: int, other: int, talk: Sequence[Shape]) -> bool:
        """Tell whether two persons stand in each other's way."""
        return bool(self.places(one, talk) & self.places(other, talk))


@frozen
class OneMessage:
    """What the rule of sight needs to know of one message."""

    world: World
    shape: Shape

    def involved(self, item: int) -> Shape:
        """Return who is on it."""
        return self.shape

    def hangings(self, item: int) -> Sequence[Hanging]:
        """Return nothing: a message hangs on nothing."""
        return ()

    def groups_of(self, principal: int) -> frozenset[int]:
        """Return the groups a person is in."""
        return self.world.groups_of(principal)


OFFICE = World(MEMBERS, SHARING)

CASES: dict[str, tuple[list[Shape], dict[int, set[int]]]] = {
    "two sides": (
        [message(CLIENT, CLERK)],
        {CLIENT: {CLIENT}, CLERK: {CLERK}, PARTNER: {CLIENT}, DEPUTY: {CLERK}, EXPERT: set(), ALONE: set()},
    ),
    "back and forth": (
        [message(CLIENT, CLERK), message(CLERK, CLIENT)],
        {CLIENT: {CLIENT}, CLERK: {CLERK}, PARTNER: {CLIENT}, DEPUTY: {CLERK}},
    ),
    "colleagues to each other": (
        [message(CLERK, DEPUTY)],
        {CLERK: {CLERK}, DEPUTY: {DEPUTY}, TRAINEE: {CLERK, DEPUTY}},
    ),
    "a teambox": (
        [message(CLIENT, BOX)],
        {CLIENT: {CLIENT}, DEPUTY: {BOX}, EXPERT: {BOX}, CLERK: set(), PARTNER: {CLIENT}},
    ),
    "a member of the teambox writes to it": (
        [message(DEPUTY, BOX)],
        {DEPUTY: {DEPUTY, BOX}, EXPERT: {BOX}, CLERK: {DEPUTY}},
    ),
    "a teambox and a member of it": (
        [message(CLIENT, BOX, DEPUTY)],
        {DEPUTY: {BOX, DEPUTY}, EXPERT: {BOX}, CLERK: {DEPUTY}},
    ),
    "in somebody's place": (
        [message(CLIENT, CLERK), message(DEPUTY, CLIENT, sent_for=CLERK)],
        {CLIENT: {CLIENT}, CLERK: {CLERK, DEPUTY}, DEPUTY: {CLERK, DEPUTY}, TRAINEE: {CLERK, DEPUTY}},
    ),
    "observers": (
        [message(CLIENT, CLERK, observers=[EXPERT, ALONE])],
        {EXPERT: set(), ALONE: set(), DEPUTY: {CLERK}},
    ),
    "an observing colleague": (
        [message(CLIENT, CLERK, observers=[DEPUTY])],
        {DEPUTY: {CLERK}},
    ),
    "an observing group": (
        [message(CLIENT, CLERK, observers=[BOX])],
        {EXPERT: set(), DEPUTY: {CLERK}},
    ),
    "confidential": (
        [message(CLIENT, CLERK, BOX, confidential=True)],
        {CLIENT: {CLIENT}, CLERK: {CLERK}, TRAINEE: set(), PARTNER: set(), DEPUTY: {BOX}, EXPERT: {BOX}},
    ),
    "a question of the house in between": (
        [message(CLIENT, CLERK), message(CLERK, ALONE), message(ALONE, CLERK)],
        {CLIENT: {CLIENT}, PARTNER: {CLIENT}, CLERK: {CLERK}, ALONE: {ALONE}, DEPUTY: {CLERK}},
    ),
    "further recipients": (
        [message(CLIENT, CLERK, ALONE)],
        {CLERK: {CLERK}, ALONE: {ALONE}, DEPUTY: {CLERK}},
    ),
    "colleagues as recipients": (
        [message(CLIENT, CLERK, DEPUTY)],
        {CLERK: {CLERK, DEPUTY}, DEPUTY: {CLERK, DEPUTY}, TRAINEE: {CLERK, DEPUTY}, CLIENT: {CLIENT}},
    ),
    "nothing": ([], {CLERK: set()}),
}


@pytest.mark.parametrize("name", CASES)
def test_l1_in_whose_place_somebody_acts(name: str) -> None:
    """L1: oneself, one's teambox, one's colleague by sharing; never the other side, and nobody as an observer."""
    talk, wanted = CASES[name]
    assert wanted == {person: OFFICE.places(person, talk) for person in wanted}


def test_l1_unticked_colleagues_stand_in_nobodys_way() -> None:
    """L1, V5: without sharing a colleague acts for nobody."""
    unticked = World(MEMBERS, frozenset())
    assert not unticked.places(DEPUTY, [message(CLIENT, CLERK)])


PEOPLE = range(1, 6)
KNOWN_GROUPS = range(101, 104)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw who is in which group, and which share."""
    members = {group: draw(st.sets(st.sampled_from(PEOPLE), max_size=4)) for group in KNOWN_GROUPS}
    return World(members, draw(st.frozensets(st.sampled_from(KNOWN_GROUPS))))


@st.composite
def talks(draw: st.DrawFn, *, most: int = 4) -> list[Shape]:
    """Draw the messages of a talk, which is confidential or not as a whole."""
    confidential = draw(st.booleans())
    drawn = []
    for _ in range(draw(st.integers(1, most))):
        sender = draw(st.sampled_from(PEOPLE))
        others = st.sampled_from([*(one for one in PEOPLE if one != sender), *KNOWN_GROUPS])
        to = draw(st.lists(others, min_size=1, max_size=3, unique=True))
        observers = draw(st.lists(others.filter(lambda one, to=to: one not in to), max_size=2, unique=True))
        sent_for = draw(st.none() | st.sampled_from([one for one in PEOPLE if one != sender]))
        drawn.append(message(sender, *to, sent_for=sent_for, observers=observers, confidential=confidential))
    return drawn


@given(worlds(), talks(), st.sampled_from(PEOPLE))
def test_l1_a_place_has_who_may_answer(world: World, talk: list[Shape], person: int) -> None:
    """L1: who has a place is exactly who may answer a message of the talk."""
    sight = world.sight(person)
    relations = [[path.relation for path in sight.direct(MESSAGE, OneMessage(world, shape))] for shape in talk]
    assert bool(world.places(person, talk)) is any(may(Act.ANSWER, held) for held in relations)


@given(worlds(), talks(), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))
def test_l1_v13_who_meets_sees_a_message_in_common(world: World, talk: list[Shape], one: int, other: int) -> None:
    """L1, V13: two who stand in each other's way both see some message, so neither learns of a talk by a lock."""
    if world.meet(one, other, talk):
        facts = [OneMessage(world, shape) for shape in talk]
        assert any(all(world.sight(who).sees(MESSAGE, told) for who in (one, other)) for told in facts)


@given(worlds(), talks(most=1))
def test_l1_the_two_sides_of_a_message_never_meet(world: World, talk: list[Shape]) -> None:
    """L1: who is on one side of a message in person is in nobody's way over there, unless somebody is on both."""
    [shape] = talk
    sending = {row.principal for row in shape if row.role in (Role.SENDER, Role.SENT_FOR)}
    receiving = {row.principal for row in shape if row.role is Role.RECIPIENT}
    assume(not sending & receiving)
    senders = {one for one in PEOPLE if one in sending}
    receivers = {one for one in PEOPLE if receiving & {one, *world.groups_of(one)}}
    for one in senders - receivers:
        for other in receivers - senders:
            assert not world.meet(one, other, talk)
