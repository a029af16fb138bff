"""The migrations lead to the tables that the statements are written for, and no host loses anything by them."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Integer, MetaData, inspect, select, text

import collabcase
from collabcase import SchemaOutdated, StorageError
from collabcase.storage.sql import schema, words
from storage.installations import Installation, catalogue, engine_on, later_version


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))
    return ScriptDirectory.from_config(config)


def _differences(
    place: Installation, connection: Connection, metadata: MetaData | None = None
) -> list[tuple[Any, ...]]:
    """Return what Alembic would change to make the tables of a database those of the metadata."""
    options = {
        "version_table": schema.version_table(place.schema, place.prefix).name,
        "version_table_schema": place.schema,
        "include_schemas": place.schema is not None,
        "include_name": lambda name, kind, _: kind != "table" or name not in words.names(place.prefix),
        "compare_type": True,
        "compare_server_default": connection.dialect.name
        != "sqlite",  # where Alembic misses the identity it can't have
    }
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, place.tables.metadata if metadata is None else metadata))


def test_migrated_tables_are_those_of_the_code(place: Installation) -> None:
    """Alembic finds nothing to change in a migrated database, and does find a column that was only thought of."""
    place.upgrade()
    tables = place.tables
    with place.engine.connect() as connection:
        assert _differences(place, connection) == []
        tables.person.append_column(Column("shoe_size", Integer))
        [difference] = _differences(place, connection, tables.metadata)
    assert ("add_column", place.schema, tables.person.name) == difference[:3]


def test_the_database_sees_no_difference(place: Installation) -> None:
    """Tables, checks, partial indexes, identities: all that the database knows of migrated tables is as built."""
    place.upgrade()
    with place.engine.connect() as connection:
        migrated = catalogue(connection, place.schema)
    with place.engine.begin() as connection:
        tables = place.tables
        tables.metadata.drop_all(connection)
        assert catalogue(connection, place.schema) == []
        tables.metadata.create_all(connection)
    with place.engine.connect() as connection:
        assert catalogue(connection, place.schema) == migrated
    assert sum("one_main" in line and "WHERE main" in line for line in migrated) == 1
    assert sum("open_needs_teambox" in line for line in migrated) == 1


def test_revisions_run_in_one_line() -> None:
    """Revisions are numbered from 0001 without a gap, each builds on the one before, and the last one is HEAD."""
    revisions = list(reversed(list(_scripts().walk_revisions())))
    names = [revision.revision for revision in revisions]
    assert [f"{number:04}" for number in range(1, len(names) + 1)] == names
    assert [None, *names[:-1]] == [revision.down_revision for revision in revisions]
    assert schema.HEAD == names[-1]
    files = sorted(path.name for path in schema._MIGRATIONS.glob("versions/*.py"))
    assert all(re.fullmatch(rf"{name}_[a-z_]+\.py", file) for name, file in zip(names, files, strict=True))


def test_revisions_replay_one_by_one(place: Installation) -> None:
    """From an empty database every revision runs in its turn, and the last one leaves the tables of the code."""
    assert place.version() is None
    before = None
    for revision in reversed(list(_scripts().walk_revisions())):
        assert before == place.upgrade(to=revision.revision)
        before = revision.revision
        assert before == place.version()
    with place.engine.connect() as connection:
        assert _differences(place, connection) == []


def test_the_version_has_a_table_of_its_own(place: Installation) -> None:
    """The version stands beside our tables, under schema and prefix, so that a host's own Alembic is not concerned."""
    place.upgrade()
    ours = {table.name for table in place.tables.metadata.tables.values()}
    name = f"{place.prefix}collabcase_version"
    with place.engine.connect() as connection:
        found = set(inspect(connection).get_table_names(schema=place.schema))
        assert ours | {name} == found - words.names(place.prefix)
        table = schema.version_table(place.schema, place.prefix)
        assert [schema.HEAD] == list(connection.execute(select(table.c.version_num)).scalars())


def test_upgrading_again_does_nothing(place: Installation) -> None:
    """`upgrade` tells the version it found, and leaves a database that is up to date as it is."""
    assert place.upgrade() is None
    with place.engine.begin() as connection:
        before = catalogue(connection, place.schema)
        connection.execute(
            place.tables.portfolio.insert().values(no=1, id="p", title="t", sent_for_since="1", seal=bytes(32))
        )
    assert schema.HEAD == place.upgrade()
    with place.engine.connect() as connection:
        assert before == catalogue(connection, place.schema)
        assert connection.execute(select(place.tables.portfolio.c.id)).scalar_one() == "p"


def test_several_processes_upgrade_at_once(empty_url: str) -> None:
    """Of several processes that upgrade an empty database at once, one does the work and none fails."""
    command = [sys.executable, "-m", "collabcase", "upgrade", empty_url]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    told = [process.communicate(timeout=60) for process in processes]
    assert [0, 0, 0] == [process.returncode for process in processes], told
    assert sorted(out.split(":")[0].split(",")[0] for out, _ in told) == [
        "Nothing to do",
        "Nothing to do",
        "The tables are created",
    ]
    with engine_on(empty_url) as engine:
        assert Installation(engine, None, "").version() == schema.HEAD


def test_an_upgrade_waits_for_another(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes while another upgrades waits for its commit, and then finds nothing to do."""
    migrate = schema.migrate
    second: list[Future[str | None]] = []
    with engine_on(empty_url) as engine, engine_on(empty_url) as other, ThreadPoolExecutor(1) as pool:

        def migrate_slowly(*arguments: Any) -> None:
            migrate(*arguments)
            if not second:
                second.append(pool.submit(Installation(other, None, "").upgrade))
                wait(second, timeout=0.3)

        monkeypatch.setattr(schema, "migrate", migrate_slowly)
        assert Installation(engine, None, "").upgrade() is None
        assert schema.HEAD == second[0].result()


@pytest.mark.parametrize(("found", "older"), [(None, True), ("0000", True), ("9999", False)])
def test_other_versions_are_refused_with_advice(place: Installation, found: str | None, older: bool) -> None:
    """`embed` refuses missing, older and newer tables, and says what to call and to run for these very names."""
    if found is not None:
        place.upgrade()
        place.pretend(found)
    with pytest.raises(SchemaOutdated) as raised:
        collabcase.embed(place.engine, schema=place.schema, prefix=place.prefix)
    assert (found, schema.HEAD) == (raised.value.found, raised.value.wanted)
    call = f"collabcase.upgrade(engine, schema={place.schema!r}, prefix={place.prefix!r})"
    told = str(raised.value)
    assert older == (call in told)
    assert older == ("python -m collabcase upgrade URL" in told)
    assert older != ("newer: upgrade the library" in told)
    if found is None:
        exec(call, {"collabcase": collabcase, "engine": place.engine})
        collabcase.embed(place.engine, schema=place.schema, prefix=place.prefix)


def test_newer_tables_are_never_touched(place: Installation) -> None:
    """`upgrade` refuses tables newer than the library."""
    place.upgrade()
    place.pretend("9999")
    with pytest.raises(SchemaOutdated, match="newer"):
        place.upgrade()
    assert place.version() == "9999"


def test_open_creates_in_an_empty_database(empty_url: str) -> None:
    """`open` makes the tables where there are none."""
    with collabcase.open(empty_url) as opened:
        opened.create_portfolio("p")
    with collabcase.open(empty_url) as opened:
        assert opened.portfolio("p") is not None


def test_open_refuses_newer_tables(empty_url: str) -> None:
    """`open` leaves a database of a newer library alone."""
    collabcase.open(empty_url).close()
    with engine_on(empty_url) as engine:
        Installation(engine, None, "").pretend("9999")
    with pytest.raises(SchemaOutdated, match="newer"):
        collabcase.open(empty_url)


def test_open_upgrades_its_own_file_alone(empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`open` brings an older SQLite file up to date by itself, keeping its rows, and refuses an older PostgreSQL."""
    with collabcase.open(empty_url) as opened:
        opened.create_portfolio("p")
    before, addition = schema.HEAD, 'op.execute("CREATE TABLE later (no INTEGER)")'
    later_version(tmp_path / "migrations", monkeypatch.setattr, addition)
    with engine_on(empty_url) as engine:
        place = Installation(engine, None, "")
        if engine.dialect.name == "sqlite":
            with collabcase.open(empty_url) as opened:
                assert opened.portfolio("p") is not None
            assert place.version() == "9999"
        else:
            with pytest.raises(SchemaOutdated, match=r"collabcase\.upgrade"):
                collabcase.open(empty_url)
            assert place.version() == before
            assert place.upgrade() == before
        with engine.connect() as connection:
            assert inspect(connection).has_table("later")


def test_a_failed_upgrade_leaves_nothing(place: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that breaks off is undone as a whole, tables included."""
    place.upgrade()
    before = schema.HEAD
    body = 'op.execute("CREATE TABLE half (no INTEGER)"); op.execute("SELECT nonsense")'
    later_version(tmp_path / "migrations", monkeypatch.setattr, body)
    with pytest.raises(StorageError):
        place.upgrade()
    assert place.version() == before
    with place.engine.connect() as connection:
        assert not inspect(connection).has_table("half")


def test_a_schema_made_by_others_is_used(emptied_url: str) -> None:
    """A role that may create tables in a schema, but no schemas, can upgrade once the schema is there."""
    with engine_on(emptied_url) as admin:
        with admin.begin() as connection:
            connection.execute(text("CREATE ROLE tenant LOGIN"))
            connection.execute(text("CREATE SCHEMA given AUTHORIZATION tenant"))
        url = admin.url.set(username="tenant").render_as_string(hide_password=False)
        with engine_on(url) as engine:
            assert Installation(engine, "given", "").upgrade() is None
            with pytest.raises(StorageError) as raised:
                Installation(engine, "other", "").upgrade()
            assert "permission denied" in str(raised.value.__cause__)
        with admin.begin() as connection:
            connection.execute(text("DROP OWNED BY tenant CASCADE"))
            connection.execute(text("DROP ROLE tenant"))
