"""Pairs of worlds that differ only in what one person may not see, as the oracle certifies step by step.

Steps are made on both sides or on one. A step is kept only where the person's view of both worlds, as the law has
it, is the same before and after; so whatever stands on one side alone is hidden from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal, TypeAlias

from properties.proposals import VERBS, Choice, propose
from properties.public_calls import Id, Pool
from properties.scenes import CODE_STEPS, Half, Step
from world import Group as OracleGroup
from world import Item, Principal, Refused

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

Side: TypeAlias = Literal["both", "left", "right"]
Proposal: TypeAlias = tuple[Side, str, int]
"""A step to be tried: on which side, which verb, and what chooses the rest."""

_PREFIXES: Mapping[Side, str] = {"both": "", "left": "L", "right": "R"}

PERSONS: Mapping[str, bool] = {
    "ida": True,
    "ilse": True,
    "ingo": True,
    "ivan": True,
    "xara": False,
    "xeno": False,
    "xaver": False,
}
"""Who is there from the start, and whether they are internal."""


def view(half: Half, me: str) -> dict[str, Any]:
    """Give all that a person may see of a world, by the law: whatever they are told must follow from this."""
    world = half.world
    messages = {number: id for id, number in half.numbers.items() if id.kind == "message"}
    talks = {number: id for id, number in half.numbers.items() if id.kind == "talk"}
    known = world.known_persons(me)
    addressable = [who for who in world.persons if world.may_address(me, who)]
    seen = world.visible(me)
    return {
        "me": (world.persons[me], sorted(world.rights(me)), _since(half, me)),
        "persons": {
            who: (half.details[who]["name"], state, who in addressable, sorted(world.shared(me, who)))
            for who, state in world.persons.items()
            if who in known
        },
        "groups": {label: _group(half, me, label) for label in sorted(world.known_groups(me))},
        "messages": [(messages[label], _message(half, me, label, messages)) for label in seen],
        "talks": {
            talks[number]: (world.view(me, number)[:5], world.talks[number].confidential)
            for number in dict.fromkeys(world.messages[label].talk for label in seen)
            if world.active(me)
        },
        "teamboxes": sorted(
            (label, talks[talk], messages[box.since], box.answered, str(box.claimed_by), str(box.claimed_at))
            for (label, talk), box in world.boxes.items()
            if label in world.groups_of(me)
        ),
        "in use": {label: world.open_items(label) for label in world.groups if "group.manage" in world.rights(me)},
        "feature": world.feature_on if "group.manage" in world.rights(me) else None,
        "codes": world.dictionaries,
        "locks": _locks(half, me),
        "feed": _feed(half, me, messages, talks),
        "audience": _audiences(half, me, known, addressable),
    }


def _locks(half: Half, me: str) -> dict[str, Any]:
    """Give what somebody is shown of windows and locks, in each of their windows, and what keeps them from items."""
    world, names = half.world, {number: id for id, number in half.numbers.items() if id.kind == "window"}
    own = {names[label]: window for label, window in world.windows.items() if window.person == me}
    items = {item for item, _ in world.holds}
    return {
        "windows": {name: (window.folder, window.since, _name(half, window.item)) for name, window in own.items()},
        "pictures": {
            name: [[(_name(half, one.item), *one[1:]) for one in part] for part in half.world.picture(me, label)[:2]]
            for label, name in names.items()
            if name in own and world.active(me)
        },
        "holds": {
            str(_name(half, item)): (names[hold.window], hold.token, hold.since)
            for (item, who), hold in world.holds.items()
            if who == me
        },
        "lost": {str(_name(half, item)): lost for (item, who), lost in world.lost.items() if who == me},
        "in the way": {
            str(_name(half, item)): _held(half, me, item, holder)
            for item in items
            if (holder := world.blocking(me, item)) is not None
        },
    }


def _name(half: Half, item: Item | None) -> Any:
    if item is None or item.kind != "talk":
        return item
    return next(id for id, number in half.numbers.items() if id.kind == "talk" and number == item.label)


def _held(half: Half, me: str, item: Item, holder: str) -> Any:
    return holder if half.world.knows(me, holder) else "somebody", half.world.holds[item, holder].since


def _feed(half: Half, me: str, messages: Mapping[int, Id], talks: Mapping[int, Id]) -> list[Any]:
    """Give every event that somebody might be told of, now."""
    world, told, of_locks = half.world, [], iter(half.world.of_locks)
    manages = "group.manage" in world.rights(me)
    for kind, about in world.events:
        if isinstance(about, Item):
            _, item, holder, asker = next(of_locks)
            near = me in (holder, asker) if kind == "lock.asked" else world.is_told(me, holder, item)
            told += [(kind, _name(half, item))] if near else []
        elif isinstance(about, OracleGroup):
            told += [(kind, about.label)] if manages or me in world.groups[about.label].members else []
        elif isinstance(about, str):
            told += [(kind, about)] if manages or about == me else []
        elif about is None:
            told += [(kind, None)] if kind.startswith("dictionary") else []
        elif world.sees(me, about) and _concerns(half, me, kind, about):
            told.append((kind, messages[about]))
    return told


def _concerns(half: Half, me: str, kind: str, message: int) -> bool:
    """Tell whether an event of a message somebody sees is for them: dismissals are for who asked."""
    said = half.world.messages[message]
    return kind != "message.dismissed" or me in (said.sender, said.sent_for)


def _since(half: Half, me: str) -> dict[str, Any]:
    """Give since when somebody is in their groups, and shares there: what came before is not unread (T5)."""
    world, since = half.world, half.world.since
    begun = since.get(()) if world.feature_on else None
    return {
        label: (
            since[label, me],
            {who: since[label, who] for who in world.groups[label].members} if world.groups[label].shares else None,
            (since[label,], begun) if world.groups[label].shares else None,
        )
        for label in sorted(world.groups_of(me))
    }


def _audiences(half: Half, me: str, known: set[str], addressable: list[str]) -> dict[Principal, Any]:
    """Give which active persons whom somebody knows would read what they write to another, and by which groups (V16).

    Groups they do not know are one: that there is such a group is told, not how many.
    """
    world = half.world
    named, groups = world.named(me), world.known_groups(me)
    readers = [person for person in known if world.active(person)]
    found: dict[Principal, Any] = {}
    for who in dict.fromkeys([*addressable, *(who for who in named if isinstance(who, str))]):
        through = {person: world.shared(person, who) for person in readers}
        found[who] = {
            one: sorted({label if label in groups else "" for label in by}) for one, by in through.items() if by
        }
    for label, group in world.groups.items():
        if OracleGroup(label) in named or world.may_address(me, OracleGroup(label)):
            found[OracleGroup(label)] = sorted(group.members & set(readers))
    return found


def _group(half: Half, me: str, label: str) -> tuple[Any, ...]:
    world, group = half.world, half.world.groups[label]
    shown = (group.name, group.main, group.teambox, group.open, group.deleted, half.details[label]["host_ref"])
    if me in group.members or "group.manage" in world.rights(me):
        return (*shown, group.shares, sorted(group.rights), sorted(group.members))
    return shown


def _message(half: Half, me: str, label: int, names: Mapping[int, Id]) -> tuple[Any, ...]:
    world, message = half.world, half.world.messages[label]
    answers = message.answers if message.answers is not None and world.sees(me, message.answers) else None
    return (
        sorted(map(str, message.rows())),
        sorted(map(str, message.standing)),
        sorted(map(str, world.paths(me, label))),
        names[answers] if answers is not None else None,
        (message.text, message.comment, message.asks_answer, message.date, message.host_ref),
        (world.read_view(me, label), world.must_answer(me, label)),
        (message.type, sorted(message.data.items())),
    )


@dataclass
class Twins:
    """A certified pair of worlds, and the steps that lead there.

    Attributes:
        me: from whom the differences are hidden.
        left: one world; `right` the other.
        steps: what was done, on which side, in order.
    """

    me: str
    left: Half = field(default_factory=Half)
    right: Half = field(default_factory=Half)
    steps: list[tuple[Side, Step]] = field(default_factory=list)

    def halves(self, side: Side) -> dict[str, Half]:
        """Give the worlds of a side."""
        both = {"left": self.left, "right": self.right}
        return both if side == "both" else {side: both[side]}

    def try_step(self, side: Side, step: Step) -> bool:
        """Make a step if the law allows it and the person sees the same worlds after it."""
        before = self.left, self.right
        self.left, self.right = self.left.copy(), self.right.copy()
        for half in (self.left, self.right):
            half.world.now = _BEGIN + timedelta(seconds=len(self.steps))
        outcomes = [_outcome(half, step.on(name)) for name, half in self.halves(side).items()]
        if step.actor == self.me:
            assert len(set(outcomes)) == 1, f"the law itself interferes: {outcomes} of {step} in\n{self}"
        kept = outcomes == [None] * len(outcomes) and (
            self.me not in self.left.world.persons or view(self.left, self.me) == view(self.right, self.me)
        )
        if not kept or step.rolled_back:
            self.left, self.right = before
        if kept:
            self.steps.append((side, step))
        return kept

    @property
    def hidden(self) -> list[Step]:
        """Give the steps made on one side alone."""
        return [step for side, step in self.steps if side != "both"]

    def pool(self, rng: Random) -> Pool:
        """Give what the person can think of: all of both worlds, what never was, and what is elsewhere."""

        def every(kind: str) -> tuple[Id, ...]:
            there = dict.fromkeys([*self.left.named(kind), *self.right.named(kind)])
            return *there, Id(kind, "never"), Id(kind, "elsewhere")

        persons = dict.fromkeys([*self.left.world.persons, *self.right.world.persons, "nobody"])
        messages = every("message")
        audits = "sight.audit" in self.left.world.rights(self.me)
        seen = [id for id in self.left.named("message") if self.left.world.sees(self.me, self.left.numbers[id])]
        explained = (*seen, *messages[-2:]) if audits else messages
        asked = (self.me, "nobody") if audits else tuple(persons)
        return Pool(
            self.me,
            tuple(persons),
            messages,
            every("talk"),
            every("group"),
            explained,
            asked,
            every("window"),
            rng,
        )

    def windows(self) -> list[Id]:
        """Give the person's windows that are open."""
        world, numbers = self.left.world, self.left.numbers
        return [
            id
            for id in self.left.named("window")
            if numbers[id] in world.windows and world.windows[numbers[id]].person == self.me
        ]

    def __str__(self) -> str:
        return "\n".join([f"seen by {self.me}:", *(f"  {side:5} {step}" for side, step in self.steps)])


def _outcome(half: Half, step: Step) -> tuple[object, ...] | None:
    try:
        half.do(step)
    except Refused as refused:
        return refused.args
    return None


def grow(me: str, seed: int, proposals: list[Proposal]) -> Twins:
    """Build a pair for a person: a beginning that both worlds share, then whatever can be made of the proposals."""
    twins, rng = Twins(me), Random(seed)
    for step in _beginning(rng):
        twins.try_step("both", step)
    for number, (side, verb, choice) in enumerate(proposals):
        halves = list(twins.halves(side).values())
        made = propose(Choice(me, halves, number, _PREFIXES[side], Random(choice)), verb)
        if made is not None:
            twins.try_step(side, made)
    return twins


def proposals(seed: int, most: int) -> list[Proposal]:
    """Give proposals where hypothesis does not choose them."""
    rng = Random(seed)
    sides: tuple[Side, ...] = ("both", "both", "left", "right")
    return [(rng.choice(sides), rng.choice(VERBS), rng.getrandbits(32)) for _ in range(most)]


def _beginning(rng: Random) -> list[Step]:
    """Give the set-up: seven persons, five groups with chance members, sometimes with rights, mostly sharing."""
    houses = {who: None if internal else who[:2].upper() for who, internal in PERSONS.items()}
    steps = [
        Step("add_person", None, {"id": who, "internal": internal, "organisation": houses[who]})
        for who, internal in PERSONS.items()
    ]
    steps += CODE_STEPS
    if rng.random() < 0.85:
        steps.append(Step("feature", None, {"on": True}))

    def group(label: str, **given: Any) -> None:
        members = [who for who in PERSONS if rng.random() < 0.4]
        if given.get("main"):
            members = [who for who in members if who not in placed]
            placed.update(members)
        steps.append(Step("create_group", None, {"name": label, "members": members, **given}, label))

    placed: set[str] = set()
    rights = rng.choice([[], [], ["group.manage"], ["sight.audit"]])
    group("Haus", main=True, shares_cases=rng.random() < 0.7, rights=rights)
    group("Kunde", main=True, shares_cases=rng.random() < 0.7, teambox=rng.random() < 0.5)
    group("Plus", shares_cases=True)
    group("Box", teambox=True, open=rng.random() < 0.5)
    group("Still")
    return steps
