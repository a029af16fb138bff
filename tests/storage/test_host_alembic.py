"""A host's own Alembic, in a database that holds our tables, too."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, text

from collabcase import include_name
from collabcase.storage.sql import words
from storage.installations import Installation, engine_on


@pytest.fixture
def place(place: Installation) -> Installation:
    """A database with our tables in it."""
    place.upgrade()
    return place


def _host_tables(schema: str | None) -> MetaData:
    """The host's own tables; in our schema too, and with names like ours."""
    metadata = MetaData()
    policy = Table("policy", metadata, Column("no", Integer, primary_key=True), Column("name", String(20)))
    Table("collab_report", metadata, Column("policy", ForeignKey(policy.c.no), primary_key=True), schema=schema)
    if schema is not None:
        Table("talk", metadata, Column("no", Integer, primary_key=True))
        Table("x_talk", metadata, Column("no", Integer, primary_key=True))
    return metadata


def _changes(place: Installation, metadata: MetaData, *, filtered: bool) -> set[tuple[str, str]]:
    """Return what the host's autogenerate proposes, as the kind of change and the name of the table."""
    options: dict[str, Any] = {"include_schemas": place.schema is not None, "version_table": "alembic_version"}
    if filtered:
        options["include_name"] = include_name(place.schema, place.prefix)
    with place.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return {(change[0], change[1].name) for change in found if change[0] in ("add_table", "remove_table")}


def _ours(place: Installation) -> set[str]:
    """Return the names of all tables of ours: of the metadata, the version, and the index of words."""
    parts = words.names(place.prefix) if place.engine.dialect.name == "sqlite" else {f"{place.prefix}message_text"}
    known = {table.name for table in place.tables.metadata.tables.values()}
    return known | {f"{place.prefix}collabcase_version", *parts}


def test_a_host_keeps_its_hands_off(place: Installation) -> None:
    """With `include_name` a host's autogenerate speaks of its own tables alone, those in our schema included."""
    metadata = _host_tables(place.schema)
    expected = {("add_table", table.name) for table in metadata.tables.values()}
    assert expected == _changes(place, metadata, filtered=True)
    with place.engine.begin() as connection:
        metadata.create_all(connection)
    assert _changes(place, metadata, filtered=True) == set()
    gone = {("remove_table", table.name) for table in metadata.tables.values()}
    assert gone == _changes(place, MetaData(), filtered=True)


def test_without_it_ours_would_be_dropped(place: Installation) -> None:
    """Without `include_name` a host's autogenerate proposes to drop every table of ours."""
    assert {("remove_table", name) for name in _ours(place)} == _changes(place, MetaData(), filtered=False)


def test_other_names_are_no_shield(place: Installation) -> None:
    """`include_name` is made for one schema and prefix, and leaves out nothing that stands elsewhere."""
    with place.engine.connect() as connection:
        options: dict[str, Any] = {
            "include_schemas": place.schema is not None,
            "include_name": include_name(place.schema, place.prefix + "other_"),
        }
        found = compare_metadata(MigrationContext.configure(connection, opts=options), MetaData())
    assert len(_ours(place)) == sum(change[0] == "remove_table" for change in found)


def test_the_default_schema_goes_by_either_name(emptied_url: str) -> None:
    """Tables in the schema public are left alone, too, which Alembic calls None."""
    with engine_on(emptied_url) as engine:
        place = Installation(engine, "public", "collab_")
        place.upgrade()
        assert _changes(place, MetaData(), filtered=True) == set()
        assert len(_ours(place)) == len(_changes(place, MetaData(), filtered=False))


def test_one_metadata_may_hold_both(place: Installation) -> None:
    """A host that keeps foreign keys to our tables finds their names by `build` and its own autogenerate quiet."""
    metadata = _host_tables(place.schema)
    principal = place.tables.principal
    with place.engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(text(f"CREATE INDEX host_index ON {_quoted(place, principal)} (id)"))
    assert _changes(place, metadata, filtered=True) == set()


def _quoted(place: Installation, table: Table) -> str:
    return place.engine.dialect.identifier_preparer.format_table(table)
