"""Which events each verb leaves in the log, and that nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from sqlalchemy import update

from collabcase import (
    Collab,
    CollabError,
    Desk,
    DictionaryEntry,
    Feature,
    ItemLocked,
    ItemRef,
    Person,
    System,
    Window,
)
from collabcase.channels.signals import KINDS
from concurrency.scene import first_message, send, set_up

Row: TypeAlias = tuple[str, str, str | None, tuple[str, ...]]
"""Kind of the event, the item's name here, who did it (None: the host), fields."""

SECRET = "Fuchsia"
"""Stands in every name, subject and text, and must stand in no event."""

POLICY = ItemRef("policy", "4711")
"""A thing of the host's."""


class Scene:
    """A portfolio in which every verb can be tried, and what its things are called."""

    def __init__(self, collab: Collab) -> None:
        self.collab = collab
        self.groups = set_up(
            collab,
            ["a", "b", "c", "m"],
            {
                "main": {"main": True, "members": ["a"]},
                "other": {"main": True},
                "box": {"teambox": True, "members": ["b"]},
                "heir": {"teambox": True},
                "managers": {"main": True, "members": ["m"], "rights": ["group.manage"]},
            },
        )
        with collab.desk("a", portfolio="p") as desk:
            talk = desk.talks.start(["b", "c"], subject=SECRET, text=SECRET, asks_answer=True)
            self.talk, self.first = talk.id, desk.talks.view(talk.id).messages[0].id
        with collab.desk("b", portfolio="p") as desk:
            self.second = desk.talks.reply(self.first, SECRET, to="a").id
        self.boxed = send(collab, "a", self.groups["box"], SECRET)
        boxed = first_message(collab, "a", self.boxed)
        self.names = {self.first: "first", self.second: "second", boxed: "boxed"}
        self.names |= {self.talk: "talk", self.boxed: "boxed talk", POLICY.id: "policy"}
        self.names |= {group.id: name for name, group in self.groups.items()}
        self.log = collab._storage.event_reader()

    def window(self, person: str) -> Window:
        """Open a window of a person."""
        return self.collab.window(person, portfolio="p")

    def __getitem__(self, name: str) -> str:
        return self.groups[name].id

    def written(self) -> list[Row]:
        """Return what stands in the log since the last look; a thing not known before is called «new»."""
        events = [occurrence.event for occurrence in self.log.read(500)]
        assert {"p"} >= {event.portfolio for event in events}
        assert SECRET not in repr(events)
        return [
            (
                event.kind,
                self.names.get(event.item.id, event.item.id if event.item.kind == "person" else "new"),
                event.actor,
                event.fields,
            )
            for event in events
        ]


@pytest.fixture
def scene(url: str, ground: tuple[str, Collab]) -> Scene:
    """The scene on each engine in turn."""
    return Scene(ground[1])


def person(id: str, **fields: Any) -> Person:
    return Person(**{"id": id, "name": id, **fields})


SystemVerb: TypeAlias = Callable[[System, Scene], object]
DeskVerb: TypeAlias = Callable[[Desk, Scene], object]
SHARING = Feature.SHARE_CASES


def several(*verbs: Callable[[Any, Scene], object]) -> Callable[[Any, Scene], object]:
    """Return a verb that is these, one after the other."""

    def all_of_them(opened: Any, scene: Scene) -> None:
        for verb in verbs:
            verb(opened, scene)

    return all_of_them


# Verb, what it is tried with, and what it leaves. Every public verb stands here, or in READING.
BY_THE_SYSTEM: list[tuple[str, SystemVerb, list[Row]]] = [
    ("people.add", lambda s, x: s.people.add("d", name=SECRET), [("person.added", "d", None, ())]),
    (
        "people.change",
        lambda s, x: s.people.change("b", organisation=SECRET, email="f@x", name=SECRET),
        [("person.changed", "b", None, ("email", "name", "organisation"))],
    ),
    ("people.change", lambda s, x: s.people.change("b", name="b"), []),
    ("people.deactivate", lambda s, x: s.people.deactivate("b"), [("person.deactivated", "b", None, ("active",))]),
    (
        "people.activate",
        lambda s, x: (s.people.activate("b"), s.people.deactivate("b"), s.people.activate("b")),
        [("person.deactivated", "b", None, ("active",)), ("person.activated", "b", None, ("active",))],
    ),
    (
        "people.sync",
        lambda s, x: s.people.sync(
            [
                person("d", name=SECRET),
                person("a"),
                person("b", name=SECRET),
                person("c", active=False, host_ref=SECRET),
            ],
            deactivate_missing=True,
        ),
        [
            ("person.added", "d", None, ()),
            ("person.changed", "b", None, ("name",)),
            ("person.changed", "c", None, ("host_ref",)),
            ("person.deactivated", "c", None, ("active",)),
            ("person.deactivated", "m", None, ("active",)),
        ],
    ),
    ("people.sync", lambda s, x: s.people.sync([person("a"), person("b")]), []),
    (
        "features.disable",
        several(lambda s, x: s.features.disable(SHARING), lambda s, x: s.features.disable(SHARING)),
        [("feature.disabled", "new", None, ("share_cases",))],
    ),
    (
        "features.enable",
        several(
            lambda s, x: s.features.enable(SHARING),
            lambda s, x: s.features.disable(SHARING),
            lambda s, x: s.features.enable(SHARING),
        ),
        [("feature.disabled", "new", None, ("share_cases",)), ("feature.enabled", "new", None, ("share_cases",))],
    ),
    (
        "dictionaries.define",
        several(
            lambda s, x: s.dictionaries.define(SECRET, [DictionaryEntry(SECRET, {"de": SECRET})]),
            lambda s, x: s.dictionaries.define(SECRET, [DictionaryEntry(SECRET, {"de": SECRET})]),
        ),
        [("dictionary.defined", "new", None, ("dictionaries",))],
    ),
    (
        "types.define",
        lambda s, x: s.types.define([DictionaryEntry(SECRET)]),
        [("dictionary.defined", "new", None, ("types",))],
    ),
    (
        "groups.set_rights",
        lambda s, x: s.groups.set_rights(x["main"], ["case.create", "lock.force"]),
        [("group.rights_changed", "main", None, ("rights",))],
    ),
    ("groups.set_rights", lambda s, x: s.groups.set_rights(x["managers"], ["group.manage"]), []),
    (
        "groups.create",
        lambda s, x: s.groups.create(SECRET, main=True, members=["b"], rights=["case.create"]),
        [("group.created", "new", None, ("members", "name"))],
    ),
    (
        "groups.create",
        lambda s, x: [s.groups.create(SECRET, key=key) for key in ("k", "k")],
        [("group.created", "new", None, ("members", "name"))],
    ),
    ("groups.delete", lambda s, x: s.groups.delete(x["main"]), [("group.deleted", "main", None, ("members",))]),
]
BY_PERSONS: list[tuple[str, str, DeskVerb, list[Row]]] = [
    (
        "groups.create",
        "m",
        lambda d, x: d.groups.create(SECRET, members=["a", "b"]),
        [("group.created", "new", "m", ("members", "name"))],
    ),
    ("groups.rename", "m", lambda d, x: d.groups.rename(x["box"], SECRET), [("group.renamed", "box", "m", ("name",))]),
    ("groups.rename", "m", lambda d, x: d.groups.rename(x["box"], "box"), []),
    (
        "groups.add_members",
        "m",
        lambda d, x: d.groups.add_members(x["box"], ["b", "a", "c"]),
        [("group.members_added", "box", "m", ("members",))],
    ),
    ("groups.add_members", "m", lambda d, x: d.groups.add_members(x["box"], ["b"]), []),
    (
        "groups.remove_members",
        "m",
        lambda d, x: d.groups.remove_members(x["box"], ["b", "a"]),
        [("group.members_removed", "box", "m", ("members",))],
    ),
    ("groups.remove_members", "m", lambda d, x: d.groups.remove_members(x["box"], ["a"]), []),
    (
        "groups.move_main",
        "m",
        lambda d, x: (d.groups.move_main("a", x["other"]), d.groups.move_main("b", x["other"])),
        [
            ("group.members_removed", "main", "m", ("members",)),
            ("group.members_added", "other", "m", ("members",)),
            ("group.members_added", "other", "m", ("members",)),
        ],
    ),
    ("groups.move_main", "m", lambda d, x: d.groups.move_main("a", x["main"]), []),
    (
        "groups.share_cases",
        "m",
        lambda d, x: (d.groups.share_cases(x["box"], True), d.groups.share_cases(x["box"], False)),
        [("group.sharing_changed", "box", "m", ("shares_cases",))] * 2,
    ),
    ("groups.share_cases", "m", lambda d, x: d.groups.share_cases(x["box"], False), []),
    (
        "groups.delete",
        "m",
        lambda d, x: d.groups.delete(x["box"], move_to=x["heir"]),
        [("talk.handed_over", "boxed", "m", ("to",)), ("group.deleted", "box", "m", ("members",))],
    ),
    (
        "talks.start",
        "a",
        lambda d, x: d.talks.start(["b", "c"], subject=SECRET, text=SECRET, comment=SECRET, observers=["m"]),
        [("message.sent", "new", "a", ())],
    ),
    (
        "talks.start",
        "a",
        lambda d, x: [d.talks.start("b", subject=SECRET, text=SECRET, key="k") for _ in range(2)],
        [("message.sent", "new", "a", ())],
    ),
    ("talks.reply", "b", lambda d, x: d.talks.reply(x.first, SECRET), [("message.sent", "new", "b", ())]),
    (
        "talks.add_observer",
        "a",
        lambda d, x: d.talks.add_observer(x.talk, "m"),
        [("talk.observer_added", name, "a", ("observers",)) for name in ("first", "second")],
    ),
    (
        "talks.add_observer",
        "a",
        several(
            lambda d, x: d.talks.add_observer(x.talk, "m", with_history=True),
            lambda d, x: d.talks.add_observer(x.talk, "m", with_history=True),
            lambda d, x: d.talks.add_observer(x.talk, "m"),
        ),
        [("talk.observer_added", name, "a", ("observers",)) for name in ("first", "second")],
    ),
    (
        "talks.remove_observer",
        "a",
        several(
            lambda d, x: d.talks.add_observer(x.talk, "m"),
            lambda d, x: d.talks.remove_observer(x.talk, "m"),
            lambda d, x: d.talks.remove_observer(x.talk, "m"),
        ),
        [
            (kind, name, "a", ("observers",))
            for kind in ("talk.observer_added", "talk.observer_removed")
            for name in ("first", "second")
        ],
    ),
    (
        "talks.hand_over",
        "c",
        lambda d, x: d.talks.hand_over(x.talk, "m"),
        [("talk.handed_over", "first", "c", ("to",)), ("lock.moved", "talk", "c", ("handed_over",))],
    ),
    (
        "talks.hand_over",
        "b",
        lambda d, x: d.talks.hand_over(x.talk, "c"),
        [
            ("talk.handed_over", "first", "b", ("sides",)),
            ("talk.handed_over", "second", "b", ("sides", "to")),
            ("lock.moved", "talk", "b", ("handed_over",)),
        ],
    ),
    (
        "teambox",
        "b",
        several(
            lambda d, x: d.teambox(x["box"]).claim(x.boxed),
            lambda d, x: d.teambox(x["box"]).claim(x.boxed),
            lambda d, x: d.teambox(x["box"]).put_back(x.boxed),
            lambda d, x: d.teambox(x["box"]).put_back(x.boxed),
        ),
        [
            ("talk.claimed", "boxed", "b", ()),
            ("lock.moved", "boxed talk", "b", ("claimed",)),
            ("talk.put_back", "boxed", "b", ()),
            ("lock.moved", "boxed talk", "b", ("put_back",)),
        ],
    ),
    (
        "messages.dismiss",
        "c",
        lambda d, x: [d.messages.dismiss(x.first, SECRET) for _ in range(2)],
        [("message.dismissed", "first", "c", ())],
    ),
    (
        "messages.waive",
        "a",
        lambda d, x: [d.messages.waive(x.first) for _ in range(2)],
        [("message.waived", "first", "a", ())],
    ),
    ("guard", "b", lambda d, x: d.guard(POLICY), []),
    ("messages.mark_read", "b", lambda d, x: d.messages.mark_read([x.first, x.second]), []),
    ("talks.draft", "a", lambda d, x: (d.talks.draft(x.talk, SECRET), d.talks.draft(x.talk, "")), []),
    ("talks.archive", "a", lambda d, x: d.talks.archive(x.talk), []),
    ("talks.restore", "a", lambda d, x: (d.talks.archive(x.talk), d.talks.restore(x.talk)), []),
]
READING = (
    "people.known people.get people.list groups.mine groups.list groups.get groups.preview features.enabled explain"
    " talks.drafts talks.inbox talks.view talks.audience talks.reply_options"
    " messages.get messages.search messages.unread messages.visible"
    " dictionaries.names dictionaries.entries types.entries forced"
)


def clicked(x: Scene) -> None:
    window = x.window("b")
    window.focus(x.talk)
    window.focus(x.talk)
    window.focus(POLICY)
    window.beat()
    window.blur()
    window.blur()


def clicked_in_two(x: Scene) -> None:
    older, newer = x.window("b"), x.window("b")
    older.focus(x.talk)
    newer.focus(x.talk)
    newer.close()
    older.release_all()


def wanted_by_another(x: Scene) -> None:
    x.window("b").focus(POLICY)
    other = x.window("c")
    with pytest.raises(ItemLocked):
        other.focus(POLICY)
    other.ask(POLICY)
    other.ask(x.talk)


def forced(x: Scene) -> None:
    window = x.window("b")
    window.focus(x.talk)
    window.force(x.talk, SECRET)
    window.force(x.talk, SECRET)


def silent(x: Scene) -> None:
    x.window("b").focus(x.talk)
    tables, engine = x.collab._storage._tables, x.collab._storage._engine
    with engine.begin() as connection:
        for table in (tables.open_window, tables.lease):
            connection.execute(update(table).values(expires_at=0))
    x.collab.sweep()
    x.collab.sweep()


BY_WINDOWS: list[tuple[Callable[[Scene], None], list[Row]]] = [
    (
        clicked,
        [
            ("lock.acquired", "talk", "b", ()),
            ("lock.released", "talk", "b", ()),
            ("lock.acquired", "policy", "b", ()),
            ("lock.released", "policy", "b", ()),
        ],
    ),
    (
        clicked_in_two,
        [(f"lock.{kind}", "talk", "b", ()) for kind in ("acquired", "taken_over", "returned", "released")],
    ),
    (wanted_by_another, [("lock.acquired", "policy", "b", ()), ("lock.asked", "policy", "c", ())]),
    (forced, [("lock.acquired", "talk", "b", ()), ("lock.forced", "talk", "b", ())]),
    (silent, [("lock.acquired", "talk", "b", ()), ("lock.expired", "talk", None, ())]),
]


@pytest.mark.parametrize(
    ("verb", "expected"), [row[1:] for row in BY_THE_SYSTEM], ids=[row[0] for row in BY_THE_SYSTEM]
)
def test_verbs_of_the_system(scene: Scene, verb: SystemVerb, expected: list[Row]) -> None:
    """C7: every change leaves an event that names the smallest thing and the fields, no text; no change leaves none."""
    with scene.collab.system("p") as system:
        verb(system, scene)
    assert expected == scene.written()


@pytest.mark.parametrize(
    ("person", "verb", "expected"), [row[1:] for row in BY_PERSONS], ids=[row[0] for row in BY_PERSONS]
)
def test_verbs_of_persons(scene: Scene, person: str, verb: DeskVerb, expected: list[Row]) -> None:
    """C7: every change leaves an event that names who did it; no change leaves none."""
    with scene.collab.desk(person, portfolio="p") as desk:
        verb(desk, scene)
    assert expected == scene.written()


@pytest.mark.parametrize(("verb", "expected"), BY_WINDOWS, ids=[verb.__name__ for verb, _ in BY_WINDOWS])
def test_verbs_of_windows(scene: Scene, verb: Callable[[Scene], None], expected: list[Row]) -> None:
    """C7, L1, L3 to L5: every change of who holds what leaves one event; no change leaves none."""
    verb(scene)
    assert expected == scene.written()


def test_creating_a_portfolio(scene: Scene) -> None:
    """C7: a portfolio begins with an event of its own; a refused one leaves none."""
    scene.collab.create_portfolio("q", title=SECRET)
    with pytest.raises(CollabError):
        scene.collab.create_portfolio("q")
    [created] = [occurrence.event for occurrence in scene.log.read(10)]
    found = created.portfolio, created.kind, created.item.kind, created.item.id, created.actor, created.fields
    assert ("q", "portfolio.created", "portfolio", "q", None, ()) == found


REFUSED: list[tuple[str, DeskVerb]] = [
    ("m", lambda d, x: d.groups.create(SECRET, main=True, members=["b", "a"])),
    ("a", lambda d, x: d.groups.create(SECRET)),
    ("m", lambda d, x: d.groups.rename(x["box"], "")),
    ("m", lambda d, x: d.groups.add_members(x["other"], ["c", "a"])),
    ("m", lambda d, x: d.groups.add_members(x["box"], ["a", "nobody"])),
    ("m", lambda d, x: d.groups.add_members(x["box"], ["m"])),
    ("m", lambda d, x: d.groups.remove_members(x["box"], ["b", "nobody"])),
    ("m", lambda d, x: d.groups.move_main("a", x["box"])),
    ("m", lambda d, x: d.groups.share_cases(x["managers"], True)),
    ("m", lambda d, x: d.groups.delete(x["box"], move_to=x["main"])),
    ("m", lambda d, x: d.groups.delete(x["box"], move_to=x["box"])),
    ("a", lambda d, x: d.talks.start(["b", "nobody"], subject=SECRET, text=SECRET)),
    ("a", lambda d, x: d.talks.start("b", subject=SECRET, text="")),
    ("a", lambda d, x: d.talks.reply(x.second, SECRET, to=["b", "nobody"])),
    ("c", lambda d, x: d.talks.reply(x.second, SECRET)),
    ("a", lambda d, x: d.talks.add_observer(x.talk, "nobody", with_history=True)),
    ("m", lambda d, x: d.talks.remove_observer(x.talk, "c")),
    ("a", lambda d, x: d.talks.hand_over(x.talk, "b")),
    ("c", lambda d, x: d.messages.mark_read(x.first)),
    ("c", lambda d, x: d.messages.waive(x.first)),
    ("a", lambda d, x: d.messages.dismiss(x.first, SECRET)),
    ("b", lambda d, x: d.messages.dismiss(x.first, "")),
    ("a", lambda d, x: d.teambox(x["box"]).claim(x.boxed)),
    ("b", lambda d, x: d.teambox(x["box"]).claim(x.talk)),
    ("m", lambda d, x: d.groups.delete(x["box"])),
    ("m", lambda d, x: d.talks.archive(x.talk)),
]


@pytest.mark.parametrize(("person", "verb"), REFUSED)
def test_a_refused_verb_leaves_nothing(scene: Scene, person: str, verb: DeskVerb) -> None:
    """C7: a verb that is refused leaves no event, though its desk goes on and commits."""
    with scene.collab.desk(person, portfolio="p") as desk:
        desk.talks.start("b" if person != "b" else "a", subject=SECRET, text=SECRET)
        with pytest.raises(CollabError):
            verb(desk, scene)
    assert [("message.sent", "new", person, ())] == scene.written()


def verbs(opened: type[Desk] | type[System], collab: Collab) -> Iterator[str]:
    """Give the names of the public verbs of a desk, or of the host."""
    made: Any = collab.desk("a", portfolio="p") if opened is Desk else collab.system("p")
    for room in sorted(vars(made)):
        if not room.startswith("_"):
            for name in dir(getattr(made, room)):
                if not name.startswith("_"):
                    yield f"{room}.{name}"
    yield from (name for name in vars(opened) if not name.startswith("_"))


def test_no_verb_and_no_kind_is_missing_here(collab: Collab) -> None:
    """C7: whoever adds a verb or a kind of event says here what the verb leaves in the log."""
    listed = {row[0] for row in BY_THE_SYSTEM} | {row[0] for row in BY_PERSONS} | set(READING.split())
    assert listed == {*verbs(Desk, collab), *verbs(System, collab)}
    expected = [row for table in (BY_THE_SYSTEM, BY_PERSONS, BY_WINDOWS) for *_, rows in table for row in rows]
    assert set(KINDS) == {kind for kind, *_ in expected} | {"portfolio.created"}
