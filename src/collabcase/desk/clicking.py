"""What windows do to items: click, let go, ask; all of it in transactions of their own (L1, L3 to L5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from collabcase.desk.call import Call
from collabcase.desk.holding import check_window, refused, settled, stand, tell
from collabcase.desk.lockables import clicked_number, item_number
from collabcase.errors import WindowGone
from collabcase.locking.leases import Standing, Step, turn
from collabcase.locking.windows import Mode
from collabcase.model.item import ItemRef
from collabcase.model.lock import End, Lock
from collabcase.storage.interfaces import Ending, LeaseRow, WindowRow


def click(call: Call, ref: ItemRef) -> Lock:
    """Let the calling window hold an item, and let go of what it held (L1).

    Raises:
        NotFound: the caller sees no such thing.
        Forbidden: they see it, and may write nothing there.
        ItemLocked: somebody in their way holds it; the window keeps what it held.
        WindowGone: the window is gone.
    """
    windows = call.stores.windows.of(call.scope, call.actor.no)
    window = _present(call, windows)
    item = clicked_number(call, ref)
    former = {window.item} - {None, item}
    tokens = call.stores.leases.lock(call.scope, {item, *(one for one in former if one is not None)})
    rows = settled(call, call.stores.leases.on(call.scope, tokens))
    found = stand(call, item, rows)
    after = turn(found.standing, Step.CLICK)
    if after.refusal is not None:
        raise refused(call, item, found, after.refusal)
    for one in tokens.keys() - {item}:
        leave(call, window, windows, one, rows, tokens[one])
    token = tokens[item] if after.renews or found.mine is None else found.mine.token
    call.stores.leases.hold(call.scope, item, call.actor.no, window.id, token, window.ttl)
    call.stores.windows.point(call.scope, window.id, item)
    tell(call, found.standing, Step.CLICK, item, call.actor.no)
    return Lock(ref, token, timedelta(milliseconds=window.ttl))


def leave(
    call: Call, window: WindowRow, windows: Collection[WindowRow], item: int, rows: Collection[LeaseRow], token: int
) -> None:
    """Let a window let go of a locked item; the window of the same person that clicked it last before gets it (L4)."""
    mine = next((row for row in rows if row.item == item and row.person == window.person), None)
    if mine is None or not mine.live or mine.window != window.id:
        return
    if passed_on(call, mine, [one for one in windows if one.id != window.id], token):
        tell(call, Standing.MINE, Step.GIVE_BACK, item, window.person)
    else:
        call.stores.leases.end(call.scope, item, window.person, Ending(End.RELEASED, by=window.person))
        tell(call, Standing.MINE, Step.LEAVE, item, window.person)


def passed_on(call: Call, row: LeaseRow, windows: Collection[WindowRow], token: int) -> bool:
    """Give a hold to that of some windows of its holder that clicked the item last; tell whether there is one."""
    older = [one for one in windows if one.live and one.person == row.person and one.item == row.item]
    if older:
        heir = max(older, key=lambda one: (one.focused_at or 0, one.id))
        call.stores.leases.hold(call.scope, row.item, heir.person, heir.id, token, 0)
    return bool(older)


def release(call: Call, gone: Collection[WindowRow], windows: Collection[WindowRow]) -> None:
    """Let windows, locked with all of their person's, let go of what they are on; what was clicked first goes first."""
    staying = [window for window in windows if window not in gone]
    tokens = call.stores.leases.lock(call.scope, {window.item for window in gone if window.item is not None})
    rows = settled(call, call.stores.leases.on(call.scope, tokens)) if tokens else []
    for window in sorted(gone, key=lambda one: one.focused_at or 0):
        if window.item is not None:
            leave(call, window, staying, window.item, rows, tokens[window.item])


def blur(call: Call) -> None:
    """Let the calling window be on nothing.

    Raises:
        WindowGone: it is gone.
    """
    windows = call.stores.windows.of(call.scope, call.actor.no)
    window = _present(call, windows)
    release(call, [window], windows)
    call.stores.windows.point(call.scope, window.id, None)


def close(call: Call) -> None:
    """Forget the calling window; one that is gone stays so."""
    windows = call.stores.windows.of(call.scope, call.actor.no)
    gone = [window for window in windows if window.id == call.window]
    release(call, gone, windows)
    call.stores.windows.close(call.scope, [window.id for window in gone])


def release_all(call: Call) -> None:
    """Let every window of the caller's be on nothing."""
    windows = call.stores.windows.of(call.scope, call.actor.no)
    _present(call, windows)
    release(call, windows, windows)
    for window in windows:
        if window.live:  # else it would come to life again
            call.stores.windows.point(call.scope, window.id, None)


def end_windows(call: Call, person: int) -> None:
    """Forget all windows of a person who is deactivated, and end their locks (G7)."""
    windows = call.stores.windows.of(call.scope, person)
    release(call, windows, windows)
    call.stores.windows.close(call.scope, [window.id for window in windows])


def ask(call: Call, ref: ItemRef) -> None:
    """Ask whoever holds an item in the caller's way to let go (L5)."""
    check_window(call)
    item = item_number(call, ref)
    call.stores.leases.lock(call.scope, [item])
    found = stand(call, item, settled(call, call.stores.leases.on(call.scope, [item])))
    if turn(found.standing, Step.ASK).event is not None and found.theirs is not None:
        call.stores.leases.ask(call.scope, item, found.theirs.person, call.actor.no)
        tell(call, found.standing, Step.ASK, item, found.theirs.person)


def _present(call: Call, windows: Collection[WindowRow]) -> WindowRow:
    """Return the calling window out of all of its person's."""
    assert call.window is not None
    for window in windows:
        if window.id == call.window and window.live:
            return window
    raise WindowGone(call.window)


def lease_of(call: Call, mode: Mode) -> int:
    """Return the lease of a mode in milliseconds."""
    return call.office.leases.of(mode) // timedelta(milliseconds=1)
