"""What a Collab offers to those who work side by side: windows, their signs of life, and tidying up after them (L)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from collabcase.clock import Clock, to_millis
from collabcase.desk.call import Calls
from collabcase.desk.windows import Window, beat_all, folder_name, mode_named, open_window
from collabcase.model import inputs
from collabcase.model.lock import Swept
from collabcase.storage.interfaces import Adapter
from collabcase.work.sweep import due, sweep


class CoWorking(ABC):
    """Windows, and what a host's server and worker do for them."""

    _storage: Adapter
    _clock: Clock

    @abstractmethod
    def _host_calls(self, portfolio: str) -> Calls:
        """Return a unit of work of the host's in a portfolio."""

    @abstractmethod
    def _after_fork(self) -> None:
        """In a forked child, begin anew."""

    @abstractmethod
    def _calls_of(self, person: str, portfolio: str, window: str | None) -> Calls:
        """Return a unit of work of a person in a portfolio, from one of their windows."""

    def window(
        self, person: str, *, portfolio: str, folder: str = "", mode: str = "visible", id: str | None = None
    ) -> Window:
        """Open a window: one tab of a person, which can hold what they click; or find an open one again.

        Take its `picture` before you go by changes (L2).

        Args:
            person: whose it is; signed in by the host.
            portfolio: where.
            folder: what it shows, in the host's words; empty for none.
            mode: how it will give signs of life: ``visible`` or ``hidden`` by its page, ``attached`` by a server.
            id: of an open window of this person; `folder` and `mode` stay as they are there.

        Raises:
            NotFound: there is no such person or portfolio.
            Forbidden: the person is deactivated.
            WindowGone: `id` names none of their windows that is still open.
            InvalidInput: a parameter can't be used.
        """
        who, where = inputs.line("person", person), inputs.line("portfolio", portfolio)
        name, doing = folder_name(folder), mode_named(mode)
        wanted = inputs.optional_line("id", id)
        opened = open_window(lambda: self._calls_of(who, where, None), name, doing) if wanted is None else wanted
        window = Window(
            opened,
            who,
            where,
            new_calls=lambda: self._calls_of(who, where, opened),
            horizon=lambda: self._storage.horizon()[0],
        )
        if wanted is not None:
            window.check()
        return window

    def beat(self, ids: Iterable[str], *, portfolio: str) -> frozenset[str]:
        """Give the sign of life of many windows, as a server does that holds connections to them.

        Args:
            ids: of windows, at most 10,000.
            portfolio: where.

        Returns:
            Those that live; the others are gone for good.

        Raises:
            NotFound: there is no such portfolio.
            InvalidInput: a parameter can't be used.
        """
        wanted, where = inputs.many("ids", ids, str), inputs.line("portfolio", portfolio)
        return beat_all(lambda: self._host_calls(where), wanted)

    def sweep(self) -> Swept:
        """Tidy up after windows that have been silent for too long, in every portfolio, and after old events.

        A worker calls it every few seconds, or the thread of `start` does. A lock that has run out is free without
        it; but that it has run out is told only then, and only then an older window gets back what a newer one lost.
        """
        self._after_fork()
        with self._storage.unit_of_work().reading() as tx:
            portfolios = due(self._storage.stores, tx, to_millis(self._clock.now()))
        return sweep(self._host_calls, portfolios)
