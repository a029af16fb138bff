"""The rule of visibility, V1 to V11, said once in Python; `storage/sql/visible.py` says the same in SQL.

sees(x)   ⇔ direct(x), or for some y that x hangs on: sees(y) and (the hanging is not internal, or I am)
direct(x) ⇔ some involvement of x names me or a group of mine, or extends and names somebody with whom I share
            a sharing group
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from enum import IntEnum, StrEnum
from typing import Protocol

from attrs import frozen

from collabcase.ids import Kind, kind_of


class Role(IntEnum):
    """How somebody is involved in a thing. The numbers are stored: they never change."""

    SENDER = 1
    RECIPIENT = 2
    SENT_FOR = 3
    OBSERVER = 4
    OWNER = 5
    MEMBER = 6
    READER = 7
    REQUESTER = 8
    OFFERED = 9
    ORGANISER = 10
    RECORDER = 11
    ATTENDEE = 12
    INVITEE = 13
    INTERESTED = 14


ROLES: Mapping[Kind, frozenset[Role]] = {
    Kind.MESSAGE: frozenset({Role.SENDER, Role.RECIPIENT, Role.SENT_FOR, Role.OBSERVER}),
    Kind.CASE: frozenset({Role.OWNER, Role.MEMBER, Role.READER}),
    Kind.ORDER: frozenset({Role.REQUESTER, Role.OFFERED}),
    Kind.MEETING: frozenset({Role.ORGANISER, Role.RECORDER, Role.ATTENDEE, Role.INVITEE}),
    Kind.PART: frozenset({Role.ORGANISER, Role.RECORDER, Role.ATTENDEE, Role.INVITEE, Role.INTERESTED}),
}
"""The roles each kind of thing with involvement of its own knows."""

_EXTENDING: Mapping[Kind, frozenset[Role]] = {
    Kind.MESSAGE: frozenset({Role.SENDER, Role.RECIPIENT, Role.SENT_FOR}),
    Kind.CASE: frozenset({Role.OWNER, Role.MEMBER}),
    Kind.ORDER: frozenset({Role.REQUESTER, Role.OFFERED}),
}

HANGS_ON: Mapping[Kind, frozenset[Kind]] = {
    Kind.ENTRY: frozenset({Kind.CASE}),
    Kind.NOTE: frozenset({Kind.CASE}),
    Kind.MEETING: frozenset({Kind.CASE}),
    Kind.COMMUNICATION: frozenset({Kind.CASE}),
    Kind.PART: frozenset({Kind.CASE}),
    Kind.ORDER: frozenset({Kind.CASE, Kind.MESSAGE}),
    Kind.ATTACHMENT: frozenset(
        {
            Kind.MESSAGE,
            Kind.CASE,
            Kind.ENTRY,
            Kind.NOTE,
            Kind.ORDER,
            Kind.MEETING,
            Kind.PART,
            Kind.COMMUNICATION,
        }
    ),
}
"""What a kind of thing may hang on: acyclic, and a message hangs on nothing (V8, V10, V11)."""


def extends(kind: Kind, role: Role, *, to_group: bool, confidential: bool = False, chosen: bool = True) -> bool:
    """Tell whether sharing reaches on from an involvement to the peers of who is involved.

    Args:
        kind: the kind of the thing.
        role: how somebody is involved in it.
        to_group: whether that somebody is a group; what a teambox got, none of its members got (V3).
        confidential: whether the thing is, which switches extension off (V15).
        chosen: the choice made when somebody was added to a case's team (V8).
    """
    return role in _EXTENDING.get(kind, frozenset()) and not to_group and not confidential and chosen


@frozen
class Involvement:
    """One row of what a thing says of somebody: principal's number, role, and whether sharing reaches on."""

    principal: int
    role: Role
    extends: bool


@frozen
class Hanging:
    """One row of what a thing lives on: the other's number, and whether for internal persons alone (V9)."""

    on: int
    internal: bool


class Facts(Protocol):
    """What the rule needs to know of the world."""

    def involved(self, item: int) -> Iterable[Involvement]:
        """Return who is involved in an item."""
        ...

    def hangings(self, item: int) -> Iterable[Hanging]:
        """Return what an item hangs on."""
        ...

    def groups_of(self, principal: int) -> Set[int]:
        """Return the groups a person is in; of a group, none."""
        ...


class Relation(StrEnum):
    """What somebody is to a thing they see: the columns of the table of rights (G2)."""

    #: sender, recipient, or the colleague in whose place it was sent
    PARTY = "party"
    #: member of a group it was addressed to
    TEAMBOX = "teambox"
    #: peer of a sender or recipient
    PEER = "peer"
    #: observer, or member of a group that is
    OBSERVER = "observer"
    #: owner of the case
    OWNER = "owner"
    #: in the case's team, directly or by a team group
    MEMBER = "member"
    #: peer of an owner or member of the case
    CASE_PEER = "case_peer"
    #: reader of the case
    READER = "reader"
    #: whoever else is involved: in an order, a meeting, minutes
    INVOLVED = "involved"


@frozen
class Path:
    """One way by which somebody sees a thing.

    Attributes:
        item: the thing involvement was found on: the one asked about, or one it hangs on.
        relation: what the viewer is to it.
        role: the role of who is involved.
        principal: who is involved: the viewer, a group of theirs, or a peer.
        through: the sharing groups that make the principal a peer; empty without sharing.
    """

    item: int
    relation: Relation
    role: Role
    principal: int
    through: frozenset[int] = frozenset()


_RELATION_OF_OWN: Mapping[Role, Relation] = {
    Role.SENDER: Relation.PARTY,
    Role.RECIPIENT: Relation.PARTY,
    Role.SENT_FOR: Relation.PARTY,
    Role.OBSERVER: Relation.OBSERVER,
    Role.OWNER: Relation.OWNER,
    Role.MEMBER: Relation.MEMBER,
    Role.READER: Relation.READER,
}
_RELATION_OF_GROUP: Mapping[Role, Relation] = {**_RELATION_OF_OWN, Role.RECIPIENT: Relation.TEAMBOX}
_RELATION_OF_PEER: Mapping[Kind, Relation] = {Kind.MESSAGE: Relation.PEER, Kind.CASE: Relation.CASE_PEER}


@frozen
class Sight:
    """What decides what one active person sees. It is small: peers are never listed, they are asked for.

    Attributes:
        me: my principal's number.
        internal: whether I am an internal person (V9).
        groups: my groups (V2).
        sharing: those of them that share now, the feature included (V3, G3).
    """

    me: int
    internal: bool
    groups: frozenset[int]
    sharing: frozenset[int]

    def sees(self, item: int, facts: Facts) -> bool:
        """Tell whether I see an item."""
        return next(self.paths(item, facts), None) is not None

    def paths(self, item: int, facts: Facts) -> Iterator[Path]:
        """Yield every way by which I see an item: its own first, then by what it hangs on."""
        yield from self.direct(item, facts)
        for hanging in facts.hangings(item):
            if self.internal or not hanging.internal:
                yield from self.paths(hanging.on, facts)

    def direct(self, item: int, facts: Facts) -> Iterator[Path]:
        """Yield the ways by which I see an item through its own involvement, whatever it hangs on."""
        kind = kind_of(item)
        for row in facts.involved(item):
            if row.principal == self.me:
                relation = _RELATION_OF_OWN.get(row.role, Relation.INVOLVED)
                yield Path(item, relation, row.role, row.principal)
            elif row.principal in self.groups:
                relation = _RELATION_OF_GROUP.get(row.role, Relation.INVOLVED)
                yield Path(item, relation, row.role, row.principal)
            elif row.extends:
                through = self.sharing & facts.groups_of(row.principal)
                if through:
                    relation = _RELATION_OF_PEER.get(kind, Relation.INVOLVED)
                    yield Path(item, relation, row.role, row.principal, through)
