"""Who holds what, as the rules say it (L1 to L7): windows, holds and what is told of them, in plain Python.

It knows no database, and nothing of how the library comes to its answers. Moments are milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeAlias

from attrs import Factory, define

TTL = {"visible": 1_000, "hidden": 5_000, "attached": 2_000}
DAY = 86_400_000

WAYS = {"t": [{"a"}, {"b1", "b2"}], "u": [{"a"}, {"b1"}], "h": [{"a", "b1", "b2", "c"}]}
"""For each item who stands in each other's way; whoever stands in nobody's way there may not click it."""

UNSEEN = {("u", "b2"), ("u", "c")}
FORCER = "b2"

Told: TypeAlias = tuple[str, str, str | None, str, str]
"""An event of a lock: kind, item, actor, holder, fields."""


@define
class Pane:
    """A window."""

    id: str
    person: str
    mode: str
    until: int
    item: str | None = None
    clicked: int = 0


@define
class Hold:
    """A person's hold of an item, or how the last one ended."""

    item: str
    person: str
    pane: str | None = None
    token: int | None = 0
    since: int = 0
    until: int = 0
    asked: str | None = None
    ending: tuple[str | None, str | None, int | None, str | None] = (None, None, None, None)


class Refused(Exception):
    """What the library must refuse: the error's code, and its facts."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.told = {"code": code, **facts}


@define
class Model:
    """All of it. A hold that has just got a new owner has no token until the library has told it."""

    now: int
    panes: dict[str, Pane] = Factory(dict)
    holds: dict[tuple[str, str], Hold] = Factory(dict)
    passive: set[str] = Factory(set)
    claimer: str | None = None
    told: list[Told] = Factory(list)
    forced: list[tuple[str, str, str]] = Factory(list)

    # ---------------------------------------------------------------- what is so

    def live(self, hold: Hold) -> bool:
        return hold.pane is not None and hold.until > self.now

    def held(self) -> list[Hold]:
        return self._ordered(hold for hold in self.holds.values() if self.live(hold))

    def of(self, person: str) -> list[Pane]:
        return sorted((pane for pane in self.panes.values() if pane.person == person), key=lambda pane: pane.id)

    def there(self, person: str, id: str) -> Pane:
        if person in self.passive:
            raise Refused("forbidden")
        pane = self.panes.get(id)
        if pane is None or pane.person != person or pane.until <= self.now:
            raise Refused("window_gone")
        return pane

    def in_the_way(self, item: str, one: str, other: str) -> bool:
        return one != other and any({one, other} <= way for way in WAYS[item])

    def mine(self, item: str, person: str) -> Hold | None:
        hold = self.holds.get((item, person))
        return hold if hold is not None and self.live(hold) else None

    def theirs(self, item: str, person: str) -> Hold | None:
        return next((hold for hold in self.held() if hold.item == item and self._theirs(hold, person)), None)

    def _theirs(self, hold: Hold, person: str) -> bool:
        return self.in_the_way(hold.item, person, hold.person)

    @staticmethod
    def _ordered(holds: Iterable[Hold]) -> list[Hold]:
        return sorted(holds, key=lambda hold: (hold.since, hold.token or 0))

    def _check_sight(self, item: str, person: str) -> None:
        if (item, person) in UNSEEN:
            raise Refused("not_found")

    def _check_place(self, item: str, person: str) -> None:
        self._check_sight(item, person)
        if not any(person in way for way in WAYS[item]):
            raise Refused("forbidden")

    # ---------------------------------------------------------------- windows

    def open(self, id: str, person: str, mode: str) -> None:
        if person in self.passive:
            raise Refused("forbidden")
        self.panes[id] = Pane(id, person, mode, self.now + TTL[mode])

    def click(self, person: str, id: str, item: str) -> Hold:
        pane = self.there(person, id)
        self._check_place(item, person)
        self._check_free(item, person)
        self._settle({item, pane.item})
        if pane.item not in (None, item):
            self._leave(pane, self.of(person))
        hold, before = self.holds.setdefault((item, person), Hold(item, person)), self.mine(item, person)
        if before is None:
            self._tell("acquired", item, person, person)
        elif before.pane != id:
            self._tell("taken_over", item, person, person)
        self._give(hold, pane, TTL[pane.mode])
        self._point(pane, item)
        return hold

    def _check_free(self, item: str, person: str) -> None:
        theirs = self.theirs(item, person)
        if theirs is not None:
            raise Refused("item_locked", holder=theirs.person, since=theirs.since)

    def _give(self, hold: Hold, pane: Pane, ttl: int) -> None:
        goes_on = self.live(hold)
        hold.token = hold.token if goes_on and hold.pane == pane.id else None
        hold.pane, hold.ending = pane.id, hold.ending if goes_on else (None, None, None, None)
        hold.since = hold.since if goes_on else self.now
        hold.asked = hold.asked if goes_on else None
        hold.until = max(hold.until, self.now + ttl) if goes_on else self.now + ttl

    def _point(self, pane: Pane, item: str | None) -> None:
        pane.item, pane.clicked, pane.until = item, self.now, self.now + TTL[pane.mode]

    def _heir(self, item: str, panes: Iterable[Pane], but: str | None) -> Pane | None:
        older = [pane for pane in panes if pane.item == item and pane.until > self.now and pane.id != but]
        return max(older, key=lambda pane: (pane.clicked, pane.id), default=None)

    def _leave(self, pane: Pane, others: Iterable[Pane]) -> None:
        assert pane.item is not None
        hold = self.mine(pane.item, pane.person)
        if hold is None or hold.pane != pane.id:
            return
        heir = self._heir(pane.item, others, pane.id)
        if heir is None:
            self._end(hold, "released", pane.person, None)
        else:
            self._give(hold, heir, 0)
        self._tell("released" if heir is None else "returned", pane.item, pane.person, self._actor(pane.person))

    def _actor(self, person: str) -> str | None:
        return None if person in self.passive else person

    def _end(self, hold: Hold, how: str, by: str | None, why: str | None) -> None:
        noted = hold.pane is not None and hold.ending[0] == "moved" and how in ("released", "expired")
        hold.ending = hold.ending if noted else (how, by, self.now, why)
        hold.pane = hold.asked = None

    def _settle(self, items: Collection[str | None]) -> int:
        gone = [hold for hold in self.holds.values() if hold.item in items and hold.pane and not self.live(hold)]
        for hold in self._ordered(gone):
            self._end(hold, "expired", None, None)
            self._tell("expired", hold.item, hold.person, None)
        return len(gone)

    def _tell(self, kind: str, item: str, holder: str, actor: str | None, fields: str = "") -> None:
        self.told.append((f"lock.{kind}", item, actor, holder, fields))

    def _release(self, gone: list[Pane], staying: list[Pane]) -> None:
        self._settle({pane.item for pane in gone})
        for pane in sorted(gone, key=lambda pane: pane.clicked):
            if pane.item is not None:
                self._leave(pane, staying)

    def blur(self, person: str, id: str) -> None:
        pane = self.there(person, id)
        self._release([pane], [other for other in self.of(person) if other is not pane])
        self._point(pane, None)

    def close(self, person: str, id: str) -> None:
        if person in self.passive:
            raise Refused("forbidden")
        gone = [pane for pane in self.of(person) if pane.id == id]
        self._release(gone, [pane for pane in self.of(person) if pane.id != id])
        self.panes = {key: pane for key, pane in self.panes.items() if pane not in gone}

    def release_all(self, person: str, id: str) -> None:
        self.there(person, id)
        self._release(self.of(person), [])
        for pane in self.of(person):
            if pane.until > self.now:
                self._point(pane, None)

    def beat(self, person: str, id: str, mode: str | None) -> None:
        pane = self.there(person, id)
        pane.mode = mode or pane.mode
        self.beat_all([id])

    def beat_all(self, ids: Iterable[str]) -> set[str]:
        living = [self.panes[id] for id in ids if id in self.panes and self.panes[id].until > self.now]
        for pane in living:
            pane.until = self.now + TTL[pane.mode]
            hold = None if pane.item is None else self.mine(pane.item, pane.person)
            if hold is not None:
                hold.until = max(hold.until, pane.until)
        return {pane.id for pane in living}

    # ---------------------------------------------------------------- ask, force, write, move

    def ask(self, person: str, id: str, item: str) -> None:
        self.there(person, id)
        self._check_sight(item, person)
        self._settle({item})
        theirs = self.theirs(item, person)
        if theirs is not None:
            theirs.asked = person
            self._tell("asked", item, theirs.person, person)

    def force(self, person: str, id: str, item: str, why: str) -> None:
        self.there(person, id)
        self._check_sight(item, person)
        if person != FORCER and item == "h":
            raise Refused("forbidden")
        if person != FORCER:
            self._check_place(item, person)
        self._settle({item})
        for hold in [hold for hold in self.held() if hold.item == item]:
            if person in (FORCER, hold.person) or self._theirs(hold, person):
                self._let_go(hold.person, item)
                self._end(hold, "forced", person, why)
                self.forced.append((item, hold.person, person))
                self._tell("forced", item, hold.person, person)

    def _let_go(self, person: str, item: str) -> None:
        for pane in self.of(person):
            pane.item = None if pane.item == item else pane.item

    def write(self, person: str, item: str, id: str | None, token: int | None) -> None:
        """Check whether a write goes through."""
        if person in self.passive:
            raise Refused("forbidden")
        mine, theirs = self.mine(item, person), self.theirs(item, person)
        if theirs is not None and token is None:
            self._check_free(item, person)
        owner = mine is not None and mine.pane == id
        if (token is not None and not (owner and mine is not None and mine.token == token)) or (
            token is None and id is not None and mine is not None and not owner
        ):
            now = theirs or mine
            how, _, _, why = self._lost(item, person)
            raise Refused(
                "stale_lock",
                how=how,
                reason=why if how == "forced" else None,
                holder=now and now.person,
                since=now and now.since,
            )
        if token is None and id is not None and mine is None:
            self.there(person, id)

    def _lost(self, item: str, person: str) -> tuple[str, str | None, int | None, str | None]:
        hold = self.holds.get((item, person))
        if hold is None:
            return "released", None, None, None
        if hold.pane is not None:
            return "taken over" if self.live(hold) else "expired", None, None, None
        if hold.ending[3] == "claimed":  # its holder went on holding it, and then let it go
            return "released", None, None, None
        return hold.ending[0] or "released", *hold.ending[1:]

    def claim(self, person: str, id: str | None, token: int | None) -> None:
        self._check_member(person)
        self.write(person, "t", id, token)
        if self.claimer not in (None, person):
            raise Refused("already_claimed")
        if self.claimer is None:
            self.claimer = person
            self._note(person, "claimed", ends=False)

    def put_back(self, person: str, id: str | None, token: int | None) -> None:
        self._check_member(person)
        self.write(person, "t", id, token)
        if self.claimer not in (None, person):
            raise Refused("forbidden")
        if self.claimer == person:
            self.claimer = None
            self._note(person, "put_back", ends=True)

    def _check_member(self, person: str) -> None:
        if person in self.passive or person not in ("b1", "b2"):
            raise Refused("forbidden")

    def _note(self, person: str, what: str, *, ends: bool) -> None:
        self._settle({"t"})
        hold = self.holds.setdefault(("t", person), Hold("t", person, since=self.now, until=self.now))
        hold.ending = ("moved", person, self.now, what)
        if ends:
            self._let_go(person, "t")
            self._end(hold, "moved", person, what)
        self._tell("moved", "t", person, person, what)

    # ---------------------------------------------------------------- the host

    def deactivate(self, person: str) -> None:
        if person not in self.passive:
            self.passive.add(person)
            self._release(self.of(person), [])
            self.panes = {id: pane for id, pane in self.panes.items() if pane.person != person}
            self.claimer = None if self.claimer == person else self.claimer

    def sweep(self) -> tuple[int, int]:
        for pane in self.panes.values():
            pane.until = min(pane.until, self.now + TTL[pane.mode])
        silent = [pane for pane in self.panes.values() if pane.until <= self.now]
        lapsed = {hold.item for hold in self.holds.values() if hold.pane is not None and not self.live(hold)}
        ended = self._settle(lapsed | {pane.item for pane in silent})
        for hold in self.held():
            if hold.pane in {pane.id for pane in silent}:
                ended += self._pass_on(hold)
        self.panes = {id: pane for id, pane in self.panes.items() if pane not in silent}
        self.holds = {key: hold for key, hold in self.holds.items() if not self._forgotten(hold)}
        for hold in self.holds.values():
            if hold.pane is not None:
                hold.until = min(hold.until, self.now + max(TTL.values()))
        return len(silent), ended

    def _pass_on(self, hold: Hold) -> int:
        heir = self._heir(hold.item, self.of(hold.person), None)
        if heir is None:
            self._end(hold, "expired", None, None)
        else:
            self._give(hold, heir, 0)
        self._tell("expired" if heir is None else "returned", hold.item, hold.person, None)
        return int(heir is None)

    def _forgotten(self, hold: Hold) -> bool:
        return hold.pane is None and (hold.ending[2] or 0) <= self.now - DAY

    # ---------------------------------------------------------------- what a window is shown

    def concerns(self, hold: Hold, person: str) -> bool:
        return (hold.item, person) not in UNSEEN and (hold.person == person or self._theirs(hold, person))

    def shown(self, person: str) -> list[tuple[str, str, int, bool, str | None]]:
        """Return item, holder, since, whether it is one's own, and who has asked, for each hold shown."""
        return [
            (hold.item, hold.person, hold.since, hold.person == person, self._asker(hold, person))
            for hold in self.held()
            if self.concerns(hold, person)
        ]

    def _asker(self, hold: Hold, person: str) -> str | None:
        return hold.asked if person in (hold.person, hold.asked) else None

    def notes(self, person: str) -> set[tuple[str, str | None, str | None, int | None]]:
        """Return item, what, who and when of each move that is shown."""
        return {
            (hold.item, hold.ending[3], hold.ending[1], hold.ending[2])
            for hold in self.holds.values()
            if hold.ending[0] == "moved" and (hold.ending[2] or 0) > self.now - DAY and self.concerns(hold, person)
            if not any(
                later.item == hold.item and later.since > (hold.ending[2] or 0) and self.concerns(later, person)
                for later in self.holds.values()
                if later.token != 0  # a hold that has none was never clicked, but noted
            )
        }
