"""Random histories, followed: after each unit of work every person reads the feed, alone and together with others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collabcase import Collab, Event, FeedPage
from collabcase.testing import MovableClock
from properties.agreement.figures import Figures
from properties.agreement.programs import Choices
from properties.agreement.sides import Sides, same
from properties.history import History
from world import Group as Label
from world import World

SEEN = ("message.", "talk.")
OF_A_TEAMBOX = ("talk.claimed", "talk.put_back")


class Followed(History):
    """A history that everybody follows.

    Who is told what is worked out from the oracle's rule; that a change of sight is told, from what everybody saw
    before and after it.
    """

    def __init__(self, collab: Collab, clock: MovableClock, figures: Figures) -> None:
        super().__init__(collab, clock, figures)
        self._cursors: dict[str, dict[str, str]] = {}
        self._host: dict[str, str] = {}
        self._sights: dict[str, dict[str, set[int]]] = {}

    def _check_events(self, sides: Sides, actor: str | None, before: int) -> None:
        """Let everybody read what a unit of work has left."""
        self._heard = []
        world = sides.world
        active = [person for person in world.persons if world.active(person)]
        sight = {person: set(world.visible(person)) for person in active}
        host = self.collab.feed(portfolio=sides.id, after=self._host.get(sides.id))
        if sides.id in self._cursors:
            following = {one: self._cursors[sides.id][one] for one in active if one in self._cursors[sides.id]}
            together = self.collab.feeds(sides.id, following)
            for person, cursor in following.items():
                alone = self.collab.feed(person, portfolio=sides.id, after=cursor)
                page = together[person]
                assert isinstance(page, FeedPage)
                same(alone.events, page.events, f"{person} alone and with others")
                self._check_told(sides, person, host.events, page.events)
                old = self._sights[sides.id].get(person)
                if old is not None:
                    self._check_sight(sides, person, old ^ sight[person], page.events)
        self._host[sides.id] = host.cursor
        self._cursors[sides.id] = {person: self.collab.feed(person, portfolio=sides.id).cursor for person in active}
        self._sights[sides.id] = sight

    def _check_told(self, sides: Sides, person: str, happened: Sequence[Event], told: Sequence[Event]) -> None:
        due = [self._due(sides, person, event) for event in happened if self._concerns(sides, person, event)]
        found = [
            (event.kind, event.item, event.actor)
            for event in told
            if event.kind not in (*OF_A_TEAMBOX, "sight.changed") and not event.kind.startswith("lock.")
        ]
        for event in told:
            if event.kind in OF_A_TEAMBOX:
                assert self._in_a_teambox(sides, person, event), f"{person} of {sides.id} is told of {event}"
        same(due, found, f"what {person} of {sides.id} is told of {[event.kind for event in happened]}")
        self.figures["events told"] += len(found)
        self.figures["events not told"] += len(happened) - len(found)
        self.figures["actors not told"] += sum(actor is None for _, _, actor in found)

    @staticmethod
    def _due(sides: Sides, person: str, event: Event) -> tuple[str, Any, str | None]:
        known = event.actor is not None and sides.world.knows(person, event.actor)
        return event.kind, event.item, event.actor if known else None

    def _concerns(self, sides: Sides, person: str, event: Event) -> bool:
        world, kind = sides.world, event.kind
        manages = "group.manage" in world.rights(person)
        if kind in OF_A_TEAMBOX:
            return False
        if kind.startswith(SEEN):
            label = sides.messages.index(event.item.id)
            return world.sees(person, label) and (kind != "message.dismissed" or self._asks(world, person, label))
        if kind.startswith("group."):
            return manages or person in world.groups[sides.label(event.item.id)].members
        if kind.startswith("person."):
            return manages or person == event.item.id
        return kind == "dictionary.defined"

    @staticmethod
    def _asks(world: World, person: str, label: int) -> bool:
        return person in {world.messages[label].sender, world.messages[label].sent_for}

    @staticmethod
    def _in_a_teambox(sides: Sides, person: str, event: Event) -> bool:
        """Tell whether somebody is in a group that a message is addressed to; the event does not say which it was."""
        to = sides.world.messages[sides.messages.index(event.item.id)].to
        return any(isinstance(who, Label) and person in sides.world.groups[who.label].members for who in to)

    def _check_sight(self, sides: Sides, person: str, differing: set[int], told: Sequence[Event]) -> None:
        """Whoever sees another thing than before is told so, or told of that very thing."""
        kinds = [event.kind for event in told]
        named = {event.item.id for event in told}
        silent = {label for label in differing if sides.messages[label] not in named}
        assert "sight.changed" in kinds or not silent, f"{person} of {sides.id} is not told of {silent}: {kinds}"
        self.figures["changes of sight"] += bool(silent)
        for event in told:
            if event.kind == "sight.changed":
                same((person, None, ()), (event.item.id, event.actor, event.fields), "a change of sight")

    def _check_rule(self) -> None:
        """Leave it to the other histories."""

    def _ask_at_the_end(self, choices: Choices) -> None:
        """Ask nothing."""
