"""The stored lists against plain sets: what the oracle's involvements and memberships give, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple, TypeAlias

from hypothesis import strategies as st
from sqlalchemy import text

from collabcase import Collab
from collabcase.testing import MovableClock
from properties.agreement.figures import Figures
from properties.agreement.programs import SEEDS, Choices, Preview, Program, Step, Unit, Who
from properties.agreement.sides import Sides, same
from properties.history import History
from world import Group, Item, Principal

Feeds: TypeAlias = frozenset[tuple[str, int]]
"""Which message stands in the feed of which group, all by their labels."""

Lists: TypeAlias = dict[tuple[Principal, bool, int], int]
"""The newest message of a talk in somebody's list: by principal, whether it is the shared list, and talk."""

_MESSAGE = 4
"""The number of the kind message, which stands in every row of a feed."""


class Stored(NamedTuple):
    """The lists of one portfolio."""

    feeds: Feeds
    lists: Lists


def due(sides: Sides) -> Stored:
    """Give what the lists must hold, by their definition and the oracle alone."""
    world = sides.world
    feeds: set[tuple[str, int]] = set()
    lists: Lists = {}
    for label, message in enumerate(world.messages):  # in order of arrival, so the last entry is the newest
        for row in message.rows():
            lists[row.principal, False, message.talk] = label
            if not isinstance(row.principal, str) or not world.extends(Item("message", label), row):
                continue
            for group in world.groups_of(row.principal):
                feeds.add((group, label))
                lists[Group(group), True, message.talk] = label
    return Stored(frozenset(feeds), lists)


def stored(collab: Collab, sides: Sides) -> Stored:
    """Give what the tables hold, read by SQL of our own."""
    with collab._storage._engine.connect() as connection:

        def rows(asked: str) -> Iterable[tuple[int, ...]]:
            return [tuple(row) for row in connection.execute(text(asked), {"portfolio": sides.id})]

        here = "= (SELECT no FROM portfolio WHERE id = :portfolio)"
        who: dict[int, Principal] = {
            no: Group(sides.label(id)) if is_group else id
            for no, is_group, id in connection.execute(
                text(f"SELECT no, is_group, id FROM principal WHERE portfolio {here}"), {"portfolio": sides.id}
            )
        }
        talks = {number: label for label, number in enumerate(_numbers(sides.talks))}
        messages = {number: label for label, number in enumerate(_numbers(sides.messages))}
        feeds = [
            (_label(who[group]), kind, messages[item])
            for group, kind, item in rows(f"SELECT grp, kind, item FROM feed WHERE portfolio {here}")
        ]
        lists = [
            ((who[principal], bool(shared), talks[talk]), messages[last])
            for principal, shared, talk, last in rows(
                f"SELECT principal, shared, talk, last FROM talk_list WHERE portfolio {here}"
            )
        ]
    same({_MESSAGE}, {kind for _, kind, _ in feeds} or {_MESSAGE}, "kinds in feeds")
    return Stored(frozenset((group, item) for group, _, item in feeds), dict(lists))


def _label(group: Principal) -> str:
    assert isinstance(group, Group), f"{group} is a person and has a feed"
    return group.label


def _numbers(ids: Iterable[str]) -> list[int]:
    """Give the numbers that outside ids stand for: thirteen digits of base 32 behind the kind."""
    digits = "0123456789abcdefghjkmnpqrstvwxyz"
    numbers = []
    for id in ids:
        number = 0
        for letter in id.partition("_")[2]:
            number = number * 32 + digits.index(letter)
        numbers.append(number)
    return numbers


def check(collab: Collab, sides: Sides) -> Stored:
    """Hold the stored lists equal to the due ones, and give them."""
    right, found = due(sides), stored(collab, sides)
    same(right.feeds - found.feeds, found.feeds - right.feeds, f"feeds of {sides.id}, missing and stale")
    same(right.lists, found.lists, f"lists of {sides.id}")
    return right


_TALKING = ("start", *("reply",) * 3, *("add_observer",) * 2, "remove_observer", "hand_over")
_GATHERING = (
    *("add_members",) * 3,
    *("remove_members",) * 3,
    *("move_main",) * 3,
    *("delete_group",) * 2,
    "create_group",
    "share_cases",
    "deactivate",
    "activate",
    "enable",
)


def list_programs(chapters: int = 5) -> st.SearchStrategy[Program]:
    """Draw programs that change the lists often: talk is followed by coming and going, and more talk."""

    def units(who: Who, verbs: tuple[str, ...], most: int) -> st.SearchStrategy[tuple[Unit, ...]]:
        step = st.builds(Step, st.sampled_from(verbs), SEEDS)
        unit = st.builds(Unit, st.just(who), SEEDS, st.lists(step, min_size=1, max_size=2).map(tuple))
        return st.lists(unit, max_size=most).map(tuple)

    acts = [units("person", _TALKING, 8), units("system", _GATHERING, 4)] * chapters
    return st.builds(Program, st.tuples(SEEDS, SEEDS), st.tuples(*acts).map(chain.from_iterable).map(tuple), SEEDS)


class ListHistory(History):
    """A history that looks at the lists instead of asking everybody everything.

    Attributes:
        seen: how often the lists held what, grew, shrank, and pointed back to an older message.
    """

    def __init__(self, collab: Collab, clock: MovableClock, seen: Counter[str]) -> None:
        super().__init__(collab, clock, Figures())
        self.seen = seen
        self._before: dict[str, Stored] = {}

    def _play(self, act: Unit | Preview) -> None:
        super()._play(act)
        self._check_rule()

    def _check_rule(self) -> None:
        for sides in self.sides:
            now = check(self.collab, sides)
            before = self._before.get(sides.id, Stored(frozenset(), {}))
            self._before[sides.id] = now
            self.seen["feed rows"] += len(now.feeds)
            self.seen["feed rows gone"] += len(before.feeds - now.feeds)
            self.seen["shared rows"] += sum(shared for _, shared, _ in now.lists)
            self.seen["own rows of groups"] += sum(
                isinstance(who, Group) and not shared for who, shared, _ in now.lists
            )
            for key, last in before.lists.items():
                self.seen["list rows gone"] += key not in now.lists
                self.seen["list rows lowered"] += now.lists.get(key, last) < last

    def _ask_at_the_end(self, choices: Choices) -> None:
        for sides in self.sides:
            same((), self.collab.fsck(sides.id).findings, f"what fsck finds in {sides.id}")
