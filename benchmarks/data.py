"""A seeded portfolio of many messages, filled past the library's verbs but in its own tables."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from attrs import frozen
from sqlalchemy import insert

from collabcase import Collab, Feature, Person
from collabcase.ids import IdMaker, Kind, encode
from collabcase.permissions.sight import Role, extends

PORTFOLIO = "bench"
_PERSONS = 5_000
_EVERYBODY = 2_000
_BATCH = 5_000
_START = 1_760_000_000_000


@frozen
class Filled:
    """What was filled in: the ids of all messages, and two viewers by how much they see."""

    messages: list[str]
    small: str
    manager: str


def fill(collab: Collab, size: int, seed: int = 1) -> Filled:
    """Fill a portfolio with persons, groups and `size` messages of three involved each.

    A tenth of the persons write and get most of it. `small` shares a main group with nine colleagues, `manager` a
    sharing group with 2,000.
    """
    chance = random.Random(seed)
    persons = [f"u{no}" for no in range(_PERSONS)]
    collab.create_portfolio(PORTFOLIO)
    with collab.system(PORTFOLIO) as system:
        system.people.sync([Person(id, id.upper()) for id in persons])
        system.features.enable(Feature.SHARE_CASES)
        for first in range(0, _PERSONS, 10):
            system.groups.create(f"main {first}", main=True, shares_cases=True, members=persons[first : first + 10])
        system.groups.create("everybody", shares_cases=True, members=persons[:_EVERYBODY])
    tables = collab._storage._tables
    with collab._storage._writer.begin() as connection:
        no = connection.execute(tables.portfolio.select()).one().no
        numbers = {
            row.id: row.no for row in connection.execute(tables.principal.select().where(~tables.principal.c.is_group))
        }
        ids = []
        for batch in _batches(size, chance, no, [numbers[id] for id in persons]):
            connection.execute(insert(tables.talk), batch["talk"])
            connection.execute(insert(tables.message), batch["message"])
            connection.execute(insert(tables.involvement), batch["involvement"])
            ids += [row["id"] for row in batch["message"]]
    return Filled([encode(id) for id in ids], small=persons[-1], manager=persons[0])


def _batches(size: int, chance: random.Random, portfolio: int, people: list[int]) -> Iterator[dict[str, list[Any]]]:
    ids, busy = IdMaker(), people[:: len(people) // 500]
    for first in range(0, size, _BATCH):
        rows: dict[str, list[Any]] = {"talk": [], "message": [], "involvement": []}
        for n in range(first, min(first + _BATCH, size)):
            sender, recipient, observer = chance.sample(busy if chance.random() < 0.7 else people, 3)
            talk = ids.new(Kind.TALK, _START + n * 1000)
            message = ids.new(Kind.MESSAGE, _START + n * 1000, after=talk)
            rows["talk"].append(_talk(portfolio, talk, sender, recipient))
            rows["message"].append(_message(portfolio, message, talk, sender, _START + n * 1000))
            for principal, role in ((sender, Role.SENDER), (recipient, Role.RECIPIENT), (observer, Role.OBSERVER)):
                rows["involvement"].append(
                    {
                        "portfolio": portfolio,
                        "item": message,
                        "principal": principal,
                        "role": int(role),
                        "extends": extends(Kind.MESSAGE, role, to_group=False),
                    }
                )
        yield rows


def _talk(portfolio: int, id: int, initiator: int, counterpart: int) -> dict[str, Any]:
    return {
        "portfolio": portfolio,
        "id": id,
        "subject": "Water damage",
        "initiator": initiator,
        "counterpart": counterpart,
        "confidential": False,
        "host_ref": None,
    }


def _message(portfolio: int, id: int, talk: int, sender: int, moment: int) -> dict[str, Any]:
    return {
        "portfolio": portfolio,
        "id": id,
        "talk": talk,
        "sender": sender,
        "sent_for": None,
        "answers": None,
        "text": "The plumber came on Tuesday and found the pipe behind the wall. " * 3,
        "comment": "",
        "date": moment,
        "sent_at": moment,
        "asks_answer": False,
        "host_ref": None,
    }
