"""The table of rights as a function: roles, and the rights that widen them."""

from __future__ import annotations

import itertools

import pytest

from collabcase.model.group import Right
from collabcase.permissions.rights import MATRIX, Act, may, relations
from collabcase.permissions.sight import Relation

ON_CASES = {Relation.OWNER, Relation.MEMBER, Relation.CASE_PEER, Relation.READER}
OTHERS = set(Right) - {Right.CASE_MANAGE, Right.LOCK_FORCE}


@pytest.mark.parametrize("act", Act)
def test_each_relation_alone(act: Act) -> None:
    """G2: with one relation and no right, an act is allowed where the table says so, and nowhere else."""
    assert MATRIX[act] == {relation for relation in Relation if may(act, [relation])}


def test_nobody_may_anything_to_what_they_do_not_see() -> None:
    """V12: without any relation nothing is allowed, whatever the rights."""
    assert not any(may(act, [], frozenset(Right)) for act in Act)


def test_the_widest_counts() -> None:
    """G2: where somebody has several relations, whatever any of them allows is allowed."""
    for one, other in itertools.combinations(Relation, 2):
        for act in Act:
            assert (may(act, [one]) or may(act, [other])) is may(act, [one, other])


def test_case_manage() -> None:
    """G2: case.manage gives the owner's column on every case one sees, and nothing on a talk."""
    rights = {Right.CASE_MANAGE}
    for relation in Relation:
        held = relations([relation], rights)
        assert ({relation, Relation.OWNER} if relation in ON_CASES else {relation}) == held
    owner = {act for act in Act if may(act, [Relation.OWNER])}
    assert owner == {act for act in Act if may(act, [Relation.READER], rights)}
    assert not may(Act.LEAD, [Relation.PARTY], rights)
    assert frozenset() == relations([], rights)


def test_lock_force() -> None:
    """G2: lock.force forces locks on everything one sees, and gives no other act."""
    rights = {Right.LOCK_FORCE}
    assert all(may(Act.FORCE_LOCK, [relation], rights) for relation in Relation)
    for act, relation in itertools.product(set(Act) - {Act.FORCE_LOCK}, Relation):
        assert may(act, [relation]) is may(act, [relation], rights)


def test_other_rights_change_nothing_here() -> None:
    """G2, G6: no other right widens what may be done to something seen."""
    for act, relation in itertools.product(Act, Relation):
        assert may(act, [relation]) is may(act, [relation], OTHERS)
    assert {Relation.READER} == relations([Relation.READER], OTHERS)
