"""Lists, and what people keep while they work with them; what is there already enters the lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collabcase.model.words import words
from collabcase.permissions.sight import Role
from collabcase.storage.interfaces.scope import Scope
from collabcase.storage.sql.feeds import rebuild
from collabcase.storage.sql.tables import Tables, build
from collabcase.storage.sql.words import Words, create

revision = "0002"
down_revision = "0001"

_BATCH = 1_000


def upgrade(schema: str | None, prefix: str) -> None:
    """Create the tables in a schema, with a prefix of their names, and fill them."""
    at = f"{schema}.{prefix}" if schema else prefix
    op.add_column(f"{prefix}message", sa.Column("type", sa.String(length=60)), schema=schema)
    op.add_column(f"{prefix}message", sa.Column("data", sa.Text()), schema=schema)
    op.add_column(f"{prefix}message", sa.Column("waived_at", sa.BigInteger()), schema=schema)
    op.create_table(
        f"{prefix}feed",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("grp", sa.Integer(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("portfolio", "grp", "kind", "item"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_table(
        f"{prefix}talk_list",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("talk", sa.BigInteger(), nullable=False),
        sa.Column("principal", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("portfolio", "talk", "principal", "shared"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_index(
        f"{prefix}talk_list_last",
        f"{prefix}talk_list",
        ["portfolio", "principal", "shared", "last", "talk"],
        unique=False,
        schema=schema,
    )
    op.create_table(
        f"{prefix}message_data",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("dictionary", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio", "message"],
            [f"{at}message.portfolio", f"{at}message.id"],
        ),
        sa.PrimaryKeyConstraint("portfolio", "message", "dictionary"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_index(
        f"{prefix}message_data_code",
        f"{prefix}message_data",
        ["portfolio", "dictionary", "code", "message"],
        unique=False,
        schema=schema,
    )
    op.create_table(
        f"{prefix}dictionary_entry",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("dictionary", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["portfolio"],
            [f"{at}portfolio.no"],
        ),
        sa.PrimaryKeyConstraint("portfolio", "dictionary", "code"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_table(
        f"{prefix}read_mark",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio", "message"],
            [f"{at}message.portfolio", f"{at}message.id"],
        ),
        sa.ForeignKeyConstraint(
            ["portfolio", "person"],
            [f"{at}person.portfolio", f"{at}person.no"],
        ),
        sa.PrimaryKeyConstraint("portfolio", "person", "message"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_table(
        f"{prefix}answered",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("principal", sa.Integer(), nullable=False),
        sa.Column("answer", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio", "answer"],
            [f"{at}message.portfolio", f"{at}message.id"],
        ),
        sa.ForeignKeyConstraint(
            ["portfolio", "message"],
            [f"{at}message.portfolio", f"{at}message.id"],
        ),
        sa.ForeignKeyConstraint(
            ["portfolio", "principal"],
            [f"{at}principal.portfolio", f"{at}principal.no"],
        ),
        sa.PrimaryKeyConstraint("portfolio", "message", "principal", "answer"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_table(
        f"{prefix}dismissal",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio", "message"],
            [f"{at}message.portfolio", f"{at}message.id"],
        ),
        sa.ForeignKeyConstraint(
            ["portfolio", "person"],
            [f"{at}person.portfolio", f"{at}person.no"],
        ),
        sa.PrimaryKeyConstraint("portfolio", "message", "person"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_table(
        f"{prefix}archived",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("talk", sa.BigInteger(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio", "person"],
            [f"{at}person.portfolio", f"{at}person.no"],
        ),
        sa.ForeignKeyConstraint(
            ["portfolio", "talk"],
            [f"{at}talk.portfolio", f"{at}talk.id"],
        ),
        sa.PrimaryKeyConstraint("portfolio", "person", "talk"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_table(
        f"{prefix}draft",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio", "person"],
            [f"{at}person.portfolio", f"{at}person.no"],
        ),
        sa.PrimaryKeyConstraint("portfolio", "person", "kind", "item"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_table(
        f"{prefix}teambox_item",
        sa.Column("portfolio", sa.Integer(), nullable=False),
        sa.Column("grp", sa.Integer(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["portfolio", "claimed_by"],
            [f"{at}person.portfolio", f"{at}person.no"],
        ),
        sa.ForeignKeyConstraint(
            ["portfolio", "grp"],
            [f"{at}grp.portfolio", f"{at}grp.no"],
        ),
        sa.PrimaryKeyConstraint("portfolio", "grp", "item"),
        schema=schema,
        sqlite_with_rowid=False,
    )
    op.create_index(
        f"{prefix}teambox_item_claimed",
        f"{prefix}teambox_item",
        ["portfolio", "claimed_by", "grp"],
        unique=False,
        schema=schema,
        sqlite_where=sa.text("claimed_by IS NOT NULL"),
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
    )
    op.create_index(
        f"{prefix}teambox_item_claims",
        f"{prefix}teambox_item",
        ["portfolio", "grp", "claimed_at", "item"],
        unique=False,
        schema=schema,
        sqlite_where=sa.text("claimed_by IS NOT NULL"),
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
    )
    op.create_index(
        f"{prefix}teambox_item_open",
        f"{prefix}teambox_item",
        ["portfolio", "grp"],
        unique=False,
        schema=schema,
        sqlite_where=sa.text("claimed_by IS NULL OR NOT answered"),
        postgresql_where=sa.text("claimed_by IS NULL OR NOT answered"),
    )
    op.create_index(
        f"{prefix}teambox_item_waiting",
        f"{prefix}teambox_item",
        ["portfolio", "grp", "since", "item"],
        unique=False,
        schema=schema,
        sqlite_where=sa.text("claimed_by IS NULL"),
        postgresql_where=sa.text("claimed_by IS NULL"),
    )
    op.create_index(
        f"{prefix}message_asking",
        f"{prefix}message",
        ["portfolio", "id"],
        unique=False,
        schema=schema,
        sqlite_where=sa.text("asks_answer"),
        postgresql_where=sa.text("asks_answer"),
    )
    op.create_index(
        f"{prefix}message_date", f"{prefix}message", ["portfolio", "date", "id"], unique=False, schema=schema
    )
    op.create_index(
        f"{prefix}message_sent_for",
        f"{prefix}message",
        ["portfolio", "sent_for", "id"],
        unique=False,
        schema=schema,
        sqlite_where=sa.text("sent_for IS NOT NULL"),
        postgresql_where=sa.text("sent_for IS NOT NULL"),
    )
    op.create_index(
        f"{prefix}message_type",
        f"{prefix}message",
        ["portfolio", "type", "id"],
        unique=False,
        schema=schema,
        sqlite_where=sa.text("type IS NOT NULL"),
        postgresql_where=sa.text("type IS NOT NULL"),
    )
    create(op.get_bind(), schema, prefix)
    _fill(op.get_bind(), schema, prefix)


def _fill(connection: sa.Connection, schema: str | None, prefix: str) -> None:
    tables = build(schema, prefix)
    texts = Words(schema, prefix, postgresql=connection.dialect.name == "postgresql")
    for portfolio in connection.execute(sa.select(tables.portfolio.c.no)).scalars().all():
        rebuild(connection, tables, portfolio)
        _fill_teamboxes(connection, tables, portfolio)
        message, talk = tables.message, tables.talk
        last, rows = 0, None
        while rows is None or len(rows) == _BATCH:
            rows = connection.execute(
                sa.select(message.c.id, talk.c.subject, message.c.text, message.c.comment)
                .join(talk, sa.and_(talk.c.portfolio == message.c.portfolio, talk.c.id == message.c.talk))
                .where(message.c.portfolio == portfolio, message.c.id > last)
                .order_by(message.c.id)
                .limit(_BATCH)
            ).all()
            texts.add(Scope(connection, portfolio), [(row[0], words(*row[1:])) for row in rows])
            last = rows[-1][0] if rows else last


def _fill_teamboxes(connection: sa.Connection, tables: Tables, portfolio: int) -> None:
    row, message, group = tables.involvement, tables.message, tables.grp
    waiting = (
        sa.select(row.c.portfolio, row.c.principal, message.c.talk, sa.func.min(row.c.item), sa.false())
        .join(message, sa.and_(message.c.portfolio == row.c.portfolio, message.c.id == row.c.item))
        .join(group, sa.and_(group.c.portfolio == row.c.portfolio, group.c.no == row.c.principal, group.c.teambox))
        .where(row.c.portfolio == portfolio, row.c.role == int(Role.RECIPIENT), group.c.deleted_at.is_(None))
        .group_by(row.c.portfolio, row.c.principal, message.c.talk)
    )
    columns = ["portfolio", "grp", "item", "since", "answered"]
    connection.execute(sa.insert(tables.teambox_item).from_select(columns, waiting))
