"""Every screen of the example, ready to be looked at; and what may be wrong with a screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .desk import Somebody, Window
from .office import BOX, NAMES, Office

Signing = Callable[..., Somebody]

_AXE = Axe()
_OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}, "label-content-name-mismatch": {"enabled": True}},
}
# A target is tapped at its centre and around it, so what lies over or beside it counts.
_SMALL = """least => {
  const part = (least - 2) / 2, found = [];
  const within = document.querySelector("dialog[open]") ?? document;  // what is behind a dialog can't be tapped
  for (const one of within.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")) {
    const target = one.closest("label") ?? one;
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".skip") || one.disabled) continue;
    target.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const { left, top, width, height } = target.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const missed = [[x - part, y], [x + part, y], [x, y - part], [x, y + part]].filter(([x, y]) => {
      const hit = document.elementFromPoint(x, y);
      return !(hit && (target.contains(hit) || hit.closest("label") === target));
    });
    if (missed.length) found.push(`${one.outerHTML.slice(0, 120)}: ${Math.round(width)} × ${Math.round(height)}`);
  }
  return found;
}"""


def findings(page: Page) -> list[str]:
    """Return what axe finds on a page, one line for each element concerned."""
    found = _AXE.run(page, options=_OPTIONS).response["violations"]
    return [f"{rule['id']} ({rule['help']}): {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def too_wide(page: Page) -> int:
    """Return by how many pixels a page is wider than the window."""
    assert page.viewport_size is not None
    return max(0, int(page.evaluate("document.scrollingElement.scrollWidth")) - page.viewport_size["width"])


def too_small(page: Page, least: int = 24) -> list[str]:
    """Return what is to be tapped and can't be hit within `least` pixels around its centre."""
    return list(page.evaluate(_SMALL, least))


def _signing_in(at: Signing, office: Office, **options: Any) -> Window:
    somebody = at("b1", **options)
    somebody.context.clear_cookies()
    window = Window(somebody.context.new_page(), somebody.address)
    window.go("/sign-in")
    return window


def _refused(at: Signing, office: Office, **options: Any) -> Window:
    somebody = at("b1", **options)
    window = Window(somebody.context.new_page(), somebody.address)
    window.go("/talks/none")
    return window


def _list(path: str) -> Callable[..., Window]:
    def open_list(at: Signing, office: Office, **options: Any) -> Window:
        office.begin("a1", "b1", asks=True)
        return at("b1", **options).window(path)

    return open_list


def _locked_list(at: Signing, office: Office, **options: Any) -> Window:
    talk = office.begin("a1", "b1", asks=True)
    window = at("b1", **options).window()
    at("b2").at(talk).holds()
    expect(window.mark(talk)).to_contain_text(NAMES["b2"])
    return window


def _teambox(at: Signing, office: Office, **options: Any) -> Window:
    office.begin("a1", BOX)
    return at("b1", **options).window(f"/teambox/{office.box.id}")


def _drafts(at: Signing, office: Office, **options: Any) -> Window:
    talk = office.begin("a1", "b1")
    with office.desk("b1") as desk:
        desk.talks.draft(desk.messages.get(talk.message).ref, "Not yet finished")
    return at("b1", **options).window("/drafts")


def _locks(at: Signing, office: Office, **options: Any) -> Window:
    talk = office.begin("a1", "b1")
    person = at("b1", **options)
    person.at(talk).holds()
    window = person.window("/locks")
    expect(window.page.get_by_test_id("my-locks").get_by_role("link", name=talk.subject)).to_be_visible()
    return window


def _talk(at: Signing, office: Office, **options: Any) -> Window:
    talk = office.begin("a1", "b1", asks=True, observers=["gb"], text="A question.\n\nIt has two paragraphs. " * 6)
    window = at("b1", **options).at(talk)
    window.holds()
    window.page.locator("summary").last.click()
    return window


def _locked_talk(at: Signing, office: Office, **options: Any) -> Window:
    talk = office.begin("a1", "b1", asks=True)
    at("b2").at(talk).holds()
    window = at("b1", **options).at(talk)
    expect(window.lock).to_have_attribute("data-state", "other")
    return window


def _forcing(at: Signing, office: Office, **options: Any) -> Window:
    window = _locked_talk(at, office, **options)
    window.page.locator("#lock-force").click()
    expect(window.page.get_by_role("dialog")).to_be_visible()
    return window


def _asked(at: Signing, office: Office, **options: Any) -> Window:
    talk = office.begin("a1", "b1")
    window = at("b1", **options).at(talk)
    window.holds()
    asker = at("b2").at(talk)
    asker.button("Ask to release").click()
    expect(window.page.get_by_test_id("asked-banner")).to_be_visible()
    return window


def _observed_talk(at: Signing, office: Office, **options: Any) -> Window:
    talk = office.begin("b1", "a1", observers=["ga"])
    window = at("ga", **options).window(talk.path)
    expect(window.page.get_by_test_id("no-answer")).to_be_visible()
    return window


SCREENS: dict[str, Callable[..., Window]] = {
    "sign-in": _signing_in,
    "all": _list("/inbox/all"),
    "mine": _list("/inbox/mine"),
    "shared": _list("/inbox/shared"),
    "archived": _list("/inbox/archived"),
    "held": _locked_list,
    "teambox": _teambox,
    "drafts": _drafts,
    "search": _list("/search"),
    "found": _list("/search?text=Case"),
    "locks": _locks,
    "new-talk": _list("/talks/new"),
    "talk": _talk,
    "talk-held": _locked_talk,
    "talk-asked": _asked,
    "force": _forcing,
    "observed": _observed_talk,
    "refused": _refused,
}
"""Called as ``SCREENS[name](at, office, **options)``, with options for the browser of who looks."""
