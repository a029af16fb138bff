"""The steps of windows, and from which window a desk writes, as in `steps` (L)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collabcase import Held, Moved, Picture
from properties.agreement.programs import Choices
from properties.agreement.sides import Shape, Sides
from properties.agreement.steps import Call, Maker, Scene, talk
from world import Item
from world_windows import Windows

_NEVER = -1


def own_windows(scene: Scene) -> list[int]:
    """Give the windows of who acts that are open, opened last first."""
    opened = [label for label, window in scene.sides.world.windows.items() if window.person == scene.actor]
    return sorted(opened, reverse=True)


def window(scene: Scene, choices: Choices) -> int:
    """Choose a window: mostly one's own, now and then a closed one, somebody else's, or none at all."""
    own = own_windows(scene)
    anything = [*range(len(scene.sides.windows)), _NEVER]
    return choices.one(own if own and not choices.chance(6) else anything)


def writing(scene: Scene, choices: Choices) -> tuple[int | None, int | None]:
    """Choose from which window somebody writes, and under which token: its present one, one of old, or none."""
    if scene.actor is None or not (own_windows(scene) or choices.chance(4)) or choices.chance(30):
        return None, None
    label, world = window(scene, choices), scene.sides.world
    held = [hold.token for hold in world.holds.values() if hold.window == label]
    token = choices.one([None, *held, *held, *held]) if not choices.chance(20) else 1 + choices.number(9)
    return label, token


def item(scene: Scene, choices: Choices) -> Item:
    """Choose something to click: mostly a talk that one may answer, rather one that is held, perhaps by oneself."""
    world = scene.sides.world
    if choices.chance(12):
        return Item("policy", choices.number(2))
    own = [on for on, who in world.holds if who == scene.actor]
    if own and choices.chance(35):  # another window of theirs may be on it
        return choices.one(own)
    held = [on.label for on, who in world.holds if on.kind == "talk" and who != scene.actor]
    near = [label for label in held if world.seats(scene.me, label)]
    may = [label for label in range(len(world.talks)) if world.seats(scene.me, label)][-6:]
    if near and choices.chance(65):
        return Item("talk", choices.one(near))
    return Item("talk", choices.one(may) if may and not choices.chance(10) else talk(scene, choices))


# -------------------------------------------------------------------- verbs


def open_window(scene: Scene, choices: Choices) -> Call:
    """Open a window, unless there are enough."""
    if len(own_windows(scene)) > 2:
        return focus(scene, choices)
    sides, label, folder = scene.sides, len(scene.sides.windows), choices.one(["", "inbox"])

    def library(collab: Any) -> Shape:
        sides.windows.append(collab.window(scene.me, portfolio=sides.id, folder=folder).id)

    return Call(scene.told("open_window", folder), lambda: sides.world.open_window(scene.me, label, folder), library)


def _in_window(
    scene: Scene, label: int, verb: str, oracle: Callable[[Windows], Shape], library: Callable[[Any], Shape], *args: Any
) -> Call:
    sides = scene.sides
    return Call(
        scene.told(verb, label, *args),
        lambda: oracle(sides.world),
        lambda collab: library(_Lazy(collab, scene, sides.window(label))),
    )


class _Lazy:
    """A window that is looked for when it is first used."""

    def __init__(self, collab: Any, scene: Scene, id: str) -> None:
        self._open = lambda: collab.window(scene.me, portfolio=scene.sides.id, id=id)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._open(), name)


def focus(scene: Scene, choices: Choices) -> Call:
    """Click something."""
    label, on, sides = window(scene, choices), item(scene, choices), scene.sides
    return _in_window(
        scene,
        label,
        "focus",
        lambda world: world.focus(scene.me, label, on),
        lambda opened: opened.focus(sides.item(on)).token,
        on,
    )


def ask_for(scene: Scene, choices: Choices) -> Call:
    """Ask who holds something to let go."""
    label, on, sides = window(scene, choices), item(scene, choices), scene.sides
    return _in_window(
        scene,
        label,
        "ask_for",
        lambda world: world.ask_for(scene.me, label, on),
        lambda opened: opened.ask(sides.item(on)),
        on,
    )


def force(scene: Scene, choices: Choices) -> Call:
    """Free something."""
    label, on, sides, reason = window(scene, choices), item(scene, choices), scene.sides, f"why {choices.number(9)}"
    return _in_window(
        scene,
        label,
        "force",
        lambda world: world.force(scene.me, label, on, reason),
        lambda opened: opened.force(sides.item(on), reason),
        on,
        reason,
    )


def move_to(scene: Scene, choices: Choices) -> Call:
    """Go to another folder."""
    label = window(scene, choices)
    return _in_window(
        scene,
        label,
        "move_to",
        lambda world: world.move_to(scene.me, label, "inbox"),
        lambda opened: opened.move_to("inbox"),
    )


def close_window(scene: Scene, choices: Choices) -> Call:
    """Close a window that one has found before."""
    own = own_windows(scene)
    if not own:
        return open_window(scene, choices)
    label = choices.one(own)
    return _in_window(
        scene,
        label,
        "close_window",
        lambda world: world.close_window(scene.me, label),
        lambda opened: opened.close(),
    )


def _plain(verb: str) -> Maker:
    def make(scene: Scene, choices: Choices) -> Call:
        label = window(scene, choices)
        return _in_window(
            scene,
            label,
            verb,
            lambda world: getattr(world, verb)(scene.me, label),
            lambda opened: getattr(opened, verb)(),
        )

    return make


def beat(scene: Scene, choices: Choices) -> Call:
    """Give a sign of life, and be told what one holds."""
    label, sides = window(scene, choices), scene.sides

    def library(opened: Any) -> Shape:
        lock = opened.beat().lock
        return None if lock is None else (sides.locked(lock.item), lock.token)

    return _in_window(scene, label, "beat", lambda world: world.beat(scene.me, label), library)


# -------------------------------------------------------------------- questions


def look(scene: Scene, choices: Choices) -> Call:
    """Look at the picture, what one holds, and what is gone."""
    label, sides = window(scene, choices), scene.sides
    talks = [*range(len(sides.talks)), _NEVER]

    def oracle(world: Windows) -> Shape:
        return world.picture(scene.me, label), world.mine(scene.me, label), world.gone(scene.me, label, talks)

    def library(opened: Any) -> Shape:
        gone = {ref.id for ref in opened.gone([sides.item(Item("talk", one)) for one in talks])}
        return (
            _picture(sides, opened.picture),
            tuple(_held(sides, one) for one in opened.mine()),
            [one for one in talks if sides.talk(one) in gone],
        )

    return _in_window(scene, label, "look", oracle, library)


def _picture(sides: Sides, shown: Picture) -> Shape:
    mine = None if shown.mine is None else (sides.locked(shown.mine.item), shown.mine.token)
    return tuple(_held(sides, one) for one in shown.held), tuple(_moved(sides, one) for one in shown.moved), mine


def _held(sides: Sides, one: Held) -> Shape:
    holder, asker = (None if card is None else card.id for card in (one.holder, one.asked_by))
    return sides.locked(one.item), holder, one.since, one.own, asker


def _moved(sides: Sides, one: Moved) -> Shape:
    return sides.locked(one.item), one.what, None if one.by is None else one.by.id, one.at


def guard(scene: Scene, choices: Choices) -> Call:
    """Ask whether a thing of the host's may be written to."""
    sides, on = scene.sides, Item("policy", choices.number(2))
    return Call(
        scene.told("guard", on),
        lambda: sides.world.guard(scene.me, on),
        lambda desk: desk.guard(sides.item(on)),
    )


def forced(scene: Scene, choices: Choices) -> Call:
    """Ask, as the system, what was freed by force."""
    sides = scene.sides

    def library(system: Any) -> Shape:
        page = system.forced(limit=500)
        assert page.next is None
        return [(sides.locked(one.item), one.holder.id, one.by.id, one.reason, one.at) for one in page]

    return Call(scene.told("forced"), lambda: sides.world.forced(), library)


CLICKING: dict[str, Maker] = {
    "open_window": open_window,
    "focus": focus,
    "blur": _plain("blur"),
    "move_to": move_to,
    "close_window": close_window,
    "release_all": _plain("release_all"),
    "beat": beat,
    "ask_for": ask_for,
    "force": force,
    "look": look,
}
"""What windows do."""
