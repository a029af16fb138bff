"""The oracle held against the law as read by hand: what somebody is told of sight, and whom they may know."""

from __future__ import annotations

import random

from world import Group, Path
from world_examples import example, first, internals, refused


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
    assert world.explain("ga", message, "a1") == set()
    assert refused(world.explain, "ga", message, "nobody") == "not_found"
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
    world.add_person("c", internal=False, organisation="Client c")
    assert world.warnings("add_members", "A", ["c"]) == {"Client a", "Client c"}
    world.share_cases("A", False)
    assert world.warnings("add_members", "A", ["c"]) == set()
    world.add_members("A", ["c", "x"])
    assert world.warnings("share_cases", "A", True) == {"Client a", "Client c"}
    world.share_cases("A", True)
    assert world.warnings("remove_members", "A", ["a1"]) == set()
    world.feature(False)
    assert world.warnings("feature", True) == {f"Client {which}" for which in "abc"}
    world.feature(True)
    assert refused(world.preview, "share_cases", "GF", True, actor="ga") == "forbidden"
    assert world.sees("b2", 0)


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
