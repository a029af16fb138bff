"""The steps of read state and of questions, as in `steps` and `questions` (T4, T5)."""

from __future__ import annotations

from typing import Any

from properties.agreement.programs import Choices
from properties.agreement.sides import Shape
from properties.agreement.steps import Call, Maker, Scene, message


def mark_read(scene: Scene, choices: Choices) -> Call:
    """Mark messages read: mostly the newest unread ones, or questions."""
    sides, world = scene.sides, scene.sides.world
    seen = world.visible(scene.me)
    unread = [label for label in seen if world.heading(scene.me, label)]
    waiting = [label for label in unread if world.messages[label].asks_answer]
    liked = waiting if waiting and choices.chance(50) else unread
    labels = choices.some(liked[:9], 3) if liked and not choices.chance(15) else [message(scene, choices)]
    alone = len(labels) == 1 and choices.chance(50)

    def library(desk: Any) -> Shape:
        ids = [sides.message(label) for label in labels]
        return desk.messages.mark_read(ids[0] if alone else ids)

    return Call(
        scene.told("mark_read", labels), lambda: world.mark_read(scene.me, labels[0] if alone else labels), library
    )


def question(scene: Scene, choices: Choices) -> int:
    """Choose a message: mostly a question, of the actor's or to them."""
    world = scene.sides.world
    asked = [label for label in world.visible(scene.me) if world.messages[label].asks_answer]
    return choices.one(asked[:9]) if asked and not choices.chance(15) else message(scene, choices)


def dismiss(scene: Scene, choices: Choices) -> Call:
    """Say that one will not answer."""
    sides, label = scene.sides, question(scene, choices)
    reason = f"reason {choices.number(9)}"
    return Call(
        scene.told("dismiss", label, reason),
        lambda: sides.world.dismiss(scene.me, label, reason),
        lambda desk: desk.messages.dismiss(sides.message(label), reason),
    )


def waive(scene: Scene, choices: Choices) -> Call:
    """Let others off answering: mostly one's own question."""
    sides, world = scene.sides, scene.sides.world
    own = [label for label in world.visible(scene.me) if world.messages[label].sender == scene.me]
    asked = [label for label in own if world.messages[label].asks_answer]
    label = choices.one(asked) if asked and not choices.chance(25) else question(scene, choices)
    return Call(
        scene.told("waive", label),
        lambda: world.waive(scene.me, label),
        lambda desk: desk.messages.waive(sides.message(label)),
    )


def unread(scene: Scene, choices: Choices) -> Call:
    """Ask how much is unread."""
    world = scene.sides.world

    def library(desk: Any) -> Shape:
        counts = desk.messages.unread()
        assert not counts.capped, "histories are short"
        return {"mine": counts.mine, "teambox": counts.teambox, "shared": counts.shared}

    return Call(scene.told("unread"), lambda: world.unread(scene.me), library)


READING: dict[str, Maker] = {"mark_read": mark_read, "dismiss": dismiss, "waive": waive}
