"""The tables of lists and of what people keep while they work: read marks, answers, archives, drafts, teamboxes."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
)

from collabcase.storage.sql.table_names import Names

_THING = ("portfolio", "id")


def feed(names: Names) -> Table:
    """Return the group feed: every item that sharing extends from a member of a group, whether the group shares."""
    return names.table(
        "feed",
        Column("portfolio", Integer, nullable=False),
        Column("grp", Integer, nullable=False),
        Column("kind", SmallInteger, nullable=False),
        Column("item", BigInteger, nullable=False),
        PrimaryKeyConstraint("portfolio", "grp", "kind", "item"),
        sqlite_with_rowid=False,
    )


def talk_list(names: Names) -> Table:
    """Return the inbox's list: a principal's newest message of each talk, by involvement or by a group's feed."""
    return names.table(
        "talk_list",
        Column("portfolio", Integer, nullable=False),
        Column("talk", BigInteger, nullable=False),
        Column("principal", Integer, nullable=False),
        Column("shared", Boolean, nullable=False),
        Column("last", BigInteger, nullable=False),
        PrimaryKeyConstraint("portfolio", "talk", "principal", "shared"),
        Index(names.own("talk_list_last"), "portfolio", "principal", "shared", "last", "talk"),
        sqlite_with_rowid=False,
    )


def message_data(names: Names) -> Table:
    """Return the dictionary codes of messages."""
    return names.table(
        "message_data",
        Column("portfolio", Integer, nullable=False),
        Column("message", BigInteger, nullable=False),
        Column("dictionary", String(60), nullable=False),
        Column("code", String(60), nullable=False),
        PrimaryKeyConstraint("portfolio", "message", "dictionary"),
        names.to("portfolio", "message", table="message", keys=_THING),
        Index(names.own("message_data_code"), "portfolio", "dictionary", "code", "message"),
        sqlite_with_rowid=False,
    )


def dictionary_entry(names: Names) -> Table:
    """Return the codes of dictionaries; those of message types stand under an empty name."""
    return names.table(
        "dictionary_entry",
        Column("portfolio", Integer, nullable=False),
        Column("dictionary", String(60), nullable=False),
        Column("code", String(60), nullable=False),
        Column("labels", Text, nullable=False),
        Column("valid_from", BigInteger),
        Column("valid_until", BigInteger),
        PrimaryKeyConstraint("portfolio", "dictionary", "code"),
        names.to("portfolio", table="portfolio", keys=("no",)),
        sqlite_with_rowid=False,
    )


def read_mark(names: Names) -> Table:
    """Return who has read which message."""
    return names.table(
        "read_mark",
        Column("portfolio", Integer, nullable=False),
        Column("person", Integer, nullable=False),
        Column("message", BigInteger, nullable=False),
        PrimaryKeyConstraint("portfolio", "person", "message"),
        names.to("portfolio", "person", table="person"),
        names.to("portfolio", "message", table="message", keys=_THING),
        sqlite_with_rowid=False,
    )


def answered(names: Names) -> Table:
    """Return for whom a question has been answered: an addressed person or group, and every answer that counts."""
    return names.table(
        "answered",
        Column("portfolio", Integer, nullable=False),
        Column("message", BigInteger, nullable=False),
        Column("principal", Integer, nullable=False),
        Column("answer", BigInteger, nullable=False),
        PrimaryKeyConstraint("portfolio", "message", "principal", "answer"),
        names.to("portfolio", "message", table="message", keys=_THING),
        names.to("portfolio", "principal", table="principal"),
        names.to("portfolio", "answer", table="message", keys=_THING),
        sqlite_with_rowid=False,
    )


def dismissal(names: Names) -> Table:
    """Return who will not answer a question, since when and why."""
    return names.table(
        "dismissal",
        Column("portfolio", Integer, nullable=False),
        Column("message", BigInteger, nullable=False),
        Column("person", Integer, nullable=False),
        Column("reason", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
        PrimaryKeyConstraint("portfolio", "message", "person"),
        names.to("portfolio", "message", table="message", keys=_THING),
        names.to("portfolio", "person", table="person"),
        sqlite_with_rowid=False,
    )


def archived(names: Names) -> Table:
    """Return whose working lists a talk has left, and up to which message."""
    return names.table(
        "archived",
        Column("portfolio", Integer, nullable=False),
        Column("person", Integer, nullable=False),
        Column("talk", BigInteger, nullable=False),
        Column("upto", BigInteger, nullable=False),
        PrimaryKeyConstraint("portfolio", "person", "talk"),
        names.to("portfolio", "person", table="person"),
        names.to("portfolio", "talk", table="talk", keys=_THING),
        sqlite_with_rowid=False,
    )


def draft(names: Names) -> Table:
    """Return what somebody has begun to write on a thing of ours or of the host's."""
    return names.table(
        "draft",
        Column("portfolio", Integer, nullable=False),
        Column("person", Integer, nullable=False),
        Column("kind", String(60), nullable=False),
        Column("item", String(200), nullable=False),
        Column("text", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
        PrimaryKeyConstraint("portfolio", "person", "kind", "item"),
        names.to("portfolio", "person", table="person"),
        sqlite_with_rowid=False,
    )


def teambox_item(names: Names) -> Table:
    """Return what was sent to a group: since which message it waits, and who has claimed it."""
    return names.table(
        "teambox_item",
        Column("portfolio", Integer, nullable=False),
        Column("grp", Integer, nullable=False),
        Column("item", BigInteger, nullable=False),
        Column("since", BigInteger, nullable=False),
        Column("type", String(60)),
        Column("answered", Boolean, nullable=False),
        Column("claimed_by", Integer),
        Column("claimed_at", BigInteger),
        PrimaryKeyConstraint("portfolio", "grp", "item"),
        names.to("portfolio", "grp", table="grp"),
        names.to("portfolio", "claimed_by", table="person"),
        names.partial("teambox_item_waiting", "claimed_by IS NULL", "portfolio", "grp", "since", "item"),
        names.partial("teambox_item_claimed", "claimed_by IS NOT NULL", "portfolio", "claimed_by", "grp"),
        names.partial("teambox_item_claims", "claimed_by IS NOT NULL", "portfolio", "grp", "claimed_at", "item"),
        names.partial("teambox_item_open", "claimed_by IS NULL OR NOT answered", "portfolio", "grp"),
        sqlite_with_rowid=False,
    )
