"""The table of who may do what (G2). Rights come from the main group, roles from involvement.

`docs/rights.md` shows the table to people; a test holds both equal, and another tries every cell on a talk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from enum import StrEnum

from collabcase.model.group import Right
from collabcase.permissions.sight import Relation


class Act(StrEnum):
    """What can be done to something one sees."""

    SEE = "see"
    ANSWER = "answer"
    OBSERVERS = "observers"
    FILE = "file"
    HAND_OVER = "hand_over"
    EDIT = "edit"
    CHANGE_STATE = "change_state"
    LEAD = "lead"
    FORCE_LOCK = "force_lock"


_CASE = frozenset({Relation.OWNER, Relation.MEMBER, Relation.CASE_PEER, Relation.READER})
_TALK = frozenset({Relation.PARTY, Relation.TEAMBOX, Relation.PEER, Relation.OBSERVER})
_WRITERS = frozenset({Relation.PARTY, Relation.TEAMBOX, Relation.PEER})

MATRIX: Mapping[Act, frozenset[Relation]] = {
    Act.SEE: _CASE | _TALK | {Relation.INVOLVED},
    Act.ANSWER: _WRITERS | {Relation.OWNER, Relation.MEMBER, Relation.CASE_PEER},
    Act.OBSERVERS: _WRITERS,
    Act.FILE: _WRITERS,
    Act.HAND_OVER: frozenset({Relation.PARTY, Relation.TEAMBOX}),
    Act.EDIT: frozenset({Relation.OWNER, Relation.MEMBER}),
    Act.CHANGE_STATE: frozenset({Relation.OWNER}),
    Act.LEAD: frozenset({Relation.OWNER}),
    Act.FORCE_LOCK: _WRITERS | {Relation.OWNER, Relation.MEMBER, Relation.CASE_PEER},
}
"""Which relations allow an act. Where somebody has several, the widest counts."""


def relations(own: Iterable[Relation], rights: Set[Right]) -> frozenset[Relation]:
    """Return what somebody counts as: their relations, and the owner's on a case they see by `case.manage`."""
    held = frozenset(own)
    if Right.CASE_MANAGE in rights and held & _CASE:
        held |= {Relation.OWNER}
    return held


def may(act: Act, own: Iterable[Relation], rights: Set[Right] = frozenset()) -> bool:
    """Tell whether somebody may do an act to a thing.

    Args:
        act: what is to be done.
        own: the relations of all their paths to the thing; without any, nothing is allowed.
        rights: what their main group gives; `case.manage` gives the owner's column on every case one sees, and
            `lock.force` forces locks on everything one sees.
    """
    held = relations(own, rights)
    if act is Act.FORCE_LOCK and held and Right.LOCK_FORCE in rights:
        return True
    return bool(held & MATRIX[act])
