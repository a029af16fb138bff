"""The feed over random histories on both engines: as the oracle's rule has it, alone as together with others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from collabcase import Collab
from collabcase.desk.judging import Judge
from collabcase.model.dictionary import DictionaryEvent
from collabcase.model.group import GroupEvent
from collabcase.permissions import telling
from collabcase.permissions.sight import Sight
from collabcase.storage.sql.people import SqlPeople
from collabcase.testing import MovableClock
from properties.agreement.figures import Figures
from properties.agreement.programs import Program, examples, programs
from properties.agreement.stored import in_haste
from properties.clocks import PATIENT, Clocks
from properties.following import Followed

_log = logging.getLogger(__name__)

EXAMPLES = {"sqlite": 80, "postgresql": 50}


def test_following(patient: tuple[Collab, MovableClock], engine_name: str) -> None:
    """I2, V13, V17: each follower is told what they may see and by whom, and no change of sight goes untold."""
    figures, (collab, clock) = Figures(), patient
    in_haste(collab)

    @examples(EXAMPLES[engine_name])
    @given(programs())
    def play(program: Program) -> None:
        Followed(collab, clock, figures).play(program)

    play()
    _log.info("%s:\n%s", engine_name, figures)
    for name in ("events told", "events not told", "actors not told", "changes of sight"):
        assert figures[name] > 20, str(figures)


def hidden_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever follows is told of every message."""
    monkeypatch.setattr(Sight, "sees", lambda self, item, facts: True)


def dismissals_are_told_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sees a question is told who dismissed it."""
    monkeypatch.setattr(telling, "_NARROWER", frozenset())


def strangers_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every actor is shown."""
    monkeypatch.setattr(Judge, "_strangers", lambda self, rows: frozenset())


def acquaintances_are_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is named on something seen is not known by that."""
    monkeypatch.setattr(SqlPeople, "naming", lambda self, scope, viewers, principals: set())


def leaving_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who leaves a group is not told that they see less, nor are those they shared with."""
    monkeypatch.setattr(telling, "_MEMBERS", frozenset({GroupEvent.CREATED, GroupEvent.MEMBERS_ADDED}))


def the_feature_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feature changes sight without a word."""
    monkeypatch.setattr(telling, "_FEATURE", frozenset())


def groups_are_told_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever happens to a group is told to everybody."""
    monkeypatch.setattr(telling, "_DICTIONARIES", frozenset({*DictionaryEvent, *GroupEvent}))
    monkeypatch.setattr(telling, "_GROUPS", frozenset())


FAULTS = (
    hidden_are_told,
    dismissals_are_told_to_all,
    strangers_are_named,
    acquaintances_are_not_named,
    leaving_is_not_told,
    the_feature_is_not_told,
    groups_are_told_to_all,
)
finding = settings(max_examples=200, phases=[Phase.generate], database=None, derandomize=True)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_found(
    fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """I2, V13, V17: the histories do not go through any more when the feed is wrong."""
    fault(monkeypatch)
    with Clocks.made(f"sqlite:///{tmp_path / 'faulty.db'}") as clock, in_haste(clock.opened(PATIENT)) as collab:

        @finding
        @given(programs())
        def play(program: Program) -> None:
            Followed(collab, clock, Figures()).play(program)

        with pytest.raises(AssertionError):
            play()
