"""The facts of a portfolio in memory; what loading them costs is not counted against the peers."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen

from benchmarks.scene import Scene


@frozen
class Facts:
    """Who is involved in what.

    Attributes:
        newest_first: all messages.
        involved: persons and groups named on each message.
        extending: those of them from whom sharing extends.
        groups_of: groups of each person.
        sharing: groups that share.
        persons: all persons.
    """

    newest_first: list[int]
    involved: dict[int, set[int]]
    extending: dict[int, set[int]]
    groups_of: dict[int, set[int]]
    sharing: set[int]
    persons: set[int]

    def sees(self, viewer: int, message: int) -> bool:
        """Say the rule in plain Python, for libraries that call a function."""
        mine = self.groups_of.get(viewer, set())
        named = self.involved[message]
        if viewer in named or not mine.isdisjoint(named):
            return True
        shared = mine & self.sharing
        return bool(shared) and any(
            not shared.isdisjoint(self.groups_of.get(one, ())) for one in self.extending[message]
        )

    def feeds_of(self, message: int) -> set[int]:
        """Return the sharing groups to whose members a message extends."""
        return self.sharing & {group for person in self.extending[message] for group in self.groups_of.get(person, ())}


class Peer(Protocol):
    """A library that is asked the same."""

    def page(self, viewer: int, limit: int) -> list[int]:
        """Return the newest messages a viewer sees, newest first."""
        ...

    def check(self, viewer: int, messages: list[int]) -> set[int]:
        """Return those of some messages that a viewer sees."""
        ...

    def close(self) -> None:
        """Remove what was made."""
        ...


def facts(scene: Scene) -> Facts:
    """Load the facts of the portfolio measured."""
    involved: dict[int, set[int]] = {}
    extending: dict[int, set[int]] = {}
    for item, principal, extends in scene.floor.rows(
        "SELECT item, principal, extends FROM involvement WHERE portfolio = ?", scene.portfolio
    ):
        involved.setdefault(item, set()).add(principal)
        reached = extending.setdefault(item, set())
        if extends:
            reached.add(principal)
    groups_of: dict[int, set[int]] = {}
    for person, group in scene.floor.rows("SELECT person, grp FROM membership WHERE portfolio = ?", scene.portfolio):
        groups_of.setdefault(person, set()).add(group)
    sharing = scene.floor.rows("SELECT no FROM grp WHERE portfolio = ? AND shares", scene.portfolio)
    return Facts(
        newest_first=sorted(involved, reverse=True),
        involved=involved,
        extending=extending,
        groups_of=groups_of,
        sharing={no for [no] in sharing},
        persons=set(scene.numbers.values()),
    )
