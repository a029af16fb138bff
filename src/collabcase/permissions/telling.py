"""Whom the feed tells of an event, and who sees more or less by it (V13, I2); judged when the feed is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from attrs import Factory, frozen

from collabcase.ids import KIND_BITS
from collabcase.model.dictionary import DictionaryEvent
from collabcase.model.event import Happening
from collabcase.model.group import GroupEvent
from collabcase.model.lock import LockEvent
from collabcase.model.message import MessageEvent
from collabcase.model.person import PersonEvent
from collabcase.model.portfolio import PortfolioEvent
from collabcase.model.talk import TalkEvent
from collabcase.model.teambox import TeamboxEvent
from collabcase.permissions.sight import Sight

_NOBODY: frozenset[int] = frozenset()

SEEN = frozenset({*MessageEvent, *TalkEvent, *TeamboxEvent})
"""The kinds of events about something with sight of its own."""

_NARROWER = frozenset({MessageEvent.DISMISSED, *TeamboxEvent})
"""Those of them that concern only some of who see it."""

NAMING = frozenset({MessageEvent.SENT, MessageEvent.WAIVED})
"""Those whose actor is named on the message."""

_OWN = frozenset({LockEvent.TAKEN_OVER, LockEvent.RETURNED})
"""What passes between windows of one person; for the others they hold it all the while (L4)."""

_LOCKS, _GROUPS, _PERSONS = frozenset(LockEvent), frozenset(GroupEvent), frozenset(PersonEvent)
_DICTIONARIES = frozenset(DictionaryEvent)
_MEMBERS = frozenset({GroupEvent.CREATED, GroupEvent.MEMBERS_ADDED, GroupEvent.MEMBERS_REMOVED})
_FEATURE = frozenset({PortfolioEvent.FEATURE_ENABLED, PortfolioEvent.FEATURE_DISABLED})


@frozen
class Followers:
    """Those who follow the feed, as they stand when it is read. All of them are active.

    Attributes:
        everybody: their numbers.
        managers: those who hold `group.manage`.
        members: those in each group.
        sharing: those in each group that shares now.
        seen: those who see each thing that an event is about.
        concerned: those whom the lock of a holder on an item concerns, beside the holder.
        boxes: the groups whose box is ticked, whatever the feature.
    """

    everybody: Set[int] = _NOBODY
    managers: Set[int] = _NOBODY
    members: Mapping[int, Set[int]] = Factory(dict)
    sharing: Mapping[int, Set[int]] = Factory(dict)
    seen: Mapping[int, Set[int]] = Factory(dict)
    concerned: Mapping[tuple[int, int], Set[int]] = Factory(dict)
    boxes: Set[int] = _NOBODY

    def those(self, principals: Iterable[int]) -> Set[int]:
        """Return who is one of some principals, or in a group that is."""
        wanted = set(principals)
        return frozenset().union(wanted & self.everybody, *(self.members.get(one, _NOBODY) for one in wanted))


def by_group(groups: Mapping[int, Set[int]]) -> dict[int, set[int]]:
    """Return the persons of each group, from the groups of each person."""
    found: dict[int, set[int]] = {}
    for person, theirs in groups.items():
        for group in theirs:
            found.setdefault(group, set()).add(person)
    return found


def members(sights: Mapping[int, Sight]) -> dict[int, set[int]]:
    """Return the persons of each group."""
    return by_group({person: sight.groups for person, sight in sights.items()})


def sharing(sights: Mapping[int, Sight]) -> dict[int, set[int]]:
    """Return the persons of each group that shares now."""
    return by_group({person: sight.sharing for person, sight in sights.items()})


def told_of(one: Happening, now: Followers) -> Set[int]:
    """Return which followers are told of an event."""
    kind, no = one.event.kind, one.item >> KIND_BITS
    if kind in SEEN:
        seen = now.seen.get(one.item, _NOBODY)
        return seen & now.those(one.told) if kind in _NARROWER else seen
    if kind in _OWN:
        return now.those(one.told)
    if kind == LockEvent.ASKED:
        return now.those({*one.told, one.actor or 0})
    if kind in _LOCKS:
        return frozenset().union(now.those(one.told), *(now.concerned.get((one.item, no), _NOBODY) for no in one.told))
    if kind in _GROUPS:
        return now.members.get(no, _NOBODY) | now.managers
    if kind in _PERSONS:
        return now.those([no]) | now.managers
    return now.everybody if kind in _DICTIONARIES else _NOBODY


def sight_changed_for(one: Happening, now: Followers) -> Set[int]:
    """Return which followers may see more or less by an event; whom something new is shown, the event itself tells."""
    kind, no = one.event.kind, one.item >> KIND_BITS
    if kind in _MEMBERS:
        return now.those(one.told) | now.sharing.get(no, _NOBODY)
    if kind == GroupEvent.DELETED:
        return now.those(one.told)
    if kind == GroupEvent.SHARING_CHANGED:
        return now.members.get(no, _NOBODY)
    if kind in _FEATURE:
        return now.those(now.boxes)
    if kind == TalkEvent.OBSERVER_REMOVED:
        return now.those(one.told) - now.seen.get(one.item, _NOBODY)
    if kind == PersonEvent.CHANGED and "internal" in one.event.fields:
        return now.those([no])
    return _NOBODY
