"""Databases for tests of the schema, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import QueuePool

from collabcase import configure_sqlite
from collabcase.storage.sql import schema
from collabcase.storage.sql.tables import Tables, build

NAMINGS: tuple[tuple[str, str | None, str], ...] = (
    ("sqlite", None, ""),
    ("sqlite", None, "collab_"),
    ("postgresql", None, ""),
    ("postgresql", None, "Odd_Prefix9_"),
    ("postgresql", "collab", ""),
    ("postgresql", "odd schema", "x_"),
)
"""The engines, and the schemas and prefixes that are tried on them."""

BESIDE = re.compile("collabcase_version|message_text|sqlite_sequence")
"""What stands beside the tables of the metadata: the version, and the index of words, which FTS5 makes of several."""


@frozen
class Installation:
    """Our tables in a database, or the place for them."""

    engine: Engine
    schema: str | None
    prefix: str

    @property
    def tables(self) -> Tables:
        return build(self.schema, self.prefix)

    def upgrade(self, to: str = "head") -> str | None:
        return schema.upgrade(self.engine, self.schema, self.prefix, to=to)

    def version(self) -> str | None:
        with self.engine.connect() as connection:
            return schema.version(connection, self.schema, self.prefix)

    def pretend(self, version: str) -> None:
        """Write another version into the version table."""
        table = schema.version_table(self.schema, self.prefix)
        with self.engine.begin() as connection:
            connection.execute(table.update().values(version_num=version))


def in_use(*engines: Engine) -> int:
    """Return how many connections of engines are out of their pools."""
    pools = [engine.pool for engine in engines]
    return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))


@contextmanager
def engine_on(url: str) -> Iterator[Engine]:
    """An engine as a host would make it."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        configure_sqlite(engine)
    try:
        yield engine
        assert in_use(engine) == 0
    finally:
        engine.dispose()


def later_version(folder: Path, monkeypatch_setattr: Callable[[object, str, object], None], body: str) -> None:
    """Let the library have one migration more than it has, called 9999, whose upgrade runs `body`."""
    import shutil

    from collabcase import opening

    shutil.copytree(schema._MIGRATIONS, folder)
    script = (
        f'revision = "9999"\ndown_revision = "{schema.HEAD}"\n\n\n'
        f"def upgrade(schema, prefix):\n    from alembic import op\n    {body}\n"
    )
    (folder / "versions" / "9999_later.py").write_text(script)
    monkeypatch_setattr(schema, "_MIGRATIONS", folder)
    monkeypatch_setattr(schema, "HEAD", "9999")
    monkeypatch_setattr(opening, "HEAD", "9999")


def catalogue(connection: Connection, schema: str | None) -> list[str]:
    """Return what the database itself says of every table, column, constraint and index, in a fixed order."""
    if connection.dialect.name == "sqlite":
        return _sqlite_catalogue(connection)
    rows = connection.execute(text(_CATALOGUE), {"schema": schema or "public"}).all()
    return sorted(row[0] for row in rows if not BESIDE.search(row[0]))


def _sqlite_catalogue(connection: Connection) -> list[str]:
    looked, told = inspect(connection), []
    for name in looked.get_table_names():
        if BESIDE.search(name):
            continue
        statement = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name})
        told.append(f"{name} {'WITHOUT ROWID' in statement.scalar_one()} {looked.get_pk_constraint(name)}")
        told += [f"{name} {column}" for column in looked.get_columns(name)]
        told += [f"{name} {key}" for key in looked.get_foreign_keys(name)]
        told += [f"{name} {unique}" for unique in looked.get_unique_constraints(name)]
        told += [f"{name} {check}" for check in looked.get_check_constraints(name)]
    indexes = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
    return sorted([*told, *indexes.scalars()])


_CATALOGUE = """
SELECT concat_ws(' ', 'column', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                 a.attidentity, pg_get_expr(d.adbin, d.adrelid))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = :schema
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind = 'r'
UNION ALL
SELECT concat_ws(' ', 'constraint', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace AND n.nspname = :schema WHERE k.contype <> 'n'
UNION ALL
SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = :schema
UNION ALL
SELECT concat_ws(' ', 'sequence', sequencename, start_value, increment_by, cache_size, cycle)
FROM pg_sequences WHERE schemaname = :schema
"""
