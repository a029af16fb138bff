"""Keeping dictionaries and message types."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from collabcase.model.dictionary import DictionaryEntry
from collabcase.storage.interfaces.scope import Scope


class DictionaryStore(Protocol):
    """The codes of a portfolio's dictionaries; message types are the codes of the dictionary with an empty name.

    Moments are kept in milliseconds. Nothing is ever taken out, since messages may carry any code there ever was.
    """

    def names(self, scope: Scope) -> list[str]:
        """Return the names of all dictionaries but the message types', sorted."""
        ...

    def entries(self, scope: Scope, dictionary: str) -> list[DictionaryEntry]:
        """Return the entries of a dictionary, sorted by code; none where there is no such dictionary."""
        ...

    def find(self, scope: Scope, asked: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], DictionaryEntry]:
        """Return the entries of pairs of dictionary and code, as far as there are any."""
        ...

    def lock(self, scope: Scope) -> None:
        """Keep everybody else from defining dictionaries of the portfolio until the transaction ends."""
        ...

    def put(self, scope: Scope, dictionary: str, entries: Collection[DictionaryEntry]) -> None:
        """Store entries of a dictionary, in the place of those with the same codes."""
        ...
