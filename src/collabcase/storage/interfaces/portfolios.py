"""Keeping portfolios."""

from __future__ import annotations

from typing import Protocol

from collabcase.model.portfolio import Feature, Portfolio
from collabcase.storage.interfaces.scope import Scope, Transaction


class PortfolioStore(Protocol):
    """The tenants."""

    def create(self, tx: Transaction, portfolio: Portfolio, *, seal: bytes) -> int | None:
        """Store a portfolio and return its number, or None where the id is taken; `seal` is 32 secret bytes."""
        ...

    def find(self, tx: Transaction, id: str) -> tuple[int, Portfolio, bytes] | None:
        """Return number, portfolio and seal of an id, or None."""
        ...

    def all(self, tx: Transaction) -> list[tuple[int, str]]:
        """Return number and id of every portfolio, in the order they were made."""
        ...

    def features(self, scope: Scope) -> frozenset[Feature]:
        """Return what is switched on."""
        ...

    def set_sharing(self, scope: Scope, on: bool, *, since: int) -> bool:
        """Switch the feature; `since` (milliseconds) is kept while it is on. Return whether anything changed."""
        ...
