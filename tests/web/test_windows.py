"""Several windows of one person: each its own, the newer one writes, and no free moment between."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import At
from .desk import Window
from .office import NAMES, Office


def test_l4_the_newer_window_takes_over_and_gives_back(at: At, office: Office) -> None:
    """L4: the newer window writes, the older reads and gets it back when the newer closes; no colleague ever does."""
    talk = office.begin("a1", "b1")
    person, bert = at("b1"), at("b2").window()
    older = person.at(talk)
    older.holds()
    newer = person.at(talk)
    newer.holds()
    older.reads("another window", state="own-window")
    expect(bert.mark(talk)).to_contain_text(NAMES["b1"])
    seen = _marks(bert)
    newer.close()
    older.holds()
    expect(bert.row(office.begin("a1", "b2"))).to_be_visible()  # whatever was told before has been drawn
    assert not [text for text in bert.page.evaluate(seen) if NAMES["b1"] not in text]
    older.text.fill("Written in the older one")
    older.button("Send").click()
    expect(older.page.get_by_test_id("told")).to_have_text("Your answer is sent.")


def _marks(window: Window) -> str:
    """Note each mark that a list shows from now on on its first row; return what gives them."""
    window.page.evaluate("""() => {
      window.marks = [];
      const first = document.querySelector(".mark:not([hidden])");
      new MutationObserver(() => window.marks.push(first.hidden ? "" : first.textContent))
        .observe(first, { attributes: true, childList: true });
    }""")
    return "window.marks"


def test_l4_the_older_window_can_take_it_up_itself(at: At, office: Office) -> None:
    """L4: going back to the older window and taking it up makes that one the newer; the text went along as a draft."""
    talk = office.begin("a1", "b1")
    person = at("b1")
    older = person.at(talk)
    older.holds()
    newer = person.at(talk)
    newer.holds()
    newer.text.fill("Begun in the newer one")
    expect(newer.page.get_by_test_id("draft-state")).to_contain_text("Draft saved")
    older.page.reload()
    older.holds()
    newer.reads("another window", state="own-window")
    expect(older.text).to_have_value("Begun in the newer one")


def test_l4_a_stale_window_of_ones_own_is_refused(at: At, office: Office) -> None:
    """L4, L6: the older window's answer is refused too, with the text kept, so that one's own windows don't collide."""
    talk = office.begin("a1", "b1")
    person = at("b1")
    older = person.at(talk)
    older.holds()
    held = older.page.evaluate("Object.fromEntries(new FormData(document.getElementById('answer')))")
    newer = person.at(talk)
    newer.holds()
    answer = person.context.request.post(
        f"{person.address}{talk.path}/answer", form=held | {"text": "Late"}, headers={"Origin": person.address}
    )
    assert 409 == answer.status
    assert "Another window of yours has taken over" in answer.text()
    assert ("Late", 1) == (office.drafted(talk, "b1"), len(office.said(talk, "b1")))


def test_l4_two_windows_on_two_talks(at: At, office: Office) -> None:
    """L4: each window has its own focus; the colleague sees both, and the one that is closed alone becomes free."""
    first, second = office.begin("a1", "b1"), office.begin("a1", "b1")
    person, bert = at("b1"), at("b2").window()
    windows = [person.at(talk) for talk in (first, second)]
    for window in windows:
        window.holds()
    for talk in (first, second):
        expect(bert.mark(talk)).to_contain_text(NAMES["b1"])
    windows[0].close()
    expect(bert.mark(first)).to_be_hidden()
    expect(bert.mark(second)).to_contain_text(NAMES["b1"])
    windows[1].holds()


@pytest.mark.parametrize("copied", [True, False], ids=["with-storage", "without"])
def test_l4_a_duplicated_tab_is_a_window_of_its_own(at: At, office: Office, copied: bool) -> None:
    """L4: a tab opened from another, its storage copied, is a newer window, and not the same one twice."""
    talk = office.begin("a1", "b1")
    person = at("b1")
    first = person.at(talk)
    first.holds()
    with person.context.expect_page() as opened:
        first.page.evaluate("how => { window.open(location.href, '_blank', how) }", "" if copied else "noopener")
    second = Window(opened.value, person.address)
    second.holds()
    first.reads("another window", state="own-window")
    ids = {
        window.page.evaluate("document.querySelector('#answer input[name=window]').value") for window in (first, second)
    }
    assert 2 == len(ids)
    second.close()
    first.holds()


def test_l2_reload_keeps_the_lock_or_takes_it_anew(at: At, office: Office) -> None:
    """L2, T10: after a reload the talk is this person's to write, with what they wrote; the colleague never had it."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    bea.holds()
    bert.reads(NAMES["b1"])
    bea.text.fill("Before the reload")
    bea.page.reload()
    bea.holds()
    expect(bea.text).to_have_value("Before the reload")
    bert.reads(NAMES["b1"])
    bea.button("Send").click()
    expect(bea.page.get_by_test_id("told")).to_have_text("Your answer is sent.")
    assert ["Before the reload"] == office.said(talk, "b1")[1:]


def test_l4_signing_in_elsewhere_is_a_window_too(at: At, office: Office) -> None:
    """L4: another browser of the same person is another window of theirs, not a stranger's."""
    talk = office.begin("a1", "b1")
    desktop, phone = at("b1").at(talk), at("b1")
    desktop.holds()
    newer = phone.at(talk)
    newer.holds()
    desktop.reads("another window", state="own-window")
    newer.button("Release").click()
    desktop.holds()
