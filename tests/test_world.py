"""The oracle held against the law as read by hand: the worked example, then a short test for each rule."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import get_args

import pytest

from world import Act, Group, Hanging, Item, Path, Refused, Row, World

CLERKS_AND_MANAGERS = ("a1", "a2", "b1", "b2", "ga", "gb")

ACCEPTANCE = {
    "a1": {"a1", "a2"},
    "a2": {"a1", "a2"},
    "b1": {"b1", "b2", "gb"},
    "b2": {"b1", "b2", "gb"},
    "ga": {"ga", "gb"},
    "gb": {"b1", "b2", "ga", "gb"},
}


def example() -> World:
    """Build the worked example; x is somebody internal in no group."""
    world = World()
    world.feature(True)
    for person in CLERKS_AND_MANAGERS:
        world.add_person(person, internal=False, organisation="Client " + person[-1 if person[0] == "g" else 0])
    world.add_person("x")
    world.create_group("A", main=True, shares_cases=True, members=["a1", "a2"])
    world.create_group("B", main=True, shares_cases=True, members=["b1", "b2"])
    world.create_group("GF", main=True, shares_cases=True, members=["ga", "gb"], rights=["case.create"])
    world.create_group("B+", shares_cases=True, members=["b1", "b2", "gb"])
    return world


def internals(*persons: str) -> World:
    """Build a world of internal persons, the feature on."""
    world = World()
    world.feature(True)
    for person in persons:
        world.add_person(person)
    return world


def first(world: World, talk: int) -> int:
    """Give a talk's first message."""
    return world.talks[talk].messages[0]


def table(world: World) -> dict[str, set[str]]:
    """Tell for each person whose involvement alone shows them a message, received or sent."""
    received, sent = {}, {}
    for person in CLERKS_AND_MANAGERS:
        received[person] = first(world, world.start("x", person, "to " + person))
        sent[person] = world.reply(person, received[person], to="x")
    rows = {}
    for viewer in CLERKS_AND_MANAGERS:
        rows[viewer] = {of for of in CLERKS_AND_MANAGERS if world.sees(viewer, received[of])}
        assert rows[viewer] == {of for of in CLERKS_AND_MANAGERS if world.sees(viewer, sent[of])}
    return rows


def refused(act: Callable[..., object], *args: object, **named: object) -> str:
    """Give the code with which something is refused."""
    with pytest.raises(Refused) as caught:
        act(*args, **named)
    return caught.value.code


# -------------------------------------------------------------------- the worked example


def test_acceptance_table() -> None:
    """The worked example: the table, cell by cell."""
    assert table(example()) == ACCEPTANCE


def test_acceptance_table_of_cases() -> None:
    """V8: the same table holds for cases owned by the column person."""
    world = example()
    cases = {person: world.add_thing("case", [Row(person, "owner")]) for person in CLERKS_AND_MANAGERS}
    for viewer in CLERKS_AND_MANAGERS:
        seen = {of for of in CLERKS_AND_MANAGERS if world.sees_thing(viewer, cases[of])}
        assert seen == ACCEPTANCE[viewer]


def test_acceptance_with_b_unticked() -> None:
    """The worked example: with B unticked nothing changes, since B+ covers it."""
    world = example()
    world.share_cases("B", False)
    assert table(world) == ACCEPTANCE


def test_acceptance_with_gf_unticked() -> None:
    """The worked example: with GF unticked ga and gb lose each other."""
    world = example()
    world.share_cases("GF", False)
    assert table(world) == ACCEPTANCE | {"ga": {"ga"}, "gb": {"b1", "b2", "gb"}}


def test_acceptance_with_gb_moved() -> None:
    """The worked example: gb moved to main group B loses GF's rights and ga."""
    world = example()
    assert world.rights("gb") == {"case.create"}
    world.move_main("gb", "B")
    assert world.rights("gb") == set()
    assert table(world) == ACCEPTANCE | {"ga": {"ga"}, "gb": {"b1", "b2", "gb"}}


def test_acceptance_copying_refused() -> None:
    """The worked example: copying gb into main group B is refused, and changes nothing."""
    world = example()
    assert refused(world.add_members, "B", ["gb"]) == "already_in_main_group"
    assert table(world) == ACCEPTANCE


def test_acceptance_gb_answers_for_b1() -> None:
    """The worked example, V6: when gb answers in b1's talk, ga sees gb's answer and not b1's messages."""
    world = example()
    talk = world.start("x", "b1", "Police 4711")
    own = world.reply("b1", first(world, talk))
    answer = world.reply("gb", first(world, talk))
    assert world.visible("ga") == [answer]
    assert world.paths("ga", answer) == {Path("peer", "sender", "gb", frozenset({"GF"}))}
    view = world.view("ga", talk)
    assert view.messages == (answer,)
    assert (view.initiator, view.counterpart) == ("x", "b1")  # both named on the answer: to and sent_for
    assert world.message("ga", answer).answers is None
    assert world.view("gb", talk).messages == (first(world, talk), own, answer)


# -------------------------------------------------------------------- visibility


def test_v1_the_involved() -> None:
    """V1: sender, recipient, observer and sent_for see a message, and nobody else does."""
    world = example()
    message = first(world, world.start("x", "a1", "", observers=["gb"]))
    assert {person for person in world.persons if world.sees(person, message)} == {"x", "a1", "a2", "gb"}
    world.share_cases("A", False)
    assert not world.sees("a2", message)
    world.share_cases("A", True)
    answer = world.reply("a2", message, drop_observers=["gb"])
    world.share_cases("A", False)
    assert Path("party", "sent_for", "a1", frozenset()) in world.paths("a1", answer)
    assert not world.sees("gb", answer)


def test_v2_members_of_an_addressed_group() -> None:
    """V2: whoever is a member now sees what is addressed or copied to a group, its box ticked or not."""
    world = internals("x", "y", "m", "n")
    world.create_group("T", members=["m"], teambox=True)
    addressed = first(world, world.start("x", Group("T"), ""))
    copied = first(world, world.start("x", "y", "", observers=[Group("T")]))
    assert world.visible("m") == [copied, addressed]
    assert world.visible("n") == []
    world.add_members("T", ["n"])
    world.remove_members("T", ["m"])
    assert world.visible("n") == [copied, addressed]
    assert world.visible("m") == []
    assert world.may("answer", "n", addressed)
    assert not world.may("answer", "n", copied)


def test_v3_peers() -> None:
    """V3: a peer's sent and personal mail, not what they observe nor their teambox's; to active viewers."""
    world = internals("x", "y", "a", "b")
    world.create_group("S", shares_cases=True, members=["a", "b"])
    world.create_group("T", members=["a"], teambox=True)
    received = first(world, world.start("x", "a", ""))
    sent = first(world, world.start("a", "x", ""))
    first(world, world.start("x", "y", "", observers=["a"]))
    first(world, world.start("x", Group("T"), ""))
    assert world.visible("b") == [sent, received]
    world.deactivate("a")
    assert world.visible("b") == [sent, received]
    world.activate("a")
    world.deactivate("b")
    assert world.visible("b") == []
    world.activate("b")
    world.feature(False)
    assert world.visible("b") == []


def test_v4_one_hop() -> None:
    """V4: peers of my peers, and peers of who sees by teambox or observing, see nothing by that."""
    world = internals("x", "y", "a", "b", "c")
    world.create_group("AB", shares_cases=True, members=["a", "b"])
    world.create_group("BC", shares_cases=True, members=["b", "c"])
    world.create_group("T", members=["b"], teambox=True)
    message = first(world, world.start("x", "a", ""))
    assert world.sees("b", message)
    world.start("x", Group("T"), "")
    world.start("x", "y", "", observers=["b"])
    assert world.visible("c") == []


def test_v5_judged_now() -> None:
    """V5: joining, ticking and switching on reveal what exists; the reverse hides it again."""
    world = internals("x", "a", "b")
    world.feature(False)
    world.create_group("S", members=["a"])
    world.start("x", "a", "")
    world.feature(True)
    world.share_cases("S", True)
    assert world.visible("b") == []
    world.add_members("S", ["b"])
    assert world.visible("b") == [0]
    world.share_cases("S", False)
    assert world.visible("b") == []
    world.share_cases("S", True)
    assert world.visible("b") == [0]
    world.feature(False)
    assert world.visible("b") == []
    world.feature(True)
    assert world.visible("b") == [0]
    world.remove_members("S", ["b"])
    assert world.visible("b") == []


def test_v6_per_message() -> None:
    """V6: who answers as a colleague is involved in the answer alone; a talk shows each viewer their part."""
    world = example()
    talk = world.start("x", "b1", "")
    answer = world.reply("b2", first(world, talk))
    world.remove_members("B", ["b2"])
    world.remove_members("B+", ["b2"])
    assert world.view("b2", talk).messages == (answer,)
    assert world.view("b2", talk).participants == {"x", "b1", "b2"}
    world.remove_members("B", ["b1"])
    assert refused(world.view, "a1", talk) == "not_found"


def test_v7_observers_of_answers_to_come() -> None:
    """V7: who is added as observer gets later answers and the answers to those, not the earlier messages."""
    world = internals("x", "y", "o")
    talk = world.start("x", "y", "")
    world.add_observer("y", talk, "o")
    assert world.visible("o") == []
    answer = world.reply("y", first(world, talk))
    further = world.reply("x", answer)
    assert world.visible("o") == [further, answer]
    dropped = world.reply("y", further, drop_observers=["o"])
    world.reply("x", dropped)
    assert world.visible("o") == [further, answer]
    assert refused(world.add_observer, "o", talk, "x") == "forbidden"
    assert refused(world.remove_observer, "y", talk, "nobody") == "not_found"
    assert refused(world.reply, "y", further, drop_observers=["nobody"]) == "not_found"
    world.remove_observer("y", talk, "x")
    assert world.sees("x", further)


def test_v7_with_history() -> None:
    """V7: with history come the earlier messages that the adder sees by V1 or V2, and not those of a peer."""
    world = example()
    talk = world.start("x", "b1", "")
    answer = world.reply("b2", first(world, talk))
    world.add_person("o")
    assert refused(world.add_observer, "b2", talk, "o", with_history=True) == "not_found"
    world.create_group("O", members=["b2", "o"])
    world.add_observer("b2", talk, "o", with_history=True)
    assert world.visible("o") == [answer]
    further = world.reply("b1", first(world, talk))
    assert world.message("x", further).observers == {"o"}
    world.remove_observer("b1", talk, "o")
    assert world.visible("o") == []
    assert "o" not in world.message("x", world.reply("b1", first(world, talk))).observers


def test_v7_only_what_the_adder_sees() -> None:
    """V7: adding and removing reach only the messages that the acting person sees."""
    world = internals("x", "y", "z", "o")
    talk = world.start("x", "y", "")
    aside = world.reply("y", first(world, talk), to="z")
    world.add_observer("z", talk, "o", with_history=True)
    assert world.visible("o") == [aside]
    answer = world.reply("x", first(world, talk))
    assert not world.sees("o", answer)
    world.add_observer("x", talk, "o", with_history=True)
    world.remove_observer("z", talk, "o")
    assert world.visible("o") == [answer, first(world, talk)]


def test_v8_v9_hanging() -> None:
    """V8, V9: who sees a case sees what hangs on it, the internal alone if internal; answers inherit it."""
    world = example()
    world.add_person("in")
    case = world.add_thing(
        "case", [Row("b1", "owner"), Row("a1", "reader"), Row("ga", "member", False), Row("in", "member")]
    )
    note = world.add_thing("note", hangs=[Hanging(case)])
    question = world.add_thing("entry", hangs=[Hanging(case, internal=True)])
    answer = world.add_thing("entry", hangs=[Hanging(case)], answers=question)
    readers = {person for person in world.persons if world.sees_thing(person, note)}
    assert readers == {"b1", "b2", "gb", "a1", "ga", "in"}  # gb as b1's peer, nobody as a1's or ga's
    for hidden in (question, answer):
        assert {person for person in world.persons if world.sees_thing(person, hidden)} == {"in"}
    talk = world.start("x", "a2", "")
    world.file(talk, case)
    assert not world.sees("b1", first(world, talk))


def test_v10_v11_orders_attachments_minutes() -> None:
    """V10, V11: an order shows itself and no more, an attachment its hanging version, minutes their parts."""
    world = example()
    talk = world.start("x", "b1", "")
    message = Item("message", first(world, talk))
    order = world.add_thing("order", [Row("x", "requester"), Row("a1", "offered")], [Hanging(message)])
    assert {person for person in world.persons if world.sees_thing(person, order)} == {
        "x", "a1", "a2", "b1", "b2", "gb"
    }  # fmt: skip
    assert not world.sees("a1", message.label)
    case = world.add_thing("case", [Row("ga", "reader")])
    scan = world.add_thing("attachment", hangs=[Hanging(message, version=1)])
    world.hang(scan, case, version=2)
    assert world.versions("b2", scan) == {1}
    assert world.versions("ga", scan) == {2}
    assert not world.sees_thing("a1", scan)
    part = world.add_thing("part", [Row("x", "organiser"), Row("a2", "attendee")])
    assert not world.sees_thing("ga", part)
    world.hang(part, case)
    assert [person for person in CLERKS_AND_MANAGERS if world.sees_thing(person, part)] == ["a2", "ga"]


def test_v12_codes() -> None:
    """V12: what one may not see does not exist, what one sees and may not do is forbidden."""
    world = example()
    talk = world.start("x", "b1", "", observers=["a1"])
    message = first(world, talk)
    before = copy.deepcopy(world.messages), copy.deepcopy(world.talks)
    for label in (message, 99, -1):
        assert refused(world.message, "ga", label) == "not_found"
        assert refused(world.reply, "ga", label) == "not_found"
    for label in (talk, 99):
        assert refused(world.view, "ga", label) == "not_found"
        assert refused(world.add_observer, "ga", label, "gb") == "not_found"
        assert refused(world.hand_over, "ga", label, "gb") == "not_found"
    for stranger in ("b1", "nobody", Group("A"), Group("none")):
        assert refused(world.start, "ga", stranger, "") == "not_found"
    assert refused(world.search, "ga", author="b1") == "not_found"
    assert refused(world.reply, "a1", message) == "forbidden"
    assert refused(world.add_observer, "a1", talk, "x") == "forbidden"
    assert refused(world.hand_over, "b2", talk, "x") == "forbidden"
    assert refused(world.rename, "GF", "", actor="ga") == "forbidden"
    assert refused(world.rename, "A", "", actor="ga") == "not_found"
    assert refused(world.start, "x", "x", "") == "invalid_input"
    assert refused(world.start, "x", [], "") == "invalid_input"
    assert refused(world.start, "nobody", "x", "") == "not_found"
    assert (world.messages, world.talks) == before


def test_v14_explain() -> None:
    """V14: one's own paths; others' only to sight.audit and the system, the unknown unnamed."""
    world = example()
    message = first(world, world.start("x", "b1", ""))
    shared = frozenset({"B+"})
    assert world.explain("gb", message) == {Path("peer", "recipient", "b1", shared)}
    assert refused(world.explain, "ga", message) == "not_found"
    assert refused(world.explain, "gb", message, "b2") == "forbidden"
    assert refused(world.explain, "gb", message, "a1") == "not_found"
    assert world.explain(None, message, "a1") == set()
    assert refused(world.explain, None, message) == "invalid_input"
    world.set_rights("GF", ["sight.audit"])
    assert world.explain("ga", message) == set()
    assert world.explain("ga", message, "gb") == {Path("peer", "recipient", None, frozenset({None}))}


def test_v14_preview() -> None:
    """V14: a preview counts what a change would give and take, changes nothing, warns of strangers."""
    world = example()
    world.start("x", "b1", "")
    world.start("x", "ga", "")
    assert world.preview("share_cases", "B", False) == {}
    assert world.preview("move_main", "gb", "B") == {"gb": (0, 1)}
    assert world.preview("feature", False) == {"b2": (0, 1), "gb": (0, 2)}
    assert world.preview("add_members", "B+", ["a1", "ga"]) == {
        "a1": (2, 0),
        "b1": (1, 0),
        "b2": (1, 0),
        "ga": (1, 0),
    }
    world.deactivate("gb")
    assert world.preview("feature", False) == {"b2": (0, 1)}
    assert world.warnings("add_members", "A", ["x"]) == set()
    assert world.warnings("remove_members", "A", ["a1"]) == set()
    world.add_person("c", internal=False, organisation="Client c")
    assert world.warnings("add_members", "A", ["c"]) == {"A"}
    assert refused(world.preview, "share_cases", "GF", True, actor="ga") == "forbidden"
    assert world.sees("b2", 0)


def test_v15_confidential() -> None:
    """V15: confidential ends sharing, not the sight of involved and groups; on a case for all on it."""
    world = example()
    world.create_group("T", shares_cases=True, members=["a1", "a2"], teambox=True)
    talk = world.start("x", ["b1", Group("T")], "", observers=["ga"], confidential=True)
    message = first(world, talk)
    assert {person for person in world.persons if world.sees(person, message)} == {
        "x",
        "b1",
        "a1",
        "a2",
        "ga",
    }
    assert world.reply("b1", message) not in world.visible("b2")
    case = world.add_thing("case", [Row("b1", "owner")], confidential=True)
    order = world.add_thing("order", [Row("a1", "offered")], [Hanging(case)])
    assert [person for person in CLERKS_AND_MANAGERS if world.sees_thing(person, order)] == ["a1", "b1"]
    filed = world.start("x", "b1", "")
    assert world.sees("b2", first(world, filed))
    world.file(filed, case)
    assert not world.sees("b2", first(world, filed))


def test_v16_audience() -> None:
    """V16: the readers by each principal, the known by name and the others as a number."""
    world = example()
    world.add_person("e", internal=False)
    world.create_group("E", members=["e", "ga"])
    world.start("x", "e", "")
    world.change_person("ga", internal=True)
    audience = world.audience("e", to="ga", observers=["x"])
    assert audience["ga"] == (frozenset({"ga"}), 1)  # gb, whom e does not know
    assert audience["x"] == (frozenset({"x"}), 0)
    assert audience["e"] == (frozenset({"e"}), 0)
    assert world.audience("e", to="ga", confidential=True)["ga"] == (frozenset({"ga"}), 0)
    talk = world.start("x", "b1", "")
    message = first(world, talk)
    assert world.audience("x", talk=talk, observers=["a1"]) == {"a1": (frozenset({"a1"}), 0)}
    assert world.audience("b2", message=message) == {
        "b2": (frozenset({"b1", "b2", "gb"}), 0),
        "b1": (frozenset({"b1", "b2", "gb"}), 0),
        "x": (frozenset({"x"}), 0),
    }


def test_v16_audience_is_what_sight_gives() -> None:
    """V16, V13: the readers told are exactly the active persons who then see the message."""
    rng = random.Random(16)
    for _ in range(60):
        world = internals(*"abcdef")
        for label in "RST":
            members = rng.sample("abcdef", rng.randint(0, 4))
            world.create_group(label, shares_cases=rng.random() < 0.7, members=members, teambox=True)
        world.deactivate(rng.choice("bcdef"))
        named = [who for who in [*"bcdef", *map(Group, "RST")] if world.may_address("a", who)]
        to, observers = rng.sample(named, 2), rng.sample(named, 2)
        confidential = rng.random() < 0.3
        audience = world.audience("a", to=to, observers=observers, confidential=confidential)
        talk = world.start("a", to, "", observers=observers, confidential=confidential)
        readers = {who for who in world.persons if world.persons[who].active and world.sees(who, first(world, talk))}
        assert readers == {person for one in audience.values() for person in one.known}
        assert all(one.others == 0 for one in audience.values())


def test_v17_who_may_be_known_and_addressed() -> None:
    """V17: internals address every active person and teambox; externals whom they share something with."""
    world = internals("x", "y")
    for person in ("e", "f"):
        world.add_person(person, internal=False)
    world.create_group("Open", members=["y"], teambox=True, open=True)
    world.create_group("Shut", members=["y"], teambox=True)
    world.create_group("Plain", members=["e", "f"])
    assert world.known_persons("x") == {"x", "y", "e", "f"}
    assert world.known_groups("x") == {"Open", "Shut"}
    assert world.known_persons("e") == {"e", "f"}
    assert world.known_groups("e") == {"Plain", "Open"}
    assert refused(world.start, "e", "f", "") == "forbidden"  # a fellow member, but external
    assert refused(world.start, "e", "x", "") == "not_found"
    assert refused(world.start, "e", Group("Plain"), "") == "forbidden"
    message = first(world, world.start("x", "e", "", observers=["f", Group("Shut")]))
    assert world.may_address("e", "x")
    assert not world.may_address("e", "f")
    assert world.knows("e", Group("Shut"))
    assert world.reply("e", message, to=["f", Group("Shut")]) in world.visible("y")
    world.deactivate("f")
    assert refused(world.start, "x", "f", "") == "forbidden"  # named on what x sees, so known
    assert world.reply("x", message, to="f") in world.visible("f")


# -------------------------------------------------------------------- groups and rights


def test_g1_one_main_group() -> None:
    """G1: a second main membership is refused, all or nothing; secondary ones are free; move_main moves."""
    world = internals("a", "b", "c")
    world.create_group("M", main=True, members=["a"])
    world.create_group("N", main=True)
    assert refused(world.add_members, "N", ["b", "a"]) == "already_in_main_group"
    assert refused(world.create_group, "O", main=True, members=["a"]) == "already_in_main_group"
    assert world.groups["N"].members == set()
    assert "O" not in world.groups
    world.create_group("S", members=["a"])
    world.move_main("a", "N")
    assert world.groups_of("a") == {"N", "S"}
    assert refused(world.move_main, "a", "S") == "invalid_input"


def test_g3_box_and_feature() -> None:
    """G3: a box is ticked only while the feature is on; switching off suspends it and keeps it ticked."""
    world = internals("a", "b")
    world.create_group("S", members=["a", "b"], shares_cases=True)
    world.create_group("R")
    world.feature(False)
    assert world.peers("a") == set()
    assert refused(world.share_cases, "R", True) == "feature_unavailable"
    assert refused(world.create_group, "T", shares_cases=True) == "feature_unavailable"
    world.feature(True)
    assert world.peers("a") == {"b"}
    world.feature(False)
    world.share_cases("S", False)
    world.feature(True)
    assert world.peers("a") == set()


def test_g4_groups_in_one_call() -> None:
    """G4: made, filled, emptied by lists; deleting gives the heir what was addressed, keeps the name."""
    world = internals("x", "x1", "a", "b", "c")
    world.create_group("Old", members=["a", "b"], teambox=True)
    world.create_group("New", members=["c"], teambox=True)
    world.create_group("Plain", main=True, members=["x"], rights=["group.manage"])
    talk = world.start("x", Group("Old"), "")
    copied = first(world, world.start("x", "x1", "", observers=[Group("Old")]))
    world.add_observer("x", world.messages[copied].talk, Group("Old"))
    for heir, code in (("none", "not_found"), ("Old", "invalid_input"), ("Plain", "invalid_input")):
        assert refused(world.delete_group, "Old", move_to=heir) == code
    assert refused(world.delete_group, "Old", move_to="Plain", actor="x") == "forbidden"
    world.delete_group("Old", move_to="New")
    assert [person for person in "abc" if world.visible(person)] == ["c"]
    assert world.visible("c") == [copied, 0]
    assert world.message("x", 0).to == {Group("Old"), Group("New")}
    assert world.message("x", copied).observers == {Group("Old"), Group("New")}
    assert world.message("x", world.reply("x1", copied)).observers == {Group("New")}
    assert world.view("x", talk).counterpart == Group("New")
    assert world.message("c", world.reply("x", 0)).to == {Group("New")}
    assert refused(world.start, "x", Group("Old"), "") == "forbidden"
    assert refused(world.rename, "Old", "") == "not_found"
    assert refused(world.add_members, "New", ["a", "nobody"]) == "not_found"
    world.add_members("New", ["a", "b"])
    world.remove_members("New", ["a", "b", "c"])
    assert world.groups["New"].members == set()
    assert refused(world.create_group, "Closed", open=True) == "invalid_input"


def test_g6_what_group_manage_may_not() -> None:
    """G2, G6: the right comes from the main group; nobody climbs by it, and it shows no content."""
    world = internals("m", "a", "b")
    world.create_group("Managers", main=True, members=["m"], rights=["group.manage"])
    world.create_group("Lords", main=True, rights=["group.manage", "sight.audit"])
    world.create_group("S", members=["m"])
    assert refused(world.create_group, "R", actor="a") == "forbidden"
    assert refused(world.create_group, "R", main=True, rights=["case.create"], actor="m") == "forbidden"
    assert refused(world.add_members, "Lords", ["a"], actor="m") == "forbidden"
    assert refused(world.move_main, "m", "Lords", actor="m") == "forbidden"
    assert refused(world.create_group, "R", members=["m"], actor="m") == "forbidden"
    assert refused(world.share_cases, "S", True, actor="m") == "forbidden"
    assert refused(world.set_rights, "S", ["case.create"]) == "invalid_input"
    assert refused(world.set_rights, "Lords", ["everything"]) == "invalid_input"
    world.create_group("R", shares_cases=True, members=["a"], actor="m")
    world.add_members("Managers", ["b"], actor="m")
    world.start("a", "b", "")
    world.remove_members("Managers", ["b"], actor="m")
    assert world.visible("m") == []
    assert world.known_groups("m") == {"Managers", "Lords", "S", "R"}
    world.remove_members("Managers", ["m"], actor="m")
    assert refused(world.create_group, "Q", actor="m") == "forbidden"


def test_g7_deactivated() -> None:
    """G7: the deactivated stay members, so colleagues see and answer; they themselves may do nothing."""
    world = example()
    message = first(world, world.start("x", "b1", ""))
    world.deactivate("b1")
    assert world.groups_of("b1") == {"B", "B+"}
    assert world.may("answer", "b2", message)
    assert world.message("x", world.reply("b2", message)).sent_for == "b1"
    assert refused(world.reply, "b1", message) == "forbidden"
    assert refused(world.view, "b1", 0) == "forbidden"
    assert refused(world.search, "b1") == "forbidden"


def test_table_of_acts() -> None:
    """Section 3's table, talk columns: what party, teambox member, peer and observer may."""
    world = internals("x", "p", "t", "q", "o", "n")
    world.create_group("T", members=["t"], teambox=True)
    world.create_group("S", shares_cases=True, members=["p", "q"])
    message = first(world, world.start("x", ["p", Group("T")], "", observers=["o"]))
    may = {
        person: "".join("x" if world.may(act, person, message) else "." for act in get_args(Act)) for person in "xptqon"
    }
    assert may == {"x": "xxxxx", "p": "xxxxx", "t": "xxxxx", "q": "xxxx.", "o": "x....", "n": "....."}
    world.add_members("S", ["o"])
    assert world.may("answer", "o", message)


# -------------------------------------------------------------------- talks and messages


def test_t1_sides_and_default_recipients() -> None:
    """T1: the first named is the counterpart; an answer goes to the sender, or to one's former recipients."""
    world = internals("x", "y", "z")
    talk = world.start("x", ["z", "y"], "Police")
    view = world.view("y", talk)
    assert (view.subject, view.initiator, view.counterpart) == ("Police", "x", "z")
    assert view.participants == {"x", "y", "z"}
    answer = world.reply("y", 0)
    assert world.message("y", answer).to == {"x"}
    assert world.message("x", world.reply("x", 0)).to == {"y", "z"}
    aside = world.reply("y", answer, to="x")
    assert refused(world.message, "z", aside) == "not_found"


def test_t1_hand_over() -> None:
    """T1: the new side becomes recipient of what the giver sees by V1 or V2, and of no more."""
    world = example()
    talk = world.start("x", "b1", "")
    answer = world.reply("b2", 0)
    world.add_person("n")
    world.create_group("N", members=["b1", "n"])
    other = world.reply("x", answer)  # to b2, so that b1 sees it as a peer only
    world.add_observer("b1", talk, "n", with_history=True)
    assert not world.may("hand_over", "b1", other)
    world.hand_over("b1", talk, "n")
    assert world.visible("n") == [answer, 0]
    assert world.message("n", 0).to == {"b1", "n"}
    assert world.message("n", 0).observers == set()
    assert world.view("n", talk).counterpart == "n"
    assert world.view("b1", talk).messages == (0, answer, other)
    assert refused(world.hand_over, "b1", talk, "n") == "invalid_input"
    assert refused(world.hand_over, "b1", talk, "b1") == "invalid_input"
    world.hand_over("x", talk, "a1")
    assert world.view("n", talk).initiator == "a1"
    assert world.message("a1", 0).to == {"b1", "n", "a1"}
    world.create_group("T", members=["n"], teambox=True)
    boxed = world.start("x", Group("T"), "")
    assert refused(world.hand_over, "n", boxed, "x") == "invalid_input"
    world.hand_over("n", boxed, "a2")
    assert world.view("x", boxed).counterpart == "a2"


def test_t2_sent_for() -> None:
    """T2: set by itself where one addressee is a peer, the answerer not addressed; author= finds either."""
    world = internals("x", "a", "b", "c")
    world.create_group("S", shares_cases=True, members=["a", "b", "c"])
    single = first(world, world.start("x", "a", ""))
    double = first(world, world.start("x", ["a", "b"], ""))
    answer = world.reply("c", single)
    assert world.messages[answer].sent_for == "a"
    assert world.messages[world.reply("c", double)].sent_for is None
    assert world.messages[world.reply("b", double)].sent_for is None
    assert world.messages[world.reply("c", double, sent_for="b")].sent_for == "b"
    assert world.messages[world.reply("c", single, to="a")].sent_for is None
    assert refused(world.reply, "c", single, sent_for="b") == "invalid_input"
    assert refused(world.reply, "x", single, sent_for="a") == "invalid_input"
    assert answer in world.search("x", author="a")
    assert answer in world.search("x", author="c")
    assert world.search("x", recipient="a") == [double, single]
    assert world.search("x", author="a", recipient="a") == []
    world.create_group("T", members=["c"], teambox=True)
    both = first(world, world.start("x", ["a", Group("T")], ""))
    assert world.messages[world.reply("c", both)].sent_for is None


def test_t3_reply_options() -> None:
    """T3: offered are the senders whose messages of the thread the answerer sees; others may be named."""
    world = example()
    talk = world.start("x", "b1", "")
    answer = world.reply("gb", 0)
    world.reply("b1", 0, to=["gb"])
    assert world.reply_options("x", 0) == {"gb"}
    assert world.reply_options("b2", answer) == {"x", "gb", "b1"}
    assert world.reply("x", answer, to=["gb", "a1"]) in world.visible("a2")
    assert refused(world.reply, "x", answer, to=["x"]) == "invalid_input"
    assert refused(world.reply, "x", answer, to=["gb", "x"]) == "invalid_input"
    assert world.view("x", talk).messages == (0, answer, 3)


def test_t6_old_programs() -> None:
    """T6: a program older than the threshold is shown sent_for as the sender, all others both."""
    world = example()
    world.start("x", "b1", "")
    answer = world.reply("b2", 0)
    for program in ("4.8.0.64469", "4.7.2", "4.8"):
        assert world.message("x", answer, program)[:2] == ("b1", None)
        assert world.reply_options("x", 0, program) == {"b1"}
    for newer in ("4.8.0.64470", "4.10", "5", None):
        assert world.message("x", answer, newer)[:2] == ("b2", "b1")
        assert world.reply_options("x", 0, newer) == {"b2"}
    assert world.message("x", 0, "4.7").sender == "x"
    assert refused(world.message, "x", 0, "new") == "invalid_input"


def test_keys() -> None:
    """I3: the same key of the same person for the same verb gives the first result, for another verb none."""
    world = internals("x", "y")
    assert world.start("x", "y", "", key="k") == world.start("x", "y", "", key="k")
    assert world.start("y", "x", "", key="k") == 1
    assert refused(world.reply, "x", 0, key="k") == "invalid_input"
    assert len(world.messages) == 2
    assert world.create_group("S", key="k") == world.create_group("T", key="k") == "S"
    assert list(world.groups) == ["S"]
    assert refused(world.add_person, "x") == "invalid_input"
