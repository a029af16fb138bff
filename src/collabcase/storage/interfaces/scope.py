"""Where a method of a store works: an open transaction, and in it one portfolio."""

from __future__ import annotations

from typing import Any

from attrs import frozen


@frozen(eq=False)
class Scope:
    """An open transaction and the one portfolio that statements may touch.

    Attributes:
        handle: the adapter's own; nobody else looks at it.
        portfolio: the portfolio's number.
    """

    handle: Any
    portfolio: int


@frozen(eq=False)
class Transaction:
    """An open transaction of the adapter; whoever opened it ends it.

    Attributes:
        handle: the adapter's own; nobody else looks at it.
    """

    handle: Any

    def within(self, portfolio: int) -> Scope:
        """Return the scope of one portfolio, named by its number."""
        return Scope(self.handle, portfolio)
