"""The web example running on each engine, one browser for all tests of a worker, and people at its windows.

Browser and servers live as long as this folder's tests: while Playwright runs, no other test could run an asyncio loop.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, expect

from servers.browser import Chromium, require_browser
from servers.web import WebExample

from .cable import Cable
from .desk import Somebody
from .office import Office

ENGINES = ("sqlite", "postgresql")
PATIENCE_MS = 10_000

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chromium]:
    """The browser."""
    with require_browser() as browser:
        yield browser


@pytest.fixture(scope="package", params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database on each of the two engines in turn, for all tests there."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('web') / 'inbox.db'}"
    server = request.getfixturevalue("postgres")
    return str(server.create_database(template=request.getfixturevalue("migrated")))


@pytest.fixture(scope="package")
def web(database: str) -> Iterator[WebExample]:
    """The example, with a portfolio to play with."""
    with WebExample(database) as example:
        yield example


@pytest.fixture(scope="package")
def quick(web: WebExample, database: str) -> Iterator[WebExample]:
    """A second process on the same database, whose windows are given up after seconds of silence."""
    with WebExample(database, "--leases=5,12,5") as example:
        yield example


@pytest.fixture
def office(web: WebExample, database: str) -> Iterator[Office]:
    """The portfolio behind the example."""
    office = Office(database)
    yield office
    office.close()


At = Callable[..., Somebody]
"""Called as ``at(person, address=…, tabs=…, **options)``."""


@pytest.fixture
def at(chromium: Chromium, web: WebExample) -> Iterator[At]:
    """Sign people in, each at a browser of their own; in the end all windows are closed."""
    with ExitStack() as opened:

        def sign_in(person: str, *, address: str = web.address, tabs: bool = False, **options: Any) -> Somebody:
            if tabs:
                chromium.tabs.set_default_timeout(PATIENCE_MS)
                opened.callback(_empty, chromium.tabs)
                return Somebody(chromium.tabs, address, person)
            context = chromium.context(**{"locale": "en-GB", "timezone_id": "Europe/Berlin"} | options)
            context.set_default_timeout(PATIENCE_MS)
            opened.callback(context.close)
            return Somebody(context, address, person)

        yield sign_in


def _empty(tabs: BrowserContext) -> None:
    for page in tabs.pages[1:]:  # the first one keeps the browser's window open
        page.close()
    tabs.clear_cookies()


@pytest.fixture
def cable(web: WebExample) -> Iterator[Cable]:
    """A cable to the example."""
    with Cable(web.port) as cable:
        yield cable


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what the server printed, and what stands in each window."""
    report = yield
    given = getattr(item, "funcargs", {})
    if report.failed and isinstance(given.get("web"), WebExample):
        report.sections.append(("the example printed", given["web"].printed()[-4000:]))
    if report.failed and report.when == "call" and isinstance(given.get("chromium"), Chromium):
        report.sections += _shown(given["chromium"])
    return report


def _shown(chromium: Chromium) -> Iterator[tuple[str, str]]:
    for page in chromium.pages:
        try:
            yield page.url, page.locator("main").aria_snapshot(timeout=1000)
        except Error as error:  # crashed, closed meanwhile
            yield page.url, str(error)
