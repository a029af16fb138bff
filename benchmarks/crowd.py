"""Who is in a portfolio: persons, groups, how much each writes, and whose lists are measured. Seeded."""

from __future__ import annotations

import math
import random
from itertools import accumulate

from attrs import frozen

_ZIPF = 0.85  # the first of 5,000 persons is then involved in about 15 % of messages of 2.93
_MAIN_SHARE, _SECONDARY_SHARE = 0.7, 0.5
_MANY_GROUPS = 30


@frozen
class Planned:
    """A group to be made; members are places in the crowd's list of persons."""

    name: str
    main: bool
    shares: bool
    teambox: bool
    members: list[int]


@frozen
class Crowd:
    """The persons of a portfolio.

    Attributes:
        persons: ids; the order says nothing.
        by_rank: places of persons, whoever writes and gets most first.
        cumulated: how much each of `by_rank` and those before write and get.
        groups: all groups; `everybody` is the last.
        viewers: whose lists are measured, by kind.
    """

    persons: list[str]
    by_rank: list[int]
    cumulated: list[float]
    groups: list[Planned]
    viewers: dict[str, str]

    def groups_of(self) -> dict[int, list[int]]:
        """Return the places of each person's groups."""
        found: dict[int, list[int]] = {place: [] for place in range(len(self.persons))}
        for place, group in enumerate(self.groups):
            for member in group.members:
                found[member].append(place)
        return found


def crowd(persons: int, seed: str) -> Crowd:
    """Plan a portfolio's persons and groups: main 2-20, one secondary of 2-200 for 40 persons, one of two fifths."""
    chance = random.Random(seed)
    places = list(range(persons))
    by_rank = chance.sample(places, persons)
    groups = _mains(chance, chance.sample(places, persons))
    largest = min(200, max(3, persons // 2))
    for no in range(max(_MANY_GROUPS, persons // 40)):
        size = round(math.exp(chance.uniform(math.log(2), math.log(largest))))
        shares = chance.random() < _SECONDARY_SHARE
        groups.append(Planned(f"secondary {no}", False, shares, no % 3 == 0, chance.sample(places, size)))
    everybody = chance.sample(places, persons * 2 // 5)
    busy = _in_many(chance, groups, by_rank, set(everybody))
    groups.append(Planned("everybody", False, True, False, everybody))
    viewers = _viewers(groups, by_rank, busy)
    return Crowd(
        persons=[f"u{no}" for no in places],
        by_rank=by_rank,
        cumulated=list(accumulate(rank**-_ZIPF for rank in range(1, persons + 1))),
        groups=groups,
        viewers={kind: f"u{place}" for kind, place in viewers.items()},
    )


def _mains(chance: random.Random, order: list[int]) -> list[Planned]:
    groups, first = [], 0
    while first < len(order):
        size = chance.randint(2, 20)
        shares = chance.random() < _MAIN_SHARE
        groups.append(Planned(f"main {len(groups)}", True, shares, False, order[first : first + size]))
        first += size
    return groups


def _in_many(chance: random.Random, groups: list[Planned], by_rank: list[int], everybody: set[int]) -> int:
    """Put somebody of the middle, who is not in the group of everybody, into 30 secondary groups."""
    busy = next(place for place in by_rank[len(by_rank) // 3 :] if place not in everybody)
    secondary = [group for group in groups if not group.main]
    for group in chance.sample(secondary, _MANY_GROUPS):
        if busy not in group.members:
            group.members.append(busy)
    return busy


def _viewers(groups: list[Planned], by_rank: list[int], busy: int) -> dict[str, int]:
    everybody = set(groups[-1].members)
    peers: dict[int, set[int]] = {place: set() for place in by_rank}
    member_of: dict[int, int] = dict.fromkeys(by_rank, 0)
    for group in groups[:-1]:
        for member in group.members:
            member_of[member] += 1
            if group.shares:
                peers[member].update(group.members)
    rank = {place: no for no, place in enumerate(by_rank)}
    usual = [place for place in by_rank[len(by_rank) // 100 :] if place != busy]
    apart = [place for place in usual if place not in everybody]

    def closest(target: int, low: int, high: int, share: float) -> int:
        within = [place for place in apart if low <= len(peers[place]) - 1 <= high]
        if within:
            return within[int(len(within) * share)]
        return min(apart, key=lambda place: (abs(len(peers[place]) - target), rank[place]))

    alone = [place for place in apart if not peers[place]] or apart
    return {
        "small": closest(12, 5, 20, 0.25),
        "medium": closest(200, 80, 400, 0.5),
        "all-hands": [place for place in usual if place in everybody][len(everybody) // 2],
        "sparse": alone[-1],
        "in 30 groups": busy,
    }
