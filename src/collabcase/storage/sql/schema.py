"""Which version of the tables a database holds, and bringing it to the newest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select, text
from sqlalchemy.schema import CreateSchema

from collabcase.errors import InvalidInput, SchemaOutdated, StorageError
from collabcase.model import inputs
from collabcase.storage.sql import words
from collabcase.storage.sql.failures import DRIVER_ERRORS, translated
from collabcase.storage.sql.sqlite import BEGIN, verify_sqlite
from collabcase.storage.sql.tables import build

HEAD = "0003"
"""The newest migration; a test holds it equal to the scripts."""

_MIGRATIONS = Path(__file__).with_name("migrations")
_PREFIX = re.compile("([A-Za-z_][A-Za-z0-9_]{0,29})?")
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


def check_server(engine: Engine, schema: str | None, prefix: str) -> None:
    """Refuse databases that the statements are not written for, and names that can't be used.

    Raises:
        InvalidInput: another database, an async engine, a schema on SQLite, or an unfit name.
        StorageError: too old, or not to be reached.
    """
    if not isinstance(engine, Engine) or engine.dialect.is_async:
        raise InvalidInput("engine", f"must be a sync sqlalchemy Engine, not {_named(engine)}; see `embed`")
    _check_names(schema, prefix)
    oldest = _OLDEST.get(engine.dialect.name)
    if oldest is None:
        raise InvalidInput("engine", f"is for {engine.dialect.name}; use SQLite or PostgreSQL")
    if engine.dialect.name == "sqlite" and schema is not None:
        raise InvalidInput("schema", "SQLite has none; use a prefix")
    with _translating(), engine.connect() as connection:
        found = connection.dialect.server_version_info or ()
    if found < oldest:
        raise StorageError(f"its version is {_dotted(found)}, and {_dotted(oldest)} is the oldest that works")


def _check_names(schema: str | None, prefix: str) -> None:
    if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix):
        raise InvalidInput("prefix", "must be at most 30 letters, digits and underscores, no digit first")
    inputs.optional_line("schema", schema, most=63)


def _dotted(numbers: tuple[object, ...]) -> str:
    return ".".join(map(str, numbers))


def check_version(engine: Engine, schema: str | None, prefix: str) -> None:
    """Refuse tables of another version.

    Raises:
        SchemaOutdated: naming what to call.
    """
    with _translating(), engine.connect() as connection:
        found = version(connection, schema, prefix)
    if found != HEAD:
        raise _outdated(found, schema, prefix)


def _outdated(found: str | None, schema: str | None, prefix: str) -> SchemaOutdated:
    if found is not None and found > HEAD:
        return SchemaOutdated(found, HEAD, "The tables are newer: upgrade the library.")
    options = (f" --schema {schema}" if schema else "") + (f" --prefix {prefix}" if prefix else "")
    advice = (
        f"Call collabcase.upgrade(engine, schema={schema!r}, prefix={prefix!r}), "
        f"or run: python -m collabcase upgrade URL{options}."
    )
    return SchemaOutdated(found, HEAD, advice)


def _named(engine: object) -> str:
    return f"one for {engine.dialect.driver}" if isinstance(engine, Engine) else type(engine).__name__


@contextmanager
def _translating() -> Iterator[None]:
    try:
        yield
    except DRIVER_ERRORS as error:
        raise translated(error) from error


def upgrade(engine: Engine, schema: str | None = None, prefix: str = "collab_", *, to: str = "head") -> str | None:
    """Create the tables, or bring them to the version of this library, in one transaction.

    Args:
        engine: of the database; for SQLite prepared by `configure_sqlite`.
        schema: the database schema of the tables, made where missing; PostgreSQL alone has them.
        prefix: what the names of all tables begin with.
        to: a version to stop at, for tests of migrations.

    Returns:
        The version found before, None where there were no tables.

    Raises:
        InvalidInput: the database is neither SQLite nor PostgreSQL, or a parameter can't be used.
        SchemaOutdated: the tables are newer than this library.
        StorageError: a SQLite engine is not prepared, or the database refuses.
    """
    check_server(engine, schema, prefix)
    sqlite = engine.dialect.name == "sqlite"
    options: dict[str, Any] = {BEGIN: "write"} if sqlite else {"isolation_level": "READ COMMITTED"}
    with _translating(), engine.connect().execution_options(**options) as connection, connection.begin():
        if sqlite:
            verify_sqlite(connection)
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('collabcase upgrade'))"))
            if schema is not None and not inspect(connection).has_schema(schema):
                connection.execute(CreateSchema(schema))
        found = version(connection, schema, prefix)
        if found is not None and found > HEAD:
            raise _outdated(found, schema, prefix)
        migrate(connection, schema, prefix, to)
        return found


def migrate(connection: Connection, schema: str | None, prefix: str, to: str) -> None:
    """Run the migrations in the transaction of a connection, up to a version.

    Raises:
        InvalidInput: there is no such version.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    if to != "head" and to not in [step.revision for step in script.walk_revisions()]:
        raise InvalidInput("to", "is no version of the tables; leave it out for the newest")

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

    Raises:
        InvalidInput: a parameter can't be used.
    """
    _check_names(schema, prefix)
    ours = {table.name for table in build(schema, prefix).metadata.tables.values()}
    ours |= {version_table(schema, prefix).name, *words.names(prefix)}
    home = None if schema == "public" else schema  # Alembic calls the default schema None

    def keep(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
        return kind != "table" or name not in ours or parents.get("schema_name") not in (schema, home)

    return keep
