"""The document behind sharing, sentence by sentence: several contacts at a client handle one conversation."""

from __future__ import annotations

import pytest

from collabcase import Collab, Feature, FeatureUnavailable, Message, NotFound
from collabcase.testing import MovableClock

from .broker import Broker, names, read

OLD, THRESHOLD = "4.8.0.64469", "4.8.0.64470"


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    return Broker(collab, clock)


@pytest.fixture
def asked(broker: Broker) -> Message:
    """What the house wrote to b1 alone, as there is usually one recipient at the client."""
    return broker.send("x", "b1")


def test_a_colleague_reads_and_answers(broker: Broker, asked: Message) -> None:
    """V3, T2: the colleague of the one recipient reads the message and answers it; everybody is told who did."""
    answer = broker.answer("b2", asked)
    assert {"sender": "b2", "sent_for": "b1", "to": ["x"], "observers": []} == names(answer)
    for reader in ("x", "b1", "b2", "gb"):
        with broker.desk(reader) as desk:
            assert [asked, answer] == [*map(read, desk.talks.view(asked.talk).messages)]
            assert answer == read(desk.messages.get(answer.id))


def test_contacts_change(broker: Broker, asked: Message) -> None:
    """G7, V5: b1 leaves the house, b2 answers in their place, and a successor sees all of it once in the group."""
    broker.people("b3", internal=False)
    with broker.system() as system:
        system.people.deactivate("b1")
    answer = broker.answer("b2", asked)
    assert "b1" == answer.sent_for
    assert [] == broker.seen_by("b3", [asked, answer])
    with broker.system() as system:
        system.groups.add_members(broker.id("B"), ["b3"])
    assert [asked.id, answer.id] == broker.seen_by("b3", [asked, answer])
    with broker.desk("b3") as desk:
        assert "b1" == desk.talks.reply(asked.id, "Ich bin die Neue.").sent_for


def test_several_contacts_at_once(broker: Broker) -> None:
    """T2: where both colleagues were addressed, each answers for themself."""
    asked = broker.send("x", ["b1", "b2"])
    assert [None, None] == [broker.answer(person, asked).sent_for for person in ("b1", "b2")]


def test_senders_are_told_apart(broker: Broker, asked: Message) -> None:
    """T2: in one talk answers of b1, b2 for b1, and gb for b1 are told apart, and searched by either name."""
    own, of_b2, of_gb = (broker.answer(person, asked) for person in ("b1", "b2", "gb"))
    assert [("b1", None), ("b2", "b1"), ("gb", "b1")] == [
        (answer.sender, answer.sent_for) for answer in (own, of_b2, of_gb)
    ]
    with broker.desk("x") as desk:
        assert [of_gb, of_b2, own] == [*map(read, desk.messages.search(author="b1"))]
        assert [of_b2] == [*map(read, desk.messages.search(author="b2"))]


def test_senders_are_offered_and_others_can_be_named(broker: Broker, asked: Message) -> None:
    """T3: answering offers the senders as usual, latest first, and other recipients may be given."""
    answer = broker.answer("b2", asked)
    with broker.desk("x") as desk:
        assert ["b2"] == [card.id for card in desk.talks.reply_options(answer.id)]
        assert ["b2"] == [ref.id for ref in desk.talks.reply(answer.id, "An Sie.").to]
        assert ["b1", "y"] == [ref.id for ref in desk.talks.reply(answer.id, "An andere.", to=["y", "b1"]).to]
    with broker.desk("gb") as desk:
        assert ["x", "b2"] == [card.id for card in desk.talks.reply_options(answer.id)]


def test_the_other_client_sees_nothing(broker: Broker, asked: Message) -> None:
    """V4: client A's clerks and manager see nothing of client B's conversation, and can't even ask about it."""
    answer = broker.answer("b2", asked)
    assert {"x", "b1", "b2", "gb"} == broker.viewers(asked) == broker.viewers(answer)
    for stranger in ("a1", "a2", "ga"):
        with broker.desk(stranger) as desk, pytest.raises(NotFound):
            desk.talks.view(asked.talk)


def test_support_unlocks_the_feature(collab: Collab, clock: MovableClock) -> None:
    """G3: the box is not to be had before the system unlocks the feature, which the error says; then it is."""
    broker = Broker(collab, clock, sharing=False)
    group = broker.group("B", ["b1", "b2"])
    with broker.system() as system:
        with pytest.raises(FeatureUnavailable) as refused:
            system.groups.share_cases(group.id, True)
        assert "system.features.enable" in str(refused.value)
        assert Feature.SHARE_CASES.value == refused.value.feature
        system.features.enable(Feature.SHARE_CASES)
        system.groups.share_cases(group.id, True)
        assert system.groups.get(group.id).shares_cases


def test_ticking_the_box_reaches_back(collab: Collab, clock: MovableClock) -> None:
    """V5: the box works backwards on conversations that exist already."""
    broker = Broker(collab, clock, sharing=False)
    asked = broker.send("x", "b1")
    answer = broker.answer("b1", asked)
    with broker.system() as system:
        system.features.enable(Feature.SHARE_CASES)
    broker.group("B", ["b1", "b2"])
    assert [] == broker.seen_by("b2", [asked, answer])
    broker.share("B", True)
    assert [asked.id, answer.id] == broker.seen_by("b2", [asked, answer])


def test_older_programs(broker: Broker, asked: Message) -> None:
    """T6: programs before 4.8.0.64470 are shown who was answered for as the sender, everywhere; newer ones both."""
    answer = broker.answer("b2", asked)
    for program in (OLD, "4.8", "4.7.9.99999"):
        assert {("b1", None)} == _shown(broker, answer, program)
        assert ["b1"] == _offered(broker, answer, program)
    for newer in (THRESHOLD, "4.8.1", "4.10", None):
        assert {("b2", "b1")} == _shown(broker, answer, newer)
        assert ["b2"] == _offered(broker, answer, newer)
    with broker.desk("b2", client_version=OLD) as desk:
        assert "b1" == desk.talks.reply(asked.id, "Noch etwas.").sender


def _shown(broker: Broker, answer: Message, program: str | None) -> set[tuple[str, str | None]]:
    """Return as whose message the verbs that show an answer show it to x."""
    with broker.desk("x", client_version=program) as desk:
        found = (
            desk.messages.get(answer.id),
            desk.messages.search()[0],
            desk.talks.view(answer.talk).messages[-1],
        )
    return {(message.sender, message.sent_for) for message in found}


def _offered(broker: Broker, answer: Message, program: str | None) -> list[str]:
    with broker.desk("x", client_version=program) as desk:
        return [card.id for card in desk.talks.reply_options(answer.id)]


def test_older_programs_see_the_same(broker: Broker, asked: Message) -> None:
    """T6: it is display only: search, sight and explanation of an old program name both persons."""
    answer = broker.answer("b2", asked)
    with broker.desk("x", client_version=OLD) as desk:
        for author in ("b1", "b2"):
            assert answer.id in {message.id for message in desk.messages.search(author=author)}
    with broker.desk("gb", client_version=OLD) as old, broker.desk("gb") as new:
        assert old.explain(answer) == new.explain(answer)
        told = {(reason.role, reason.who.id) for reason in old.explain(answer).reasons if reason.who}
        assert {("sender", "b2"), ("sent_for", "b1")} == told


def test_a_portfolio_has_its_own_threshold(collab: Collab) -> None:
    """T6: the threshold is the portfolio's, 4.8.0.64470 unless it says otherwise."""
    assert "4.8.0.64470" == collab.create_portfolio("default").sent_for_since
    collab.create_portfolio("late", sent_for_since="5.0")
    for portfolio, sender in (("default", "b2"), ("late", "b1")):
        with collab.system(portfolio) as system:
            for person in ("x", "b1", "b2"):
                system.people.add(person, name=person)
            system.features.enable(Feature.SHARE_CASES)
            system.groups.create("B", shares_cases=True, members=["b1", "b2"])
        with collab.desk("x", portfolio=portfolio) as desk:
            talk = desk.talks.start("b1", subject="Police", text="…")
            asked = desk.talks.view(talk.id).messages[0]
        with collab.desk("b2", portfolio=portfolio, client_version="4.9") as desk:
            assert sender == desk.talks.reply(asked.id, "…").sender
