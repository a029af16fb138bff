"""How an item stands to a window or a writer, and what follows: the guard of every write, and moved items (L)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from attrs import frozen

from collabcase.clock import from_millis
from collabcase.desk.addressing import known_among
from collabcase.desk.call import Call
from collabcase.errors import ItemLocked, StaleLock, WindowGone
from collabcase.ids import Kind, encode, kind_of
from collabcase.locking.leases import Refusal, Standing, Step, turn
from collabcase.model.item import ItemRef
from collabcase.model.lock import End, Move
from collabcase.model.person import PersonCard
from collabcase.permissions.places import places
from collabcase.storage.interfaces import Ending, LeaseRow, WindowRow

_TAKEN_OVER = "taken over"


@frozen
class Stand:
    """How an item stands to somebody.

    Attributes:
        standing: in the words of the table.
        mine: their own hold, ended ones included; None where they never had one.
        theirs: the hold of somebody else that stands in the way.
    """

    standing: Standing
    mine: LeaseRow | None
    theirs: LeaseRow | None


def refs_of(call: Call, items: Collection[int]) -> dict[int, ItemRef]:
    """Return the references of items, the host's own included."""
    hosts = [item for item in items if kind_of(item) is Kind.HOST]
    theirs = call.stores.leases.refs(call.scope, hosts) if hosts else {}
    return {item: theirs.get(item) or ItemRef(kind_of(item).value, encode(item)) for item in items}


def places_on(call: Call, talk: int, persons: Collection[int]) -> dict[int, frozenset[int]]:
    """Return in whose place each of some persons acts on a talk."""
    return places_on_each(call, {talk: persons})[talk]


def places_on_each(call: Call, wanted: Mapping[int, Collection[int]]) -> dict[int, dict[int, frozenset[int]]]:
    """Return in whose place persons act on talks, by talk and person, in three statements for all of them."""
    shapes = call.stores.sights.shapes(call.scope, wanted.keys())
    sights = call.stores.sights.sights(call.scope, set().union(*wanted.values()))
    reached = {row.principal for kept in shapes.values() for shape in kept for row in shape if row.extends}
    groups = call.stores.sights.groups_of(call.scope, reached - sights.keys())
    of_all = {**groups, **{person: sight.groups for person, sight in sights.items()}}
    return {
        talk: {
            person: places(sights[person], shapes.get(talk, ()), lambda no: of_all.get(no, frozenset()))
            for person in persons
            if person in sights
        }
        for talk, persons in wanted.items()
    }


def in_the_way(call: Call, item: int, me: int, others: Collection[int]) -> set[int]:
    """Return those of others who, holding an item, stand in somebody's way: on a talk, who acts in the same place."""
    if not others or kind_of(item) is not Kind.TALK:
        return set(others)
    found = places_on(call, item, {me, *others})
    return {other for other in others if found[me] & found.get(other, frozenset())}


def settled(call: Call, rows: Iterable[LeaseRow]) -> list[LeaseRow]:
    """End the holds among those of locked items that have run out, and return the others."""
    kept = []
    for row in rows:
        if row.window is not None and not row.live:
            call.stores.leases.end(call.scope, row.item, row.person, Ending(End.EXPIRED))
            tell(call, Standing.THEIRS, Step.LAPSE, row.item, row.person, by_host=True)
        else:
            kept.append(row)
    return kept


def stand(call: Call, item: int, rows: Collection[LeaseRow]) -> Stand:
    """Return how an item stands to whoever calls, by all holds of it, held longest first.

    Who holds it first stands in the way of who came to act in the same place only later.
    """
    me = call.actor.no
    mine = next((row for row in rows if row.item == item and row.person == me), None)
    held = [row for row in rows if row.item == item and row.live]
    earlier = held[: held.index(mine)] if mine in held else held
    way = in_the_way(call, item, me, {row.person for row in earlier if row.person != me})
    theirs = next((row for row in earlier if row.person in way), None)
    if theirs is not None:
        return Stand(Standing.THEIRS, mine, theirs)
    if mine is None or not mine.live:
        return Stand(Standing.FREE, mine, None)
    return Stand(Standing.MINE if mine.window == call.window else Standing.OWN, mine, None)


def tell(
    call: Call, standing: Standing, step: Step, item: int, holder: int, *fields: str, by_host: bool = False
) -> None:
    """Note the event of a step that was taken, if it has one."""
    event = turn(standing, step).event
    if event is not None:
        call.emit(event, item, *fields, told=[holder], by_host=by_host)


def guard(call: Call, item: int) -> None:
    """Refuse a write to an item that another holds, or under a lock that is the writer's no more (L6).

    To be called once sight and rights are checked; until the transaction ends nobody else gets the item. The
    system is never refused.

    Raises:
        ItemLocked: somebody in the writer's way holds it.
        StaleLock: the token is not that of the window's present lock on this item, or another window of the
            writer's has taken it over.
        WindowGone: the window is not there any more, or not the writer's.
    """
    if not call.system:
        if not call.stores.leases.rely(call.scope, item):
            call.stores.leases.lock(call.scope, [item])  # so that whoever clicks it first of all waits, too
        _check(call, item, stand(call, item, call.stores.leases.on(call.scope, [item])))


def guard_move(call: Call, item: int) -> None:
    """Refuse as `guard` does what is going to move an item, and lock what `moved` will change."""
    if not call.system:
        call.stores.windows.of(call.scope, call.actor.no)
        call.stores.leases.lock(call.scope, [item])
        _check(call, item, stand(call, item, call.stores.leases.on(call.scope, [item])))


def _check(call: Call, item: int, found: Stand) -> None:
    from_window = Step.WRITE if call.token is None else Step.SAVE
    step = Step.POST if call.window is None else from_window
    standing = found.standing
    if step is Step.SAVE and standing is Standing.MINE and found.mine is not None and found.mine.token != call.token:
        standing = Standing.OWN  # the window had it before, lost it, and has it anew
    refusal = turn(standing, step).refusal
    if refusal is Refusal.STALE and _still_held(call, found):
        refusal = Refusal.LOCKED
    if refusal is not None:
        raise refused(call, item, found, refusal)
    if step is Step.WRITE and standing is Standing.FREE:
        check_window(call)


def _still_held(call: Call, found: Stand) -> bool:
    """Tell whether the token holds, and somebody who held the item before came into the writer's way only since."""
    mine = found.mine
    held = mine is not None and mine.live and (mine.window, mine.token) == (call.window, call.token)
    return held and found.theirs is not None


def check_window(call: Call) -> WindowRow:
    """Return the calling window.

    Raises:
        WindowGone: it is gone, or somebody else's.
    """
    assert call.window is not None
    found = call.stores.windows.find(call.scope, call.actor.no, call.window)
    if found is None:
        raise WindowGone(call.window)
    return found


def refused(call: Call, item: int, found: Stand, refusal: Refusal) -> ItemLocked | StaleLock:
    """Return the error of a refusal; it names only whom the writer may know (V17)."""
    ref = refs_of(call, [item])[item]
    current = found.theirs or (found.mine if found.mine is not None and found.mine.live else None)
    cards = cards_of(call, set() if current is None else {current.person})
    holder = None if current is None or current.person not in cards else cards[current.person].id
    since = None if current is None else from_millis(current.since)
    if refusal is Refusal.LOCKED:
        assert since is not None
        return ItemLocked(ref.kind, ref.id, holder, since)
    how, reason = _loss(found.mine)
    return StaleLock(ref.kind, ref.id, how=how, holder=holder, since=since, reason=reason)


def _loss(mine: LeaseRow | None) -> tuple[str, str | None]:
    """Return how a hold was lost, and of a force the reason."""
    if mine is None or (mine.ended is None and mine.window is None):
        return End.RELEASED, None
    if mine.window is not None:
        return _TAKEN_OVER if mine.live else End.EXPIRED, None
    if mine.ended == End.MOVED and mine.reason == Move.CLAIMED:  # which left it with its holder, who then let it go
        return End.RELEASED, None
    return mine.ended or End.RELEASED, mine.reason if mine.ended == End.FORCED else None


def cards_of(call: Call, persons: Collection[int]) -> Mapping[int, PersonCard]:
    """Return what is shown of those persons whom the viewer may know (V17)."""
    return call.stores.people.cards(call.scope, known_among(call, persons)) if persons else {}


def moved(call: Call, item: int, what: Move, *, keeps: bool = False) -> None:
    """Let an item carry a note of what has just been done to it; who did it holds it no more, or `keeps` it (L7).

    To be called after `guard_move`.
    """
    if call.system:
        return
    me, note = call.actor.no, Ending(End.MOVED, by=call.actor.no, reason=what)
    settled(call, call.stores.leases.on(call.scope, [item]))
    if keeps:
        call.stores.leases.note(call.scope, item, me, note)
    else:
        call.stores.windows.let_go(call.scope, me, item)
        call.stores.leases.end(call.scope, item, me, note)
    tell(call, Standing.FREE, Step.NOTE if keeps else Step.MOVE, item, me, what)
