"""The rule for all other kinds of things, stored as later verbs will store them: library against oracle."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from hypothesis import given, note
from hypothesis import strategies as st

from collabcase import Collab, Feature, ItemRef, NotFound
from collabcase.ids import Kind, encode, principal_item
from collabcase.permissions.sight import HANGS_ON, ROLES, Hanging, Involvement, Role, extends
from properties.agreement.figures import Figures
from properties.agreement.programs import Choices
from properties.agreement.setting import pair, set_up
from properties.agreement.sides import Sides, same
from properties.agreement.stored import reading
from world import Group, Item, Message, Principal, Row, Talk
from world import Hanging as Place

KINDS = (
    *(Kind.CASE,) * 3,
    *(Kind.MESSAGE,) * 2,
    Kind.ORDER,
    Kind.ENTRY,
    Kind.NOTE,
    Kind.MEETING,
    Kind.PART,
    Kind.COMMUNICATION,
    *(Kind.ATTACHMENT,) * 3,
)
_SEED = st.integers(0, 2**20)
_THINGS = st.tuples(*[st.lists(st.tuples(st.sampled_from(KINDS), _SEED), max_size=10)] * 5)


def test_hanging(collab: Collab, engine_name: str) -> None:
    """V8-V11, V15, V9: Python, SQL and oracle agree on who sees cases, orders and whatever hangs on something."""
    figures = Figures()

    @given(st.tuples(_SEED, _SEED), st.tuples(_THINGS, _THINGS))
    def play(settings: tuple[int, int], things: tuple[Sequence[list[tuple[Kind, int]]], ...]) -> None:
        both = pair()
        for sides, setting, kinds in zip(both, settings, things, strict=True):
            choices = Choices(setting)
            set_up(collab, sides, choices)
            deactivate(collab, sides, choices)
            items = [add(sides, kind, Choices(seed)) for part in kinds for kind, seed in part]
            keep(collab, sides, items)
        for sides, setting in zip(both, settings, strict=True):
            check_rule(collab, sides, figures)
            check_face(collab, sides, Choices(setting))
            check_previews(collab, sides)

    play()
    assert figures.share("seen", "pairs") > 0.25, str(figures)
    assert figures.share("seen by what it hangs on alone", "pairs") > 0.04, str(figures)
    assert figures.share("hidden by internal alone", "pairs") > 0.005, str(figures)
    assert figures.share("hidden by confidential alone", "pairs") > 0.01, str(figures)


# -------------------------------------------------------------------- making


def deactivate(collab: Collab, sides: Sides, choices: Choices) -> None:
    """Deactivate about every tenth person."""
    with collab.system(sides.id) as system:
        for person in [person for person in sides.world.persons if choices.chance(10)]:
            sides.world.deactivate(person)
            system.people.deactivate(person)


def number(item: Item) -> int:
    """Give the number of a thing, which means another thing in the other portfolio."""
    return principal_item(Kind(item.kind), item.label + 1)


def add(sides: Sides, kind: Kind, choices: Choices) -> Item:
    """Note a thing in the oracle, with whom it involves and what it hangs on."""
    world = sides.world
    if kind is Kind.MESSAGE:
        return add_message(sides, choices)
    people: list[Principal] = [*world.persons, *map(Group, world.groups)]
    roles = sorted(role.name.lower() for role in ROLES.get(kind, ()))
    rows = [Row(who, choices.one(roles), not choices.chance(25)) for who in choices.some(people, 3) if roles]
    messages = [Item("message", label) for label in range(len(world.messages))]
    places = [item for item in (*messages, *world.things) if Kind(item.kind) in HANGS_ON.get(kind, ())]
    hangs = [Place(on, choices.chance(30)) for on in choices.some(places, 2)]
    if roles and hangs and choices.chance(60):
        rows = rows[: choices.number(2)]
    item = world.add_thing(kind.value, dict.fromkeys(rows), hangs, confidential=choices.chance(15))
    note(f"{sides.id[-1]}: {item} of {world.things[item]}")
    return item


def add_message(sides: Sides, choices: Choices) -> Item:
    """Note a message of a talk of its own."""
    world, persons = sides.world, sorted(sides.world.persons)
    people: list[Principal] = [*persons, *map(Group, world.groups)]
    sender, to, label = choices.one(persons), set(choices.some(people, 2)), len(world.messages)
    observers = set(choices.some(people, 2)) - to - {sender} if choices.chance(50) else set()
    world.talks.append(Talk("", sender, next(iter(to)), choices.chance(15), [label]))
    world.messages.append(Message(len(world.talks) - 1, sender, to - {sender} or {"a"}, observers))
    note(f"{sides.id[-1]}: message {label}: {world.messages[label]}")
    return Item("message", label)


def keep(collab: Collab, sides: Sides, items: Sequence[Item]) -> None:
    """Store things in the library as the verbs to come will do: who is involved, and what they hang on."""
    world, adapter = sides.world, collab._storage
    work = adapter.unit_of_work()
    with work.writing() as tx:
        found = adapter.stores.portfolios.find(tx, sides.id)
        assert found is not None
        scope = tx.within(found[0])
        numbers = principals(collab, sides)
        for item in items:
            rows = world.messages[item.label].rows() if item.kind == "message" else world.things[item].rows
            hangs = [] if item.kind == "message" else world.things[item].hangs
            adapter.stores.sights.involve(scope, number(item), [involved(sides, item, row, numbers) for row in rows])
            adapter.stores.sights.hang(scope, number(item), [Hanging(number(on), inside) for on, inside, _ in hangs])
    work.commit()


def principals(collab: Collab, sides: Sides) -> dict[Principal, int]:
    """Give the numbers of all persons and groups."""
    stores = collab._storage.stores
    with reading(collab, sides) as scope:
        persons = {id: no for id, (no, _) in stores.people.find(scope, list(sides.world.persons)).items()}
        groups = stores.groups.find(scope, list(sides.groups.values()))
        return {**persons, **{Group(label): groups[id][0] for label, id in sides.groups.items()}}


def involved(sides: Sides, item: Item, row: Row, numbers: dict[Principal, int]) -> Involvement:
    """Give the row to store; `extends` is computed by the library."""
    role = Role[row.role.upper()]
    reaches = extends(
        Kind(item.kind),
        role,
        to_group=isinstance(row.principal, Group),
        confidential=sides.world.confidential(item),
        chosen=row.extends,
    )
    return Involvement(numbers[row.principal], role, reaches)


# -------------------------------------------------------------------- checking


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
    for secret in (*plain_world.things.values(), *plain_world.talks):
        secret.confidential = False
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
    with collab.system(sides.id) as system:
        for label in list(world.groups)[:2]:
            tick = not world.groups[label].shares
            if world.feature_on or not tick:
                then = copy.deepcopy(world)
                then.share_cases(label, tick)
                shown = system.groups.preview(share_cases=(sides.groups[label], tick))
                told = {
                    one.person: (one.messages_gained, one.messages_lost, one.cases_gained, one.cases_lost)
                    for one in shown.changes
                }
                same(differences(sides, then), told, f"{sides.id[-1]}: preview of share_cases({label}, {tick})")
        then = copy.deepcopy(world)
        then.feature(not world.feature_on)
        shown = system.groups.preview(feature=(Feature.SHARE_CASES, not world.feature_on))
        told = {
            one.person: (one.messages_gained, one.messages_lost, one.cases_gained, one.cases_lost)
            for one in shown.changes
        }
        same(differences(sides, then), told, f"{sides.id[-1]}: preview of the feature")
