"""Keeping idempotency keys (I3)."""

from __future__ import annotations

from typing import Protocol

from collabcase.storage.interfaces.scope import Scope


class RequestStore(Protocol):
    """The first result of each key."""

    def find(self, scope: Scope, actor: int, key: str) -> tuple[str, int] | None:
        """Return the verb and the item kept for a key, if any."""
        ...

    def claim(self, scope: Scope, actor: int, key: str, verb: str, item: int) -> tuple[str, int]:
        """Keep a key with its verb and the item about to be made, and return what is kept for it.

        Of several at once one is kept, and all are given that one.
        """
        ...
