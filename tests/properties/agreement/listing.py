"""The questions of lists: inboxes, and searches under any conditions, as in `questions`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

from properties.agreement.programs import Choices
from properties.agreement.sides import Shape
from properties.agreement.steps import CODES, DICTIONARIES, PHRASES, Call, Scene, somebody
from world import Inbox

INBOXES: tuple[Inbox, ...] = ("all", "mine", "teambox", "shared", "archived")
CONDITIONS = ("author", "recipient", "type", "since", "until", "data", "unread", "asks_answer", "text")
LIMITS = (50, 1, 2, 3)


def paged(ask: Callable[..., Any], limit: int) -> list[Any]:
    """Give all items of a list, page by page: full pages but for the last, a new cursor on all but the last."""
    page = ask(limit=limit)
    found, cursors = list(page), {page.next}
    while page.next is not None:
        assert len(page) == limit
        page = ask(limit=limit, cursor=page.next)
        assert 0 < len(page) <= limit
        assert page.next not in cursors
        cursors.add(page.next)
        found += page
    return found


def inbox(scene: Scene, choices: Choices) -> Call:
    """Look into one's inbox."""
    return inbox_of(scene, choices.one(INBOXES), choices.one(LIMITS))


def inbox_of(scene: Scene, heading: Inbox, limit: int) -> Call:
    """Look into one's inbox under a heading, page by page."""
    sides = scene.sides

    def oracle() -> Shape:
        found = sides.world.inbox(scene.me, heading)
        return [sides.due_summary(scene.me, listed, scene.client_version) for listed in found]

    def library(desk: Any) -> Shape:
        found = paged(lambda **page: desk.talks.inbox(heading, **page), limit)
        return [sides.shown_summary(summary) for summary in found]

    return Call(scene.told("inbox", heading, limit=limit), oracle, library)


def search(scene: Scene, choices: Choices) -> Call:
    """Search, with some conditions or none."""
    return search_for(scene, choices, choices.some(CONDITIONS, 4) if not choices.chance(10) else ())


def search_for(scene: Scene, choices: Choices, names: Collection[str]) -> Call:
    """Search under such conditions, page by page."""
    sides, limit = scene.sides, choices.one(LIMITS)
    asked = conditions(scene, choices, names)

    def oracle() -> Shape:
        found = sides.world.search(scene.me, **asked)
        return [sides.due_message(scene.me, label, scene.client_version) for label in found]

    def library(desk: Any) -> Shape:
        named = {name: sides.ref(asked[name]) for name in ("author", "recipient") if name in asked}
        return [
            sides.shown_message(one)
            for one in paged(lambda **page: desk.messages.search(**{**asked, **named}, **page), limit)
        ]

    return Call(scene.told("search", limit=limit, **asked), oracle, library)


def conditions(scene: Scene, choices: Choices, names: Collection[str]) -> dict[str, Any]:
    """Choose what is asked for: mostly what one and the same message has, that the viewer sees."""
    world = scene.sides.world
    seen = world.visible(scene.me)
    if not seen or choices.chance(15):
        made = {
            "author": choices.one([*sorted(world.persons), "nobody"]),
            "recipient": somebody(scene, choices),
            "type": choices.one(CODES),
            "since": world.now - timedelta(hours=choices.number(300)),
            "until": world.now - timedelta(hours=choices.number(300)),
            "data": {name: choices.one(CODES) for name in choices.some(DICTIONARIES, 2)},
            "unread": choices.chance(50),
            "asks_answer": choices.chance(50),
            "text": choices.one(PHRASES[1:]),
        }
        return {name: made[name] for name in CONDITIONS if name in names}
    told = [label for label in seen if world.messages[label].type or world.messages[label].data]
    label = choices.one(told if told and {"type", "data"} & set(names) else seen)
    message, wider = world.messages[label], timedelta(milliseconds=choices.number(400))
    date = message.date or world.now
    data = choices.some(sorted(message.data.items()), 2) or [("sparte", "kfz")]
    made = {
        "author": message.sent_for if message.sent_for and choices.chance(50) else message.sender,
        "recipient": choices.one(sorted(message.to, key=str)),
        "type": message.type or "kfz",
        "since": date - wider,
        "until": date + wider,
        "data": dict(data),
        "unread": (world.heading(scene.me, label) is not None) != choices.chance(15),
        "asks_answer": message.asks_answer != choices.chance(15),
        "text": _some_words(choices, f"{message.text} {message.comment} {world.talks[message.talk].subject}".split()),
    }
    return {name: made[name] for name in CONDITIONS if name in names}


def _some_words(choices: Choices, said: Sequence[str]) -> str:
    """Choose words of a text, in capitals or not, of some the beginning."""
    meant = [word for word in said if any(letter.isalnum() for letter in word)]
    words = [
        choices.one([word, word.upper(), word[:2] + "*" if word[:2].isalnum() else word])
        for word in choices.some(meant, 3)
    ]
    return " ".join(words)
