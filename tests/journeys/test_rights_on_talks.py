"""The talk columns of the table of rights, each cell tried through the public face on both engines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collabcase import Collab, Desk, Forbidden, Message, NotFound
from collabcase.permissions.rights import Act
from collabcase.permissions.sight import Relation
from collabcase.testing import MovableClock
from permissions.table import shown

from .broker import Broker

Verb = Callable[[Desk, Message], object]

VERBS: dict[Act, dict[str, Verb]] = {
    Act.SEE: {
        "messages.get": lambda desk, message: desk.messages.get(message.id),
        "talks.view": lambda desk, message: desk.talks.view(message.talk),
        "explain": lambda desk, message: desk.explain(message),
    },
    Act.ANSWER: {
        "talks.reply": lambda desk, message: desk.talks.reply(message.id, "…", to="new"),
        "talks.reply_options": lambda desk, message: desk.talks.reply_options(message.id),
        "talks.audience": lambda desk, message: desk.talks.audience(message=message.id, to="new"),
    },
    Act.OBSERVERS: {
        "talks.add_observer": lambda desk, message: desk.talks.add_observer(message.talk, "copied"),
        "talks.remove_observer": lambda desk, message: desk.talks.remove_observer(message.talk, "copied"),
        "talks.audience": lambda desk, message: desk.talks.audience(talk=message.talk, observers="copied"),
    },
    Act.HAND_OVER: {
        "talks.hand_over": lambda desk, message: desk.talks.hand_over(message.talk, "new"),
    },
}
WITHOUT_A_VERB_YET = {Act.FILE, Act.EDIT, Act.CHANGE_STATE, Act.LEAD, Act.FORCE_LOCK}

VIEWERS = {
    "sender": Relation.PARTY,
    "recipient": Relation.PARTY,
    "stood for": Relation.PARTY,
    "boxed": Relation.TEAMBOX,
    "peer of sender": Relation.PEER,
    "peer of recipient": Relation.PEER,
    "observer": Relation.OBSERVER,
    "of observing group": Relation.OBSERVER,
}
STRANGERS = ("peer of boxed", "peer of observer", "stranger")


class Undone(Exception):
    """Rolls a try back, so that the next one finds everything as it was."""


@pytest.fixture
def message(collab: Collab, clock: MovableClock) -> tuple[Broker, Message]:
    """A message with somebody in each relation to it."""
    broker = Broker(collab, clock)
    broker.people(*VIEWERS, *STRANGERS, "copied", "new")
    box = broker.group("Box", ["boxed"], teambox=True)
    copied = broker.group("Copied", ["of observing group"], teambox=True)
    for one in ("sender", "recipient", "boxed", "observer"):
        broker.group(f"With {one}", [one, f"peer of {one}"], shares=True)
    broker.group("Stand-ins", ["sender", "stood for"], shares=True)
    asked = broker.send("recipient", "stood for")
    answer = broker.answer("sender", asked, to=["recipient", box], observers=["observer", copied], sent_for="stood for")
    return broker, answer


def _refusal(broker: Broker, person: str, verb: Verb, message: Message) -> str | None:
    """Try a verb, undo it, and return the right that was missing; None where it was allowed."""
    try:
        with broker.desk(person) as desk:
            verb(desk, message)
            raise Undone
    except Undone:
        return None
    except Forbidden as refused:
        return refused.right


def test_every_act_has_its_verbs() -> None:
    """G2: an act of the table has verbs that are tried here, or is listed as still to come."""
    assert set(Act) - WITHOUT_A_VERB_YET == set(VERBS)
    talk_columns = {Relation.PARTY, Relation.TEAMBOX, Relation.PEER, Relation.OBSERVER}
    assert talk_columns == set(VIEWERS.values())


@pytest.mark.parametrize("act", VERBS)
def test_each_cell(message: tuple[Broker, Message], act: Act) -> None:
    """G2: whom the table allows an act, every verb of it lets; others are refused with the act as missing right."""
    broker, answer = message
    allowed = shown()[act]
    for person, relation in VIEWERS.items():
        for name, verb in VERBS[act].items():
            expected = None if relation in allowed else act.value
            assert expected == _refusal(broker, person, verb, answer), (person, name)
    for person in STRANGERS:
        for verb in VERBS[act].values():
            with pytest.raises(NotFound):
                _refusal(broker, person, verb, answer)
