"""Bad input (quality.md): every parameter of every public call refuses what can't be used, and nothing changes."""

from __future__ import annotations

import inspect
import itertools
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import collabcase
from collabcase import Collab, CollabError, Desk, Forbidden, InvalidInput, ItemRef, Leases, NotFound, System, from_json
from conftest import ENGINES
from properties.nasty import IDS, fits, types_of, wrong_for
from properties.public_calls import USES, Id, Pool, Ref, Symbol
from properties.reflection import find_calls
from properties.scenes import CODE_STEPS, Scene, Step, Undone, reached
from properties.stages import Stage, staged
from properties.window_scenes import in_window, tried

CALLS = find_calls()
BOSS = "boss"
HERE = Symbol.HERE

_ROUNDS = 20
"""How often other arguments are chosen for a call, of which chance may at first choose none that work."""

LEFT_OUT = {("desk.messages.visible", "ids"), ("desk.teambox", "group"), ("Window.gone", "items")}
"""Where an id that names nothing is left out instead of refused, or refused by what follows, as documented."""

LOCKABLE = {("Window.focus", "item"), ("Window.ask", "item"), ("Window.force", "item"), ("system.forced", "item")}
"""Where the id of another kind is InvalidInput: only talks, of what is ours, can be locked."""


class Room:
    """A world in which one person sees everything, to be called with bad input."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.scene = stage, stage.scene()
        self.tables = stage.collab._storage._tables.metadata.sorted_tables
        _furnish(self.scene)
        self._working: dict[str, dict[str, dict[str, Any]]] = {}
        persons = ("boss", "anna", "otto", "xenia")
        own = [id for id in self.scene.real if id.name != "elsewhere"]
        messages, talks, groups = (tuple(id for id in own if id.kind == kind) for kind in IDS)
        windows = (Id("window", BOSS),)
        self.pool = Pool(BOSS, persons, messages, talks, groups, messages, persons, windows, Random(1))

    def working(self, name: str) -> dict[str, dict[str, Any]]:
        """Give for each parameter of a call a set of arguments with which it works."""
        if name not in self._working:
            found: dict[str, dict[str, Any]] = {}
            wanted, pool = types_of(CALLS[name]).keys(), replace(self.pool, rng=Random(name))
            tried = itertools.chain.from_iterable(USES[name].arguments(pool) for _ in range(_ROUNDS))
            while wanted - found.keys() and (arguments := next(tried, None)) is not None:
                given = self.scene.resolve(arguments)
                missing = wanted & given.keys() - found.keys()
                if missing and self.call(name, given) is None:
                    found.update(dict.fromkeys(missing, given))
            self._working[name] = found
        return self._working[name]

    def page(self, who: str, name: str, given: dict[str, Any]) -> Any:
        """Give the first page of a list, of one item."""
        with self.scene.at(who) as desk:
            return reached(desk, name)(**{**given, "limit": 1})

    def cursors(self, who: str) -> dict[str, str]:
        """Give a cursor of every list of a person that has a second page."""
        found = {}
        for name, call in CALLS.items():
            if "cursor" in call.parameters and USES[name].who == "person":
                with suppress(NotFound):  # a teambox of a group that the person does not know
                    found[name] = self.page(who, name, self.working(name)["cursor"]).next
        return {name: cursor for name, cursor in found.items() if cursor is not None}

    def cursors_of_other_questions(self, name: str, given: dict[str, Any]) -> set[str]:
        """Give the cursors of a call with other arguments."""
        if USES[name].who != "person":
            return set()
        question = {one: value for one, value in given.items() if one not in ("cursor", "limit")}
        found: set[str] = set()
        for arguments in map(self.scene.resolve, USES[name].arguments(self.pool)):
            if {one: value for one, value in arguments.items() if one not in ("cursor", "limit")} != question:
                with suppress(Forbidden):  # a teambox of a group that the person is not in
                    found.add(self.page(BOSS, name, arguments).next)
        return found - {None}

    def strangers(self, kind: str) -> list[str]:
        """Give ids that name nothing of a kind here: never issued, foreign, of another kind, no ids at all."""
        others = [self.scene.real[one] for one in self.scene.real if one.kind != kind and one.name != "elsewhere"]
        elsewhere = self.scene.real[Id(kind, "elsewhere")] if kind in IDS else "fremd"
        never = self.scene.resolve(Id(kind, "never")) if kind in IDS else "nobody"
        garbage = ["x", "%", "' OR 1=1 --", f"{kind}_", f"{kind}_zzzzzzzzzzzzz", elsewhere.upper()]
        return [never, elsewhere, others[0], *garbage]

    def dump(self) -> dict[str, list[str]]:
        """Give every row of every table."""
        with self.stage.collab._storage._engine.connect() as connection:
            return {one.name: sorted(map(repr, connection.execute(select(one)))) for one in self.tables}

    def call(self, name: str, given: dict[str, Any]) -> Exception | None:
        """Call, keep the unit of work where the call fails, undo it where it succeeds; give the error."""
        passed = dict(given)
        if USES[name].who == "window":
            return self._call_window(name, passed)
        kinds = [passed.pop("receiver", None), passed.pop("kinds")] if "kinds" in passed else []
        if USES[name].who in ("host", "for person"):
            return self._call_host(name, kinds, passed)
        error: Exception | None = None
        try:
            with self.scene.at(BOSS if USES[name].who == "person" else None) as desk:
                try:
                    reached(desk, name)(**passed)
                except Exception as raised:
                    error = raised
                else:
                    raise Undone
        except Undone:
            pass
        return error

    def _call_window(self, name: str, passed: dict[str, Any]) -> Exception | None:
        """Call in the window of the one who sees everything, and undo it."""
        with tried(self.stage.collab) as collab:
            id = passed.pop("at", None) or self.scene.real[Id("window", BOSS)]
            window = collab.window(BOSS, portfolio=self.scene.portfolio, id=id)
            try:
                in_window(window, name, passed)
            except Exception as raised:
                return raised
        return None

    def _call_host(self, name: str, kinds: list[Any], passed: dict[str, Any]) -> Exception | None:
        own = name in ("collab.close", "collab.start")
        with collabcase.open() if own else _Nothing() as scratch:
            root: Any = collabcase if name.startswith("collabcase.") else scratch or self.stage.collab
            try:
                made = reached(root, name)(*kinds, **passed)
                if isinstance(made, Desk | System):
                    with made as desk:
                        desk.groups.mine()
                if isinstance(made, Collab):
                    made.close()
            except Exception as raised:
                return raised
        return None


class _Nothing:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        return None


def _furnish(scene: Scene) -> None:
    for who in ("boss", "anna", "otto"):
        scene.do(Step("add_person", None, {"id": who, "organisation": "Haus"}))
    scene.do(Step("add_person", None, {"id": "xenia", "internal": False}))
    for step in CODE_STEPS:
        scene.do(step)
    scene.do(Step("feature", None, {"on": True}))
    rights = ["group.manage", "sight.audit"]
    groups: dict[str, dict[str, Any]] = {
        "Leitung": {"main": True, "members": ["boss"], "rights": rights},
        "Haus": {"main": True, "members": ["anna"], "teambox": True},
        "Post": {"members": ["boss", "anna"], "teambox": True},
        "Plus": {"shares_cases": True, "members": ["boss", "anna", "xenia"]},
    }
    for name, parts in groups.items():
        scene.do(Step("create_group", None, {"name": name, **parts}, name))
    scene.do(Step("start", "anna", {"to": ["otto"], "subject": "Eins", "text": "Eins", "observers": ["xenia"]}, "Eins"))
    scene.do(Step("start", "boss", {"to": ["anna"], "subject": "Zwei", "text": "Zwei", "observers": ["otto"]}, "Zwei"))
    scene.do(Step("reply", "anna", {"message": Id("message", "Zwei"), "text": "Drei"}, "Drei"))
    for number, (sender, to) in enumerate((("anna", "boss"), ("boss", "anna"))):
        asked = {"to": [to], "subject": f"Frage {number}", "text": "?", "asks_answer": True}
        scene.do(Step("start", sender, asked, f"Frage {number}"))
    scene.do(Step("open_window", "boss", {}, "boss"))
    box = {"to": [Ref(Id("group", "Post"))], "observers": ["boss"]}
    for name in ("Vier", "Sechs"):
        scene.do(Step("start", "otto", {**box, "subject": name, "text": name}, name))


@pytest.fixture(scope="module", params=ENGINES)
def room(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with staged(request.param, request, tmp_path_factory.mktemp("bad")) as opened:
        yield Room(opened)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_bad_input_is_refused_and_changes_nothing(room: Room, name: str) -> None:
    """Bad input: wrong types, lengths and moments are InvalidInput, unknown ids NotFound, and no row changes."""
    hints = types_of(CALLS[name])
    base = room.working(name)
    assert base.keys() == hints.keys(), "the registry must show a way to pass each parameter"
    before = room.dump()
    for parameter, hint in hints.items():
        good = base[parameter]
        for bad in wrong_for(parameter, hint):
            error = room.call(name, {**good, parameter: bad})
            assert type(error) is InvalidInput, f"{name}({parameter}={_short(bad)}): {error!r}"
        for bad in _unknown(room, good[parameter]) if USES[name].who != "host" else ():
            error = room.call(name, {**good, parameter: bad})
            expected = (type(None),) if (name, parameter) in LEFT_OUT else (NotFound,)
            expected += (InvalidInput,) if (name, parameter) in LOCKABLE else ()
            assert type(error) in expected, f"{name}({parameter}={_short(bad)}): {error!r}"
    assert room.dump() == before


@pytest.mark.parametrize("name", sorted(name for name, call in CALLS.items() if "cursor" in call.parameters))
def test_a_foreign_cursor_is_refused(room: Room, name: str) -> None:
    """T7: a cursor holds for one person and one question; all others, and what was never one, are InvalidInput."""
    given = room.working(name)["cursor"]
    foreign = {cursor for other, cursor in room.cursors(BOSS).items() if other != name}
    foreign |= {*room.cursors("anna").values(), *Room(room.stage).cursors(BOSS).values()}
    foreign |= room.cursors_of_other_questions(name, given)
    assert len(foreign) > 8
    broken = {cursor[:-1] for cursor in foreign} | {f"{cursor}A" for cursor in foreign}
    for bad in [*foreign, *broken, "", "x", "ä", "=", "A" * 27, "A" * 10_000]:
        error = room.call(name, {**given, "cursor": bad})
        assert type(error) is InvalidInput, f"{name}(cursor={_short(bad)}): {error!r}"
        assert error.field == "cursor"


@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_unknown_parameter_is_a_type_error(room: Room, name: str) -> None:
    """Bad input: only a missing or an unknown parameter is a TypeError."""
    parameters = CALLS[name].parameters.values()
    takes_any = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters)
    given = next(iter(room.working(name).values()), {})
    error = room.call(name, {**given, "no_such_parameter": 1})
    assert type(error) is (InvalidInput if takes_any else TypeError)
    for one in parameters:
        if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD and "kinds" not in given:
            rest = {other: value for other, value in given.items() if other != one.name}
            assert type(room.call(name, rest)) is TypeError


@pytest.mark.parametrize(
    "name", sorted(name for name, call in CALLS.items() if "Iterable" in str(types_of(call)) and name in USES)
)
def test_a_list_without_end_is_refused(room: Room, name: str) -> None:
    """Bad input: a list is read up to its limit, however it goes on."""
    for parameter, hint in types_of(CALLS[name]).items():
        given = room.working(name)[parameter] if "Iterable" in str(hint) else {parameter: ()}
        if isinstance(given[parameter], tuple):
            continue
        one = given[parameter] if isinstance(given[parameter], str | ItemRef) else next(iter(given[parameter]))
        for endless in (itertools.repeat(one), map(str, itertools.count())):
            assert type(room.call(name, {**given, parameter: endless})) is InvalidInput


_junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.datetimes(timezones=st.none() | st.timezones()),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
_desks = sorted(
    name for name, call in CALLS.items() if call.parameters and USES[name].who in ("person", "window", "system")
)


@settings(max_examples=settings().max_examples * 8)
@given(st.data(), st.sampled_from(_desks), _junk)
def test_junk_raises_errors_of_the_tree_alone(room: Room, data: st.DataObject, name: str, junk: object) -> None:
    """Bad input: whatever is passed, what is raised is of our tree; of a wrong type, it is InvalidInput."""
    hints = types_of(CALLS[name])
    parameter = data.draw(st.sampled_from(sorted(hints)))
    good = room.working(name)[parameter]
    before = room.dump()
    error = room.call(name, {**good, parameter: junk})
    assert error is None or isinstance(error, CollabError)
    if not fits(junk, hints[parameter]):
        assert type(error) is InvalidInput
    assert room.dump() == before


@pytest.mark.parametrize(
    ("call", "given", "field"),
    [
        ("collab.window", {"mode": "asleep"}, "mode"),
        ("collab.window", {"mode": ""}, "mode"),
        ("collab.window", {"folder": "x" * 201}, "folder"),
        ("collab.window", {"folder": " "}, "folder"),
        ("Window.move_to", {"folder": "x" * 201}, "folder"),
        ("Window.beat", {"mode": "asleep"}, "mode"),
        ("Window.force", {"item": ItemRef("policy", "1"), "reason": "x" * 501}, "reason"),
        ("Window.force", {"item": ItemRef("policy", "1"), "reason": " "}, "reason"),
        ("Window.focus", {"item": ItemRef("message", "message_1")}, "item"),
        ("Window.gone", {"items": [ItemRef("policy", str(number)) for number in range(501)]}, "items"),
        ("Window.gone", {"items": [ItemRef("person", "boss")]}, "item"),
        ("desk.guard", {"item": ItemRef("talk", "talk_1")}, "item"),
        ("collab.desk", {"window": "w", "token": 0}, "token"),
        ("collab.desk", {"window": "w", "token": 2**63}, "token"),
        ("collab.desk", {"window": "w", "token": True}, "token"),
        ("collab.desk", {"token": 1}, "window"),
        ("collab.run", {"token": 1, "work": len}, "window"),
        ("collab.feed", {"wait": 60.5}, "wait"),
        ("collab.feed", {"wait": -1}, "wait"),
        ("collab.feed", {"wait": float("nan")}, "wait"),
        ("collab.feed", {"after": "x"}, "after"),
        ("collab.feeds", {"followers": {"": None}}, "followers"),
        ("collab.feeds", {"followers": {5: None}}, "followers"),
        ("collab.feeds", {"followers": ["boss"]}, "followers"),
        ("collab.beat", {"ids": "window"}, "ids"),
        ("collab.beat", {"ids": [5]}, "ids"),
        ("collabcase.open", {"wakeup": "shout"}, "wakeup"),
        ("collabcase.open", {"leases": timedelta(seconds=1)}, "leases"),
        ("collabcase.open", {"may_see": "everybody"}, "may_see"),
    ],
    ids=str,
)
def test_what_windows_and_feeds_must_not_be_given(room: Room, call: str, given: dict[str, Any], field: str) -> None:
    """Bad input: lengths, modes, tokens and waits out of their bounds are InvalidInput naming the parameter."""
    about: dict[str, Any] = {} if call.startswith(("collabcase.", "Window.", "desk.")) else {"portfolio": HERE}
    about |= {"person": BOSS} if "person" in CALLS[call].parameters else {}
    before = room.dump()
    error = room.call(call, room.scene.resolve({**about, **given}))
    assert type(error) is InvalidInput, repr(error)
    assert error.field == field
    assert room.dump() == before


@pytest.mark.parametrize("mode", ["visible", "hidden", "attached"])
@pytest.mark.parametrize("lease", [timedelta(0), timedelta(hours=1, milliseconds=1), timedelta(seconds=-1), 30, None])
def test_leases_have_bounds(mode: str, lease: Any) -> None:
    """L3: a lease is from a tenth of a second to an hour."""
    with pytest.raises(InvalidInput, match=mode):
        Leases(**{mode: lease})


@given(st.text() | _junk.map(repr) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_from_json_refuses_junk(text: str) -> None:
    """I3: what is no form of ours is InvalidInput."""
    with pytest.raises(InvalidInput):
        from_json(text)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, "1" * 10_000, '{"type": [], "v": 1}'])
def test_from_json_refuses_bombs(text: str) -> None:
    """I3: neither depth nor length of a form does harm."""
    with pytest.raises(InvalidInput):
        from_json(text)


def _unknown(room: Room, good: Any) -> Iterator[Any]:
    """Give, in the place of an id that works, ids that name nothing here, in the same form."""
    if isinstance(good, str) and (good in room.pool.persons or good in room.scene.real.values()):
        kind = good.partition("_")[0] if good in room.scene.real.values() else "person"
        yield from room.strangers(kind)
    elif isinstance(good, ItemRef) and good.kind in (*IDS, "person"):  # the host's own are what the host says
        yield from (ItemRef(good.kind, stranger) for stranger in room.strangers(good.kind))
    elif isinstance(good, list | tuple):
        for place, one in enumerate(good):
            for stranger in _unknown(room, one):
                yield type(good)([*good[:place], stranger, *good[place + 1 :]])


def _short(value: object) -> str:
    return repr(value)[:80]
