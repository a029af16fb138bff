"""V17: who may be known and addressed, over every possible acquaintance."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from collabcase.permissions.known import Acquaintance, knows, may_address, may_answer_to


def acquaintances() -> Iterator[Acquaintance]:
    """Yield every combination that can be; only a person is the viewer or internal, only a group has a teambox."""
    for group, me, active, internal, teambox, open, together, named in itertools.product([False, True], repeat=8):
        impossible = (me or internal) if group else (teambox or open)
        if not impossible and (teambox or not open):
            yield Acquaintance(1, group, me, active, internal, teambox, open, together, named)


PERSONS = [other for other in acquaintances() if not other.group]
GROUPS = [other for other in acquaintances() if other.group]


def test_there_is_something_to_judge() -> None:
    """Every possible acquaintance is judged below."""
    assert (32, 24) == (len(PERSONS), len(GROUPS))


def test_internals_address_every_active_person() -> None:
    """V17: an internal person writes to every active person but themself."""
    assert [other for other in PERSONS if other.active and not other.me] == [
        other for other in PERSONS if may_address(True, other)
    ]


def test_externals_address_internals_they_share_something_with() -> None:
    """V17: an external one writes to active internal persons who are in a group with them or named on what they see."""
    assert [
        other
        for other in PERSONS
        if other.active and not other.me and other.internal and (other.together or other.named)
    ] == [other for other in PERSONS if may_address(False, other)]


def test_teamboxes_are_addressed() -> None:
    """V17: internals write to every living teambox, externals to the open ones; being a member adds nothing."""
    assert [other for other in GROUPS if other.active and other.teambox] == [
        other for other in GROUPS if may_address(True, other)
    ]
    assert [other for other in GROUPS if other.active and other.open] == [
        other for other in GROUPS if may_address(False, other)
    ]


def test_who_answers_addresses_anybody_named_besides() -> None:
    """V17: who answers also writes to anybody named: persons, active or not, but not themself, and living teamboxes."""
    for internal in (False, True):
        for other in acquaintances():
            reachable = (other.teambox and other.active) if other.group else not other.me
            expected = may_address(internal, other) or (other.named and reachable)
            assert expected is may_answer_to(internal, other), other
    assert may_answer_to(False, Acquaintance(1, False, False, False, False, False, False, False, True))
    assert not may_answer_to(True, Acquaintance(1, True, False, False, False, True, False, False, True))
    assert not may_answer_to(True, Acquaintance(1, False, True, True, True, False, False, True, True))


def test_whom_one_knows() -> None:
    """V17: known are oneself, fellow members, whoever is named on what one sees, and whom one may address."""
    for internal in (False, True):
        for other in acquaintances():
            expected = other.me or other.together or other.named or may_address(internal, other)
            assert expected is knows(internal, other), other


def test_group_manage_knows_all() -> None:
    """G6, V17: group.manage shows every group and every member."""
    assert all(knows(internal, other, manages_groups=True) for internal in (False, True) for other in acquaintances())
