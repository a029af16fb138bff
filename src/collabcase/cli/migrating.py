"""The commands that make and change the tables."""

from __future__ import annotations

from argparse import Namespace

from collabcase.cli.output import say, say_json
from collabcase.errors import SchemaOutdated

INIT = """\
Create the tables of collabcase in a database that has none.

A SQLite file and its folder are made where missing. Tables that are there already, in the version of this library,
are left as they are; tables of another version are refused: `upgrade` is for these.

  python -m collabcase init sqlite:///broker.db
  python -m collabcase init postgresql://user@host/name --schema collab --prefix collab_
"""

UPGRADE = """\
Bring the tables of collabcase to the version of this library, in one transaction.

Missing tables are created. Make a backup first, and stop programs that still run the older library. Several
commands at once do no harm: one does the work, the others find it done.

  python -m collabcase upgrade sqlite:///broker.db
  python -m collabcase upgrade postgresql://user@host/name --json
"""


def init(given: Namespace) -> int:
    """Create the tables where there are none."""
    return _migrate(given, only_create=True)


def bring_up(given: Namespace) -> int:
    """Bring the tables up to date."""
    return _migrate(given, only_create=False)


def _migrate(given: Namespace, *, only_create: bool) -> int:
    from collabcase.storage.sql.engines import engine_for
    from collabcase.storage.sql.schema import HEAD, check_version, upgrade

    engine = engine_for(given.url)
    try:
        if only_create:
            try:
                check_version(engine, given.schema, given.prefix)
            except SchemaOutdated as error:
                if error.found is not None:
                    raise
        before = upgrade(engine, given.schema, given.prefix)
    finally:
        engine.dispose()
    if given.json:
        say_json({"before": before, "after": HEAD, "schema": given.schema, "prefix": given.prefix})
    elif before is None:
        say(f"The tables are created, at version {HEAD}.")
    elif before == HEAD:
        say(f"Nothing to do: the tables are at version {HEAD}.")
    else:
        say(f"The tables are upgraded from version {before} to {HEAD}.")
    return 0
