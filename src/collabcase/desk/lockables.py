"""What can be locked: talks, and things of the host's own (L1, L8)."""

from __future__ import annotations

from collabcase.desk.call import Call, Calls, number
from collabcase.desk.explaining import thing
from collabcase.desk.holding import guard, places_on
from collabcase.errors import Forbidden, InvalidInput, NotFound
from collabcase.ids import Kind
from collabcase.model.item import ItemRef, Referable

_OURS = frozenset(kind.value for kind in Kind)


def item_ref(item: str | ItemRef | Referable) -> ItemRef:
    """Return the reference of a thing that can be locked: a talk, or one of the host's own.

    Raises:
        NotFound: it is an id of none of ours; the host's own things are named by references.
        InvalidInput: it is neither.
    """
    ref = thing(item)
    if isinstance(item, str) and is_hosts(ref):
        raise NotFound(Kind.TALK.value, ref.id)
    if ref.kind in _OURS and ref.kind != Kind.TALK:
        raise InvalidInput("item", f"is a {ref.kind}; talks, and things of your own kinds, can be locked")
    return ref


def is_hosts(ref: ItemRef) -> bool:
    """Tell whether a thing is one of the host's own (L8)."""
    return ref.kind not in _OURS


def item_number(call: Call, ref: ItemRef) -> int:
    """Return the number of a thing that the caller sees; the host has been asked about its own by now (L8).

    Raises:
        NotFound: it is no talk, or one of which the caller sees nothing (V12).
    """
    if is_hosts(ref):
        found = call.stores.leases.number(call.scope, ref)
        return found or call.stores.leases.register(call.scope, ref, call.new_id(Kind.HOST))
    talk = number(ref.id, Kind.TALK)
    if call.stores.archives.newest(call.scope, call.actor.no, talk) is None:
        raise NotFound(ref.kind, ref.id)
    return talk


def clicked_number(call: Call, ref: ItemRef) -> int:
    """Return the number of a thing that the caller may write to.

    Raises:
        NotFound: it is no talk, or one of which the caller sees nothing (V12).
        Forbidden: they see it, and may write nothing there (L1).
    """
    if not is_hosts(ref):
        talk, me = number(ref.id, Kind.TALK), call.actor.no
        if places_on(call, talk, [me])[me]:  # who acts for somebody on a message sees it
            return talk
    item = item_number(call, ref)
    if not is_hosts(ref):
        raise Forbidden("answer", "who only observes a talk takes no lock on it.", "L1")
    return item


def hosts_show(call: Call, ref: ItemRef) -> bool:
    """Tell whether the caller may see a thing of the host's; without `may_see` everybody may (L8)."""
    ask = call.office.may_see
    return ask is None or call.actor.id in ask([call.actor.id], ref, portfolio=call.portfolio)


def check_host(call: Call, item: str | ItemRef) -> None:
    """Refuse a thing of the host's that the caller may not see.

    Raises:
        NotFound: the host says so.
    """
    ref = item_ref(item)
    if is_hosts(ref) and not hosts_show(call, ref):
        raise NotFound(ref.kind, ref.id)


def guard_hosts(calls: Calls, item: object) -> None:
    """Refuse to go on where a thing of the host's is locked, and keep it so until the desk ends.

    Raises:
        ItemLocked, StaleLock, WindowGone: it is not the writer's to write to now.
        InvalidInput: it is nothing of the host's.
    """
    ref = item if isinstance(item, ItemRef) else None
    if ref is None or not is_hosts(item_ref(ref)):
        raise InvalidInput("item", "must be the reference of a thing of your own; verbs guard what is ours")
    with calls.writing() as call:
        guard(call, item_number(call, item_ref(ref)))
