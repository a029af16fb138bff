"""The steps and questions of dictionaries and message types, as in `steps` and `questions`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from collabcase import DictionaryEntry
from properties.agreement.programs import Choices
from properties.agreement.sides import Shape, Sides
from properties.agreement.steps import CODES, DICTIONARIES, Call, Maker, Scene
from world import TYPES, Validity

_NAMES = (TYPES, *DICTIONARIES)


def set_up_codes(sides: Sides, system: Any) -> None:
    """Let a portfolio begin with two message types and a dictionary."""
    for name in _NAMES[:2]:
        codes = dict.fromkeys(CODES[:2], (None, None))
        sides.world.define(name, codes)
        _define(system, name, codes)


def define(scene: Scene, choices: Choices) -> Call:
    """Set the list of a dictionary or of the message types; some codes begin or end around now."""
    world, name = scene.sides.world, choices.one(_NAMES)
    codes = {code: _validity(scene, choices) for code in choices.some(CODES, 3)} if not choices.chance(8) else {}

    def oracle() -> Shape:
        world.define(name, codes)
        return world.dictionaries.get(name, {})

    return Call(scene.told("define", name, codes), oracle, lambda desk: _define(desk, name, codes))


def _define(system: Any, name: str, codes: Mapping[str, Validity]) -> Shape:
    entries = [DictionaryEntry(code, {"de": f"label {name} {code}"}, *when) for code, when in codes.items()]
    return _shown(name, system.types.define(entries) if name == TYPES else system.dictionaries.define(name, entries))


def _validity(scene: Scene, choices: Choices) -> Validity:
    moments = [scene.sides.world.now + timedelta(milliseconds=choices.number(200) - 100) for _ in "12"]
    begins, ends = sorted(moments)
    known = begins if choices.chance(25) else None, ends if choices.chance(25) else None
    return known if begins < ends else (None, None)


def _shown(name: str, entries: Iterable[DictionaryEntry]) -> Shape:
    found = {one.code: (one.valid_from, one.valid_until) for one in entries}
    assert list(found) == sorted(found)
    assert [f"label {name} {one.code}" for one in entries] == [one.label("de-AT") for one in entries]
    return found


def codes(scene: Scene, choices: Choices) -> Call:
    """Ask for the codes of a dictionary or of the message types."""
    world, name = scene.sides.world, choices.one([*_NAMES, "Sparte"])
    return Call(
        scene.told("entries", name),
        lambda: world.codes(scene.actor, name),
        lambda desk: _shown(name, desk.types.entries() if name == TYPES else desk.dictionaries.entries(name)),
    )


def names(scene: Scene, choices: Choices) -> Call:
    """Ask which dictionaries there are."""
    world = scene.sides.world
    return Call(
        scene.told("names"),
        lambda: sorted(name for name in world.dictionaries if name != TYPES) if _acting(scene) else None,
        lambda desk: list(desk.dictionaries.names()),
    )


def _acting(scene: Scene) -> bool:
    scene.sides.world.codes(scene.actor, TYPES)
    return True


CODING: dict[str, Maker] = {"define": define}
CODE_QUESTIONS: tuple[Maker, ...] = (codes, names)
