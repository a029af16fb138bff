"""The oracle held against the law as read by hand: groups, rights, talks and messages."""

from __future__ import annotations

from typing import get_args

from world import Act, Group, Item
from world_examples import example, first, internals, refused

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
    world.create_group("Boxed", members=["x"], teambox=True)
    assert refused(world.delete_group, "Old", move_to="Boxed", actor="x") == "forbidden"
    world.delete_group("Old", move_to="New")
    assert [person for person in "abc" if world.visible(person)] == ["c"]
    assert world.visible("c") == [copied, 0]
    assert world.message("x", 0).to == {Group("Old"), Group("New")}
    assert world.message("x", copied).observers == {Group("Old"), Group("New")}
    assert world.message("x", world.reply("x1", copied)).observers == {Group("New")}
    assert world.view("x", talk).counterpart == Group("New")
    assert world.view("x", world.messages[copied].talk).observers == {Group("Old"), Group("New")}
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


def test_g4_codes() -> None:
    """V12, G4: without the right a group one knows is forbidden, deleted or not, another is not found."""
    world = internals("x", "y", "m")
    world.add_person("e", internal=False)
    world.create_group("T", members=["y"], teambox=True)
    world.create_group("Own", main=True, members=["m"], rights=["group.manage"])
    world.start("x", "y", "", observers=Group("T"))
    world.delete_group("T")
    assert [refused(world.rename, label, "", actor="x") for label in ("T", "Own")] == ["forbidden", "not_found"]
    assert refused(world.rename, "T", "", actor="m") == "not_found"
    assert refused(world.rename, "T", "", actor="e") == "not_found"
    assert (world.knows("x", Group("T")), world.knows("m", Group("T"))) == (True, True)
    assert refused(world.create_group, "R", open=True, actor="x") == "invalid_input"
    assert refused(world.add_members, "Own", ["nobody"], actor="x") == "not_found"


def test_g4_both_sides_move() -> None:
    """G4: the heir takes over a deleted group's side of a talk, be it the initiator's or the counterpart's."""
    world = internals("x", "y", "a", "b")
    world.create_group("Old", members=["a"], teambox=True)
    world.create_group("New", members=["b"], teambox=True)
    talk = world.start("x", "y", "")
    world.hand_over("x", talk, Group("Old"))
    world.start("x", Group("New"), "", observers=Group("Old"))
    world.start("x", "y", "", observers=Group("Old"))
    world.start("x", Group("Old"), "", observers=Group("New"))
    world.events.clear()
    world.delete_group("Old", move_to="New")
    assert world.view("b", talk).initiator == Group("New")
    assert world.message("x", 3)[2:4] == (frozenset({Group("Old"), Group("New")}), frozenset())
    handed = [("talk.handed_over", label) for label in (0, 2, 3)]
    assert world.events == [*handed, ("group.deleted", Group("Old"))]


def test_events() -> None:
    """C7: what changes something leaves an event of its kind; what changes nothing leaves none."""
    world = internals("x", "y", "o")
    world.create_group("M", main=True, members=["x"])
    world.create_group("N", main=True)
    world.events.clear()
    for _ in range(2):
        world.move_main("x", "N")
        world.share_cases("N", True)
        world.set_rights("N", ["case.create"])
        world.deactivate("o")
        world.feature(True)
    world.activate("o")
    world.start("x", "y", "", key="k")
    world.start("x", "y", "", key="k")
    world.add_observer("y", 0, "o")
    world.add_observer("y", 0, "o", with_history=True)
    world.add_observer("y", 0, "o", with_history=True)
    world.hand_over("x", 0, "o")
    world.remove_observer("y", 0, "o")
    world.remove_observer("y", 0, "o")
    assert world.events == [
        ("group.members_removed", Group("M")),
        ("group.members_added", Group("N")),
        ("group.sharing_changed", Group("N")),
        ("group.rights_changed", Group("N")),
        ("person.deactivated", "o"),
        ("person.activated", "o"),
        ("message.sent", 0),
        ("talk.observer_added", 0),
        ("talk.observer_added", 0),
        ("talk.handed_over", 0),
        ("lock.moved", Item("talk", 0)),
        ("talk.observer_removed", 0),
    ]


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


def test_t1_hand_over_of_which_side() -> None:
    """T1: one hands over the side one holds oneself before a teambox's, and learns of no side one is not shown."""
    world = internals("x", "y", "z", "n")
    world.create_group("T", members=["x", "y"], teambox=True)
    talk = world.start("x", Group("T"), "")
    world.hand_over("x", talk, "z")
    assert (world.talks[talk].initiator, world.talks[talk].counterpart) == ("z", Group("T"))
    world.hand_over("x", talk, "n")
    assert (world.talks[talk].initiator, world.talks[talk].counterpart) == ("z", "n")
    other = world.start("x", "y", "")
    aside = world.reply("x", first(world, other), to="z")
    last = world.reply("z", aside, to="n")
    world.add_members("T", ["n"])
    assert world.view("n", other)[1:3] == (None, None)
    assert world.view("n", other).messages == (last,)
    world.hand_over("n", other, "x")
    assert world.message("n", last).to == {"n", "x"}
    assert (world.talks[other].initiator, world.talks[other].counterpart) == ("x", "y")
    world.create_group("U", members=["z"], teambox=True)
    led = world.start("x", "y", "")
    world.hand_over("x", led, Group("U"))
    world.hand_over("z", led, "n")
    assert (world.talks[led].initiator, world.talks[led].counterpart) == ("n", "y")
    assert refused(world.hand_over, "n", led, "y") == "invalid_input"


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
    named = world.messages[world.reply("c", single, to="a", observers="b")]
    assert (named.sent_for, named.to, named.observers) == ("a", {"a"}, {"b"})
    assert world.messages[world.reply("c", single, observers="a")].observers == {"a"}
    assert refused(world.reply, "c", single, sent_for="b") == "invalid_input"
    assert refused(world.reply, "c", single, sent_for="nobody") == "not_found"
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
