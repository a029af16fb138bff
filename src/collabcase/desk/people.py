"""The verbs of persons: who may be known, and for the system, who there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Unpack

from attrs import evolve

from collabcase.desk.addressing import check_known, one_ref, targets
from collabcase.desk.call import FURTHEST, Call, Calls
from collabcase.desk.clicking import end_windows
from collabcase.desk.teambox import end_claims
from collabcase.errors import InvalidInput, NotFound
from collabcase.ids import Kind, principal_item
from collabcase.model import inputs
from collabcase.model.group import Right
from collabcase.model.item import ItemRef
from collabcase.model.page import Page
from collabcase.model.person import Person, PersonCard, PersonEvent, PersonFields, SyncResult, changed_fields


class People:
    """Whom the person of the desk may know (V17)."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def known(self, *, cursor: str | None = None, limit: int = 50) -> Page[PersonCard]:
        """Return the persons the viewer may know, those added last first (V17).

        Args:
            cursor: where to go on, from `next` of the page before.
            limit: how many at most, 1 to 500.

        Raises:
            InvalidInput: the cursor belongs to another list or person.
        """
        most = inputs.count("limit", limit)
        with self._calls.reading() as call:
            before = call.position("people.known", cursor, first=FURTHEST)
            everybody = Right.GROUP_MANAGE in call.actor.rights
            rows = call.stores.people.known(
                call.scope, call.actor.no, everybody=everybody, before=before, limit=most + 1
            )
            more = call.cursor("people.known", rows[most - 1][0]) if len(rows) > most else None
            return Page(tuple(card for _, card in rows[:most]), more)

    def get(self, id: str) -> PersonCard:
        """Return what the viewer is shown of a person.

        Args:
            id: the person's id at the host.

        Raises:
            NotFound: there is nobody of that id whom the viewer may know (V12, V17).
            InvalidInput: a parameter can't be used.
        """
        ref = one_ref("id", ItemRef(Kind.PERSON.value, inputs.line("id", id)))
        with self._calls.reading() as call:
            [target] = found = targets(call, id=[ref])
            check_known(call, found)
            assert target.no is not None
            return call.stores.people.cards(call.scope, [target.no])[target.no]


class SystemPeople:
    """Setting up persons, for the host alone (G6)."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def add(
        self,
        id: str,
        *,
        name: str,
        email: str | None = None,
        internal: bool = True,
        organisation: str | None = None,
        host_ref: str | None = None,
    ) -> Person:
        """Add a person.

        Args:
            id: chosen by the host, unique in the portfolio, at most 200 characters.
            name: for people to read.
            email: where mail goes.
            internal: whether they belong to the house.
            organisation: the house they belong to (V14).
            host_ref: the host's own reference.

        Raises:
            InvalidInput: the id is taken, or a parameter can't be used.
        """
        person = _checked(Person(id, name, email, internal, organisation, True, host_ref))
        with self._calls.writing() as call:
            if call.stores.people.find(call.scope, [person.id]):
                raise InvalidInput("id", f"{person.id!r} is taken; use change, or choose another")
            _add(call, [person])
            return person

    def change(self, id: str, **fields: Unpack[PersonFields]) -> Person:
        """Change fields of a person.

        Args:
            id: whose.
            **fields: any of `name`, `email`, `internal`, `organisation`, `host_ref`.

        Raises:
            NotFound: there is no such person.
            InvalidInput: another field, or a value that can't be used.
        """
        wanted = inputs.line("id", id)
        unfit = set(fields) - set(PersonFields.__annotations__)
        if unfit:
            raise InvalidInput(min(unfit), "is no field that change sets")
        with self._calls.writing() as call:
            no, person = _locked(call, wanted)
            changed = _checked(evolve(person, **fields))
            _update(call, no, person, changed)
            return changed

    def deactivate(self, id: str) -> Person:
        """Deactivate a person: they may act no more, and colleagues go on seeing what they sent and received (G7).

        Their windows and locks end; what they have claimed in teamboxes waits there again (G5).

        Raises:
            NotFound: there is no such person.
            InvalidInput: a parameter can't be used.
        """
        return self._set_active(id, False)

    def activate(self, id: str) -> Person:
        """Let a deactivated person act again.

        Raises:
            NotFound: there is no such person.
            InvalidInput: a parameter can't be used.
        """
        return self._set_active(id, True)

    def _set_active(self, id: str, active: bool) -> Person:
        wanted = inputs.line("id", id)
        with self._calls.writing() as call:
            no, person = _locked(call, wanted)
            changed = evolve(person, active=active)
            _update(call, no, person, changed)
            return changed

    def sync(self, directory: Iterable[Person], *, deactivate_missing: bool = False) -> SyncResult:
        """Take over persons from the host's directory: add the new, change the known, all in one unit of work.

        Args:
            directory: at most a million persons with all their fields; `active` is taken over, too.
            deactivate_missing: whether to deactivate whoever is not in it.

        Returns:
            What was done, in the order of the directory; deactivated persons sorted.

        Raises:
            InvalidInput: somebody can't be used, or stands there twice with different fields.
        """
        persons = [_checked(one) for one in inputs.many("directory", directory, Person, most=inputs.DIRECTORY)]
        wanted = {person.id: person for person in persons}
        if len(wanted) < len(persons):
            raise InvalidInput("directory", "holds somebody twice with different fields; decide for one")
        deactivates = inputs.flag("deactivate_missing", deactivate_missing)
        with self._calls.writing() as call:
            call.lock([no for no, _ in call.stores.people.all(call.scope).values()], exclusive=True)
            present = call.stores.people.all(call.scope)
            fresh = [person for id, person in wanted.items() if id not in present]
            if fresh:
                _add(call, fresh)
            changed = [id for id, person in wanted.items() if id in present and _update(call, *present[id], person)]
            missing = sorted(set(present) - set(wanted)) if deactivates else []
            gone = [id for id in missing if _update(call, *present[id], evolve(present[id][1], active=False))]
            return SyncResult(tuple(person.id for person in fresh), tuple(changed), tuple(gone))

    def get(self, id: str) -> Person:
        """Return a person with all fields.

        Raises:
            NotFound: there is no such person.
            InvalidInput: a parameter can't be used.
        """
        wanted = inputs.line("id", id)
        with self._calls.reading() as call:
            return _one(call, wanted)[1]

    def list(self, *, cursor: str | None = None, limit: int = 50) -> Page[Person]:
        """Return persons with all fields, those added last first.

        Args:
            cursor: where to go on, from `next` of the page before.
            limit: how many at most, 1 to 500.

        Raises:
            InvalidInput: a parameter can't be used.
        """
        most = inputs.count("limit", limit)
        with self._calls.reading() as call:
            before = call.position("people.list", cursor, first=FURTHEST)
            rows = call.stores.people.page(call.scope, before=before, limit=most + 1)
            more = call.cursor("people.list", rows[most - 1][0]) if len(rows) > most else None
            return Page(tuple(person for _, person in rows[:most]), more)


def _checked(person: Person) -> Person:
    return Person(
        id=inputs.line("id", person.id),
        name=inputs.line("name", person.name),
        email=inputs.optional_line("email", person.email, most=320),
        internal=inputs.flag("internal", person.internal),
        organisation=inputs.optional_line("organisation", person.organisation),
        active=inputs.flag("active", person.active),
        host_ref=inputs.optional_line("host_ref", person.host_ref),
    )


def _one(call: Call, id: str) -> tuple[int, Person]:
    found: Mapping[str, tuple[int, Person]] = call.stores.people.find(call.scope, [id])
    if id not in found:
        raise NotFound(Kind.PERSON.value, id)
    return found[id]


def _locked(call: Call, id: str) -> tuple[int, Person]:
    """Return number and person, read again under a lock, so that no concurrent change is lost."""
    call.lock([_one(call, id)[0]], exclusive=True)
    return _one(call, id)


def _add(call: Call, persons: list[Person]) -> None:
    for no in call.stores.people.add(call.scope, persons).values():
        call.emit(PersonEvent.ADDED, principal_item(Kind.PERSON, no))


def _update(call: Call, no: int, before: Person, after: Person) -> bool:
    """Store what differs between two states of a person, and tell whether anything does."""
    fields = changed_fields(before, after)
    item = principal_item(Kind.PERSON, no)
    if before != after:
        call.stores.people.update(call.scope, no, after)
    if fields:
        call.emit(PersonEvent.CHANGED, item, *fields)
    if before.active != after.active:
        call.emit(PersonEvent.ACTIVATED if after.active else PersonEvent.DEACTIVATED, item, "active")
        if not after.active:
            end_windows(call, no)
            end_claims(call, [no])
    return before != after
