"""One portfolio in the library and in the oracle, kept in step, and what a call there comes to."""

from __future__ import annotations

import datetime as dt
import pickle
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import attrs
from sqlalchemy import create_engine

import collabcase
from collabcase import (
    AudienceLine,
    Collab,
    CollabError,
    Desk,
    DictionaryEntry,
    Feature,
    ItemRef,
    Page,
    Person,
    Preview,
    System,
)
from collabcase.clock import to_millis
from collabcase.ids import IdMaker, Kind
from collabcase.ids import encode as encoded
from collabcase.testing import MovableClock
from properties.public_calls import DATA, TYPE, Given, Id, Ref, Symbol
from properties.window_scenes import WINDOW_VERBS, click, in_window, tried
from world import TYPES, Item, World
from world import Group as OracleGroup

_ISSUED = re.compile(r"(message|talk|group)_[0-9a-hjkmnp-tv-z]{13}")
_PAGES = 40
_never = IdMaker()


class Undone(Exception):
    """Rolls a unit of work back that is only tried."""


@dataclass(frozen=True)
class Either:
    """Stands for what a step made on both sides is given on each."""

    left: Any
    right: Any


@dataclass(frozen=True)
class Step:
    """One change of a portfolio: the verb as the oracle calls it, who acts (None: the system), what is passed.

    `makes` names what it creates; `rolled_back` steps happen in the library and are undone.
    """

    verb: str
    actor: str | None
    given: Given
    makes: str = ""
    rolled_back: bool = False

    def on(self, side: str) -> Step:
        """Give the step as it is made on one side."""
        given = self.given.items()
        return replace(
            self, given={name: getattr(one, side) if isinstance(one, Either) else one for name, one in given}
        )

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value}" for name, value in self.given.items())
        made = f"{self.makes} = " if self.makes else ""
        return f"{made}{self.actor or 'system'}: {self.verb}({given}){' and rolls back' if self.rolled_back else ''}"


_SYSTEM_ONLY = ("add_person", "change_person", "deactivate", "activate", "feature", "set_rights", "define")
CODE_STEPS = tuple(
    Step("define", None, {"name": name, "codes": dict.fromkeys([code, f"{code}-2"], (None, None))})
    for name, code in {TYPES: TYPE, **DATA}.items()
)
"""What lets a world begin with a few codes for messages."""

_READING = ("mark_read", "dismiss", "waive")
_ONLY_READING = (".view", ".audience", ".reply_options", ".drafts", ".inbox")
_OF_PERSONS = ("start", "reply", "add_observer", "remove_observer", "hand_over", "claim", "put_back")


@dataclass
class Half:
    """What the oracle knows of a portfolio, with names for its talks and messages.

    Attributes:
        world: the oracle.
        numbers: its labels of talks and messages, by name.
        details: what it does not keep: name, email and host reference of persons, host reference of groups.
    """

    world: World = field(default_factory=World)
    numbers: dict[Id, int] = field(default_factory=dict)
    details: dict[str, dict[str, Any]] = field(default_factory=dict)

    def copy(self) -> Half:
        """Give a half that changes on its own."""
        copied: Half = pickle.loads(pickle.dumps(self))
        return copied

    def do(self, step: Step) -> None:
        """Make a step; raises `Refused` as the oracle does."""
        given = {name: self.own(value) for name, value in step.given.items()}
        verb = step.verb
        if verb in ("add_person", "change_person"):
            self._person(verb, given)
        elif verb in _SYSTEM_ONLY:
            getattr(self.world, verb)(*given.values())
        elif verb in _READING:
            getattr(self.world, verb)(step.actor, *given.values())
        elif verb in _OF_PERSONS:
            made = getattr(self.world, verb)(step.actor, **given)
            if verb == "start":
                self.numbers[Id("talk", step.makes)] = made
                made = self.world.talks[made].messages[0]
            if verb in ("start", "reply"):
                self.numbers[Id("message", step.makes)] = made
        elif verb in WINDOW_VERBS:
            if "item" in given:
                given["item"] = self.item(step.given["item"])
            getattr(self.world, verb)(step.actor, **given)
        elif verb == "open_window":
            label = self.numbers[Id("window", step.makes)] = len(self.named("window"))
            self.world.open_window(str(step.actor), label, **given)
        elif verb == "create_group":
            self._group(step, given)
        else:
            getattr(self.world, verb)(*given.values(), actor=step.actor)

    def _person(self, verb: str, given: dict[str, Any]) -> None:
        person = given.pop("id")
        if verb == "add_person":
            self.world.add_person(person, given.pop("internal", True), given.pop("organisation", None))
            self.details[person] = {"name": person, "email": None, "host_ref": None}
            if not given.pop("active", True):
                self.world.deactivate(person)
        state = self.world.persons[person]
        state.internal = given.pop("internal", state.internal)
        state.organisation = given.pop("organisation", state.organisation)
        self.details[person].update(given)
        if verb == "change_person":
            self.world.events.append(("person.changed", person))

    def _group(self, step: Step, given: dict[str, Any]) -> None:
        name, host_ref = given.pop("name"), given.pop("host_ref", None)
        self.world.create_group(step.makes, actor=step.actor, **given)
        self.world.groups[step.makes].name = name
        self.details[step.makes] = {"host_ref": host_ref}

    def own(self, value: Any) -> Any:
        """Give what the oracle calls something."""
        if isinstance(value, Ref):
            return OracleGroup(value.to.name)
        if isinstance(value, Id):
            return value.name if value.kind == "group" else self.numbers.get(value, -1)
        if isinstance(value, tuple | list):
            return [self.own(one) for one in value]
        return value

    def item(self, value: Id | ItemRef) -> Item:
        """Give what the oracle calls something that can be locked."""
        return (
            Item("talk", self.own(value))
            if isinstance(value, Id)
            else Item(value.kind, int("".join(filter(str.isdigit, value.id))))
        )

    def named(self, kind: str) -> list[Id]:
        """Give the names of its talks, messages, windows or groups."""
        if kind == "group":
            return [Id("group", label) for label in self.world.groups]
        return [id for id in self.numbers if id.kind == kind]

    def talk_of(self, message: Id) -> Id:
        """Give the name of a message's talk."""
        number = self.world.messages[self.numbers[message]].talk
        return next(id for id, one in self.numbers.items() if id.kind == "talk" and one == number)


@dataclass
class Outcome:
    """What a call came to: its results in order, pages followed to their end, or the error."""

    results: list[Any] = field(default_factory=list)
    error: BaseException | None = None


class Scene:
    """One portfolio in the library.

    Attributes:
        collab: where it lives.
        portfolio: its id.
        real: the issued ids by their names; a name that stands for nothing here gets an id never issued.
        begun: where the feed of each person began.
    """

    def __init__(self, collab: Collab, clock: MovableClock, portfolio: str) -> None:
        self.collab, self.clock, self.portfolio = collab, clock, portfolio
        self.real: dict[Id, str] = {}
        self.begun: dict[str, str] = {}
        collab.create_portfolio(portfolio, title=f"Bestand {portfolio}")

    # ---------------------------------------------------------------- making steps

    def do(self, step: Step) -> None:
        """Make a step in the library, in a unit of work of its own."""
        given = self.resolve(step.given)
        if step.actor is not None and step.verb == "open_window":
            opened = self.collab.window(step.actor, portfolio=self.portfolio, **given)
            self.real[Id("window", step.makes)] = opened.id
            return
        if step.actor is not None and step.verb in WINDOW_VERBS:
            click(self.collab, self.portfolio, step.actor, step.verb, given)
            return
        try:
            with self.at(step.actor) as desk:
                made = _STEPS[step.verb](desk, given)
                if step.rolled_back:
                    raise Undone
        except Undone:
            return
        if step.verb == "start":
            self.real[Id("talk", step.makes)] = made.talk
        if step.verb in ("start", "reply"):
            self.real[Id("message", step.makes)] = made.id
        if step.verb == "create_group":
            self.real[Id("group", step.makes)] = made.id
        if step.verb == "add_person" and step.given.get("active", True):
            self.begun[given["id"]] = self.collab.feed(given["id"], portfolio=self.portfolio).cursor

    def at(
        self, person: str | None, client_version: str | None = None, window: Id | None = None, *, holding: bool = False
    ) -> Any:
        """Open a desk of a person, perhaps from a window, and under the token it holds, or of the system."""
        if person is None:
            return self.collab.system(self.portfolio)
        id, token = None if window is None else str(self.resolve(window)), None
        if id is not None and holding:
            mine = self.collab.window(person, portfolio=self.portfolio, id=id).picture.mine
            token = 1 if mine is None else mine.token
        return self.collab.desk(person, portfolio=self.portfolio, client_version=client_version, window=id, token=token)

    # ---------------------------------------------------------------- asking

    def ask(
        self,
        who: str | None,
        call: str,
        given: Given,
        *,
        client_version: str | None = None,
        window: Id | None = None,
        holding: bool = False,
    ) -> Outcome:
        """Call something as a person or as the system, look at what follows from it, and undo it."""
        if who is not None and call.startswith("Window."):
            return self.ask_window(who, call, given)
        if call.startswith("coll"):
            return self.ask_host(call, given, who)
        outcome = Outcome()
        passed = self.resolve(given)
        try:
            with self.at(who, client_version, window, holding=holding) as desk:
                verb = reached(desk, call)
                outcome.results += _followed(verb, passed)
                outcome.results += _aftermath(desk, call, passed, outcome.results)
                raise Undone
        except Undone:
            pass
        except CollabError as error:
            outcome.error = error
        return outcome

    def ask_window(self, who: str, call: str, given: Given) -> Outcome:
        """Call something in a window of a person's, look at what follows from it, and undo it."""
        outcome = Outcome()
        passed = self.resolve(given)
        at = passed.pop("at")
        with tried(self.collab) as collab:
            try:
                window = collab.window(who, portfolio=self.portfolio, id=at)
                outcome.results.append(in_window(window, call, passed))
                if call != "Window.close":
                    outcome.results += [window.picture, window.mine()]
            except CollabError as error:
                outcome.error = error
        return outcome

    def ask_host(self, call: str, given: Given, who: str | None = None) -> Outcome:
        """Call something of the host's, for good."""
        outcome = Outcome()
        passed = self.resolve(self._from_the_start(given, who))
        root = collabcase if call.startswith("collabcase.") else self.collab
        try:
            outcome.results.append(reached(root, call)(**passed))
        except CollabError as error:
            outcome.error = error
        return outcome

    def _from_the_start(self, value: Any, who: str | None) -> Any:
        """Put in the cursor from which a person's feed tells all."""
        if isinstance(value, Mapping):
            return {name: self._from_the_start(one, who) for name, one in value.items()}
        return self.begun.get(who or "") if value is Symbol.CURSOR else value

    # ---------------------------------------------------------------- names and ids

    def resolve(self, value: Any) -> Any:
        """Put issued ids in place of names."""
        if isinstance(value, Id):
            return self.real.setdefault(value, self._never_issued(value))
        if isinstance(value, Ref):
            return ItemRef(value.to.kind, self.resolve(value.to))
        if isinstance(value, Symbol):
            return self._resolved(value)
        if isinstance(value, Mapping):
            return {name: self.resolve(one) for name, one in value.items()}
        if type(value) in (tuple, list):
            return type(value)(self.resolve(one) for one in value)
        return value

    def _resolved(self, symbol: Symbol) -> Any:
        if symbol is Symbol.HERE:
            return self.portfolio
        if symbol is Symbol.CURSOR:
            return next(iter(self.begun.values()))
        return self.collab._storage._engine if symbol is Symbol.ENGINE else create_engine("sqlite:///never-made.db")

    def _never_issued(self, id: Id) -> str:
        if id.kind == "window":
            return f"window {id.name}, which never was"
        return encoded(_never.new(Kind(id.kind), to_millis(self.clock.now())))

    def plain(self, outcome: Outcome) -> Any:
        """Give an outcome as plain data with names for ids, so that those of two scenes can be compared."""
        renaming = _Renaming({real: id for id, real in self.real.items()}, self.portfolio)
        error = renaming.error(outcome.error) if outcome.error is not None else None
        return {"results": renaming.plain(outcome.results), "error": error}


class _Renaming:
    def __init__(self, names: Mapping[str, Id], portfolio: str) -> None:
        self.names, self.portfolio = names, portfolio
        self.fresh: dict[str, str] = {}

    def text(self, text: str) -> str:
        """Replace issued ids by their names, new ones by the order in which they appear."""

        def name(match: re.Match[str]) -> str:
            known = self.names.get(match.group())
            return str(known) if known else self.fresh.setdefault(match.group(), f"‹new {len(self.fresh)}›")

        for real, id in self.names.items():
            text = text.replace(real, str(id)) if id.kind == "window" else text
        return _ISSUED.sub(name, text).replace(self.portfolio, "‹here›")

    def plain(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float | bytes | dt.datetime | dt.timedelta):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, CollabError):
            return self.error(value)
        if isinstance(value, Page):
            return ["Page", self.plain(value.items), _more(value.next)]
        if isinstance(value, Preview):
            return ["Preview", value.organisations]
        if attrs.has(type(value)):
            fields = {one.name: self.plain(getattr(value, one.name)) for one in attrs.fields(type(value))}
            if isinstance(value, AudienceLine):
                del fields["others"]
            if "next" in fields:
                fields["next"] = _more(fields["next"])
            if "cursor" in fields:
                fields["cursor"] = _more(fields["cursor"])
            return [type(value).__name__, fields]
        if isinstance(value, Mapping):
            return {self.plain(name): self.plain(one) for name, one in value.items()}
        if isinstance(value, set | frozenset):
            return sorted(map(repr, map(self.plain, value)))
        if isinstance(value, Iterable):
            return [self.plain(one) for one in value]
        return type(value).__name__

    def error(self, error: BaseException) -> Any:
        chain = []
        cause = error.__cause__ or error.__context__
        while cause is not None:
            chain.append([type(cause).__name__, self.text(str(cause))])
            cause = cause.__cause__ or cause.__context__
        return [type(error).__name__, self.text(str(error)), self.plain(error.args), self.plain(vars(error)), chain]


def reached(root: Any, call: str) -> Any:
    """Give the callable of a name, from what the first part of the name stands for; a teambox takes its group along."""
    if call.startswith("Teambox."):
        return lambda group, **given: getattr(root.teambox(group), call.removeprefix("Teambox."))(**given)
    for part in call.split(".")[1:]:
        root = getattr(root, part)
    return root


def _more(cursor: str | None) -> str:
    """Give what a cursor tells without its own words: that there is more; its length must not tell how far it is."""
    return "the end" if cursor is None else f"more, by {len(cursor)} characters"


def _followed(verb: Any, given: Given) -> list[Any]:
    """Call, and follow the cursors of what comes back to the end."""
    results = [verb(**given)]
    while getattr(results[-1], "next", None) is not None and len(results) < _PAGES:
        results.append(verb(**{**given, "cursor": results[-1].next}))
    return results


def _aftermath(desk: Any, call: str, given: Given, results: list[Any]) -> list[Any]:
    """Look at a talk after a change of it, at one's drafts after keeping one."""
    if call == "desk.talks.draft":
        return _followed(desk.talks.drafts, {"limit": 1})
    if call in ("Teambox.claim", "Teambox.put_back"):
        box = desk.teambox(given["group"])
        return [*_followed(box.items, {"limit": 1}), *_followed(box.items, {"claimed": True, "limit": 1}), box.counts()]
    if call.removeprefix("desk.messages.") in _READING:
        return [desk.messages.unread(), *_followed(desk.messages.search, {"limit": 500})]
    if call in ("desk.talks.archive", "desk.talks.restore"):
        return [one for heading in ("all", "archived") for one in _followed(desk.talks.inbox, {"heading": heading})]
    if not call.startswith("desk.talks.") or call.endswith(_ONLY_READING):
        return []
    talk = given.get("talk") or getattr(results[0], "talk", None) or results[0].id
    return [*_followed(desk.talks.view, {"talk": talk}), *_followed(desk.messages.search, {"limit": 500})]


# -------------------------------------------------------------------- the oracle's verbs in the library's words


def _start(desk: Desk, given: dict[str, Any]) -> Any:
    talk = desk.talks.start(**given)
    return desk.talks.view(talk.id).messages[0]


def _add_person(system: System, given: dict[str, Any]) -> Any:
    return system.people.sync([Person(**{"name": given["id"], **given})])


def _feature(system: System, given: dict[str, Any]) -> Any:
    return (system.features.enable if given["on"] else system.features.disable)(Feature.SHARE_CASES)


def _define(system: System, given: dict[str, Any]) -> Any:
    name, entries = given["name"], [DictionaryEntry(code, {}, *when) for code, when in given["codes"].items()]
    return system.types.define(entries) if name == TYPES else system.dictionaries.define(name, entries)


def _group(verb: str) -> Any:
    return lambda desk, given: getattr(desk.groups, verb)(**given)


_STEPS: Mapping[str, Any] = {
    "start": _start,
    **{
        verb: (lambda desk, given, verb=verb: getattr(desk.talks, verb)(**given))
        for verb in ("reply", "add_observer", "remove_observer", "hand_over")
    },
    **{verb: (lambda desk, given, verb=verb: getattr(desk.messages, verb)(**given)) for verb in _READING},
    "claim": lambda desk, given: desk.teambox(given["label"]).claim(given["talk"]),
    "put_back": lambda desk, given: desk.teambox(given["label"]).put_back(given["talk"]),
    "add_person": _add_person,
    "change_person": lambda system, given: system.people.change(**given),
    "deactivate": lambda system, given: system.people.deactivate(**given),
    "activate": lambda system, given: system.people.activate(**given),
    "feature": _feature,
    "define": _define,
    "create_group": _group("create"),
    "delete_group": _group("delete"),
    **{
        verb: _group(verb)
        for verb in ("rename", "add_members", "remove_members", "move_main", "share_cases", "set_rights")
    },
}
