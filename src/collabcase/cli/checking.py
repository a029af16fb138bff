"""The command that compares lists with the rule."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING

from collabcase.cli.opened import opened
from collabcase.cli.output import Bar, number, say, say_json, table

if TYPE_CHECKING:
    from collabcase.model.report import Finding, Report

FSCK = """\
Compare what is derived (the lists of groups and persons, teamboxes, the text index) with what it is derived from,
and tell what is missing or stale. It changes nothing, and others may go on working. It ends with 1 when it finds
something.

  python -m collabcase fsck sqlite:///broker.db
  python -m collabcase fsck postgresql://user@host/name --portfolio hamburg --json
"""

_WRONG = 1


def fsck(given: Namespace) -> int:
    """Compare the lists with the rule, and end with 1 when something is wrong."""
    from collabcase.storage.packing import to_json

    bar = Bar("fsck")
    try:
        with opened(given) as collab:
            report = collab.fsck(given.portfolio, progress=bar)
    finally:
        bar.clear()
    if given.json:
        say_json(json.loads(to_json(report)))
    else:
        say(_told(report))
    return 0 if report.clean else _WRONG


def _told(report: Report) -> str:
    looked = (
        f"{number(len(report.portfolios), 'portfolio', 'portfolios')}, "
        f"{number(report.principals, 'person or group', 'persons and groups')}, "
        f"{number(report.messages, 'message', 'messages')}"
    )
    if report.clean:
        return f"{looked}: all lists are what the rule gives."
    rows = [("portfolio", "list", "of", "missing", "stale", "for example"), *map(_row, report.findings)]
    wrong = number(len(report.findings), "list is", "lists are")
    return f"{looked}: {wrong} not what the rule gives.\n\n{table(rows)}\n\nNothing was changed."


def _row(found: Finding) -> tuple[str, ...]:
    whose = "" if found.principal is None else found.principal.id
    example = found.examples[0].id if found.examples else ""
    return found.portfolio, found.list, whose, f"{found.missing:,}", f"{found.stale:,}", example
