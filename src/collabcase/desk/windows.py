"""Windows: what one window of a person does, each call in a transaction of its own (L1 to L5)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TypeVar

from collabcase.desk import clicking
from collabcase.desk.call import Call, Calls, acting
from collabcase.desk.clicking import lease_of
from collabcase.desk.following import feed_cursor
from collabcase.desk.forcing import force
from collabcase.desk.holding import check_window
from collabcase.desk.lockables import check_host, is_hosts, item_ref
from collabcase.desk.picture import gone, lock_of, own_locks, picture
from collabcase.desk.repeating import repeated
from collabcase.errors import InvalidInput, WindowGone
from collabcase.locking.windows import SPOKEN, WINDOWS, Mode
from collabcase.locking.windows import Act as WindowAct
from collabcase.model import inputs
from collabcase.model.item import ItemRef, Referable
from collabcase.model.lock import Beat, Held, Lock, Picture
from collabcase.storage.interfaces import WindowRow

T = TypeVar("T")

_SHOWN = 500
_REASON = 500
_BATCH = 1_000


class Window:
    """One window or tab of one person; get it from `Collab.window`.

    It shares nothing with other windows of the same person but the person. It belongs to nobody's thread: each call
    stands for itself, and commits by itself.

    Attributes:
        id: who knows it, and is its person, speaks for it; keep it in the page's memory, where no other page finds it.
        person: whose window it is.
        portfolio: where.
    """

    def __init__(
        self, id: str, person: str, portfolio: str, new_calls: Callable[[], Calls], horizon: Callable[[], int]
    ) -> None:
        """Take whose window it is, what opens a unit of work from it, and how far the feed is final."""
        self.id, self.person, self.portfolio = id, person, portfolio
        self._new_calls, self._horizon = new_calls, horizon

    def check(self) -> None:
        """Make sure that the window is still open.

        Raises:
            WindowGone: it is closed, or was silent for too long.
        """
        with self._reading() as call:
            check_window(call)

    @property
    def picture(self) -> Picture:
        """All that concerns this window, read anew at each access: who holds what, and where the feed goes on (L2).

        Raises:
            WindowGone: it is closed, or was silent for too long.
        """
        position = self._horizon()  # before the snapshot: what comes in between is shown twice rather than never
        with self._reading() as call:
            check_window(call)
            return picture(call, feed_cursor(call, position))

    def focus(self, item: str | ItemRef | Referable) -> Lock:
        """Click an item: hold it, and let go of what this window held (L1, L4).

        What another window of the same person holds is taken over. What somebody else holds stays theirs, and this
        window keeps what it held.

        Args:
            item: an id, a reference or a value, of a talk; or the reference of a thing of the host's own (L8).

        Raises:
            ItemLocked: somebody else is at work on it, in whose place this person could act.
            NotFound: there is no such thing that the person sees (V12).
            Forbidden: they only observe it, and so take no lock.
            WindowGone: the window is closed, or was silent for too long.
            InvalidInput: it is nothing that can be locked.
        """
        ref = self._checked(item)
        return self._write(lambda call: clicking.click(call, ref))

    def blur(self) -> None:
        """Let go of what this window holds; an older window of the person on the same item gets it back (L4).

        Raises:
            WindowGone: the window is closed, or was silent for too long.
        """
        self._write(clicking.blur)

    def move_to(self, folder: str) -> None:
        """Go to another folder or area, and let go of what this window holds (L3).

        Args:
            folder: in the host's words, at most 200 characters; empty for none.

        Raises:
            WindowGone: the window is closed, or was silent for too long.
            InvalidInput: a parameter can't be used.
        """
        where = folder_name(folder)

        def move(call: Call) -> None:
            clicking.blur(call)
            call.stores.windows.move(call.scope, self.id, where)

        self._write(move)

    def close(self) -> None:
        """Close the window, and let go of what it holds; closing it again does nothing (L3)."""
        self._write(clicking.close)

    def beat(self, mode: str | None = None) -> Beat:
        """Give a sign of life: the window, and what it holds, last anew.

        Args:
            mode: ``visible``, ``hidden`` or ``attached`` from now on; as before by default.

        Returns:
            What it holds now. Another token than before means that somebody else may have had it in between.

        Raises:
            WindowGone: it is closed, or was silent for too long; it does not come to life again.
            InvalidInput: there is no such mode.
        """
        spoken = None if mode is None else mode_named(mode)
        return self._write(lambda call: self._beat(call, spoken))

    def _beat(self, call: Call, spoken: Mode | None) -> Beat:
        before = Mode(check_window(call).mode)
        after = WINDOWS[before, WindowAct.BEAT if spoken is None else SPOKEN[spoken]]
        assert after is not None
        ttl = lease_of(call, after)
        if not call.stores.windows.turn(call.scope, call.actor.no, self.id, after, ttl):
            raise WindowGone(self.id)
        call.stores.leases.extend(call.scope, [self.id])
        return Beat(lock_of(call), timedelta(milliseconds=ttl))

    def ask(self, item: str | ItemRef | Referable) -> None:
        """Ask whoever holds an item to let go; nothing happens where nobody does (L5).

        Args:
            item: as for `focus`.

        Raises:
            NotFound: there is no such thing that the person sees (V12).
            WindowGone: the window is closed, or was silent for too long.
            InvalidInput: it is nothing that can be locked.
        """
        ref = self._checked(item)
        self._write(lambda call: clicking.ask(call, ref))

    def force(self, item: str | ItemRef | Referable, reason: str) -> None:
        """Free an item that another holds; who clicks it next has it (L5). It is recorded, with the reason.

        On a talk this frees what those hold who stand in the person's way; with the right `lock.force`, which
        things of the host's need, whatever anybody holds there.

        Args:
            item: as for `focus`.
            reason: why, for the record and for who held it, at most 500 characters.

        Raises:
            NotFound: there is no such thing that the person sees (V12).
            Forbidden: the person may not (L5, G6).
            WindowGone: the window is closed, or was silent for too long.
            InvalidInput: a parameter can't be used.
        """
        ref, why = self._checked(item), inputs.line("reason", reason, most=_REASON)
        self._write(lambda call: force(call, ref, why))

    def mine(self) -> tuple[Held, ...]:
        """Return what all windows of this person hold, held longest first.

        Raises:
            WindowGone: the window is closed, or was silent for too long.
        """
        with self._reading() as call:
            check_window(call)
            return own_locks(call)

    def release_all(self) -> None:
        """Let go of what all windows of this person hold; the windows stay open.

        Raises:
            WindowGone: this window is closed, or was silent for too long.
        """
        self._write(clicking.release_all)

    def gone(self, items: Iterable[ItemRef]) -> tuple[ItemRef, ...]:
        """Return those items that the person sees no more, to be taken off the screen (L7).

        What they never saw, and what never was, looks the same (V12).

        Args:
            items: at most 500 references of talks and things of the host's, such as a window shows.

        Raises:
            WindowGone: the window is closed, or was silent for too long.
            InvalidInput: a parameter can't be used.
        """
        refs = [item_ref(item) for item in inputs.many("items", items, ItemRef, most=_SHOWN)]
        with self._reading() as call:
            check_window(call)
            return gone(call, refs)

    def _checked(self, item: str | ItemRef | Referable) -> ItemRef:
        """Return an item's reference, once the host has let a thing of its own be seen, outside any transaction."""
        ref = item_ref(item)
        if is_hosts(ref):
            with self._reading() as call:
                check_host(call, ref)
        return ref

    @contextmanager
    def _reading(self) -> Iterator[Call]:
        calls = self._new_calls()
        calls.open = True
        with calls.reading() as call:
            yield call

    def _write(self, work: Callable[[Call], T]) -> T:
        return repeated(lambda: written(self._new_calls(), work))


def written(calls: Calls, work: Callable[[Call], T]) -> T:
    """Do one thing in a transaction of its own, and commit it."""
    calls.open = True
    try:
        with calls.writing() as call:
            result = work(call)
        calls.finish()
    except BaseException:
        calls.work.rollback()
        raise
    return result


def open_window(new_calls: Callable[[], Calls], folder: str, mode: Mode) -> str:
    """Open a window and return its id."""
    id = secrets.token_urlsafe(24)

    def store(call: Call) -> None:
        call.lock([call.actor.no])  # who is just being deactivated has been by then
        me = call.actor.id
        acting(call.stores.people.actors(call.scope, [me]).get(me), me)
        row = WindowRow(id=id, person=call.actor.no, folder=folder, mode=mode, ttl=lease_of(call, mode))
        call.stores.windows.open(call.scope, row)

    repeated(lambda: written(new_calls(), store))
    return id


def beat_all(new_calls: Callable[[], Calls], ids: tuple[str, ...]) -> frozenset[str]:
    """Let a server give the sign of life of many windows, and return those that live."""
    batches = (ids[first : first + _BATCH] for first in range(0, len(ids), _BATCH))
    return frozenset().union(*(repeated(partial(_beat_batch, new_calls, batch)) for batch in batches))


def _beat_batch(new_calls: Callable[[], Calls], batch: tuple[str, ...]) -> set[str]:
    def beat(call: Call) -> set[str]:
        living = call.stores.windows.beat(call.scope, batch)
        call.stores.leases.extend(call.scope, batch)
        return living

    return written(new_calls(), beat)


def folder_name(folder: object) -> str:
    """Return a folder's name, which may be empty."""
    return "" if folder == "" else inputs.line("folder", folder)


def mode_named(mode: object) -> Mode:
    """Return a mode by its name.

    Raises:
        InvalidInput: there is none of this name.
    """
    for one in Mode:
        if one == mode:
            return one
    raise InvalidInput("mode", f"must be one of {', '.join(Mode)}")
