"""Why somebody sees a thing (V14), what a change would reveal (V14), who would read a message (V16)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set

from attrs import evolve, frozen

from collabcase.model.item import ItemRef
from collabcase.permissions.sight import Path, Relation, Role, Sight

_VERBS: Mapping[Role, str] = {
    Role.SENDER: "sent it",
    Role.RECIPIENT: "received it",
    Role.SENT_FOR: "had it sent in their place",
    Role.OBSERVER: "was copied on it",
    Role.OWNER: "owns it",
    Role.MEMBER: "is in its team",
    Role.READER: "may read it",
    Role.REQUESTER: "asked for it",
    Role.OFFERED: "was offered it",
    Role.ORGANISER: "organises it",
    Role.RECORDER: "records it",
    Role.ATTENDEE: "attended it",
    Role.INVITEE: "was invited to it",
    Role.INTERESTED: "was given it",
}


@frozen
class Reason:
    """One way by which somebody sees a thing.

    Attributes:
        relation: what they are to it.
        role: how the one named in `who` is involved, such as ``recipient``.
        who: who is involved: themselves, a group of theirs, or a peer; None for somebody the asker may not know.
        through: names of the groups that share with that peer, sorted; "a group" for those unknown to the asker.
        item: what the involvement was found on: the thing itself, or one it hangs on.
        text: the same for people to read.
    """

    relation: Relation
    role: str
    who: ItemRef | None
    through: tuple[str, ...]
    item: ItemRef
    text: str

    def __str__(self) -> str:
        return self.text


@frozen
class Explanation:
    """Why somebody sees a thing; without reasons they don't.

    Attributes:
        item: the thing asked about.
        person: whose sight.
        reasons: every way, in a fixed order.
    """

    item: ItemRef
    person: str
    reasons: tuple[Reason, ...]

    def __str__(self) -> str:
        if not self.reasons:
            return f"{self.person} does not see {self.item}: no path leads there."
        return "\n".join([f"{self.person} sees {self.item}:", *(f"  · {reason}" for reason in self.reasons)])


@frozen
class Name:
    """A person or group as the asker may know it: its reference and what to call it."""

    ref: ItemRef
    called: str


def explained(
    item: ItemRef, person: str, paths: Iterable[Path], names: Mapping[int, Name], refs: Mapping[int, ItemRef]
) -> Explanation:
    """Tell paths of the rule in words.

    Args:
        item: the thing asked about.
        person: whose sight.
        paths: what `Sight.paths` gave.
        names: persons and groups that the asker may know, by number; others become «somebody».
        refs: references of the things the paths name, by number.
    """
    reasons = {_reason(path, item, names, refs) for path in paths}
    return Explanation(item, person, tuple(sorted(reasons, key=lambda reason: (reason.relation, reason.text))))


def _reason(path: Path, item: ItemRef, names: Mapping[int, Name], refs: Mapping[int, ItemRef]) -> Reason:
    known = names.get(path.principal)
    called = known.called if known else "somebody"
    through = tuple(sorted({names[group].called if group in names else "a group" for group in path.through}))
    verb = _VERBS[path.role]
    if through:
        groups = " and ".join(f"“{group}”" for group in through)
        text = f"member of {groups}, shared with {called}, who {verb}"
    elif known and known.ref.kind == "group":
        text = f"member of “{called}”, which {verb}"
    else:
        text = f"{called} {verb}"
    on = refs[path.item]
    if on != item:
        text += f" (by {on}, on which it hangs)"
    return Reason(path.relation, path.role.name.lower(), known.ref if known else None, through, on, text)


@frozen
class World:
    """Who is in which group, which groups share, and whether the feature is on: what sight hangs on."""

    groups_of: Mapping[int, frozenset[int]]
    ticked: frozenset[int]
    feature: bool

    def members(self) -> dict[int, set[int]]:
        """Return the members of each group."""
        members: dict[int, set[int]] = {}
        for person, groups in self.groups_of.items():
            for group in groups:
                members.setdefault(group, set()).add(person)
        return members

    def sight(self, person: int, *, internal: bool) -> Sight:
        """Return what an active person sees by in this world."""
        groups = self.groups_of.get(person, frozenset())
        return Sight(person, internal, groups, groups & self.ticked if self.feature else frozenset())

    def joined(self, group: int, persons: Set[int]) -> World:
        """Return the world after persons joined a group."""
        return self._changed({person: self.groups_of.get(person, frozenset()) | {group} for person in persons})

    def left(self, group: int, persons: Set[int]) -> World:
        """Return the world after persons left a group."""
        return self._changed({person: self.groups_of.get(person, frozenset()) - {group} for person in persons})

    def shared(self, group: int, on: bool) -> World:
        """Return the world after a box was ticked or unticked."""
        return evolve(self, ticked=self.ticked | {group} if on else self.ticked - {group})

    def switched(self, on: bool) -> World:
        """Return the world after the feature was switched."""
        return evolve(self, feature=on)

    def _changed(self, groups: Mapping[int, frozenset[int]]) -> World:
        return evolve(self, groups_of={**self.groups_of, **groups})


def peers(sight: Sight, members: Mapping[int, Set[int]]) -> frozenset[int]:
    """Return everybody with whom somebody shares a sharing group, themselves left out."""
    return frozenset().union(*(members.get(group, ()) for group in sight.sharing)) - {sight.me}


@frozen
class SightChange:
    """What one person would gain and lose.

    Attributes:
        person: their id.
        messages_gained: how many messages they would see besides.
        messages_lost: how many they would see no more.
        cases_gained: how many cases they would see besides.
        cases_lost: how many they would see no more.
        samples: some of the things concerned, for the system alone.
    """

    person: str
    messages_gained: int = 0
    messages_lost: int = 0
    cases_gained: int = 0
    cases_lost: int = 0
    samples: tuple[ItemRef, ...] = ()


@frozen
class Preview:
    """What a change of membership, box or feature would do to sight (V14).

    Attributes:
        changes: whoever would gain or lose, sorted by id.
        organisations: the different organisations whose external persons would share from then on, sorted; empty
            where there is nothing to warn of.
    """

    changes: tuple[SightChange, ...]
    organisations: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [
            f"{change.person}: +{change.messages_gained} −{change.messages_lost} messages, "
            f"+{change.cases_gained} −{change.cases_lost} cases"
            for change in self.changes
        ] or ["Nobody would gain or lose anything."]
        if self.organisations:
            lines.append(f"Warning: externals of {', '.join(self.organisations)} would share with each other.")
        return "\n".join(lines)


@frozen
class Reader:
    """A person who would be able to read something, and by what: their relation and the groups, by name."""

    person: str
    relation: Relation
    through: tuple[str, ...] = ()


@frozen
class AudienceLine:
    """Who would read a message because of one person or group named on it.

    Attributes:
        recipient: who is named.
        role: such as ``recipient``.
        readers: active persons the writer may know, sorted.
        others: how many active persons there are besides (one of the three numbers of V13).
    """

    recipient: ItemRef
    role: str
    readers: tuple[Reader, ...]
    others: int


@frozen
class Audience:
    """Who would be able to read a message, by whom it names (V16); sorted by role and recipient."""

    lines: tuple[AudienceLine, ...]

    def __str__(self) -> str:
        lines = []
        for line in self.lines:
            readers = ", ".join(reader.person for reader in line.readers) or "nobody you know"
            others = f" and {line.others} more" if line.others else ""
            lines.append(f"{line.role} {line.recipient.id}: {readers}{others}")
        return "\n".join(lines)


def readers_by(
    principal: int, *, extends: bool, world: World, members: Mapping[int, Set[int]], active: Collection[int]
) -> dict[int, frozenset[int]]:
    """Return the active persons who read by one involvement, each with the sharing groups that let them.

    Args:
        principal: the person or group involved.
        extends: whether sharing reaches on from the involvement.
        world: the memberships and boxes.
        members: `world.members()`.
        active: the numbers of active persons.
    """
    alive = frozenset(active)
    if principal in members:
        return {person: frozenset() for person in members[principal] & alive}
    readers: dict[int, set[int]] = {principal: set()} if principal in alive else {}
    if extends and world.feature:
        for group in world.groups_of.get(principal, frozenset()) & world.ticked:
            for person in (members[group] & alive) - {principal}:
                readers.setdefault(person, set()).add(group)
    return {person: frozenset(groups) for person, groups in readers.items()}
