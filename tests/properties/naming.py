"""Names for what the library issues ids for, what a caller can think of, and how a public call is called."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, TypeAlias

Given: TypeAlias = Mapping[str, Any]
Who: TypeAlias = Literal["person", "window", "system", "host", "for person"]


# -------------------------------------------------------------------- names for what the library issues an id for


@dataclass(frozen=True, order=True)
class Id:
    """Stands for an issued id in what is passed, and replaces it in what comes back, so that worlds compare."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"‹{self.kind} {self.name}›"


@dataclass(frozen=True, order=True)
class Ref:
    """Stands for the reference of what has an issued id."""

    to: Id


class Symbol(enum.Enum):
    """Stands for what differs from one scene to the other besides ids."""

    HERE = "the portfolio"
    ENGINE = "the engine of the database"
    CURSOR = "where the feed of who calls began"
    SQLITE = "an engine of a SQLite file of its own"


# -------------------------------------------------------------------- how each is called


@dataclass(frozen=True)
class Pool:
    """What a caller can think of: what they see, what is hidden from them, what was never issued, what is foreign.

    Attributes:
        me: who calls; of the system, one of its persons.
        persons: ids of persons.
        messages: names of messages; `talks`, `groups`, `windows` likewise.
        explained: what an explanation is asked about: an auditor's tells of what is hidden from them otherwise.
        asked: about whom it is asked.
        rng: chooses where not everything can be tried.
    """

    me: str
    persons: tuple[str, ...]
    messages: tuple[Id, ...]
    talks: tuple[Id, ...]
    groups: tuple[Id, ...]
    explained: tuple[Id, ...]
    asked: tuple[str, ...]
    windows: tuple[Id, ...] = ()
    rng: Random = field(default_factory=lambda: Random(0))

    def everybody(self) -> list[str | Ref]:
        """Give whoever could be written to."""
        return [*self.persons, *map(Ref, self.groups)]

    def some(self, things: Iterable[Any], most: int) -> list[Any]:
        """Choose a few, in any order."""
        there = list(things)
        return self.rng.sample(there, min(most, len(there)))

    def pairs(self, left: Iterable[Any], right: Iterable[Any], most: int) -> list[tuple[Any, Any]]:
        """Choose a few pairs."""
        return self.some([(one, other) for one in left for other in right], most)


@dataclass(frozen=True)
class Use:
    """How to call one public call: as whom, and with what; together the sets of arguments pass every parameter."""

    who: Who
    arguments: Callable[[Pool], Iterable[Given]]
    changes: bool = False
