"""The group feed and the inbox's list after any history, and what finds them wrong."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from sqlalchemy import text

import collabcase
from collabcase import Collab
from collabcase.testing import MovableClock
from properties.agreement.programs import Program, examples
from properties.agreement.stored import in_haste
from properties.list_faults import FAULTS, Fault
from properties.lists import ListHistory, list_programs

_log = logging.getLogger(__name__)

EXAMPLES = {"sqlite": 30, "postgresql": 6}


def test_lists_follow_every_history(collab: Collab, clock: MovableClock, engine_name: str) -> None:
    """V5, V6: whatever happened, feed and talk_list hold what plain sets give, and fsck finds nothing."""
    seen: Counter[str] = Counter()
    in_haste(collab)

    @examples(EXAMPLES[engine_name])
    @given(list_programs())
    def play(program: Program) -> None:
        ListHistory(collab, clock, seen).play(program)

    play()
    _log.info("%s: %s", engine_name, dict(seen))
    rare = [name for name, least in LEAST.items() if seen[name] < least and engine_name == "sqlite"]
    assert [] == rare, f"too rare to prove anything: {dict(seen)}"


LEAST = {
    "feed rows": 300,
    "feed rows gone": 2,
    "shared rows": 150,
    "own rows of groups": 30,
    "list rows gone": 2,
}
"""How often a run must at least have met what; asked of SQLite alone, where there are enough examples."""


def _newest(collab: Collab, who: str, shared: bool) -> list[int]:
    """Return how many messages there are up to the one that each row of somebody's list points to."""
    asked = """
        SELECT (SELECT count(*) FROM message WHERE id <= last) FROM talk_list JOIN principal ON no = principal
        WHERE principal.id = :who AND shared = :shared
    """
    with collab._storage._engine.connect() as connection:
        return list(connection.execute(text(asked), {"who": who, "shared": shared}).scalars())


def test_the_newest_that_is_left(collab: Collab) -> None:
    """V5, V7: who leaves a group, or observes no more, lowers its lists to the newest message that is left."""
    collab.create_portfolio("p")
    with collab.system("p") as system:
        for person in "abcx":
            system.people.add(person, name=person)
        group = system.groups.create("g", members=["a", "b"]).id
    with collab.desk("x", portfolio="p") as desk:
        talk = desk.talks.start("a", subject="s", text="1", observers=["c"]).id
        desk.talks.reply(desk.talks.view(talk).messages[0].id, "2", to="b")
        desk.talks.reply(desk.talks.view(talk).messages[0].id, "3", to="a", drop_observers=["c"])
        desk.talks.reply(desk.talks.view(talk).messages[0].id, "4", to="b")
    with collab.desk("b", portfolio="p") as desk:
        desk.talks.remove_observer(talk, "c")  # b sees the second and the fourth
    assert ([4], [1]) == (_newest(collab, group, True), _newest(collab, "c", False))
    for leaving, left in (("b", [3]), ("a", [])):
        with collab.system("p") as system:
            system.groups.remove_members(group, [leaving])
        assert left == _newest(collab, group, True)
    assert () == collab.fsck("p").findings


finding = settings(max_examples=200, phases=[Phase.generate], database=None, derandomize=True)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Fault], Collab]:
    """Open a collabcase on SQLite with a fault in it."""

    def opened(fault: Fault) -> Collab:
        fault(monkeypatch)
        return in_haste(collabcase.open(f"sqlite:///{tmp_path / 'faulty.db'}", clock=MovableClock()))

    return opened


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_faults_are_found(fault: Fault, faulty: Callable[[Fault], Collab]) -> None:
    """V5, V6: lists that are kept wrongly differ from plain sets after some history."""
    with faulty(fault) as collab:
        clock = collab._clock
        assert isinstance(clock, MovableClock)

        @finding
        @given(list_programs())
        def play(program: Program) -> None:
            ListHistory(collab, clock, Counter()).play(program)

        with pytest.raises(AssertionError, match=r"lists of|feeds of"):
            play()
