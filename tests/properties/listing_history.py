"""Random histories that end with lists: every inbox and many searches, at rest and while everything goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from itertools import chain, combinations
from typing import Any, NamedTuple

from hypothesis import note

from collabcase import Collab
from collabcase.testing import MovableClock
from properties.agreement.figures import Figures
from properties.agreement.listing import CONDITIONS, INBOXES, conditions, inbox_of, search_for
from properties.agreement.programs import Choices
from properties.agreement.sides import Shape, Sides, same
from properties.agreement.steps import Scene
from properties.history import MAKERS, History
from world import Inbox, Refused

COMBINATIONS: tuple[tuple[str, ...], ...] = tuple(
    chain.from_iterable(combinations(CONDITIONS, number) for number in (1, 2, 3))
)
"""Every combination of one to three conditions of a search."""

_CHANGING = {
    "reader": ("archive", "archive", "restore", "mark_read", "reply"),
    "person": (*("reply",) * 3, *("start",) * 2, *("archive",) * 2, "add_observer", "remove_observer", "hand_over"),
    "system": ("add_members", "add_members", "remove_members", "share_cases", "enable", "disable", "move_main"),
}


class Entry(NamedTuple):
    """An item of a list: what it is, what would make it another one, and how it is shown."""

    item: Hashable
    state: Hashable
    shown: Shape


class Question(NamedTuple):
    """A list that is read page by page: what it holds now by the oracle, and a page of the library's."""

    text: str
    due: Callable[[], list[Entry]]
    page: Callable[..., tuple[Any, list[Shape]]]


class AtRest(History):
    """Asks everybody for each of their inboxes, and for messages under combinations of conditions.

    Attributes:
        seen: how often each inbox and each combination of conditions was asked for, and came back with something.
    """

    def __init__(self, collab: Collab, clock: MovableClock, seen: Counter[Any]) -> None:
        super().__init__(collab, clock, Figures())
        self.seen = seen

    def _check_rule(self) -> None:
        """Leave it to `test_history`."""

    def _ask_at_the_end(self, choices: Choices) -> None:
        for sides in self.sides:
            self._talk(sides, choices, 12)
            for person in choices.some(sorted(filter(sides.world.active, sides.world.persons)), 4):
                scene = Scene(sides, person)
                with self._desk(scene) as desk:
                    for heading in INBOXES:
                        found = self.compare(inbox_of(scene, heading, 1 + choices.number(3)), desk)[0].result
                        self.seen[heading] += bool(found)
                    rarest = sorted(COMBINATIONS, key=lambda names: (self.seen[names], choices.number(99)))
                    for names in rarest[:7]:
                        found = self.compare(search_for(scene, choices, names), desk)[0].result
                        self.seen[names] += bool(found)

    def _talk(self, sides: Sides, choices: Choices, steps: int) -> None:
        """Let so much be said that lists have some pages."""
        self._do(Scene(sides, None), ["enable"], choices)
        for _ in range(steps):
            self._do(Scene(sides, self._actor(sides, "person", choices)), _CHANGING["person"], choices)

    def _do(self, scene: Scene, verbs: Sequence[str], choices: Choices) -> None:
        before = len(scene.sides.world.events)
        with self._desk(scene) as desk:
            self.compare(MAKERS[choices.one(verbs)](scene, choices), desk)
        self._check_events(scene.sides, scene.actor, before)


class GoingOn(AtRest):
    """Reads lists page by page while everything goes on: what stays comes once, and what goes comes no more."""

    def _ask_at_the_end(self, choices: Choices) -> None:
        sides = choices.one(self.sides)
        self._talk(sides, choices, 20)
        active = sorted(filter(sides.world.active, sides.world.persons))
        active.sort(key=lambda person: len(sides.world.visible(person)))
        for person in active[-2:]:
            scene = Scene(sides, person)
            names = choices.some(CONDITIONS, 2) if choices.chance(50) else []
            self._read(scene, _inbox(scene, choices.one(("all", *INBOXES))), choices)
            self._read(scene, _search(scene, choices, names), choices)

    def _read(self, scene: Scene, question: Question, choices: Choices) -> None:
        """Read all pages with changes between, each against the oracle of that moment, and all against all of them."""
        limit, cursor = 1 + choices.number(3), None
        moments: list[dict[Hashable, Hashable]] = []
        came: list[tuple[Hashable, Hashable]] = []
        note(f"-- {scene.sides.id[-1]}: {scene.me} reads {question.text} by {limit}")
        while True:
            try:
                due = question.due()
            except Refused:
                return
            moments.append({entry.item: entry.state for entry in due})
            with self._desk(scene) as desk:
                cursor, shown = question.page(desk, limit=limit, cursor=cursor)
            note(f"page {shown}")
            for one in shown:
                entry = next((entry for entry in due if entry.shown == one), None)
                assert entry is not None, f"{question.text} shows {one}, but now there is {due}"
                came.append(entry[:2])
            if cursor is None:
                break
            self._change(scene, choices)
        same(max(Counter(came).values(), default=1), 1, f"how often the same comes in {question.text}: {came}")
        stayed = {item for item, state in moments[0].items() if all(now.get(item) == state for now in moments)}
        same(set(), stayed - {item for item, _ in came}, f"what stays and does not come in {question.text}")
        self.seen["pages"] += len(moments)
        self.seen["stayed"] += len(stayed)
        self.seen["changed"] += len(set().union(*(now.items() for now in moments)) - moments[0].items())

    def _change(self, me: Scene, choices: Choices) -> None:
        """Let the reader, somebody else or the host do something, once to three times."""
        sides = me.sides
        for _ in range(1 + choices.number(3)):
            kind = choices.one(["reader", "person", "person", "system"])
            actor = {"reader": me.actor, "system": None}.get(kind, self._actor(sides, "person", choices))
            self._do(Scene(sides, actor), _CHANGING[kind], choices)


def _inbox(scene: Scene, heading: Inbox) -> Question:
    sides = scene.sides

    def due() -> list[Entry]:
        return [
            Entry(listed.talk, (listed.last, listed.place), sides.due_summary(scene.me, listed))
            for listed in sides.world.inbox(scene.me, heading)
        ]

    def page(desk: Any, **named: Any) -> tuple[Any, list[Shape]]:
        found = desk.talks.inbox(heading, **named)
        return found.next, [sides.shown_summary(summary) for summary in found]

    return Question(f"inbox {heading}", due, page)


def _search(scene: Scene, choices: Choices, names: Collection[str]) -> Question:
    sides, asked = scene.sides, conditions(scene, choices, names)

    def due() -> list[Entry]:
        found: Iterable[int] = sides.world.search(scene.me, **asked)
        return [Entry(label, label, sides.due_message(scene.me, label)) for label in found]

    def page(desk: Any, **named: Any) -> tuple[Any, list[Shape]]:
        passed = {name: sides.ref(asked[name]) for name in ("author", "recipient") if name in asked}
        found = desk.messages.search(**{**asked, **passed}, **named)
        return found.next, [sides.shown_message(message) for message in found]

    return Question(f"search {asked}", due, page)
