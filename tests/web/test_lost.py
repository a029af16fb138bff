"""Windows that go without a word: crashed, cut off, asleep, behind others. The lease decides, and nobody is misled."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import CDPSession, Error, Page, expect

from servers.web import WebExample

from .cable import Cable
from .conftest import At
from .desk import Window
from .office import NAMES, Begun, Office

OVER = 30_000
"""Milliseconds after which a lease of seconds must be over, on a slow machine too."""


def waits_until_free(window: Window, talk: Begun) -> None:
    """Wait until a list shows a talk as free."""
    expect(window.mark(talk)).to_be_hidden(timeout=OVER)


def test_l3_a_crashed_tab_is_freed(at: At, office: Office, quick: WebExample) -> None:
    """L3: a tab that dies without a word lets go within its lease, and what was typed a while ago is a draft."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1", address=quick.address).at(talk), at("b2", address=quick.address).window()
    bea.holds()
    bea.text.fill("Last words")
    expect(bea.page.get_by_test_id("draft-state")).to_contain_text("Draft saved")
    expect(bert.mark(talk)).to_contain_text(NAMES["b1"])
    with suppress(Error):
        bea.page.goto("chrome://crash")
    waits_until_free(bert, talk)
    assert "Last words" == office.drafted(talk, "b1")


def test_l3_a_cable_that_goes_silent(at: At, office: Office, quick: WebExample) -> None:
    """L3, L6: who is cut off without anybody being told sees soon that nothing is sure, and the talk becomes free."""
    talk = office.begin("a1", "b1")
    with Cable(quick.port) as cable:
        bea, bert = at("b1", address=cable.address).at(talk), at("b2", address=quick.address).window()
        bea.holds()
        expect(bert.mark(talk)).to_contain_text(NAMES["b1"])
        cable.silence()
        bea.reads("No connection", state="lost")
        waits_until_free(bert, talk)
        bert.click(talk)
        bert.holds()
        cable.mend()
        expect(bea.lock).to_have_attribute("data-state", "other", timeout=OVER)
        bea.reads(NAMES["b2"])


def test_l3_a_short_break_changes_nothing(at: At, office: Office, cable: Cable) -> None:
    """L3: a connection that breaks and is back within the lease costs nothing; what happened meanwhile is shown."""
    talk = office.begin("a1", "b1")
    bea, listing = at("b1", address=cable.address).at(talk), at("b2", address=cable.address).window()
    bea.holds()
    cable.cut()
    new = office.begin("a1", "b1")
    office.answer("a1", talk, "Said meanwhile")
    for window in (bea, listing):
        expect(window.page.get_by_test_id("connection")).to_have_attribute("data-state", "offline")
    cable.mend()
    for window in (bea, listing):
        expect(window.page.get_by_test_id("connection")).to_have_attribute("data-state", "live", timeout=OVER)
    if bea.lock.get_attribute("data-state") == "free":  # a slow machine took longer than the server waits
        bea.button("Take it up again").click()
    bea.holds()
    expect(bea.page.get_by_test_id("message").last).to_contain_text("Said meanwhile")
    expect(listing.row(new)).to_be_visible()
    expect(listing.mark(talk)).to_contain_text(NAMES["b1"])
    bea.text.fill("After the break")
    bea.button("Send").click()
    expect(bea.page.get_by_test_id("told")).to_have_text("Your answer is sent.")


def test_l3_offline_and_back(at: At, office: Office) -> None:
    """L3, T10: a browser that knows it is offline keeps what is typed, and saves it when it is back."""
    talk = office.begin("a1", "b1")
    person = at("b1")
    bea = person.at(talk)
    bea.holds()
    person.context.set_offline(True)
    bea.text.fill("Typed in the tunnel")
    expect(bea.page.get_by_test_id("draft-state")).to_contain_text("could not be saved")
    person.context.set_offline(False)
    expect(bea.page.get_by_test_id("draft-state")).to_contain_text("Draft saved", timeout=OVER)
    bea.holds()
    expect(bea.text).to_have_value("Typed in the tunnel")
    assert "Typed in the tunnel" == office.drafted(talk, "b1")


def test_l3_a_server_that_is_started_anew(at: At, office: Office, database: str) -> None:
    """L3, T10: a server is killed and started again, and all sign in anew: the lock and the text are still theirs."""
    talk = office.begin("a1", "b1")
    bert = at("b2").at(talk)
    bert.button("Release").click()
    with WebExample(database) as server:
        person = at("b1", address=server.address)
        bea = person.at(talk)
        bea.holds()
        bea.text.fill("Before the end of the server")
        server.kill()
        expect(bea.page.get_by_test_id("connection")).to_have_attribute("data-state", "offline")
        bert.reads(NAMES["b1"])
        server.start()
        bea.page.get_by_test_id("person-b1").click(timeout=OVER)
        bea.go(talk.path)
        bea.holds()
        expect(bea.text).to_have_value("Before the end of the server")
        bert.reads(NAMES["b1"])


Tab = tuple[Begun, Window, Page, CDPSession]
"""A talk, a tab that holds it, an empty tab to put before that, and the way to freeze it."""


def tab(at: At, office: Office, server: WebExample) -> Tab:
    """Open a talk in a tab of a real window."""
    talk = office.begin("a1", "b1")
    person = at("b1", address=server.address, tabs=True)
    window = person.at(talk)
    window.holds()
    return talk, window, person.context.new_page(), person.context.new_cdp_session(window.page)


def test_l3_a_hidden_tab_keeps_its_lock(at: At, office: Office, quick: WebExample) -> None:
    """L3: a tab behind others goes on holding, past the lease of a visible one, and is as it was when shown again."""
    talk, bea, front, _ = tab(at, office, quick)
    bert = at("b2", address=quick.address).window()
    front.bring_to_front()
    expect(bea.page.get_by_test_id("connection")).to_have_attribute("data-state", "hidden")
    front.wait_for_timeout(6_000)  # longer than a visible window may be silent
    expect(bert.mark(talk)).to_contain_text(NAMES["b1"])
    bea.page.bring_to_front()
    bea.live()
    bea.holds()


def test_l3_a_frozen_tab_loses_and_is_told(at: At, office: Office, quick: WebExample) -> None:
    """L3, L6: a frozen tab loses its lock to a colleague; thawed, it is read-only and says who has it, since when."""
    talk, bea, front, browser = tab(at, office, quick)
    bert = at("b2", address=quick.address).window()
    bea.text.fill("Frozen words")
    front.bring_to_front()
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    waits_until_free(bert, talk)
    bert.click(talk)
    bert.holds()
    bea.page.bring_to_front()
    bea.reads(NAMES["b2"], "since")
    expect(bea.text).to_have_value("Frozen words")
    assert "Frozen words" == office.drafted(talk, "b1")


def test_l3_a_frozen_tab_that_nobody_robbed_goes_on(at: At, office: Office, web: WebExample) -> None:
    """L3: thawed in time, a tab holds what it held."""
    _, bea, front, browser = tab(at, office, web)
    front.bring_to_front()
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    bea.page.bring_to_front()
    bea.live()
    bea.holds()


def test_l2_back_from_the_browsers_cache(at: At, office: Office, web: WebExample) -> None:
    """L2: a page that comes back from the cache shows what is so now: taken meanwhile, it is read-only."""
    talk, bea, _, _ = tab(at, office, web)
    bea.page.bring_to_front()
    bea.page.evaluate("window.kept = true")
    bert = at("b2", address=web.address).at(talk)
    bert.reads(NAMES["b1"])
    bea.page.get_by_test_id("nav-drafts").click()
    expect(bert.lock).to_have_attribute("data-state", "free")
    bert.button("Take it up again").click()
    bert.holds()
    bea.page.go_back(wait_until="commit")
    bea.reads(NAMES["b2"])
    assert bea.page.evaluate("window.kept === true"), "the page was not kept in the cache"
    bert.close()
    expect(bea.lock).to_have_attribute("data-state", "free")


def test_l1_across_processes(at: At, office: Office, quick: WebExample) -> None:
    """L1, I2: two processes serve one database: what happens at one is shown at the other."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2", address=quick.address).window()
    bea.holds()
    expect(bert.mark(talk)).to_contain_text(NAMES["b1"])
    bea.button("Release").click()
    expect(bert.mark(talk)).to_be_hidden()
    bert.click(talk)
    bert.holds()
    bea.reads(NAMES["b2"])
