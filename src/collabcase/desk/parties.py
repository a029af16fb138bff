"""Changing who is on a talk: observers, and the side that is handed over (V7, T1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from collabcase.desk import showing
from collabcase.desk.addressing import Target, check_addressable, check_known, numbers, targets
from collabcase.desk.call import Call
from collabcase.desk.holding import guard, guard_move, moved
from collabcase.desk.sending import envelope_of
from collabcase.desk.teambox import wait_in
from collabcase.errors import Forbidden, InvalidInput, NotFound
from collabcase.ids import Kind, encode
from collabcase.model.item import ItemRef
from collabcase.model.lock import Move
from collabcase.model.message import Envelope
from collabcase.model.talk import TalkEvent
from collabcase.permissions.rights import Act, may
from collabcase.permissions.sight import Facts, Involvement, Role, extends
from collabcase.storage.interfaces import TalkRow


def add_observer(call: Call, talk: int, who: ItemRef, *, history: bool) -> None:
    """Let somebody stand for the messages seen, and with `history` observe those seen by V1 or V2."""
    [target], seen, facts = change_of_party(call, talk, [who], Act.OBSERVERS)
    check_addressable(call, [target], answering=True)
    guard(call, talk)
    [new] = numbers([target], "who")
    standing = call.stores.talks.standing(call.scope, seen)
    changed = {message for message in seen if new not in standing.get(message, ())}
    call.stores.talks.stand(call.scope, sorted(changed), new)
    for message in _own(call, talk) if history else ():
        if new not in envelope_of(message, facts).named:
            call.stores.sights.involve(call.scope, message, [Involvement(new, Role.OBSERVER, False)])
            changed.add(message)
    for message in sorted(changed):
        call.emit(TalkEvent.OBSERVER_ADDED, message, "observers")


def remove_observer(call: Call, talk: int, who: ItemRef) -> None:
    """End somebody's standing and observing for the messages seen."""
    [target], seen, facts = change_of_party(call, talk, [who], Act.OBSERVERS)
    standing = call.stores.talks.standing(call.scope, seen)
    if target.no is None or not any(_observes(target.no, one, standing, facts) for one in seen):
        check_known(call, [target])
        return
    guard(call, talk)
    gone = call.stores.talks.unstand(call.scope, seen, target.no)
    gone |= call.stores.sights.withdraw(call.scope, seen, target.no, Role.OBSERVER)
    for message in sorted(gone):
        call.emit(TalkEvent.OBSERVER_REMOVED, message, "observers", told=[target.no])


def _observes(principal: int, message: int, standing: Mapping[int, Set[int]], facts: Facts) -> bool:
    return principal in standing.get(message, ()) or principal in envelope_of(message, facts).observers


def hand_over(call: Call, talk: int, to: ItemRef) -> None:
    """Put somebody in the giver's place, and make them recipient of what the giver sees by V1 or V2.

    Raises:
        InvalidInput: they are a side already.
    """
    [target], _, facts = change_of_party(call, talk, [to], Act.HAND_OVER, field="to")
    check_addressable(call, [target], answering=True)
    [new] = numbers([target], "to")
    row = call.stores.talks.find(call.scope, talk)
    assert row is not None
    shown = showing.talk(call, row)
    if shown is not None and to in (shown.initiator, shown.counterpart):
        raise InvalidInput("to", "is a side of this talk already; name somebody else")
    guard_move(call, talk)
    side = ("sides",) if _change_side(call, row, new) else ()
    group = bool(call.stores.groups.among(call.scope, [new]))
    reaches = extends(Kind.MESSAGE, Role.RECIPIENT, to_group=group, confidential=row.confidential)
    own = _own(call, talk)
    given: list[int] = []
    for message in own:
        added = _readdress(call, message, envelope_of(message, facts), Involvement(new, Role.RECIPIENT, reaches))
        given += [message] if added else []
        if added or side:
            call.emit(TalkEvent.HANDED_OVER, message, *side, *(("to",) if added else ()))
    if given:
        sight = call.stores.sights.sight(call.scope, call.actor.no)
        call.stores.reading.pass_on(call.scope, {sight.me, *sight.groups}, new, given)
    if given and group:
        wait_in(call, [new], talk, given[0])
    moved(call, talk, Move.HANDED_OVER)


def change_of_party(
    call: Call, talk: int, named: Sequence[ItemRef], act: Act, *, field: str = "who"
) -> tuple[list[Target], list[int], Facts]:
    """Lock a talk that the actor sees, and check behind the lock that they may change who is on it.

    Returns:
        Who is named, the messages the actor sees, oldest first, and the rule's facts about these.

    Raises:
        NotFound: the actor sees no message of it.
        Forbidden: nothing the actor is to its messages allows the act.
    """
    if not call.stores.messages.ids_of_talk(call.scope, call.actor.no, talk, own=False):
        raise NotFound(Kind.TALK.value, encode(talk))
    found = targets(call, **{field: named})
    _lock_with_groups(call, {target.no for target in found if target.no is not None} | {call.actor.no})
    call.lock_talk(talk, exclusive=True)
    seen = call.stores.messages.ids_of_talk(call.scope, call.actor.no, talk, own=False)
    if not seen:
        raise NotFound(Kind.TALK.value, encode(talk))
    sight = call.stores.sights.sight(call.scope, call.actor.no)
    facts = call.stores.sights.facts(call.scope, seen)
    relations = {path.relation for message in seen for path in sight.direct(message, facts)}
    if not may(act, relations, call.actor.rights):
        raise Forbidden(act.value, "your part in this talk does not include this.")
    return found, seen, facts


def _lock_with_groups(call: Call, principals: set[int]) -> None:
    """Lock principals and the groups they are in, all of them in one go where nobody joins one meanwhile.

    Who is added to messages of old enters the lists of their groups, from which a colleague who leaves just now must
    not take them: leaving locks the group.
    """
    locked: set[int] = set()
    while principals - locked:
        groups = call.stores.sights.groups_of(call.scope, principals)
        principals = principals.union(*groups.values())
        call.lock(principals - locked)
        locked |= principals
        principals = principals.union(*call.stores.sights.groups_of(call.scope, principals).values())


def _change_side(call: Call, row: TalkRow, new: int) -> bool:
    """Put a new side in the giver's place: the one they hold themself, else the one a teambox of theirs holds.

    Returns:
        Whether they held one.
    """
    sight = call.stores.sights.sight(call.scope, call.actor.no)
    for mine in ({sight.me}, sight.groups):
        if row.initiator in mine:
            call.stores.talks.set_sides(call.scope, row.id, initiator=new, counterpart=row.counterpart)
            return True
        if row.counterpart in mine:
            call.stores.talks.set_sides(call.scope, row.id, initiator=row.initiator, counterpart=new)
            return True
    return False


def _readdress(call: Call, message: int, envelope: Envelope, new: Involvement) -> bool:
    """Make somebody recipient of a message, unless they are more than an observer of it already."""
    if new.principal in {envelope.sender, envelope.sent_for, *envelope.recipients}:
        return False
    call.stores.sights.withdraw(call.scope, [message], new.principal, Role.OBSERVER)
    call.stores.sights.involve(call.scope, message, [new])
    return True


def _own(call: Call, talk: int) -> list[int]:
    return call.stores.messages.ids_of_talk(call.scope, call.actor.no, talk, own=True)
