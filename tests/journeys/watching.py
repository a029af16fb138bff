"""Following the feed in a journey."""

from __future__ import annotations

from attrs import define, field

from collabcase import Collab, Event

from .broker import PORTFOLIO, Broker

Told = list[tuple[str, str | None]]


@define
class Watch:
    """Follows the feed for several persons; each reading goes on where the last one ended."""

    collab: Collab
    cursors: dict[str | None, str] = field(factory=dict)

    def begin(self, *persons: str | None) -> None:
        for person in persons:
            self.cursors[person] = self.collab.feed(person, portfolio=PORTFOLIO).cursor

    def events(self, person: str | None) -> tuple[Event, ...]:
        page = self.collab.feed(person, portfolio=PORTFOLIO, after=self.cursors[person])
        self.cursors[person] = page.cursor
        return page.events

    def told(self, person: str | None) -> Told:
        """Return kind and actor of what somebody is told."""
        return [(event.kind, event.actor) for event in self.events(person)]

    def kinds(self, person: str | None) -> list[str]:
        return [event.kind for event in self.events(person)]


def change_members(broker: Broker, verb: str, group: str, *persons: str) -> None:
    with broker.system() as system:
        getattr(system.groups, verb)(broker.id(group), list(persons))
