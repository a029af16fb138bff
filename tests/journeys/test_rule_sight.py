"""V1 to V7 through the public face: who sees which message, and what of a talk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve

from collabcase import Collab, Feature, Forbidden, ItemRef, NotFound, System
from collabcase.testing import MovableClock

from .broker import Broker, names


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    return Broker(collab, clock)


def test_v1_the_involved_see_it(broker: Broker) -> None:
    """V1: sender, recipient, observer and who it was sent for see a message, and nobody else does."""
    with broker.system() as system:
        system.people.deactivate("gb")
    broker.group("Only sight", ["b2", "y"], shares=True)
    message = broker.send("x", "b1", observers=["a1"])
    assert {"x", "b1", "b2", "a1"} == broker.viewers(message, ("x", "y", "a1", "a2", "b1", "b2", "ga"))
    answer = broker.answer("b2", message, to=["x"])
    assert "b1" == answer.sent_for
    broker.share("B", False)
    broker.share("B+", False)
    broker.share("Only sight", False)
    assert {"x", "b1", "b2", "a1"} == broker.viewers(answer, ("x", "y", "a1", "a2", "b1", "b2", "ga"))


def test_v2_members_of_an_addressed_group(broker: Broker) -> None:
    """V2: who is a member of a group addressed or copied sees the message, and only while being one."""
    box = broker.group("Schaden", ["y"], teambox=True)
    copied = broker.group("Kopie", ["y"], teambox=True)
    addressed, observed = broker.send("x", box), broker.send("x", "a1", observers=[copied])
    assert [addressed.id, observed.id] == broker.seen_by("y", [addressed, observed])
    assert [] == broker.seen_by("ga", [addressed, observed])
    with broker.system() as system:
        system.groups.add_members(box.id, ["ga"])
        system.groups.remove_members(box.id, ["y"])
        system.groups.remove_members(copied.id, ["y"])
    assert [addressed.id] == broker.seen_by("ga", [addressed, observed])
    assert [] == broker.seen_by("y", [addressed, observed])


def test_v3_peers_see_what_was_sent_and_received(broker: Broker) -> None:
    """V3: a peer sees what a colleague sent, received or had sent for them, whether that colleague is active or not."""
    received = broker.send("x", "b1")
    sent = broker.answer("b1", received)
    with broker.system() as system:
        system.people.deactivate("b1")
    assert [received.id, sent.id] == broker.seen_by("b2", [received, sent])
    answer = broker.answer("b2", received)
    broker.share("B+", False)
    broker.group("With b1", ["b1", "y"], shares=True)
    assert [received.id, sent.id, answer.id] == broker.seen_by("y", [received, sent, answer])


def test_v3_what_does_not_reach_peers(broker: Broker) -> None:
    """V3: observing is not receiving, and what a teambox received none of its members received."""
    box = broker.group("Schaden", ["y"], teambox=True)
    broker.group("With y", ["y", "ga"], shares=True)
    observed, boxed = broker.send("x", "a1", observers=["b1"]), broker.send("x", box)
    assert [observed.id] == broker.seen_by("b1", [observed, boxed])
    assert [] == broker.seen_by("b2", [observed, boxed])
    assert [boxed.id] == broker.seen_by("y", [observed, boxed])
    assert [] == broker.seen_by("ga", [observed, boxed])


def test_v3_main_and_secondary_groups_share_alike(broker: Broker) -> None:
    """V3: main or secondary makes no difference; a group that does not share makes nobody a peer."""
    message = broker.send("x", "a1")
    group = broker.group("Secondary", ["a1", "y"])
    assert not broker.sees("y", message)
    broker.share("Secondary", True)
    assert broker.sees("y", message)
    with broker.system() as system:
        system.groups.delete(group.id)
        main = system.groups.create("Main", main=True, shares_cases=True, members=["y"])
        assert ("x", "y") == system.groups.add_members(main.id, ["x"]).members
    other = broker.send("x", "b1")
    assert broker.sees("y", other)


def test_v4_one_hop_only(broker: Broker) -> None:
    """V4: a peer's peers see nothing by that, nor do the peers of observers and of teambox members."""
    broker.group("With gb", ["gb", "y"], shares=True)
    of_b1 = broker.send("x", "b1")
    assert {"x", "b1", "b2", "gb"} == broker.viewers(of_b1)
    box = broker.group("Schaden", ["gb"], teambox=True)
    boxed = broker.send("x", box, observers=["a1"])
    assert {"x", "gb", "a1"} == broker.viewers(boxed)


def test_v5_judged_on_the_present(broker: Broker) -> None:
    """V5: joining, ticking and switching on reveal what exists; leaving, unticking and switching off hide it again."""
    message = broker.send("x", "b1")
    group = broker.group("New", ["b1"], shares=True)
    steps: tuple[tuple[Callable[[System], object], bool], ...] = (
        (lambda system: system.groups.add_members(group.id, ["y"]), True),
        (lambda system: system.groups.remove_members(group.id, ["y"]), False),
        (lambda system: system.groups.add_members(group.id, ["y"]), True),
        (lambda system: system.groups.share_cases(group.id, False), False),
        (lambda system: system.groups.share_cases(group.id, True), True),
        (lambda system: system.features.disable(Feature.SHARE_CASES), False),
        (lambda system: system.features.enable(Feature.SHARE_CASES), True),
        (lambda system: system.groups.delete(group.id), False),
    )
    for step, (change, seen) in enumerate(steps):
        with broker.system() as system:
            change(system)
        assert seen == broker.sees("y", message), step


def test_v5_an_open_desk_judges_anew(broker: Broker) -> None:
    """V5: a desk that stays open judges each call by what holds when the call begins."""
    message = broker.send("x", "b1")
    with broker.desk("b2") as desk:
        assert evolve(message, unread=True) == desk.messages.get(message.id)
        broker.share("B", False)
        broker.share("B+", False)
        with pytest.raises(NotFound):
            desk.messages.get(message.id)
        broker.share("B", True)
        assert evolve(message, unread=True) == desk.messages.get(message.id)


def test_v6_sight_is_per_message(broker: Broker) -> None:
    """V6: who answers in a colleague's talk is involved in that answer and what is addressed to them, no more."""
    asked = broker.send("x", "b1")
    answer = broker.answer("b2", asked)
    to_b2 = broker.answer("x", answer)
    to_b1 = broker.answer("x", asked, to="b1")
    broker.share("B", False)
    broker.share("B+", False)
    assert [answer.id, to_b2.id] == broker.seen_by("b2", [asked, answer, to_b2, to_b1])
    with broker.desk("b2") as desk:
        view = desk.talks.view(asked.talk)
        assert (answer.id, to_b2.id) == tuple(message.id for message in view.messages)
        assert view.messages[0].answers is None
        assert answer.id == view.messages[1].answers
        with pytest.raises(NotFound):
            desk.talks.reply(asked.id, "…")


def test_v6_a_talk_is_made_of_what_one_sees(broker: Broker) -> None:
    """V6, T1: a talk names those on visible messages, and its sides to who sees the first message."""
    asked = broker.send("x", "b1", observers=["a1"])
    aside = broker.answer("x", asked, to="y", drop_observers=["a1"])
    with broker.desk("y") as desk:
        talk = desk.talks.view(asked.talk).talk
        assert ["x", "y"] == [ref.id for ref in talk.participants]
        assert (None, None) == (talk.initiator, talk.counterpart)
        assert () == talk.observers
        assert asked.talk == talk.id
    with broker.desk("a1") as desk:
        view = desk.talks.view(asked.talk)
        assert (evolve(asked, unread=True),) == view.messages
        assert (ItemRef("person", "x"), ItemRef("person", "b1")) == (view.talk.initiator, view.talk.counterpart)
        with pytest.raises(NotFound):
            desk.messages.get(aside.id)
    with broker.desk("a2") as desk, pytest.raises(NotFound):
        desk.talks.view(asked.talk)


def test_v7_later_answers_carry_an_observer(broker: Broker) -> None:
    """V7: an observer added is carried by later answers, and answers to those, and sees none of what was before."""
    asked = broker.send("x", "b1")
    with broker.desk("x") as desk:
        desk.talks.add_observer(asked.talk, "ga")
    answer = broker.answer("b1", asked)
    again = broker.answer("x", answer)
    assert [["ga"], ["ga"]] == [names(message)["observers"] for message in (answer, again)]
    dropped = broker.answer("b1", again, drop_observers=["ga"])
    after = broker.answer("x", dropped)
    assert [[], []] == [names(message)["observers"] for message in (dropped, after)]
    assert [answer.id, again.id] == broker.seen_by("ga", [asked, answer, again, dropped, after])


def test_v7_history_shows_what_the_adder_sees_by_themself(broker: Broker) -> None:
    """V7: with_history shows the earlier messages that the adder sees by V1 or V2, not those seen through a peer."""
    broker.people("z")
    broker.group("House", ["y", "z"], shares=True)
    to_y = broker.send("x", "y")
    answer = broker.answer("z", to_y)
    with broker.desk("z") as desk:
        desk.talks.add_observer(to_y.talk, "b1", with_history=True)
    assert [answer.id] == broker.seen_by("b1", [to_y, answer])
    with broker.desk("x") as desk:
        desk.talks.add_observer(to_y.talk, "a1", with_history=True)
    assert [to_y.id, answer.id] == broker.seen_by("a1", [to_y, answer])


def test_v7_no_blind_copies(broker: Broker) -> None:
    """V7: everybody who sees a message sees all its recipients and observers; the talk shows who will be copied."""
    message = broker.send("x", ["b1", "y"], observers=["a1"])
    for viewer in ("x", "y", "b1", "b2", "a1"):
        with broker.desk(viewer) as desk:
            shown = desk.messages.get(message.id)
            assert (["b1", "y"], ["a1"]) == (names(shown)["to"], names(shown)["observers"])
    with broker.desk("y") as desk:
        desk.talks.add_observer(message.talk, "ga")
    with broker.desk("b1") as desk:
        assert ["a1", "ga"] == [ref.id for ref in desk.talks.view(message.talk).talk.observers]


def test_v7_removing_an_observer(broker: Broker) -> None:
    """V7: removing ends the observing of the messages that the remover sees, and of their later answers."""
    message = broker.send("x", "b1", observers=["ga"])
    aside = broker.answer("x", message, to="y")
    with broker.desk("b1") as desk:
        desk.talks.remove_observer(message.talk, "ga")
    assert [aside.id] == broker.seen_by("ga", [message, aside])
    assert [] == names(broker.answer("b1", message))["observers"]
    assert ["ga"] == names(broker.answer("y", aside))["observers"]


def test_v7_only_who_may_answer_adds(broker: Broker) -> None:
    """V7: an observer adds nobody, a stranger finds no talk, and a peer of the recipient adds."""
    broker.people("z")
    broker.group("House", ["y", "z"], shares=True)
    message = broker.send("x", "y", observers=["b1"])
    for person, error in (("b1", Forbidden), ("a1", NotFound)):
        with broker.desk(person) as desk, pytest.raises(error):
            desk.talks.add_observer(message.talk, "x")
    with broker.desk("z") as desk:
        desk.talks.add_observer(message.talk, "gb")
    assert ["b1", "gb"] == names(broker.answer("y", message))["observers"]
