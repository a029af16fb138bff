"""Non-interference (quality.md): what a person may not see changes no answer of any public call, ids apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, note, strategies as st

from collabcase import Audience, ItemRef, Preview
from conftest import ENGINES
from properties.public_calls import USES, Given, Id, unregistered
from properties.scenes import Half, Outcome, Scene
from properties.stages import Stage, staged
from properties.twins import PERSONS, VERBS, Proposal, Twins, grow, proposals
from world import Group as OracleGroup

_ATTEMPTS = 110
"""How many calls are tried on each pair of worlds, every public call at least once."""


@pytest.fixture(scope="module", params=ENGINES)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(request.param, request, tmp_path_factory.mktemp("stage")) as opened:
        yield opened


def enact(stage: Stage, twins: Twins) -> tuple[Scene, Scene]:
    """Make both worlds in the library, at the same moments, in portfolios of one database."""
    left, right = stage.scene(), stage.scene()
    for side, step in twins.steps:
        stage.clock.move(seconds=1)
        for scene in {"both": (left, right), "left": (left,), "right": (right,)}[side]:
            scene.do(step)
    stage.clock.move(seconds=1)
    return left, right


def attempts(twins: Twins, rng: Random, most: int) -> Iterator[tuple[str, Given]]:
    """Give every public call of a person once, and some of them again and again with other arguments."""
    pool = twins.pool(rng)
    every = {name: list(use.arguments(pool)) for name, use in USES.items() if use.who in ("person", "for person")}
    once = [(name, rng.choice(arguments)) for name, arguments in every.items()]
    more = [(name, arguments) for name, some in every.items() for arguments in some]
    yield from once
    yield from rng.sample(more, min(max(0, most - len(once)), len(more)))


def check(stage: Stage, twins: Twins, seed: int, most: int = _ATTEMPTS) -> None:
    """Hold that the person gets the same answers in both worlds, and that the three numbers are the law's."""
    scenes = enact(stage, twins)
    rng = Random(seed)
    version = rng.choice([None, "4.7", "5.0"])
    for call, arguments in attempts(twins, rng, most):
        answers = []
        for scene, half in zip(scenes, (twins.left, twins.right), strict=True):
            outcome = scene.ask(twins.me, call, arguments, client_version=version)
            answers.append(scene.plain(outcome))
            check_numbers(scene, half, twins.me, call, arguments, outcome)
        assert answers[0] == answers[1], f"{call}({arguments}) tells {twins.me} which world it is\n{twins}"


def check_numbers(scene: Scene, half: Half, me: str, call: str, arguments: Given, outcome: Outcome) -> None:
    """Hold the three numbers to the oracle's; they alone were left out of the comparison."""
    for result in outcome.results:
        if isinstance(result, Audience):
            assert call == "desk.talks.audience"
            assert _told(result) == _audience(scene, half, me, arguments), (call, arguments)
        if isinstance(result, Preview):
            assert call == "desk.groups.preview"
            told = {one.person: (one.messages_gained, one.messages_lost) for one in result.changes}
            assert told == _preview(half, me, arguments), (call, arguments)
            assert not any(one.cases_gained or one.cases_lost or one.samples for one in result.changes)


def _told(audience: Audience) -> dict[ItemRef, tuple[set[str], int]]:
    told: dict[ItemRef, tuple[set[str], int]] = {}
    for line in audience.lines:
        readers, others = told.get(line.recipient, (set(), 0))
        told[line.recipient] = readers | {reader.person for reader in line.readers}, max(others, line.others)
    return told


def _audience(scene: Scene, half: Half, me: str, arguments: Given) -> dict[ItemRef, tuple[set[str], int]]:
    passed: dict[str, Any] = {name: half.own(value) for name, value in arguments.items()}
    expected = half.world.audience(me, **passed)
    return {
        ItemRef("group", scene.resolve(Id("group", who.label)))
        if isinstance(who, OracleGroup)
        else ItemRef("person", who): (set(readers.known), readers.others)
        for who, readers in expected.items()
    }


def _preview(half: Half, me: str, arguments: Given) -> dict[str, tuple[int, int]]:
    [(change, passed)] = arguments.items()
    given = half.own(passed)[1:] if change == "feature" else half.own(passed)
    return half.world.preview(change, *given, actor=me)


# -------------------------------------------------------------------- the properties


def test_every_public_call_is_registered() -> None:
    """V13: a public call joins this folder's properties the day it appears."""
    assert unregistered() == []


_proposals = st.lists(
    st.tuples(st.sampled_from(("both", "both", "left", "right")), st.sampled_from(VERBS), st.integers(0, 2**32)),
    min_size=20,
    max_size=70,
)


@given(st.sampled_from(sorted(PERSONS)), st.integers(0, 2**32), _proposals)
def test_what_is_hidden_changes_no_answer(stage: Stage, me: str, seed: int, proposed: list[Proposal]) -> None:
    """V12, V13: worlds that differ in what is hidden from somebody answer them alike, the three numbers apart."""
    check(stage, grow(me, seed, proposed), seed)
