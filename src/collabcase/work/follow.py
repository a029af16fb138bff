"""What a Collab offers to those who follow what happens: other processes, pages, whole servers of pages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from collabcase.desk.call import Calls
from collabcase.desk.following import HOST, Following, cursors
from collabcase.errors import CollabError
from collabcase.model import inputs
from collabcase.model.event import FeedPage
from collabcase.storage.interfaces import Adapter


class Followed(ABC):
    """The two readings of the feed (I2)."""

    _storage: Adapter

    @abstractmethod
    def _host_calls(self, portfolio: str) -> Calls:
        """Return a unit of work of the host's in a portfolio."""

    def feed(
        self,
        person: str | None = None,
        *,
        portfolio: str,
        after: str | None = None,
        wait: float = 0.0,
        limit: int = inputs.PAGE,
    ) -> FeedPage:
        """Return what has happened behind a cursor, in order, without a gap, as far as a person may see it now (I2).

        A page without events means that nothing more can be told yet. Its cursor is the one to go on from all the same.

        Args:
            person: who follows, signed in by the host; None for the host itself, which is told everything.
            portfolio: where.
            after: the cursor of the page before, or of `Window.picture`; None for now: what happens from here on.
            wait: for how many seconds to wait while there is nothing, at most 60; it begins anew for each call.
            limit: how many events at most, 1 to 500.

        Raises:
            NotFound: there is no such portfolio or person.
            Forbidden: the person is deactivated.
            SnapshotRequired: the cursor is older than what is kept; read anew what you show, and go on from now.
            InvalidInput: a parameter can't be used, or the cursor is another person's.
        """
        most = inputs.count("limit", limit)
        who = HOST if person is None else inputs.line("person", person)
        page = self._following(portfolio, most).pages({who: after}, wait)[who]
        if isinstance(page, CollabError):
            raise page
        return page

    def feeds(
        self, portfolio: str, followers: Mapping[str, str | None], *, wait: float = 0.0
    ) -> dict[str, FeedPage | CollabError]:
        """Return for many persons at once what `feed` returns for each, by the same few statements for all of them.

        For a server that holds connections to many pages.

        Args:
            portfolio: where.
            followers: the cursor of each person, as `after` of `feed`; at most 10,000.
            wait: for how many seconds to wait while there is nothing for any of them, at most 60.

        Returns:
            A page for each person; or, as a value, the error that `feed` raises for them, which disturbs nobody else.
            It comes at once, and so do the pages of all: leave such a person out of the next call.

        Raises:
            NotFound: there is no such portfolio.
            InvalidInput: a parameter can't be used.
        """
        wanted = cursors(followers)
        return self._following(portfolio, inputs.PAGE).pages(wanted, wait)

    def _following(self, portfolio: str, limit: int) -> Following:
        where = inputs.line("portfolio", portfolio)
        self._host_calls(where)  # in a forked child, what follows begins anew
        return Following(self._storage, lambda: self._host_calls(where), limit=limit)
