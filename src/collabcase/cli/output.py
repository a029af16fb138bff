"""What the commands print: lines, tables, a bar while it takes long."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any, TextIO

from collabcase.errors import CollabError

_WIDTH = 30
_CLEARED = "\r\x1b[K"


def say(text: str) -> None:
    """Print a line, or several."""
    _write(sys.stdout, f"{text}\n")


def say_json(value: Any) -> None:
    """Print a value as one JSON object on one line."""
    say(json.dumps(value, ensure_ascii=False))


def tell(error: CollabError, *, as_json: bool) -> None:
    """Tell an error on the error stream."""
    cause = error.__cause__
    words = "" if cause is None else str(getattr(cause, "orig", cause)).strip()
    if as_json:
        told = json.dumps({"error": error.code, "text": str(error), "cause": words or None}, ensure_ascii=False)
    else:
        told = f"collabcase: {error}" + (f"\n{words}" if words else "")
    _write(sys.stderr, f"{told}\n")


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as aligned columns, two blanks apart and indented by two."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(_placed, row, widths)) for row in rows)
    return "\n".join(f"  {line}".rstrip() for line in lines)


def _placed(cell: str, width: int) -> str:
    """Return a cell in its column: numbers to the right, words to the left."""
    return cell.rjust(width) if cell.replace(",", "").isdecimal() else cell.ljust(width)


def number(count: int, one: str, many: str) -> str:
    """Return a count with its word, such as «1 list», «1,200 lists»."""
    return f"{count:,} {one if count == 1 else many}"


class Bar:
    """How far a command has come, on the error stream while that is a terminal; cleared when it is done."""

    def __init__(self, title: str) -> None:
        self._title, self._shown = title, -1

    def __call__(self, done: int, total: int) -> None:
        """Show that so many of a total are done."""
        percent = 100 * done // total if total else 100
        if percent != self._shown and sys.stderr.isatty():
            self._shown = percent
            filled = _WIDTH * percent // 100
            drawn = "█" * filled + "·" * (_WIDTH - filled)
            _write(sys.stderr, f"{_CLEARED}{self._title}  {drawn}  {percent:3d} %  {done:,} of {total:,}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown >= 0:
            _write(sys.stderr, _CLEARED)
            sys.stderr.flush()


def _write(stream: TextIO, text: str) -> None:
    """Write a text; what the terminal's encoding lacks becomes a question mark."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
