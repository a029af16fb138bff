"""T4 and T5 through the public face: questions that must be answered, and what is unread under which heading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from collabcase import Addressee, AnswerRequired, Collab, Dismissal, Feature, Forbidden, InvalidInput, Message, NotFound
from collabcase.testing import MovableClock

from .broker import Broker

Counts = tuple[int, int, int]


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    return Broker(collab, clock)


def ask(broker: Broker, sender: str, to: Addressee | Iterable[Addressee], **named: Any) -> Message:
    """Let somebody ask something in a new talk, and return the question."""
    broker.clock.move(seconds=1)
    with broker.desk(sender) as desk:
        talk = desk.talks.start(to, subject="Police 4711", text="?", asks_answer=True, **named)
        return desk.talks.view(talk.id).messages[0]


def mark(broker: Broker, person: str, *messages: Message) -> None:
    """Let somebody mark messages read."""
    with broker.desk(person) as desk:
        desk.messages.mark_read([message.id for message in messages])


def must_answer(broker: Broker, person: str, message: Message) -> bool:
    """Tell whether somebody is refused to mark a message read; who is not has it marked."""
    try:
        mark(broker, person, message)
    except AnswerRequired as error:
        return (message.id,) == error.messages
    return False


def unread(broker: Broker, person: str) -> Counts:
    """Return somebody's counts: mine, teambox, shared."""
    with broker.desk(person) as desk:
        counts = desk.messages.unread()
    assert not counts.capped
    return counts.mine, counts.teambox, counts.shared


def shown(broker: Broker, person: str, message: Message) -> Message:
    """Return a message as somebody sees it."""
    with broker.desk(person) as desk:
        return desk.messages.get(message.id)


# -------------------------------------------------------------------- T4


def test_t4_a_question_is_answered_before_it_is_marked_read(broker: Broker) -> None:
    """T4: who is addressed can't mark a question read before they answer; all or none of several is marked."""
    plain, question = broker.send("x", "b1"), ask(broker, "x", "b1")
    with broker.desk("b1") as desk, pytest.raises(AnswerRequired) as refused:
        desk.messages.mark_read([plain.id, question.id])
    assert (question.id,) == refused.value.messages
    assert (2, 0, 0) == unread(broker, "b1")
    assert not shown(broker, "b1", question).answered
    broker.answer("b1", question)
    mark(broker, "b1", plain, question)
    assert (0, 0, 0) == unread(broker, "b1")
    assert shown(broker, "b1", question).answered
    assert not shown(broker, "b1", plain).answered


def test_t4_others_mark_it_read_freely(broker: Broker) -> None:
    """T4: sender, observers and peers of who is asked owe no answer."""
    question = ask(broker, "x", "b1", observers=["y"])
    assert [False, False, False] == [must_answer(broker, person, question) for person in ("x", "y", "b2")]
    assert must_answer(broker, "b1", question)


def test_t4_a_peer_answers_for_one(broker: Broker) -> None:
    """T4: a peer's answer frees who was asked, and stays an answer when they are peers no more."""
    question = ask(broker, "x", ["b1", "a1"])
    broker.answer("b2", question)
    for group in ("B", "B+"):
        broker.share(group, False)
    assert [False, True] == [must_answer(broker, person, question) for person in ("b1", "a1")]
    told = [shown(broker, person, question).answered for person in ("x", "b1", "a1")]
    assert [True, True, False] == told


def test_t4_a_deactivated_person_is_answered_for(broker: Broker) -> None:
    """T4, V3: an answer counts for a peer who is deactivated, who may mark the question read once active again."""
    question = ask(broker, "x", "b1")
    with broker.system() as system:
        system.people.deactivate("b1")
    broker.answer("b2", question)
    with broker.system() as system:
        system.people.activate("b1")
    assert not must_answer(broker, "b1", question)


def test_t4_somebody_of_the_teambox_answers_for_all(broker: Broker) -> None:
    """T4: one member's answer frees all members, whoever joins later too, and nobody else who was asked."""
    box = broker.group("Schaden", ["a1", "y"], teambox=True)
    question = ask(broker, "x", [box, "gb"])
    assert must_answer(broker, "a1", question)
    broker.answer("y", question)
    with broker.system() as system:
        system.groups.add_members(box.id, ["a2"])
    persons = ("a1", "a2", "y", "gb")
    assert [False, False, False, True] == [must_answer(broker, person, question) for person in persons]


def test_t4_who_joins_the_teambox_is_asked(broker: Broker) -> None:
    """T4: the present members of an addressed group are asked; who leaves it owes nothing any more."""
    box = broker.group("Schaden", ["a1"], teambox=True)
    question = ask(broker, "x", [box, "b1"], observers=["y"])
    with broker.system() as system:
        system.groups.add_members(box.id, ["y"])
    assert must_answer(broker, "y", question)
    with broker.system() as system:
        system.groups.remove_members(box.id, ["y"])
    assert not must_answer(broker, "y", question)


def test_t4_an_answer_past_the_asker_does_not_count(broker: Broker) -> None:
    """T4: an answer counts if the asker is among its recipients; to be copied on it is not enough."""
    question = ask(broker, "x", ["b1", "y"])
    broker.answer("b1", question, to="y", observers=["x"])
    assert must_answer(broker, "b1", question)
    assert not shown(broker, "x", question).answered
    broker.answer("b1", question, to=["y", "x"])
    assert not must_answer(broker, "b1", question)


def test_t4_either_of_two_askers_may_be_answered(broker: Broker) -> None:
    """T4: a question sent in a colleague's place has two askers; an answer to one of them counts."""
    begun = broker.send("x", "b1")
    with broker.desk("b2") as desk:
        question = desk.talks.reply(begun.id, "?", asks_answer=True)
    assert "b1" == question.sent_for
    broker.answer("x", question, to="b1")
    assert not must_answer(broker, "x", question)
    with broker.desk("b1") as desk:
        desk.messages.waive(question.id)
    assert shown(broker, "b2", question).waived


def test_t4_an_answer_to_an_answer_does_not_count(broker: Broker) -> None:
    """T4: what answers another message of the talk is no answer to the question."""
    question = ask(broker, "x", ["b1", "y"])
    broker.answer("b1", broker.answer("y", question, to=["x", "b1"]), to="x")
    assert must_answer(broker, "b1", question)


def test_t4_the_asker_waives(broker: Broker) -> None:
    """T4: the asker, and nobody else, lets all off answering; everybody who sees the question is shown it."""
    question, plain = ask(broker, "x", ["b1", "a1"]), broker.send("x", "b1")
    for person in ("b1", "b2"):
        with broker.desk(person) as desk, pytest.raises(Forbidden) as refused:
            desk.messages.waive(question.id)
        assert "waive" == refused.value.right
    for _ in range(2):
        with broker.desk("x") as desk:
            desk.messages.waive(question.id)
    with broker.desk("x") as desk, pytest.raises(InvalidInput, match="asks for no answer"):
        desk.messages.waive(plain.id)
    assert {True} == {shown(broker, person, question).waived for person in ("x", "b1", "b2", "a1")}
    assert [False, False] == [must_answer(broker, person, question) for person in ("b1", "a1")]
    assert not shown(broker, "b1", question).answered


def test_t4_an_addressee_dismisses(broker: Broker) -> None:
    """T4: who is asked may say why they will not answer; the asker alone is told, and what was said first stays."""
    question, plain = ask(broker, "x", ["b1", "a1"]), broker.send("x", "b1")
    at = broker.clock.move(seconds=1)
    with broker.desk("b1") as desk:
        desk.messages.dismiss(question.id, "Nicht mein Fall.")
        desk.messages.dismiss(question.id, "Anders.")
        with pytest.raises(InvalidInput, match="asks for no answer"):
            desk.messages.dismiss(plain.id, "…")
        with pytest.raises(InvalidInput, match="reason: is empty"):
            desk.messages.dismiss(question.id, " ")
    for person in ("b2", "x"):
        with broker.desk(person) as desk, pytest.raises(Forbidden) as refused:
            desk.messages.dismiss(question.id, "…")
        assert "dismiss" == refused.value.right
    assert (Dismissal("b1", "Nicht mein Fall.", at),) == shown(broker, "x", question).dismissals
    assert [()] * 3 == [shown(broker, person, question).dismissals for person in ("b1", "b2", "a1")]
    assert [False, True] == [must_answer(broker, person, question) for person in ("b1", "a1")]


def test_t4_v17_a_dismissal_names_only_the_known(broker: Broker) -> None:
    """T4, V17: an external asker is not named a member of a teambox whom they may not know."""
    box = broker.group("Schaden", ["x"], teambox=True)
    question = ask(broker, "b1", box)
    with broker.desk("x") as desk:
        desk.messages.dismiss(question.id, "Falsch verbunden.")
    [dismissal] = shown(broker, "b1", question).dismissals
    assert (None, "Falsch verbunden.") == (dismissal.person, dismissal.reason)
    broker.answer("x", question)
    assert ["x"] == [one.person for one in shown(broker, "b1", question).dismissals]


def test_t4_v13_that_it_was_answered_is_told_without_the_answer(broker: Broker) -> None:
    """T4, V13: who was asked learns that they have been answered for, though they may not see the answer."""
    box = broker.group("Schaden", ["a1", "y"], teambox=True)
    question = ask(broker, "x", box, confidential=True)
    answer = broker.answer("y", question)
    assert not broker.sees("a1", answer)
    assert shown(broker, "a1", question).answered


def test_t4_an_observer_learns_of_answers_they_see(broker: Broker) -> None:
    """T4, V13: to others a question is answered as far as they see an answer that counts."""
    question = ask(broker, "x", "b1", observers=["y"])
    broker.answer("b1", question, drop_observers=["y"])
    assert not shown(broker, "y", question).answered
    broker.answer("b1", question)
    assert shown(broker, "y", question).answered


def test_t4_events_of_questions(broker: Broker, collab: Collab) -> None:
    """T4: waiving and dismissing are told of once, reading and refusals never."""
    heard: list[tuple[str, str | None]] = []
    question = ask(broker, "x", ["b1", "b2"])
    collab.signals.connect(lambda _, event: heard.append((event.kind, event.actor)))
    for _ in range(2):
        with broker.desk("b1") as desk:
            desk.messages.dismiss(question.id, "…")
            desk.messages.mark_read(question.id)
        with broker.desk("x") as desk:
            desk.messages.waive(question.id)
    assert [("message.dismissed", "b1"), ("message.waived", "x")] == heard


# -------------------------------------------------------------------- T5


def test_t5_read_state_is_each_persons_own(broker: Broker) -> None:
    """T5: reading marks nothing read for anybody else; one's own messages are never unread."""
    message = broker.send("x", "b1")
    assert [(0, 0, 0), (1, 0, 0), (0, 0, 1)] == [unread(broker, person) for person in ("x", "b1", "b2")]
    mark(broker, "b2", message, message)
    assert [(1, 0, 0), (0, 0, 0)] == [unread(broker, person) for person in ("b1", "b2")]
    assert [False, True, False] == [shown(broker, person, message).unread for person in ("x", "b1", "b2")]


def test_t5_each_message_stands_once_under_the_first_heading(broker: Broker) -> None:
    """T5: mine before teambox before shared."""
    box = broker.group("Schaden", ["b1", "b2"], teambox=True)
    for to in (["b1", box], [box], ["b2"], ["b2", box]):
        broker.send("x", to)
    assert (1, 2, 1) == unread(broker, "b1")
    assert (2, 2, 0) == unread(broker, "b2")
    assert (0, 0, 3) == unread(broker, "gb")


def test_t5_observers_and_what_peers_sent(broker: Broker) -> None:
    """T5: a copy is mine; what a peer only sent or observes is not counted as shared."""
    broker.send("x", "y", observers=["b1"])
    broker.send("b1", "x")
    assert (1, 0, 0) == unread(broker, "b1")
    assert (0, 0, 0) == unread(broker, "b2")


def test_t5_a_teambox_counts_since_one_joined(broker: Broker) -> None:
    """T5: what a group was sent before one joined it is seen, and not unread."""
    box = broker.group("Schaden", ["b1"], teambox=True)
    broker.send("x", box)
    broker.clock.move(seconds=1)
    with broker.system() as system:
        system.groups.add_members(box.id, ["y"])
    assert (0, 0, 0) == unread(broker, "y")
    broker.send("x", box)
    assert (0, 1, 0) == unread(broker, "y")
    with broker.system() as system:
        system.groups.remove_members(box.id, ["y"])
    assert (0, 0, 0) == unread(broker, "y")


def begin(broker: Broker, how: str) -> None:
    """End a's sharing in one of four ways and begin it anew a second later."""
    for again in (False, True):
        broker.clock.move(seconds=1)
        with broker.system() as system:
            if how == "feature":
                (system.features.enable if again else system.features.disable)(Feature.SHARE_CASES)
            elif how == "box":
                system.groups.share_cases(broker.id("A"), again)
            else:
                (system.groups.add_members if again else system.groups.remove_members)(broker.id("A"), [how])


@pytest.mark.parametrize("how", ["feature", "box", "a1", "a2"])
def test_t5_shared_counts_since_sharing_began(broker: Broker, how: str) -> None:
    """T5: feature, box, the viewer's membership and the peer's: what came before the last of them is not counted."""
    before = broker.send("x", "a1")
    assert (0, 0, 1) == unread(broker, "a2")
    begin(broker, how)
    assert (0, 0, 0) == unread(broker, "a2")
    later = broker.send("x", "a1")
    assert (0, 0, 1) == unread(broker, "a2")
    assert [False, True] == [shown(broker, "a2", message).unread for message in (before, later)]


def test_t5_sharing_counts_while_it_lasts(broker: Broker) -> None:
    """T5, V5: what is hidden again is not counted; nothing confidential is ever shared; a deactivated peer's is."""
    broker.send("x", "a1")
    broker.send("x", "a1", confidential=True)
    assert (0, 0, 1) == unread(broker, "a2")
    with broker.system() as system:
        system.people.deactivate("a1")
    assert (0, 0, 1) == unread(broker, "a2")
    broker.share("A", False)
    assert (0, 0, 0) == unread(broker, "a2")


def test_t5_counts_are_capped(broker: Broker) -> None:
    """T5: counting ends at 100 under each heading."""
    with broker.desk("x") as desk:
        talk = desk.talks.start("b1", subject="Viel", text="…")
        [first] = desk.talks.view(talk.id).messages
        for _ in range(98):
            desk.talks.reply(first.id, "…", to="b1")
    assert (99, 0, 0) == unread(broker, "b1")
    for expected in (100, 100):
        broker.answer("x", first, to="b1")
        with broker.desk("b1") as desk:
            counts = desk.messages.unread()
        assert (expected, 0, 0, True) == (counts.mine, counts.teambox, counts.shared, counts.capped)
    with broker.desk("b2") as desk:
        assert (100, True) == (desk.messages.unread().shared, desk.messages.unread().capped)


def test_t5_v12_what_is_not_seen_is_not_marked(broker: Broker) -> None:
    """T5, V12: hidden and unknown messages are NotFound, and nothing is marked."""
    seen, hidden = broker.send("x", "b1"), broker.send("x", "y")
    for id in (hidden.id, "message_0000000000000"):
        with broker.desk("b1") as desk, pytest.raises(NotFound) as refused:
            desk.messages.mark_read([seen.id, id])
        assert id == refused.value.id
    assert (1, 0, 0) == unread(broker, "b1")


@pytest.mark.parametrize("verb", ["dismiss", "waive"])
def test_t4_v12_a_hidden_question_does_not_exist(broker: Broker, verb: str) -> None:
    """T4, V12: somebody who does not see a question is told the same as of one never asked."""
    question = ask(broker, "x", "b1")
    with broker.desk("a1") as desk, pytest.raises(NotFound):
        getattr(desk.messages, verb)(question.id, *(["…"] if verb == "dismiss" else []))


def test_t4_an_answer_counts_for_who_takes_a_place(broker: Broker) -> None:
    """T4, T1, G4: what is answered stays answered for who a side is handed over to, and for a deleted group's heir."""
    first = broker.group("Schaden", ["y", "gb"], teambox=True)
    heir = broker.group("Leben", ["a1"], teambox=True)
    settled, pending = ask(broker, "x", first), ask(broker, "x", first)
    broker.answer("gb", settled)
    with broker.desk("y") as desk:
        for question in (settled, pending):
            desk.talks.hand_over(question.talk, "a2")
    assert [False, True] == [must_answer(broker, "a2", question) for question in (settled, pending)]
    with broker.system() as system:
        system.groups.delete(first.id, move_to=heir.id)
    assert [False, True] == [must_answer(broker, "a1", question) for question in (settled, pending)]
