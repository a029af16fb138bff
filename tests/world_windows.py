"""The oracle's verbs of windows: click, let go, ask, force, and what a window is shown (L1 to L5, L7, L8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from world_locks import Freed, Hold, Lost, Window
from world_rule import Item, Refused
from world_shown import Shown


class Held(NamedTuple):
    """A lock as somebody is shown it; None stands for somebody they may not know, or nobody."""

    item: Item
    holder: str | None
    since: datetime
    own: bool
    asked_by: str | None


class Moved(NamedTuple):
    """A note as somebody is shown it."""

    item: Item
    what: str
    by: str | None
    at: datetime


class Picture(NamedTuple):
    """What a window is shown: locks held longest first, notes newest first, its own item and token."""

    held: tuple[Held, ...]
    moved: tuple[Moved, ...]
    mine: tuple[Item, int] | None


class Windows(Shown):
    """One portfolio with the verbs of windows; `label` names a new one."""

    def open_window(self, actor: str, label: int, folder: str = "") -> None:
        """Open a window."""
        self._acting(actor)
        self.windows[label] = Window(actor, folder)

    def focus(self, actor: str, window: int, item: Item) -> int:
        """Click an item, and give the token under which it is held."""
        state = self._window(actor, window)
        self._clickable(actor, item)
        if item.kind == "talk" and not self.seats(actor, item.label):
            raise Refused("forbidden", "answer")
        other, mine = self.blocking(actor, item), self.holds.get((item, actor))
        if other is not None:
            raise self._locked(actor, item, other)
        if state.item != item:
            self._put_down(window, self._own_windows(actor))
        state.item, state.since = item, self.now
        if mine is None:
            mine = self.holds[item, actor] = Hold(window, self._token(), self.now)
            self.clicked[item, actor] = self.now
            self.notes.pop((item, actor), None)
            self.lost.pop((item, actor), None)
            self._tell("lock.acquired", item, actor)
        elif mine.window != window:
            mine.window, mine.token = window, self._token()
            self._tell("lock.taken_over", item, actor)
        return mine.token

    def blur(self, actor: str, window: int) -> None:
        """Let go."""
        self._window(actor, window)
        self._put_down(window, self._own_windows(actor))

    def move_to(self, actor: str, window: int, folder: str) -> None:
        """Go to another folder, and let go."""
        self.blur(actor, window)
        self.windows[window].folder = folder

    def close_window(self, actor: str, window: int) -> None:
        """Close a window; one that is not there stays so."""
        self._acting(actor)
        if self._is_open(actor, window):
            self._put_down(window, self._own_windows(actor))
            del self.windows[window]

    def release_all(self, actor: str, window: int) -> None:
        """Let all windows of somebody be on nothing."""
        self._window(actor, window)
        self._put_all_down(actor)

    def beat(self, actor: str, window: int) -> tuple[Item, int] | None:
        """Give a sign of life, and what the window holds."""
        self._window(actor, window)
        return self._by(actor, window)

    def ask_for(self, actor: str, window: int, item: Item) -> None:
        """Ask who holds an item to let go."""
        self._window(actor, window)
        self._clickable(actor, item)
        other = self.blocking(actor, item)
        if other is not None:
            self.holds[item, other].asked_by = actor
            self._tell("lock.asked", item, other, actor)

    def force(self, actor: str, window: int, item: Item, reason: str) -> None:
        """Free an item."""
        self._window(actor, window)
        self._clickable(actor, item)
        all_of_it = "lock.force" in self.rights(actor)
        if not all_of_it and (item.kind != "talk" or not self.seats(actor, item.label)):
            raise Refused("forbidden", "lock.force")
        held = sorted((hold.since, who) for (on, who), hold in self.holds.items() if on == item)
        for _, who in [one for one in held if all_of_it or one[1] == actor or self.in_the_way(actor, one[1], item)]:
            del self.holds[item, who]
            self._let_go(who, item)
            self.lost[item, who] = Lost("forced", reason)
            self.notes.pop((item, who), None)
            before = [one.at + timedelta(milliseconds=1) for one in self.freed if one.item == item]
            self.freed.append(Freed(item, who, actor, reason, max([self.now, *before])))
            self._tell("lock.forced", item, who)

    # ---------------------------------------------------------------- questions

    def picture(self, actor: str, window: int) -> Picture:
        """Show what concerns a window."""
        self._window(actor, window)
        notes = [
            (note, who, item)
            for (item, who), note in self.notes.items()
            if self.is_told(actor, who, item) and not self._clicked_after(actor, item, note.at)
        ]
        return Picture(
            held=tuple(
                self._shown(actor, item, who) for item, who in self._in_order() if self.is_told(actor, who, item)
            ),
            moved=tuple(
                Moved(item, note.what, who if self.knows(actor, who) else None, note.at)
                for note, who, item in sorted(notes, key=lambda one: one[0].at, reverse=True)
            ),
            mine=self._by(actor, window),
        )

    def mine(self, actor: str, window: int) -> tuple[Held, ...]:
        """Give what somebody's windows hold."""
        self._window(actor, window)
        return tuple(self._shown(actor, item, who) for item, who in self._in_order() if who == actor)

    def gone(self, actor: str, window: int, talks: list[int]) -> list[int]:
        """Give which talks somebody does not see."""
        self._window(actor, window)
        return [talk for talk in talks if not self._sees_talk(actor, talk)]

    def guard(self, actor: str, item: Item) -> None:
        """Refuse to go on where a thing of the host's is locked."""
        self._acting(actor)
        self._guard(actor, item)

    def forced(self, item: Item | None = None) -> list[Freed]:
        """Give the record of what was freed by force, newest first."""
        return [one for one in reversed(self.freed) if item in (None, one.item)]

    # ---------------------------------------------------------------- what they stand on

    def _window(self, actor: str, window: int) -> Window:
        self._acting(actor)
        if not self._is_open(actor, window):
            raise Refused("window_gone", "window")
        return self.windows[window]

    def _clickable(self, actor: str, item: Item) -> None:
        if item.kind == "talk":
            self._seen_talk(actor, item.label)

    def _sees_talk(self, person: str, talk: int) -> bool:
        return 0 <= talk < len(self.talks) and any(self.sees(person, label) for label in self.talks[talk].messages)

    def _by(self, actor: str, window: int) -> tuple[Item, int] | None:
        for (item, who), hold in self.holds.items():
            if (who, hold.window) == (actor, window) and self.blocking(actor, item) is None:
                return item, hold.token
        return None

    def _in_order(self) -> list[tuple[Item, str]]:
        return sorted(self.holds, key=lambda one: (self.holds[one].since, self.holds[one].token))

    def _clicked_after(self, actor: str, item: Item, at: datetime) -> bool:
        return any(
            on == item and since > at and self.is_told(actor, who, item) for (on, who), since in self.clicked.items()
        )

    def _shown(self, actor: str, item: Item, holder: str) -> Held:
        hold = self.holds[item, holder]
        asker = hold.asked_by if actor in (holder, hold.asked_by) else None
        return Held(
            item,
            holder if self.knows(actor, holder) else None,
            hold.since,
            holder == actor,
            asker if asker is not None and self.knows(actor, asker) else None,
        )
