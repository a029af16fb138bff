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

from collabcase.storage.sql import lock_tables as locks
from collabcase.storage.sql import working_tables as working
from collabcase.storage.sql.codes import Codes
from collabcase.storage.sql.table_names import Names

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
        feed: what members' sharing extends, by group; lists alone read it, and check the rule again.
        talk_list: the newest message of each talk that involves a principal, or that a group's feed holds.
        message_data: which messages carry a dictionary's code, for searches (T8); `message.data` is what is shown.
        dictionary_entry: the codes of a portfolio's dictionaries and message types (T8).
        read_mark: who has read what (T5).
        answered: for whom a question has been answered, by which message (T4).
        dismissal: who will not answer a question, and why (T4).
        archived: whose working lists a talk has left, up to which message (T9).
        draft: what somebody has begun to write (T10).
        teambox_item: what waits in a group's teambox, or who has claimed it (G5).
        open_window: the open windows of persons (L4).
        lockable: what can be locked: its newest token, and for a thing of the host's what that is (L8).
        lease: who holds what, or how their last hold of it ended (L).
        forced: which locks were freed by force, and why (L5).
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
    feed: Table
    talk_list: Table
    message_data: Table
    dictionary_entry: Table
    read_mark: Table
    answered: Table
    dismissal: Table
    archived: Table
    draft: Table
    teambox_item: Table
    open_window: Table
    lockable: Table
    lease: Table
    forced: Table


def build(schema: str | None = None, prefix: str = "") -> Tables:
    """Return the tables for a database schema and a prefix of every name."""
    names = Names(schema, prefix)
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
        feed=working.feed(names),
        talk_list=working.talk_list(names),
        message_data=working.message_data(names),
        dictionary_entry=working.dictionary_entry(names),
        read_mark=working.read_mark(names),
        answered=working.answered(names),
        dismissal=working.dismissal(names),
        archived=working.archived(names),
        draft=working.draft(names),
        teambox_item=working.teambox_item(names),
        open_window=locks.open_window(names),
        lockable=locks.lockable(names),
        lease=locks.lease(names),
        forced=locks.forced(names),
    )


def _portfolio(names: Names) -> Table:
    return names.table(
        "portfolio",
        Column("no", Integer, autoincrement=False, nullable=False),
        Column("id", String(200), nullable=False),
        Column("title", String(200), nullable=False),
        Column("sharing", Boolean, nullable=False, server_default=false()),
        Column("sharing_since", BigInteger),
        Column("sent_for_since", String(100), nullable=False),
        Column("seal", LargeBinary(32), nullable=False),
        Column("feed_floor", BigInteger, nullable=False, server_default=text("0")),
        PrimaryKeyConstraint("no"),
        UniqueConstraint("id", name=names.own("portfolio_id")),
    )


def _principal(names: Names) -> Table:
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


def _person(names: Names) -> Table:
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


def _grp(names: Names) -> Table:
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


def _membership(names: Names) -> Table:
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
        names.partial("membership_one_main", "main", "portfolio", "person", unique=True),
        sqlite_with_rowid=False,
    )


def _talk(names: Names) -> Table:
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


def _message(names: Names) -> Table:
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
        Column("type", String(60)),
        Column("data", Codes),
        Column("waived_at", BigInteger),
        PrimaryKeyConstraint("portfolio", "id"),
        names.to("portfolio", "talk", table="talk", keys=("portfolio", "id")),
        names.to("portfolio", "sender", table="person"),
        names.to("portfolio", "sent_for", table="person"),
        names.to("portfolio", "answers", table="message", keys=("portfolio", "id")),
        Index(names.own("message_talk"), "portfolio", "talk", "id"),
        Index(names.own("message_sender"), "portfolio", "sender", "id"),
        names.partial("message_sent_for", "sent_for IS NOT NULL", "portfolio", "sent_for", "id"),
        names.partial("message_type", "type IS NOT NULL", "portfolio", "type", "id"),
        names.partial("message_asking", "asks_answer", "portfolio", "id"),
        Index(names.own("message_date"), "portfolio", "date", "id"),
    )


def _standing(names: Names) -> Table:
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


def _involvement(names: Names) -> Table:
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


def _hangs(names: Names) -> Table:
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


def _event(names: Names) -> Table:
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
        Column("told", Text),
        PrimaryKeyConstraint("position"),
        names.to("portfolio", table="portfolio", keys=("no",)),
        Index(names.own("event_portfolio"), "portfolio", "position"),
        sqlite_autoincrement=True,
    )


def _request(names: Names) -> Table:
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
