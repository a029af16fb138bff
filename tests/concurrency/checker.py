"""What really happened to locks, and whether it is what the rules allow (L1 to L7).

The history is written by the database itself, in the transactions of what happened: every change of a hold, and every
write that went through. Its numbers rise, for each item, in the order in which things were committed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from attrs import Factory, define, frozen

Rivals: TypeAlias = Callable[[str, str, str], bool]
"""Tells whether two persons stand in each other's way on an item."""


@frozen
class Row:
    """A change of a hold, or a write.

    Attributes:
        seq: its place.
        item: what it is about.
        person: whose hold, or whose write.
        what: ``hold`` or ``write``.
        window: that holds, or writes; None where the hold has ended.
        token: of the hold, or of the write.
        ended: how the hold ended, or what was noted there.
        reason: of a force, why; of a move, what happened.
    """

    seq: int
    item: str
    person: str
    what: str
    window: str | None
    token: int
    ended: str | None = None
    reason: str | None = None


@frozen
class Told:
    """An event of a lock: its kind, the item, and whose lock it is about."""

    kind: str
    item: str
    holder: str


@frozen
class Done:
    """Something that was acknowledged: the number in the history, and when it began and ended for who did it."""

    item: str
    seq: int
    began: int
    ended: int


@define
class _Item:
    """The holds of one item while its history is gone through."""

    name: str
    rivals: Rivals
    holds: dict[str, tuple[str, int]] = Factory(dict)
    notes: dict[str, str | None] = Factory(dict)
    token: int = 0
    writes: Counter[str] = Factory(Counter)
    told: list[tuple[str, str]] = Factory(list)
    problems: list[str] = Factory(list)

    def take(self, row: Row) -> None:
        if row.what == "write":
            self._write(row)
        elif row.window is None:
            self._end(row)
        else:
            self._hold(row, row.window)

    def _write(self, row: Row) -> None:
        self.writes[row.person] += 1
        owner = self.holds.get(row.person)
        if owner != (row.window, row.token):
            self.problems.append(f"{row} was accepted, and {owner} held it")

    def _end(self, row: Row) -> None:
        held = self.holds.pop(row.person, None)
        outlasts = row.ended == "moved" and held is not None and self.notes.get(row.person) == row.reason
        if row.ended == "moved" or held is not None:
            self.told.append(("lock.released|lock.expired" if outlasts else f"lock.{row.ended}", row.person))

    def _hold(self, row: Row, window: str) -> None:
        before = self.holds.get(row.person)
        if before == (window, row.token):
            if row.ended == "moved":
                self.told.append(("lock.moved", row.person))
                self.notes[row.person] = row.reason
            return
        if row.token <= self.token:
            self.problems.append(f"{row} has no newer token than {self.token}")
        self.token = max(self.token, row.token)
        for other in self.holds:
            if self.rivals(self.name, row.person, other):
                self.problems.append(f"{row} began while {other} held it")
        self.told.append(("lock.acquired" if before is None else "lock.taken_over|lock.returned", row.person))
        self.holds[row.person] = window, row.token


def check(
    rows: Sequence[Row], told: Iterable[Told], rivals: Rivals, values: Mapping[tuple[str, str], int]
) -> list[str]:
    """Return whatever is wrong in a history.

    Args:
        rows: the history, in order.
        told: the events of locks, in the order of the log.
        rivals: who stands in whose way.
        values: for each item and side how often it was written to, by what was written.
    """
    items = {row.item: _Item(row.item, rivals) for row in rows}
    for row in rows:
        items[row.item].take(row)
    problems = [problem for item in items.values() for problem in item.problems]
    by_item: dict[str, list[Told]] = {}
    for one in told:
        by_item.setdefault(one.item, []).append(one)
    for name, item in items.items():
        problems += _check_told(name, item.told, by_item.get(name, []))
    written: Counter[tuple[str, str]] = Counter((row.item, row.person[0]) for row in rows if row.what == "write")
    problems += [
        f"{place} was written to {written[place]} times, and has {values.get(place, 0)}"
        for place in sorted(written.keys() | values.keys())
        if written[place] != values.get(place, 0)
    ]
    return problems


def _check_told(item: str, expected: Sequence[tuple[str, str]], found: Sequence[Told]) -> Iterator[str]:
    """Tell where the events of an item are not its changes, one for each, in the same order."""
    for number, (one, other) in enumerate(zip(expected, found, strict=False)):
        if other.kind not in one[0].split("|") or other.holder != one[1]:
            yield f"of {item} change {number} is {one}, and {other} was told"
            return
    if len(expected) != len(found):
        yield f"of {item} there are {len(expected)} changes, and {len(found)} events"


def check_time(done: Iterable[Done]) -> Iterator[str]:
    """Tell where one thing ended before another began, and stands behind it."""
    latest: dict[str, Done] = {}
    for one in sorted(done, key=lambda one: (one.item, one.seq)):
        before = latest.get(one.item)
        if before is not None and one.ended < before.began:
            yield f"{one} had ended before {before} began"
        if before is None or one.began > before.began:
            latest[one.item] = one
