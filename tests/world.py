"""The oracle: what the domain's law gives, said in plain sets and dicts, with none of the library's code.

One `World` is one portfolio; two portfolios are two worlds, so nothing can cross. A bare str is a person, a
`Group` is a group; talks and messages are ints in order of arrival, each counted from 0. An operation changes
the state, or raises `Refused` and changes nothing; faults are looked for in this order: the actor, an earlier
use of the key, what it acts on, the right, the names passed one by one (`to`, then `observers`, …), the rest.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias

Code = Literal["not_found", "forbidden", "invalid_input", "already_in_main_group", "feature_unavailable"]
Act = Literal["see", "answer", "observers", "file", "hand_over"]
Change = Literal["share_cases", "add_members", "remove_members", "move_main", "feature"]

RIGHTS = frozenset(
    {
        "case.create",
        "case.manage",
        "group.manage",
        "lock.force",
        "template.manage",
        "tray.manage",
        "sight.audit",
    }
)
SHARED_ROLES = frozenset({"sender", "sent_for", "recipient", "owner", "member", "requester", "offered"})
"""The roles from which sharing reaches on to peers, where a person has them and nothing is confidential."""

MAY: dict[Act, frozenset[str]] = {
    "see": frozenset({"party", "teambox", "peer", "observer"}),
    "answer": frozenset({"party", "teambox", "peer"}),
    "observers": frozenset({"party", "teambox", "peer"}),
    "file": frozenset({"party", "teambox", "peer"}),
    "hand_over": frozenset({"party", "teambox"}),
}
"""The talk columns of the table of section 3: which relations to a message allow an act."""


class Refused(Exception):
    """The law refuses: `code` is that of the library's error, `what` the missing right or faulty argument."""

    def __init__(self, code: Code, what: str) -> None:
        super().__init__(code, what)
        self.code: Code = code
        self.what = what


@dataclass(frozen=True, order=True)
class Group:
    """A group, where a person or a group may be named."""

    label: str


Principal: TypeAlias = str | Group
Named: TypeAlias = Principal | Iterable[Principal]


class Path(NamedTuple):
    """One reason why somebody sees a message; in an explanation None stands for somebody unknown."""

    relation: Literal["party", "teambox", "peer", "observer"]
    role: str
    principal: Principal | None
    sharing: frozenset[str | None]


class Item(NamedTuple):
    """A reference to a thing of any kind; a message is `Item("message", label)`."""

    kind: str
    label: int


class Row(NamedTuple):
    """Somebody's involvement in a thing; `extends` is the choice made on adding (V8)."""

    principal: Principal
    role: str
    extends: bool = True


class Hanging(NamedTuple):
    """That a thing hangs on another one, perhaps internally (V9), perhaps at one version (V10)."""

    on: Item
    internal: bool = False
    version: int | None = None


class TalkView(NamedTuple):
    """A talk as one person sees it; messages oldest first."""

    subject: str
    initiator: Principal | None
    counterpart: Principal | None
    participants: frozenset[Principal]
    messages: tuple[int, ...]


class MessageView(NamedTuple):
    """A message as one person's program shows it."""

    sender: str
    sent_for: str | None
    to: frozenset[Principal]
    observers: frozenset[Principal]
    answers: int | None


class Readers(NamedTuple):
    """Who would read because of one principal: those the writer knows, and how many others."""

    known: frozenset[str]
    others: int


@dataclass
class PersonState:
    """A person of the portfolio."""

    internal: bool
    organisation: str | None
    active: bool = True


@dataclass
class GroupState:
    """A group of the portfolio; deleted ones stay for their name."""

    name: str
    main: bool
    shares: bool
    teambox: bool
    open: bool
    members: set[str] = field(default_factory=set)
    rights: frozenset[str] = frozenset()
    deleted: bool = False


@dataclass
class Talk:
    """A talk between two sides."""

    subject: str
    initiator: Principal
    counterpart: Principal
    confidential: bool
    messages: list[int] = field(default_factory=list)
    filed_on: Item | None = None


@dataclass
class Message:
    """A message; `standing` are the observers that answers to it will carry without observing it (V7)."""

    talk: int
    sender: str
    to: set[Principal]
    observers: set[Principal]
    sent_for: str | None = None
    answers: int | None = None
    standing: set[Principal] = field(default_factory=set)
    text: str = ""
    comment: str = ""
    asks_answer: bool = False
    date: datetime | None = None
    host_ref: str | None = None

    def rows(self) -> Iterator[Row]:
        """Give everybody involved, with the role."""
        yield Row(self.sender, "sender")
        if self.sent_for is not None:
            yield Row(self.sent_for, "sent_for")
        yield from (Row(who, "recipient") for who in self.to)
        yield from (Row(who, "observer") for who in self.observers)


@dataclass
class Thing:
    """Anything else: case, order, entry, note, attachment, meeting, part, communication."""

    rows: list[Row]
    hangs: list[Hanging]
    confidential: bool = False


def listed(named: Named) -> list[Principal]:
    """Give who is named, each once, in the order given."""
    return list(dict.fromkeys([named] if isinstance(named, str | Group) else named))


def version(text: str) -> list[int]:
    """Read a client program's version, so that versions compare as lists."""
    try:
        parts = [int(part) for part in text.split(".")]
    except ValueError:
        raise Refused("invalid_input", "client_version") from None
    while parts and parts[-1] == 0:
        parts.pop()
    return parts


class World:
    """One portfolio."""

    def __init__(self, sent_for_since: str = "4.8.0.64470") -> None:
        self.sent_for_since = sent_for_since
        self.feature_on = False
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.persons: dict[str, PersonState] = {}
        self.groups: dict[str, GroupState] = {}
        self.talks: list[Talk] = []
        self.messages: list[Message] = []
        self.things: dict[Item, Thing] = {}
        self.keys: dict[tuple[str | None, str], tuple[str, int | str]] = {}

    # ---------------------------------------------------------------- who belongs with whom

    def groups_of(self, person: str) -> set[str]:
        """Give the groups somebody is in, now."""
        return {label for label, group in self.groups.items() if person in group.members}

    def rights(self, person: str) -> frozenset[str]:
        """Give somebody's rights: those of their main group alone (G2)."""
        mains = [self.groups[label] for label in self.groups_of(person) if self.groups[label].main]
        return mains[0].rights if mains else frozenset()

    def shared(self, viewer: str, person: str) -> frozenset[str]:
        """Give the groups by which an active viewer is a peer of somebody (V3)."""
        if viewer == person or not self._active(viewer) or not self.feature_on:
            return frozenset()
        both = self.groups_of(viewer) & self.groups_of(person)
        return frozenset(label for label in both if self.groups[label].shares)

    def peers(self, viewer: str) -> set[str]:
        """Give the persons, active or not, of whom the viewer is a peer (V3)."""
        return {person for person in self.persons if self.shared(viewer, person)}

    # ---------------------------------------------------------------- sight

    def paths(self, person: str, message: int) -> set[Path]:
        """Give every path by which somebody sees a message (V1-V4)."""
        found: set[Path] = set()
        for who, role, _ in self.messages[message].rows():
            watching = role == "observer"
            if who == person:
                found.add(Path("observer" if watching else "party", role, who, frozenset()))
            elif isinstance(who, Group):
                if who.label in self.groups_of(person):
                    found.add(Path("observer" if watching else "teambox", role, who, frozenset()))
            elif self._extends(Item("message", message), Row(who, role)) and self.shared(person, who):
                found.add(Path("peer", role, who, self.shared(person, who)))
        return found

    def sees(self, person: str, message: int) -> bool:
        """Tell whether somebody sees a message."""
        return bool(self.paths(person, message))

    def visible(self, person: str) -> list[int]:
        """Give the messages somebody sees, newest first."""
        return [label for label in reversed(range(len(self.messages))) if self.sees(person, label)]

    def may(self, act: Act, person: str, message: int) -> bool:
        """Tell whether somebody may do something with a message; of several roles the widest counts."""
        if act != "see" and not self._active(person):
            return False
        return any(path.relation in MAY[act] for path in self.paths(person, message))

    def sees_thing(self, person: str, item: Item) -> bool:
        """Tell whether somebody sees a thing: directly, or by something it hangs on (V8-V11)."""
        if item.kind == "message":
            return self.sees(person, item.label)
        by_row = any(self._by_row(person, item, row) for row in self.things[item].rows)
        return by_row or bool(self.versions(person, item))

    def versions(self, person: str, item: Item) -> set[int | None]:
        """Give the versions at which a thing hangs where somebody sees it, None where it has none (V10)."""
        internal = self.persons[person].internal
        return {
            hanging.version
            for hanging in self.things[item].hangs
            if self.sees_thing(person, hanging.on) and (internal or not hanging.internal)
        }

    def _by_row(self, person: str, item: Item, row: Row) -> bool:
        if isinstance(row.principal, Group):
            return row.principal.label in self.groups_of(person)
        peer = self._extends(item, row) and bool(self.shared(person, row.principal))
        return row.principal == person or peer

    def _extends(self, item: Item, row: Row) -> bool:
        """Tell whether sharing reaches on from an involvement: never from a group or a reader, nor V15."""
        person = isinstance(row.principal, str)
        return person and row.extends and row.role in SHARED_ROLES and not self._confidential(item)

    def _confidential(self, item: Item) -> bool:
        """Tell whether a thing is confidential itself or by what it hangs or is filed on (V15)."""
        if item.kind == "message":
            talk = self.talks[self.messages[item.label].talk]
            return talk.confidential or (talk.filed_on is not None and self._confidential(talk.filed_on))
        thing = self.things[item]
        return thing.confidential or any(self._confidential(hanging.on) for hanging in thing.hangs)

    # ---------------------------------------------------------------- who may be known and addressed (V17)

    def named(self, person: str) -> set[Principal]:
        """Give whoever is named on something somebody sees."""
        return {row.principal for label in self.visible(person) for row in self.messages[label].rows()} | {
            row.principal for item, thing in self.things.items() if self.sees_thing(person, item) for row in thing.rows
        }

    def known_persons(self, person: str) -> set[str]:
        """Give the persons somebody may know."""
        if "group.manage" in self.rights(person):
            return set(self.persons)
        known = {person} | self._companions(person) | {who for who in self.named(person) if isinstance(who, str)}
        if self.persons[person].internal:
            known |= {other for other in self.persons if self._active(other)}
        return known

    def known_groups(self, person: str) -> set[str]:
        """Give the groups somebody may know: a deleted one only where they see it named."""
        standing = {label for label, group in self.groups.items() if not group.deleted}
        known = self.groups_of(person) | {who.label for who in self.named(person) if isinstance(who, Group)}
        if "group.manage" in self.rights(person):
            return known | standing
        return known | {label for label in standing if self.may_address(person, Group(label))}

    def knows(self, person: str, other: Principal) -> bool:
        """Tell whether somebody may know a person or group."""
        if isinstance(other, Group):
            return other.label in self.known_groups(person)
        return other in self.known_persons(person)

    def may_address(self, person: str, other: Principal) -> bool:
        """Tell whether somebody may address a person or group out of the blue."""
        internal = self.persons[person].internal
        if isinstance(other, Group):
            return self._has_teambox(other) and (internal or self.groups[other.label].open)
        if other == person or not self._active(other):
            return False
        near = other in self._companions(person) or other in self.named(person)
        return internal or (self.persons[other].internal and near)

    def _companions(self, person: str) -> set[str]:
        return {member for label in self.groups_of(person) for member in self.groups[label].members}

    def _has_teambox(self, group: Group) -> bool:
        state = self.groups.get(group.label)
        return state is not None and state.teambox and not state.deleted

    def _active(self, person: str) -> bool:
        return person in self.persons and self.persons[person].active

    # ---------------------------------------------------------------- what somebody is shown

    def view(self, person: str, talk: int) -> TalkView:
        """Show a talk as far as somebody sees its messages (V6, T1)."""
        seen = self._seen_talk(person, talk)
        state = self.talks[talk]
        participants = frozenset(row.principal for label in seen for row in self.messages[label].rows())
        initiator, counterpart = (
            side if side in participants else None for side in (state.initiator, state.counterpart)
        )
        return TalkView(state.subject, initiator, counterpart, participants, tuple(seen))

    def message(self, person: str, message: int, client_version: str | None = None) -> MessageView:
        """Show a message, to an old client program with `sent_for` as its sender (T6)."""
        seen = self._seen(person, message)
        sender, sent_for = seen.sender, seen.sent_for
        if self._older(client_version) and sent_for is not None:
            sender, sent_for = sent_for, None
        answers = seen.answers if seen.answers is not None and self.sees(person, seen.answers) else None
        return MessageView(sender, sent_for, frozenset(seen.to), frozenset(seen.observers), answers)

    def search(
        self,
        person: str,
        author: str | None = None,
        recipient: Principal | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[int]:
        """Find visible messages, newest first; an author has sent or been sent for; `until` is excluded."""
        self._acting(person)
        if any(who is not None and not self.knows(person, who) for who in (author, recipient)):
            raise Refused("not_found", "author or recipient")
        found = []
        for label in self.visible(person):
            message = self.messages[label]
            date = message.date or self.now
            if (
                (author is None or author in (message.sender, message.sent_for))
                and (recipient is None or recipient in message.to)
                and (since is None or since <= date)
                and (until is None or date < until)
            ):
                found.append(label)
        return found

    def reply_options(self, person: str, message: int, client_version: str | None = None) -> set[str]:
        """Give the senders that answering offers: those of the talk's messages the answerer sees (T3)."""
        talk = self._answerable(person, message).talk
        seen = self._seen_talk(person, talk)
        return {self.message(person, label, client_version).sender for label in seen} - {person}

    def explain(self, actor: str | None, message: int, person: str | None = None) -> set[Path]:
        """Give the paths by which somebody sees a message; about others only to auditors, system (V14)."""
        about = actor if person is None else person
        if actor is not None:
            self._acting(actor)
        exists = 0 <= message < len(self.messages)
        audits = actor is None or "sight.audit" in self.rights(actor)
        if about is None:
            raise Refused("invalid_input", "person")
        if not exists or not (audits or (actor is not None and self.sees(actor, message))):
            raise Refused("not_found", "message")
        if about not in self.persons or not (actor is None or self.knows(actor, about)):
            raise Refused("not_found", "person")
        if about != actor and not audits:
            raise Refused("forbidden", "sight.audit")
        paths = self.paths(about, message)
        return paths if actor is None else {self._told(actor, path) for path in paths}

    def audience(
        self,
        actor: str,
        *,
        to: Named | None = None,
        observers: Named = (),
        confidential: bool = False,
        message: int | None = None,
        drop_observers: Named = (),
        talk: int | None = None,
        with_history: bool = False,
    ) -> dict[Principal, Readers]:
        """Tell a writer who would read what they are about to send, or because of added observers (V16).

        Active readers only, by principal; the writer and who is sent for have entries of their own.
        """
        self._acting(actor)
        if talk is not None:
            self._observing_role(actor, talk)
            added = listed(observers)
            self._check_names(actor, added, answering=True)
            rows = [Row(who, "observer") for who in added]
        elif message is not None:
            draft = self._draft_reply(actor, message, to, observers, drop_observers, None)
            rows, confidential = list(draft.rows()), self._confidential(Item("message", message))
        else:
            rows = list(self._draft_start(actor, listed(to or ()), observers).rows())
        readers: dict[Principal, set[str]] = {}
        for row in rows:
            readers.setdefault(row.principal, set()).update(self._readers(row, confidential))
        known = self.known_persons(actor)
        return {who: Readers(frozenset(who_read & known), len(who_read - known)) for who, who_read in readers.items()}

    def preview(self, change: Change, *args: object, actor: str | None = None) -> dict[str, tuple[int, int]]:
        """Count the messages each active person would gain and lose by a change (V14)."""
        after = self._after(change, args, actor)
        differences = {}
        for person in self.persons:
            if self._active(person):
                old, new = set(self.visible(person)), set(after.visible(person))
                if old != new:
                    differences[person] = (len(new - old), len(old - new))
        return differences

    def warnings(self, change: Change, *args: object, actor: str | None = None) -> set[str]:
        """Give the groups that a change would make join externals of different organisations (V14)."""
        return self._after(change, args, actor).mixed_groups() - self.mixed_groups()

    def mixed_groups(self) -> set[str]:
        """Give the groups with external members of more than one organisation."""
        mixed = set()
        for label, group in self.groups.items():
            outside = [self.persons[member] for member in group.members if not self.persons[member].internal]
            if len({person.organisation for person in outside} - {None}) > 1:
                mixed.add(label)
        return mixed

    def _after(self, change: Change, args: tuple[object, ...], actor: str | None) -> World:
        after = copy.deepcopy(self)
        if change == "feature":
            self._manager(actor)
            after.feature(bool(args[0]))
        else:
            getattr(after, change)(*args, actor=actor)
        return after

    def _readers(self, row: Row, confidential: bool) -> set[str]:
        """Give the active persons who would see something by one involvement alone."""
        if isinstance(row.principal, Group):
            readers = self.groups[row.principal.label].members
        else:
            readers = {row.principal}
            if row.role in SHARED_ROLES and not confidential:
                readers |= {person for person in self.persons if self.shared(person, row.principal)}
        return {person for person in readers if self._active(person)}

    def _told(self, actor: str, path: Path) -> Path:
        """Replace by None whom the actor may not know."""
        known = self.known_groups(actor)
        principal = path.principal if path.principal and self.knows(actor, path.principal) else None
        return path._replace(
            principal=principal,
            sharing=frozenset(label if label in known else None for label in path.sharing),
        )

    def _older(self, client_version: str | None) -> bool:
        return client_version is not None and version(client_version) < version(self.sent_for_since)

    # ---------------------------------------------------------------- people, feature, rights: system alone

    def add_person(self, person: str, internal: bool = True, organisation: str | None = None) -> str:
        """Add a person."""
        if person in self.persons:
            raise Refused("invalid_input", "id")
        self.persons[person] = PersonState(internal, organisation)
        return person

    def change_person(self, person: str, internal: bool) -> None:
        """Make a person internal or external."""
        self._person(person).internal = internal

    def deactivate(self, person: str) -> None:
        """Deactivate a person, who stays a member (G7)."""
        self._person(person).active = False

    def activate(self, person: str) -> None:
        """Activate a person again."""
        self._person(person).active = True

    def feature(self, on: bool) -> None:
        """Switch SHARE_CASES on or off; ticked boxes stay ticked (G3)."""
        self.feature_on = on

    def set_rights(self, label: str, rights: Iterable[str]) -> None:
        """Give a main group its rights (G6)."""
        group = self._managed(None, label)
        given = frozenset(rights)
        self._check_rights(given, group.main)
        group.rights = given

    # ---------------------------------------------------------------- groups: system, or with group.manage

    def create_group(
        self,
        label: str,
        main: bool = False,
        shares_cases: bool = False,
        members: Iterable[str] = (),
        rights: Iterable[str] = (),
        teambox: bool = False,
        open: bool = False,
        key: str | None = None,
        actor: str | None = None,
    ) -> str:
        """Make a group with its members; only the system gives it rights (G4, G6)."""
        self._manager(actor)
        earlier = self._earlier("create_group", actor, key)
        if isinstance(earlier, str):
            return earlier
        assert label not in self.groups, "labels are the caller's to keep apart"
        group = GroupState(label, main, shares_cases, teambox, open, rights=frozenset(rights))
        newcomers = self._newcomers(actor, group, members)
        if actor is not None and group.rights:
            raise Refused("forbidden", "system")
        self._check_rights(group.rights, main)
        if open and not teambox:
            raise Refused("invalid_input", "open")
        if shares_cases and not self.feature_on:
            raise Refused("feature_unavailable", "SHARE_CASES")
        self._check_one_main(group, newcomers)
        group.members |= newcomers
        self.groups[label] = group
        self._keep("create_group", actor, key, label)
        return label

    def rename(self, label: str, name: str, actor: str | None = None) -> None:
        """Rename a group."""
        self._managed(actor, label).name = name

    def delete_group(self, label: str, move_to: str | None = None, actor: str | None = None) -> None:
        """Delete a group; what was addressed to it goes to `move_to` too, its name stays in old rows (G4)."""
        group = self._managed(actor, label)
        if move_to is not None:
            heir = self._managed(actor, move_to)
            if actor is not None and actor in heir.members:
                raise Refused("forbidden", "group.manage")
            if move_to == label or not heir.teambox:
                raise Refused("invalid_input", "move_to")
            self._move(Group(label), Group(move_to))
        group.members, group.rights, group.shares, group.deleted = set(), frozenset(), False, True

    def add_members(self, label: str, members: Iterable[str], actor: str | None = None) -> None:
        """Add persons to a group, all or none; who is in it already is left alone (G1)."""
        group = self._managed(actor, label)
        newcomers = self._newcomers(actor, group, members)
        self._check_one_main(group, newcomers)
        group.members |= newcomers

    def remove_members(self, label: str, members: Iterable[str], actor: str | None = None) -> None:
        """Take persons out of a group; who is not in it is left alone."""
        group = self._managed(actor, label)
        leaving = list(members)
        for person in leaving:
            self._person(person)
        group.members -= set(leaving)

    def move_main(self, person: str, label: str, actor: str | None = None) -> None:
        """Move a person to another main group in one step (G1)."""
        group = self._managed(actor, label)
        newcomers = self._newcomers(actor, group, [person])
        if not group.main:
            raise Refused("invalid_input", "group")
        if newcomers:
            for other in self.groups.values():
                if other.main:
                    other.members.discard(person)
            group.members.add(person)

    def share_cases(self, label: str, on: bool, actor: str | None = None) -> None:
        """Tick or untick a group's box (G3); ticking what is ticked does nothing."""
        group = self._managed(actor, label)
        if on and not group.shares:
            if actor is not None and actor in group.members:
                raise Refused("forbidden", "group.manage")
            if not self.feature_on:
                raise Refused("feature_unavailable", "SHARE_CASES")
        group.shares = on

    def _move(self, old: Group, new: Group) -> None:
        for message in self.messages:
            if old in message.to:
                message.to.add(new)
                message.observers.discard(new)
            elif old in message.observers and new not in message.to:
                message.observers.add(new)
            if old in message.standing:
                message.standing.add(new)
        for talk in self.talks:
            if talk.counterpart == old:
                talk.counterpart = new

    def _newcomers(self, actor: str | None, group: GroupState, members: Iterable[str]) -> set[str]:
        """Give who would newly enter a group, checked to exist and to be the actor's to put there (G6)."""
        wanted = list(members)
        for person in wanted:
            self._person(person)
        new = set(wanted) - group.members
        if actor is not None and new and (actor in new or group.rights - self.rights(actor)):
            raise Refused("forbidden", "group.manage")
        return new

    def _check_one_main(self, group: GroupState, newcomers: set[str]) -> None:
        placed = {member for other in self.groups.values() if other.main for member in other.members}
        if group.main and newcomers & placed:
            raise Refused("already_in_main_group", "members")

    def _check_rights(self, rights: frozenset[str], main: bool) -> None:
        if rights - RIGHTS or (rights and not main):
            raise Refused("invalid_input", "rights")

    def _manager(self, actor: str | None) -> None:
        if actor is not None:
            self._acting(actor)
            if "group.manage" not in self.rights(actor):
                raise Refused("forbidden", "group.manage")

    def _managed(self, actor: str | None, label: str) -> GroupState:
        """Give a group the actor may manage: unknown or deleted ones do not exist for them (V12)."""
        if actor is not None:
            self._acting(actor)
        group = self.groups.get(label)
        if group is None or group.deleted or not (actor is None or self.knows(actor, Group(label))):
            raise Refused("not_found", "group")
        self._manager(actor)
        return group

    # ---------------------------------------------------------------- talks

    def start(
        self,
        actor: str,
        to: Named,
        subject: str,
        text: str = "",
        observers: Named = (),
        asks_answer: bool = False,
        confidential: bool = False,
        comment: str = "",
        date: datetime | None = None,
        key: str | None = None,
        host_ref: str | None = None,
    ) -> int:
        """Start a talk with the first of `to` as its counterpart, and give the talk's label (T1)."""
        self._acting(actor)
        earlier = self._earlier("start", actor, key)
        if isinstance(earlier, int):
            return earlier
        recipients = listed(to)
        message = self._draft_start(actor, recipients, observers)
        self.talks.append(Talk(subject, actor, recipients[0], confidential))
        self._send(message, text, comment, asks_answer, date, host_ref)
        self._keep("start", actor, key, message.talk)
        return message.talk

    def reply(
        self,
        actor: str,
        message: int,
        text: str = "",
        to: Named | None = None,
        observers: Named = (),
        drop_observers: Named = (),
        sent_for: str | None = None,
        asks_answer: bool = False,
        comment: str = "",
        date: datetime | None = None,
        key: str | None = None,
        host_ref: str | None = None,
    ) -> int:
        """Answer a message, and give the answer's label (T1-T3, V7)."""
        self._acting(actor)
        earlier = self._earlier("reply", actor, key)
        if isinstance(earlier, int):
            return earlier
        answer = self._draft_reply(actor, message, to, observers, drop_observers, sent_for)
        label = self._send(answer, text, comment, asks_answer, date, host_ref)
        self._keep("reply", actor, key, label)
        return label

    def add_observer(self, actor: str, talk: int, who: Principal, with_history: bool = False) -> None:
        """Let somebody observe answers to come, with history also what the adder sees by V1, V2 (V7)."""
        self._acting(actor)
        seen = self._observing_role(actor, talk)
        self._check_names(actor, [who], answering=True)
        for label in seen:
            message = self.messages[label]
            message.standing.add(who)
            if with_history and self._own(actor, label) and who not in {row.principal for row in message.rows()}:
                message.observers.add(who)

    def remove_observer(self, actor: str, talk: int, who: Principal) -> None:
        """End somebody's observing for the messages that the remover sees (V7)."""
        self._acting(actor)
        seen = [self.messages[label] for label in self._observing_role(actor, talk)]
        watches = any(who in message.observers | message.standing for message in seen)
        if not watches and not self.knows(actor, who):
            raise Refused("not_found", "who")
        for message in seen:
            message.observers.discard(who)
            message.standing.discard(who)

    def hand_over(self, actor: str, talk: int, to: Principal) -> None:
        """Hand the giver's side of a talk over to a colleague or teambox (T1)."""
        self._acting(actor)
        seen = self._seen_talk(actor, talk)
        if not any(self.may("hand_over", actor, label) for label in seen):
            raise Refused("forbidden", "hand_over")
        self._check_names(actor, [to], answering=True)
        state = self.talks[talk]
        if to in (state.initiator, state.counterpart):
            raise Refused("invalid_input", "to")
        own = [self.messages[label] for label in seen if self._own(actor, label)]
        if state.initiator == actor:
            state.initiator = to
        elif state.counterpart == actor or state.counterpart in self._groups(actor):
            state.counterpart = to
        for message in own:
            if to not in (message.sender, message.sent_for):
                message.to.add(to)
                message.observers.discard(to)

    def _draft_start(self, actor: str, recipients: list[Principal], observers: Named) -> Message:
        """Give the first message of a talk to be, checked but not sent."""
        watchers = listed(observers)
        if not recipients:
            raise Refused("invalid_input", "to")
        self._check_names(actor, [*recipients, *watchers], answering=False)
        return Message(len(self.talks), actor, set(recipients), set(watchers) - set(recipients))

    def _draft_reply(
        self,
        actor: str,
        message: int,
        to: Named | None,
        observers: Named,
        drop_observers: Named,
        sent_for: str | None,
    ) -> Message:
        """Give the answer to a message, checked but not sent."""
        answered = self._answerable(actor, message)
        recipients = self._default_to(actor, answered) if to is None else set(listed(to))
        if not recipients:
            raise Refused("invalid_input", "to")
        watchers, dropped = listed(observers), listed(drop_observers)
        self._check_names(actor, [*(listed(to) if to is not None else ()), *watchers], answering=True)
        carried = {who for who in answered.observers | answered.standing if not self._deleted(who)}
        if any(who not in carried and not self.knows(actor, who) for who in dropped):
            raise Refused("not_found", "drop_observers")
        watching = (carried - set(dropped)) | set(watchers)
        return Message(
            answered.talk,
            actor,
            recipients,
            watching - recipients - {actor},
            sent_for=self._sent_for(actor, answered, recipients, sent_for),
            answers=message,
        )

    def _default_to(self, actor: str, answered: Message) -> set[Principal]:
        if answered.sender != actor:
            return {answered.sender}
        return {who for who in answered.to if not self._deleted(who)}

    def _sent_for(self, actor: str, answered: Message, recipients: set[Principal], wanted: str | None) -> str | None:
        """Give in whose place an answer is written (T2), never somebody it is addressed to."""
        colleagues = {who for who in answered.to if isinstance(who, str) and self.shared(actor, who)}
        if wanted is not None:
            if wanted not in colleagues - recipients:
                raise Refused("invalid_input", "sent_for")
            return wanted
        concerned = {answered.sender, answered.sent_for} | answered.to
        if concerned & {actor, *self._groups(actor)} or len(colleagues) != 1:
            return None
        (colleague,) = colleagues
        return None if colleague in recipients else colleague

    def _send(
        self,
        message: Message,
        text: str,
        comment: str,
        asks_answer: bool,
        date: datetime | None,
        host_ref: str | None,
    ) -> int:
        message.text, message.comment, message.asks_answer = text, comment, asks_answer
        message.date, message.host_ref = date or self.now, host_ref
        self.messages.append(message)
        self.talks[message.talk].messages.append(len(self.messages) - 1)
        return len(self.messages) - 1

    # ---------------------------------------------------------------- checks of talks

    def _check_names(self, actor: str, names: Iterable[Principal], answering: bool) -> None:
        """Check that a writer may name these: who answers also whoever is named on what they see (V17)."""
        for who in names:
            if who == actor:
                raise Refused("invalid_input", "self")
            if not self.knows(actor, who):
                raise Refused("not_found", "who")
            if isinstance(who, Group) and not self._has_teambox(who):
                raise Refused("forbidden", "address")
            if not (self.may_address(actor, who) or (answering and who in self.named(actor))):
                raise Refused("forbidden", "address")

    def _seen(self, person: str, message: int) -> Message:
        self._acting(person)
        if not 0 <= message < len(self.messages) or not self.sees(person, message):
            raise Refused("not_found", "message")
        return self.messages[message]

    def _seen_talk(self, person: str, talk: int) -> list[int]:
        """Give the messages of a talk that somebody sees, oldest first; none is no talk (V6, V12)."""
        self._acting(person)
        messages = self.talks[talk].messages if 0 <= talk < len(self.talks) else []
        seen = [label for label in messages if self.sees(person, label)]
        if not seen:
            raise Refused("not_found", "talk")
        return seen

    def _answerable(self, person: str, message: int) -> Message:
        seen = self._seen(person, message)
        if not self.may("answer", person, message):
            raise Refused("forbidden", "answer")
        return seen

    def _observing_role(self, person: str, talk: int) -> list[int]:
        seen = self._seen_talk(person, talk)
        if not any(self.may("observers", person, label) for label in seen):
            raise Refused("forbidden", "observers")
        return seen

    def _own(self, person: str, message: int) -> bool:
        """Tell whether somebody sees a message by V1 or V2, not only as a peer."""
        return any(path.relation != "peer" for path in self.paths(person, message))

    def _groups(self, person: str) -> set[Principal]:
        return {Group(label) for label in self.groups_of(person)}

    def _deleted(self, who: Principal) -> bool:
        return isinstance(who, Group) and self.groups[who.label].deleted

    # ---------------------------------------------------------------- actors and keys

    def _person(self, person: str) -> PersonState:
        if person not in self.persons:
            raise Refused("not_found", "person")
        return self.persons[person]

    def _acting(self, person: str) -> None:
        if not self._person(person).active:
            raise Refused("forbidden", "active")

    def _earlier(self, verb: str, actor: str | None, key: str | None) -> int | str | None:
        """Give what the same key made before, for the same actor and verb."""
        if key is None or (actor, key) not in self.keys:
            return None
        before, result = self.keys[actor, key]
        if before != verb:
            raise Refused("invalid_input", "key")
        return result

    def _keep(self, verb: str, actor: str | None, key: str | None, result: int | str) -> None:
        if key is not None:
            self.keys[actor, key] = (verb, result)

    # ---------------------------------------------------------------- other things: facts, unchecked

    def add_thing(
        self,
        kind: str,
        rows: Iterable[Row] = (),
        hangs: Iterable[Hanging] = (),
        answers: Item | None = None,
        confidential: bool = False,
    ) -> Item:
        """Note a thing, its involvement and hangings; an answer to something internal is internal (V9)."""
        item = Item(kind, len(self.things))
        internal = answers is not None and any(hanging.internal for hanging in self.things[answers].hangs)
        places = [hanging._replace(internal=hanging.internal or internal) for hanging in hangs]
        self.things[item] = Thing(list(rows), places, confidential)
        return item

    def hang(self, item: Item, on: Item, internal: bool = False, version: int | None = None) -> None:
        """Note that a thing hangs on another one as well."""
        self.things[item].hangs.append(Hanging(on, internal, version))

    def file(self, talk: int, case: Item) -> None:
        """Note that a talk is filed on a case, which shows nothing of it (V8) but lends it V15."""
        self.talks[talk].filed_on = case
