"""What several people did at once, written down, and whether some order of doing it one after another ends alike.

The check follows the database: operations that were acknowledged are done again one by one, on SQLite inside one
transaction with a savepoint for each, in orders that agree with the clock, until one of them ends in the same rows.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from attrs import Factory, evolve, frozen
from sqlalchemy import Connection, text

from collabcase import Collab, CollabError, Desk, Feature, ItemRef, System

PERSONS = ["a", "b1", "b2", "c", "d", "e"]
GROUPS: dict[str, dict[str, Any]] = {
    "S": {"shares_cases": True, "members": ["b1", "b2"]},
    "Z": {"shares_cases": True, "members": ["b2", "c"]},
    "T": {"teambox": True, "members": ["c", "d"]},
    "H": {"teambox": True, "members": ["e"]},
    "M": {"main": True, "shares_cases": True, "members": ["b1", "d"]},
    "N": {"main": True},
}


@frozen
class Operation:
    """Something done once, in a unit of work of its own.

    Attributes:
        label: its own name, the text of what it sends.
        actor: a person, None for the host.
        verb: of a room of the desk.
        named: what the verb is about, by the names of the scene.
        began: when, by the machine's clock.
        ended: when its commit had returned; 0 where it was refused.
    """

    label: str
    actor: str | None
    verb: str
    named: tuple[Any, ...]
    began: float = 0.0
    ended: float = 0.0


Names: TypeAlias = dict[str, str]
"""The ids of the groups, talks and messages of a scene."""


def set_the_scene(collab: Collab, portfolio: str, connection: Connection | None = None) -> Names:
    """Make the portfolio in which everything begins, and return the ids of what is in it."""
    collab.create_portfolio(portfolio, connection=connection)
    with collab.system(portfolio, connection=connection) as system:
        system.features.enable(Feature.SHARE_CASES)
        for person in PERSONS:
            system.people.add(person, name=person)
        names = {name: system.groups.create(name, **given).id for name, given in GROUPS.items()}
    with collab.desk("a", portfolio=portfolio, connection=connection) as desk:
        names["t"] = desk.talks.start(["b1", ItemRef("group", names["T"])], subject="t", text="m", observers=["e"]).id
        names["m"] = desk.talks.view(names["t"]).messages[0].id
    with collab.desk("b1", portfolio=portfolio, connection=connection) as desk:
        names["n"] = desk.talks.reply(names["m"], "n").id
    return names


def random_operation(dice: random.Random, label: str) -> Operation:
    """Return something that may well be in the way of something else."""
    person, other = dice.choice(PERSONS), dice.choice(PERSONS)
    somebody = dice.choice([other, other, "T", "H"])
    group, message = dice.choice(["S", "Z", "T", "M"]), dice.choice(["m", "n"])
    flag, history = dice.random() < 0.5, dice.random() < 0.5
    host: list[tuple[str, tuple[Any, ...]]] = [
        ("add_members", (group, other)),
        ("remove_members", (group, other)),
        ("move_main", (other, dice.choice(["M", "N"]))),
        ("share_cases", (dice.choice(["S", "Z", "M"]), flag)),
        ("feature", (flag,)),
        ("delete", dice.choice([("T", "H"), ("H", "T"), ("S", None)])),
    ]
    persons: list[tuple[str, tuple[Any, ...]]] = [
        ("start", (somebody,)),
        ("reply", (message, None)),
        ("reply", (message, None)),
        ("reply", (message, somebody)),
        ("add_observer", (somebody, history)),
        ("remove_observer", (dice.choice(["e", "T", other]),)),
        ("hand_over", (somebody,)),
    ]
    if dice.random() < 0.45:
        return Operation(label, None, *dice.choice(host))
    return Operation(label, person, *dice.choice(persons))


def perform(
    collab: Collab, portfolio: str, names: Names, operation: Operation, connection: Connection | None = None
) -> None:
    """Do it."""
    if operation.actor is None:
        with collab.system(portfolio, connection=connection) as system:
            _by_the_host(system, names, operation)
    else:
        with collab.desk(operation.actor, portfolio=portfolio, connection=connection) as desk:
            _by_a_person(desk, names, operation)


def _by_the_host(system: System, names: Names, operation: Operation) -> None:
    first, *rest = operation.named
    if operation.verb == "feature":
        (system.features.enable if first else system.features.disable)(Feature.SHARE_CASES)
    elif operation.verb == "move_main":
        system.groups.move_main(first, names[rest[0]])
    elif operation.verb == "share_cases":
        system.groups.share_cases(names[first], rest[0])
    elif operation.verb == "delete":
        system.groups.delete(names[first], move_to=rest[0] and names[rest[0]])
    else:
        getattr(system.groups, operation.verb)(names[first], rest)


def _by_a_person(desk: Desk, names: Names, operation: Operation) -> None:
    def who(name: str) -> str | ItemRef:
        return ItemRef("group", names[name]) if name in names else name

    first, *rest = operation.named
    if operation.verb == "start":
        desk.talks.start(who(first), subject=operation.label, text=operation.label)
    elif operation.verb == "reply":
        desk.talks.reply(names[first], operation.label, to=None if rest[0] is None else [who(rest[0])])
    elif operation.verb == "add_observer":
        desk.talks.add_observer(names["t"], who(first), with_history=rest[0])
    else:
        getattr(desk.talks, operation.verb)(names["t"], who(first))


def perform_all(collab: Collab, portfolio: str, names: Names, operations: list[Operation]) -> list[Operation]:
    """Do one after the other, and return those that were acknowledged, with their times."""
    done = []
    for operation in operations:
        began = time.monotonic()
        try:
            perform(collab, portfolio, names, operation)
        except CollabError:
            continue
        done.append(evolve(operation, began=began, ended=time.monotonic()))
    return done


State: TypeAlias = frozenset[tuple[Any, ...]]
"""Every row that decides who sees what, with the names of the scene instead of numbers."""

_ROWS = """
    WITH one AS (SELECT no AS number FROM portfolio WHERE id = :portfolio),
         who AS (SELECT p.no, coalesce(g.name, p.id) AS name FROM principal p JOIN one ON p.portfolio = number
                 LEFT JOIN grp g ON g.portfolio = number AND g.no = p.no),
         what AS (SELECT m.* FROM message m JOIN one ON portfolio = number)
    SELECT 'portfolio', CASE WHEN sharing THEN 'on' ELSE 'off' END, '', '', '' FROM portfolio WHERE id = :portfolio
    UNION ALL SELECT 'group', name, CASE WHEN shares THEN 'shares' ELSE '' END,
                     CASE WHEN deleted_at IS NULL THEN '' ELSE 'deleted' END, '' FROM grp JOIN one ON portfolio = number
    UNION ALL SELECT 'member', p.name, g.name, CASE WHEN main THEN 'main' ELSE '' END, ''
                     FROM membership JOIN one ON portfolio = number
                     JOIN who p ON p.no = person JOIN who g ON g.no = grp
    UNION ALL SELECT 'talk', subject, i.name, c.name, '' FROM talk JOIN one ON portfolio = number
                     JOIN who i ON i.no = initiator JOIN who c ON c.no = counterpart
    UNION ALL SELECT 'message', w.text, t.subject, coalesce(f.name, ''), coalesce(o.text, '') FROM what w
                     JOIN talk t ON t.portfolio = w.portfolio AND t.id = w.talk
                     LEFT JOIN who f ON f.no = w.sent_for LEFT JOIN what o ON o.id = w.answers
    UNION ALL SELECT 'involved', w.text, p.name, CAST(role AS VARCHAR), CASE WHEN extends THEN 'extends' ELSE '' END
                     FROM involvement i JOIN what w ON w.portfolio = i.portfolio AND w.id = item
                     JOIN who p ON p.no = principal
    UNION ALL SELECT 'stands', w.text, p.name, '', '' FROM standing s
                     JOIN what w ON w.portfolio = s.portfolio AND w.id = message JOIN who p ON p.no = principal
"""


def state(connection: Connection, portfolio: str) -> State:
    """Return what stands in the base tables of one portfolio."""
    return frozenset(tuple(row) for row in connection.execute(text(_ROWS), {"portfolio": portfolio}))


class Checker:
    """Looks for an order; `collab` is one on SQLite, used for nothing else."""

    def __init__(self, collab: Collab) -> None:
        self._collab = collab
        self._portfolios = 0

    def explains(self, operations: Sequence[Operation], found: State) -> list[str] | None:
        """Return the labels of the operations in an order that ends in the state found, None if there is none."""
        self._portfolios += 1
        portfolio = f"replay {self._portfolios}"
        with self._collab._storage._writer.connect() as connection:
            names = set_the_scene(self._collab, portfolio, connection)
            search = _Search(self._collab, portfolio, names, connection, found)
            order = search.from_here(sorted(operations, key=lambda operation: operation.ended), [])
            connection.rollback()
        return order


@frozen
class _Search:
    collab: Collab
    portfolio: str
    names: Names
    connection: Connection
    wanted: State
    dead_ends: set[tuple[frozenset[str], State]] = Factory(set)

    def from_here(self, left: list[Operation], before: list[str]) -> list[str] | None:
        if not left:
            return before if self._state() == self.wanted else None
        names = frozenset(operation.label for operation in left)
        if self.dead_ends and (names, self._state()) in self.dead_ends:
            return None
        for operation in _first_ones(left):
            savepoint = self.connection.begin_nested()
            try:
                perform(self.collab, self.portfolio, self.names, operation, self.connection)
            except CollabError:
                order = None
            else:
                rest = [other for other in left if other is not operation]
                order = self.from_here(rest, [*before, operation.label])
            savepoint.rollback()
            if order is not None:
                return order
        self.dead_ends.add((names, self._state()))
        return None

    def _state(self) -> State:
        return state(self.connection, self.portfolio)


def _first_ones(left: Sequence[Operation]) -> Iterator[Operation]:
    """Yield what may come next: whatever began before any other of them had ended."""
    first_end = min(operation.ended for operation in left)
    return (operation for operation in left if operation.began <= first_end)
