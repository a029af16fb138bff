"""The test browser itself: it starts, hides and freezes tabs truly, keeps people apart and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from . import browser
from .browser import BrowserUnavailable, Chromium, find_chromium, require_browser

PAGE = "data:text/html,<title>a page</title><script>let n = 0; setInterval(() => n++, 10)</script>"


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Hide every Chromium of this machine; return an empty folder that is the PATH."""
    monkeypatch.delenv(browser.PROGRAM_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(path: Path, text: str = "exit 1") -> str:
    """Write a program of the shell."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_tabs_are_hidden_and_frozen_truly() -> None:
    """A tab behind another is hidden; a frozen one does nothing until it is in front again; contexts go on."""
    with require_browser() as chromium:
        first, second, apart = chromium.tabs.new_page(), chromium.tabs.new_page(), chromium.context().new_page()
        for page in (first, second, apart):
            page.goto(PAGE)
        assert ["hidden", "visible", "visible"] == [
            page.evaluate("document.visibilityState") for page in (first, second, apart)
        ]

        chromium.tabs.new_cdp_session(first).send("Page.setWebLifecycleState", {"state": "frozen"})
        stopped = first.evaluate("n")
        second.wait_for_function("start => n > start + 20", arg=second.evaluate("n"))
        assert stopped == first.evaluate("n")

        first.bring_to_front()
        first.wait_for_function("stopped => n > stopped", arg=stopped)
        second.wait_for_function("document.visibilityState === 'hidden'")


def test_contexts_are_apart() -> None:
    """What one context keeps, another does not know, nor do the tabs."""
    with require_browser() as chromium:
        mine, other = chromium.context(), chromium.context()
        mine.add_cookies([{"name": "who", "value": "me", "url": "http://127.0.0.1"}])
        assert [1, 0, 0] == [len(context.cookies()) for context in (mine, other, chromium.tabs)]


def test_stop_leaves_nothing() -> None:
    """After the end a loop can run again, and the browser can be started anew; a second start changes nothing."""
    chromium = require_browser()
    assert chromium is chromium.start()
    chromium.stop()
    chromium.stop()
    asyncio.run(asyncio.sleep(0))

    with chromium.start():
        assert "about:blank" == chromium.context().new_page().url


def test_the_variable_comes_first(no_programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program that the variable names is taken before those on the PATH, and these in their order."""
    other, google = program(no_programs / "other"), program(no_programs / "google-chrome")
    assert google == find_chromium()
    chromium = program(no_programs / "chromium")
    assert chromium == find_chromium()
    monkeypatch.setenv(browser.PROGRAM_VARIABLE, other)
    assert other == find_chromium()


def test_a_program_that_gives_up_is_quoted(no_programs: Path) -> None:
    """A browser that does not start is told by its path."""
    path = program(no_programs / "chromium")
    with pytest.raises(BrowserUnavailable, match=f"{path} did not start"):
        Chromium().start()


def test_a_missing_browser_is_skipped(no_programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At home a missing browser skips the test and says where it was looked for."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="chromium on the PATH: nothing there"):
        require_browser()


def test_a_missing_browser_fails_in_ci(no_programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that must test with a browser does not pass without it."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI must test with a browser"):
        require_browser()


def test_missing_playwright_is_told(monkeypatch: pytest.MonkeyPatch, no_programs: Path) -> None:
    """Without Playwright there is no browser either."""
    program(no_programs / "chromium")
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(BrowserUnavailable, match="Playwright can't be imported"):
        Chromium().start()
    assert os.environ["PATH"] == str(no_programs)
