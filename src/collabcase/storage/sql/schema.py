"""Which version of the tables a database holds, and bringing it to the newest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select, text

from collabcase.errors import InvalidInput, SchemaOutdated, StorageError
from collabcase.storage.sql.sqlite import BEGIN
from collabcase.storage.sql.tables import build

HEAD = "0001"
"""The newest migration; a test holds it equal to the scripts."""

_MIGRATIONS = Path(__file__).with_name("migrations")
_OLDEST = {"sqlite": (3, 35), "postgresql": (15,)}


def version_table(schema: str | None, prefix: str) -> Table:
    """Return the table in which Alembic keeps the version."""
    return Table(f"{prefix}collabcase_version", MetaData(schema=schema), Column("version_num", String(32)))


def version(connection: Connection, schema: str | None, prefix: str) -> str | None:
    """Return the version of the tables in a database, None where there are none."""
    table = version_table(schema, prefix)
    if not inspect(connection).has_table(table.name, schema=schema):
        return None
    return connection.execute(select(table.c.version_num)).scalar_one_or_none()


def check_server(engine: Engine, schema: str | None) -> None:
    """Refuse databases that the statements are not written for.

    Raises:
        InvalidInput: another database, or a schema on SQLite.
        StorageError: too old.
    """
    oldest = _OLDEST.get(engine.dialect.name)
    if oldest is None:
        raise InvalidInput("engine", f"is for {engine.dialect.name}; use SQLite or PostgreSQL")
    if engine.dialect.name == "sqlite" and schema is not None:
        raise InvalidInput("schema", "SQLite has none; use a prefix")
    with engine.connect() as connection:
        found = connection.dialect.server_version_info or ()
    if found < oldest:
        raise StorageError(f"it is version {found}, and {oldest} is the oldest that works")


def check_version(engine: Engine, schema: str | None, prefix: str) -> None:
    """Refuse tables of another version.

    Raises:
        SchemaOutdated: naming what to call.
    """
    with engine.connect() as connection:
        found = version(connection, schema, prefix)
    if found != HEAD:
        advice = (
            "Call collabcase.upgrade(engine) with the same schema and prefix, or run: python -m collabcase upgrade URL."
            if found is None or found < HEAD
            else "The tables are newer: upgrade the library."
        )
        raise SchemaOutdated(found, HEAD, advice)


def upgrade(engine: Engine, schema: str | None = None, prefix: str = "collab_", *, to: str = "head") -> None:
    """Create the tables, or bring them to the version of this library, in one transaction.

    Args:
        engine: of the database; for SQLite prepared by `configure_sqlite`.
        schema: the database schema of the tables, made where missing; PostgreSQL alone has them.
        prefix: what the names of all tables begin with.
        to: a version to stop at, for tests of migrations.

    Raises:
        InvalidInput: the database is neither SQLite nor PostgreSQL.
    """
    check_server(engine, schema)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection = connection.execution_options(**{BEGIN: "write"})
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('collabcase upgrade'))"))
                if schema is not None:
                    connection.exec_driver_sql(
                        f"CREATE SCHEMA IF NOT EXISTS {engine.dialect.identifier_preparer.quote(schema)}"
                    )
            migrate(connection, schema, prefix, to)


def migrate(connection: Connection, schema: str | None, prefix: str, to: str) -> None:
    """Run the migrations in the transaction of a connection."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)

    def steps(revision: Any, _: Any) -> Any:
        return script._upgrade_revs(to, revision)

    with EnvironmentContext(config, script, fn=steps, destination_rev=to) as environment:
        environment.configure(
            connection=connection,
            version_table=version_table(schema, prefix).name,
            version_table_schema=schema,
        )
        environment.run_migrations(schema=schema, prefix=prefix)


def include_name(
    schema: str | None = None, prefix: str = "collab_"
) -> Callable[[str | None, str, dict[str, str | None]], bool]:
    """Return a hook for a host's Alembic that keeps autogenerate off our tables.

    Args:
        schema: as given to `embed`.
        prefix: as given to `embed`.

    Returns:
        A function for ``context.configure(include_name=…)``.
    """
    ours = {table.name for table in build(schema, prefix).metadata.tables.values()}
    ours.add(version_table(schema, prefix).name)

    def keep(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
        if kind == "schema":
            return schema is None or name != schema
        return kind != "table" or name not in ours or parents.get("schema_name") != schema

    return keep
