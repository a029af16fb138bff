"""The operator's commands: ``python -m collabcase``.

A command that did its work ends with 0. One that was refused says so on the error stream, in one paragraph, and
ends with 1, or with 2 where the command line itself can't be used.
"""

from __future__ import annotations

import json
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from collabcase.errors import CollabError, InvalidInput, SchemaOutdated

_REFUSED, _UNUSABLE = 1, 2

_ABOUT = """\
The operator's commands of collabcase.

  demo      see it at work: the worked example on a fresh SQLite file
  init      create the tables in a database that has none
  upgrade   bring the tables of a database to the version of this library

`python -m collabcase COMMAND --help` tells more about each.
"""

_INIT = """\
Create the tables of collabcase in a database that has none.

A SQLite file and its folder are made where missing. Tables that are there already, in the version of this library,
are left as they are; tables of another version are refused: `upgrade` is for these.

  python -m collabcase init sqlite:///broker.db
  python -m collabcase init postgresql://user@host/name --schema collab --prefix collab_
"""

_UPGRADE = """\
Bring the tables of collabcase to the version of this library, in one transaction.

Missing tables are created. Make a backup first, and stop programs that still run the older library. Several
commands at once do no harm: one does the work, the others find it done.

  python -m collabcase upgrade sqlite:///broker.db
  python -m collabcase upgrade postgresql://user@host/name --json
"""

_DEMO = """\
Play the worked example on a fresh SQLite file, and print what the database answers: who sees whose messages, and
why; what ticking a box would reveal; who would be able to read a message before it is sent.

  python -m collabcase demo
  python -m collabcase demo --lang de --folder /tmp/look
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: the words after the program's name; those of this process by default.

    Returns:
        The exit status: 0 done, 1 refused, 2 the command line can't be used.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        status: int = given.run(given)
    except CollabError as error:
        _tell(error, as_json=given.json)
        return _UNUSABLE if isinstance(error, InvalidInput) else _REFUSED
    return status


def _parser() -> ArgumentParser:
    parser = _command(ArgumentParser, "python -m collabcase", _ABOUT, usage="%(prog)s COMMAND …")
    commands = parser.add_subparsers(prog="python -m collabcase", metavar="COMMAND", required=True, help=SUPPRESS)
    for name, about, run in (("init", _INIT, _init), ("upgrade", _UPGRADE, _upgrade)):
        command = _command(commands.add_parser, name, about)
        command.add_argument(
            "url", metavar="URL", help="of the database, such as sqlite:///broker.db or postgresql://user@host/name"
        )
        command.add_argument("--schema", help="the database schema of the tables, made where missing; not for SQLite")
        command.add_argument(
            "--prefix",
            default="",
            help="what the names of the tables begin with; none by default, as `collabcase.open` expects. "
            "`collabcase.embed` expects collab_ unless told otherwise",
        )
        command.add_argument("--json", action="store_true", help="print the result, or the error, as one JSON object")
        command.set_defaults(run=run)
    demo = _command(commands.add_parser, "demo", _DEMO)
    demo.add_argument(
        "--folder", type=Path, default=Path("collabcase-demo"), help="where the database is left; ./%(default)s"
    )
    demo.add_argument("--lang", choices=("en", "de"), default="en", help="the language of what is printed; %(default)s")
    demo.set_defaults(run=_demo, json=False)
    return parser


def _command(make: Any, name: str, about: str, **options: str) -> ArgumentParser:
    parser: ArgumentParser = make(
        name,
        description=about,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
        **options,
    )
    return parser


def _init(given: Namespace) -> int:
    return _migrate(given, only_create=True)


def _upgrade(given: Namespace) -> int:
    return _migrate(given, only_create=False)


def _migrate(given: Namespace, *, only_create: bool) -> int:
    from collabcase.collab import engine_for
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
        _say(json.dumps({"before": before, "after": HEAD, "schema": given.schema, "prefix": given.prefix}))
    elif before is None:
        _say(f"The tables are created, at version {HEAD}.")
    elif before == HEAD:
        _say(f"Nothing to do: the tables are at version {HEAD}.")
    else:
        _say(f"The tables are upgraded from version {before} to {HEAD}.")
    return 0


def _demo(given: Namespace) -> int:
    from collabcase.demo import run

    return run(given.folder, given.lang)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _tell(error: CollabError, *, as_json: bool) -> None:
    cause = error.__cause__
    words = "" if cause is None else str(getattr(cause, "orig", cause)).strip()
    if as_json:
        told = json.dumps({"error": error.code, "text": str(error), "cause": words or None}, ensure_ascii=False)
    else:
        told = f"collabcase: {error}" + (f"\n{words}" if words else "")
    sys.stderr.write(f"{told}\n")
