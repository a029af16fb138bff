"""Comparing what is derived with what it is derived from: lists, teamboxes, the text index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from collabcase.ids import Kind, encode, kind_of
from collabcase.model.item import ItemRef
from collabcase.model.report import Finding, Report
from collabcase.storage.interfaces import Difference, Scope, Stores, UnitOfWork

Progress = Callable[[int, int], None]

_PRINCIPALS, _MESSAGES = 200, 100
_EXAMPLES = 10


class _Place(NamedTuple):
    no: int
    id: str
    principals: int
    messages: int


class _Check:
    """A check of portfolios, a batch at a time, each batch in a snapshot of its own.

    Every comparison is one statement, so writers at work do not make it see differences that are none; no snapshot
    lives longer than its batch.
    """

    def __init__(self, stores: Stores, work: UnitOfWork, progress: Progress | None) -> None:
        self._stores, self._work, self._progress = stores, work, progress
        self._done = self._total = 0

    def report(self, portfolio: str | None) -> Report | None:
        """Check one portfolio, or all; return None where there is none of that id."""
        places = list(self._places(portfolio))
        if portfolio is not None and not places:
            return None
        self._total = sum(place.principals + place.messages for place in places)
        findings: list[Finding] = []
        for place in places:
            findings += self._lists(place)
            findings += self._texts(place)
        self._step(max(self._total - self._done, 0))
        return Report(
            tuple(place.id for place in places),
            sum(place.principals for place in places),
            sum(place.messages for place in places),
            tuple(findings),
        )

    def _places(self, portfolio: str | None) -> Iterator[_Place]:
        with self._work.reading() as tx:
            for no, id in self._stores.portfolios.all(tx):
                if portfolio in (None, id):
                    yield _Place(no, id, *self._stores.checks.sizes(tx.within(no)))

    def _lists(self, place: _Place) -> Iterator[Finding]:
        after, more = 0, True
        while more:
            with self._work.reading() as tx:
                scope = tx.within(place.no)
                batch = self._stores.checks.principals(scope, after=after, limit=_PRINCIPALS)
                for no, ref in batch:
                    for difference in self._lists_of(scope, no, ref):
                        yield _finding(place, ref, difference)
                    self._step(1)
            more = len(batch) == _PRINCIPALS
            after = batch[-1][0] if batch else after

    def _lists_of(self, scope: Scope, no: int, ref: ItemRef) -> list[Difference]:
        return self._stores.checks.lists(scope, no, group=ref.kind == Kind.GROUP, examples=_EXAMPLES)

    def _texts(self, place: _Place) -> Iterator[Finding]:
        after, more, missing = 0, True, 0
        examples: list[int] = []
        while more:
            with self._work.reading() as tx:
                scope = tx.within(place.no)
                batch = self._stores.checks.messages(scope, after=after, limit=_MESSAGES)
                lost = self._stores.checks.unindexed(scope, batch) if batch else []
            missing += len(lost)
            examples += sorted(lost)[: _EXAMPLES - len(examples)]
            more = len(batch) == _MESSAGES
            after = batch[-1] if batch else after
            self._step(len(batch))
        if missing:
            yield _finding(place, None, Difference("text index", missing, 0, tuple(examples)))

    def _step(self, done: int) -> None:
        self._done += done
        if self._progress is not None and done:
            self._progress(min(self._done, self._total), self._total)


def _finding(place: _Place, principal: ItemRef | None, found: Difference) -> Finding:
    return Finding(place.id, found.list, principal, found.missing, found.stale, _refs(found.items))


def _refs(items: Iterable[int]) -> tuple[ItemRef, ...]:
    return tuple(ItemRef(kind_of(item).value, encode(item)) for item in items)


def fsck(stores: Stores, work: UnitOfWork, portfolio: str | None, progress: Progress | None) -> Report | None:
    """Compare the lists of one portfolio, or of all, with the rule; None where there is no such portfolio.

    Args:
        stores: where things are kept.
        work: opens the snapshots.
        portfolio: an id; None for all.
        progress: called with how many principals and messages are done, and how many there are.
    """
    return _Check(stores, work, progress).report(portfolio)
