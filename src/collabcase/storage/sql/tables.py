"""The schema, built for a database schema and a prefix of names: the only definition of the tables.

Every primary key and index starts with the portfolio, the event position apart. Moments are whole milliseconds
since 1970 (UTC); ids are 63-bit numbers of `collabcase.ids`; persons and groups are named by numbers of our own.
"""

from __future__ import annotations

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


def build(schema: str | None = None, prefix: str = "") -> Tables:
    """Return the tables for a database schema and a prefix of every name."""
    metadata = MetaData(schema=schema)

    def key(*columns: str) -> PrimaryKeyConstraint:
        return PrimaryKeyConstraint(*columns)

    def to(*columns: str, table: str, keys: tuple[str, ...]) -> ForeignKeyConstraint:
        target = f"{schema}.{prefix}{table}" if schema else f"{prefix}{table}"
        return ForeignKeyConstraint(columns, [f"{target}.{name}" for name in keys])

    portfolio = Table(
        f"{prefix}portfolio",
        metadata,
        Column("no", Integer, autoincrement=False, nullable=False),
        Column("id", String(200), nullable=False),
        Column("title", String(200), nullable=False),
        Column("sharing", Boolean, nullable=False, server_default=false()),
        Column("sharing_since", BigInteger),
        Column("sent_for_since", String(100), nullable=False),
        Column("seal", LargeBinary(32), nullable=False),
        key("no"),
        UniqueConstraint("id", name=f"{prefix}portfolio_id"),
    )
    principal = Table(
        f"{prefix}principal",
        metadata,
        Column("portfolio", Integer, nullable=False),
        Column("no", Integer, autoincrement=False, nullable=False),
        Column("is_group", Boolean, nullable=False),
        Column("id", String(200), nullable=False),
        key("portfolio", "no"),
        to("portfolio", table="portfolio", keys=("no",)),
        UniqueConstraint("portfolio", "is_group", "id", name=f"{prefix}principal_id"),
    )
    person = Table(
        f"{prefix}person",
        metadata,
        Column("portfolio", Integer, nullable=False),
        Column("no", Integer, autoincrement=False, nullable=False),
        Column("name", String(200), nullable=False),
        Column("email", String(320)),
        Column("internal", Boolean, nullable=False),
        Column("organisation", String(200)),
        Column("active", Boolean, nullable=False),
        Column("host_ref", String(200)),
        key("portfolio", "no"),
        to("portfolio", "no", table="principal", keys=("portfolio", "no")),
    )
    grp = Table(
        f"{prefix}grp",
        metadata,
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
        key("portfolio", "no"),
        to("portfolio", "no", table="principal", keys=("portfolio", "no")),
        CheckConstraint("teambox OR NOT open", name=f"{prefix}grp_open_needs_teambox"),
    )
    membership = Table(
        f"{prefix}membership",
        metadata,
        Column("portfolio", Integer, nullable=False),
        Column("person", Integer, nullable=False),
        Column("grp", Integer, nullable=False),
        Column("main", Boolean, nullable=False),
        Column("since", BigInteger, nullable=False),
        key("portfolio", "person", "grp"),
        to("portfolio", "person", table="person", keys=("portfolio", "no")),
        to("portfolio", "grp", table="grp", keys=("portfolio", "no")),
        Index(f"{prefix}membership_grp", "portfolio", "grp", "person"),
        Index(
            f"{prefix}membership_one_main",
            "portfolio",
            "person",
            unique=True,
            sqlite_where=text("main"),
            postgresql_where=text("main"),
        ),
        sqlite_with_rowid=False,
    )
    talk = Table(
        f"{prefix}talk",
        metadata,
        Column("portfolio", Integer, nullable=False),
        Column("id", BigInteger, autoincrement=False, nullable=False),
        Column("subject", String(500), nullable=False),
        Column("initiator", Integer, nullable=False),
        Column("counterpart", Integer, nullable=False),
        Column("confidential", Boolean, nullable=False),
        Column("host_ref", String(200)),
        key("portfolio", "id"),
        to("portfolio", "initiator", table="principal", keys=("portfolio", "no")),
        to("portfolio", "counterpart", table="principal", keys=("portfolio", "no")),
        Index(f"{prefix}talk_counterpart", "portfolio", "counterpart"),
    )
    message = Table(
        f"{prefix}message",
        metadata,
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
        key("portfolio", "id"),
        to("portfolio", "talk", table="talk", keys=("portfolio", "id")),
        to("portfolio", "sender", table="person", keys=("portfolio", "no")),
        to("portfolio", "sent_for", table="person", keys=("portfolio", "no")),
        to("portfolio", "answers", table="message", keys=("portfolio", "id")),
        Index(f"{prefix}message_talk", "portfolio", "talk", "id"),
        Index(f"{prefix}message_sender", "portfolio", "sender", "id"),
    )
    standing = Table(
        f"{prefix}standing",
        metadata,
        Column("portfolio", Integer, nullable=False),
        Column("message", BigInteger, nullable=False),
        Column("principal", Integer, nullable=False),
        key("portfolio", "message", "principal"),
        to("portfolio", "message", table="message", keys=("portfolio", "id")),
        to("portfolio", "principal", table="principal", keys=("portfolio", "no")),
        sqlite_with_rowid=False,
    )
    involvement = Table(
        f"{prefix}involvement",
        metadata,
        Column("portfolio", Integer, nullable=False),
        Column("item", BigInteger, nullable=False),
        Column("principal", Integer, nullable=False),
        Column("role", SmallInteger, nullable=False),
        Column("extends", Boolean, nullable=False),
        key("portfolio", "item", "principal", "role"),
        to("portfolio", "principal", table="principal", keys=("portfolio", "no")),
        Index(f"{prefix}involvement_principal", "portfolio", "principal", "item"),
        sqlite_with_rowid=False,
    )
    hangs = Table(
        f"{prefix}hangs",
        metadata,
        Column("portfolio", Integer, nullable=False),
        Column("item", BigInteger, nullable=False),
        Column("on_item", BigInteger, nullable=False),
        Column("internal", Boolean, nullable=False),
        key("portfolio", "item", "on_item"),
        Index(f"{prefix}hangs_on", "portfolio", "on_item", "item"),
        sqlite_with_rowid=False,
    )
    event = Table(
        f"{prefix}event",
        metadata,
        Column("position", _Position, Identity(always=True, cache=1)),
        Column("portfolio", Integer, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("actor", Integer),
        Column("kind", String(60), nullable=False),
        Column("item", BigInteger, nullable=False),
        Column("fields", Text, nullable=False),
        Column("origin", BigInteger, nullable=False),
        key("position"),
        to("portfolio", table="portfolio", keys=("no",)),
        sqlite_autoincrement=True,
    )
    request = Table(
        f"{prefix}request",
        metadata,
        Column("portfolio", Integer, nullable=False),
        Column("actor", Integer, nullable=False),
        Column("key", String(200), nullable=False),
        Column("verb", String(60), nullable=False),
        Column("item", BigInteger, nullable=False),
        key("portfolio", "actor", "key"),
        sqlite_with_rowid=False,
    )
    return Tables(
        metadata=metadata,
        portfolio=portfolio,
        principal=principal,
        person=person,
        grp=grp,
        membership=membership,
        talk=talk,
        message=message,
        standing=standing,
        involvement=involvement,
        hangs=hangs,
        event=event,
        request=request,
    )
