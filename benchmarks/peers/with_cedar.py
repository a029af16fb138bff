"""cedarpy: the rule in Cedar, asked in batches whose entities are handed over with them."""

from __future__ import annotations

import json
from typing import Any

import cedarpy
from attrs import frozen

from benchmarks.peers.facts import Facts

_POLICIES = """
permit(principal, action == Action::"see", resource) when { resource.named.containsAny(principal.own) };
permit(principal, action == Action::"see", resource) when { resource.feeds.containsAny(principal.sharing) };
"""
_BATCH = 200


@frozen(eq=False)
class _Cedar:
    facts: Facts
    messages: dict[int, dict[str, Any]]

    def _allowed(self, viewer: int, asked: list[int]) -> list[int]:
        groups = self.facts.groups_of.get(viewer, set())
        mine = {"own": [viewer, *groups], "sharing": list(groups & self.facts.sharing)}
        person = {"uid": {"type": "Person", "id": str(viewer)}, "attrs": mine, "parents": []}
        requests = [
            {"principal": f'Person::"{viewer}"', "action": 'Action::"see"', "resource": f'Message::"{one}"'}
            for one in asked
        ]
        entities = json.dumps([person, *(self.messages[one] for one in asked)])
        answers = cedarpy.is_authorized_batch(requests, _POLICIES, entities)
        return [one for one, answer in zip(asked, answers, strict=True) if answer.allowed]

    def page(self, viewer: int, limit: int) -> list[int]:
        """Return the newest messages a viewer sees."""
        found: list[int] = []
        for first in range(0, len(self.facts.newest_first), _BATCH):
            found += self._allowed(viewer, self.facts.newest_first[first : first + _BATCH])
            if len(found) >= limit:
                break
        return found[:limit]

    def check(self, viewer: int, messages: list[int]) -> set[int]:
        """Return those messages that a viewer sees."""
        return set(self._allowed(viewer, messages))

    def close(self) -> None:
        """Nothing was made."""


def build(facts: Facts) -> _Cedar:
    """Return the facts as Cedar's entities."""
    return _Cedar(
        facts,
        {
            id: {
                "uid": {"type": "Message", "id": str(id)},
                "attrs": {"named": list(facts.involved[id]), "feeds": list(facts.feeds_of(id))},
                "parents": [],
            }
            for id in facts.newest_first
        },
    )
