"""A mailbox as a portfolio: its people, its mailing lists, its threads; and a look into the inbox that this gives.

To run::

    python examples/import_mailbox.py MBOX [URL]

Without URL into a temporary SQLite file; without MBOX with the small mailbox that lies beside this program. Run
again with the same URL, it goes on where it stopped: nothing is imported twice. docs/importing.md tells more.

It prints::

    sample.mbox: 9 mails
            7  imported, in 3 talks
            2  not imported, for the reason given below
            5  people
            1  list
               claims@lists.harms.example                                         3 members

    Not imported
      mail 8                  to nobody but its sender
      mail 9                  no recipient is named (--owner ADDRESS tells whose mailbox it is)

    Imported with a change
            1  HTML turned into plain text
            1  attachments named, not imported yet
            1  no date that can be read, that of its arrival taken
            1  starts a talk of its own, since its sender was no recipient of the mail it answers

    Inbox of Carl Köhler, carl@harms.example
      unread: 2 to them, 3 to their lists, 0 shared
      2026-03-02 12:00  Dora Dreyer               [claims] Policy 4711: water in the cellar
      2026-03-02 11:20  Anton Winter              Re: Our offer
      2026-03-02 10:47  Dry & Sons                Dryers wanted for a cellar of 40 square metres

    Search: “cellar”: 6 messages
      2026-03-02 12:00  Dora Dreyer               [claims] Policy 4711: water in the cellar
      2026-03-02 10:47  Dry & Sons                Dryers wanted for a cellar of 40 square metres
      2026-03-02 10:02  Carl Köhler               Dryers wanted for a cellar of 40 square metres

    Search: author Dora Dreyer, recipient claims@lists.harms.example: 1 message
      2026-03-02 12:00  Dora Dreyer               [claims] Policy 4711: water in the cellar

    Why “[claims] Policy 4711: water in the cellar” is seen
      member of “claims@lists.harms.example”, which received it
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from mailbox_import.filing import Filing, planned
from mailbox_import.reading import heads, opened
from mailbox_import.showing import Progress, look, report, sees_most, told

import collabcase
from collabcase import CollabError, StorageError

SAMPLE = Path(__file__).parent / "mailbox_import" / "sample.mbox"
DONE, UNUSABLE, STOPPED = 0, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Import a mailbox, and show what became of it."""
    given = parser().parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # names come in scripts that not every terminal can show
    try:
        run(given)
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return STOPPED
    except (CollabError, OSError, EOFError) as error:
        cause = f"\n{error.__cause__}" if isinstance(error, StorageError) and error.__cause__ else ""
        print(f"import_mailbox: {error}{cause}", file=sys.stderr)
        return UNUSABLE
    return DONE


def parser() -> ArgumentParser:
    """Return what reads the command line."""
    made = ArgumentParser(prog="import_mailbox.py", description="Load a mailbox into a portfolio, and look into it.")
    made.add_argument("mbox", metavar="MBOX", nargs="?", type=Path, default=SAMPLE, help="mbox file, plain or .gz")
    made.add_argument("url", metavar="URL", nargs="?", help="of the database; a temporary SQLite file by default")
    made.add_argument("--portfolio", default="mailbox", help="where to; made if missing; %(default)s")
    made.add_argument("--list", action="append", default=[], metavar="ADDRESS", help="a mailing list; repeatable")
    made.add_argument("--owner", default="", metavar="ADDRESS", help="who received what names no recipient")
    made.add_argument("--internal", action="append", default=[], metavar="DOMAIN", help="whose people are internal")
    made.add_argument("--as", dest="person", metavar="PERSON", help="whose inbox to show; who sees most by default")
    made.add_argument("--find", metavar="WORDS", help="what to search for; the commonest word of the inbox by default")
    made.add_argument("--report", type=Path, metavar="FILE", help="write a line of JSON for each mail")
    made.add_argument("--quiet", action="store_true", help="no progress bar")
    return made


def run(given: Namespace) -> None:
    """Do it: read all headers, file every mail, tell what became of them, look into the portfolio."""
    with opened(given.mbox) as (box, before), collabcase.open(given.url) as collab:
        plan = planned(heads(box, Progress("reading", quiet=given.quiet)), given.list, given.owner)
        filing = Filing(collab, given.portfolio, plan)
        filing.set_up()
        outcomes = list(filing.file(box, Progress("filing", quiet=given.quiet)))
        if given.internal:
            filing.set_internal(given.internal)
        told(given.mbox.name, outcomes, plan, before)
        if given.report:
            report(given.report, outcomes, before)
        person = given.person or sees_most(plan, outcomes)
        if person:
            look(collab, given.portfolio, person.lower(), given.find)


if __name__ == "__main__":
    sys.exit(main())
