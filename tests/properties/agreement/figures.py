"""Figures of what random histories came to, so that a test can tell whether they were worth playing."""

from __future__ import annotations

from collections import Counter

from properties.agreement.sides import Sides
from world import SHARED_ROLES


class Figures(Counter[str]):
    """Counts by name; shares are taken of the count that a name begins with."""

    def share(self, name: str, of: str) -> float:
        """Give one count as a share of another."""
        return self[name] / self[of] if self[of] else 0.0

    def take(self, sides: Sides) -> None:
        """Count who sees what by which path, in a portfolio as it is now."""
        world = sides.world
        for person in world.persons:
            for label, message in enumerate(world.messages):
                paths = world.paths(person, label)
                relations = {path.relation for path in paths}
                self["pairs"] += 1
                self["seen"] += bool(paths)
                self["hidden"] += not paths
                self["hidden by confidential alone"] += not paths and self._shared(sides, person, label)
                for relation in relations:
                    self[f"seen as {relation}"] += 1
                if len(relations) == 1:
                    self[f"seen only as {relations.pop()}"] += 1
                self["seen by a deactivated person"] += bool(paths) and not world.active(person)
                self["seen, the answered message hidden"] += (
                    bool(paths) and message.answers is not None and not world.sees(person, message.answers)
                )
        self["messages"] += len(world.messages)
        self["messages in confidential talks"] += sum(world.talks[one.talk].confidential for one in world.messages)
        self["messages with sent_for"] += sum(one.sent_for is not None for one in world.messages)
        self["messages with observers"] += sum(bool(one.observers) for one in world.messages)
        self["messages with standing"] += sum(bool(one.standing) for one in world.messages)
        self["groups deleted"] += sum(group.deleted for group in world.groups.values())

    @staticmethod
    def _shared(sides: Sides, person: str, label: int) -> bool:
        """Tell whether somebody would see a message as a peer, were its talk not confidential."""
        rows = sides.world.messages[label].rows()
        return any(
            row.role in SHARED_ROLES and isinstance(row.principal, str) and sides.world.shared(person, row.principal)
            for row in rows
        )

    def __str__(self) -> str:
        return "\n".join(f"{count:8d}  {name}" for name, count in sorted(self.items()))
