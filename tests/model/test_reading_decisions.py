"""The decisions about questions: who must answer, who may dismiss, for whom an answer counts (T4)."""

from __future__ import annotations

import itertools

import pytest
from attrs import evolve

from collabcase.model.reading import Question, counts_for

X, PLACE, B1, B2, GB, BOX, OTHER = 1, 2, 3, 4, 5, 50, 60

OPEN = Question(
    asker=False,
    addressed=True,
    answered=False,
    answer_seen=False,
    waived=False,
    dismissed=False,
    has_dismissals=False,
)


def test_who_is_addressed_must_answer() -> None:
    """T4: an addressee who did not ask must answer; whoever else sees the question need not."""
    assert OPEN.must_answer
    for asker, addressed in ((True, False), (True, True), (False, False)):
        assert not evolve(OPEN, asker=asker, addressed=addressed).must_answer


@pytest.mark.parametrize("settled", ["answered", "waived", "dismissed"])
def test_what_settles_a_question(settled: str) -> None:
    """T4: an answer for them, the asker's waiver, their own dismissal settle it."""
    assert not evolve(OPEN, **{settled: True}).must_answer


def test_what_settles_nothing() -> None:
    """T4: that others were answered for, or have dismissed it, frees nobody."""
    assert evolve(OPEN, answer_seen=True, has_dismissals=True).must_answer


def test_who_may_dismiss() -> None:
    """T4: addressees who did not ask may, however the question stands."""
    for answered, waived, dismissed in itertools.product((False, True), repeat=3):
        asked = evolve(OPEN, answered=answered, waived=waived, dismissed=dismissed)
        assert asked.may_dismiss
        assert not evolve(asked, addressed=False).may_dismiss
        assert not evolve(asked, asker=True).may_dismiss


@pytest.mark.parametrize(
    ("answerer", "groups", "peers", "expected"),
    [
        (B1, set(), set(), {B1}),
        (B2, set(), {B1}, {B1}),
        (B1, set(), {GB}, {B1, GB}),
        (B2, {BOX, OTHER}, set(), {BOX}),
        (B1, {BOX}, {GB}, {B1, GB, BOX}),
        (B2, {OTHER}, set(), set()),
    ],
)
def test_for_whom_an_answer_counts(answerer: int, groups: set[int], peers: set[int], expected: set[int]) -> None:
    """T4: for who answers, for their peers, for their groups, as far as these are addressed."""
    for to in ({X}, {PLACE}, {X, PLACE, OTHER}):
        found = counts_for(
            frozenset({B1, GB, BOX}), answerer, groups=groups, peers=peers, askers={X, PLACE}, to=frozenset(to)
        )
        assert expected == found


def test_an_answer_past_the_asker_counts_for_nobody() -> None:
    """T4: the asker must be among its recipients."""
    found = counts_for(frozenset({B1, BOX}), B1, groups={BOX}, peers=set(), askers={X}, to=frozenset({B2}))
    assert frozenset() == found
