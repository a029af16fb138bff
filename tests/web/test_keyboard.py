"""Every journey by keyboard alone: what is reached by tabbing can be seen to have the focus, and does what it says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from .conftest import At
from .desk import Window
from .office import BOX, NAMES, Office
from .screens import SCREENS

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # keys know no engine

STEPS = 90
_FOCUSED = "one => one === document.activeElement"
_VISIBLE = """() => {
  const look = getComputedStyle(document.activeElement), box = document.activeElement.getBoundingClientRect();
  return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2 && box.width > 0 && box.height > 0;
}"""


class Keys:
    """Somebody without a mouse, at a window."""

    def __init__(self, window: Window) -> None:
        self.window, self._keyboard = window, window.page.keyboard

    def reach(self, wanted: Locator, key: str = "Tab") -> None:
        """Press a key until something has the focus, which must be seen."""
        expect(wanted).to_be_visible()
        for _ in range(STEPS):
            if wanted.evaluate(_FOCUSED):
                assert self.window.page.evaluate(_VISIBLE), f"the focus on {wanted} can't be seen"
                return
            self.press(key)
        pytest.fail(f"{wanted} is not reached by {STEPS} × {key}", pytrace=False)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self._keyboard.press(key)

    def go_and_press(self, wanted: Locator, key: str = "Enter") -> None:
        """Reach something and press a key there."""
        self.reach(wanted)
        self.press(key)

    def write(self, wanted: Locator, text: str) -> None:
        """Reach a field and write into it."""
        self.reach(wanted)
        self._keyboard.type(text)

    def choose(self, wanted: Locator, label: str) -> None:
        """Reach a list and choose by typing a label's beginning."""
        self.reach(wanted)
        self._keyboard.type(label)
        self.press("Tab")


def test_signing_in_and_choosing_a_language(at: At, office: Office) -> None:
    """Signing in, another language, signing out."""
    window = SCREENS["sign-in"](at, office)
    keys = Keys(window)
    keys.go_and_press(window.page.get_by_test_id("person-b1"))
    expect(window.heading).to_have_text("All")
    keys.go_and_press(window.button("Deutsch"))
    expect(window.heading).to_have_text("Alle")
    keys.go_and_press(window.button("Abmelden"))
    expect(window.heading).to_have_text("Anmelden")


def test_skipping_to_the_content(at: At, office: Office) -> None:
    """The first stop leads past the navigation."""
    talk = office.begin("a1", "b1")
    window = at("b1").window()
    keys = Keys(window)
    keys.press("Tab", "Enter", "Tab")
    expect(window.row(talk).get_by_role("link")).to_be_focused()


def test_reading_and_answering(at: At, office: Office) -> None:
    """From the list to a talk, an answer, and another recipient; focus stays where it was when something arrives."""
    talk = office.begin("a1", "b1", asks=True)
    window = at("b1").window()
    keys = Keys(window)
    keys.reach(window.row(talk).get_by_role("link"))
    office.begin("a1", "b1")
    expect(window.page.get_by_test_id("talk-row").first).not_to_contain_text(talk.subject)
    expect(window.row(talk).get_by_role("link")).to_be_focused()
    keys.press("Enter")
    window.holds()
    keys.write(window.text, "By keyboard")
    office.answer("a1", talk, "And one thing more")
    expect(window.page.get_by_test_id("message").last).to_contain_text("one thing more")
    expect(window.text).to_be_focused()
    keys.write(window.text, " alone")
    keys.go_and_press(window.button("Send"))
    expect(window.page.get_by_test_id("message").last).to_contain_text("By keyboard alone")


def test_beginning_a_talk(at: At, office: Office) -> None:
    """A new talk with a recipient, a type and a copy."""
    window = at("b1").window("/talks/new")
    keys = Keys(window)
    keys.go_and_press(window.page.get_by_role("group", name="To").get_by_label(NAMES["gb"]), "Space")
    keys.write(window.page.get_by_label("Subject"), "Typed")
    keys.choose(window.page.get_by_label("Type"), "Invoice")
    keys.write(window.page.get_by_role("textbox", name="Message", exact=True), "Hello")
    keys.go_and_press(window.page.locator("summary"))
    keys.go_and_press(window.page.get_by_role("group", name="Copied").get_by_label(NAMES["b2"]), "Space")
    keys.go_and_press(window.button("Start the talk"))
    expect(window.heading).to_have_text("Typed")
    expect(window.page.get_by_test_id("observers")).to_have_text(NAMES["b2"])


def test_searching(at: At, office: Office) -> None:
    """The field at the top, then a narrower search, and a found message."""
    talk = office.begin("a1", "b1", text="A giraffe at the gate")
    window = at("b1").window()
    keys = Keys(window)
    keys.write(window.page.get_by_role("searchbox", name="Search the messages"), "giraffe")
    keys.press("Enter")
    expect(window.row(talk)).to_be_visible()
    keys.choose(window.page.get_by_label("From", exact=True), NAMES["a1"])
    keys.go_and_press(window.page.get_by_test_id("search-form").get_by_role("button", name="Search"))
    keys.go_and_press(window.row(talk).get_by_role("link"))
    expect(window.heading).to_have_text(talk.subject)


def test_claiming_and_handing_over(at: At, office: Office) -> None:
    """What waits in the teambox is claimed, and the talk handed over."""
    talk = office.begin("a1", BOX)
    window = at("b1").window(f"/teambox/{office.box.id}")
    keys = Keys(window)
    keys.go_and_press(window.button(f"Claim: {talk.subject}"))
    window.holds()
    keys.go_and_press(window.page.get_by_text("More", exact=True))
    keys.choose(window.page.get_by_label("Hand over to"), NAMES["gb"])
    keys.go_and_press(window.button("Hand over"))
    expect(window.page.get_by_test_id("told")).to_have_text(f"Handed over to {NAMES['gb']}.")


def test_asking_and_releasing(at: At, office: Office) -> None:
    """Asking, being asked, releasing, taking up again: the focus goes to what comes next."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    bea.holds()
    asker, asked = Keys(bert), Keys(bea)
    asker.go_and_press(bert.button("Ask to release"))
    bert.reads("You have asked for it.")
    banner = bea.page.get_by_test_id("asked-banner")
    asked.go_and_press(banner.get_by_role("button", name="Release"))
    expect(bea.button("Take it up again")).to_be_focused()
    asker.go_and_press(bert.button("Take it up again"))
    bert.holds()


def test_taking_over(at: At, office: Office) -> None:
    """The dialogue keeps the focus in it, is left by Escape, and gives the focus back to where it was."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    bea.holds()
    keys = Keys(bert)
    keys.go_and_press(bert.button("Take over …"))
    dialog = bert.page.get_by_role("dialog", name="Take over")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    for _ in range(6):
        keys.press("Tab")
        inside = "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        assert bert.page.evaluate(inside)
    keys.press("Escape")
    expect(bert.button("Take over …")).to_be_focused()
    keys.press("Enter")
    keys.write(dialog.get_by_label("Reason"), "No mouse")
    keys.press("Enter")
    bert.holds()
    bea.reads(NAMES["b2"])


def test_my_locks(at: At, office: Office) -> None:
    """The list of one's own locks, and letting go of all."""
    talk = office.begin("a1", "b1")
    person = at("b1")
    person.at(talk).holds()
    window = person.window()
    keys = Keys(window)
    keys.go_and_press(window.page.get_by_test_id("nav-locks"))
    keys.reach(window.page.get_by_test_id("my-locks").get_by_role("link", name=talk.subject))
    keys.go_and_press(window.button("Release all"))
    expect(window.page.get_by_text("You hold nothing.")).to_be_visible()
