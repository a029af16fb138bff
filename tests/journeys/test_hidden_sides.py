"""The sides of a talk are told only to who sees how it began."""

from __future__ import annotations

import pytest

from collabcase import Collab, ItemRef


@pytest.fixture
def branch(collab: Collab) -> tuple[str, str]:
    """A talk of a and b, and b's answer to c alone: the ids of the talk and of that answer."""
    collab.create_portfolio("p")
    with collab.system("p") as system:
        for id in "abcx":
            system.people.add(id, name=id.upper())
    with collab.desk("a", portfolio="p") as desk:
        talk = desk.talks.start("b", subject="Roof", text="Please look at it.")
    with collab.desk("b", portfolio="p") as desk:
        opening = desk.talks.view(talk.id).messages[0]
        aside = desk.talks.reply(opening.id, "Can you go there?", to="c")
    return talk.id, aside.id


def test_a_hidden_side_cannot_be_guessed(collab: Collab, branch: tuple[str, str]) -> None:
    """V6, V13: who sees a branch only learns no side of the talk, not by naming somebody and not by handing over."""
    talk, _ = branch
    with collab.desk("c", portfolio="p") as desk:
        for guess in ("x", "a"):
            desk.talks.add_observer(talk, guess, with_history=True)
            shown = desk.talks.view(talk).talk
            assert (None, None) == (shown.initiator, shown.counterpart)
            assert ItemRef("person", guess) in shown.participants
            desk.talks.remove_observer(talk, guess)
        for guess in ("x", "a"):
            assert (None, None) == (lambda view: (view.initiator, view.counterpart))(desk.talks.hand_over(talk, guess))


def test_a_hidden_change_of_sides_stays_hidden(collab: Collab, branch: tuple[str, str]) -> None:
    """V6, V13: a hand-over that somebody does not see changes nothing of what they are shown."""
    talk, aside = branch
    with collab.desk("b", portfolio="p") as desk:
        desk.talks.reply(aside, "And tell x.", to=["c", "x"])
    with collab.desk("c", portfolio="p") as desk:
        before = desk.talks.view(talk)
    with collab.desk("a", portfolio="p") as desk:
        assert ItemRef("person", "x") == desk.talks.hand_over(talk, "x").initiator
    with collab.desk("c", portfolio="p") as desk:
        assert before == desk.talks.view(talk)
