"""Pairs of worlds that differ only in what one person may not see, as the oracle certifies step by step.

Steps are made on both sides or on one. A step is kept only where the person's view of both worlds, as the law has
it, is the same before and after; so whatever stands on one side alone is hidden from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, TypeAlias

from properties.public_calls import Id, Pool, Ref
from properties.scenes import Either, Half, Step
from world import Group as OracleGroup
from world import Principal, Refused

Side: TypeAlias = Literal["both", "left", "right"]
Proposal: TypeAlias = tuple[Side, str, int]
"""A step to be tried: on which side, which verb, and what chooses the rest."""

VERBS: tuple[str, ...] = (
    *("start",) * 12,
    *("reply",) * 20,
    *("reply_apart",) * 4,
    *("add_observer",) * 4,
    "remove_observer",
    *("hand_over",) * 2,
    *("create_group",) * 2,
    *("add_members",) * 3,
    *("remove_members",) * 2,
    "move_main",
    *("share_cases",) * 2,
    "rename",
    "delete_group",
    "set_rights",
    "feature",
    "deactivate",
    "activate",
    *("add_person",) * 2,
    *("change_person",) * 2,
)

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
        "me": (world.persons[me], sorted(world.rights(me))),
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
        "feature": world.feature_on if "group.manage" in world.rights(me) else None,
        "audience": _audiences(half, me, known, addressable),
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
        found[who] = {one: sorted({label if label in groups else "" for label in by}) for one, by in through.items() if by}
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
        seen = [id for id, number in self.left.numbers.items() if id in messages and self.left.world.sees(self.me, number)]
        explained = (*seen, *messages[-2:]) if audits else messages
        asked = (self.me, "nobody") if audits else tuple(persons)
        return Pool(self.me, tuple(persons), messages, every("talk"), every("group"), explained, asked, rng)

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
        made = _propose(twins, side, verb, number, Random(choice))
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
    steps = [
        Step("add_person", None, {"id": who, "internal": internal, "organisation": None if internal else who[:2].upper()})
        for who, internal in PERSONS.items()
    ]
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


# -------------------------------------------------------------------- making steps of proposals


@dataclass
class _Choice:
    """What a step can be made of: what there is on every side it is made on."""

    me: str
    halves: list[Half]
    number: int
    prefix: str
    rng: Random

    @property
    def made(self) -> str:
        return f"{self.prefix}{self.number}"

    def persons(self) -> list[str]:
        return [who for who in self.halves[0].world.persons if all(who in half.world.persons for half in self.halves)]

    def active(self, person: str) -> bool:
        return self.halves[0].world.active(person)

    def named(self, kind: str) -> list[Id]:
        return [id for id in self.halves[0].named(kind) if all(id in half.named(kind) for half in self.halves)]

    def one(self, things: list[Any]) -> Any:
        return self.rng.choice(things) if things else None

    def anybody(self) -> Any:
        boxes = [Ref(id) for id in self.named("group") if self.halves[0].world.groups[id.name].teambox]
        return self.one([*self.persons(), *self.persons(), *boxes])

    def writer(self, message: Id) -> str | None:
        """Give somebody who may answer a message, rather somebody who sees it by sharing."""
        world = self.halves[0].world
        return self.one([who for who in self.persons() if world.may("answer", who, self.halves[0].numbers[message])])

    def party(self, talk: Id) -> str | None:
        """Give somebody who sees something of a talk."""
        half = self.halves[0]
        messages = half.world.talks[half.numbers[talk]].messages
        return self.one([who for who in self.persons() if any(half.world.sees(who, label) for label in messages)])

    def addressee(self, actor: str) -> Any:
        """Give somebody to write to, mostly somebody whom the writer may address."""
        world = self.halves[0].world
        fit = [who for who in self.persons() if world.may_address(actor, who)]
        fit += [Ref(id) for id in self.named("group") if world.may_address(actor, OracleGroup(id.name))]
        return self.anybody() if self.rng.random() < 0.1 or not fit else self.one(fit)


def _propose(twins: Twins, side: Side, verb: str, number: int, rng: Random) -> Step | None:
    prefix = {"both": "", "left": "L", "right": "R"}[side]
    choice = _Choice(twins.me, list(twins.halves(side).values()), number, prefix, rng)
    given = _GIVEN[verb](choice)
    verb = "reply" if verb == "reply_apart" else verb
    if given is None or any(value is None for name, value in given.items() if name not in ("to", "host_ref")):
        return None
    actor = given.pop("actor", None)
    if actor == twins.me and side != "both":
        return None
    made = choice.made if verb in ("start", "reply", "create_group") else ""
    return Step(verb, actor, given, made, rolled_back=side != "both" and rng.random() < 0.1)


def _start(choice: _Choice) -> dict[str, Any]:
    actor = choice.one(choice.persons())
    given: dict[str, Any] = {"actor": actor, "to": [choice.addressee(actor)]}
    given |= {"subject": f"Thema {choice.made}", "text": f"Text {choice.made}"}
    if choice.rng.random() < 0.3:
        given["observers"] = [choice.addressee(actor)]
    if choice.rng.random() < 0.2:
        given["confidential"] = True
    return given


def _reply(choice: _Choice) -> dict[str, Any] | None:
    message = choice.one(choice.named("message"))
    if message is None:
        return None
    given: dict[str, Any] = {"actor": choice.writer(message), "message": message, "text": f"Text {choice.made}"}
    if choice.rng.random() < 0.5:
        given["to"] = [choice.anybody()]
    if choice.rng.random() < 0.2:
        given["observers"] = [choice.anybody()]
    return given


def _reply_apart(choice: _Choice) -> dict[str, Any] | None:
    """Let a message that both worlds hold answer another one in each."""
    if len(choice.halves) == 1:
        return None
    left, right = choice.halves
    pairs = [
        Either(one, other)
        for one in left.named("message")
        for other in right.named("message")
        if one not in right.numbers and other not in left.numbers and left.talk_of(one) == right.talk_of(other)
    ]
    messages = choice.one(pairs)
    actor = choice.writer(messages.left) if messages else None
    given = {"actor": actor, "message": messages, "text": f"Text {choice.made}"}
    return {**given, "to": [choice.me if choice.rng.random() < 0.7 else choice.addressee(actor)]} if actor else None


def _on_talk(role: str) -> Callable[[_Choice], dict[str, Any] | None]:
    def given(choice: _Choice) -> dict[str, Any] | None:
        talk = choice.one(choice.named("talk"))
        if talk is None:
            return None
        found = {"actor": choice.party(talk), "talk": talk, role: choice.anybody()}
        return found

    return given


def _add_observer(choice: _Choice) -> dict[str, Any] | None:
    given = _on_talk("who")(choice)
    return given and {**given, "with_history": choice.rng.random() < 0.5}


def _create_group(choice: _Choice) -> dict[str, Any]:
    members = choice.rng.sample(choice.persons(), 2)
    teambox = choice.rng.random() < 0.4
    return {
        "name": f"Gruppe {choice.made}",
        "main": choice.rng.random() < 0.3,
        "shares_cases": choice.rng.random() < 0.6,
        "members": members,
        "teambox": teambox,
        "open": teambox and choice.rng.random() < 0.5,
        "host_ref": choice.one([None, f"ref {choice.made}"]),
    }


def _of_group(**more: Callable[[_Choice], Any]) -> Callable[[_Choice], dict[str, Any] | None]:
    def given(choice: _Choice) -> dict[str, Any] | None:
        group = choice.one(choice.named("group"))
        return group and {"id": group, **{name: make(choice) for name, make in more.items()}}

    return given


def _a_person(choice: _Choice) -> list[str]:
    return [choice.one(choice.persons())]


def _delete(choice: _Choice) -> dict[str, Any] | None:
    given = _of_group()(choice)
    heir = choice.one(choice.named("group"))
    return given if choice.rng.random() < 0.5 or not given else {**given, "move_to": heir}


def _new_person(choice: _Choice) -> dict[str, Any]:
    internal = choice.rng.random() < 0.3
    given = {"id": f"neu-{choice.made}", "internal": internal, "active": not internal, "name": f"Name {choice.made}"}
    return {**given, "email": f"{choice.made}@example.test", "organisation": f"O{choice.number}"}


def _changed_person(choice: _Choice) -> dict[str, Any]:
    fields = {"name": "Name", "email": "e@example.test", "organisation": "Org", "host_ref": "Ref"}
    name = choice.one(sorted(fields))
    return {"id": choice.one(choice.persons()), name: f"{choice.made}{fields[name]}"}


_GIVEN: Mapping[str, Callable[[_Choice], dict[str, Any] | None]] = {
    "start": _start,
    "reply": _reply,
    "reply_apart": _reply_apart,
    "add_observer": _add_observer,
    "remove_observer": _on_talk("who"),
    "hand_over": _on_talk("to"),
    "create_group": _create_group,
    "add_members": _of_group(members=_a_person),
    "remove_members": _of_group(members=_a_person),
    "move_main": lambda choice: {"person": choice.one(choice.persons()), "id": choice.one(choice.named("group"))},
    "share_cases": _of_group(on=lambda choice: choice.rng.random() < 0.6),
    "rename": _of_group(name=lambda choice: f"Name {choice.made}"),
    "delete_group": _delete,
    "set_rights": _of_group(rights=lambda choice: choice.one([[], ["case.create"], ["group.manage"]])),
    "feature": lambda choice: {"on": choice.rng.random() < 0.7},
    "deactivate": lambda choice: {"id": choice.one(choice.persons())},
    "activate": lambda choice: {"id": choice.one([who for who in choice.persons() if not choice.active(who)])},
    "add_person": _new_person,
    "change_person": _changed_person,
}
