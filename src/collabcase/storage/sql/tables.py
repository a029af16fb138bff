"""The schema, built for a database schema and a prefix of names: the only definition of the tables.

Every primary key and index starts with the portfolio, the event position apart. Moments are whole milliseconds
since 1970 (UTC); ids are 63-bit numbers of `collabcase.ids`; persons and groups are named by numbers of our own.
"""

from __future__ import annotations

from typing import Any

from attrs import frozen
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.schema import SchemaItem

_Position = BigInteger().with_variant(Integer, "sqlite")


@frozen
class Tables:
    """The tables of one installation.

    Attributes:
        metadata: holds exactly these tables; a host's Alembic may merge it.
        portfolio: the tenants, with the feature and the key that seals cursors.
        principal: persons and groups under one numbering.
        person: who signs in.
        grp: groups; `group` is a word of SQL.
        membership: who is in which group, since when.
        talk: conversations.
        message: what was sent.
        standing: observers that later answers to a message carry (V7).
        involvement: who is involved in a thing (the rule).
        hangs: what a thing lives on (the rule).
        event: the log that audit, signals and feeds read.
        request: idempotency keys and the first result of each.
    """

    metadata: MetaData
    portfolio: Table
    principal: Table
    person: Table
    grp: Table
    membership: Table
    talk: Table
    message: Table
    standing: Table
    involvement: Table
    hangs: Table
    event: Table
    request: Table


class _Names:
    """Where the tables stand, and what their names begin with."""

    def __init__(self, schema: str | None, prefix: str) -> None:
        self.metadata = MetaData(schema=schema)
        self._at = f"{schema}.{prefix}" if schema else prefix
        self._prefix = prefix

    def table(self, name: str, *parts: SchemaItem, **options: Any) -> Table:
        """Return a table of these names."""
        return Table(self.own(name), self.metadata, *parts, **options)

    def own(self, name: str) -> str:
        """Return the full name of a table, index or constraint."""
        return f"{self._prefix}{name}"

    def to(self, *columns: str, table: str, keys: tuple[str, ...] = ("portfolio", "no")) -> ForeignKeyConstraint:
        """Return a foreign key to another of the tables; by default to one of principals."""
        return ForeignKeyConstraint(columns, [f"{self._at}{table}.{key}" for key in keys])


def build(schema: str | None = None, prefix: str = "") -> Tables:
    """Return the tables for a database schema and a prefix of every name."""
    names = _Names(schema, prefix)
    return Tables(
        metadata=names.metadata,
        portfolio=_portfolio(names),
        principal=_principal(names),
        person=_person(names),
        grp=_grp(names),
        membership=_membership(names),
        talk=_talk(names),
        message=_message(names),
        standing=_standing(names),
        involvement=_involvement(names),
        hangs=_hangs(names),
        event=_event(names),
        request=_request(names),
    )


def _portfolio(names: _Names) -> Table:
    return names.table(
        "portfolio",
        Column("no", Integer, autoincrement=False, nullable=False),
        Column("id", String(200), nullable=False),
        Column("title", String(200), nullable=False),
        Column("sharing", Boolean, nullable=False, server_default=false()),
        Column("sharing_since", BigInteger),
        Column("sent_for_since", String(100), nullable=False),
        Column("seal", LargeBinary(32), nullable=False),
        PrimaryKeyConstraint("no"),
        UniqueConstraint("id", name=names.own("portfolio_id")),
    )


def _principal(names: _Names) -> Table:
    return names.table(
        "principal",
        Column("portfolio", Integer, nullable=False),
        Column("no", Integer, autoincrement=False, nullable=False),
        Column("is_group", Boolean, nullable=False),
        Column("id", String(200), nullable=False),
        PrimaryKeyConstraint("portfolio", "no"),
        names.to("portfolio", table="portfolio", keys=("no",)),
        UniqueConstraint("portfolio", "is_group", "id", name=names.own("principal_id")),
    )


def _person(names: _Names) -> Table:
    return names.table(
        "person",
        Column("portfolio", Integer, nullable=False),
        Column("no", Integer, autoincrement=False, nullable=False),
        Column("name", String(200), nullable=False),
        Column("email", String(320)),
        Column("internal", Boolean, nullable=False),
        Column("organisation", String(200)),
        Column("active", Boolean, nullable=False),
        Column("host_ref", String(200)),
        PrimaryKeyConstraint("portfolio", "no"),
        names.to("portfolio", "no", table="principal"),
    )


def _grp(names: _Names) -> Table:
    return names.table(
        "grp",
        Column("portfolio", Integer, nullable=False),
        Column("no", Integer, autoincrement=False, nullable=False),
        Column("name", String(200), nullable=False),
        Column("main", Boolean, nullable=False),
        Column("shares", Boolean, nullable=False),
        Column("shares_since", BigInteger),
        Column("teambox", Boolean, nullable=False),
        Column("open", Boolean, nullable=False),
        Column("rights", Text, nullable=False),
        Column("deleted_at", BigInteger),
        Column("host_ref", String(200)),
        PrimaryKeyConstraint("portfolio", "no"),
        names.to("portfolio", "no", table="principal"),
        CheckConstraint("teambox OR NOT open", name=names.own("grp_open_needs_teambox")),
    )


def _membership(names: _Names) -> Table:
    return names.table(
        "membership",
        Column("portfolio", Integer, nullable=False),
        Column("person", Integer, nullable=False),
        Column("grp", Integer, nullable=False),
        Column("main", Boolean, nullable=False),
        Column("since", BigInteger, nullable=False),
        PrimaryKeyConstraint("portfolio", "person", "grp"),
        names.to("portfolio", "person", table="person"),
        names.to("portfolio", "grp", table="grp"),
        Index(names.own("membership_grp"), "portfolio", "grp", "person"),
        Index(
            names.own("membership_one_main"),
            "portfolio",
            "person",
            unique=True,
            sqlite_where=text("main"),
            postgresql_where=text("main"),
        ),
        sqlite_with_rowid=False,
    )


def _talk(names: _Names) -> Table:
    return names.table(
        "talk",
        Column("portfolio", Integer, nullable=False),
        Column("id", BigInteger, autoincrement=False, nullable=False),
        Column("subject", String(500), nullable=False),
        Column("initiator", Integer, nullable=False),
        Column("counterpart", Integer, nullable=False),
        Column("confidential", Boolean, nullable=False),
        Column("host_ref", String(200)),
        PrimaryKeyConstraint("portfolio", "id"),
        names.to("portfolio", "initiator", table="principal"),
        names.to("portfolio", "counterpart", table="principal"),
        Index(names.own("talk_counterpart"), "portfolio", "counterpart"),
    )


def _message(names: _Names) -> Table:
    return names.table(
        "message",
        Column("portfolio", Integer, nullable=False),
        Column("id", BigInteger, autoincrement=False, nullable=False),
        Column("talk", BigInteger, nullable=False),
        Column("sender", Integer, nullable=False),
        Column("sent_for", Integer),
        Column("answers", BigInteger),
        Column("text", Text, nullable=False),
        Column("comment", Text, nullable=False),
        Column("date", BigInteger, nullable=False),
        Column("sent_at", BigInteger, nullable=False),
        Column("asks_answer", Boolean, nullable=False),
        Column("host_ref", String(200)),
        PrimaryKeyConstraint("portfolio", "id"),
        names.to("portfolio", "talk", table="talk", keys=("portfolio", "id")),
        names.to("portfolio", "sender", table="person"),
        names.to("portfolio", "sent_for", table="person"),
        names.to("portfolio", "answers", table="message", keys=("portfolio", "id")),
        Index(names.own("message_talk"), "portfolio", "talk", "id"),
        Index(names.own("message_sender"), "portfolio", "sender", "id"),
    )


def _standing(names: _Names) -> Table:
    return names.table(
        "standing",
        Column("portfolio", Integer, nullable=False),
        Column("message", BigInteger, nullable=False),
        Column("principal", Integer, nullable=False),
        PrimaryKeyConstraint("portfolio", "message", "principal"),
        names.to("portfolio", "message", table="message", keys=("portfolio", "id")),
        names.to("portfolio", "principal", table="principal"),
        sqlite_with_rowid=False,
    )


def _involvement(names: _Names) -> Table:
    return names.table(
        "involvement",
        Column("portfolio", Integer, nullable=False),
        Column("item", BigInteger, nullable=False),
        Column("principal", Integer, nullable=False),
        Column("role", SmallInteger, nullable=False),
        Column("extends", Boolean, nullable=False),
        PrimaryKeyConstraint("portfolio", "item", "principal", "role"),
        names.to("portfolio", "principal", table="principal"),
        Index(names.own("involvement_principal"), "portfolio", "principal", "item"),
        sqlite_with_rowid=False,
    )


def _hangs(names: _Names) -> Table:
    return names.table(
        "hangs",
        Column("portfolio", Integer, nullable=False),
        Column("item", BigInteger, nullable=False),
        Column("on_item", BigInteger, nullable=False),
        Column("internal", Boolean, nullable=False),
        PrimaryKeyConstraint("portfolio", "item", "on_item"),
        Index(names.own("hangs_on"), "portfolio", "on_item", "item"),
        sqlite_with_rowid=False,
    )


def _event(names: _Names) -> Table:
    return names.table(
        "event",
        Column("position", _Position, Identity(always=True, cache=1)),
        Column("portfolio", Integer, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("actor", Integer),
        Column("kind", String(60), nullable=False),
        Column("item", BigInteger, nullable=False),
        Column("fields", Text, nullable=False),
        Column("origin", BigInteger, nullable=False),
        PrimaryKeyConstraint("position"),
        names.to("portfolio", table="portfolio", keys=("no",)),
        sqlite_autoincrement=True,
    )


def _request(names: _Names) -> Table:
    return names.table(
        "request",
        Column("portfolio", Integer, nullable=False),
        Column("actor", Integer, nullable=False),
        Column("key", String(200), nullable=False),
        Column("verb", String(60), nullable=False),
        Column("item", BigInteger, nullable=False),
        PrimaryKeyConstraint("portfolio", "actor", "key"),
        sqlite_with_rowid=False,
    )
