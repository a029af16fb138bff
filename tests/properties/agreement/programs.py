"""Random programs: units of work as plain data, whose seeds become choices when they are played.

The same program can be played on any engine. The seed 0 stands for the plainest choices, and a step named ``rest``
does nothing, so that what hypothesis reports of a failure is short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random
from typing import Literal, TypeVar

from hypothesis import Phase, settings
from hypothesis import strategies as st

T = TypeVar("T")

Who = Literal["person", "manager", "system", "window"]
End = Literal["commit", "raise", "refusal leaves", "host commits", "host rolls back", "host goes on"]

ENDS: tuple[End, ...] = (
    *("commit",) * 11,
    "raise",
    "refusal leaves",
    "host commits",
    "host rolls back",
    "host goes on",
)
"""How a unit of work may end; the more often named, the more often drawn."""

_TALKING = (
    *("reply",) * 9,
    *("start",) * 4,
    *("add_observer",) * 4,
    *("remove_observer",) * 2,
    *("hand_over",) * 3,
    *("mark_read",) * 4,
    *("dismiss",) * 2,
    "waive",
    *("claim",) * 4,
    *("put_back",) * 2,
    *("draft",) * 2,
    "archive",
    "restore",
    *("ask",) * 2,
    "guard",
)
_GROUPING = (
    *("add_members",) * 3,
    *("remove_members",) * 3,
    *("share_cases",) * 2,
    *("move_main",) * 2,
    "create_group",
    "rename_group",
    "delete_group",
)
_TRIED_IN_VAIN = ("add_members", "create_group", "rename_group", "delete_group")
_SETTING_UP = (
    *("deactivate",) * 2,
    *("activate",) * 3,
    *("change_person",) * 2,
    "add_person",
    *("enable",) * 3,
    "disable",
    "set_rights",
    *("define",) * 3,
)
_CLICKING = (
    *("open_window",) * 4,
    *("focus",) * 12,
    *("blur",) * 2,
    "move_to",
    *("close_window",) * 2,
    "release_all",
    "beat",
    *("ask_for",) * 3,
    *("force",) * 2,
    *("look",) * 5,
)
VERBS: dict[Who, tuple[str, ...]] = {
    "person": ("rest", *_TALKING, *_TALKING, *_TRIED_IN_VAIN),
    "manager": ("rest", *_GROUPING),
    "system": ("rest", *_GROUPING, *_SETTING_UP, "ask"),
    "window": ("rest", *_CLICKING),
}
"""What each may be asked to do."""


@dataclass(frozen=True)
class Mix:
    """What programs are mixed of; the more often something is named, the more often it is drawn.

    Attributes:
        acts: who acts, and ``preview``.
        verbs: what each may be asked to do.
        least: how many acts there are at least in each chapter.
    """

    acts: tuple[Who | Literal["preview"], ...]
    verbs: Mapping[Who, tuple[str, ...]]
    least: int = 0


EVERYTHING = Mix((*("person",) * 9, *("manager",) * 2, *("system",) * 3, "preview"), VERBS)

LOCKS = Mix(
    (*("window",) * 7, *("person",) * 5, "system"),
    {
        "window": VERBS["window"],
        "person": (*("start",) * 2, *("reply",) * 8, "hand_over", *("claim",) * 2, "put_back", "add_observer", "guard"),
        "system": ("deactivate", "activate", "add_members", "remove_members", "share_cases", "enable"),
    },
    5,
)
"""Mostly windows, and writes that meet their locks."""


@dataclass(frozen=True)
class Step:
    """One verb, and the seed of what it is called with."""

    verb: str
    seed: int


@dataclass(frozen=True)
class Unit:
    """One unit of work: its seed chooses portfolio, person and end."""

    who: Who
    seed: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Preview:
    """A change to be previewed, then made."""

    seed: int


@dataclass(frozen=True)
class Program:
    """What is set up in each portfolio, what happens then, and what is asked at the end."""

    settings: tuple[int, int]
    acts: tuple[Unit | Preview, ...]
    questions: int


class Choices:
    """Turns a seed into choices."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed) if seed else None

    def number(self, below: int) -> int:
        """Give a number from 0."""
        return self._random.randrange(below) if self._random is not None else 0

    def chance(self, percent: int) -> bool:
        """Say yes in so many cases of a hundred."""
        return self.number(100) >= 100 - percent

    def one(self, options: Sequence[T]) -> T:
        """Give one of several."""
        return options[self.number(len(options))]

    def some(self, options: Sequence[T], most: int) -> list[T]:
        """Give some of several, each once, at least one if there is one."""
        left = list(options)
        wanted = min(1 + self.number(most), len(left))
        return [left.pop(self.number(len(left))) for _ in range(wanted)]


SEEDS = st.integers(0, 2**20)

_PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
_QUICK = 25


def examples(quick: int) -> settings:
    """Give settings for so many examples under the quick profile, and as many times more under another."""
    wanted = round(quick * settings().max_examples / _QUICK)
    return settings(max_examples=max(1, wanted), phases=_PHASES, report_multiple_bugs=False)


def _unit(who: Who, verbs: Sequence[str], most: int) -> st.SearchStrategy[Unit]:
    step = st.builds(Step, st.sampled_from(verbs), SEEDS)
    return st.builds(Unit, st.just(who), SEEDS, st.lists(step, min_size=1, max_size=most).map(tuple))


_MOST: dict[Who, int] = {"person": 4, "manager": 2, "system": 2, "window": 4}


def programs(chapters: int = 6, mix: Mix = EVERYTHING) -> st.SearchStrategy[Program]:
    """Draw programs over two portfolios, of five acts in each chapter on average, or more if the mix says so."""
    kinds: dict[str, st.SearchStrategy[Unit | Preview]] = {
        who: _unit(who, verbs, _MOST[who]) for who, verbs in mix.verbs.items()
    }
    act = st.sampled_from(mix.acts).flatmap(({"preview": st.builds(Preview, SEEDS)} | kinds).__getitem__)
    acts = st.tuples(*[st.lists(act, min_size=mix.least, max_size=10)] * chapters).map(chain.from_iterable).map(tuple)
    return st.builds(Program, st.tuples(SEEDS, SEEDS), acts, SEEDS)
