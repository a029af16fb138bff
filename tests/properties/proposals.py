"""Making steps of proposals: which verb, by whom, about what, chosen among what there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from collabcase import ItemRef
from properties.public_calls import DATA, TYPE, Id, Ref
from properties.scenes import Either, Half, Step
from properties.window_scenes import WINDOW_VERBS
from world import TYPES
from world import Group as OracleGroup

POLICIES = (ItemRef("policy", "1"), ItemRef("policy", "2"))
"""Things of the host's own, which are clicked, too."""

VERBS: tuple[str, ...] = (
    *("start",) * 12,
    *("reply",) * 20,
    *("reply_apart",) * 4,
    *("add_observer",) * 4,
    "remove_observer",
    *("hand_over",) * 2,
    *("mark_read",) * 2,
    *("dismiss",) * 4,
    "waive",
    *("claim",) * 4,
    *("put_back",) * 2,
    *("open_window",) * 6,
    *("focus",) * 14,
    *("blur",) * 2,
    "close_window",
    "release_all",
    *("ask_for",) * 3,
    *("force",) * 3,
    *("create_group",) * 2,
    *("add_members",) * 3,
    *("remove_members",) * 2,
    "move_main",
    *("share_cases",) * 2,
    "rename",
    "delete_group",
    "set_rights",
    "feature",
    "define",
    "deactivate",
    *("activate",) * 2,
    *("add_person",) * 2,
    *("change_person",) * 2,
)


@dataclass
class Choice:
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
        number = self.halves[0].numbers[message]
        writers: list[str | None] = [who for who in self.persons() if world.may("answer", who, number)]
        return self.rng.choice(writers or [None])

    def party(self, talk: Id) -> str | None:
        """Give somebody who sees something of a talk."""
        half = self.halves[0]
        messages = half.world.talks[half.numbers[talk]].messages
        seers: list[str | None] = [
            who for who in self.persons() if any(half.world.sees(who, label) for label in messages)
        ]
        return self.rng.choice(seers or [None])

    def addressee(self, actor: str) -> Any:
        """Give somebody to write to, mostly somebody whom the writer may address."""
        world = self.halves[0].world
        fit: list[Any] = [who for who in self.persons() if world.may_address(actor, who)]
        fit += [Ref(id) for id in self.named("group") if world.may_address(actor, OracleGroup(id.name))]
        return self.anybody() if self.rng.random() < 0.1 or not fit else self.one(fit)


def propose(choice: Choice, verb: str) -> Step | None:
    """Make a step with a verb, None where there is nothing to make it of."""
    given = _GIVEN[verb](choice)
    verb = "reply" if verb == "reply_apart" else verb
    if given is None or any(value is None for name, value in given.items() if name not in ("to", "host_ref")):
        return None
    actor = given.pop("actor", None)
    if actor == choice.me and choice.prefix:
        return None
    made = choice.made if verb in ("start", "reply", "create_group", "open_window") else ""
    undone = bool(choice.prefix) and choice.rng.random() < 0.1 and verb not in ("open_window", *WINDOW_VERBS)
    return Step(verb, actor, given, made, rolled_back=undone)


def _start(choice: Choice) -> dict[str, Any]:
    actor = choice.one(choice.persons())
    given: dict[str, Any] = {"actor": actor, "to": [choice.addressee(actor)]}
    given |= {"subject": f"Thema {choice.made}", "text": f"Text {choice.made}"}
    if choice.rng.random() < 0.3:
        given["observers"] = [choice.addressee(actor)]
    if choice.rng.random() < 0.2:
        given["confidential"] = True
    if choice.rng.random() < 0.4:
        given["asks_answer"] = True
    return given | _codes(choice)


def _codes(choice: Choice) -> dict[str, Any]:
    """Let a message carry codes that are valid, now and then."""
    valid = [name for name, code in {TYPES: TYPE, **DATA}.items() if code in choice.halves[0].world.valid(name)]
    if not valid or choice.rng.random() < 0.6:
        return {}
    type = {"type": TYPE} if TYPES in valid else {}
    return type | {"data": {name: DATA[name] for name in valid if name != TYPES}}


def _define(choice: Choice) -> dict[str, Any]:
    """Define a few codes anew, mostly leaving out some that messages may carry."""
    name = choice.one([TYPES, *DATA])
    return {"name": name, "codes": {code: (None, None) for code in (TYPE, *DATA.values()) if choice.rng.random() < 0.5}}


def _reply(choice: Choice) -> dict[str, Any] | None:
    message = choice.one(choice.named("message"))
    if message is None:
        return None
    given: dict[str, Any] = {"actor": choice.writer(message), "message": message, "text": f"Text {choice.made}"}
    if choice.rng.random() < 0.5:
        given["to"] = [choice.anybody()]
    if choice.rng.random() < 0.2:
        given["observers"] = [choice.anybody()]
    return given | _codes(choice)


def _reply_apart(choice: Choice) -> dict[str, Any] | None:
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


def _on_talk(role: str) -> Callable[[Choice], dict[str, Any] | None]:
    def given(choice: Choice) -> dict[str, Any] | None:
        talk = choice.one(choice.named("talk"))
        if talk is None:
            return None
        return {"actor": choice.party(talk), "talk": talk, role: choice.anybody()}

    return given


def _of_teambox(taken: bool) -> Callable[[Choice], dict[str, Any] | None]:
    def given(choice: Choice) -> dict[str, Any] | None:
        world, talks = choice.halves[0].world, choice.named("talk")
        held = [key for key, box in world.boxes.items() if (box.claimed_by is not None) == taken]
        place = choice.one(sorted(held))
        if place is None:
            return None
        talk = next((id for id in talks if choice.halves[0].numbers[id] == place[1]), None)
        actor = world.boxes[place].claimed_by if taken else choice.one(sorted(world.groups[place[0]].members))
        return {"actor": actor, "label": Id("group", place[0]), "talk": talk}

    return given


def _window(choice: Choice) -> Id | None:
    """Choose an open window: rather of somebody who has been at work."""
    windows = [
        id for id in choice.named("window") if all(half.numbers[id] in half.world.windows for half in choice.halves)
    ]
    return choice.one([id for id in windows if not choice.prefix or _person_of(choice, id) != choice.me])


def _person_of(choice: Choice, window: Id) -> str:
    half = choice.halves[0]
    return half.world.windows[half.numbers[window]].person


def _open_window(choice: Choice) -> dict[str, Any]:
    return {"actor": choice.one(choice.persons())}


def _of_window(choice: Choice) -> dict[str, Any] | None:
    window = _window(choice)
    return window and {"actor": _person_of(choice, window), "window": window}


def _on_item(**more: str) -> Callable[[Choice], dict[str, Any] | None]:
    """Click something: mostly a talk in which the window's person may answer, now and then a thing of the host's."""

    def given(choice: Choice) -> dict[str, Any] | None:
        made, half = _of_window(choice), choice.halves[0]
        if made is None:
            return None
        talks = [id for id in choice.named("talk") if half.world.seats(made["actor"], half.numbers[id])]
        item = choice.one([*talks, *talks, *talks, *POLICIES])
        return {**made, "item": item, **more}

    return given


def _add_observer(choice: Choice) -> dict[str, Any] | None:
    given = _on_talk("who")(choice)
    return given and {**given, "with_history": choice.rng.random() < 0.5}


def _mark_read(choice: Choice) -> dict[str, Any] | None:
    half, message = choice.halves[0], choice.one(choice.named("message"))
    readers = [who for who in choice.persons() if message and half.world.sees(who, half.numbers[message])]
    return {"actor": choice.one(readers), "messages": [message]} if readers else None


def _question(choice: Choice) -> tuple[Id, int] | None:
    half = choice.halves[0]
    asked = [id for id in choice.named("message") if half.world.messages[half.numbers[id]].asks_answer]
    question = choice.one(asked)
    return (question, half.numbers[question]) if question else None


def _dismiss(choice: Choice) -> dict[str, Any] | None:
    """Let somebody dismiss a question; where it is to stay hidden, rather one that the person sees and did not ask."""
    half, me = choice.halves[0], choice.me
    world, numbers = half.world, half.numbers
    pairs = [
        (who, id) for id in choice.named("message") for who in choice.persons() if world.must_answer(who, numbers[id])
    ]
    fit = [
        (who, id)
        for who, id in pairs
        if who != me and world.sees(me, numbers[id]) and world.messages[numbers[id]].sender != me
    ]
    made = choice.one((choice.prefix and fit) or pairs)
    return made and {"actor": made[0], "message": made[1], "reason": f"Grund {choice.made}"}


def _waive(choice: Choice) -> dict[str, Any] | None:
    found, world = _question(choice), choice.halves[0].world
    return {"actor": world.messages[found[1]].sender, "message": found[0]} if found else None


def _create_group(choice: Choice) -> dict[str, Any]:
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


def _of_group(**more: Callable[[Choice], Any]) -> Callable[[Choice], dict[str, Any] | None]:
    def given(choice: Choice) -> dict[str, Any] | None:
        group = choice.one(choice.named("group"))
        return group and {"id": group, **{name: make(choice) for name, make in more.items()}}

    return given


def _a_person(choice: Choice) -> list[str]:
    return [choice.one(choice.persons())]


def _delete(choice: Choice) -> dict[str, Any] | None:
    given = _of_group()(choice)
    heir = choice.one(choice.named("group"))
    return given if choice.rng.random() < 0.5 or not given else {**given, "move_to": heir}


def _new_person(choice: Choice) -> dict[str, Any]:
    internal = choice.rng.random() < 0.3
    given = {"id": f"neu-{choice.made}", "internal": internal, "active": not internal, "name": f"Name {choice.made}"}
    return {**given, "email": f"{choice.made}@example.test", "organisation": f"O{choice.number}"}


def _changed_person(choice: Choice) -> dict[str, Any]:
    fields = {"name": "Name", "email": "e@example.test", "organisation": "Org", "host_ref": "Ref"}
    name = choice.one(sorted(fields))
    return {"id": choice.one(choice.persons()), name: f"{choice.made}{fields[name]}"}


_GIVEN: Mapping[str, Callable[[Choice], dict[str, Any] | None]] = {
    "start": _start,
    "reply": _reply,
    "reply_apart": _reply_apart,
    "add_observer": _add_observer,
    "remove_observer": _on_talk("who"),
    "hand_over": _on_talk("to"),
    "mark_read": _mark_read,
    "dismiss": _dismiss,
    "waive": _waive,
    "claim": _of_teambox(taken=False),
    "put_back": _of_teambox(taken=True),
    "open_window": _open_window,
    "focus": _on_item(),
    "ask_for": _on_item(),
    "force": _on_item(reason="Telefon"),
    "blur": _of_window,
    "close_window": _of_window,
    "release_all": _of_window,
    "create_group": _create_group,
    "add_members": _of_group(members=_a_person),
    "remove_members": _of_group(members=_a_person),
    "move_main": lambda choice: {"person": choice.one(choice.persons()), "id": choice.one(choice.named("group"))},
    "share_cases": _of_group(on=lambda choice: choice.rng.random() < 0.6),
    "rename": _of_group(name=lambda choice: f"Name {choice.made}"),
    "delete_group": _delete,
    "set_rights": _of_group(rights=lambda choice: choice.one([[], ["lock.force"], ["group.manage"]])),
    "define": _define,
    "feature": lambda choice: {"on": choice.rng.random() < 0.7},
    "deactivate": lambda choice: {"id": choice.one(choice.persons())},
    "activate": lambda choice: {"id": choice.one([who for who in choice.persons() if not choice.active(who)])},
    "add_person": _new_person,
    "change_person": _changed_person,
}
