"""Canaries (quality.md): no output of any public call holds what its caller is not entitled to."""

from __future__ import annotations

import logging
import pickle
import re
import traceback
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from collabcase import CollabError, Event, InvalidInput, to_json
from conftest import ENGINES
from properties.canary_world import MARK, PERSONAS, SYSTEM, Cage, build
from properties.faults import FAULTS, NO_MARK_SHOWN, Fault
from properties.public_calls import USES, Given
from properties.reflection import is_value
from properties.scenes import Outcome
from properties.stages import Stage, staged


@pytest.fixture(scope="module", params=ENGINES)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(request.param, request, tmp_path_factory.mktemp("canaries")) as opened:
        yield opened


@pytest.fixture(scope="module")
def heard(stage: Stage) -> list[Event]:
    """The events that were signalled while the cages were built, in order."""
    events: list[Event] = []
    stage.collab.signals.connect(lambda _, event: events.append(event))
    return events


@pytest.fixture(scope="module")
def cages(stage: Stage, heard: list[Event]) -> tuple[Cage, Cage]:
    return build(stage)


def told(outcome: Outcome) -> set[str]:
    """Give every mark in an outcome, in any of the forms in which it may leave the process."""
    texts: list[str] = []
    for result in _flat(outcome.results):
        texts += [repr(result), str(result), _json(result)]
        texts.append(pickle.dumps(result).decode("latin-1") if is_value(type(result)) else "")
    error: BaseException | None = outcome.error
    if error is not None:
        texts += traceback.TracebackException.from_exception(error).format()
        texts.append(pickle.dumps(error).decode("latin-1") if isinstance(error, CollabError) else "")
    while error is not None:
        texts += [repr(error), str(error), repr(vars(error)), repr(error.args)]
        error = error.__cause__ or error.__context__
    return set(MARK.findall("\n".join(texts)))


def _flat(results: Iterable[Any]) -> Iterator[Any]:
    for result in results:
        yield result
        if isinstance(result, Iterable) and not isinstance(result, str):
            yield from _flat(result)


def _json(value: Any) -> str:
    try:
        return to_json(value)
    except InvalidInput:
        return ""


def attempts(cage: Cage, who: str, most: int, calls: Collection[str] | None) -> Iterator[tuple[str, Given]]:
    """Give calls of a persona, each in so many ways; those asked for, and what the system reads, in all of them."""
    rng = Random(who)
    pool = cage.pool(next(iter(cage.persons.values())) if who == SYSTEM else who, rng)
    for call, use in USES.items():
        if use.who in (("system",) if who == SYSTEM else ("person", "window", "for person")) and call in (
            calls or USES
        ):
            arguments = list(use.arguments(pool))
            every = calls or (who == SYSTEM and not use.changes)
            yield from ((call, given) for given in (arguments if every else pool.some(arguments, most)))


def listen(
    cage: Cage, other: Cage, names: Mapping[str, str | None], most: int = 0, calls: Collection[str] | None = None
) -> dict[str, set[str]]:
    """Let personas call whatever there is; give who came to know each mark, and fail where they were not entitled."""
    learnt: dict[str, set[str]] = defaultdict(set)
    for name, version in names.items():
        who = cage.persons.get(name, name)
        for call, given in attempts(cage, who, most, calls):
            outcome = cage.scene.ask(None if who == SYSTEM else who, call, given, client_version=version)
            own = set(MARK.findall(repr(cage.scene.resolve(given))))
            for mark in told(outcome) - own:
                canary = cage.canaries.get(mark)
                assert mark not in other.canaries or canary, f"{name}: {call}({given}) tells of another portfolio"
                assert canary is None or canary.entitled(who), f"{name}: {call}({given}) tells {canary.where}"
                learnt[mark].add(name)
    return learnt


def test_nobody_is_told_what_is_hidden_from_them(
    stage: Stage, cages: tuple[Cage, Cage], caplog: pytest.LogCaptureFixture
) -> None:
    """V12, V13: no persona finds a mark they are not entitled to; somebody entitled finds each."""
    home, foreign = cages
    most = 12 if stage.collab._storage._engine.dialect.name == "sqlite" else 3
    with caplog.at_level(logging.DEBUG):
        learnt = listen(home, foreign, PERSONAS, most)
        learnt_there = listen(foreign, home, {"clerk": None, "manager": None, "ghost": None, SYSTEM: None}, most)
    assert not MARK.findall(caplog.text)
    for cage, found in ((home, learnt), (foreign, learnt_there)):
        assert [one.where for one in cage.canaries.values() if one.reachable and one.text not in found] == []


def test_events_hold_ids_and_names_of_fields_alone(cages: tuple[Cage, Cage], heard: list[Event]) -> None:
    """V13, C7: an event tells that something happened to a thing, never a word of it, and stays in its portfolio."""
    assert {event.kind for event in heard} >= {"message.sent", "talk.observer_added", "group.created", "person.added"}
    for cage, other in (cages, cages[::-1]):
        own = [event for event in heard if event.portfolio == cage.scene.portfolio]
        marks = {mark for event in own for mark in MARK.findall(to_json(event))}
        told = {cage.canaries[mark].where for mark in marks}
        assert {where for where in told if not where.startswith(("id of ", "the portfolio", "policy that "))} == set()
        assert marks & (other.canaries.keys() - cage.canaries.keys()) == set()


@pytest.fixture(scope="module")
def more_cages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cage, Cage]]:
    with staged("sqlite", request, tmp_path_factory.mktemp("faults")) as opened:
        yield build(opened)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in NO_MARK_SHOWN])
def test_a_leak_is_caught(more_cages: tuple[Cage, Cage], fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """V13: the test above fails on a library that leaks."""
    listen(*more_cages, PERSONAS, calls=[FAULTS[fault]])
    fault(monkeypatch)
    with pytest.raises(AssertionError, match="tells"):
        listen(*more_cages, PERSONAS, calls=[FAULTS[fault]])


def test_the_table_of_leaks_is_whole_and_names_tests_that_exist() -> None:
    """V13: docs/security.md has all 43 kinds of leaks, and each test it names is there."""
    root = Path(__file__).parents[2]
    page = (root / "docs" / "security.md").read_text(encoding="utf-8")
    assert [f"d{number}" for number in range(1, 44)] == re.findall(r"^\| (d\d+) \|", page, re.MULTILINE)
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page))
    assert len(named) > 10
    assert [
        name for name in sorted(named) if f"def {name[1]}(" not in (root / name[0]).read_text(encoding="utf-8")
    ] == []
