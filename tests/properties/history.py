"""A random history, played through the public face of the library and in the oracle side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from hypothesis import note
from sqlalchemy import Connection

from collabcase import Collab, CollabError, Event
from collabcase.testing import MovableClock
from properties.agreement.administering import ADMINISTERING, change, previewed
from properties.agreement.coding import CODING
from properties.agreement.figures import Figures
from properties.agreement.keeping import KEEPING
from properties.agreement.programs import ENDS, Choices, End, Preview, Program, Step, Unit
from properties.agreement.questions import SYSTEMS_QUESTIONS, VERSIONS, ask, ask_all
from properties.agreement.reading import READING
from properties.agreement.setting import pair, set_up
from properties.agreement.sides import Shape, Sides, same
from properties.agreement.steps import TALKING, Call, Maker, Scene
from properties.agreement.stored import check_rows, check_rule
from properties.agreement.windows import CLICKING, forced, guard, look, open_window, own_windows, writing
from world import Refused

MAKERS: dict[str, Maker] = {**TALKING, **READING, **KEEPING, **CODING, **ADMINISTERING, "ask": ask, "guard": guard}


_TELLING = {
    "forbidden": ("right",),
    "group_in_use": ("items",),
    "already_claimed": ("by",),
    "item_locked": ("holder", "since"),
    "stale_lock": ("holder", "since", "how", "reason"),
}
"""The refusals of which facts are compared, and which."""


class Outcome(NamedTuple):
    """What a verb came to: its result, or the code of its refusal with the facts that are compared."""

    result: Shape = None
    code: str = ""
    right: str = ""


class _Boom(Exception):
    """Leaves a unit of work as an error of the host's does."""


class History:
    """A program being played on two portfolios of one database.

    Attributes:
        sides: the portfolios.
        record: every verb with what it came to in the library, ids told by labels.
    """

    def __init__(self, collab: Collab, clock: MovableClock, figures: Figures) -> None:
        self.collab, self.clock, self.figures = collab, clock, figures
        self.sides = pair()
        self.record: list[tuple[str, Shape]] = []
        self._heard: list[tuple[str, Event]] = []

    def play(self, program: Program) -> None:
        """Play a program and check it: the rule now and then, everything at the end."""
        self.collab.signals.connect(self._hear)
        try:
            for sides, setting in zip(self.sides, program.settings, strict=True):
                set_up(self.collab, sides, Choices(setting))
                self._check_events(sides, None, 0)
            for place, act in enumerate(program.acts):
                self._play(act)
                if place % 9 == 8:
                    self._check_rule()
            self._check_rule()
            for sides in self.sides:
                check_rows(self.collab, sides, len(sides.world.events))
                self.figures.take(sides)
            self._ask_at_the_end(Choices(program.questions))
        finally:
            self.collab.signals.disconnect(self._hear)

    def _hear(self, portfolio: str, *, event: Event) -> None:
        self._heard.append((portfolio, event))

    # ---------------------------------------------------------------- playing

    def _play(self, act: Unit | Preview) -> None:
        choices = Choices(act.seed)
        sides = choices.one(self.sides)
        if isinstance(act, Preview):
            self._preview(sides, choices)
            return
        end, actor = choices.one(ENDS), self._actor(sides, act.who, choices)
        scene = Scene(sides, actor, None if actor is None else choices.one(VERSIONS))
        if act.who == "window":
            self._click(scene, act.steps)
            return
        window, token = sides.world.writing = writing(scene, choices) if act.who == "person" else (None, None)
        note(f"-- from window {window} under {token}")
        kept = None if end in ("commit", "host commits") else sides.kept()
        before = len(sides.world.events)
        if not self._unit(scene, act.steps, end, kept):
            assert kept is not None
            self.figures["units rolled back"] += 1
            self.figures["units rolled back, with changes"] += len(sides.world.events) > before
            sides.put_back(kept)
        sides.world.writing = None, None
        self.figures["units"] += 1
        self._check_events(sides, actor, before)

    def _click(self, scene: Scene, steps: tuple[Step, ...]) -> None:
        """Do something in windows, each step for itself."""
        for step in steps:
            before = len(scene.sides.world.events)
            if step.verb != "rest":
                made = open_window if not own_windows(scene) and step.seed % 8 else CLICKING[step.verb]
                self.compare(made(scene, Choices(step.seed)), self.collab)
                self._check_events(scene.sides, scene.actor, before)

    def _actor(self, sides: Sides, who: str, choices: Choices) -> str | None:
        world = sides.world
        if who == "system":
            return None
        everybody = sorted(world.persons)
        if choices.chance(4):
            return choices.one(everybody)
        active = [person for person in everybody if world.active(person)]
        at_work = sorted({window.person for window in world.windows.values()})
        if at_work and choices.chance({"window": 70, "person": 60}.get(who, 0)):
            return choices.one(at_work)
        managers = [person for person in active if who == "manager" and "group.manage" in world.rights(person)]
        return choices.one(managers or active or everybody)

    def _unit(self, scene: Scene, steps: tuple[Step, ...], end: End, kept: tuple[Any, ...] | None) -> bool:
        """Do one unit of work and tell whether it was committed."""
        note(f"-- {scene.sides.id[-1]}: {scene.actor or 'system'} at {scene.client_version}, {end}")
        if not end.startswith("host"):
            return self._attempt(scene, steps, end, None)
        with self.collab._storage._engine.connect() as connection:
            if end == "host goes on":
                self._attempt(scene, steps, end, connection)
                assert kept is not None
                scene.sides.put_back(kept)
                note("-- the host goes on, with the same again")
            done = self._attempt(scene, steps, "host commits", connection)
            if end == "host rolls back":
                connection.rollback()
            else:
                connection.commit()
            self.collab.pump()
            return done and end != "host rolls back"

    def _attempt(self, scene: Scene, steps: tuple[Step, ...], end: End, connection: Connection | None) -> bool:
        """Do the steps on one desk, and tell whether it ended well; an end by error must be the one meant."""
        leaving: Exception = _Boom()
        id, version = scene.sides.id, scene.client_version
        opened = (
            self.collab.system(id, connection=connection)
            if scene.actor is None
            else self.collab.desk(
                scene.actor, portfolio=id, connection=connection, client_version=version, **self._writing(scene.sides)
            )
        )
        try:
            with opened as desk:
                for step in steps:
                    if step.verb == "rest":
                        continue
                    refusal = self.compare(MAKERS[step.verb](scene, Choices(step.seed)), desk)[1]
                    if refusal is not None and end == "refusal leaves":
                        leaving = refusal
                        raise leaving
                if end in ("raise", "host goes on"):
                    raise leaving
        except (_Boom, CollabError) as error:
            if error is not leaving:
                raise
            return False
        return True

    @staticmethod
    def _writing(sides: Sides) -> dict[str, Any]:
        window, token = sides.world.writing
        return {"window": None if window is None else sides.window(window), "token": token}

    def compare(self, call: Call, desk: Any) -> tuple[Outcome, CollabError | None]:
        """Call one verb on both sides, hold their outcomes equal, and give the library's."""
        now = self.clock.move(milliseconds=5)
        for sides in self.sides:
            sides.world.now = now
        due = _due(call.oracle)
        found, error = _found(lambda: call.library(desk))
        self.record.append((call.text, (found, self._plain(error))))
        note(f"{call.text} -> {found.code or str(found.result)[:200]}")
        self.figures["verbs"] += 1
        if due.code:
            self.figures["verbs refused"] += 1
            told = (
                due.right.split(" ")[-2] if due.code == "stale_lock" else "" if due.code == "item_locked" else due.right
            )
            self.figures[f"verbs refused: {due.code} {told}".strip()] += 1
        else:
            self.figures[f"verbs done: {call.text.split('(')[0].split(': ')[-1]}"] += 1
        same(due, found, f"{call.text} {error or ''}")
        return found, error

    def _plain(self, error: CollabError | None) -> str:
        text = f"{type(error).__name__}: {error}" if error is not None else ""
        return self.sides[1].plain(self.sides[0].plain(text)).replace(self.sides[0].id[:-1], "")

    def _preview(self, sides: Sides, choices: Choices) -> None:
        """Preview a change, then make it, and hold what it did against what was told beforehand."""
        actor = None if choices.chance(50) else self._actor(sides, "manager", choices)
        scene = Scene(sides, actor)
        name, args, made = change(scene, choices)
        before = len(sides.world.events)
        with self._desk(scene) as desk:
            told, refusal = self.compare(previewed(scene, name, args), desk)
        sight = self._sight(sides)
        with self._desk(Scene(sides, None) if name == "feature" else scene) as desk:
            self.compare(made, desk)
        self._check_events(sides, None if name == "feature" else actor, before)
        if refusal is None:
            counts = {
                person: (len(then - sight[person]), len(sight[person] - then))
                for person, then in self._sight(sides).items()
                if then != sight[person]
            }
            self.figures["previews that tell of somebody"] += bool(counts)
            same(counts, told.result[0], f"preview of {name} {args}")

    @contextmanager
    def _desk(self, scene: Scene) -> Iterator[Any]:
        id, version = scene.sides.id, scene.client_version
        if scene.actor is None:
            with self.collab.system(id) as system:
                yield system
        else:
            with self.collab.desk(scene.actor, portfolio=id, client_version=version) as desk:
                yield desk

    def _sight(self, sides: Sides) -> dict[str, set[str]]:
        """Ask every active person of the library which messages they see."""
        seen = {}
        for person in filter(sides.world.active, sides.world.persons):
            with self._desk(Scene(sides, person)) as desk:
                seen[person] = set(desk.messages.visible(sides.messages))
        return seen

    # ---------------------------------------------------------------- checking

    def _check_events(self, sides: Sides, actor: str | None, before: int) -> None:
        """Hold the signals of a unit of work against what happened in the oracle: nothing, if it was rolled back."""
        heard, self._heard = self._heard, []
        events = [event for _, event in heard]
        same(sides.world.events[before:], sides.happened(events), "events")
        for portfolio, event in heard:
            same((sides.id, sides.id, actor), (portfolio, event.portfolio, event.actor), f"whose event {event} is")
        self.record.append(("events", [event.kind for event in events]))

    def _check_rule(self) -> None:
        everywhere = [id for sides in self.sides for id in sides.messages]
        for sides in self.sides:
            check_rule(self.collab, sides, everywhere)

    def _ask_at_the_end(self, choices: Choices) -> None:
        """Ask everything: of three persons, of the system, and something of whoever is deactivated."""
        for sides in self.sides:
            for person in choices.some(sorted(filter(sides.world.active, sides.world.persons)), 4):
                scene = Scene(sides, person, choices.one(VERSIONS))
                with self._desk(scene) as desk:
                    for call in ask_all(scene, choices):
                        self.compare(call, desk)
                for _ in own_windows(scene):
                    self.compare(look(scene, choices), self.collab)
            for person in sides.world.persons:
                if not sides.world.active(person):
                    self._ask_one(Scene(sides, person), ask, choices)
            for make in (*SYSTEMS_QUESTIONS, forced):
                self._ask_one(Scene(sides, None), make, choices)

    def _ask_one(self, scene: Scene, make: Maker, choices: Choices) -> None:
        with self._desk(scene) as desk:
            self.compare(make(scene, choices), desk)


def _due(oracle: Callable[[], Shape]) -> Outcome:
    try:
        return Outcome(oracle())
    except Refused as refused:
        return Outcome(code=refused.code, right=refused.what if refused.code in _TELLING else "")


def _found(library: Callable[[], Shape]) -> tuple[Outcome, CollabError | None]:
    try:
        return Outcome(library()), None
    except CollabError as error:
        facts = (str(getattr(error, name)) for name in _TELLING.get(error.code, ()))
        return Outcome(code=error.code, right=" ".join(facts)), error
