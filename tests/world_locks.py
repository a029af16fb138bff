"""The oracle's locks: who holds what, who stands in whose way, and what a write meets (L1, L4, L6, L7).

Time stands still as far as locks go: nothing here ends by silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from world_rule import Item, Principal, Refused, Rule

_SENDING = frozenset({"sender", "sent_for"})


@dataclass
class Window:
    """An open window: whose, where, what it is on, and since when."""

    person: str
    folder: str = ""
    item: Item | None = None
    since: datetime | None = None


@dataclass
class Hold:
    """That somebody holds an item: by which window, under which token, since when, and who wants it."""

    window: int
    token: int
    since: datetime
    asked_by: str | None = None


class Lost(NamedTuple):
    """How somebody's last hold of an item ended."""

    how: str
    reason: str | None = None


class Note(NamedTuple):
    """What somebody did to an item, and when (L7)."""

    what: str
    at: datetime


class Freed(NamedTuple):
    """The record of a lock freed by force."""

    item: Item
    holder: str
    by: str
    reason: str
    at: datetime


class Locks(Rule):
    """One portfolio with its windows and locks, the latter by item and person.

    `writing` is from which window, and under which token, the next verbs are called.
    """

    def __init__(self, sent_for_since: str = "4.8.0.64470") -> None:
        super().__init__(sent_for_since)
        self.windows: dict[int, Window] = {}
        self.holds: dict[tuple[Item, str], Hold] = {}
        self.lost: dict[tuple[Item, str], Lost] = {}
        self.notes: dict[tuple[Item, str], Note] = {}
        self.clicked: dict[tuple[Item, str], datetime] = {}
        self.freed: list[Freed] = []
        self.of_locks: list[tuple[str, Item, str, str | None]] = []
        """Every event of a lock: its kind, on what, who held it, and who asked."""
        self.writing: tuple[int | None, int | None] = None, None

    # ---------------------------------------------------------------- who stands in whose way (L1)

    def seats(self, person: str, talk: int) -> set[Principal]:
        """Give for whom somebody may answer in a talk: themself, their teambox, a colleague they see by.

        Who is on one side of a message, in person or by a group, answers there for that side alone.
        """
        found: set[Principal] = set()
        for message in self.talks[talk].messages:
            paths = [path for path in self.paths(person, message) if path.relation != "observer"]
            sides = {path.role in _SENDING for path in paths if path.relation != "peer"} or {True, False}
            found |= {path.principal for path in paths if path.principal and (path.role in _SENDING) in sides}
        return found

    def in_the_way(self, person: str, other: str, item: Item) -> bool:
        """Tell whether what one of two persons holds keeps the other from it; nobody knows what is done for a host."""
        if item.kind != "talk":
            return True
        return bool(self.seats(person, item.label) & self.seats(other, item.label))

    def is_told(self, person: str, holder: str, item: Item) -> bool:
        """Tell whether somebody is told of a lock: its holder, and whose way they are in; of a host's, colleagues."""
        if person == holder:
            return True
        if item.kind != "talk":
            return bool(self.groups_of(person) & self.groups_of(holder))
        return self.in_the_way(person, holder, item)

    def blocking(self, person: str, item: Item) -> str | None:
        """Give who keeps somebody from an item: of all in their way who held it before them, the first."""
        mine = self.holds.get((item, person))
        held = sorted((hold.since, who) for (on, who), hold in self.holds.items() if on == item and who != person)
        return next(
            (who for since, who in held if (mine is None or since < mine.since) and self.in_the_way(person, who, item)),
            None,
        )

    # ---------------------------------------------------------------- writes (L6, L7)

    def _guard(self, person: str, item: Item) -> None:
        """Refuse a write that meets a lock."""
        window, token = self.writing
        mine, other = self.holds.get((item, person)), self.blocking(person, item)
        holds = other is None and mine is not None and mine.window == window
        if token is not None:
            if other is not None and mine is not None and (mine.window, mine.token) == (window, token):
                raise self._locked(person, item, other)
            if not holds or mine is None or mine.token != token:
                raise self._stale(person, item)
        elif other is not None:
            raise self._locked(person, item, other)
        elif window is not None and mine is not None and not holds:
            raise self._stale(person, item)
        elif window is not None and mine is None and not self._is_open(person, window):
            raise Refused("window_gone", "window")

    def _is_open(self, person: str, window: int) -> bool:
        return window in self.windows and self.windows[window].person == person

    def _locked(self, person: str, item: Item, holder: str) -> Refused:
        return Refused("item_locked", self._held(person, item, holder))

    def _stale(self, person: str, item: Item) -> Refused:
        mine, holder = self.holds.get((item, person)), self.blocking(person, item)
        holder = holder if holder is not None or mine is None else person
        lost = self.lost.get((item, person), Lost("released")) if mine is None else Lost("taken over")
        held = "None None" if holder is None else self._held(person, item, holder)
        return Refused("stale_lock", f"{held} {lost.how} {lost.reason}")

    def _held(self, person: str, item: Item, holder: str) -> str:
        return f"{holder if self.knows(person, holder) else None} {self.holds[item, holder].since}"

    def _moved(self, person: str, talk: int, what: str, keeps: bool = False) -> None:
        """Let a talk carry a note; who moved it away lets go of it."""
        item = Item("talk", talk)
        if not keeps:
            self.holds.pop((item, person), None)
            self._let_go(person, item)
        if (item, person) not in self.holds:
            self.lost[item, person] = Lost("released" if keeps else "moved")
        self.notes[item, person] = Note(what, self.now)
        self._tell("lock.moved", item, person)

    # ---------------------------------------------------------------- what windows come to

    def _put_down(self, window: int, staying: set[int]) -> None:
        """Let a window be on nothing; of those that stay, the one of the person that clicked last gets it back (L4)."""
        state = self.windows[window]
        item, person, state.item = state.item, state.person, None
        hold = None if item is None else self.holds.get((item, person))
        if item is None or hold is None or hold.window != window:
            return
        older = [one for one in staying - {window} if self._is_on(one, person, item)]
        if older:
            hold.window = max(older, key=lambda one: self.windows[one].since or hold.since)
            hold.token = self._token()
            self._tell("lock.returned", item, person)
            return
        del self.holds[item, person]
        self.lost[item, person] = Lost("released")
        self._tell("lock.released", item, person)

    def _put_all_down(self, person: str) -> None:
        """Let all windows of somebody be on nothing; what was clicked first goes first."""
        for window in sorted(self._own_windows(person), key=lambda one: str(self.windows[one].since)):
            self._put_down(window, set())

    def _is_on(self, window: int, person: str, item: Item) -> bool:
        return self.windows[window].person == person and self.windows[window].item == item

    def _let_go(self, person: str, item: Item) -> None:
        for window in self.windows.values():
            if (window.person, window.item) == (person, item):
                window.item = None

    def _own_windows(self, person: str) -> set[int]:
        return {label for label, window in self.windows.items() if window.person == person}

    def _end_windows(self, person: str) -> None:
        """Close all windows of somebody who is deactivated (G7)."""
        self._put_all_down(person)
        for window in self._own_windows(person):
            del self.windows[window]

    def _token(self) -> int:
        """Give a token: greater than any before, by the time."""
        return round(self.now.timestamp() * 1000) * 1000

    def _tell(self, kind: str, item: Item, holder: str, asker: str | None = None) -> None:
        self.events.append((kind, item))
        self.of_locks.append((kind, item, holder, asker))
