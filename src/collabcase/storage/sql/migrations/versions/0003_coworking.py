"""Windows, locks, and what the feed of events needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade(schema: str | None, prefix: str) -> None:
    """Create the tables in a schema, with a prefix of their names."""
    at = f"{schema}.{prefix}" if schema else prefix
    op.add_column(f"{prefix}event", sa.Column("told", sa.Text()), schema=schema)
    op.create_index(
        f"{prefix}event_portfolio", f"{prefix}event", ["portfolio", "position"], unique=False, schema=schema
    )
    op.add_column(
        f"{prefix}portfolio",
        sa.Column("feed_floor", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        schema=schema,
    )
    _windows(schema, prefix, at)
    op.create_table(
        f"{prefix}lockable",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=True),
        sa.Column("id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["portfolio"], [f"{at}portfolio.no"]),
        sa.PrimaryKeyConstraint("portfolio", "item"),
        sa.UniqueConstraint("portfolio", "kind", "id", name=f"{prefix}lockable_ref"),
        schema=schema,
    )
    _leases(schema, prefix, at)
    op.create_table(
        f"{prefix}forced",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("forcer", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio", "item"], [f"{at}lockable.portfolio", f"{at}lockable.item"]),
        sa.ForeignKeyConstraint(["portfolio", "person"], [f"{at}person.portfolio", f"{at}person.no"]),
        sa.ForeignKeyConstraint(["portfolio", "forcer"], [f"{at}person.portfolio", f"{at}person.no"]),
        sa.PrimaryKeyConstraint("portfolio", "at", "item", "person"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_index(f"{prefix}forced_item", f"{prefix}forced", ["portfolio", "item", "at"], unique=False, schema=schema)


def _windows(schema: str | None, prefix: str, at: str) -> None:
    op.create_table(
        f"{prefix}open_window",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(length=200), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("ttl", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=True),
        sa.Column("focused_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["portfolio"], [f"{at}portfolio.no"]),
        sa.PrimaryKeyConstraint("portfolio", "id"),
        schema=schema,
        postgresql_with={"fillfactor": 70},
    )
    op.create_index(
        f"{prefix}open_window_person", f"{prefix}open_window", ["portfolio", "person"], unique=False, schema=schema
    )


def _leases(schema: str | None, prefix: str, at: str) -> None:
    op.create_table(
        f"{prefix}lease",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.String(length=40), nullable=True),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.String(length=20), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["portfolio", "item"], [f"{at}lockable.portfolio", f"{at}lockable.item"]),
        sa.PrimaryKeyConstraint("portfolio", "item", "person"),
        schema=schema,
        postgresql_with={"fillfactor": 70},
    )
    for name, holds, columns in (
        ("lease_held", "window_id IS NOT NULL", ["portfolio", "person"]),
        ("lease_moved", "ended = 'moved'", ["portfolio", "ended_at"]),
        ("lease_ended", "window_id IS NULL", ["portfolio", "ended_at"]),
    ):
        condition = sa.text(holds)
        op.create_index(
            f"{prefix}{name}",
            f"{prefix}lease",
            columns,
            unique=False,
            schema=schema,
            sqlite_where=condition,
            postgresql_where=condition,
        )
