"""The steps that set up persons, groups and the feature, as in `steps`."""

from __future__ import annotations

from typing import Any

from collabcase import Feature
from properties.agreement.programs import Choices
from properties.agreement.sides import Shape, Sides
from properties.agreement.steps import Call, Maker, Scene, persons
from world import RIGHTS, Change

RIGHTS_GIVEN = (*("group.manage",) * 3, "sight.audit", *sorted(RIGHTS))
"""Rights to choose from; the more often named, the more often given."""


# -------------------------------------------------------------------- people and the feature, by the system


def add_person(scene: Scene, choices: Choices) -> Call:
    """Add a person, mostly a new one."""
    world = scene.sides.world
    fresh = next(letter for letter in "abcdefgh" if letter not in world.persons or letter == "h")
    id = choices.one([fresh, fresh, "a"])
    plain: dict[str, Any] = {"internal": choices.chance(50), "organisation": choices.one([None, *"VXY"])}
    return Call(
        scene.told("people.add", id, **plain),
        lambda: world.add_person(id, **plain),
        lambda desk: desk.people.add(id, name=f"name of {id}", **plain).id,
    )


def change_person(scene: Scene, choices: Choices) -> Call:
    """Make somebody internal or external."""
    world, id = scene.sides.world, persons(scene, choices, scene.sides.world.persons, 1)[-1]
    internal = not world.persons[id].internal if id in world.persons else choices.chance(50)
    return Call(
        scene.told("people.change", id, internal=internal),
        lambda: world.change_person(id, internal),
        lambda desk: _nothing(desk.people.change(id, internal=internal)),
    )


def deactivate(scene: Scene, choices: Choices) -> Call:
    """Deactivate somebody, rather who has claimed something."""
    world = scene.sides.world
    claimers = {box.claimed_by for box in world.boxes.values() if box.claimed_by is not None}
    id = persons(scene, choices, claimers or world.persons, 1)[-1]
    return Call(
        scene.told("people.deactivate", id),
        lambda: world.deactivate(id),
        lambda desk: _nothing(desk.people.deactivate(id)),
    )


def activate(scene: Scene, choices: Choices) -> Call:
    """Activate somebody, mostly one who is not active."""
    world = scene.sides.world
    idle = [id for id in world.persons if not world.active(id)]
    id = persons(scene, choices, idle or world.persons, 1)[-1]
    return Call(
        scene.told("people.activate", id),
        lambda: world.activate(id),
        lambda desk: _nothing(desk.people.activate(id)),
    )


def switch(on: bool) -> Maker:
    """Switch the feature."""

    def make(scene: Scene, choices: Choices) -> Call:
        def library(desk: Any) -> Shape:
            change = desk.features.enable if on else desk.features.disable
            change(Feature.SHARE_CASES)
            return desk.features.enabled() == (frozenset(Feature) if on else frozenset())

        def oracle() -> Shape:
            scene.sides.world.feature(on)
            return True

        return Call(scene.told("enable" if on else "disable"), oracle, library)

    return make


def set_rights(scene: Scene, choices: Choices) -> Call:
    """Give a group rights."""
    label = group(scene, choices, main=True)
    given = choices.some(RIGHTS_GIVEN, 4) if choices.chance(80) else []
    return _of_group(scene, "set_rights", label, frozenset(given))


# -------------------------------------------------------------------- groups


def group(scene: Scene, choices: Choices, *, main: bool = False) -> str:
    """Choose a group: mostly one that exists."""
    groups = scene.sides.world.groups
    living = [label for label, state in groups.items() if not state.deleted]
    liked = [label for label in living if groups[label].main] if main else living
    if liked and not choices.chance(10):
        return choices.one(liked)
    return choices.one([*groups, *(one.label for one in scene.sides.strangers())])


def create_group(scene: Scene, choices: Choices) -> Call:
    """Make a group, at most nine in all."""
    sides, world = scene.sides, scene.sides.world
    if len(world.groups) >= 9:
        return add_members(scene, choices)
    label, teambox = f"g{len(world.groups)}", choices.chance(60)
    plain: dict[str, Any] = {
        "main": choices.chance(25),
        "shares_cases": choices.chance(70),
        "members": persons(scene, choices, world.persons, 4) if choices.chance(85) else [],
        "teambox": teambox,
        "open": choices.chance(40 if teambox else 4),
    }
    if choices.chance(10):
        plain["key"] = choices.one(["k0", "k1"])
    if scene.actor is None and choices.chance(30):
        plain["rights"] = choices.some(RIGHTS_GIVEN, 3)

    def oracle() -> Shape:
        return sides.due_group(None, world.create_group(label, actor=scene.actor, **plain))

    def library(desk: Any) -> Shape:
        made = desk.groups.create(label, **plain)
        if made.id not in sides.groups.values():
            sides.groups[label] = made.id
        return sides.shown_group(made)

    return Call(scene.told("create_group", label, **plain), oracle, library)


def rename_group(scene: Scene, choices: Choices) -> Call:
    """Rename a group; names stay apart, as explanations tell groups by name."""
    label = group(scene, choices)
    return _of_group(scene, "rename", label, f"{label} {'again' * choices.chance(50)}".strip())


def delete_group(scene: Scene, choices: Choices) -> Call:
    """Delete a group, mostly with an heir."""
    sides, label = scene.sides, group(scene, choices)
    heir = group(scene, choices) if choices.chance(75) else None
    boxes = [one for one, state in sides.world.groups.items() if state.teambox and not state.deleted and one != label]
    if heir is not None and boxes and not choices.chance(20):
        heir = choices.one(boxes)

    def library(desk: Any) -> Shape:
        desk.groups.delete(sides.group(label), move_to=None if heir is None else sides.group(heir))

    return Call(
        scene.told("delete_group", label, move_to=heir),
        lambda: sides.world.delete_group(label, move_to=heir, actor=scene.actor),
        library,
    )


def add_members(scene: Scene, choices: Choices) -> Call:
    """Add members, mostly ones who are not in the group."""
    label = group(scene, choices)
    return _of_group(scene, "add_members", label, persons(scene, choices, _outside(scene.sides, label)))


def remove_members(scene: Scene, choices: Choices) -> Call:
    """Remove members, mostly ones who are in the group, rather who has claimed something there."""
    claims = sorted((of, box.claimed_by) for (of, _), box in scene.sides.world.boxes.items() if box.claimed_by)
    if claims and choices.chance(50):
        label, claimer = choices.one(claims)
        return _of_group(scene, "remove_members", label, [claimer])
    label = group(scene, choices)
    return _of_group(scene, "remove_members", label, persons(scene, choices, _inside(scene.sides, label), 2))


def move_main(scene: Scene, choices: Choices) -> Call:
    """Move somebody to a group, mostly a main one."""
    label = group(scene, choices, main=not choices.chance(10))
    return _of_group(scene, "move_main", persons(scene, choices, _outside(scene.sides, label), 1)[-1], label)


def share_cases(scene: Scene, choices: Choices) -> Call:
    """Tick or untick a box, mostly so that it changes."""
    label = group(scene, choices)
    state = scene.sides.world.groups.get(label)
    ticked = state is not None and state.shares
    return _of_group(scene, "share_cases", label, ticked if choices.chance(15) else not ticked)


def _inside(sides: Sides, label: str) -> set[str]:
    return sides.world.groups[label].members if label in sides.world.groups else set()


def _outside(sides: Sides, label: str) -> set[str]:
    return set(sides.world.persons) - _inside(sides, label)


def _of_group(scene: Scene, verb: str, *args: Any) -> Call:
    """Give a verb that changes one group and returns it, or nothing; a group's label is passed as its id."""
    sides = scene.sides
    place = 1 if verb == "move_main" else 0

    def oracle() -> Shape:
        getattr(sides.world, verb)(*args, **({} if verb == "set_rights" else {"actor": scene.actor}))
        return None if verb == "share_cases" else sides.due_group(None, args[place])

    def library(desk: Any) -> Shape:
        passed = [*args[:place], sides.group(args[place]), *args[place + 1 :]]
        changed = getattr(desk.groups, verb)(*passed)
        return None if changed is None else sides.shown_group(changed)

    return Call(scene.told(verb, *args), oracle, library)


def _nothing(_: object) -> None:
    """Leave a result aside that the oracle does not have."""


ADMINISTERING: dict[str, Maker] = {
    "add_person": add_person,
    "change_person": change_person,
    "deactivate": deactivate,
    "activate": activate,
    "enable": switch(True),
    "disable": switch(False),
    "set_rights": set_rights,
    "create_group": create_group,
    "rename_group": rename_group,
    "delete_group": delete_group,
    "add_members": add_members,
    "remove_members": remove_members,
    "move_main": move_main,
    "share_cases": share_cases,
}


# -------------------------------------------------------------------- changes that can be previewed


def change(scene: Scene, choices: Choices) -> tuple[Change, list[Any], Call]:
    """Choose a change that can be previewed: its name, its arguments, and how to make it."""
    world = scene.sides.world
    name: Change = choices.one(["share_cases", "add_members", "remove_members", "move_main", "feature"])
    if name == "feature":
        on = not world.feature_on
        return name, [on], switch(on)(Scene(scene.sides, None), choices)
    label = group(scene, choices, main=name == "move_main" and not choices.chance(10))
    state = world.groups.get(label)
    args: dict[Change, list[Any]] = {
        "share_cases": [label, not (state is not None and state.shares)],
        "add_members": [label, persons(scene, choices, _outside(scene.sides, label))],
        "remove_members": [label, persons(scene, choices, _inside(scene.sides, label), 2)],
        "move_main": [persons(scene, choices, _outside(scene.sides, label), 1)[-1], label],
    }
    return name, args[name], _of_group(scene, name, *args[name])


def previewed(scene: Scene, name: Change, args: list[Any]) -> Call:
    """Preview a change: numbers for who would gain or lose, and the organisations to warn of."""
    sides, world = scene.sides, scene.sides.world

    def oracle() -> Shape:
        counts = world.preview(name, *args, actor=scene.actor)
        return counts, sorted(world.warnings(name, *args, actor=scene.actor))

    def library(desk: Any) -> Shape:
        place = {"move_main": 1, "feature": 9}.get(name, 0)
        named = [sides.group(arg) if here == place else arg for here, arg in enumerate(args)]
        pair = (Feature.SHARE_CASES, *args) if name == "feature" else tuple(named)
        shown = desk.groups.preview(**{name: pair})
        assert [change.person for change in shown.changes] == sorted(change.person for change in shown.changes)
        assert all(change.cases_gained == change.cases_lost == 0 for change in shown.changes)
        assert scene.actor is None or not any(change.samples for change in shown.changes)
        counts = {change.person: (change.messages_gained, change.messages_lost) for change in shown.changes}
        return counts, list(shown.organisations)

    return Call(scene.told("preview", name, *args), oracle, library)
