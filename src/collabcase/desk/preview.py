"""What one change of membership, box or feature would do to everybody's sight (V14).

Two worlds are compared, today's and the one after the change; the refusals are those of the change itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any

from collabcase.desk.call import Call
from collabcase.desk.membership import (
    check_ticking,
    joining,
    managed,
    manages,
    moving,
    person_ids,
    persons_of,
)
from collabcase.desk.world import names_of, world
from collabcase.errors import InvalidInput
from collabcase.ids import Kind, encode, kind_of
from collabcase.model import inputs
from collabcase.model.group import Right
from collabcase.model.item import ItemRef
from collabcase.model.portfolio import Feature
from collabcase.permissions.explain import Preview, SightChange, World, peers
from collabcase.storage.interfaces import Reach

_SAMPLES = 5
_COUNTED = (Kind.MESSAGE, Kind.CASE)


def preview_box(call: Call, change: object) -> Preview:
    """Preview ticking or unticking a box, given as a group's id and a bool."""
    id, on = _pair("share_cases", change)
    tick = inputs.flag("share_cases", on)
    no, group = managed(call, inputs.line("share_cases", id))
    check_ticking(call, no, group, tick)
    now = world(call)
    return _compare(call, now, now.shared(no, tick), {no})


def preview_members(call: Call, field: str, change: object) -> Preview:
    """Preview joining or leaving, by the name of the verb, given as a group's id and ids of persons."""
    id, given = _pair(field, change)
    ids, wanted = person_ids(field, given), inputs.line(field, id)
    numbers = persons_of(call, ids) if manages(call) else {}
    no, group = managed(call, wanted)
    now = world(call)
    if field == "add_members":
        return _compare(call, now, now.joined(no, set(joining(call, group, no, numbers).values())), {no})
    return _compare(call, now, now.left(no, set(numbers.values())), {no})


def preview_move(call: Call, change: object) -> Preview:
    """Preview moving to another main group, given as a person's id and a group's."""
    person, id = _pair("move_main", change)
    who, wanted = inputs.line("move_main", person), inputs.line("move_main", id)
    no, group = managed(call, wanted)
    mover, former = moving(call, group, no, who)
    now = world(call)
    then = now.left(former, {mover}) if former is not None else now
    return _compare(call, now, then.joined(no, {mover}), {no} | ({former} if former is not None else set()))


def preview_feature(call: Call, change: object) -> Preview:
    """Preview switching the feature, given as the Feature and a bool.

    Raises:
        InvalidInput: it is not that.
    """
    feature, on = _pair("feature", change)
    if not isinstance(feature, Feature):
        raise InvalidInput("feature", "must be a Feature and whether it would be on")
    call.require(Right.GROUP_MANAGE)
    now = world(call)
    return _compare(call, now, now.switched(inputs.flag("feature", on)), set(now.ticked))


def _pair(field: str, change: object) -> tuple[Any, Any]:
    if not isinstance(change, tuple) or len(change) != 2:
        raise InvalidInput(field, "must be a pair, such as (group_id, True)")
    return change


def _compare(call: Call, now: World, then: World, groups: Set[int]) -> Preview:
    members_now, members_then = now.members(), then.members()
    everybody = {person for group in groups for world in (members_now, members_then) for person in world.get(group, ())}
    concerned = everybody & call.stores.people.active(call.scope)
    names = names_of(call, concerned)
    changes = []
    for person in concerned:
        before, after = _reach(now, person, members_now), _reach(then, person, members_then)
        change = _change(call, names[person].ref.id, before, after)
        if change is not None:
            changes.append(change)
    return Preview(
        changes=tuple(sorted(changes, key=lambda change: change.person)),
        organisations=_mixed(call, now, then, groups),
    )


def _reach(world: World, person: int, members: dict[int, set[int]]) -> Reach:
    sight = world.sight(person, internal=True)
    return Reach(person, sight.groups, peers(sight, members))


def _change(call: Call, person: str, before: Reach, after: Reach) -> SightChange | None:
    gained = call.stores.sights.beyond(call.scope, after, before, _COUNTED)
    lost = call.stores.sights.beyond(call.scope, before, after, _COUNTED)
    if not gained and not lost:
        return None
    samples = sorted(gained | lost, reverse=True)[:_SAMPLES] if call.system else []
    return SightChange(
        person,
        messages_gained=_count(gained, Kind.MESSAGE),
        messages_lost=_count(lost, Kind.MESSAGE),
        cases_gained=_count(gained, Kind.CASE),
        cases_lost=_count(lost, Kind.CASE),
        samples=tuple(ItemRef(kind_of(item).value, encode(item)) for item in samples),
    )


def _count(items: Iterable[int], kind: Kind) -> int:
    return sum(kind_of(item) is kind for item in items)


def _mixed(call: Call, now: World, then: World, groups: Set[int]) -> tuple[str, ...]:
    """Return the organisations whose externals come to share with each other by the change."""

    def organisations(world: World, group: int) -> set[str]:
        if not world.feature or group not in world.ticked:
            return set()
        cards = call.stores.people.cards(call.scope, world.members().get(group, set())).values()
        return {card.organisation for card in cards if not card.internal and card.organisation is not None}

    found: set[str] = set()
    for group in groups:
        after = organisations(then, group)
        if len(after) > 1 and after - organisations(now, group):
            found |= after
    return tuple(sorted(found))
