"""The tables of the spine: portfolios, people, groups, talks, messages, the rule, events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade(schema: str | None, prefix: str) -> None:
    """Create the tables in a schema, with a prefix of their names."""
    at = f"{schema}.{prefix}" if schema else prefix
    op.create_table(
        f"{prefix}hangs",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("on_item", sa.BigInteger(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("portfolio", "item", "on_item"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_index(
        f"{prefix}hangs_on", f"{prefix}hangs", ["portfolio", "on_item", "item"], unique=False, schema=schema
    )
    op.create_table(
        f"{prefix}portfolio",
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("sharing", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sharing_since", sa.BigInteger(), nullable=True),
        sa.Column("sent_for_since", sa.String(length=100), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("no"),
        sa.UniqueConstraint("id", name=f"{prefix}portfolio_id"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}request",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("portfolio", "actor", "key"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_table(
        f"{prefix}event",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=True, cache=1),
            nullable=False,
        ),
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("origin", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio"], [f"{at}portfolio.no"]),
        sa.PrimaryKeyConstraint("position"),
        schema=schema,
        sqlite_autoincrement=True,
    )
    op.create_table(
        f"{prefix}principal",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["portfolio"], [f"{at}portfolio.no"]),
        sa.PrimaryKeyConstraint("portfolio", "no"),
        sa.UniqueConstraint("portfolio", "is_group", "id", name=f"{prefix}principal_id"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}grp",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("shares", sa.Boolean(), nullable=False),
        sa.Column("shares_since", sa.BigInteger(), nullable=True),
        sa.Column("teambox", sa.Boolean(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("host_ref", sa.String(length=200), nullable=True),
        sa.CheckConstraint("teambox OR NOT open", name=f"{prefix}grp_open_needs_teambox"),
        sa.ForeignKeyConstraint(["portfolio", "no"], [f"{at}principal.portfolio", f"{at}principal.no"]),
        sa.PrimaryKeyConstraint("portfolio", "no"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}involvement",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("principal", sa.Integer(), nullable=False),
        sa.Column("role", sa.SmallInteger(), nullable=False),
        sa.Column("extends", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio", "principal"], [f"{at}principal.portfolio", f"{at}principal.no"]),
        sa.PrimaryKeyConstraint("portfolio", "item", "principal", "role"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_index(
        f"{prefix}involvement_principal",
        f"{prefix}involvement",
        ["portfolio", "principal", "item"],
        unique=False,
        schema=schema,
    )
    op.create_table(
        f"{prefix}person",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("host_ref", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["portfolio", "no"], [f"{at}principal.portfolio", f"{at}principal.no"]),
        sa.PrimaryKeyConstraint("portfolio", "no"),
        schema=schema,
    )
    op.create_table(
        f"{prefix}talk",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("initiator", sa.Integer(), nullable=False),
        sa.Column("counterpart", sa.Integer(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("host_ref", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["portfolio", "counterpart"], [f"{at}principal.portfolio", f"{at}principal.no"]),
        sa.ForeignKeyConstraint(["portfolio", "initiator"], [f"{at}principal.portfolio", f"{at}principal.no"]),
        sa.PrimaryKeyConstraint("portfolio", "id"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}talk_counterpart",
        f"{prefix}talk",
        ["portfolio", "counterpart"],
        unique=False,
        schema=schema,
    )
    op.create_table(
        f"{prefix}membership",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("grp", sa.Integer(), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio", "grp"], [f"{at}grp.portfolio", f"{at}grp.no"]),
        sa.ForeignKeyConstraint(["portfolio", "person"], [f"{at}person.portfolio", f"{at}person.no"]),
        sa.PrimaryKeyConstraint("portfolio", "person", "grp"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_index(
        f"{prefix}membership_grp",
        f"{prefix}membership",
        ["portfolio", "grp", "person"],
        unique=False,
        schema=schema,
    )
    op.create_index(
        f"{prefix}membership_one_main",
        f"{prefix}membership",
        ["portfolio", "person"],
        unique=True,
        schema=schema,
        sqlite_where=sa.text("main"),
        postgresql_where=sa.text("main"),
    )
    op.create_table(
        f"{prefix}message",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("talk", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.Integer(), nullable=False),
        sa.Column("sent_for", sa.Integer(), nullable=True),
        sa.Column("answers", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("date", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("asks_answer", sa.Boolean(), nullable=False),
        sa.Column("host_ref", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["portfolio", "answers"], [f"{at}message.portfolio", f"{at}message.id"]),
        sa.ForeignKeyConstraint(["portfolio", "sender"], [f"{at}person.portfolio", f"{at}person.no"]),
        sa.ForeignKeyConstraint(["portfolio", "sent_for"], [f"{at}person.portfolio", f"{at}person.no"]),
        sa.ForeignKeyConstraint(["portfolio", "talk"], [f"{at}talk.portfolio", f"{at}talk.id"]),
        sa.PrimaryKeyConstraint("portfolio", "id"),
        schema=schema,
    )
    op.create_index(
        f"{prefix}message_sender",
        f"{prefix}message",
        ["portfolio", "sender", "id"],
        unique=False,
        schema=schema,
    )
    op.create_index(
        f"{prefix}message_talk", f"{prefix}message", ["portfolio", "talk", "id"], unique=False, schema=schema
    )
    op.create_table(
        f"{prefix}standing",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("principal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio", "message"], [f"{at}message.portfolio", f"{at}message.id"]),
        sa.ForeignKeyConstraint(["portfolio", "principal"], [f"{at}principal.portfolio", f"{at}principal.no"]),
        sa.PrimaryKeyConstraint("portfolio", "message", "principal"),
        schema=schema,
        sqlite_with_rowid=False,
    )
