"""The rule of visibility in Python: who is involved how, what sharing reaches, what hangs on what."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Set

import pytest
from attrs import field, frozen

from collabcase.ids import Kind, principal_item
from collabcase.permissions.sight import (
    HANGS_ON,
    ROLES,
    Hanging,
    Involvement,
    Path,
    Relation,
    Role,
    Sight,
    extends,
)

ME, PEER, STRANGER, MINE, SHARING, FOREIGN = 1, 2, 3, 101, 102, 103
MESSAGE, CASE, OTHER_CASE, ORDER, ENTRY, SCAN, MEETING, PART = (
    principal_item(kind, no)
    for kind, no in (
        (Kind.MESSAGE, 1),
        (Kind.CASE, 1),
        (Kind.CASE, 2),
        (Kind.ORDER, 1),
        (Kind.ENTRY, 1),
        (Kind.ATTACHMENT, 1),
        (Kind.MEETING, 1),
        (Kind.PART, 1),
    )
)
SIGHT = Sight(me=ME, internal=True, groups=frozenset({MINE, SHARING}), sharing=frozenset({SHARING}))
EXTERNAL = Sight(me=ME, internal=False, groups=frozenset({MINE, SHARING}), sharing=frozenset({SHARING}))


@frozen
class Told:
    """Facts as a test states them."""

    rows: Mapping[int, Iterable[Involvement]] = field(factory=dict)
    lives_on: Mapping[int, Iterable[Hanging]] = field(factory=dict)
    groups: Mapping[int, Set[int]] = field(
        factory=lambda: {ME: {MINE, SHARING}, PEER: {SHARING, FOREIGN}, STRANGER: {MINE, FOREIGN}}
    )

    def involved(self, item: int) -> Iterable[Involvement]:
        """Return who is involved."""
        return self.rows.get(item, ())

    def hangings(self, item: int) -> Iterable[Hanging]:
        """Return what an item hangs on."""
        return self.lives_on.get(item, ())

    def groups_of(self, principal: int) -> Set[int]:
        """Return somebody's groups."""
        return self.groups.get(principal, frozenset())


def test_stored_roles_never_change() -> None:
    """The numbers of roles are stored in databases, so they stay as they are."""
    assert {
        "SENDER": 1,
        "RECIPIENT": 2,
        "SENT_FOR": 3,
        "OBSERVER": 4,
        "OWNER": 5,
        "MEMBER": 6,
        "READER": 7,
        "REQUESTER": 8,
        "OFFERED": 9,
        "ORGANISER": 10,
        "RECORDER": 11,
        "ATTENDEE": 12,
        "INVITEE": 13,
        "INTERESTED": 14,
    } == {role.name: role.value for role in Role}


@pytest.mark.parametrize("kind", Kind)
def test_from_which_roles_sharing_reaches_on(kind: Kind) -> None:
    """V3, V8, V10: from sender, recipient, sent_for, owner, member, requester and offered persons, nowhere else."""
    expected = {
        Kind.MESSAGE: {Role.SENDER, Role.RECIPIENT, Role.SENT_FOR},
        Kind.CASE: {Role.OWNER, Role.MEMBER},
        Kind.ORDER: {Role.REQUESTER, Role.OFFERED},
    }.get(kind, set())
    assert expected == {role for role in Role if extends(kind, role, to_group=False)}


@pytest.mark.parametrize("switch", [{"to_group": True}, {"confidential": True}, {"chosen": False}])
def test_what_switches_extension_off(switch: dict[str, bool]) -> None:
    """V3, V8, V15: a group, anything confidential, and the choice made on adding each end it for every role."""
    for kind, role in itertools.product(Kind, Role):
        assert not extends(kind, role, **{"to_group": False, **switch})


def test_every_role_belongs_to_a_kind() -> None:
    """Each role is one of some kind of thing, and sharing reaches on only from roles their kind knows."""
    assert set(Role) == set().union(*ROLES.values())
    for kind, role in itertools.product(Kind, Role):
        assert not extends(kind, role, to_group=False) or role in ROLES[kind]


def test_hanging_is_acyclic_and_a_message_hangs_on_nothing() -> None:
    """V8: by their kinds things can't hang in a circle; a message, a case, a person hang on nothing."""

    def above(kind: Kind) -> set[Kind]:
        return set().union(*({on} | above(on) for on in HANGS_ON.get(kind, frozenset())))

    for kind in Kind:
        assert kind not in above(kind)
    assert {Kind.MESSAGE, Kind.CASE} <= {kind for kind in Kind if kind not in HANGS_ON}
    assert all(kinds for kinds in HANGS_ON.values())


@pytest.mark.parametrize(
    ("kind", "role", "principal", "reaches", "expected"),
    [
        (Kind.MESSAGE, Role.SENDER, ME, False, (Relation.PARTY, frozenset())),
        (Kind.MESSAGE, Role.RECIPIENT, ME, True, (Relation.PARTY, frozenset())),
        (Kind.MESSAGE, Role.SENT_FOR, ME, False, (Relation.PARTY, frozenset())),
        (Kind.MESSAGE, Role.OBSERVER, ME, False, (Relation.OBSERVER, frozenset())),
        (Kind.MESSAGE, Role.RECIPIENT, MINE, False, (Relation.TEAMBOX, frozenset())),
        (Kind.MESSAGE, Role.OBSERVER, MINE, False, (Relation.OBSERVER, frozenset())),
        (Kind.MESSAGE, Role.SENDER, PEER, True, (Relation.PEER, frozenset({SHARING}))),
        (Kind.MESSAGE, Role.RECIPIENT, PEER, True, (Relation.PEER, frozenset({SHARING}))),
        (Kind.MESSAGE, Role.RECIPIENT, PEER, False, None),
        (Kind.MESSAGE, Role.RECIPIENT, STRANGER, True, None),
        (Kind.MESSAGE, Role.RECIPIENT, FOREIGN, False, None),
        (Kind.MESSAGE, Role.RECIPIENT, FOREIGN, True, None),
        (Kind.CASE, Role.OWNER, ME, False, (Relation.OWNER, frozenset())),
        (Kind.CASE, Role.MEMBER, ME, True, (Relation.MEMBER, frozenset())),
        (Kind.CASE, Role.READER, ME, False, (Relation.READER, frozenset())),
        (Kind.CASE, Role.MEMBER, MINE, False, (Relation.MEMBER, frozenset())),
        (Kind.CASE, Role.READER, MINE, False, (Relation.READER, frozenset())),
        (Kind.CASE, Role.OWNER, PEER, True, (Relation.CASE_PEER, frozenset({SHARING}))),
        (Kind.CASE, Role.READER, PEER, False, None),
        (Kind.ORDER, Role.OFFERED, ME, True, (Relation.INVOLVED, frozenset())),
        (Kind.ORDER, Role.OFFERED, MINE, False, (Relation.INVOLVED, frozenset())),
        (Kind.ORDER, Role.REQUESTER, PEER, True, (Relation.INVOLVED, frozenset({SHARING}))),
        (Kind.MEETING, Role.INVITEE, ME, False, (Relation.INVOLVED, frozenset())),
        (Kind.PART, Role.INTERESTED, MINE, False, (Relation.INVOLVED, frozenset())),
    ],
)
def test_one_involvement(
    kind: Kind, role: Role, principal: int, reaches: bool, expected: tuple[Relation, frozenset[int]] | None
) -> None:
    """V1 to V4, V8, V10, V11: what one row of involvement makes of a viewer, and by which groups."""
    item = principal_item(kind, 9)
    facts = Told({item: [Involvement(principal, role, reaches)]})
    found = [Path(item, expected[0], role, principal, expected[1])] if expected else []
    assert found == list(SIGHT.paths(item, facts)) == list(SIGHT.direct(item, facts))
    assert bool(expected) is SIGHT.sees(item, facts)


def test_without_sharing_groups_nobody_is_a_peer() -> None:
    """V3, G3: who has no group that shares now, sees by their own involvement and their groups' alone."""
    facts = Told({MESSAGE: [Involvement(PEER, Role.SENDER, True)]})
    alone = Sight(ME, True, frozenset({MINE, SHARING}), frozenset())
    assert SIGHT.sees(MESSAGE, facts)
    assert not alone.sees(MESSAGE, facts)


def test_every_sharing_group_is_told() -> None:
    """V14: a peer by several groups is one path that names them all."""
    both = Sight(ME, True, frozenset({MINE, SHARING}), frozenset({MINE, SHARING}))
    facts = Told({MESSAGE: [Involvement(PEER, Role.SENDER, True)]}, groups={PEER: {MINE, SHARING, FOREIGN}})
    assert [frozenset({MINE, SHARING})] == [path.through for path in both.paths(MESSAGE, facts)]


def test_every_path_is_told() -> None:
    """V14: somebody involved in several ways sees by each of them."""
    rows = [
        Involvement(ME, Role.SENT_FOR, True),
        Involvement(MINE, Role.RECIPIENT, False),
        Involvement(PEER, Role.SENDER, True),
        Involvement(STRANGER, Role.OBSERVER, False),
    ]
    relations = [path.relation for path in SIGHT.paths(MESSAGE, Told({MESSAGE: rows}))]
    assert [Relation.PARTY, Relation.TEAMBOX, Relation.PEER] == relations


def test_what_hangs_is_seen_by_what_it_hangs_on() -> None:
    """V8: an entry is seen by who sees its case, an attachment by who sees any of its places, a level further too."""
    facts = Told(
        {CASE: [Involvement(ME, Role.MEMBER, True)], OTHER_CASE: [Involvement(STRANGER, Role.OWNER, True)]},
        {ENTRY: [Hanging(CASE, False)], SCAN: [Hanging(OTHER_CASE, False), Hanging(ENTRY, False)]},
    )
    for item in (CASE, ENTRY, SCAN):
        assert [Path(CASE, Relation.MEMBER, Role.MEMBER, ME)] == list(SIGHT.paths(item, facts))
    assert [] == list(SIGHT.direct(ENTRY, facts))
    assert not SIGHT.sees(OTHER_CASE, facts)


def test_what_hangs_on_the_hidden_is_hidden() -> None:
    """V8, V12: an entry of a case one does not see is not seen, nor what hangs nowhere and involves nobody."""
    facts = Told({CASE: [Involvement(STRANGER, Role.OWNER, True)]}, {ENTRY: [Hanging(CASE, False)]})
    assert not SIGHT.sees(ENTRY, facts)
    assert not SIGHT.sees(SCAN, facts)


@pytest.mark.parametrize(("sight", "expected"), [(SIGHT, True), (EXTERNAL, False)])
def test_internal_hangings(sight: Sight, expected: bool) -> None:
    """V9: what hangs internally is seen by internal persons alone, however far below it hangs."""
    facts = Told(
        {CASE: [Involvement(ME, Role.OWNER, True)]},
        {ENTRY: [Hanging(CASE, True)], SCAN: [Hanging(ENTRY, False)]},
    )
    assert sight.sees(CASE, facts)
    assert expected is sight.sees(ENTRY, facts) is sight.sees(SCAN, facts)


def test_an_open_place_beside_an_internal_one() -> None:
    """V9, V10: an attachment that hangs internally here and openly there is seen by the open place."""
    facts = Told(
        {CASE: [Involvement(ME, Role.OWNER, True)], OTHER_CASE: [Involvement(ME, Role.READER, False)]},
        {SCAN: [Hanging(CASE, True), Hanging(OTHER_CASE, False)]},
    )
    assert [OTHER_CASE] == [path.item for path in EXTERNAL.paths(SCAN, facts)]
    assert [CASE, OTHER_CASE] == [path.item for path in SIGHT.paths(SCAN, facts)]


def test_an_order_is_seen_either_way() -> None:
    """V10: an order is seen by its own persons, and by who sees what it hangs on; it shows nothing upwards."""
    facts = Told(
        {ORDER: [Involvement(ME, Role.OFFERED, True)], MESSAGE: [Involvement(STRANGER, Role.SENDER, True)]},
        {ORDER: [Hanging(MESSAGE, False)]},
    )
    assert SIGHT.sees(ORDER, facts)
    assert not SIGHT.sees(MESSAGE, facts)
    through = Told({MESSAGE: [Involvement(ME, Role.RECIPIENT, True)]}, {ORDER: [Hanging(MESSAGE, False)]})
    assert [Path(MESSAGE, Relation.PARTY, Role.RECIPIENT, ME)] == list(SIGHT.paths(ORDER, through))


def test_minutes_and_meetings() -> None:
    """V11: a part of minutes is seen by its persons and by who sees its case; a meeting by invitees and its cases."""
    facts = Told(
        {CASE: [Involvement(ME, Role.READER, False)], PART: [Involvement(STRANGER, Role.ATTENDEE, False)]},
        {PART: [Hanging(CASE, False)], MEETING: [Hanging(OTHER_CASE, False)]},
    )
    assert SIGHT.sees(PART, facts)
    assert not SIGHT.sees(MEETING, facts)
