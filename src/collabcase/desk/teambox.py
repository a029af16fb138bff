"""The verbs of a group's teambox, and what fills and empties it (G5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from collabcase.clock import from_millis
from collabcase.desk.addressing import check_known, known_among, one_ref, targets
from collabcase.desk.call import FURTHEST, Call, Calls, number
from collabcase.desk.holding import guard_move, moved
from collabcase.desk.places import cursor_of, place
from collabcase.errors import AlreadyClaimed, Forbidden, GroupInUse, InvalidInput, NotFound
from collabcase.ids import Kind, encode, kind_of
from collabcase.model import inputs
from collabcase.model.item import ItemRef
from collabcase.model.lock import Move
from collabcase.model.page import Page
from collabcase.model.teambox import TeamboxCount, TeamboxEvent, TeamboxItem
from collabcase.storage.interfaces import TeamboxRow


class Teambox:
    """What was sent to a group, for its members; get it from `Desk.teambox`.

    A claim tells who takes care; it involves nobody, and members go on seeing everything (G5).
    """

    def __init__(self, calls: Calls, group: ItemRef) -> None:
        self._calls, self._group = calls, group

    def items(self, *, claimed: bool = False, cursor: str | None = None, limit: int = 50) -> Page[TeamboxItem]:
        """Return what nobody has claimed, what waits longest first; or what members have claimed, newest claim first.

        Args:
            claimed: whether to return the claimed items instead.
            cursor: where to go on, from `next` of the page before.
            limit: how many at most, 1 to 500.

        Raises:
            NotFound: there is no such group that the viewer may know (V12).
            Forbidden: the viewer is no member of it.
            InvalidInput: a parameter can't be used.
        """
        taken, most = inputs.flag("claimed", claimed), inputs.count("limit", limit)
        with self._calls.reading() as call:
            group = _member_of(call, self._group)
            question = f"teambox.items/{group}/{taken}"
            if taken:
                rows = call.stores.teamboxes.claimed(
                    call.scope,
                    call.actor.no,
                    group,
                    before=place(call, question, cursor) or (FURTHEST, FURTHEST),
                    limit=most + 1,
                )
            else:
                after = call.position(question, cursor, first=0)
                rows = call.stores.teamboxes.waiting(call.scope, call.actor.no, group, after=after, limit=most + 1)
            more = _cursor(call, question, rows[most - 1]) if len(rows) > most else None
            return Page(_shown(call, rows[:most]), more)

    def counts(self) -> tuple[TeamboxCount, ...]:
        """Return how many items nobody has claimed, by kind and type; those without a type come first.

        Raises:
            NotFound: there is no such group that the viewer may know (V12).
            Forbidden: the viewer is no member of it.
        """
        with self._calls.reading() as call:
            group = _member_of(call, self._group)
            found = call.stores.teamboxes.counts(call.scope, call.actor.no, group)
            counts = [TeamboxCount(kind_of(kind).value, type, count) for kind, type, count in found]
            return tuple(sorted(counts, key=lambda one: (one.kind, one.type is not None, one.type or "")))

    def claim(self, item: str) -> TeamboxItem:
        """Take care of an item; of all who try, exactly one gets it. Claiming one's own again changes nothing.

        Args:
            item: the id of a talk in this teambox.

        Returns:
            The item as it is now.

        Raises:
            NotFound: the item is not in this teambox, or the viewer may not know the group (V12).
            Forbidden: the viewer is no member of the group.
            AlreadyClaimed: another member has it.
            ItemLocked, StaleLock, WindowGone: the talk is not the viewer's to write to now (L6).
            InvalidInput: a parameter can't be used.
        """
        wanted = number(item, Kind.TALK)
        with self._calls.writing() as call:
            group = _member_of(call, self._group)
            _found(call, group, wanted)
            guard_move(call, wanted)
            while True:
                done = call.stores.teamboxes.claim(call.scope, call.actor.no, group, wanted, at=call.now)
                row = _found(call, group, wanted)
                if done:
                    call.emit(TeamboxEvent.CLAIMED, row.since, told=[group])
                    moved(call, wanted, Move.CLAIMED, keeps=True)
                if row.claimed_by == call.actor.no:
                    return _shown(call, [row])[0]
                if row.claimed_by is not None:
                    raise _already_claimed(call, row)

    def put_back(self, item: str) -> TeamboxItem:
        """Give a claimed item back: it waits again, at its old place. What nobody has claimed goes on waiting.

        Args:
            item: the id of a talk in this teambox.

        Returns:
            The item as it is now.

        Raises:
            NotFound: the item is not in this teambox, or the viewer may not know the group (V12).
            Forbidden: the viewer is no member of the group, or another member has claimed the item.
            ItemLocked, StaleLock, WindowGone: the talk is not the viewer's to write to now (L6).
            InvalidInput: a parameter can't be used.
        """
        wanted = number(item, Kind.TALK)
        with self._calls.writing() as call:
            group = _member_of(call, self._group)
            _found(call, group, wanted)
            guard_move(call, wanted)
            done = call.stores.teamboxes.put_back(call.scope, call.actor.no, group, wanted)
            row = _found(call, group, wanted)
            if done:
                call.emit(TeamboxEvent.PUT_BACK, row.since, told=[group])
                moved(call, wanted, Move.PUT_BACK)
            elif row.claimed_by is not None:
                raise Forbidden("put_back", "only who claimed it puts it back; ask them.", "G5")
            return _shown(call, [row])[0]


def group_ref(group: object) -> ItemRef:
    """Return the reference of a group passed as an id, a reference or a value.

    Raises:
        InvalidInput: it is none of these.
    """
    if isinstance(group, str):
        return ItemRef(Kind.GROUP.value, inputs.line("group", group))
    ref = one_ref("group", group)
    if ref.kind != Kind.GROUP:
        raise InvalidInput("group", "names a person; only groups have a teambox")
    return ref


def _member_of(call: Call, group: ItemRef) -> int:
    """Return the number of a group that the actor is a member of, locked with the actor where the call writes.

    So nobody leaves it, and nobody is deactivated, between this check and what follows from it.

    Raises:
        NotFound: there is none that the actor may know of.
        Forbidden: the actor is no member.
    """
    [target] = found = targets(call, group=[group])
    if target.no is not None:
        call.lock({call.actor.no, target.no})
        if call.stores.teamboxes.has_member(call.scope, target.no, call.actor.no):
            return target.no
    check_known(call, found)
    raise Forbidden("teambox", "only members of the group use its teambox.", "G5")


def _found(call: Call, group: int, item: int) -> TeamboxRow:
    row = call.stores.teamboxes.find(call.scope, call.actor.no, group, item)
    if row is None:
        raise NotFound(Kind.TALK.value, encode(item))
    return row


def _already_claimed(call: Call, row: TeamboxRow) -> AlreadyClaimed:
    """Return the error that names the claimer, if the actor may know them (V17)."""
    assert row.claimed_by is not None
    assert row.claimed_at is not None
    known = known_among(call, {row.claimed_by})
    card = call.stores.people.cards(call.scope, known).get(row.claimed_by)
    return AlreadyClaimed(None if card is None else card.id, from_millis(row.claimed_at))


def _shown(call: Call, rows: Sequence[TeamboxRow]) -> tuple[TeamboxItem, ...]:
    claimers = {row.claimed_by for row in rows if row.claimed_by is not None}
    cards = call.stores.people.cards(call.scope, claimers) if claimers else {}
    return tuple(
        TeamboxItem(
            item=ItemRef(kind_of(row.item).value, encode(row.item)),
            subject=row.subject,
            type=row.type,
            since=from_millis(row.sent_at),
            answered=row.answered,
            claimed_by=None if row.claimed_by is None else cards[row.claimed_by],
            claimed_at=None if row.claimed_at is None else from_millis(row.claimed_at),
        )
        for row in rows
    )


def _cursor(call: Call, question: str, last: TeamboxRow) -> str:
    if last.claimed_at is None:
        return call.cursor(question, last.since)
    return cursor_of(call, question, last.claimed_at, last.item)


# -------------------------------------------------------------------- what other verbs do to teamboxes


def wait_in(call: Call, groups: Collection[int], talk: int, message: int) -> None:
    """Let a talk wait in the teamboxes of groups that a message of it, stored by now, is addressed to."""
    if groups:
        call.stores.teamboxes.enter(call.scope, groups, talk, since=message)


def answered_for(call: Call, groups: Collection[int], talk: int) -> None:
    """Note that a member of these groups has answered a message of a talk that was addressed to them."""
    if groups:
        call.stores.teamboxes.answer(call.scope, groups, talk)


def end_claims(call: Call, persons: Collection[int], group: int | None = None) -> None:
    """Let what persons have claimed wait again, in a group they leave, or everywhere; they are locked by now."""
    tell_put_back(call, call.stores.teamboxes.release(call.scope, persons, group))


def tell_put_back(call: Call, ended: Iterable[tuple[int, int]]) -> None:
    """Note that items wait again, by the messages since which they do and the groups in whose teamboxes."""
    for message, group in ended:
        call.emit(TeamboxEvent.PUT_BACK, message, told=[group])


def check_not_in_use(call: Call, group: int) -> None:
    """Refuse to delete a group while open items wait in its teambox (G4).

    Raises:
        GroupInUse: with their number.
    """
    waiting = call.stores.teamboxes.open_items(call.scope, group)
    if waiting:
        raise GroupInUse(waiting)
