"""Keeping what persons have archived."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from collabcase.storage.interfaces.scope import Scope


class ArchiveStore(Protocol):
    """Which talks have left whose working lists, and up to which message."""

    def newest(self, scope: Scope, viewer: int, talk: int) -> int | None:
        """Return the newest message of a talk that a viewer sees, None where they see none."""
        ...

    def seen(self, scope: Scope, viewer: int, talks: Collection[int]) -> set[int]:
        """Return those talks of which a viewer sees a message, in one statement."""
        ...

    def archive(self, scope: Scope, person: int, talk: int, *, upto: int) -> None:
        """Let a talk leave a person's working lists until they see a message of it newer than `upto`."""
        ...

    def restore(self, scope: Scope, person: int, talk: int) -> None:
        """Let it come back; nothing happens where it is there."""
        ...

    def upto(self, scope: Scope, person: int, talk: int) -> int | None:
        """Return up to which message a person has archived a talk, None where they have not."""
        ...
