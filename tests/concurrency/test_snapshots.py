"""Each reading verb looks at one moment, whatever commits while it is under way (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from collabcase import Collab, Desk, Feature, Forbidden, Group, NotFound
from concurrency.held import interposed
from concurrency.scene import first_message, send, set_up

READING: dict[str, Callable[[Desk, str, str], Any]] = {
    "search": lambda desk, talk, message: desk.messages.search(),
    "get": lambda desk, talk, message: desk.messages.get(message),
    "view": lambda desk, talk, message: desk.talks.view(talk),
    "reply_options": lambda desk, talk, message: desk.talks.reply_options(message),
    "audience": lambda desk, talk, message: desk.talks.audience(message=message),
    "explain": lambda desk, talk, message: desk.explain(message),
    "preview": lambda desk, talk, message: desk.groups.preview(feature=(Feature.SHARE_CASES, False)),
    "groups": lambda desk, talk, message: desk.groups.list(),
}


@pytest.mark.parametrize("verb", READING)
def test_a_reading_verb_looks_at_one_moment(shared: Collab, verb: str) -> None:
    """V5: what commits between two statements of a reading verb shows in all of its answer or, as here, in none."""
    groups = set_up(
        shared,
        ["a", "b", "c", "d", "viewer"],
        {
            "S": {"shares_cases": True, "members": ["b", "viewer"]},
            "box": {"teambox": True, "members": ["d"]},
            "managers": {"main": True, "members": ["viewer"], "rights": ["group.manage"]},
        },
    )
    talk = send(shared, "a", ["b", groups["box"]], "hello", observers=["c"])
    message = first_message(shared, "a", talk)

    def change() -> None:
        everything_changes(shared, groups, talk, message)

    with shared.desk("viewer", portfolio="p") as desk:
        before = READING[verb](desk, talk, message)
        with interposed(shared, ("", lambda: None), ("", change)):
            assert before == READING[verb](desk, talk, message)
        with suppress(NotFound, Forbidden):
            assert before != READING[verb](desk, talk, message), "the change changed nothing"


def everything_changes(collab: Collab, groups: dict[str, Group], talk: str, message: str) -> None:
    with collab.desk("b", portfolio="p") as desk:
        desk.talks.hand_over(talk, "d")
        desk.talks.remove_observer(talk, "c")
        desk.talks.reply(message, "again", to=["a", "d"])
    with collab.system("p") as system:
        system.groups.remove_members(groups["S"].id, ["viewer"])
        system.groups.rename(groups["box"].id, "another box")
        system.groups.remove_members(groups["box"].id, ["d"])
        system.groups.set_rights(groups["managers"].id, [])
        system.features.disable(Feature.SHARE_CASES)
