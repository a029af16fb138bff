"""The index of messages' words: FTS5 on SQLite, GIN over tsvector on PostgreSQL, both over the words of `model.words`.

It stands beside the other tables, since no schema language describes FTS5; only this file knows how it is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    cast,
    column,
    exists,
    func,
    not_,
    select,
    table,
    text,
)

from collabcase.storage.interfaces.scope import Scope

Asked = Sequence[tuple[str, bool]]
"""Words looked for, each with whether it is only the beginning of one."""

_NAME = "message_text"
_ENOUGH_WORDS = 64
_BETWEEN = "·"
"""Part of a word to FTS5's tokenizer, and never to `model.words`."""


def names(prefix: str) -> set[str]:
    """Return the names of all tables that the index is made of, on either engine."""
    whole = f"{prefix}{_NAME}"
    return {whole, *(f"{whole}_{part}" for part in ("config", "data", "idx"))}


def create(connection: Connection, schema: str | None, prefix: str) -> None:
    """Create the index, empty."""
    full = _full(connection.dialect, schema, prefix)
    if connection.dialect.name == "sqlite":
        connection.execute(
            text(
                f"CREATE VIRTUAL TABLE {full} USING fts5"
                "(words, content='', detail=none, columnsize=0, tokenize='ascii')"
            )
        )
        return
    connection.execute(
        text(
            f"CREATE TABLE {full} (portfolio integer NOT NULL, message bigint NOT NULL, words tsvector NOT NULL,"
            " PRIMARY KEY (portfolio, message))"
        )
    )
    index = connection.dialect.identifier_preparer.quote(f"{prefix}{_NAME}_words")
    connection.execute(text(f"CREATE INDEX {index} ON {full} USING gin (words)"))


def _full(dialect: Any, schema: str | None, prefix: str) -> str:
    quote = dialect.identifier_preparer.quote
    return ".".join(quote(part) for part in (schema, f"{prefix}{_NAME}") if part)


class Words:
    """Statements over the index of an installation.

    The words hold letters and digits alone, so that neither query language finds anything of its own in them. FTS5 has
    no column for the portfolio: there each word begins with its number, so that nothing is found, or walked through,
    from another one.
    """

    def __init__(self, schema: str | None, prefix: str, *, postgresql: bool) -> None:
        self._postgresql = postgresql
        if postgresql:
            self._table = table(f"{prefix}{_NAME}", column("portfolio"), column("message", BigInteger), column("words"))
            self._table.schema = schema
            self.message: ColumnElement[Any] = self._table.c.message
        else:
            self._table = table(f"{prefix}{_NAME}", column("rowid", BigInteger), column("words"))
            self.message = self._table.c.rowid
        self._add = self._build_add()
        self._missing = self._build_missing()

    def _build_add(self) -> Any:
        if self._postgresql:
            vector = text("array_to_tsvector(CAST(:words AS text[]))")
            return self._table.insert().values(
                portfolio=bindparam("portfolio"), message=bindparam("message"), words=vector
            )
        return self._table.insert().values(rowid=bindparam("message"), words=bindparam("words"))

    def _build_missing(self) -> Any:
        if self._postgresql:
            each = func.json_array_elements(cast(bindparam("asked"), JSON)).column_valued("asked")
            number: ColumnElement[Any] = cast(each.op("->>")(text("0")), BigInteger)
            indexed = exists().where(
                self._table.c.portfolio == bindparam("in_portfolio"),
                self.message == number,
                text("words = array_to_tsvector(ARRAY(SELECT json_array_elements_text(asked -> 1)))"),
            )
        else:
            pair = func.json_each(bindparam("asked", type_=String())).table_valued("value").c.value
            number = func.json_extract(pair, "$[0]")
            matches = text(f"{self._table.name} MATCH json_extract(value, '$[1]')")
            indexed = exists().select_from(self._table).where(self.message == number, matches)
        return select(number).where(not_(indexed))

    def add(self, scope: Scope, messages: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Index messages by their words."""
        rows = [
            {
                "portfolio": scope.portfolio,
                "message": message,
                "words": list(found) if self._postgresql else " ".join(_apart(scope, word) for word in found),
            }
            for message, found in messages
        ]
        if rows:
            connection: Connection = scope.handle
            connection.execute(self._add, rows if self._postgresql else [_without_portfolio(row) for row in rows])

    def missing(self, scope: Scope, messages: Iterable[tuple[int, Sequence[str]]]) -> list[int]:
        """Return those messages that are not indexed by their words, of which SQLite tries the first 64."""
        connection: Connection = scope.handle
        if self._postgresql:
            bound = {
                "in_portfolio": scope.portfolio,
                "asked": json.dumps([[one, list(found)] for one, found in messages]),
            }
            return list(connection.execute(self._missing, bound).scalars())
        tried = [
            (one, self.asking(scope, [(word, False) for word in found[:_ENOUGH_WORDS]]))
            for one, found in messages
            if found
        ]
        return list(connection.execute(self._missing, {"asked": json.dumps(tried)}).scalars())

    def matching(self, portfolio: Any) -> Select[Any]:
        """Select the messages with all the words bound as `words_asked`; order and limits are the caller's."""
        if self._postgresql:
            return select(self.message).where(
                self._table.c.portfolio == portfolio, text("words @@ CAST(:words_asked AS tsquery)")
            )
        return select(self.message).where(text(f"{self._table.name} MATCH :words_asked"))

    @property
    def finds_beginnings(self) -> bool:
        """Whether one row can be asked for a word's beginning; FTS5 gathers all words that begin so each time."""
        return self._postgresql

    def asking(self, scope: Scope, asked: Asked) -> str:
        """Return what to bind as `words_asked`."""
        if self._postgresql:
            return " & ".join(f"'{word}'{':*' if begins else ''}" for word, begins in asked)
        return " ".join(f'"{_apart(scope, word)}"{"*" if begins else ""}' for word, begins in asked)


def _apart(scope: Scope, word: str) -> str:
    return f"{scope.portfolio}{_BETWEEN}{word}"


def _without_portfolio(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "portfolio"}
