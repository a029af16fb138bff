"""Things of all other kinds, put into two portfolios: the library held against the oracle."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from hypothesis import strategies as st

from collabcase import Collab, Feature, ItemRef, NotFound, Preview
from collabcase.ids import Kind, encode
from properties.agreement.figures import Figures
from properties.agreement.programs import SEEDS, Choices
from properties.agreement.setting import pair, set_up
from properties.agreement.sides import Sides, same
from properties.agreement.stored import reading
from properties.agreement.things import KINDS, add, deactivate, keep, number, principals
from world import Item, World


@dataclass(frozen=True)
class Plan:
    """What is set up in each portfolio, and the kinds of things that are put there, with the seeds of their details."""

    settings: tuple[int, int]
    things: tuple[tuple[tuple[Kind, int], ...], tuple[tuple[Kind, int], ...]]


def plans() -> st.SearchStrategy[Plan]:
    """Draw plans of 25 things in each portfolio on average."""
    part = st.lists(st.tuples(st.sampled_from(KINDS), SEEDS), max_size=10)
    things = st.tuples(*[part] * 5).map(chain.from_iterable).map(tuple)
    return st.builds(Plan, st.tuples(SEEDS, SEEDS), st.tuples(things, things))


def hold(collab: Collab, plan: Plan, figures: Figures) -> None:
    """Put things into two portfolios, where equal numbers mean different ones, and hold library and oracle equal."""
    both = pair()
    for sides, setting, things in zip(both, plan.settings, plan.things, strict=True):
        choices = Choices(setting)
        set_up(collab, sides, choices)
        deactivate(collab, sides, choices)
        keep(collab, sides, [add(sides, kind, Choices(seed)) for kind, seed in things])
    for sides, setting in zip(both, plan.settings, strict=True):
        check_rule(collab, sides, figures)
        check_face(collab, sides, Choices(setting))
        check_previews(collab, sides)


def everything(sides: Sides) -> list[Item]:
    """Give all things of a portfolio, messages first."""
    return [*(Item("message", label) for label in range(len(sides.world.messages))), *sides.world.things]


def check_rule(collab: Collab, sides: Sides, figures: Figures) -> None:
    """Hold the rule in Python, the rule in SQL and the oracle equal for every person and thing."""
    world, stores, items = sides.world, collab._storage.stores, everything(sides)
    elsewhere = everything(sides.other) if sides.other else []
    asked = sorted({number(item) for item in (*items, *elsewhere)})
    numbers = principals(collab, sides)
    with reading(collab, sides) as scope:
        facts = stores.sights.facts(scope, asked)
        for person in world.persons:
            due = {number(item) for item in items if world.sees_thing(person, item)}
            sight = stores.sights.sight(scope, numbers[person])
            same(due, {one for one in asked if sight.sees(one, facts)}, f"{sides.id[-1]}: {person} sees, in Python")
            same(due, stores.sights.sees(scope, numbers[person], asked), f"{sides.id[-1]}: {person} sees, in SQL")
            if due:
                one = min(due)
                same({one}, stores.sights.sees(scope, numbers[person], [one]), f"{person} sees one alone")
    count(sides, items, figures)


def count(sides: Sides, items: Sequence[Item], figures: Figures) -> None:
    """Count by which ways things are seen, and by which rules hidden."""
    open_world, plain_world = copy.deepcopy(sides.world), copy.deepcopy(sides.world)
    for thing in open_world.things.values():
        thing.hangs = [place._replace(internal=False) for place in thing.hangs]
    for thing in plain_world.things.values():
        thing.confidential = False
    for talk in plain_world.talks:
        talk.confidential = False
    alone = copy.deepcopy(sides.world)
    for thing in alone.things.values():
        thing.hangs = []
    for person in sides.world.persons:
        for item in items:
            seen = sides.world.sees_thing(person, item)
            figures["pairs"] += 1
            figures[f"pairs of {item.kind}"] += 1
            figures["seen"] += seen
            figures[f"seen of {item.kind}"] += seen
            figures["seen by what it hangs on alone"] += seen and not alone.sees_thing(person, item)
            figures["hidden by internal alone"] += not seen and open_world.sees_thing(person, item)
            figures["hidden by confidential alone"] += not seen and plain_world.sees_thing(person, item)


def check_face(collab: Collab, sides: Sides, choices: Choices) -> None:
    """Hold what a person is told of some things against the oracle: the way they see them by, or NotFound (V12)."""
    world = sides.world
    persons = list(filter(world.active, world.persons))
    if not persons:
        return
    person = choices.one(persons)
    with collab.desk(person, portfolio=sides.id) as desk:
        for item in choices.some(everything(sides), 5):
            ref = ItemRef(item.kind, encode(number(item)))
            try:
                told = bool(desk.explain(ref).reasons)
            except NotFound:
                told = False
            same(world.sees_thing(person, item), told, f"{sides.id[-1]}: {person} is told of {item}")


def check_previews(collab: Collab, sides: Sides) -> None:
    """V14: a preview tells exactly how many messages and cases everybody active would gain and lose."""
    world = sides.world
    ticks = [(label, not world.groups[label].shares) for label in list(world.groups)[:2]]
    with collab.system(sides.id) as system:
        for label, tick in ticks:
            if world.feature_on or not tick:
                then = copy.deepcopy(world)
                then.share_cases(label, tick)
                told = system.groups.preview(share_cases=(sides.groups[label], tick))
                same(differences(sides, then), counted(told), f"{sides.id[-1]}: preview of {label}: {tick}")
        then = copy.deepcopy(world)
        then.feature(not world.feature_on)
        told = system.groups.preview(feature=(Feature.SHARE_CASES, not world.feature_on))
        same(differences(sides, then), counted(told), f"{sides.id[-1]}: preview of the feature")


def counted(preview: Preview) -> dict[str, tuple[int, int, int, int]]:
    """Give a preview's numbers by person."""
    return {
        one.person: (one.messages_gained, one.messages_lost, one.cases_gained, one.cases_lost)
        for one in preview.changes
    }


def differences(sides: Sides, then: World) -> dict[str, tuple[int, int, int, int]]:
    """Give the numbers that a preview must tell of another state of the oracle."""
    due = {}
    for person in filter(sides.world.active, sides.world.persons):
        numbers = []
        for kind in ("message", "case"):
            items = [item for item in everything(sides) if item.kind == kind]
            before, after = ({item for item in items if one.sees_thing(person, item)} for one in (sides.world, then))
            numbers += [len(after - before), len(before - after)]
        if any(numbers):
            due[person] = (numbers[0], numbers[1], numbers[2], numbers[3])
    return due
