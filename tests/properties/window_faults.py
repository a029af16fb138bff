"""Leaks of windows, locks and the feed, put into the library; a part of `faults`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from collabcase import ItemRef
from collabcase.desk import clicking, holding, judging, lockables, picture, windows
from collabcase.desk.call import FURTHEST, Call
from collabcase.ids import Kind, decode
from collabcase.model.event import Happening
from collabcase.model.group import GroupEvent
from collabcase.model.lock import LockEvent
from collabcase.permissions.sight import Sight
from collabcase.permissions.telling import Followers
from collabcase.storage.interfaces import LeaseRow, WindowRow
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.leases import SqlLeases
from collabcase.storage.sql.rows import PORTFOLIO, run
from collabcase.storage.sql.windows import SqlWindows

Fault = Callable[[pytest.MonkeyPatch], None]


def picture_of_every_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture shows every lock and note, whosever way it is in."""

    def all_of_them(call: Call, rows: Collection[LeaseRow]) -> set[tuple[int, int]]:
        return {(row.item, row.person) for row in rows}

    monkeypatch.setattr(picture, "_concerning", all_of_them)


def hosts_locks_shown_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture shows who is on a thing of the host's to who has no group in common with them."""

    def everybody(call: Call, holders: Mapping[int, Collection[int]]) -> set[tuple[int, int]]:
        return {(item, person) for item, persons in holders.items() for person in persons}

    monkeypatch.setattr(picture, "_concerning_hosts", everybody)


def other_side_is_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds a talk keeps everybody else from it, the other side, too."""
    monkeypatch.setattr(holding, "in_the_way", lambda call, item, me, others: set(others))


def asked_by_shown_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sees a lock sees who has asked for it."""
    shown = picture._held

    def told(call: Call, rows: Collection[LeaseRow], refs: Any) -> Any:
        cards = holding.cards_of(call, {row.asked_by for row in rows if row.asked_by is not None})
        askers = [cards.get(row.asked_by) if row.asked_by is not None else None for row in rows]
        return tuple(
            type(one)(one.item, one.holder, one.since, one.own, asker)
            for one, asker in zip(shown(call, list(rows), refs), askers, strict=True)
        )

    monkeypatch.setattr(picture, "_held", told)


def tokens_count_clicks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token tells how much has happened to an item's lock, on the other side, too."""

    def counted(self: SqlLeases, scope: Scope, items: Iterable[int]) -> dict[int, int]:
        event = self._tables.event
        per_item = select(func.count()).where(event.c.portfolio == PORTFOLIO, event.c.item.in_(list(items)))
        clicked = run(scope, per_item).scalar_one()
        return {item: token + 1 + clicked for item, token in lock(self, scope, items).items()}

    lock = SqlLeases.lock
    monkeypatch.setattr(SqlLeases, "lock", counted)


def windows_are_anybodys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has a window's id finds it, whosever it is."""
    find = SqlWindows.find

    def found(self: SqlWindows, scope: Scope, person: int, id: str) -> WindowRow | None:
        return next(filter(None, (find(self, scope, one, id) for one in range(1, 40))), None)

    monkeypatch.setattr(SqlWindows, "find", found)


def gone_tells_what_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there and not seen is not gone."""

    def exists(call: Call, ref: ItemRef) -> bool:
        talk = decode(ref.id, Kind.TALK)
        return talk is None or call.stores.talks.find(call.scope, talk) is not None

    monkeypatch.setattr(windows, "gone", lambda call, refs: tuple(ref for ref in refs if not exists(call, ref)))


def hidden_talks_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for a talk that is there and not seen is not told that there is none."""

    def numbered(call: Call, ref: ItemRef) -> int:
        talk = None if lockables.is_hosts(ref) else decode(ref.id, Kind.TALK)
        there = talk is not None and call.stores.talks.find(call.scope, talk) is not None
        return talk if talk is not None and there else number(call, ref)

    number = clicking.item_number
    monkeypatch.setattr(clicking, "item_number", numbered)


def locks_told_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed tells everybody of every lock."""
    told_of = judging.told_of

    def told(row: Happening, now: Followers) -> Any:
        return now.everybody if row.event.kind in set(LockEvent) else told_of(row, now)

    monkeypatch.setattr(judging, "told_of", told)


def feed_without_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed tells everybody of every message."""

    def everybody(facts: Any, items: Collection[int], sights: Collection[Sight]) -> Any:
        return {item: {sight.me for sight in sights} for item in items}

    monkeypatch.setattr(judging, "_seen", everybody)


def dismissals_in_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed tells whoever sees a question that it was dismissed."""
    told_of = judging.told_of

    def told(row: Happening, now: Followers) -> Any:
        return now.seen.get(row.item, frozenset()) if row.event.kind == "message.dismissed" else told_of(row, now)

    monkeypatch.setattr(judging, "told_of", told)


def changes_of_sight_told_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever joins or leaves a group, everybody hears that their sight has changed."""
    changed_for = judging.sight_changed_for

    def changed(row: Happening, now: Followers) -> Any:
        return now.everybody if row.event.kind in set(GroupEvent) else changed_for(row, now)

    monkeypatch.setattr(judging, "sight_changed_for", changed)


def holders_named_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures and errors name whoever holds an item."""
    monkeypatch.setattr(holding, "known_among", lambda call, persons: set(persons))


def actors_named_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed names whoever did something."""
    monkeypatch.setattr(judging.Judge, "_strangers", lambda self, rows: set())


def reasons_told_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is kept from an item by a force of old is told why, whoever lost it."""
    refused = holding.refused

    def told(call: Call, item: int, found: Any, refusal: Any) -> Any:
        error = refused(call, item, found, refusal)
        reasons = [row.reason for row in call.stores.leases.forced(call.scope, item, before=(FURTHEST,) * 2, limit=9)]
        error.__cause__ = LookupError(reasons)
        return error

    monkeypatch.setattr(clicking, "refused", told)


WINDOW_FAULTS: Mapping[Fault, str] = {
    picture_of_every_lock: "Window.picture",
    hosts_locks_shown_to_all: "Window.picture",
    other_side_is_in_the_way: "Window.focus",
    asked_by_shown_to_all: "Window.picture",
    tokens_count_clicks: "Window.focus",
    windows_are_anybodys: "Window.check",
    gone_tells_what_was: "Window.gone",
    hidden_talks_are_asked_for: "Window.ask",
    locks_told_to_all: "collab.feed",
    feed_without_sight: "collab.feed",
    dismissals_in_the_feed: "collab.feed",
    changes_of_sight_told_to_all: "collab.feed",
    holders_named_to_all: "Window.focus",
    actors_named_to_all: "collab.feed",
    reasons_told_to_all: "Window.focus",
}
"""Each fault with a call that shows it."""

NO_MARK = frozenset(
    {
        asked_by_shown_to_all,
        other_side_is_in_the_way,
        tokens_count_clicks,
        windows_are_anybodys,
        gone_tells_what_was,
        hidden_talks_are_asked_for,
        dismissals_in_the_feed,
        changes_of_sight_told_to_all,
    }
)
"""Those that show no mark: non-interference alone sees them."""

NO_DIFFERENCE = frozenset({hosts_locks_shown_to_all, holders_named_to_all, actors_named_to_all, reasons_told_to_all})
"""Those that tell of both worlds of a pair alike: the canaries alone see them."""
