"""The oracle held against the law as read by hand: the worked example, then a short test for each rule of sight."""

from __future__ import annotations

import copy

from world import Group, Hanging, Item, Path, Row, World
from world_examples import CLERKS_AND_MANAGERS, example, first, internals, refused

ACCEPTANCE = {
    "a1": {"a1", "a2"},
    "a2": {"a1", "a2"},
    "b1": {"b1", "b2", "gb"},
    "b2": {"b1", "b2", "gb"},
    "ga": {"ga", "gb"},
    "gb": {"b1", "b2", "ga", "gb"},
}


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
    assert (view.initiator, view.counterpart) == (None, None)  # told to who sees the question, which opened the talk
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
    assert refused(world.reply, "y", further, observers=["o"], drop_observers=["o"]) == "invalid_input"


def test_v7_standing_goes_on() -> None:
    """V7: who stands for a message is shown and known, and carried past an answer that they receive themselves."""
    world = internals("x", "y")
    for person in ("o", "e"):
        world.add_person(person, internal=False)
    talk = world.start("x", ["y", "e"], "")
    assert not world.knows("e", "o")
    world.add_observer("x", talk, "o")
    assert world.view("e", talk).observers == {"o"}
    assert world.view("e", talk).participants == {"x", "y", "e"}
    assert world.knows("e", "o")
    received = world.reply("e", 0, to=["o", "x"])
    assert world.message("o", received).observers == set()
    assert world.message("x", world.reply("o", received, to="x")).observers == set()
    assert world.message("o", world.reply("x", received)).observers == {"o"}
    dropped = world.reply("x", 0, to="y", drop_observers="o")
    assert not world.sees("o", world.reply("y", dropped))


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
