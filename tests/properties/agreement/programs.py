"""Random programs: units of work as plain data, whose bytes become choices when they are played.

The same program can be played on any engine. Zeros are the plainest choices, and a step named ``rest`` does
nothing, so that what hypothesis reports of a failure is short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

Who = Literal["person", "manager", "system"]
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
    *("ask",) * 2,
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
_SETTING_UP = (
    *("deactivate",) * 2,
    *("activate",) * 3,
    *("change_person",) * 2,
    "add_person",
    *("enable",) * 3,
    "disable",
    "set_rights",
)
VERBS: dict[Who, tuple[str, ...]] = {
    "person": ("rest", *_TALKING, *_TALKING, *_GROUPING[:1], *_GROUPING[-3:]),
    "manager": ("rest", *_GROUPING),
    "system": ("rest", *_GROUPING, *_SETTING_UP, "ask"),
}
"""What each may be asked to do."""


@dataclass(frozen=True)
class Step:
    """One verb, and the choices that make up what it is called with."""

    verb: str
    choices: bytes


@dataclass(frozen=True)
class Unit:
    """One unit of work: its choices name portfolio, person and end."""

    who: Who
    choices: bytes
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Preview:
    """A change to be previewed, then made."""

    choices: bytes


@dataclass(frozen=True)
class Program:
    """What is set up in each portfolio, what happens then, and what is asked at the end."""

    settings: tuple[bytes, ...]
    acts: tuple[Unit | Preview, ...]
    questions: bytes

    def __repr__(self) -> str:
        return f"<a program of {len(self.acts)} acts, told above>"


class Choices:
    """Turns bytes into choices; where they have run out, every choice is the plainest."""

    def __init__(self, data: bytes) -> None:
        self._bytes = iter(data)

    def number(self) -> int:
        """Give the next byte."""
        return next(self._bytes, 0)

    def chance(self, percent: int) -> bool:
        """Say yes in so many cases of a hundred."""
        return self.number() >= 256 - 256 * percent // 100

    def one(self, options: Sequence[T]) -> T:
        """Give one of several."""
        return options[self.number() * len(options) // 256]

    def some(self, options: Sequence[T], most: int) -> list[T]:
        """Give some of several, each once, at least one if there is one."""
        left = list(options)
        wanted = 1 + self.number() * most // 256
        return [left.pop(self.number() * len(left) // 256) for _ in range(min(wanted, len(left)))]


def _bytes(count: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=count, max_size=count)


def _unit(who: Who, most: int) -> st.SearchStrategy[Unit]:
    step = st.builds(Step, st.sampled_from(VERBS[who]), _bytes(16))
    return st.builds(Unit, st.just(who), _bytes(8), st.lists(step, min_size=1, max_size=most).map(tuple))


_KINDS: dict[str, st.SearchStrategy[Unit | Preview]] = {
    "person": _unit("person", 4),
    "manager": _unit("manager", 2),
    "system": _unit("system", 2),
    "preview": st.builds(Preview, _bytes(8)),
}
_ACT = st.sampled_from([*("person",) * 9, *("manager",) * 2, *("system",) * 3, "preview"]).flatmap(_KINDS.__getitem__)


def programs(*, least: int = 16, most: int = 36) -> st.SearchStrategy[Program]:
    """Draw programs of so many acts over two portfolios."""
    acts = st.lists(_ACT, min_size=least, max_size=most).map(tuple)
    return st.tuples(st.tuples(_bytes(64), _bytes(64)), acts, _bytes(200)).map(lambda parts: Program(*parts))
