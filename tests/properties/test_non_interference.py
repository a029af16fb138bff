"""Non-interference (quality.md): what a person may not see changes no answer of any public call, ids apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from random import Random
from typing import Any, TypeAlias, cast, get_args

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from collabcase import Audience, Forbidden, GroupInUse, ItemRef, Preview
from conftest import ENGINES
from properties.faults import FAULTS, NO_DIFFERENCE_MADE, Fault
from properties.proposals import VERBS
from properties.public_calls import USES, Given, Id, Ref, unregistered
from properties.scenes import Either, Half, Outcome, Scene, Step
from properties.stages import Stage, staged
from properties.twins import PERSONS, Side, Twins, grow, proposals, view
from world import Change
from world import Group as OracleGroup

Pairs: TypeAlias = list[tuple[Twins, tuple[Scene, Scene]]]

_ASKED = ("person", "window", "for person")

_ATTEMPTS = {"sqlite": 110, "postgresql": 60}
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
        for name, scene in (("left", left), ("right", right)):
            if side in ("both", name):
                scene.do(step.on(name))
    stage.clock.move(seconds=1)
    return left, right


def attempts(twins: Twins, rng: Random, most: int, calls: Collection[str] | None = None) -> Iterator[tuple[str, Given]]:
    """Give every public call of a person once, and some again with other arguments; or all there is to some calls."""
    pool = twins.pool(rng)
    every = {name: list(use.arguments(pool)) for name, use in USES.items() if use.who in _ASKED}
    if calls is not None:
        yield from ((name, arguments) for name in calls for arguments in every[name])
        return
    once = [(name, rng.choice(arguments)) for name, arguments in every.items()]
    more = [(name, arguments) for name, some in every.items() for arguments in some]
    yield from once
    yield from rng.sample(more, min(max(0, most - len(once)), len(more)))


def hold(scenes: tuple[Scene, Scene], twins: Twins, seed: int, calls: Collection[str] | None = None) -> None:
    """Hold that the person gets the same answers in both worlds, and that the three numbers are the law's."""
    rng = Random(seed)
    version = rng.choice([None, "4.7", "5.0"])
    most = _ATTEMPTS[scenes[0].collab._storage._engine.dialect.name]
    windows = [None, *twins.windows()]
    for call, arguments in attempts(twins, rng, most, calls):
        answers, at = [], {"window": rng.choice(windows), "holding": rng.random() < 0.5}
        for scene, half in zip(scenes, (twins.left, twins.right), strict=True):
            outcome = scene.ask(twins.me, call, arguments, client_version=version, **at)
            answers.append(scene.plain(outcome))
            check_numbers(scene, half, twins.me, call, arguments, outcome)
        assert answers[0] == answers[1], f"{call}({arguments}) tells {twins.me} which world it is\n{twins}"


def check_numbers(scene: Scene, half: Half, me: str, call: str, arguments: Given, outcome: Outcome) -> None:
    """Hold the three numbers to the oracle's; they alone were left out of the comparison."""
    if isinstance(outcome.error, GroupInUse):
        assert call == "desk.groups.delete"
        assert outcome.error.items == half.world.open_items(arguments["id"].name)
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
    assert change in get_args(Change)
    given = half.own(passed)[1:] if change == "feature" else half.own(passed)
    return half.world.preview(cast(Change, change), *given, actor=me)


# -------------------------------------------------------------------- the properties


def test_every_public_call_is_registered() -> None:
    """V13: a public call joins this folder's properties the day it appears."""
    assert unregistered() == []


@settings(max_examples=settings().max_examples * 3 // 5, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.sampled_from(sorted(PERSONS)), st.integers(0, 2**64 - 1))
def test_what_is_hidden_changes_no_answer(stage: Stage, me: str, seed: int) -> None:
    """V12, V13: worlds that differ in what is hidden from somebody answer them alike, the three numbers apart."""
    twins = grow(me, seed, proposals(seed, 90))
    hold(enact(stage, twins), twins, seed)


def test_other_portfolios_change_no_answer(stage: Stage) -> None:
    """V12: whatever happens in another portfolio, with the same ids and names, changes no answer in this one."""
    twins, others = (grow("ida", seed, proposals(seed, 60)) for seed in (1, 2))
    [scene, _], pool = enact(stage, twins), twins.pool(Random(3))
    asked = [
        (who, call, arguments)
        for call, use in USES.items()
        if use.who in ("person", "system")
        for arguments in list(use.arguments(pool))[:6]
        for who in ([None] if use.who == "system" else ["ida", "xara"])
    ]
    before = [scene.plain(scene.ask(*one)) for one in asked]
    now = stage.clock.now()
    enact(stage, others)
    stage.clock.move(seconds=(now - stage.clock.now()).total_seconds())
    assert before == [scene.plain(scene.ask(*one)) for one in asked]


def test_how_many_unknown_groups_share_is_not_told(stage: Stage) -> None:
    """V16, V13: an audience says that two known people share a group one does not know, and not how many they share."""
    twins = Twins("ida")
    steps = [Step("add_person", None, {"id": who}) for who in ("ida", "ilse", "ingo")]
    steps.append(Step("feature", None, {"on": True}))
    shared = {"members": ["ilse", "ingo"], "shares_cases": True}
    steps.append(Step("create_group", None, {"name": "Eins", **shared}, "Eins"))
    assert all(twins.try_step("both", step) for step in steps)
    assert twins.try_step("left", Step("create_group", None, {"name": "Zwei", **shared}, "Zwei"))
    hold(enact(stage, twins), twins, 0, ["desk.talks.audience"])


def test_the_pairs_differ_in_every_kind_of_thing() -> None:
    """V13: what is kept from a person, and so must change nothing, comprises every verb, for every person."""
    grown = [grow(me, seed, proposals(seed, 150)) for seed, me in enumerate([*PERSONS] * 4)]
    verbs = {(step.verb, step.rolled_back) for twins in grown for step in twins.hidden}
    seen_by_all = {"define"}  # kept on one side only where it changes nothing
    assert {verb for verb, undone in verbs if not undone} - seen_by_all == set(VERBS) - {"reply_apart"} - seen_by_all
    assert "start" in {verb for verb, undone in verbs if undone}
    assert {twins.me for twins in grown if len(twins.hidden) >= 10} == set(PERSONS)
    within = [twins for twins in grown if _hides_within_a_talk(twins)]
    assert len(within) >= len(grown) / 4
    assert any(isinstance(value, Either) for twins in grown for _, step in twins.steps for value in step.given.values())


def _hides_within_a_talk(twins: Twins) -> bool:
    """Tell whether something is hidden in a talk of which the person sees another message."""
    alone = [id for id in twins.left.named("message") if id not in twins.right.numbers]
    return bool({twins.left.talk_of(id) for id in alone} & view(twins.left, twins.me)["talks"].keys())


def _made_by_hand() -> Twins:
    """Make a pair with what chance brings about too rarely: hidden answers, each world its own, between seen ones."""
    twins = Twins("ida")

    def said(name: str, who: str, to: str, answers: Id | Either | None = None, **more: Any) -> Step:
        about = {"subject": "Thema"} if answers is None else {"message": answers}
        given = {**about, "to": [to], "text": "Antwort", **more}
        return Step("start" if answers is None else "reply", who, given, name)

    question = Id("message", "Frage")
    steps: list[tuple[Side, Step]] = [
        *(("both", Step("add_person", None, {"id": who})) for who in ("ida", "ilse", "ingo", "ivan")),
        ("both", said("Frage", "ilse", "ingo", observers=["ida"], asks_answer=True)),
        ("both", said("Danach", "ilse", "ida")),
        ("left", said("L1", "ingo", "ilse", question, drop_observers=["ida"])),
        ("right", said("R1", "ilse", "ingo", question, drop_observers=["ida"])),
        ("both", said("Seen", "ilse", "ida", Either(Id("message", "L1"), Id("message", "R1")))),
        ("both", said("Zuletzt", "ilse", "ida")),
        ("left", said("L2", "ilse", "ivan", Id("message", "L1"))),
        ("left", said("L3", "ilse", "ingo")),
        *_clicks(),
    ]
    for side, step in steps:
        assert twins.try_step(side, step), f"{step} is not hidden\n{twins}"
    return twins


def _clicks() -> Iterator[tuple[Side, Step]]:
    """Give locks that are hidden from ida: of the other side, and who has asked for one she sees."""
    yield (
        "both",
        Step("create_group", None, {"name": "Box", "members": ["ida", "ivan", "ingo"], "teambox": True}, "Box"),
    )
    given = {"to": [Ref(Id("group", "Box"))], "subject": "Thema", "text": "Text"}
    yield "both", Step("start", "ilse", given, "Im Fach")
    for who in ("ilse", "ivan", "ingo"):
        yield "both", Step("open_window", who, {}, who)
    for side, who, verb, item in (
        ("left", "ilse", "focus", Id("talk", "Danach")),
        ("left", "ilse", "focus", Id("talk", "Im Fach")),
        ("both", "ivan", "focus", Id("talk", "Im Fach")),
        ("left", "ingo", "ask_for", Id("talk", "Im Fach")),
        ("left", "ilse", "focus", Id("talk", "Danach")),
    ):
        yield cast(Side, side), Step(verb, who, {"window": Id("window", who), "item": item})


@pytest.fixture(scope="module")
def pairs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pairs]:
    with staged("sqlite", request, tmp_path_factory.mktemp("pairs")) as opened:
        grown = [grow(me, seed, proposals(seed, 90)) for seed, me in enumerate([*PERSONS] * 3)] + [_made_by_hand()]
        yield [(twins, enact(opened, twins)) for twins in grown]


def hold_all(pairs: Pairs, call: str) -> None:
    """Hold one call in every pair."""
    for twins, scenes in pairs:
        hold(scenes, twins, 0, [call])


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in NO_DIFFERENCE_MADE])
def test_a_leak_is_caught(pairs: Pairs, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """V13: the property above fails on a library that leaks."""
    hold_all(pairs, FAULTS[fault])
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        hold_all(pairs, FAULTS[fault])


def test_how_much_keeps_a_group_from_being_deleted_is_told_to_who_manages_groups(stage: Stage) -> None:
    """V13: the third number, `GroupInUse`'s, is the law's, and told to nobody without `group.manage`."""
    twins = Twins("ida")
    steps = [Step("add_person", None, {"id": who}) for who in ("ida", "ilse", "ingo")]
    steps.append(
        Step(
            "create_group", None, {"name": "Haus", "main": True, "members": ["ida"], "rights": ["group.manage"]}, "Haus"
        )
    )
    steps.append(Step("create_group", None, {"name": "Box", "members": ["ilse"], "teambox": True}, "Box"))
    said = {"to": [Ref(Id("group", "Box"))], "subject": "Thema", "text": "Text"}
    steps += [Step("start", "ingo", said, f"{number}") for number in range(3)]
    steps.append(Step("claim", "ilse", {"label": Id("group", "Box"), "talk": Id("talk", "0")}))
    assert all(twins.try_step("both", step) for step in steps)
    scene, _ = enact(stage, twins)
    outcome = scene.ask("ida", "desk.groups.delete", {"id": Id("group", "Box")})
    assert isinstance(outcome.error, GroupInUse)
    assert 3 == outcome.error.items == twins.left.world.open_items("Box")
    for other in ("ilse", "ingo"):
        assert isinstance(scene.ask(other, "desk.groups.delete", {"id": Id("group", "Box")}).error, Forbidden)
