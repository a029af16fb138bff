"""A world with a marked string in every thing that can be hidden, and who is entitled to each by the law."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from collabcase import ItemRef
from properties.public_calls import Id, Pool, Ref
from properties.scenes import Half, Scene, Step
from properties.stages import Stage
from world import World

MARK = re.compile(r"CANARY\d{5}|portfolio-\d{5}|(?:message|talk|group)_[0-9a-hjkmnp-tv-z]{13}")
"""What is looked for in outputs: marks, portfolios' ids, and issued ids, which mark the things themselves."""

SYSTEM = "the system"


@dataclass(frozen=True)
class Canary:
    """A marked string: what it stands in, and who may come to know it."""

    text: str
    where: str
    entitled: Callable[[str], bool]
    reachable: bool = True


@dataclass
class Cage:
    """The marked world, in the library and in the oracle.

    Attributes:
        scene: the library's side; `half` the oracle's.
        number: tells its marks from those of another portfolio.
        persons: ids of persons by what they are.
        canaries: every mark by its text.
        codes: the code of the message types, under an empty name, then those of the dictionaries.
    """

    scene: Scene
    number: int
    half: Half = field(default_factory=Half)
    persons: dict[str, str] = field(default_factory=dict)
    canaries: dict[str, Canary] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    def mark(self, where: str, entitled: Callable[[World, str], bool], reachable: bool = True) -> str:
        """Give a new mark, and note who is entitled to it."""
        text = f"CANARY{self.number}{len(self.canaries):04}"

        def may(who: str) -> bool:
            return who == SYSTEM or entitled(self.half.world, who)

        self.canaries[text] = Canary(text, where, may, reachable)
        return text

    def do(self, step: Step) -> None:
        """Make a step in both."""
        if not step.rolled_back:
            self.half.do(step)
        self.scene.clock.move(seconds=1)
        self.scene.do(step)

    def person(self, name: str, internal: bool = True, active: bool = True, id: str = "") -> None:
        """Add a person, marked all over; with `id` one whom another portfolio has, too."""
        id = id or self.mark(f"id of {name}", _nobody)
        self.persons[name] = id

        def known(world: World, who: str) -> bool:
            return world.knows(who, id)

        self._issued(id, f"id of {name}", known)
        given = {"id": id, "internal": internal, "active": active, "name": self.mark(f"name of {name}", known)}
        given["organisation"] = self.mark(f"organisation of {name}", known)
        given["email"] = self.mark(f"mail of {name}", _nobody) + "@example.test"
        given["host_ref"] = self.mark(f"host's reference of {name}", _nobody)
        self.do(Step("add_person", None, given))

    def group(self, name: str, members: str, **given: Any) -> None:
        """Make a group, marked."""

        def known(world: World, who: str) -> bool:
            return name in world.known_groups(who)

        called, host_ref = self.mark(f"name of {name}", known), self.mark(f"host's reference of {name}", known)
        ids = [self.persons[member] for member in members.split()]
        self.do(Step("create_group", None, {"name": called, "members": ids, "host_ref": host_ref, **given}, name))
        self._issued(Id("group", name), f"id of {name}", known)

    def start(self, name: str, actor: str, to: str, observers: str = "", **given: Any) -> None:
        """Start a talk, marked."""

        def seen(world: World, who: str) -> bool:
            return any(world.sees(who, label) for label in world.talks[self.half.numbers[Id("talk", name)]].messages)

        about = {"subject": self.mark(f"subject of {name}", seen), "host_ref": self.mark(f"reference of {name}", seen)}
        said = self._said(name) | about | {"to": self._named(to)}
        self.do(Step("start", self.persons[actor], {**said, "observers": self._named(observers), **given}, name))
        self._issued(Id("talk", name), f"id of talk {name}", seen)
        self._issued(Id("message", name), f"id of message {name}", self._sees(name))

    def reply(self, name: str, actor: str, answered: str, to: str = "", **given: str) -> None:
        """Answer a message, marked."""
        named = {role: self._named(names) for role, names in {"to": to, **given}.items() if names}
        said = self._said(name) | {"host_ref": self.mark(f"reference of {name}", self._sees(name))}
        self.do(Step("reply", self.persons[actor], {"message": Id("message", answered), **said, **named}, name))
        self._issued(Id("message", name), f"id of message {name}", self._sees(name))

    def define(self, name: str) -> None:
        """Define a dictionary, or the message types, with one code, marked; whoever is active here may read it."""

        def here(world: World, who: str) -> bool:
            return world.active(who)

        called, code = name and self.mark(f"name of {name}", here), self.mark(f"code of {name or 'types'}", here)
        self.codes[called] = code
        self.do(Step("define", None, {"name": called, "codes": {code: (None, None)}}))

    def open_window(self, person: str) -> None:
        """Open somebody's window, with a folder that is marked; nobody else is told of either."""
        folder = self.mark(f"folder of {person}", _nobody, reachable=False)
        self.do(Step("open_window", self.persons[person], {"folder": folder}, person))
        self.canaries[self.scene.real[Id("window", person)]] = Canary(
            self.scene.real[Id("window", person)], f"window of {person}", lambda who: False, reachable=False
        )

    def click(self, person: str, item: Id | ItemRef, verb: str = "focus", **given: str) -> None:
        """Let somebody click something in their window."""
        self.do(Step(verb, self.persons[person], {"window": Id("window", person), "item": item, **given}))

    def policy(self, holder: str) -> ItemRef:
        """Give a thing of the host's, marked; its lock is told to who is in a group with its holder."""

        def near(world: World, who: str) -> bool:
            return bool(world.groups_of(who) & world.groups_of(self.persons[holder]))

        return ItemRef("policy", self.mark(f"policy that {holder} is on", near))

    def dismiss(self, question: str, person: str) -> None:
        """Let somebody say why they will not answer, marked; only who asked is told."""
        label = self.half.numbers[Id("message", question)]
        reason = self.mark(f"why {person} dismisses {question}", lambda world, who: who == world.messages[label].sender)
        given = {"message": Id("message", question), "reason": reason}
        self.do(Step("dismiss", self.persons[person], given))

    def _said(self, name: str) -> dict[str, Any]:
        sees, (type, *data) = self._sees(name), self.codes.items()
        return {"type": type[1], "data": dict(data), **self._texts(name, sees)}

    def _texts(self, name: str, sees: Callable[[World, str], bool]) -> dict[str, Any]:
        return {"text": self.mark(f"text of {name}", sees), "comment": self.mark(f"comment of {name}", sees)}

    def _sees(self, name: str) -> Callable[[World, str], bool]:
        return lambda world, who: world.sees(who, self.half.numbers[Id("message", name)])

    def _named(self, names: str) -> list[Any]:
        return [self.persons.get(name) or Ref(Id("group", name)) for name in names.split()]

    def _issued(self, id: Id | str, where: str, entitled: Callable[[World, str], bool]) -> None:
        text = self.scene.real[id] if isinstance(id, Id) else id
        self.canaries[text] = Canary(text, where, lambda who: who == SYSTEM or entitled(self.half.world, who))

    def pool(self, me: str, rng: Random) -> Pool:
        """Give what a persona can think of, everything there is included, and the foreign and the unheard of."""

        def every(kind: str) -> tuple[Id, ...]:
            return *self.half.named(kind), Id(kind, "never"), Id(kind, "elsewhere")

        persons = (*self.half.world.persons, "nobody")
        messages = every("message")
        return Pool(me, persons, messages, every("talk"), every("group"), messages, persons, every("window"), rng)


def _nobody(world: World, who: str) -> bool:
    """Tell that no person is shown it: the system alone is."""
    return False


PERSONAS: Mapping[str, str | None] = {
    "clerk": None,
    "colleague": None,
    "old": "4.7.2",
    "client": None,
    "boxer": None,
    "watcher": None,
    "outsider": None,
    "partner": None,
    "stranger": None,
    "auditor": None,
    "manager": None,
    "retired": None,
    "nobody": None,
    SYSTEM: None,
}
"""Who asks, and with which version of a client program: `old` sits at one that knows no `sent_for`."""


def build(stage: Stage) -> tuple[Cage, Cage]:
    """Build the marked world, and a marked foreign portfolio that has persons of the same ids."""
    home, foreign = Cage(stage.scene(), 1), Cage(stage.scene(), 2)
    for cage in (home, foreign):
        cage.define("")
        cage.define("Sparte")
        cage.canaries[cage.scene.portfolio] = Canary(cage.scene.portfolio, "the portfolio", lambda who: False, False)
    _people(home)
    _talks(home)
    for name in ("clerk", "client", "manager"):
        foreign.person(name, id=home.persons[name])
    foreign.person("ghost")
    foreign.group("Haus", "clerk client", main=True)
    foreign.group("Leitung", "manager ghost", main=True, rights=["group.manage"], teambox=True)
    foreign.start("Fremdes", "ghost", "clerk Leitung")
    foreign.reply("Fremde Antwort", "clerk", "Fremdes")
    elsewhere = {"message": ("Fremdes", "Inneres"), "talk": ("Fremdes", "Geister"), "group": ("Haus", "Geheim")}
    for kind, (there, here) in elsewhere.items():
        home.scene.real[Id(kind, "elsewhere")] = foreign.scene.real[Id(kind, there)]
        foreign.scene.real[Id(kind, "elsewhere")] = home.scene.real[Id(kind, here)]
    return home, foreign


def _people(cage: Cage) -> None:
    for name in ("clerk", "colleague", "old", "deputy", "boxer", "auditor", "manager", "ghost"):
        cage.person(name)
    for name in ("client", "partner", "watcher", "outsider", "stranger"):
        cage.person(name, internal=False)
    cage.person("retired", active=False)
    cage.person("gone", internal=False, active=False)
    cage.do(Step("feature", None, {"on": True}))
    cage.group("Haus", "clerk colleague old retired deputy", main=True, shares_cases=True, rights=["case.create"])
    cage.group("Leitung", "manager", main=True, rights=["group.manage"])
    cage.group("Revision", "auditor", main=True, rights=["sight.audit"])
    cage.group("Kunde", "client partner", main=True, shares_cases=True)
    cage.group("Postfach", "boxer", teambox=True)
    cage.group("Offen", "boxer", teambox=True, open=True)
    cage.group("Bekannt", "client clerk watcher")
    cage.group("Geheim", "ghost stranger colleague gone", shares_cases=True)
    cage.group("Alt", "ghost", teambox=True)


def _locks(cage: Cage) -> None:
    for person in ("clerk", "client", "colleague", "deputy", "boxer", "ghost", "manager"):
        cage.open_window(person)
    concerned = {cage.persons["deputy"], cage.persons["colleague"]}
    reason = cage.mark("why deputy's lock is forced", lambda world, who: who in concerned)
    cage.click("deputy", Id("talk", "Anfrage"))
    cage.click("colleague", Id("talk", "Anfrage"), "force", reason=reason)
    cage.click("deputy", Id("talk", "Anfrage"))
    cage.click("client", Id("talk", "Anfrage"))
    cage.click("clerk", Id("talk", "An alle"))
    cage.click("ghost", cage.policy("ghost"))
    cage.click("boxer", Id("talk", "Offenes"))
    cage.click("manager", Id("talk", "Geister"))


def _talks(cage: Cage) -> None:
    cage.start("Anfrage", "client", "clerk", asks_answer=True)
    cage.reply("Antwort", "colleague", "Anfrage")
    cage.reply("Nachfrage", "client", "Antwort", to="colleague")
    cage.reply("Weitergabe", "clerk", "Anfrage", to="ghost", observers="watcher")
    cage.reply("Inneres", "ghost", "Weitergabe", to="clerk", drop_observers="watcher")
    cage.reply("Rundum", "clerk", "Inneres", to="boxer client")
    cage.start("Vertraulich", "clerk", "ghost", confidential=True)
    cage.start("An alle", "clerk", "Postfach", observers="auditor")
    cage.start("Offenes", "outsider", "Offen", asks_answer=True)
    cage.dismiss("Offenes", "boxer")
    cage.start("Frage", "client", "clerk Offen", asks_answer=True)
    cage.dismiss("Frage", "clerk")
    cage.start("Geister", "ghost", "manager", observers="Alt")
    cage.reply("Geister 2", "manager", "Geister", to="ghost stranger")
    watched = {"talk": Id("talk", "Geister"), "who": cage.persons["ghost"]}
    cage.do(Step("add_observer", cage.persons["stranger"], watched))
    cage.start("Revisionssache", "auditor", "ghost")
    cage.start("Altes", "old", "stranger")
    cage.do(Step("hand_over", cage.persons["old"], {"talk": Id("talk", "Altes"), "to": cage.persons["partner"]}))
    cage.do(Step("delete_group", None, {"id": Id("group", "Alt")}))
    _locks(cage)
    undone = cage.mark("text of rolled-back work", _nobody, reachable=False)
    said = {"to": cage.persons["clerk"], "subject": undone, "text": undone}
    cage.do(Step("start", cage.persons["ghost"], said, "Ungeschehen", rolled_back=True))
