"""Who would be able to read a message (V16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collabcase.desk.addressing import known_among
from collabcase.desk.call import Call
from collabcase.desk.world import names_of, world
from collabcase.permissions.explain import Audience, AudienceLine, Name, Reader, readers_by
from collabcase.permissions.sight import Involvement, Relation, Role


def audience(call: Call, rows: Sequence[Involvement]) -> Audience:
    """Return, for everybody who would be involved, the readers the writer may know and the number of others."""
    now = world(call)
    members, active = now.members(), call.stores.people.active(call.scope)
    named = {row.principal for row in rows}
    groups = set(call.stores.groups.among(call.scope, named))
    readers = {
        row: readers_by(row.principal, extends=row.extends, world=now, members=members, active=active) for row in rows
    }
    everybody = {person for found in readers.values() for person in found}
    through = {group for found in readers.values() for by in found.values() for group in by}
    known = known_among(call, everybody | through | named)
    names = names_of(call, known)
    lines = [_line(row, readers[row], names, row.principal in groups) for row in rows]
    return Audience(tuple(sorted(lines, key=lambda line: (line.role, line.recipient))))


def _line(
    row: Involvement, readers: Mapping[int, frozenset[int]], names: Mapping[int, Name], group: bool
) -> AudienceLine:
    shown = [
        Reader(
            names[person].ref.id,
            _relation(row, person, group),
            tuple(sorted({names[one].called if one in names else "a group" for one in by})),
        )
        for person, by in readers.items()
        if person in names
    ]
    return AudienceLine(
        recipient=names[row.principal].ref,
        role=row.role.name.lower(),
        readers=tuple(sorted(shown, key=lambda reader: reader.person)),
        others=len(readers) - len(shown),
    )


def _relation(row: Involvement, person: int, group: bool) -> Relation:
    if row.role is Role.OBSERVER:
        return Relation.OBSERVER
    if group:
        return Relation.TEAMBOX
    return Relation.PARTY if person == row.principal else Relation.PEER
