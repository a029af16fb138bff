"""The oracle's dictionaries and message types: which codes messages may carry, when (see `world`, T8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from world_rule import Message, Refused
from world_shown import Shown

Validity: TypeAlias = tuple[datetime | None, datetime | None]
"""From when, and until when, a code may be sent."""

TYPES = ""
"""The name under which message types stand."""


class Coding(Shown):
    """One portfolio with codes for its messages."""

    def define(self, name: str, codes: Mapping[str, Validity]) -> None:
        """Set the whole list of a dictionary; a code left out ends now, and is kept."""
        kept = self.dictionaries.get(name, {})
        after = {code: self._ended(*kept[code]) for code in kept} | dict(codes)
        if after != kept:
            self.dictionaries[name] = after
            self.events.append(("dictionary.defined", None))

    def codes(self, actor: str | None, name: str) -> dict[str, Validity]:
        """Give all codes of a dictionary, those that ended too, to anybody of the portfolio."""
        if actor is not None:
            self._acting(actor)
        if name != TYPES and not self.dictionaries.get(name):
            raise Refused("not_found", "name")
        return self.dictionaries.get(name, {})

    def valid(self, name: str) -> list[str]:
        """Give the codes that may be sent now."""
        found = self.dictionaries.get(name, {}).items()
        return sorted(
            code
            for code, (begins, ends) in found
            if (begins is None or begins <= self.now) and (ends is None or self.now < ends)
        )

    def _ended(self, begins: datetime | None, ends: datetime | None) -> Validity:
        end = max(self.now, begins or self.now)
        return begins, min(end, ends or end)

    def _carry(self, message: Message, type: str | None, data: Mapping[str, str] | None) -> None:
        """Let a message about to be sent carry codes, which must be valid."""
        wanted = ({TYPES: type} if type is not None else {}) | dict(data or {})
        for name, code in wanted.items():
            if code not in self.valid(name):
                raise Refused("unknown_code", "type" if name == TYPES else "data")
        message.type, message.data = type, dict(data or {})
