"""Things of all other kinds: noted in the oracle, and stored as later verbs will store them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import note

from collabcase import Collab
from collabcase.ids import Kind, principal_item
from collabcase.permissions.sight import HANGS_ON, ROLES, Hanging, Involvement, Role, extends
from properties.agreement.programs import Choices
from properties.agreement.sides import Sides
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
    apart = {(row.principal, row.role): row for row in rows}.values()
    item = world.add_thing(kind.value, apart, hangs, confidential=choices.chance(30))
    note(f"{sides.id[-1]}: {item} of {world.things[item]}")
    return item


def add_message(sides: Sides, choices: Choices) -> Item:
    """Note a message of a talk of its own."""
    world, persons = sides.world, sorted(sides.world.persons)
    people: list[Principal] = [*persons, *map(Group, world.groups)]
    sender, label = choices.one(persons), len(world.messages)
    to = [who for who in choices.some(people, 2) if who != sender] or [Group("g0")]
    observers = set(choices.some(people, 2)) - {*to, sender} if choices.chance(50) else set()
    world.talks.append(Talk("", sender, to[0], choices.chance(25), [label]))
    world.messages.append(Message(len(world.talks) - 1, sender, set(to), observers))
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
        numbers: dict[Principal, int] = dict(persons.items())
        return numbers | {Group(label): groups[id][0] for label, id in sides.groups.items()}


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
