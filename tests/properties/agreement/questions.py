"""The steps that only read: every question of the public face, as in `steps`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from collabcase import Message, Page, Reason
from properties.agreement.coding import CODE_QUESTIONS
from properties.agreement.keeping import KEPT_QUESTIONS
from properties.agreement.listing import LIMITS, inbox, paged, search
from properties.agreement.programs import Choices
from properties.agreement.reading import unread
from properties.agreement.sides import GARBAGE, Shape, Sides
from properties.agreement.steps import Call, Maker, Scene, answer_named, message, refs, several, somebody, talk
from world import Group, Path

VERSIONS = (None, None, "4.7.2", "4.8.0.64470", "5")


def everything(scene: Scene, choices: Choices) -> Call:
    """Search without conditions."""
    limit = choices.one(LIMITS)
    sides = scene.sides
    return Call(
        scene.told("search", limit=limit),
        lambda: [sides.due_message(scene.me, one, scene.client_version) for one in sides.world.search(scene.me)],
        lambda desk: list(map(sides.shown_message, paged(desk.messages.search, limit))),
    )


def view(scene: Scene, choices: Choices) -> Call:
    """Look at a talk."""
    return view_of(scene, talk(scene, choices), choices.one(LIMITS))


def view_of(scene: Scene, label: int, limit: int) -> Call:
    """Look at one talk, page by page."""
    sides = scene.sides

    def oracle() -> Shape:
        shown = sides.world.view(scene.me, label)
        messages = [sides.due_message(scene.me, one, scene.client_version) for one in shown.messages]
        return sides.due_talk(scene.me, label), messages

    def library(desk: Any) -> Shape:
        talks = set()

        def page(**named: Any) -> Page[Message]:
            shown = desk.talks.view(sides.talk(label), **named)
            talks.add(shown.talk)
            return Page(shown.messages, shown.next)

        found = paged(page, limit)
        [shown] = talks
        return sides.shown_talk(shown), list(map(sides.shown_message, found))

    return Call(scene.told("view", label, limit=limit), oracle, library)


def visible(scene: Scene, choices: Choices) -> Call:
    """Ask which of all messages of both portfolios are seen."""
    sides = scene.sides
    asked = choices.some([*range(len(sides.messages)), GARBAGE, *sides.elsewhere()[:5]], 500)

    def oracle() -> Shape:
        seen = set(sides.world.search(scene.me))
        return [label for label in asked if label in seen]

    def library(desk: Any) -> Shape:
        ids = [sides.message(label) for label in asked]
        return [asked[ids.index(id)] for id in desk.messages.visible(ids)]

    return Call(scene.told("visible", asked), oracle, library)


def get(scene: Scene, choices: Choices) -> Call:
    """Get a message."""
    sides, label = scene.sides, message(scene, choices)
    return Call(
        scene.told("get", label),
        lambda: sides.due_message(scene.me, label, scene.client_version),
        lambda desk: sides.shown_message(desk.messages.get(sides.message(label))),
    )


def reply_options(scene: Scene, choices: Choices) -> Call:
    """Ask whom an answer may go to, the latest sender first."""
    sides, label = scene.sides, message(scene, choices)

    def oracle() -> Shape:
        world = sides.world
        offered = world.reply_options(scene.me, label, scene.client_version)
        seen = world.view(scene.me, world.messages[label].talk).messages
        senders = [world.message(scene.me, one, scene.client_version).sender for one in reversed(seen)]
        return [sender for sender in dict.fromkeys(senders) if sender in offered]

    return Call(
        scene.told("reply_options", label),
        oracle,
        lambda desk: [card.id for card in desk.talks.reply_options(sides.message(label))],
    )


def people(scene: Scene, choices: Choices) -> Call:
    """Ask who may be known; for the system, who there is."""
    sides, world, limit = scene.sides, scene.sides.world, choices.one(LIMITS)

    def oracle() -> Shape:
        if scene.actor is not None:
            world.search(scene.actor)
        known = set(world.persons) if scene.actor is None else world.known_persons(scene.actor)
        added = [person for person in reversed(world.persons) if person in known]
        return [(one, *_card(sides, one)) for one in added]

    def library(desk: Any) -> Shape:
        cards = paged(desk.people.list if scene.actor is None else desk.people.known, limit)
        return [(card.id, card.name, card.internal, card.organisation, card.active) for card in cards]

    return Call(scene.told("people", limit=limit), oracle, library)


def _card(sides: Sides, person: str) -> Shape:
    state = sides.world.persons[person]
    return f"name of {person}", state.internal, state.organisation, state.active


def groups(scene: Scene, choices: Choices) -> Call:
    """Ask which groups there are, or which one is in, those made last first."""
    sides, world, limit = scene.sides, scene.sides.world, choices.one(LIMITS)
    mine = choices.chance(40) and scene.actor is not None

    def oracle() -> Shape:
        if scene.actor is None:
            found = set(world.groups)
        else:
            world.search(scene.actor)
            found = world.groups_of(scene.actor) if mine else world.known_groups(scene.actor)
        living = [label for label in reversed(world.groups) if label in found and not world.groups[label].deleted]
        return [sides.due_group(scene.actor, label) for label in living]

    def library(desk: Any) -> Shape:
        return list(map(sides.shown_group, paged(desk.groups.mine if mine else desk.groups.list, limit)))

    return Call(scene.told("groups", mine=mine, limit=limit), oracle, library)


def one(scene: Scene, choices: Choices) -> Call:
    """Ask for one person or group."""
    sides, who = scene.sides, somebody(scene, choices)

    def oracle() -> Shape:
        sides.world.search(scene.me, recipient=who)
        return sides.due_group(scene.me, who.label) if isinstance(who, Group) else _card(sides, who)

    def library(desk: Any) -> Shape:
        if isinstance(who, Group):
            return sides.shown_group(desk.groups.get(sides.group(who.label)))
        card = desk.people.get(who)
        return card.name, card.internal, card.organisation, card.active

    return Call(scene.told("one", who), oracle, library)


def explain(scene: Scene, choices: Choices) -> Call:
    """Ask why somebody sees a message: oneself, or for auditors and the system anybody."""
    sides, world = scene.sides, scene.sides.world
    label = message(scene, choices)
    about = choices.one([*sorted(world.persons), "nobody"]) if scene.actor is None or choices.chance(25) else None

    def oracle() -> Shape:
        return {_told(path) for path in world.explain(scene.actor, label, about)}

    def told(reason: Reason) -> Shape:
        assert reason.item.id == sides.message(label)
        who = None if reason.who is None else sides.who(reason.who)
        return str(reason.relation), reason.role, who, reason.through

    def library(desk: Any) -> Shape:
        explained = desk.explain(sides.message(label), person=about)
        assert explained.person == (about or scene.actor)
        assert len(set(explained.reasons)) == len(explained.reasons)
        return {told(reason) for reason in explained.reasons}

    def _told(path: Path) -> Shape:
        names = ["a group" if one is None else world.groups[one].name for one in path.sharing]
        return path.relation, path.role, path.principal, tuple(sorted(names))

    return Call(scene.told("explain", label, about=about), oracle, library)


def audience(scene: Scene, choices: Choices) -> Call:
    """Ask who would read what one is about to send, or who reads because of an observer."""
    sides, world, kind = scene.sides, scene.sides.world, choices.one(["message", "new", "talk"])
    named: dict[str, Any] = {}
    about: dict[str, Any] = {}
    if kind == "talk":
        about["talk"] = talk(scene, choices)
        named["observers"] = several(scene, choices, 2)
    elif kind == "message":
        about["message"] = message(scene, choices)
        named = answer_named(scene, choices, about["message"])
    else:
        named["to"] = several(scene, choices, 3)
        named["observers"] = several(scene, choices, 2) if choices.chance(40) else []
        about["confidential"] = choices.chance(20)

    def oracle() -> Shape:
        return world.audience(scene.me, **named, **about)

    def library(desk: Any) -> Shape:
        ids: dict[str, Callable[[Any], Any]] = {"talk": sides.talk, "message": sides.message, "confidential": bool}
        passed = {name: ids[name](value) for name, value in about.items()}
        shown = desk.talks.audience(**refs(sides, named), **passed)
        readers: dict[Any, tuple[frozenset[str], int]] = {}
        for line in shown.lines:
            who = sides.who(line.recipient)
            known, others = readers.get(who, (frozenset(), 0))
            readers[who] = known | {reader.person for reader in line.readers}, max(others, line.others)
        return readers

    return Call(scene.told("audience", **named, **about), oracle, library)


QUESTIONS: tuple[Maker, ...] = (
    visible,
    unread,
    everything,
    search,
    inbox,
    view,
    get,
    reply_options,
    people,
    groups,
    one,
    explain,
    audience,
    *KEPT_QUESTIONS,
    *CODE_QUESTIONS,
)
"""What a person can ask."""

SYSTEMS_QUESTIONS: tuple[Maker, ...] = (explain, people, groups, *CODE_QUESTIONS)
"""What the host can ask."""


def ask(scene: Scene, choices: Choices) -> Call:
    """Ask any question."""
    return choices.one(QUESTIONS if scene.actor is not None else SYSTEMS_QUESTIONS)(scene, choices)


def ask_all(scene: Scene, choices: Choices) -> Sequence[Call]:
    """Ask every question, and look at every talk."""
    views = [view_of(scene, label, choices.one(LIMITS)) for label in range(len(scene.sides.talks))]
    more = [make(scene, choices) for make in (get, get, reply_options, reply_options, explain, explain, audience)]
    return [*(make(scene, choices) for make in QUESTIONS), *views, *more]
