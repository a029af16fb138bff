"""An inbox in the browser, with live locks: people of a broker's portfolio answer talks and never the same one twice.

To run::

    pip install -e ".[web]"
    python examples/web

It fills a temporary SQLite file with a portfolio to play with, and prints an address. Sign in there as one of the
people; open a second browser, or a private window, to be a second one. `--database URL` keeps everything in a
database of your own, which is filled the first time.

What to read first: `static/coworking.js`, the browser's side of windows and locks, which hosts may copy;
`inbox_web/cowork.py`, its counterpart on the server; `inbox_web/live.py`, the thread that hands out what happens.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import FrameType

import uvicorn
from inbox_web.live import Live
from inbox_web.seeding import PORTFOLIO, fill
from inbox_web.site import build
from starlette.applications import Starlette

import collabcase
from collabcase import CollabError, InvalidInput, Leases

DONE, UNUSABLE = 0, 2


class _Server(uvicorn.Server):
    """Ends the streams when it is to end, since it waits for every answer to be complete."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        super().__init__(uvicorn.Config(app, host, port, log_level="warning"))
        self._live: Live = app.state.live

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._live.end()
        super().handle_exit(sig, frame)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill a database where it is empty, and serve it until interrupted."""
    given = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl+C, so that the temporary folder goes
    with tempfile.TemporaryDirectory(prefix="collabcase-web-") as folder:
        url = given.database or f"sqlite:///{Path(folder) / 'inbox.db'}"
        try:
            fill(url)
            with collabcase.open(url, leases=given.leases) as collab:
                print(f"Inbox: http://{given.host}:{given.port}/  (Ctrl+C ends it)", flush=True)
                _Server(build(collab, PORTFOLIO, given.leases), given.host, given.port).run()
        except CollabError as error:
            print(f"examples/web: {error}", file=sys.stderr)
            return UNUSABLE
        except KeyboardInterrupt:
            pass
    return DONE


def parser() -> ArgumentParser:
    """Return what reads the command line."""
    made = ArgumentParser(prog="examples/web", description="An inbox in the browser, with live locks.")
    made.add_argument("--host", default="127.0.0.1", help="where to listen; %(default)s")
    made.add_argument("--port", type=int, default=8000, help="%(default)s")
    made.add_argument("--database", metavar="URL", help="a database of your own; a temporary SQLite file by default")
    made.add_argument(
        "--leases",
        metavar="VISIBLE,HIDDEN,ATTACHED",
        type=_leases,
        default=Leases(),
        help="after how many seconds of silence a window is given up; 30,150,30",
    )
    return made


def _leases(told: str) -> Leases:
    try:
        visible, hidden, attached = (timedelta(seconds=float(part)) for part in told.split(","))
        return Leases(visible=visible, hidden=hidden, attached=attached)
    except (ValueError, OverflowError, InvalidInput) as error:
        raise ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
