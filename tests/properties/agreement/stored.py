"""What the database holds: the rule over it, said in Python and in SQL, and its rows one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Select, event, select

from collabcase import Collab
from collabcase.clock import to_millis
from collabcase.ids import Kind, decode
from collabcase.permissions.sight import Role
from collabcase.storage.interfaces.scope import Scope
from properties.agreement.keeping import KEPT_COLUMNS, due_rows
from properties.agreement.sides import Sides, same
from world import Group, Item, Principal


def in_haste(collab: Collab) -> Collab:
    """Let SQLite not wait for the disk: nothing here must survive a crash."""
    engine = collab._storage._engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        engine.dispose()
    return collab


@contextmanager
def reading(collab: Collab, sides: Sides) -> Iterator[Scope]:
    """Open a snapshot of a portfolio."""
    adapter = collab._storage
    with adapter.unit_of_work().reading() as tx:
        found = adapter.stores.portfolios.find(tx, sides.id)
        assert found is not None
        yield tx.within(found[0])


def check_rule(collab: Collab, sides: Sides, everywhere: Collection[str]) -> None:
    """Hold the rule in Python, in SQL, the batch check and the oracle equal for everybody.

    Args:
        collab: the library.
        sides: the portfolio.
        everywhere: the ids of all messages of all portfolios.
    """
    stores = collab._storage.stores
    numbers = {id: _number(id) for id in everywhere}
    with reading(collab, sides) as scope:
        persons = {id: no for id, (no, _) in stores.people.find(scope, list(sides.world.persons)).items()}
        facts = stores.sights.facts(scope, list(numbers.values()))
        sights = stores.sights.sights(scope, list(persons.values()))
        for person, no in persons.items():
            due = {sides.messages[label] for label in sides.world.visible(person)}
            sight = sights[no]
            in_python = {id for id, item in numbers.items() if sight.sees(item, facts)}
            seen, listed = (
                ask(scope, no, list(numbers.values())) for ask in (stores.sights.sees, stores.messages.visible)
            )
            for rule, found in (
                ("Python", in_python),
                ("SQL", {id for id in everywhere if numbers[id] in seen}),
                ("batch", {id for id in everywhere if numbers[id] in listed}),
            ):
                assert due == found, _difference(sides, f"{rule}: {person} of {sides.id}", due, found)


def _number(id: str) -> int:
    number = decode(id, Kind.MESSAGE)
    assert number is not None
    return number


def _difference(sides: Sides, about: str, due: set[str], found: set[str]) -> str:
    def labels(ids: Iterable[str]) -> list[Any]:
        return [sides.messages.index(id) if id in sides.messages else id for id in sorted(ids)]

    return f"{about} should see {labels(due - found)} and should not see {labels(found - due)}"


def check_rows(collab: Collab, sides: Sides, events: int) -> None:
    """Hold the rows of every table against the oracle: nothing lost, and nothing of what was rolled back.

    Args:
        collab: the library.
        sides: the portfolio.
        events: how many events its committed units of work have left.
    """
    tables = collab._storage._tables
    with reading(collab, sides) as scope:

        def rows(table: str, *columns: str) -> set[tuple[Any, ...]]:
            found = getattr(tables, table)
            statement: Select[Any] = select(*(found.c[name] for name in columns))
            return {tuple(row) for row in scope.handle.execute(statement.where(found.c.portfolio == scope.portfolio))}

        names = {no: (is_group, id) for no, is_group, id in rows("principal", "no", "is_group", "id")}
        due, found = _due(sides, {name: no for no, name in names.items()}), dict[str, object]()
        found["principal"] = set(names.values())
        found["person"] = rows("person", "no", "internal", "active")
        found["grp"] = {(no, name, gone is None) for no, name, gone in rows("grp", "no", "name", "deleted_at")}
        found["membership"] = rows("membership", "person", "grp", "main")
        found["talk"] = rows("talk", "id", "subject", "initiator", "counterpart", "confidential")
        found["message"] = rows("message", "id", "talk", "sender", "sent_for", "answers", "text", "date")
        found["message_data"] = rows("message_data", "message", "dictionary", "code")
        found["standing"] = rows("standing", "message", "principal")
        found["involvement"] = rows("involvement", "item", "principal", "role", "extends")
        found["hangs"] = rows("hangs", "item", "on_item")
        found["read_mark"] = rows("read_mark", "person", "message")
        found["answered"] = rows("answered", "message", "principal", "answer")
        found["dismissal"] = rows("dismissal", "message", "person", "reason", "at")
        found["waived"] = {id for id, at in rows("message", "id", "waived_at") if at is not None}
        found["request"] = {(actor, key) for actor, key in rows("request", "actor", "key")}
        found |= {table: rows(table, *columns) for table, columns in KEPT_COLUMNS.items()}
        found["event"] = len(rows("event", "position"))
        due["event"] = events
    for table in due:
        same(due[table], found[table], f"{table} of {sides.id}")


def _due(sides: Sides, numbers: dict[tuple[bool, str], int]) -> dict[str, object]:
    world = sides.world
    groups = {label: numbers.get((True, id), 0) for label, id in sides.groups.items()}
    messages = [_number(id) for id in sides.messages]
    talks = [decode(id, Kind.TALK) for id in sides.talks]

    def no(who: Principal | None) -> int | None:
        if who is None:
            return None
        return groups[who.label] if isinstance(who, Group) else numbers[False, who]

    return due_rows(sides, no, groups) | {
        "principal": {(False, person) for person in world.persons} | {(True, id) for id in sides.groups.values()},
        "person": {(no(id), person.internal, person.active) for id, person in world.persons.items()},
        "grp": {(groups[label], group.name, not group.deleted) for label, group in world.groups.items()},
        "membership": {
            (no(member), groups[label], group.main) for label, group in world.groups.items() for member in group.members
        },
        "talk": {
            (talks[label], talk.subject, no(talk.initiator), no(talk.counterpart), talk.confidential)
            for label, talk in enumerate(world.talks)
        },
        "message": {
            (
                messages[label],
                talks[one.talk],
                no(one.sender),
                no(one.sent_for),
                None if one.answers is None else messages[one.answers],
                one.text,
                None if one.date is None else to_millis(one.date),
            )
            for label, one in enumerate(world.messages)
        },
        "message_data": {
            (messages[label], name, code) for label, one in enumerate(world.messages) for name, code in one.data.items()
        },
        "standing": {(messages[label], no(who)) for label, one in enumerate(world.messages) for who in one.standing},
        "involvement": {
            (messages[label], no(row.principal), int(Role[row.role.upper()]), world.extends(_item(label), row))
            for label, one in enumerate(world.messages)
            for row in one.rows()
        },
        "hangs": set(),
        "read_mark": {(no(person), messages[label]) for person, label in world.marks},
        "answered": {
            (messages[label], no(who), messages[answer])
            for label, counting in world.counting.items()
            for who, answer in counting
        },
        "dismissal": {
            (messages[label], no(person), reason, to_millis(at))
            for label, said in world.dismissed.items()
            for person, (reason, at) in said.items()
        },
        "waived": {messages[label] for label in world.waived},
        "request": {(0 if actor is None else no(actor), key) for actor, key in world.keys},
    }


def _item(label: int) -> Item:
    return Item("message", label)
