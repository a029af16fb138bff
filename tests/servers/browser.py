"""Start a headless Chromium for the tests, driven by Playwright: Playwright's own downloads are not used.

People whose windows need nothing special get contexts of their own. Playwright keeps all pages of these visible; in
the context `tabs` a page behind another one is really hidden, and can be frozen.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from .missing import Missing, require

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PROGRAM_VARIABLE = "COLLABCASE_TEST_CHROMIUM"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

_ARGUMENTS = (
    "--no-sandbox",  # which can't be had as root; the pages are our own
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
# What Playwright switches off, and what people's browsers do.
_AS_AT_HOME = (
    "--disable-back-forward-cache",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)


class BrowserUnavailable(Missing):
    """No Chromium can be started here; `reason` says why."""


def require_browser() -> Chromium:
    """Return a started browser, which the caller stops; without one the test is skipped, and under CI=true fails."""
    return require(Chromium().start, "a browser")


class Chromium:
    """One browser with a profile of its own: a context manager, or `start` and `stop`.

    While it is started, its thread can't run an asyncio loop.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._browser: Browser | None = None
        self._tabs: BrowserContext | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def tabs(self) -> BrowserContext:
        """The one context whose pages are tabs of a real window: one is in front, the others are hidden."""
        assert self._tabs is not None
        return self._tabs

    @property
    def pages(self) -> list[Page]:
        """Every page that is open."""
        assert self._browser is not None
        return [page for context in (*self._browser.contexts, self.tabs) for page in context.pages]

    def context(self, **options: Any) -> BrowserContext:
        """Open a context: somebody's own cookies and storage; all its pages stay visible."""
        assert self._browser is not None
        return self._browser.new_context(**options)

    def start(self) -> Self:
        """Return once the browser runs, at once if it is started; raise `BrowserUnavailable` otherwise."""
        if self._browser is not None:
            return self
        rejected: list[str] = []
        program = find_chromium(rejected)
        if program is None:
            raise BrowserUnavailable("no Chromium found: " + "; ".join(rejected))
        try:
            from playwright.sync_api import Error, sync_playwright
        except ImportError as error:
            raise BrowserUnavailable(f"Playwright can't be imported: {error}") from error
        try:
            chromium = self._open.enter_context(sync_playwright()).chromium
            port = free_port()
            self._browser = chromium.launch(
                executable_path=program,
                args=[*_ARGUMENTS, f"--remote-debugging-port={port}"],
                ignore_default_args=list(_AS_AT_HOME),
            )
            self._open.callback(self._browser.close)
            second = chromium.connect_over_cdp(f"http://127.0.0.1:{port}", no_defaults=True)
            self._open.callback(second.close)
            [self._tabs] = second.contexts
        except Error as error:
            self.stop()
            raise BrowserUnavailable(f"{program} did not start: {error}") from error
        return self

    def stop(self) -> None:
        """End the browser; do nothing if it is not started."""
        self._browser = self._tabs = None
        self._open.close()


def find_chromium(rejected: list[str] | None = None) -> str | None:
    """Return the path of the best Chromium here, or None.

    Args:
        rejected: receives a line for each better place, saying why it was not taken.
    """
    for source, program in _places():
        found = shutil.which(program) if program else None
        if found is not None:
            return found
        if rejected is not None:
            rejected.append(f"{source}: nothing there")
    return None


def _places() -> Iterator[tuple[str, str]]:
    """Yield the places to look at, best first."""
    yield PROGRAM_VARIABLE, os.environ.get(PROGRAM_VARIABLE, "")
    yield from ((f"{program} on the PATH", program) for program in PROGRAMS)


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
