"""The tables of co-working: windows, what can be locked, who holds it, and what was freed by force.

Their moments are milliseconds of the database's own clock.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from collabcase.storage.sql.table_names import Names


def open_window(names: Names) -> Table:
    """Return the open windows: whose, where, until when they are believed, and what they are on."""
    return names.table(
        "open_window",
        Column("portfolio", Integer, nullable=False),
        Column("id", String(40), nullable=False),
        Column("person", Integer, nullable=False),
        Column("folder", String(200), nullable=False),
        Column("mode", String(20), nullable=False),
        Column("ttl", Integer, nullable=False),
        Column("expires_at", BigInteger, nullable=False),
        Column("item", BigInteger),
        Column("focused_at", BigInteger),
        PrimaryKeyConstraint("portfolio", "id"),
        names.to("portfolio", table="portfolio", keys=("no",)),
        Index(names.own("open_window_person"), "portfolio", "person"),
        postgresql_with={"fillfactor": 70},
    )


def lockable(names: Names) -> Table:
    """Return what has ever been clicked: its newest token, and what it is, if it is the host's."""
    return names.table(
        "lockable",
        Column("portfolio", Integer, nullable=False),
        Column("item", BigInteger, nullable=False),
        Column("token", BigInteger, nullable=False),
        Column("kind", String(200)),
        Column("id", String(200)),
        PrimaryKeyConstraint("portfolio", "item"),
        names.to("portfolio", table="portfolio", keys=("no",)),
        UniqueConstraint("portfolio", "kind", "id", name=names.own("lockable_ref")),
    )


def lease(names: Names) -> Table:
    """Return who holds an item by which window; without a window, how their last hold of it ended."""
    return names.table(
        "lease",
        Column("portfolio", Integer, nullable=False),
        Column("item", BigInteger, nullable=False),
        Column("person", Integer, nullable=False),
        Column("window_id", String(40)),
        Column("token", BigInteger, nullable=False),
        Column("since", BigInteger, nullable=False),
        Column("expires_at", BigInteger, nullable=False),
        Column("ended", String(20)),
        Column("ended_by", Integer),
        Column("ended_at", BigInteger),
        Column("reason", Text),
        Column("asked_by", Integer),
        PrimaryKeyConstraint("portfolio", "item", "person"),
        names.to("portfolio", "item", table="lockable", keys=("portfolio", "item")),
        names.partial("lease_held", "window_id IS NOT NULL", "portfolio", "person"),
        names.partial("lease_moved", "ended = 'moved'", "portfolio", "ended_at"),
        names.partial("lease_ended", "window_id IS NULL", "portfolio", "ended_at"),
        postgresql_with={"fillfactor": 70},
    )


def forced(names: Names) -> Table:
    """Return which locks were freed by force, by whom and why."""
    return names.table(
        "forced",
        Column("portfolio", Integer, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("item", BigInteger, nullable=False),
        Column("person", Integer, nullable=False),
        Column("forcer", Integer, nullable=False),
        Column("reason", Text, nullable=False),
        PrimaryKeyConstraint("portfolio", "at", "item", "person"),
        names.to("portfolio", "item", table="lockable", keys=("portfolio", "item")),
        names.to("portfolio", "person", table="person"),
        names.to("portfolio", "forcer", table="person"),
        Index(names.own("forced_item"), "portfolio", "item", "at"),
        sqlite_with_rowid=False,
    )
