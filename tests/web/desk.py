"""Somebody at the example: their browser, their windows, and what can be done there."""

from __future__ import annotations

from contextlib import AbstractContextManager

from playwright.sync_api import BrowserContext, Locator, Page, expect

from .office import Begun

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


class Window:
    """One window or tab at the example.

    Attributes:
        page: the browser's page.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page, self._address = page, address

    def go(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self._address + path)

    def click(self, talk: Begun) -> None:
        """Click a talk in the list that is shown; return when it is clear who has it."""
        with self.asked_for():
            self.page.get_by_role("link", name=talk.subject, exact=True).click()
        expect(self.heading).to_have_text(talk.subject)

    def asked_for(self) -> AbstractContextManager[object]:
        """Wait at the end for the answer to a click: the talk is this window's, or somebody else's."""
        return self.page.expect_response(lambda answer: answer.url.endswith("/focus") and answer.ok)

    @property
    def heading(self) -> Locator:
        """The screen's heading."""
        return self.page.get_by_role("heading", level=1)

    def row(self, talk: Begun) -> Locator:
        """A talk's row in the list that is shown."""
        return self.page.get_by_test_id("talk-row").filter(has_text=talk.subject)

    def mark(self, talk: Begun) -> Locator:
        """What a talk's row says about who is on it, or what became of it."""
        return self.row(talk).get_by_test_id("mark")

    @property
    def lock(self) -> Locator:
        """The bar that says who is on the open talk."""
        return self.page.get_by_test_id("lock-bar")

    @property
    def text(self) -> Locator:
        """The field for the answer."""
        return self.page.get_by_test_id("answer-text")

    def button(self, name: str) -> Locator:
        """A button by its exact name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def holds(self) -> None:
        """Wait until the open talk is this window's to answer."""
        expect(self.lock).to_have_attribute("data-state", "mine")
        expect(self.text).to_be_editable()

    def reads(self, *said: str, state: str = "other") -> None:
        """Wait until the open talk can only be read, for a reason that says all this."""
        expect(self.lock).to_have_attribute("data-state", state)
        for part in said:
            expect(self.lock).to_contain_text(part)
        expect(self.text).not_to_be_editable()
        expect(self.button("Send")).to_be_disabled()

    def live(self) -> None:
        """Wait until the window is told what happens as it happens."""
        expect(self.page.get_by_test_id("connection")).to_have_attribute("data-state", "live")

    def close(self) -> None:
        """Close it, as somebody does who clicks its cross."""
        self.page.close(run_before_unload=True)


class Somebody:
    """Somebody signed in at a browser of their own.

    Attributes:
        context: the browser's side of it: cookies, tabs.
        address: where the example is, for this browser.
        person: the id of who they are.
    """

    def __init__(self, context: BrowserContext, address: str, person: str) -> None:
        self.context, self.address, self.person = context, address, person
        answer = context.request.post(
            f"{address}/sign-in", form={"person": person}, headers={"Origin": address}, max_redirects=0
        )
        assert 303 == answer.status, answer.text()

    def window(self, path: str = "/inbox/all") -> Window:
        """Open a window at a path; it is told what happens."""
        window = Window(self.context.new_page(), self.address)
        window.go(path)
        window.live()
        return window

    def at(self, talk: Begun) -> Window:
        """Open a window at a talk that the person may answer; return when it is clear who has it."""
        window = Window(self.context.new_page(), self.address)
        with window.asked_for():
            window.go(talk.path)
        window.live()
        return window
