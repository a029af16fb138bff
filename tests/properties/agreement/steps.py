"""The steps that write: each verb with its choices, ready to be called on the library and on the oracle alike."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from properties.agreement.programs import Choices
from properties.agreement.sides import GARBAGE, Shape, Sides
from world import TYPES, Group, Principal

DICTIONARIES = ("sparte", "region")
CODES = ("kfz", "haft", "Kfz", "leben")
PHRASES = ("", "Grüße aus Łódź", "Schaden an der STRASSE", "Straße, größer", "perché così?", "a–b AND c*")


@dataclass(frozen=True)
class Call:
    """One verb to be called on both sides: how to tell it, and what to do on each."""

    text: str
    oracle: Callable[[], Shape]
    library: Callable[[Any], Shape]


@dataclass(frozen=True)
class Scene:
    """Who acts where, with which program; `actor` is None for the system."""

    sides: Sides
    actor: str | None
    client_version: str | None = None

    @property
    def me(self) -> str:
        """The person who acts."""
        assert self.actor is not None
        return self.actor

    def told(self, verb: str, *args: object, **named: object) -> str:
        """Tell a verb for people to read; what is left out is at its default."""
        given = [*map(repr, args), *(f"{name}={value!r}" for name, value in named.items() if value)]
        return f"{self.sides.id[-1]}: {self.actor or 'system'}: {verb}({', '.join(given)})"


Maker: TypeAlias = Callable[[Scene, Choices], Call]


# -------------------------------------------------------------------- choosing


def somebody(scene: Scene, choices: Choices) -> Principal:
    """Choose a person or group to name: mostly one that the actor may know, but anybody may be named."""
    world = scene.sides.world
    boxes: list[Principal] = [
        Group(label) for label in sorted(world.known_groups(scene.me)) if world.groups[label].teambox
    ]
    if choices.chance(12):
        everybody: list[Principal] = [*sorted(world.persons), "nobody", "z", *map(Group, world.groups)]
        return choices.one([*everybody, *scene.sides.strangers()])
    return choices.one([*sorted(world.known_persons(scene.me) - {scene.me}), *boxes, *boxes] or [scene.me])


def several(scene: Scene, choices: Choices, most: int) -> list[Principal]:
    """Choose persons and groups to name."""
    return list(dict.fromkeys(somebody(scene, choices) for _ in range(1 + choices.number(most))))


def message(scene: Scene, choices: Choices) -> int:
    """Choose a message: mostly one of the latest that the actor sees, sometimes a hidden or foreign one, or none.

    Where windows are open, rather one of a talk that somebody holds, or held.
    """
    sides = scene.sides
    seen = sides.world.visible(scene.actor) if scene.actor is not None else []
    held = {item.label for item, _ in sides.world.holds if item.kind == "talk"}
    there = [label for label in seen if sides.world.messages[label].talk in held]
    if there and choices.chance(70):
        return choices.one(there)
    anything: list[int] = [*range(len(sides.messages)), *sides.elsewhere(), GARBAGE]
    return choices.one(seen[:9] if seen and not choices.chance(12) else anything)


def talk(scene: Scene, choices: Choices) -> int:
    """Choose a talk likewise."""
    label = message(scene, choices)
    return scene.sides.world.messages[label].talk if label >= 0 else GARBAGE


def said(scene: Scene, choices: Choices) -> dict[str, Any]:
    """Choose what a message says besides whom it names."""
    world = scene.sides.world
    chosen: dict[str, Any] = {"text": f"text {len(world.messages)} {choices.one(PHRASES)}"}
    if choices.chance(10):
        chosen["key"] = choices.one(["k0", "k1"])
    if choices.chance(15):
        chosen["date"] = world.now - timedelta(hours=choices.number(300))
    if choices.chance(10):
        chosen |= {"comment": "comment", "host_ref": f"host {len(world.messages)}"}
    if choices.chance(35):
        chosen["asks_answer"] = True
    return chosen | carried(scene, choices)


def carried(scene: Scene, choices: Choices) -> dict[str, Any]:
    """Choose which codes a message carries: mostly valid ones, if there are any."""
    offered = {name: CODES if choices.chance(4) else scene.sides.world.valid(name) for name in (TYPES, *DICTIONARIES)}
    codes = {name: choices.one(some) for name, some in offered.items() if some and choices.chance(20)}
    type = codes.pop(TYPES, None)
    return ({"type": type} if type is not None else {}) | ({"data": codes} if codes else {})


# -------------------------------------------------------------------- talks


def start(scene: Scene, choices: Choices) -> Call:
    """Start a talk, named by as many as its choices say."""
    sides, to = scene.sides, several(scene, choices, 3)
    named: dict[str, Any] = {"observers": several(scene, choices, 2) if choices.chance(40) else []}
    plain: dict[str, Any] = {"confidential": choices.chance(30), "subject": f"subject {len(sides.talks)}"}
    plain |= said(scene, choices)

    def oracle() -> Shape:
        return sides.due_talk(scene.me, sides.world.start(scene.me, to, **named, **plain))

    def library(desk: Any) -> Shape:
        made = desk.talks.start(list(map(sides.ref, to)), observers=list(map(sides.ref, named["observers"])), **plain)
        if made.id not in sides.talks:
            sides.talks.append(made.id)
            sides.messages.append(desk.talks.view(made.id).messages[0].id)
        return sides.shown_talk(made)

    return Call(scene.told("start", to, **named, **plain), oracle, library)


def answer_named(scene: Scene, choices: Choices, answered: int) -> dict[str, Any]:
    """Choose whom an answer names beside its defaults."""
    world, named = scene.sides.world, dict[str, Any]()
    if choices.chance(30):
        named["to"] = several(scene, choices, 2) if not choices.chance(5) else []
    if choices.chance(20):
        named["observers"] = several(scene, choices, 2)
    if choices.chance(20):
        state = world.messages[answered] if answered >= 0 else None
        carried = sorted(state.observers | state.standing, key=str) if state else []
        named["drop_observers"] = (
            [choices.one(carried)] if carried and not choices.chance(25) else [somebody(scene, choices)]
        )
    received = sorted(filter(_is_person, world.messages[answered].to)) if answered >= 0 else []
    colleagues = [who for who in received if world.shared(scene.me, who)]
    if choices.chance(50 if colleagues else 15):
        liked = colleagues or received
        named["sent_for"] = choices.one(liked) if liked and not choices.chance(20) else _person(scene, choices)
    return named


def _is_person(who: Principal) -> bool:
    return isinstance(who, str)


def _person(scene: Scene, choices: Choices) -> str:
    return choices.one([*sorted(scene.sides.world.persons), "nobody", "z"])


def refs(sides: Sides, named: dict[str, Any]) -> dict[str, Any]:
    """Give what names somebody in the form that the library takes."""
    return {name: value if isinstance(value, str) else list(map(sides.ref, value)) for name, value in named.items()}


def reply(scene: Scene, choices: Choices) -> Call:
    """Answer a message; who sees none starts a talk."""
    sides = scene.sides
    if not sides.world.visible(scene.me):
        return start(scene, choices)
    answered = message(scene, choices)
    named, plain = answer_named(scene, choices, answered), said(scene, choices)

    def oracle() -> Shape:
        label = sides.world.reply(scene.me, answered, **named, **plain)
        return sides.due_message(scene.me, label, scene.client_version)

    def library(desk: Any) -> Shape:
        made = desk.talks.reply(sides.message(answered), **refs(sides, named), **plain)
        if made.id not in sides.messages:
            sides.messages.append(made.id)
        return sides.shown_message(made)

    return Call(scene.told("reply", answered, **named, **plain), oracle, library)


def add_observer(scene: Scene, choices: Choices) -> Call:
    """Add an observer, with history or without."""
    sides, label, who, history = scene.sides, talk(scene, choices), somebody(scene, choices), choices.chance(50)
    return Call(
        scene.told("add_observer", label, who, with_history=history),
        lambda: sides.world.add_observer(scene.me, label, who, with_history=history),
        lambda desk: desk.talks.add_observer(sides.talk(label), sides.ref(who), with_history=history),
    )


def remove_observer(scene: Scene, choices: Choices) -> Call:
    """Remove an observer: mostly one who observes or stands."""
    sides, label = scene.sides, talk(scene, choices)
    messages = [sides.world.messages[one] for one in sides.world.talks[label].messages] if label >= 0 else []
    watching = sorted({who for one in messages for who in one.observers | one.standing}, key=str)
    who = choices.one(watching) if watching and not choices.chance(15) else somebody(scene, choices)
    return Call(
        scene.told("remove_observer", label, who),
        lambda: sides.world.remove_observer(scene.me, label, who),
        lambda desk: desk.talks.remove_observer(sides.talk(label), sides.ref(who)),
    )


def hand_over(scene: Scene, choices: Choices) -> Call:
    """Hand a side over."""
    sides, label, to = scene.sides, talk(scene, choices), somebody(scene, choices)

    def oracle() -> Shape:
        sides.world.hand_over(scene.me, label, to)
        return sides.due_talk(scene.me, label)

    return Call(
        scene.told("hand_over", label, to),
        oracle,
        lambda desk: sides.shown_talk(desk.talks.hand_over(sides.talk(label), sides.ref(to))),
    )


TALKING: dict[str, Maker] = {
    "start": start,
    "reply": reply,
    "add_observer": add_observer,
    "remove_observer": remove_observer,
    "hand_over": hand_over,
}


def persons(scene: Scene, choices: Choices, liked: Collection[str], most: int = 3) -> list[str]:
    """Choose persons for a list: mostly from those liked, now and then somebody else, or nobody of the portfolio."""
    chosen = choices.some(sorted(liked), most) if liked else []
    return [*chosen, _person(scene, choices)] if not chosen or choices.chance(8) else chosen
