"""The oracle's state and rule: who sees, knows and may address whom, over plain sets and dicts (see `world`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias

Code = Literal[
    "not_found",
    "forbidden",
    "invalid_input",
    "already_in_main_group",
    "feature_unavailable",
    "already_claimed",
    "group_in_use",
    "answer_required",
    "unknown_code",
    "item_locked",
    "stale_lock",
    "window_gone",
]
Act = Literal["see", "answer", "observers", "file", "hand_over"]

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
Event: TypeAlias = tuple[str, "Principal | int | Item | None"]
"""What happened: the kind, and the person, group, message or locked item it is about, None for the whole portfolio."""


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
    """A message; who is `standing` for it is carried as observer by answers to it, and by answers to those (V7)."""

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
    type: str | None = None
    data: dict[str, str] = field(default_factory=dict)

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


class Rule:
    """One portfolio: its state, and what the rule gives for it; `events` are kinds with what they are about."""

    def __init__(self, sent_for_since: str = "4.8.0.64470") -> None:
        self.sent_for_since = sent_for_since
        self.feature_on = False
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.persons: dict[str, PersonState] = {}
        self.groups: dict[str, GroupState] = {}
        self.talks: list[Talk] = []
        self.messages: list[Message] = []
        self.things: dict[Item, Thing] = {}
        self.dictionaries: dict[str, dict[str, tuple[datetime | None, datetime | None]]] = {}
        self.keys: dict[tuple[str | None, str], tuple[str, int | str]] = {}
        self.events: list[Event] = []
        self.since: dict[tuple[str, ...], datetime] = {}
        """When a membership (group, person), a box (group) or the feature () began."""

    # ---------------------------------------------------------------- who belongs with whom

    def groups_of(self, person: str) -> set[str]:
        """Give the groups somebody is in, now."""
        return {label for label, group in self.groups.items() if person in group.members}

    def rights(self, person: str) -> frozenset[str]:
        """Give somebody's rights: those of their main group alone (G2)."""
        mains = [self.groups[label] for label in self.groups_of(person) if self.groups[label].main]
        return mains[0].rights if mains else frozenset()

    def active(self, person: str) -> bool:
        """Tell whether there is such a person, and they may act (G7)."""
        return person in self.persons and self.persons[person].active

    def shared(self, viewer: str, person: str) -> frozenset[str]:
        """Give the groups by which an active viewer is a peer of somebody (V3)."""
        if viewer == person or not self.active(viewer) or not self.feature_on:
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
            elif self.extends(Item("message", message), Row(who, role)) and self.shared(person, who):
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
        if act != "see" and not self.active(person):
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
        peer = self.extends(item, row) and bool(self.shared(person, row.principal))
        return row.principal == person or peer

    def extends(self, item: Item, row: Row) -> bool:
        """Tell whether sharing reaches on from an involvement: never from a group or a reader, nor V15."""
        person = isinstance(row.principal, str)
        return person and row.extends and row.role in SHARED_ROLES and not self.confidential(item)

    def confidential(self, item: Item) -> bool:
        """Tell whether a thing is confidential itself or by what it hangs or is filed on (V15)."""
        if item.kind == "message":
            talk = self.talks[self.messages[item.label].talk]
            return talk.confidential or (talk.filed_on is not None and self.confidential(talk.filed_on))
        thing = self.things[item]
        return thing.confidential or any(self.confidential(hanging.on) for hanging in thing.hangs)

    # ---------------------------------------------------------------- who may be known and addressed (V17)

    def named(self, person: str) -> set[Principal]:
        """Give whoever is named on something somebody sees, those standing for it included."""
        seen = [self.messages[label] for label in self.visible(person)]
        things = [thing for item, thing in self.things.items() if self.sees_thing(person, item)]
        involved: set[Principal] = {row.principal for one in seen for row in one.rows()}
        return involved.union(*(one.standing for one in seen), *({row.principal for row in one.rows} for one in things))

    def known_persons(self, person: str) -> set[str]:
        """Give the persons somebody may know."""
        if "group.manage" in self.rights(person):
            return set(self.persons)
        known = {person} | self._companions(person) | {who for who in self.named(person) if isinstance(who, str)}
        if self.persons[person].internal:
            known |= {other for other in self.persons if self.active(other)}
        return known

    def known_groups(self, person: str) -> set[str]:
        """Give the groups somebody may know; deleted ones to `group.manage`, and where they see one named."""
        if "group.manage" in self.rights(person):
            return set(self.groups)
        known = self.groups_of(person) | {who.label for who in self.named(person) if isinstance(who, Group)}
        return known | {label for label in self.groups if self.may_address(person, Group(label))}

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
        if other == person or not self.active(other):
            return False
        near = other in self._companions(person) or other in self.named(person)
        return internal or (self.persons[other].internal and near)

    def _companions(self, person: str) -> set[str]:
        return {member for label in self.groups_of(person) for member in self.groups[label].members}

    def _has_teambox(self, group: Group) -> bool:
        state = self.groups.get(group.label)
        return state is not None and state.teambox and not state.deleted

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
