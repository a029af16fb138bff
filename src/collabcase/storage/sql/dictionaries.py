"""Dictionaries and message types in SQL; keeps `DictionaryStore`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from collabcase.clock import from_millis, to_millis
from collabcase.model.dictionary import MESSAGE_TYPES, DictionaryEntry
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run, store
from collabcase.storage.sql.tables import Tables


class SqlDictionaries:
    """The codes of a portfolio's dictionaries; message types are the codes of the dictionary with an empty name."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        self._dialect = dialect
        e = tables.dictionary_entry
        here = e.c.portfolio == PORTFOLIO
        rows = select(e.c.dictionary, e.c.code, e.c.labels, e.c.valid_from, e.c.valid_until).where(here)
        self._names = select(e.c.dictionary).distinct().where(here, e.c.dictionary != MESSAGE_TYPES)
        self._entries = rows.where(e.c.dictionary == bindparam("wanted"))
        self._find = rows.where(dialect.among(e.c.dictionary, "dictionaries"), dialect.among(e.c.code, "codes"))
        portfolio = tables.portfolio
        self._lock = select(portfolio.c.no).where(portfolio.c.no == PORTFOLIO).with_for_update(key_share=True)
        adding = dialect.adding(e)
        replaced = {name: adding.excluded[name] for name in ("labels", "valid_from", "valid_until")}
        self._put = adding.on_conflict_do_update(index_elements=list(e.primary_key), set_=replaced)

    def names(self, scope: Scope) -> list[str]:
        """Return the names of all dictionaries but the message types', sorted."""
        return sorted(run(scope, self._names).scalars())

    def entries(self, scope: Scope, dictionary: str) -> list[DictionaryEntry]:
        """Return the entries of a dictionary, sorted by code; none where there is no such dictionary."""
        found = _by_pair(run(scope, self._entries, wanted=dictionary))
        return [found[pair] for pair in sorted(found)]

    def find(self, scope: Scope, asked: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], DictionaryEntry]:
        """Return the entries of pairs of dictionary and code, as far as there are any."""
        if not asked:
            return {}
        dictionaries, codes = ({pair[place] for pair in asked} for place in (0, 1))
        listed = self._dialect.listed
        found = _by_pair(run(scope, self._find, dictionaries=listed(dictionaries), codes=listed(codes)))
        return {pair: found[pair] for pair in asked if pair in found}

    def lock(self, scope: Scope) -> None:
        """Keep everybody else from defining dictionaries of the portfolio until the transaction ends."""
        if self._dialect.postgresql:
            run(scope, self._lock)

    def put(self, scope: Scope, dictionary: str, entries: Collection[DictionaryEntry]) -> None:
        """Store entries of a dictionary, in the place of those with the same codes."""
        rows = [
            {
                "dictionary": dictionary,
                "code": entry.code,
                "labels": json.dumps(dict(entry.labels), ensure_ascii=False),
                "valid_from": None if entry.valid_from is None else to_millis(entry.valid_from),
                "valid_until": None if entry.valid_until is None else to_millis(entry.valid_until),
            }
            for entry in entries
        ]
        store(scope, self._put, rows)


def _by_pair(rows: Iterable[Any]) -> dict[tuple[str, str], DictionaryEntry]:
    return {
        (dictionary, code): DictionaryEntry(
            code,
            json.loads(labels),
            None if valid_from is None else from_millis(valid_from),
            None if valid_until is None else from_millis(valid_until),
        )
        for dictionary, code, labels, valid_from, valid_until in rows
    }
