"""The library and the model, step by step, by a database clock that is moved to the edges of leases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text

from collabcase import CollabError, Desk, Lock, Window
from concurrency.lock_model import TTL, UNSEEN, Refused
from concurrency.lock_sides import Ground, Sides, fact
from database_clock import START

whose = st.integers(0, 99)
items = st.sampled_from(["t", "t", "h", "h", "u"])
modes = st.sampled_from(["visible", "hidden", "attached"])


class LockMachine(RuleBasedStateMachine):
    """Each step is done by the library and by the model, and then everything must be alike."""

    ground: ClassVar[Ground]
    figures: ClassVar[Counter[str]]

    @initialize()
    def set_the_scene(self) -> None:
        """Open four windows, two of them of one person and on one item, and hold two items."""
        self._move_to(START)
        self.sides = sides = Sides(self.ground)
        self.portfolio, self.collab, self.model = sides.portfolio, sides.collab, sides.model
        self.refs, self.messages, self.box = sides.refs, sides.messages, sides.box
        self.windows, self.tokens = list[Window](), list[tuple[str, str, str, int]]()
        for person in ("b1", "b2", "b1", "a"):
            self._open(person, "visible")
        for window, item in ((0, "t"), (1, "h"), (2, "t")):
            self._click(self.windows[window], item)

    def teardown(self) -> None:
        """Leave nothing for other runs' sweeps."""
        with self.collab._storage._writer.begin() as connection:
            for table in ("lease", "open_window"):
                connection.execute(text(f"DELETE FROM {table}"))

    # ---------------------------------------------------------------- steps

    @rule(person=st.sampled_from(["a", "b1", "b1", "b2", "b2", "c"]), mode=modes)
    def open_a_window(self, person: str, mode: str) -> None:
        if len(self.windows) < 9:
            self._open(person, mode)

    def _open(self, person: str, mode: str) -> None:
        def work() -> None:
            self.windows.append(self.collab.window(person, portfolio=self.portfolio, mode=mode))

        self._both(work, lambda: self.model.open(self.windows[-1].id, person, mode), library_first=True)

    @rule(at=whose, item=items)
    def click(self, at: int, item: str) -> None:
        self._click(self._window(at), item)

    @rule(at=whose)
    def click_where_another_window_is(self, at: int) -> None:
        window = self._window(at)
        held = [hold.item for hold in self.model.held() if hold.person == window.person]
        self._click(window, held[0] if held else "t")

    def _click(self, window: Window, item: str) -> None:
        lock: list[Lock] = []
        self._both(
            lambda: lock.append(window.focus(self.refs[item])),
            lambda: self.model.click(window.person, window.id, item),
        )
        if lock:
            self.tokens.append((window.person, item, window.id, lock[0].token))
            hold = self.model.holds[item, window.person]
            assert (self.refs[item], hold.token) == (lock[0].item, lock[0].token)
            assert timedelta(milliseconds=TTL[self.model.panes[window.id].mode]) == lock[0].expires_in

    @rule(at=whose)
    def blur(self, at: int) -> None:
        window = self._window(at)
        self._both(window.blur, lambda: self.model.blur(window.person, window.id))

    @rule(at=whose)
    def move(self, at: int) -> None:
        window = self._window(at)
        self._both(lambda: window.move_to("elsewhere"), lambda: self.model.blur(window.person, window.id))

    @rule(at=whose)
    def close(self, at: int) -> None:
        window = self._window(at)
        self._both(window.close, lambda: self.model.close(window.person, window.id))

    @rule(at=whose)
    def release_all(self, at: int) -> None:
        window = self._window(at)
        self._both(window.release_all, lambda: self.model.release_all(window.person, window.id))

    @rule(at=whose, mode=st.none() | modes)
    def beat(self, at: int, mode: str | None) -> None:
        window = self._window(at)
        self._both(lambda: window.beat(mode), lambda: self.model.beat(window.person, window.id, mode))

    @rule(some=st.sets(whose, max_size=3))
    def beat_in_a_batch(self, some: set[int]) -> None:
        ids = [self._window(at).id for at in some]
        living: list[Any] = []
        self._both(
            lambda: living.append(self.collab.beat(ids, portfolio=self.portfolio)),
            lambda: living.append(self.model.beat_all(ids)),
        )
        assert living[0] == living[1]

    @rule(at=whose, item=items)
    def ask(self, at: int, item: str) -> None:
        window = self._window(at)
        self._both(lambda: window.ask(self.refs[item]), lambda: self.model.ask(window.person, window.id, item))

    @rule(at=whose, item=items)
    def force(self, at: int, item: str) -> None:
        window = self._window(at)
        why = f"why {len(self.model.forced)}"
        self._both(
            lambda: window.force(self.refs[item], why),
            lambda: self.model.force(window.person, window.id, item, why),
        )

    @precondition(lambda self: self.model.held())
    @rule(which=whose)
    def write_as_holder(self, which: int) -> None:
        hold = self.model.held()[which % len(self.model.held())]
        self._write(hold.person, hold.item, hold.pane, hold.token)

    @precondition(lambda self: self.tokens)
    @rule(which=whose)
    def write_by_an_old_token(self, which: int) -> None:
        person, item, window, token = self.tokens[which % len(self.tokens)]
        self._write(person, item, window, token)

    @rule(at=whose, item=items)
    def write_from_a_window(self, at: int, item: str) -> None:
        window = self._window(at)
        self._write(window.person, item, window.id, None)

    @rule(person=st.sampled_from(["a", "b1", "b2"]), item=items)
    def write_from_nowhere(self, person: str, item: str) -> None:
        self._write(person, item, None, None)

    @rule(at=whose, token=whose, known=st.booleans(), verb=st.sampled_from(["claim", "put_back"]))
    def move_it(self, at: int, token: int, known: bool, verb: str) -> None:
        window = self._window(at)
        tokens = [one for person, item, id, one in self.tokens if (item, id) == ("t", window.id)]
        under = tokens[token % len(tokens)] if tokens and known else None

        def work() -> None:
            with self._desk(window.person, window.id, under) as desk:
                getattr(desk.teambox(self.box), verb)(self.refs["t"].id)

        self._both(work, lambda: getattr(self.model, verb)(window.person, window.id, under))

    @rule(person=st.sampled_from(["b1", "b2"]), often=whose)
    def let_leave_and_come_back(self, person: str, often: int) -> None:
        if often % 3 == 0:
            self._host(lambda people: people.deactivate(person), lambda: self.model.deactivate(person))
            self.sides.check()
            self._host(lambda people: people.activate(person), lambda: self.model.passive.discard(person))

    def _host(self, work: Callable[[Any], object], on_model: Callable[[], object]) -> None:
        def by_host() -> None:
            with self.collab.system(self.portfolio) as system:
                work(system.people)

        self._both(by_host, on_model)

    @rule(back=st.sampled_from([0, 0, 300, 1_500, 3_600_000]))
    def sweep(self, back: int) -> None:
        """Sweep, now or as soon as the clock has been put back."""
        self._move_to(self.model.now - back)
        self._sweep()

    def _sweep(self) -> None:
        done: list[tuple[int, int]] = []

        def work() -> None:
            swept = self.collab.sweep()
            done.append((swept.windows, swept.locks))

        self._both(work, lambda: done.append(self.model.sweep()))
        assert done[0] == done[1]

    @rule(which=whose, by=st.sampled_from([-1, 0, 1]))
    def clock_to_edge(self, which: int, by: int) -> None:
        ends = [one.until for one in self.model.panes.values()] + [hold.until for hold in self.model.held()]
        ahead = sorted({end + by for end in ends if end + by > self.model.now})
        if ahead:
            self._move_to(ahead[which % len(ahead)])

    @rule(by=st.sampled_from([300, 300, 300, 700, 700, -300, -1_500, -3_600_000, 3_600_000, 90_000_000]))
    def clock_on(self, by: int) -> None:
        self._move_to(self.model.now + by)

    # ---------------------------------------------------------------- several steps that seldom meet by chance

    @precondition(lambda self: self.model.held())
    @rule(which=whose, at=whose, by=st.sampled_from([-1, 0, 1]), writes=st.booleans())
    def at_the_end_of_a_hold(self, which: int, at: int, by: int, writes: bool) -> None:
        """Write under it, or click it, when it is about to run out or just has."""
        hold = self.model.held()[which % len(self.model.held())]
        self._move_to(max(self.model.now, hold.until + by))
        if writes:
            self._write(hold.person, hold.item, hold.pane, hold.token)
        else:
            self._click(self._window(at), hold.item)

    @rule(person=st.sampled_from(["a", "b1", "b2"]), item=items, leave=st.sampled_from(["blur", "close", "move"]))
    def the_newest_of_three_leaves(self, person: str, item: str, leave: str) -> None:
        if person not in self.model.passive:
            for _ in range(3):
                self._open(person, "hidden")
                self._click(self.windows[-1], item)
            getattr(self, leave)(self._numbered(self.windows[-1]))

    @rule(person=st.sampled_from(["a", "b1", "b2"]), item=items, sweeps=st.booleans(), again=st.booleans())
    def the_newer_of_two_falls_silent(self, person: str, item: str, sweeps: bool, again: bool) -> None:
        """What it held is swept, or the older one lets go of everything; then the newer may click."""
        if person not in self.model.passive:
            for mode in ("hidden", "visible"):
                self._open(person, mode)
                self._click(self.windows[-1], item)
            older, newer = self.windows[-2:]
            self._move_to(self.model.panes[newer.id].until)
            if sweeps:
                self._sweep()
            else:
                self.release_all(self._numbered(older))
            if again:
                self._click(newer, item)

    @rule(at=whose, item=items)
    def leave_and_come_back(self, at: int, item: str) -> None:
        """A window that has an item anew writes under the token it had before."""
        window, before = self._window(at), len(self.tokens)
        self._click(window, item)
        self._both(window.blur, lambda: self.model.blur(window.person, window.id))
        self._click(window, item)
        if len(self.tokens) > before:
            person, _, id, token = self.tokens[before]
            self._write(person, item, id, token)

    # ---------------------------------------------------------------- how

    def _numbered(self, window: Window) -> int:
        """Return the number by which `_window` finds a window."""
        return 5 * self.windows.index(window)

    def _window(self, at: int) -> Window:
        """Return a window, mostly one that lives."""
        living = [window for window in self.windows if window.id in self.model.panes and self._lives(window)]
        some = living if living and at % 5 else self.windows
        return some[at // 5 % len(some)]

    def _write(self, person: str, item: str, window: str | None, token: int | None) -> None:
        if (item, person) in {*UNSEEN, ("t", "c")}:
            return

        def work() -> None:
            with self._desk(person, window, token) as desk:
                if item == "h":
                    desk.guard(self.refs["h"])
                else:
                    desk.talks.reply(self.messages[item], "text", to=["a" if person != "a" else "z"])

        self._both(work, lambda: self.model.write(person, item, window, token))

    def _desk(self, person: str, window: str | None, token: int | None) -> Desk:
        return self.collab.desk(person, portfolio=self.portfolio, window=window, token=token)

    def _move_to(self, moment: int) -> None:
        self.ground.clock.move(milliseconds=moment - self.ground.clock.stored())
        if hasattr(self, "model"):
            self.model.now = moment

    def _both(self, work: Callable[[], object], on_model: Callable[[], object], *, library_first: bool = False) -> None:
        """Do a thing on both sides, which must end alike."""
        expected: dict[str, object] | None = None
        try:
            work()
            found = None
        except CollabError as error:
            found = error
        if not (library_first and found is not None):
            try:
                on_model()
            except Refused as refused:
                expected = refused.told
        if found is None:
            assert expected is None, f"it went through, but {expected} was expected"
        else:
            assert expected is not None, f"refused: {found!r}"
            assert expected == {name: fact(found, name) for name in expected}
            self.figures[f"refused: {found.code}"] += 1
        self.figures["steps"] += 1
        self.sides.check()
        self._move_to(self.model.now + 1)

    @invariant()
    def pictures_are_right(self) -> None:
        """What a window of each person is shown is what the model says; nobody else is shown anything."""
        if not hasattr(self, "model"):
            return
        self.figures["states"] += 1
        self.figures["states with a lock"] += bool(self.model.held())
        living = {w.person: w for w in self.windows if w.id in self.model.panes and self._lives(w)}
        for window in living.values():
            self.sides.check_picture(window)

    def _lives(self, window: Window) -> bool:
        return self.model.panes[window.id].until > self.model.now
