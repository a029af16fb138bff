"""Following the feed: what happened behind a cursor, as its followers may see it now (I2, V13)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from attrs import Factory, define

from collabcase.desk.call import Call, Calls, acting
from collabcase.desk.cursor import seal_anew, unseal_anew
from collabcase.desk.judging import Judge
from collabcase.errors import CollabError, InvalidInput, SnapshotRequired
from collabcase.ids import Kind
from collabcase.model import inputs
from collabcase.model.event import SIGHT_CHANGED, Event, FeedPage, Happening
from collabcase.model.item import ItemRef
from collabcase.storage.interfaces import Actor, Adapter

HOST = ""
"""Who follows where it is the host itself; no person has such an id."""

_QUESTION = "events"
_LONGEST = 60.0
_PIECE = 500
_SOON = 0.05


@define(eq=False)
class _Follower:
    """How far somebody has come."""

    actor: Actor
    position: int
    events: list[Event] = Factory(list)

    @property
    def is_host(self) -> bool:
        return self.actor.no == 0

    def add(self, event: Event) -> None:
        """Take an event over; changes of sight that follow each other are one."""
        if event.kind != SIGHT_CHANGED or not self.events or self.events[-1].kind != SIGHT_CHANGED:
            self.events.append(event)


def feed_cursor(call: Call, position: int) -> str:
    """Return who calls the cursor of a position that the storage's horizon told before the call began.

    So it leaves out nothing that the call does not see; what came between the two is told once more.
    """
    return _cursor(call.actor, max(position, call.stores.events.floor(call.scope)))


def _cursor(actor: Actor, position: int) -> str:
    return seal_anew(actor.seal, _bound(actor), position)


def _bound(actor: Actor) -> str:
    return f"{actor.portfolio}/{actor.no}/{_QUESTION}"


class Following:
    """One reading of the feed of a portfolio, for one follower or many.

    However many there are, each look takes the same number of statements.
    """

    def __init__(self, storage: Adapter, new_calls: Callable[[], Calls], *, limit: int) -> None:
        """Take the storage, and what opens a transaction of the host's in the portfolio; `limit` is for each page."""
        self._storage, self._new_calls, self._limit = storage, new_calls, limit
        self._given: Mapping[str, object] = {}
        self._followers: dict[str, _Follower] = {}
        self._refused: dict[str, CollabError] = {}

    def pages(self, given: Mapping[str, object], wait: object) -> dict[str, FeedPage | CollabError]:
        """Return for each follower, given with a cursor or None for now, a page, or why there is none.

        Args:
            given: the followers; `HOST` is the host itself.
            wait: for how many seconds to wait until there is something for any of them.

        Raises:
            InvalidInput: `wait` can't be used.
            NotFound: there is no such portfolio.
        """
        deadline = time.monotonic() + _seconds(wait)
        self._given, seen, going = given, -1, True
        while going:
            mark = self._storage.wakeups.mark()
            horizon, unsettled = self._storage.horizon()
            if horizon != seen:
                self._look(horizon)
                seen = horizon
            left = deadline - time.monotonic()
            if left <= 0 or self._refused or any(one.events for one in self._followers.values()):
                break
            going = self._storage.wakeups.wait(mark, min(left, _SOON) if unsettled else left)
        found = {
            id: FeedPage(tuple(one.events), _cursor(one.actor, one.position)) for id, one in self._followers.items()
        }
        return {**found, **self._refused}

    def _look(self, horizon: int) -> None:
        """Read up to a horizon that was taken before."""
        calls = self._new_calls()
        calls.open = True
        with calls.reading() as call:
            self._attend(call, horizon)
            reading = [one for one in self._followers.values() if one.position < horizon]
            while reading:
                after = min(one.position for one in reading)
                rows = call.stores.events.between(call.scope, after=after, upto=horizon, limit=_PIECE)
                end = rows[-1].position if len(rows) == _PIECE else horizon
                self._tell(call, rows, [one for one in reading if one.position < end], end)
                reading = [one for one in reading if one.position < horizon and len(one.events) < self._limit]

    def _attend(self, call: Call, horizon: int) -> None:
        """See who follows, and from where; whoever is refused is followed by nobody's being disturbed."""
        actors = dict(call.stores.people.actors(call.scope, [id for id in self._given if id != HOST]))
        actors[HOST] = call.actor
        floor = call.stores.events.floor(call.scope)
        for id, cursor in self._given.items():
            try:
                actor = acting(actors.get(id), id)
                known = self._followers.get(id)
                position = known.position if known else _position(actor, cursor, max(horizon, floor))
                if position < floor:
                    raise SnapshotRequired
                self._followers[id] = _Follower(actor, position)
            except CollabError as error:
                self._refused[id] = error
                self._followers.pop(id, None)

    def _tell(self, call: Call, rows: Sequence[Happening], reading: Sequence[_Follower], end: int) -> None:
        """Let followers know of rows, each of those behind their own position, and let them come to the end."""
        following = {one.actor.no: one for one in reading}
        judge = Judge(call, [one.actor for one in reading if not one.is_host], rows)
        for row in rows:
            told, changed = judge.told(row), judge.changed(row)
            for no in told | changed | ({0} & following.keys()):
                one = following.get(no)
                if one is None or one.position >= row.position:
                    continue
                if one.is_host:
                    one.add(row.event)
                if no in told:
                    one.add(judge.as_shown(row, no))
                if no in changed:
                    me = ItemRef(Kind.PERSON.value, one.actor.id)
                    one.add(Event(row.event.portfolio, SIGHT_CHANGED, me, None, row.event.at))
                if len(one.events) >= self._limit:
                    one.position = row.position
                    del following[no]
        for one in following.values():
            one.position = max(one.position, end)


def _position(actor: Actor, cursor: object, now: int) -> int:
    return now if cursor is None else unseal_anew(actor.seal, _bound(actor), cursor)


def _seconds(wait: object) -> float:
    if not isinstance(wait, int | float) or isinstance(wait, bool) or not 0 <= wait <= _LONGEST:
        raise InvalidInput("wait", f"must be from 0 to {_LONGEST:g} seconds")
    return float(wait)


def cursors(value: object) -> dict[str, object]:
    """Return many followers with their cursors.

    Raises:
        InvalidInput: it is no mapping of persons' ids to cursors.
    """
    if not isinstance(value, Mapping):
        raise InvalidInput("followers", f"must map persons' ids to cursors, not be {type(value).__name__}")
    return {inputs.line("followers", id): value[id] for id in inputs.many("followers", value, str)}
