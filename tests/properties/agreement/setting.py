"""What a random history begins with: two portfolios of one database, with the same numbers for different people."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import note

from collabcase import Collab, Feature, Person
from properties.agreement.administering import RIGHTS_GIVEN
from properties.agreement.coding import set_up_codes
from properties.agreement.programs import Choices
from properties.agreement.sides import Sides
from world import World

_serial = count()


def pair() -> tuple[Sides, Sides]:
    """Give two portfolios that were never used before."""
    serial = next(_serial)
    one, other = Sides(f"history {serial} x", World()), Sides(f"history {serial} y", World(sent_for_since="5"))
    one.other, other.other = other, one
    return one, other


def set_up(collab: Collab, sides: Sides, choices: Choices) -> None:
    """Make persons a to f, in the second portfolio also z, and five groups: two main ones, one with a teambox.

    Now and then the feature is switched off in the end, which suspends the boxes that are ticked.
    """
    world, on = sides.world, not choices.chance(15)
    collab.create_portfolio(sides.id, sent_for_since=world.sent_for_since)
    world.events.append(("portfolio.created", None))
    people = [*"abcdef", *("z" if sides.id.endswith("y") else "")]
    with collab.system(sides.id) as system:
        for person in people:
            internal, organisation = not choices.chance(45), choices.one([None, *"VXY"])
            world.add_person(person, internal, organisation)
        system.people.sync(
            Person(id, f"name of {id}", internal=one.internal, organisation=one.organisation)
            for id, one in world.persons.items()
        )
        world.feature(True)
        system.features.enable(Feature.SHARE_CASES)
        mains = {person: choices.one(["g0", "g1", "g1", ""]) for person in people}
        for place in range(5):
            label, main, teambox = f"g{place}", place < 2, place == 4 or choices.chance(40)
            given = choices.some(RIGHTS_GIVEN, 3) if main and choices.chance(50) else []
            made: dict[str, Any] = {
                "main": main,
                "members": [one for one in people if (mains[one] == label if main else choices.chance(40))],
                "shares_cases": not choices.chance(30),
                "teambox": teambox,
                "open": teambox and choices.chance(50),
                "rights": ["group.manage", *given] if place == 0 else given,
            }
            world.create_group(label, **made)
            sides.groups[label] = system.groups.create(label, **made).id
        set_up_codes(sides, system)
        if not on:
            world.feature(False)
            system.features.disable(Feature.SHARE_CASES)
    note(f"{sides.id[-1]}: {people}, of whom internal {[one for one in people if world.persons[one].internal]}")
    for label, group in world.groups.items():
        flags = [name for name in ("main", "shares", "teambox", "open") if getattr(group, name)]
        note(f"  {label} of {sorted(group.members)}: {' '.join(flags)}, rights {sorted(group.rights)}")
