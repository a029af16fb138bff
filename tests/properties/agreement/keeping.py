"""The steps and questions of teamboxes, drafts and archives, as in `steps` and `questions`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collabcase import Draft, ItemRef, TeamboxItem
from collabcase.clock import to_millis
from collabcase.ids import Kind, decode
from properties.agreement.programs import Choices
from properties.agreement.sides import Shape, Sides
from properties.agreement.steps import Call, Maker, Scene, message, talk
from world import BoxItem, Kept

_LIMITS = (50, 1, 2)


def _box(scene: Scene, choices: Choices) -> str:
    """Choose a group: mostly one of the actor's with something in its teambox."""
    world = scene.sides.world
    mine = sorted(world.groups_of(scene.me))
    filled = [label for label in mine if any(group == label for group, _ in world.boxes)]
    everywhere = [*world.groups, *(one.label for one in scene.sides.strangers())]
    return choices.one(everywhere if choices.chance(12) else filled or mine or everywhere)


def _item(scene: Scene, choices: Choices, label: str, claimed: bool) -> int:
    """Choose a talk: mostly one in the teambox, claimed or not."""
    held = [
        (one, box.claimed_by is not None) for (group, one), box in scene.sides.world.boxes.items() if group == label
    ]
    liked = [one for one, taken in held if taken == claimed] or [one for one, _ in held]
    return choices.one(liked) if liked and not choices.chance(12) else talk(scene, choices)


def _shown(sides: Sides, item: TeamboxItem) -> BoxItem:
    assert (item.item, item.item.kind) == (item.ref, "talk")
    claimer = None if item.claimed_by is None else item.claimed_by.id
    label = sides.talks.index(item.item.id)
    return BoxItem(label, item.subject, item.type, item.since, item.answered, claimer, item.claimed_at)


def claim(scene: Scene, choices: Choices) -> Call:
    """Claim an item of a teambox."""
    return _of_item(scene, choices, "claim", claimed=choices.chance(30))


def put_back(scene: Scene, choices: Choices) -> Call:
    """Put an item back."""
    return _of_item(scene, choices, "put_back", claimed=not choices.chance(15))


def _of_item(scene: Scene, choices: Choices, verb: str, claimed: bool) -> Call:
    sides, label = scene.sides, _box(scene, choices)
    item = _item(scene, choices, label, claimed)
    own = [place for place, box in sides.world.boxes.items() if box.claimed_by == scene.actor]
    if verb == "put_back" and own and choices.chance(70):
        label, item = choices.one(own)
    return Call(
        scene.told(verb, label, item),
        lambda: getattr(sides.world, verb)(scene.me, label, item),
        lambda desk: _shown(sides, getattr(desk.teambox(sides.group(label)), verb)(sides.talk(item))),
    )


def _draft_of(sides: Sides, draft: Draft | None) -> Kept | None:
    if draft is None:
        return None
    known = sides.talks if draft.item.kind == "talk" else sides.messages
    return Kept(draft.item.kind, known.index(draft.item.id), draft.text, draft.at)


def draft(scene: Scene, choices: Choices) -> Call:
    """Keep a draft on a talk or message, or discard one."""
    sides, kind, text = scene.sides, choices.one(["message", "talk"]), choices.one(["begun", "more", ""])
    label = (message if kind == "message" else talk)(scene, choices)
    own = [place for who, of, place in sides.world.drafts_kept if (who, of) == (scene.actor, kind)]
    label = choices.one(own) if own and choices.chance(40) else label

    def library(desk: Any) -> Shape:
        id = sides.message(label) if kind == "message" else sides.talk(label)
        return _draft_of(sides, desk.talks.draft(ItemRef(kind, id) if choices.chance(50) else id, text))

    return Call(scene.told("draft", kind, label, text), lambda: sides.world.draft(scene.me, kind, label, text), library)


def _of_talk(verb: str) -> Maker:
    def make(scene: Scene, choices: Choices) -> Call:
        sides, label = scene.sides, talk(scene, choices)
        own = [place for who, place in sides.world.archived if who == scene.actor]
        label = choices.one(own) if own and choices.chance(40) else label
        return Call(
            scene.told(verb, label),
            lambda: getattr(sides.world, verb)(scene.me, label),
            lambda desk: getattr(desk.talks, verb)(sides.talk(label)),
        )

    return make


KEEPING: dict[str, Maker] = {
    "claim": claim,
    "put_back": put_back,
    "draft": draft,
    "archive": _of_talk("archive"),
    "restore": _of_talk("restore"),
}
"""The steps that change what people keep."""


# -------------------------------------------------------------------- questions


def _paged(ask: Callable[..., Any], limit: int) -> list[Any]:
    page = ask(limit=limit)
    found = list(page)
    while page.next is not None:
        assert len(page) == limit
        page = ask(limit=limit, cursor=page.next)
        found += page
    return found


def items(scene: Scene, choices: Choices) -> Call:
    """Ask what waits in a teambox, or what is claimed there."""
    sides, label, claimed, limit = scene.sides, _box(scene, choices), choices.chance(50), choices.one(_LIMITS)

    def library(desk: Any) -> Shape:
        box = desk.teambox(sides.group(label))
        return [_shown(sides, item) for item in _paged(lambda **page: box.items(claimed=claimed, **page), limit)]

    return Call(
        scene.told("items", label, claimed=claimed, limit=limit),
        lambda: sides.world.items(scene.me, label, claimed),
        library,
    )


def counts(scene: Scene, choices: Choices) -> Call:
    """Ask how much waits in a teambox, by kind and type."""
    sides, label = scene.sides, _box(scene, choices)

    def oracle() -> Shape:
        found = sides.world.counts(scene.me, label)
        return [("talk", type, found[type]) for type in sorted(found, key=lambda type: (type is not None, type or ""))]

    def library(desk: Any) -> Shape:
        return [(one.kind, one.type, one.number) for one in desk.teambox(sides.group(label)).counts()]

    return Call(scene.told("counts", label), oracle, library)


def drafts(scene: Scene, choices: Choices) -> Call:
    """Ask for one's drafts."""
    sides, limit = scene.sides, choices.one(_LIMITS)
    return Call(
        scene.told("drafts", limit=limit),
        lambda: sides.world.drafts(scene.me),
        lambda desk: [_draft_of(sides, one) for one in _paged(desk.talks.drafts, limit)],
    )


KEPT_QUESTIONS: tuple[Maker, ...] = (items, counts, drafts)
"""What a person can ask of what is kept."""


# -------------------------------------------------------------------- rows


def due_rows(sides: Sides, persons: Callable[[str | None], int | None], groups: dict[str, int]) -> dict[str, object]:
    """Give the rows that the tables must hold, by table; persons and groups by number."""
    world = sides.world
    talks, messages = ([decode(id, kind) for id in ids] for ids, kind in _known(sides))
    ids = {"talk": sides.talks, "message": sides.messages}
    return {
        "teambox_item": {
            (
                groups[label],
                talks[item],
                messages[box.since],
                box.answered,
                persons(box.claimed_by),
                None if box.claimed_at is None else to_millis(box.claimed_at),
            )
            for (label, item), box in world.boxes.items()
        },
        "draft": {
            (persons(who), kind, ids[kind][label], text, to_millis(at))
            for (who, kind, label), (at, text) in world.drafts_kept.items()
        },
        "archived": {(persons(who), talks[item], messages[upto]) for (who, item), upto in world.archived.items()},
    }


KEPT_COLUMNS = {
    "teambox_item": ("grp", "item", "since", "answered", "claimed_by", "claimed_at"),
    "draft": ("person", "kind", "item", "text", "at"),
    "archived": ("person", "talk", "upto"),
}
"""What `due_rows` gives, by table."""


def _known(sides: Sides) -> tuple[tuple[list[str], Kind], tuple[list[str], Kind]]:
    return (sides.talks, Kind.TALK), (sides.messages, Kind.MESSAGE)
