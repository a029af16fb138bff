"""Judging a piece of the log for many followers at once, in a fixed number of statements (V13, V17)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from attrs import evolve

from collabcase.desk.call import Call
from collabcase.ids import Kind, kind_of
from collabcase.model.event import Event, Happening
from collabcase.model.group import Right
from collabcase.model.lock import LockEvent
from collabcase.model.portfolio import PortfolioEvent
from collabcase.permissions.known import Acquaintance, knows
from collabcase.permissions.places import places
from collabcase.permissions.sight import Facts, Involvement, Sight
from collabcase.permissions.telling import NAMING, SEEN, Followers, members, sharing, sight_changed_for, told_of
from collabcase.storage.interfaces import Actor

_LOCKS = frozenset(LockEvent)
_FEATURE = frozenset({PortfolioEvent.FEATURE_ENABLED, PortfolioEvent.FEATURE_DISABLED})


class Judge:
    """Knows for rows of the log whom of some followers to tell what."""

    def __init__(self, call: Call, actors: Collection[Actor], rows: Sequence[Happening]) -> None:
        self._call = call
        self._actors = {actor.no: actor for actor in actors}
        holders = {holder for row in rows if row.event.kind in _LOCKS for holder in row.told}
        self._sights = call.stores.sights.sights(call.scope, self._actors.keys() | holders) if actors else {}
        self._now = self._followers(rows) if actors else Followers()
        self._told = {row.position: told_of(row, self._now) for row in rows}
        self._unknown = self._strangers(rows) if actors else frozenset()

    def told(self, row: Happening) -> Set[int]:
        """Return who is told of a row."""
        return self._told[row.position]

    def changed(self, row: Happening) -> Set[int]:
        """Return whose sight may have changed by it."""
        return sight_changed_for(row, self._now)

    def as_shown(self, row: Happening, viewer: int) -> Event:
        """Return the event of a row as a follower is told it: an actor they may not know is None (V17)."""
        return evolve(row.event, actor=None) if (viewer, row.actor) in self._unknown else row.event

    def _followers(self, rows: Sequence[Happening]) -> Followers:
        call, everybody = self._call, self._actors.keys()
        mine = {no: self._sights[no] for no in everybody}
        items = {row.item for row in rows if row.event.kind in SEEN}
        switched = any(row.event.kind in _FEATURE for row in rows)
        return Followers(
            everybody=everybody,
            managers={no for no, actor in self._actors.items() if Right.GROUP_MANAGE in actor.rights},
            members=members(mine),
            sharing=sharing(mine),
            seen=_seen(call.stores.sights.facts(call.scope, items), items, mine.values()) if items else {},
            concerned=self._concerned([row for row in rows if row.event.kind in _LOCKS]),
            boxes=call.stores.groups.sharing_groups(call.scope) if switched else frozenset(),
        )

    def _concerned(self, rows: Iterable[Happening]) -> dict[tuple[int, int], Set[int]]:
        """Return those whom the lock of a holder on an item concerns, by item and holder."""
        held: dict[int, set[int]] = {}
        hosts: dict[int, Happening] = {}
        for row in rows:
            held.setdefault(row.item, set()).update(row.told)
            if kind_of(row.item) is Kind.HOST:
                hosts[row.item] = row
        talks = {item: holders for item, holders in held.items() if item not in hosts}
        return {**self._in_the_way(talks), **self._of_hosts(hosts, held)}

    def _in_the_way(self, held: Mapping[int, Set[int]]) -> dict[tuple[int, int], Set[int]]:
        """Return whose places on a talk meet the holder's (L1)."""
        if not held:
            return {}
        shapes = self._call.stores.sights.shapes(self._call.scope, held.keys())
        extending = {row.principal for kept in shapes.values() for shape in kept for row in shape if row.extends}
        groups = self._call.stores.sights.groups_of(self._call.scope, extending)
        found: dict[tuple[int, int], Set[int]] = {}
        for talk, holders in held.items():
            of_talk = _Places(shapes.get(talk, ()), groups)
            near = {no: of_talk.of(self._sights[no]) for no in self._actors if of_talk.may_reach(self._sights[no])}
            for holder in holders & self._sights.keys():
                theirs = of_talk.of(self._sights[holder])
                found[talk, holder] = {no for no, mine in near.items() if mine & theirs}
        return found

    def _of_hosts(
        self, hosts: Mapping[int, Happening], held: Mapping[int, Set[int]]
    ) -> dict[tuple[int, int], Set[int]]:
        """Return who may see a thing of the host's; where the host does not say, who is in a group of the holder's."""
        ask = self._call.office.may_see
        found: dict[tuple[int, int], Set[int]] = {}
        for item, row in hosts.items():
            if ask is not None:
                allowed = ask([one.id for one in self._actors.values()], row.event.item, portfolio=row.event.portfolio)
                seeing = {no for no, actor in self._actors.items() if actor.id in set(allowed)}
                found.update({(item, holder): seeing for holder in held[item]})
                continue
            for holder in held[item] & self._sights.keys():
                theirs = self._sights[holder].groups
                found[item, holder] = {no for no in self._actors if self._sights[no].groups & theirs}
        return found

    def _strangers(self, rows: Sequence[Happening]) -> Set[tuple[int, int]]:
        """Return the pairs of a follower and an actor whom they may not know (V17)."""
        pairs = {
            (viewer, row.actor)
            for row in rows
            if row.actor is not None and row.event.kind not in NAMING
            for viewer in self._told[row.position]
            if viewer != row.actor
        }
        if not pairs:
            return set()
        call, doers = self._call, {actor for _, actor in pairs}
        cards = call.stores.people.cards(call.scope, doers)
        groups = call.stores.sights.groups_of(call.scope, doers)
        strange = {
            (viewer, actor)
            for viewer, actor in pairs
            if not knows(
                self._sights[viewer].internal,
                _acquaintance(
                    actor,
                    active=cards[actor].active,
                    internal=cards[actor].internal,
                    together=bool(self._sights[viewer].groups & groups.get(actor, frozenset())),
                ),
                manages_groups=viewer in self._now.managers,
            )
        }
        if not strange:
            return strange
        viewers, actors = ({pair[side] for pair in strange} for side in (0, 1))
        return strange - call.stores.people.naming(call.scope, viewers, actors)


def _seen(facts: Facts, items: Collection[int], sights: Collection[Sight]) -> dict[int, Set[int]]:
    """Return who sees which items, by the rule in Python: what it needs is loaded once for all of them."""
    return {item: {sight.me for sight in sights if sight.sees(item, facts)} for item in items}


class _Places:
    """In whose place persons act on one talk."""

    def __init__(self, shapes: Sequence[Sequence[Involvement]], groups: Mapping[int, Set[int]]) -> None:
        self._shapes, self._groups = shapes, groups
        principals = {row.principal for shape in shapes for row in shape}
        self._near = principals.union(*(groups.get(one, frozenset()) for one in principals))

    def may_reach(self, sight: Sight) -> bool:
        """Tell whether somebody may act in anybody's place there; for those who may, `of` says in whose."""
        return sight.me in self._near or not self._near.isdisjoint(sight.groups)

    def of(self, sight: Sight) -> frozenset[int]:
        """Return in whose place somebody acts."""
        return places(sight, self._shapes, lambda no: self._groups.get(no, frozenset()))


def _acquaintance(no: int, *, active: bool, internal: bool, together: bool) -> Acquaintance:
    return Acquaintance(
        no=no,
        group=False,
        me=False,
        active=active,
        internal=internal,
        teambox=False,
        open=False,
        together=together,
        named=False,
    )
