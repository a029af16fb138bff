"""The library's side and the model's side of one run of the lock machine, and what must be alike on both."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import define
from sqlalchemy import Connection, text

from collabcase import Collab, CollabError, ItemRef, Leases, Right, Window
from collabcase.ids import Kind, decode
from concurrency.lock_model import TTL, Model
from concurrency.scene import set_up
from database_clock import START, DatabaseClock

LEASES = Leases(**{mode: timedelta(milliseconds=ttl) for mode, ttl in TTL.items()})
PERSONS = ["a", "b1", "b2", "c"]


@define
class Ground:
    """A database with a clock, in which each run gets a portfolio of its own."""

    collab: Collab
    clock: DatabaseClock
    portfolios: int = 0


class Sides:
    """A portfolio with two talks and a thing of the host's, and the model of it."""

    def __init__(self, ground: Ground) -> None:
        ground.portfolios += 1
        self.portfolio, self.collab = f"p{ground.portfolios}", ground.collab
        self.model = Model(START)
        self.highest: Counter[str] = Counter()
        self._fill()
        self.position = self._position()

    def _fill(self) -> None:
        groups = {
            "B": {"members": ["b1", "b2"], "teambox": True},
            "M": {"main": True, "members": ["b2"], "rights": [Right.LOCK_FORCE]},
            "all": {"members": [*PERSONS, "z"]},  # so that everybody may know everybody
        }
        self.box = set_up(self.collab, [*PERSONS, "z"], groups, self.portfolio)["B"].ref
        self.refs = {"h": ItemRef("policy", "1")}
        self.messages = {}
        for item, to in {"t": self.box, "u": "b1"}.items():
            with self.collab.desk("a", portfolio=self.portfolio) as desk:
                talk = desk.talks.start(to, subject=item, text=item, observers=["c"] if item == "t" else [])
                self.messages[item] = desk.talks.view(talk.id).messages[0].id
                self.refs[item] = talk.ref
        with self.collab.desk("a", portfolio=self.portfolio) as desk:
            desk.guard(self.refs["h"])  # which gives it a number
        with self.collab._storage._engine.connect() as connection:
            who = "SELECT p.no, p.id FROM principal p JOIN portfolio f ON f.no = p.portfolio WHERE f.id = :here"
            self.names = {row.no: row.id for row in connection.execute(text(who), {"here": self.portfolio})}
            find = "SELECT no FROM portfolio WHERE id = :here"
            self.here = connection.execute(text(find), {"here": self.portfolio}).scalar_one()
            thing = "SELECT item FROM lockable WHERE portfolio = :here AND kind = 'policy'"
            self.numbers = {connection.execute(text(thing), {"here": self.here}).scalar_one(): "h"}
        self.numbers |= {decode(self.refs[item].id, Kind.TALK) or 0: item for item in "tu"}

    def _position(self) -> int:
        with self.collab._storage._engine.connect() as connection:
            return int(connection.execute(text("SELECT coalesce(max(position), 0) FROM event")).scalar_one())

    def check(self) -> None:
        """Compare all that is stored, and told; tokens are taken from the library, and must rise."""
        with self.collab._storage._engine.connect() as connection:
            self._check_holds(connection)
            self._check_windows(connection)
            self._check_events(connection)
            recorded = connection.execute(
                text("SELECT item, person, forcer FROM forced WHERE portfolio = :here"), {"here": self.here}
            )
            names = [(self.numbers[row.item], self.names[row.person], self.names[row.forcer]) for row in recorded]
            assert sorted(self.model.forced) == sorted(names)

    def _check_holds(self, connection: Connection) -> None:
        stored = "SELECT * FROM lease WHERE portfolio = :here"
        rows = {
            (self.numbers[row.item], self.names[row.person]): row
            for row in connection.execute(text(stored), {"here": self.here})
        }
        for key, hold in self.model.holds.items():
            if hold.token is None:
                hold.token = rows[key].token
                assert hold.token > self.highest[hold.item], "a token does not rise"
                self.highest[hold.item] = hold.token
        expected = {
            key: (hold.pane, hold.since, hold.until, hold.asked, hold.ending, hold.token)
            for key, hold in self.model.holds.items()
            if hold.pane is not None
        }
        assert expected == {
            key: (row.window_id, row.since, row.expires_at, self._name(row.asked_by), self._ending(row), row.token)
            for key, row in rows.items()
            if row.window_id is not None
        }
        assert {key: hold.ending for key, hold in self.model.holds.items() if hold.pane is None} == {
            key: self._ending(row) for key, row in rows.items() if row.window_id is None
        }

    def _ending(self, row: Any) -> tuple[str | None, str | None, int | None, str | None]:
        return row.ended, self._name(row.ended_by), row.ended_at, row.reason

    def _name(self, number: int | None) -> str | None:
        return None if number is None else self.names[number]

    def _check_windows(self, connection: Connection) -> None:
        stored = "SELECT * FROM open_window WHERE portfolio = :here"
        assert {
            pane.id: (pane.person, pane.mode, pane.item, pane.until, pane.clicked) for pane in self.model.panes.values()
        } == {
            row.id: (self.names[row.person], row.mode, self.numbers.get(row.item), row.expires_at, row.focused_at or 0)
            for row in connection.execute(text(stored), {"here": self.here})
        }

    def _check_events(self, connection: Connection) -> None:
        stored = "SELECT * FROM event WHERE portfolio = :here AND position > :after AND kind LIKE 'lock.%'"
        place = {"here": self.here, "after": self.position}
        rows = list(connection.execute(text(f"{stored} ORDER BY position"), place))
        assert self.model.told == [
            (row.kind, self.numbers[row.item], self._name(row.actor), self.names[int(row.told)], row.fields)
            for row in rows
        ]
        self.model.told.clear()
        self.position = rows[-1].position if rows else self.position

    def check_picture(self, window: Window) -> None:
        """Compare what a living window is shown with what the model says."""
        picture = window.picture
        assert self.model.shown(window.person) == [
            (
                self._item(held.item),
                None if held.holder is None else held.holder.id,
                _millis(held.since),
                held.own,
                None if held.asked_by is None else held.asked_by.id,
            )
            for held in picture.held
        ]
        assert self.model.notes(window.person) == {
            (self._item(note.item), note.what, None if note.by is None else note.by.id, _millis(note.at))
            for note in picture.moved
        }
        mine = next((hold for hold in self.model.held() if hold.pane == window.id), None)
        assert (None if mine is None else (mine.item, mine.token, mine.until - self.model.now)) == (
            None
            if picture.mine is None
            else (
                self._item(picture.mine.item),
                picture.mine.token,
                picture.mine.expires_in // timedelta(milliseconds=1),
            )
        )

    def _item(self, ref: ItemRef) -> str:
        return next(name for name, one in self.refs.items() if one == ref)


def fact(error: CollabError, name: str) -> object:
    found = getattr(error, name)
    return _millis(found) if isinstance(found, datetime) else found


def _millis(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
