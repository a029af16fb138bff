"""A filled database under measurement: who looks, at what, and by which numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from attrs import frozen

from benchmarks.crowd import Crowd
from benchmarks.filling import PORTFOLIO, Plan
from benchmarks.floor import Floor
from benchmarks.timing import Pair, interleaved
from collabcase import Collab, Desk, System
from collabcase.ids import Kind, kind_code

PAGE = 50
MESSAGE = kind_code(Kind.MESSAGE)


@frozen(eq=False)
class Scene:
    """What the lines work on.

    Attributes:
        engine: sqlite or postgresql.
        url: of the database, a copy.
        plan: what was filled in.
        crowd: who is in it.
        collab: the library.
        floor: the raw driver.
        portfolio: the portfolio's number.
        numbers: the persons' numbers.
        groups: the groups' numbers by name.
        viewers: whose lists are measured, by kind.
        short: whether everything is only to be seen to run.
    """

    engine: str
    url: str
    plan: Plan
    crowd: Crowd
    collab: Collab
    floor: Floor
    portfolio: int
    numbers: dict[str, int]
    groups: dict[str, int]
    viewers: dict[str, str]
    short: bool

    def compare(
        self, ours: Callable[[], object], floor: Callable[[], object], rounds: int = 30, *, seconds: float = 2.0
    ) -> Pair:
        """Return the times of ours and the floor, as `interleaved` takes them."""
        return interleaved(ours, floor, 1 if self.short else rounds, seconds=seconds)

    def desk(self, person: str) -> Desk:
        """Return a desk of a person in the portfolio measured."""
        return self.collab.desk(person, portfolio=PORTFOLIO)

    def system(self) -> System:
        """Return the host's own unit of work there."""
        return self.collab.system(PORTFOLIO)

    def group_id(self, name: str) -> str:
        """Return the outside id of a group."""
        return str(self.floor.value("SELECT id FROM principal WHERE portfolio = ? AND no = ?", *self._key(name)))

    def _key(self, name: str) -> tuple[int, int]:
        return self.portfolio, self.groups[name]

    def messages(self) -> list[int]:
        """Return the numbers of all messages."""
        return [id for [id] in self.floor.rows("SELECT id FROM message WHERE portfolio = ?", self.portfolio)]

    def heaviest(self, place: int) -> str:
        """Return the person who writes and gets more than all but `place` others."""
        return self.crowd.persons[self.crowd.by_rank[place]]

    def newest_of_one_feed(self, viewer: str) -> tuple[str, tuple[Any, ...]]:
        """Return the floor of lists: the newest 50 of the viewer's largest sharing group, or of their own."""
        columns = "m.id, m.talk, m.sender, m.sent_for, m.text, m.comment, m.date, m.sent_at, m.asks_answer, m.type"
        place = self.crowd.persons.index(viewer)
        mine = [group for group in self.crowd.groups if group.shares and place in group.members]
        if mine:
            largest = max(mine, key=lambda group: len(group.members))
            source = "SELECT item FROM feed WHERE portfolio = ? AND grp = ? AND kind = ?"
            values: tuple[Any, ...] = (self.portfolio, self.groups[largest.name], MESSAGE)
        else:
            source = "SELECT item FROM involvement WHERE portfolio = ? AND principal = ?"
            values = (self.portfolio, self.numbers[viewer])
        statement = (
            f"SELECT {columns} FROM ({source} ORDER BY item DESC LIMIT {PAGE}) f "
            "CROSS JOIN message m WHERE m.portfolio = ? AND m.id = f.item ORDER BY m.id DESC"
        )
        return self.floor.written(statement), (*values, self.portfolio)


def scene(engine: str, url: str, plan: Plan, collab: Collab, *, viewers: Collection[str], short: bool) -> Scene:
    """Return the scene of an opened database; `floor` is to be closed."""
    people = plan.crowd()
    floor = Floor(collab)
    [[portfolio]] = floor.rows("SELECT no FROM portfolio WHERE id = ?", PORTFOLIO)
    persons = floor.rows("SELECT id, no FROM principal WHERE portfolio = ? AND NOT is_group", portfolio)
    groups = floor.rows("SELECT name, no FROM grp WHERE portfolio = ?", portfolio)
    return Scene(
        engine=engine,
        url=url,
        plan=plan,
        crowd=people,
        collab=collab,
        floor=floor,
        portfolio=portfolio,
        numbers=dict(persons),
        groups=dict(groups),
        viewers={kind: person for kind, person in people.viewers.items() if kind in viewers},
        short=short,
    )
