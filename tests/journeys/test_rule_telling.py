"""V12 to V17 through the public face: what is told to whom, and who may be known and written to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from collabcase import Collab, CollabError, Desk, Feature, Forbidden, InvalidInput, ItemRef, NotFound, SightChange
from collabcase.testing import MovableClock, assert_sees

from .broker import PORTFOLIO, Broker

Verb = Callable[[Desk, str], object]
ON_MESSAGES: dict[str, Verb] = {
    "get": lambda desk, id: desk.messages.get(id),
    "reply": lambda desk, id: desk.talks.reply(id, "…"),
    "reply_options": lambda desk, id: desk.talks.reply_options(id),
    "audience": lambda desk, id: desk.talks.audience(message=id),
    "explain": lambda desk, id: desk.explain(id),
    "explain another": lambda desk, id: desk.explain(id, person="x"),
}
ON_TALKS: dict[str, Verb] = {
    "view": lambda desk, id: desk.talks.view(id),
    "add_observer": lambda desk, id: desk.talks.add_observer(id, "x"),
    "remove_observer": lambda desk, id: desk.talks.remove_observer(id, "x"),
    "hand_over": lambda desk, id: desk.talks.hand_over(id, "x"),
    "audience": lambda desk, id: desk.talks.audience(talk=id, observers=["x"]),
}
ON_PERSONS: dict[str, Verb] = {
    "get": lambda desk, id: desk.people.get(id),
    "start": lambda desk, id: desk.talks.start(id, subject="Police", text="…"),
    "observers": lambda desk, id: desk.talks.start("x", subject="Police", text="…", observers=[id]),
    "author": lambda desk, id: desk.messages.search(author=id),
    "recipient": lambda desk, id: desk.messages.search(recipient=id),
    "audience": lambda desk, id: desk.talks.audience(to=id),
}
ON_GROUPS: dict[str, Verb] = {
    "get": lambda desk, id: desk.groups.get(id),
    "rename": lambda desk, id: desk.groups.rename(id, "X"),
    "add_members": lambda desk, id: desk.groups.add_members(id, ["a1"]),
    "remove_members": lambda desk, id: desk.groups.remove_members(id, ["a1"]),
    "move_main": lambda desk, id: desk.groups.move_main("a1", id),
    "share_cases": lambda desk, id: desk.groups.share_cases(id, True),
    "delete": lambda desk, id: desk.groups.delete(id),
    "preview": lambda desk, id: desk.groups.preview(share_cases=(id, True)),
    "start": lambda desk, id: desk.talks.start(ItemRef("group", id), subject="Police", text="…"),
    "recipient": lambda desk, id: desk.messages.search(recipient=ItemRef("group", id)),
}


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    return Broker(collab, clock)


def _refusal(desk: Desk, verb: Verb, id: str) -> tuple[type[CollabError], dict[str, Any], str]:
    """Return everything an error tells of an id, the id itself left out."""
    with pytest.raises(NotFound) as refused:
        verb(desk, id)
    facts = {name: str(fact).replace(id, "ID") for name, fact in vars(refused.value).items()}
    return type(refused.value), facts, str(refused.value).replace(id, "ID")


def test_v12_the_hidden_does_not_exist(broker: Broker) -> None:
    """V12: what one may not see is refused like an id never issued: same error, facts and text, as argument too."""
    message = broker.send("y", "b1")
    group = broker.group("Hidden", ["x"])
    with broker.desk("x") as desk:
        desk.talks.start("a1", subject="So that a1 knows x", text="…")
    never = "zzzzzzzz"
    for verbs, hidden in (
        (ON_MESSAGES, message.id),
        (ON_TALKS, message.talk),
        (ON_PERSONS, "b1"),
        (ON_GROUPS, group.id),
    ):
        unknown = hidden[: -len(never)] + never if "_" in hidden else never
        for name, verb in verbs.items():
            with broker.desk("a1") as desk:
                assert _refusal(desk, verb, unknown) == _refusal(desk, verb, hidden), name


def test_v12_another_portfolio_does_not_exist(broker: Broker) -> None:
    """V12: ids of another portfolio, and the portfolio itself, are refused like ids never issued."""
    broker.collab.create_portfolio("bremen")
    with broker.collab.system("bremen") as system:
        system.people.add("x", name="X")
    message = broker.send("x", "b1")
    with broker.collab.desk("x", portfolio="bremen") as desk:
        for verb, id in (
            (ON_MESSAGES["get"], message.id),
            (ON_TALKS["view"], message.talk),
            (ON_PERSONS["get"], "b1"),
            (ON_GROUPS["get"], broker.id("B")),
        ):
            _refusal(desk, verb, id)
        assert () == desk.messages.visible([message.id])
        assert [] == list(desk.messages.search())
    for portfolio in ("nowhere", "bremen"):
        with broker.collab.desk("b1", portfolio=portfolio) as desk, pytest.raises(NotFound) as refused:
            desk.messages.search()
        assert ("person", "b1") == (refused.value.kind, refused.value.id)


def test_v12_the_seen_is_forbidden_by_name(broker: Broker) -> None:
    """V12: what one sees but may not do is Forbidden and names the missing right."""
    message = broker.send("x", "b1", observers=["a1"])
    for right, verb in (
        ("answer", ON_MESSAGES["reply"]),
        ("answer", ON_MESSAGES["reply_options"]),
        ("sight.audit", ON_MESSAGES["explain another"]),
    ):
        with broker.desk("a1") as desk, pytest.raises(Forbidden) as refused:
            verb(desk, message.id)
        assert right == refused.value.right
        assert repr(right) in str(refused.value)
    with broker.desk("a1") as desk, pytest.raises(Forbidden) as refused:
        desk.groups.rename(broker.id("A"), "X")
    assert refused.value.right == "group.manage"


def test_v13_what_is_hidden_moves_nothing(broker: Broker) -> None:
    """V13: pages, cursors, persons and talks are the same with and without messages hidden from the viewer."""
    mine = [broker.send("x", "a1") for _ in range(3)]

    def told() -> object:
        with broker.desk("a1") as desk:
            pages = [desk.messages.search(limit=1)]
            while pages[-1].next:
                pages.append(desk.messages.search(limit=1, cursor=pages[-1].next))
            return pages, desk.people.known(), desk.groups.list(), [desk.talks.view(one.talk) for one in mine]

    before = told()
    hidden = [broker.send("x", "b1"), broker.answer("x", mine[0], to="b1"), broker.send("b1", "x")]
    with broker.desk("b1") as desk:
        desk.talks.add_observer(hidden[0].talk, "x")
    assert before == told()
    assert_sees(
        broker.collab,
        PORTFOLIO,
        "a1",
        sees=[message.id for message in mine],
        not_sees=[message.id for message in hidden],
    )


def test_v14_explain_tells_the_paths(broker: Broker) -> None:
    """V14: explain names every path by which one sees a thing, and the groups that share."""
    message = broker.send("x", "b1")
    with broker.desk("gb") as desk:
        told = desk.explain(message)
        assert ["member of “B+”, shared with b1, who received it"] == [str(reason) for reason in told.reasons]
        assert str(told).splitlines()[0] == f"gb sees message:{message.id}:"
    with broker.desk("b2") as desk:
        assert [("B", "B+")] == [reason.through for reason in desk.explain(message.id).reasons]
    with broker.desk("b1") as desk:
        assert ["b1 received it"] == [reason.text for reason in desk.explain(message.ref).reasons]


def test_v14_about_others_only_to_auditors(broker: Broker) -> None:
    """V14: about another person, or that no path leads there, explain answers to sight.audit and the system alone."""
    message = broker.send("x", "b1")
    with broker.desk("x") as desk, pytest.raises(Forbidden) as refused:
        desk.explain(message, person="b1")
    assert refused.value.right == "sight.audit"
    with broker.desk("x") as desk, pytest.raises(NotFound):
        desk.explain(message, person="nobody")
    with broker.desk("ga") as auditor, broker.system() as system:
        for asker in (auditor, system):
            assert () == asker.explain(message, person="a1").reasons
            assert "no path leads there" in str(asker.explain(message, person="a1"))
            assert ["party"] == [reason.relation for reason in asker.explain(message, person="b1").reasons]
        assert ["somebody received it"] == [str(reason) for reason in auditor.explain(message, person="b1").reasons]
        assert ["b1 received it"] == [str(reason) for reason in system.explain(message, person="b1").reasons]


def test_v14_preview_counts_before_the_change(broker: Broker) -> None:
    """V14: preview says who would gain or lose how many messages, and changes nothing."""
    messages = [broker.send("x", "b1"), broker.send("x", "ga"), broker.send("x", "gb")]
    cases: tuple[tuple[dict[str, Any], dict[str, tuple[int, int]]], ...] = (
        ({"share_cases": (broker.id("GF"), False)}, {"ga": (0, 1), "gb": (0, 1)}),
        ({"remove_members": (broker.id("B+"), ["gb"])}, {"b1": (0, 1), "b2": (0, 1), "gb": (0, 1)}),
        ({"add_members": (broker.id("B+"), ["ga"])}, {"b1": (1, 0), "b2": (1, 0), "ga": (1, 0)}),
        ({"move_main": ("gb", broker.id("B"))}, {"ga": (0, 1), "gb": (0, 1)}),
        ({"feature": (Feature.SHARE_CASES, False)}, {"b1": (0, 1), "b2": (0, 2), "ga": (0, 1), "gb": (0, 2)}),
        ({"share_cases": (broker.id("B"), False)}, {}),
    )
    before = [broker.viewers(message) for message in messages]
    for change, expected in cases:
        with broker.system() as system:
            told = system.groups.preview(**change)
        assert expected == {one.person: (one.messages_gained, one.messages_lost) for one in told.changes}, change
        assert all(one.samples for one in told.changes)
    assert before == [broker.viewers(message) for message in messages]


def test_v14_preview_needs_group_manage_and_warns(broker: Broker) -> None:
    """V14: preview needs group.manage, warns of externals of different houses, and shows samples to the system only."""
    message = broker.send("x", "b1")
    change = (broker.id("B+"), ["a1"])
    with broker.desk("b1") as desk, pytest.raises(Forbidden) as refused:
        desk.groups.preview(add_members=change)
    assert refused.value.right == "group.manage"
    with broker.system() as system:
        system.groups.create("Managers", main=True, members=["y"], rights=["group.manage"])
        assert (message.ref,) == system.groups.preview(add_members=change).changes[0].samples
    with broker.desk("y") as desk:
        told = desk.groups.preview(add_members=change)
    assert (SightChange("a1", messages_gained=1),) == told.changes
    assert ("Anker GmbH", "Brandt GmbH") == told.organisations
    assert "Warning: externals of Anker GmbH, Brandt GmbH" in str(told)


def test_v15_confidential_talks(broker: Broker) -> None:
    """V15: a confidential talk is seen by the involved, teambox and observing groups as ever, and by no peer."""
    box = broker.group("Schaden", ["y"], teambox=True)
    message = broker.send("x", ["b1", box], observers=["a1"], confidential=True)
    assert {"x", "b1", "y", "a1"} == broker.viewers(message)
    answer = broker.answer("b1", message)
    assert {"x", "b1", "a1"} == broker.viewers(answer)
    with broker.desk("x") as desk:
        assert desk.talks.view(message.talk).talk.confidential
        desk.talks.hand_over(message.talk, "ga")
    assert {"x", "b1", "y", "a1", "ga"} == broker.viewers(message)


def test_v15_sharing_is_off_on_a_new_group(broker: Broker) -> None:
    """V15: a new group does not share unless it is told to."""
    message = broker.send("x", "b1")
    with broker.system() as system:
        assert not system.groups.create("New", members=["b1", "y"]).shares_cases
    assert not broker.sees("y", message)


def test_v16_audience_before_sending(broker: Broker) -> None:
    """V16: before sending, a writer is told which persons they know would read it and how, and how many others."""
    box = broker.group("Schaden", ["y", "ga"], teambox=True)
    with broker.desk("x") as desk:
        told = desk.talks.audience(to=["b1", box], observers=["a1"])
        assert {
            ("observer", "a1"): ["a1"],
            ("recipient", "b1"): ["b1", "b2", "gb"],
            ("recipient", box.id): ["ga", "y"],
            ("sender", "x"): ["x"],
        } == {(line.role, line.recipient.id): [reader.person for reader in line.readers] for line in told.lines}
        readers = {person.person: person for line in told.lines for person in line.readers}
        assert ("peer", ("a group",)) == (readers["b2"].relation, readers["b2"].through)
        assert all(line.others == 0 for line in told.lines)
        between = desk.talks.audience(to="b1", confidential=True)
        assert ["b1"] == [reader.person for reader in between.lines[0].readers]
    message = broker.send("x", ["b1", box], observers=["a1"])
    assert set(readers) == broker.viewers(message)
    with broker.desk("b1") as desk:
        [_, sender] = desk.talks.audience(message=message.id, drop_observers=["a1"]).lines
        assert [("b1", "party", ()), ("b2", "peer", ("B", "B+")), ("gb", "peer", ("B+",))] == [
            (reader.person, reader.relation, reader.through) for reader in sender.readers
        ]


def test_v16_others_are_a_number(broker: Broker) -> None:
    """V16: readers whom the writer does not know are told as one number for each recipient."""
    message = broker.send("x", "a1")
    broker.group("House", ["x", "y"], shares=True)
    broker.people("z")
    with broker.system() as system:
        system.groups.add_members(broker.id("House"), ["z"])
    with broker.desk("a1") as desk:
        [sender, to_x] = sorted(desk.talks.audience(message=message.id).lines, key=lambda line: line.recipient.id)
    assert (["a1", "a2"], 0) == ([reader.person for reader in sender.readers], sender.others)
    assert (["x"], 2) == ([reader.person for reader in to_x.readers], to_x.others)


def test_v16_audience_of_an_observer_to_be_added(broker: Broker) -> None:
    """V16: before adding an observer one is told that they alone would read, by no sharing."""
    message = broker.send("x", "b1")
    with broker.desk("x") as desk:
        [line] = desk.talks.audience(talk=message.talk, observers=["a1"]).lines
    assert ("observer", ["a1"]) == (line.role, [reader.person for reader in line.readers])


def test_v17_whom_one_knows(broker: Broker) -> None:
    """V17: externals know fellow members and whoever is named on what they see; internals every active person."""
    broker.people("z")
    broker.send("x", "b1", observers=["z"])
    with broker.system() as system:
        system.people.deactivate("y")
    for person, known in (
        ("a1", {"a1", "a2"}),
        ("b2", {"b1", "b2", "gb", "x", "z"}),
        ("x", {"a1", "a2", "b1", "b2", "ga", "gb", "x", "z"}),
    ):
        with broker.desk(person) as desk:
            assert known == {card.id for card in desk.people.known(limit=500)}
            for other in ("a1", "a2", "b1", "b2", "ga", "gb", "x", "y", "z"):
                assert (other in known) == _finds(desk, other)


def _finds(desk: Desk, person: str) -> bool:
    try:
        return desk.people.get(person).id == person
    except NotFound:
        return False


def test_v17_whom_one_may_write_to(broker: Broker) -> None:
    """V17: externals write to internals they share a talk or group with and to open teamboxes; internals to all."""
    broker.group("Open", ["y"], teambox=True)
    with broker.system() as system:
        broker.groups["Shut"] = system.groups.create("Shut", members=["y"], teambox=True)
        broker.groups["With y"] = system.groups.create("With y", members=["y", "a1"])
        broker.groups["No box"] = system.groups.create("No box", members=["x", "a1"])
    broker.send("a1", "y")
    broker.send("a1", broker.groups["Open"])
    for to in ("a2", broker.groups["No box"]):
        with broker.desk("a1") as desk, pytest.raises(Forbidden) as refused:
            desk.talks.start(to, subject="Police", text="…")
        assert refused.value.right == "address"
    for stranger in ("b1", broker.groups["Shut"]):
        with broker.desk("a1") as desk, pytest.raises(NotFound):
            desk.talks.start(stranger, subject="Police", text="…")
    for to in ("a2", broker.groups["Shut"], broker.groups["Open"]):
        broker.send("x", to)
    with broker.desk("x") as desk, pytest.raises(InvalidInput):
        desk.talks.start("x", subject="Police", text="…")


def test_v17_an_answer_goes_to_anybody_named(broker: Broker) -> None:
    """V17: who answers may write to anybody named on a message they see, externals and the deactivated included."""
    message = broker.send("x", "b1", observers=["a1"])
    with broker.system() as system:
        system.people.deactivate("x")
    assert ["a1", "x"] == [ref.id for ref in broker.answer("b1", message, to=["x", "a1"]).to]
    with broker.desk("b1") as desk, pytest.raises(Forbidden):
        desk.talks.start("a1", subject="Police", text="…")


def test_v17_groups_are_known_to_members_and_who_may_write_to_them(broker: Broker) -> None:
    """V17: groups are known to members, to who may address them, to group.manage; members only to the entitled."""
    broker.group("Open", ["y"], teambox=True)
    with broker.desk("a1") as desk:
        assert {"A": ("a1", "a2"), "Open": None} == {group.name: group.members for group in desk.groups.list()}
        assert ["A"] == [group.name for group in desk.groups.mine()]
    with broker.system() as system:
        system.groups.set_rights(broker.id("A"), ["group.manage"])
    with broker.desk("a1") as desk:
        assert {"A", "B", "GF", "B+", "Open"} == {group.name for group in desk.groups.list()}
        assert ("b1", "b2", "gb") == desk.groups.get(broker.id("B+")).members
        assert {"a1", "a2", "b1", "b2", "ga", "gb", "x", "y"} == {card.id for card in desk.people.known()}
