"""The operator's commands: ``python -m collabcase``.

A command that did its work ends with 0; `fsck` ends with 1 when it finds something. One that was refused says so on
the error stream, in one paragraph, and ends with 1, or with 2 where the command line itself can't be used.
"""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from collabcase.cli.checking import FSCK, fsck
from collabcase.cli.looking import EXPLAIN, WHOAMI, explain, whoami
from collabcase.cli.migrating import INIT, UPGRADE, bring_up, init
from collabcase.cli.output import tell
from collabcase.errors import CollabError, InvalidInput

_REFUSED, _UNUSABLE, _INTERRUPTED = 1, 2, 130

_ABOUT = """\
The operator's commands of collabcase.

  demo      see it at work: the worked example on a fresh SQLite file
  init      create the tables in a database that has none
  upgrade   bring the tables of a database to the version of this library
  whoami    tell who somebody is: groups, rights, sharing, what is unread
  explain   tell why somebody sees a thing, or that they do not
  fsck      compare the stored lists with the rule

`python -m collabcase COMMAND --help` tells more about each.
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
        The exit status: 0 done, 1 refused or something found, 2 the command line can't be used, 130 interrupted.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        status: int = given.run(given)
    except CollabError as error:
        tell(error, as_json=given.json)
        return _UNUSABLE if isinstance(error, InvalidInput) else _REFUSED
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def _parser() -> ArgumentParser:
    parser = _command(ArgumentParser, "python -m collabcase", _ABOUT, usage="%(prog)s COMMAND …")
    commands = parser.add_subparsers(prog="python -m collabcase", metavar="COMMAND", required=True, help=SUPPRESS)
    _on_database(commands, "init", INIT, init)
    _on_database(commands, "upgrade", UPGRADE, bring_up)
    one = _on_database(commands, "whoami", WHOAMI, whoami), _on_database(commands, "explain", EXPLAIN, explain)
    for command in one:
        command.add_argument("portfolio", metavar="PORTFOLIO", help="the id of the portfolio")
        command.add_argument("person", metavar="PERSON", help="the id of the person")
    one[1].add_argument("item", metavar="ITEM", help="the id of the thing, such as message_38g2bkk5dtm84")
    check = _on_database(commands, "fsck", FSCK, fsck)
    check.add_argument("--portfolio", metavar="P", help="the id of one portfolio; all by default")
    demo = _command(commands.add_parser, "demo", _DEMO)
    demo.add_argument(
        "--folder", type=Path, default=Path("collabcase-demo"), help="where the database is left; ./%(default)s"
    )
    demo.add_argument("--lang", choices=("en", "de"), default="en", help="the language of what is printed; %(default)s")
    demo.set_defaults(run=_demo, json=False)
    return parser


def _on_database(commands: Any, name: str, about: str, run: Any) -> ArgumentParser:
    """Add a command that works on a database."""
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
    return command


def _command(make: Any, name: str, about: str, **options: str) -> ArgumentParser:
    parser: ArgumentParser = make(
        name,
        description=about,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
        **options,
    )
    return parser


def _demo(given: Namespace) -> int:
    from collabcase.demo import run

    return run(given.folder, given.lang)
