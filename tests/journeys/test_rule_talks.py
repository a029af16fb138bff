"""T1 to T3 and T6 through the public face: sides of a talk, who sent for whom, whom an answer is offered to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collabcase import Addressee, Collab, Forbidden, InvalidInput, ItemRef, Message, NotFound
from collabcase.testing import MovableClock

from .broker import Broker, names, read


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    return Broker(collab, clock)


def test_t1_a_talk_has_two_sides(broker: Broker) -> None:
    """T1: the first one named is the counterpart, a person or a teambox; the sender is the initiator."""
    box = broker.group("Schaden", ["y"], teambox=True)
    both: tuple[list[Addressee], ...] = (["b1", "a1"], [box, "b1"])
    for to in both:
        message = broker.send("x", to, observers=["ga"], subject="Wasserschaden")
        with broker.desk("x") as desk:
            talk = desk.talks.view(message.talk).talk
        counterpart = ItemRef("person", "b1") if to[0] == "b1" else box.ref
        assert (ItemRef("person", "x"), counterpart) == (talk.initiator, talk.counterpart)
        assert "Wasserschaden" == talk.subject
        assert {"x", "ga", "b1"} <= {ref.id for ref in talk.participants}


def test_t1_a_message_carries_all_its_parts(broker: Broker, clock: MovableClock) -> None:
    """T1: text, comment, date of the event and the wish for an answer arrive as sent; the date defaults to now."""
    event = datetime(2025, 12, 24, 18, tzinfo=UTC)
    with broker.desk("x") as desk:
        talk = desk.talks.start(
            "b1", subject="Police", text="Zeile 1\nZeile 2", comment="eilt", date=event, asks_answer=True
        )
        [message] = desk.talks.view(talk.id).messages
        now = clock.move(minutes=1)
        answer = desk.talks.reply(message.id, "…")
    assert ("Zeile 1\nZeile 2", "eilt", event, True) == (
        message.text,
        message.comment,
        message.date,
        message.asks_answer,
    )
    assert (now - timedelta(minutes=1), None) == (message.sent_at, message.answers)
    assert ("", now, now, False, message.id) == (
        answer.comment,
        answer.date,
        answer.sent_at,
        answer.asks_answer,
        answer.answers,
    )


def test_t1_default_recipients(broker: Broker) -> None:
    """T1: an answer goes to the sender, an answer to oneself to its former recipients, and never to oneself."""
    asked = broker.send("x", ["b1", "y"])
    answer = broker.answer("y", asked)
    assert ["x"] == names(answer)["to"]
    assert ["b1", "y"] == names(broker.answer("x", asked))["to"]
    for to in (["x"], ["b1", "x"], []):
        with broker.desk("x") as desk, pytest.raises(InvalidInput):
            desk.talks.reply(asked.id, "…", to=to)


def test_t1_handing_a_side_over(broker: Broker) -> None:
    """T1: the new side becomes recipient of what the giver sees by V1 or V2, not of what they see through a peer."""
    asked = broker.send("x", "b1")
    answer = broker.answer("b2", asked)
    to_b2 = broker.answer("x", answer)
    with broker.desk("b1") as desk:
        shown = desk.talks.view(asked.talk).messages
        assert [asked, answer, to_b2] == [*map(read, shown)]
    with broker.desk("x") as desk:
        desk.talks.reply(asked.id, "Auch an y.", to=["b1", "y"])
    with broker.desk("b1") as desk:
        talk = desk.talks.hand_over(asked.talk, "y")
        assert ItemRef("person", "y") == talk.counterpart
        assert ["b1", "y"] == names(desk.messages.get(asked.id))["to"]
    assert [asked.id, answer.id] == broker.seen_by("y", [asked, answer, to_b2])


def test_t1_handing_over_to_a_teambox(broker: Broker) -> None:
    """T1: a side can go to a teambox, and from a teambox to a person, by any of its members."""
    box = broker.group("Schaden", ["y"], teambox=True)
    asked = broker.send("a1", box)
    with broker.desk("y") as desk:
        assert ItemRef("person", "x") == desk.talks.hand_over(asked.talk, "x").counterpart
    with broker.desk("x") as desk:
        assert box.ref == desk.talks.hand_over(asked.talk, box).counterpart
        with pytest.raises(InvalidInput):
            desk.talks.hand_over(asked.talk, "a1")
    with broker.desk("a1") as desk:
        assert ["x", box.id] == sorted((ref.id for ref in desk.messages.get(asked.id).to), reverse=True)


def test_t1_observers_and_peers_hand_nothing_over(broker: Broker) -> None:
    """T1: the side belongs to who holds it: an observer or peer is refused, a stranger finds no talk."""
    asked = broker.send("x", "b1", observers=["a1"])
    for person in ("a1", "b2"):
        with broker.desk(person) as desk, pytest.raises(Forbidden) as refused:
            desk.talks.hand_over(asked.talk, "x")
        assert refused.value.right == "hand_over"
    with broker.desk("a2") as desk, pytest.raises(NotFound):
        desk.talks.hand_over(asked.talk, "x")


def test_t2_the_place_taken(broker: Broker) -> None:
    """T2: sent_for is set by itself where exactly one recipient is a peer and the answerer was not addressed."""
    box = broker.group("Schaden", ["b2"], teambox=True)
    cases: tuple[tuple[list[Addressee], str, str | None], ...] = (
        (["b1"], "b2", "b1"),
        (["b1", "y"], "b2", "b1"),
        (["b1", "gb"], "b2", None),
        (["b1", "b2"], "b2", None),
        (["b1", box], "b2", None),
        (["b1"], "b1", None),
    )
    for to, answerer, expected in cases:
        asked = broker.send("x", to)
        assert expected == broker.answer(answerer, asked).sent_for, to


def test_t2_the_place_named(broker: Broker) -> None:
    """T2: an answerer names in whose place they write: a recipient who is a peer now, and nobody else."""
    asked = broker.send("x", ["b1", "gb", "y"])
    assert "gb" == broker.answer("b2", asked, sent_for="gb").sent_for
    for person in ("x", "y", "b2"):
        with broker.desk("b2") as desk, pytest.raises(InvalidInput) as refused:
            desk.talks.reply(asked.id, "…", sent_for=person)
        assert refused.value.field == "sent_for"
    with broker.desk("b2") as desk, pytest.raises(NotFound):
        desk.talks.reply(asked.id, "…", sent_for="a1")
    broker.share("B+", False)
    with broker.desk("b2") as desk, pytest.raises(InvalidInput):
        desk.talks.reply(asked.id, "…", to="b1", sent_for="y")


def test_t2_who_it_was_sent_for_is_involved_like_a_sender(broker: Broker) -> None:
    """T2: sent_for and their peers see the answer, and author= finds either name."""
    asked = broker.send("x", "b1")
    answer = broker.answer("b2", asked)
    broker.group("With b1", ["b1", "y"], shares=True)
    broker.share("B", False)
    broker.share("B+", False)
    assert {"x", "b1", "b2", "y"} == broker.viewers(answer)
    with broker.desk("x") as desk:
        for author, found in (("b1", [answer]), ("b2", [answer]), ("x", [asked])):
            assert found == [*map(read, desk.messages.search(author=author))]


def test_t3_reply_options(broker: Broker) -> None:
    """T3: offered are the senders of the thread that the answerer sees, latest first, without the answerer."""
    asked = broker.send("x", ["b1", "y"])
    of_y = broker.answer("y", asked, to=["x", "b1"])
    of_b2 = broker.answer("b2", asked)
    broker.answer("x", asked, to="y")

    def offered(person: str, message: Message) -> list[str]:
        with broker.desk(person) as desk:
            return [card.id for card in desk.talks.reply_options(message.id)]

    assert ["b2", "y"] == offered("x", of_b2)
    assert ["b2", "y", "x"] == offered("b1", of_y)
    assert ["x"] == offered("y", of_y)
    with broker.desk("a1") as desk, pytest.raises(NotFound):
        desk.talks.reply_options(asked.id)


def test_t3_other_recipients(broker: Broker) -> None:
    """T3: beside those offered, anybody whom the answerer may write to can be named."""
    asked = broker.send("x", "b1")
    assert ["x"] == names(broker.answer("b1", asked, to=["x"]))["to"]
    with broker.desk("b1") as desk, pytest.raises(NotFound):
        desk.talks.reply(asked.id, "…", to=["a1"])
    assert ["a1", "y"] == names(broker.answer("x", asked, to=["y", "a1"]))["to"]


def test_t6_display_only(broker: Broker) -> None:
    """T6: an old program's owner answers and searches by the actual sender; only what is shown differs."""
    asked = broker.send("x", "b1")
    answer = broker.answer("b2", asked)
    with broker.desk("x", client_version="4.7") as desk:
        shown = desk.messages.get(answer.id)
        assert ("b1", None) == (shown.sender, shown.sent_for)
        assert ["b2"] == names(desk.talks.reply(answer.id, "…"))["to"]
        assert [shown] == list(desk.messages.search(author="b2"))
    for unfit in ("new", "4..8", ""):
        with pytest.raises(InvalidInput):
            broker.desk("x", client_version=unfit)
