"""The screens without locks: signing in, lists, search, reading, answering, the teambox, both languages."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from servers.web import WebExample

from .conftest import At
from .desk import Window
from .office import BOX, NAMES, Office


def test_people_sign_in_and_out(at: At, web: WebExample) -> None:
    """Who is not signed in is shown the people to choose from, wherever they want to go; who signs out, again."""
    page = at("b1").context.new_page()
    page.context.clear_cookies()
    page.goto(f"{web.address}/drafts")
    page.get_by_role("button", name=f"Continue as {NAMES['b1']}").click()
    expect(page.get_by_test_id("me")).to_contain_text(NAMES["b1"])
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto(f"{web.address}/inbox/all")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_t5_three_headings(at: At, office: Office) -> None:
    """T5: mine, teambox and shared: each list shows its own, with the number of the unread in the navigation."""
    mine, boxed, shared = office.begin("a1", "b1"), office.begin("a1", BOX), office.begin("a1", "b2")
    window = at("b1").window()
    badge = window.page.get_by_test_id("nav-mine").locator(".badge")
    before = int(badge.inner_text().split()[0])
    for heading, talk in (("mine", mine), ("teambox", boxed), ("shared", shared)):
        window.page.get_by_test_id(f"nav-{heading}").click()
        expect(window.row(talk)).to_contain_text("Unread")
        for other in {mine, boxed, shared} - {talk}:
            expect(window.row(other)).to_have_count(0)
    window.page.get_by_test_id("nav-mine").click()
    window.click(mine)
    window.button("Mark as read").click()
    expect(window.page.get_by_test_id("told")).to_have_text("Marked as read.")
    expect(badge).to_contain_text(f"{before - 1}")


def test_t5_a_new_talk_appears_by_itself(at: At, office: Office) -> None:
    """T5, V13: what arrives is shown in the open list without a reload, and counted; others' talks are not."""
    window = at("b1").window("/inbox/mine")
    hidden = office.begin("x1", "b2", confidential=True)
    talk = office.begin("a2", "b1")
    expect(window.row(talk)).to_be_visible()
    window.page.get_by_test_id("nav-all").click()
    expect(window.row(talk)).to_be_visible()
    expect(window.row(hidden)).to_have_count(0)


def test_t7_search(at: At, office: Office) -> None:
    """T7: words, author and recipient together find what holds for all; nothing found is said."""
    wanted = office.begin("a1", "b1", text="The zebra crossing at gate nine needs paint.")
    office.begin("a2", "b1", text="The zebra is gone.")
    window = at("b1").window()
    window.page.get_by_role("searchbox").first.fill("zebra")
    window.page.keyboard.press("Enter")
    rows = window.page.get_by_test_id("talk-row")
    expect(rows.first).to_be_visible()
    assert rows.count() >= 2

    window.page.get_by_label("From", exact=True).select_option(label=NAMES["a1"])
    window.page.get_by_label("To", exact=True).select_option("person:b1")
    window.page.get_by_label("Only unread").check()
    window.page.get_by_test_id("search-form").get_by_role("button", name="Search").click()
    for row in rows.all():
        expect(row).to_contain_text(f"From {NAMES['a1']}")
    expect(window.row(wanted)).to_be_visible()

    window.page.get_by_label("Words").fill("zebrafish")
    window.page.get_by_test_id("search-form").get_by_role("button", name="Search").click()
    expect(window.page.get_by_text("Nothing found.")).to_be_visible()


def test_t3_reading_and_answering(at: At, office: Office) -> None:
    """T3, T4: a question is read and answered; the asker sees the answer, and that it was answered."""
    talk = office.begin("a1", "b1", text="May we pay?", asks=True)
    window, asker = at("b1").window(), at("a1").at(talk)
    expect(window.row(talk)).to_contain_text("Wants an answer")
    window.click(talk)
    window.holds()
    window.text.fill("Yes, please do.")
    window.button("Send").click()
    expect(window.page.get_by_test_id("told")).to_have_text("Your answer is sent.")
    expect(asker.page.get_by_test_id("message")).to_have_count(2)
    expect(asker.page.get_by_test_id("message").last).to_contain_text("Yes, please do.")
    expect(asker.page.get_by_test_id("message").first).to_contain_text("Answered")
    assert ["May we pay?", "Yes, please do."] == office.said(talk, "a1")


def test_t2_answering_in_a_colleagues_place(at: At, office: Office) -> None:
    """T2: a colleague answers for whom it was addressed to, and both are named."""
    talk = office.begin("a1", "b1")
    window = at("b2").at(talk)
    window.holds()
    window.text.fill("Bea is away; this is fine.")
    window.button("Send").click()
    last = window.page.get_by_test_id("message").last
    expect(last).to_contain_text(NAMES["b2"])
    expect(last).to_contain_text(f"for {NAMES['b1']}")


def test_t10_a_draft_is_kept_while_typing(at: At, office: Office) -> None:
    """T10: what is typed is there again later, in the list of drafts too, and nobody else is shown it."""
    talk = office.begin("a1", "b1")
    person = at("b1")
    window = person.at(talk)
    window.holds()
    window.text.press_sequentially("Half a thou")
    expect(window.page.get_by_test_id("draft-state")).to_contain_text("Draft saved")
    window.close()
    again = person.window("/drafts")
    expect(again.row(talk)).to_contain_text("Half a thou")
    again.click(talk)
    again.holds()
    expect(again.text).to_have_value("Half a thou")
    assert (None, "Half a thou") == (office.drafted(talk, "b2"), office.drafted(talk, "b1"))


def test_t10_a_draft_is_kept_when_the_tab_is_closed_at_once(at: At, office: Office) -> None:
    """T10: who types and closes the tab in the same second finds what they wrote."""
    talk = office.begin("a1", "b1")
    person = at("b1")
    window = person.at(talk)
    window.holds()
    window.text.fill("Typed and gone")
    window.close()
    deadline = time.monotonic() + 10
    while office.drafted(talk, "b1") is None and time.monotonic() < deadline:
        time.sleep(0.05)  # sent by a tab that is no more
    again = person.at(talk)
    again.holds()
    expect(again.text).to_have_value("Typed and gone")


def test_t10_leaving_in_mid_sentence_keeps_it(at: At, office: Office) -> None:
    """T10: whatever is pressed in the same second, another language or a mark, what was typed is there afterwards."""
    talk = office.begin("a1", "b1")
    window = at("b1").at(talk)
    window.holds()
    window.text.fill("Mid sen")
    window.button("Mark as read").click()
    expect(window.page.get_by_test_id("told")).to_be_visible()
    window.holds()
    expect(window.text).to_have_value("Mid sen")
    window.text.fill("Mid sentence")
    window.button("Deutsch").click()
    expect(window.lock).to_contain_text("Sie arbeiten")
    expect(window.text).to_have_value("Mid sentence")


def test_t10_a_page_made_before_the_draft_was_kept(at: At, office: Office) -> None:
    """T10: where the next page comes from before the last words were kept, they are there nevertheless."""
    talk = office.begin("a1", "b1")
    window = at("b1").at(talk)
    window.holds()
    draft = window.page.get_by_test_id("draft-state")
    window.text.fill("Mid sen")
    expect(draft).to_contain_text("Draft saved")
    window.page.route("**/draft", lambda route: route.fulfill(status=204))  # it reaches the server later
    window.text.fill("Mid sentence")
    expect(draft).to_contain_text("Saving")
    expect(draft).to_contain_text("Draft saved")
    window.page.unroute("**/draft")
    window.page.reload()
    expect(window.text).to_have_value("Mid sentence")
    expect(draft).to_contain_text("Draft saved")


def test_t10_what_another_window_wrote_later_stays(at: At, office: Office) -> None:
    """T10: a draft that was kept, and changed elsewhere since, is not put back by this tab."""
    talk = office.begin("a1", "b1")
    window = at("b1").at(talk)
    window.holds()
    window.text.fill("First")
    expect(window.page.get_by_test_id("draft-state")).to_contain_text("Draft saved")
    with office.desk("b1") as desk:
        [item] = [draft.item for draft in desk.talks.drafts() if draft.text == "First"]
        desk.talks.draft(item, "Later, elsewhere")
    window.page.reload()
    expect(window.text).to_have_value("Later, elsewhere")


def test_g5_claiming_and_putting_back(at: At, office: Office) -> None:
    """G5: what waits in the teambox is claimed by one, shown as theirs to the others, and put back."""
    talk = office.begin("a1", BOX)
    path = f"/teambox/{office.box.id}"
    bea, bert = at("b1").window(path), at("b2").window(path)
    waiting, claimed = bert.page.get_by_test_id("waiting"), bert.page.get_by_test_id("claimed")
    expect(waiting.get_by_text(talk.subject)).to_be_visible()

    bea.button(f"Claim: {talk.subject}").click()
    expect(bea.heading).to_have_text(talk.subject)
    expect(bea.page.get_by_text("Claimed by you")).to_be_visible()
    expect(claimed.get_by_role("listitem").filter(has_text=talk.subject)).to_contain_text(f"{NAMES['b1']} takes care")

    bea.button("Put back").click()
    expect(waiting.get_by_text(talk.subject)).to_be_visible()


def test_a_talk_is_begun(at: At, office: Office) -> None:
    """T1: somebody writes to a colleague with a copy; what is missing is asked for, and nothing filled in is lost."""
    window = at("b1").window("/talks/new")
    window.page.get_by_label("Subject").fill("A new beginning")
    text = window.page.get_by_role("textbox", name="Message", exact=True)
    text.fill("Hello Georg")
    window.button("Start the talk").click()
    expect(window.page.get_by_role("alert")).to_be_visible()
    expect(text).to_have_value("Hello Georg")
    window.page.get_by_role("group", name="To").get_by_label(NAMES["gb"]).check()
    window.button("Start the talk").click()
    expect(window.heading).to_have_text("A new beginning")
    expect(window.page.get_by_test_id("participants")).to_contain_text(NAMES["gb"])


def test_t9_a_talk_is_archived_and_restored(at: At, office: Office) -> None:
    """T9: what is archived leaves the lists, and comes back by hand."""
    talk = office.begin("a1", "b1")
    window = at("b1").at(talk)
    window.button("Archive").click()
    expect(window.page.get_by_test_id("told")).to_have_text("Archived.")
    expect(window.row(talk)).to_have_count(0)
    window.page.get_by_test_id("nav-archived").click()
    window.click(talk)
    window.button("Restore").click()
    window.go("/inbox/all")
    expect(window.row(talk)).to_be_visible()


@pytest.mark.parametrize(("locale", "heading"), [("de-DE", "Alle"), ("en-GB", "All"), ("fr-FR", "All")])
def test_the_browsers_language_is_spoken(at: At, locale: str, heading: str) -> None:
    """German and English are spoken as the browser asks, English to all others."""
    window = at("b1", locale=locale).window()
    expect(window.heading).to_have_text(heading)
    assert window.page.locator("html").get_attribute("lang") == ("de" if locale == "de-DE" else "en")


def test_the_language_is_chosen(at: At, office: Office) -> None:
    """The language is changed on the spot, stays chosen, and the texts of the page's program follow."""
    talk = office.begin("a1", "b1")
    window = at("b1").at(talk)
    window.button("Deutsch").click()
    expect(window.heading).to_have_text(talk.subject)
    expect(window.lock).to_contain_text("Sie arbeiten")
    window.go("/inbox/mine")
    expect(window.heading).to_have_text("Meine")


def test_v12_what_is_not_mine_is_not_there(at: At, office: Office) -> None:
    """V12: somebody without access gets the very page of an id never issued, whatever they try."""
    talk = office.begin("gb", "ga", confidential=True)
    never = talk.id[:-2] + ("1" if talk.id[-2] == "0" else "0") + talk.id[-1]  # the last digit tells the kind
    window = at("x1").window()

    def answers(id: str) -> list[tuple[int, str]]:
        get, post = window.page.request.get, window.page.request.post
        here = {"Origin": window.page.url.split("/inbox")[0]}
        home = here["Origin"]
        form = {"message": talk.message, "text": "x", "to": "person:b1", "who": "person:b1", "talk": id, "reason": "x"}
        verbs = ("answer", "draft", "read", "archive", "restore", "hand-over", "observers/add", "dismiss", "waive")
        came = [get(f"{home}/talks/{id}")]
        came += [post(f"{home}/talks/{id}/{verb}", form=form, headers=here, max_redirects=0) for verb in verbs]
        came += [post(f"{home}/teambox/{office.box.id}/claim", form=form, headers=here, max_redirects=0)]
        return [(answer.status, answer.text().replace(id, "ID")) for answer in came]

    assert answers(never) == answers(talk.id)
    window.go(talk.path)
    expect(window.heading).to_have_text("There is nothing here for you.")
    expect(window.page.get_by_text(talk.subject)).to_have_count(0)


def test_v12_a_foreign_teambox_is_not_there(at: At, office: Office) -> None:
    """V12: the teambox of a group that somebody is not in shows nothing."""
    window = at("a1").window()
    expect(window.page.get_by_test_id("nav-box-Schaden")).to_have_count(0)
    window.go(f"/teambox/{office.box.id}")
    expect(window.page.get_by_test_id("talk-row")).to_have_count(0)


def test_another_site_can_do_nothing(at: At, office: Office) -> None:
    """Requests that a foreign page sends with somebody's cookie are turned away."""
    talk = office.begin("a1", "b1")
    person = at("b1")
    post = person.context.request.post
    for headers in ({"Origin": "https://evil.example"}, {}, {"Origin": "null"}):
        answer = post(f"{person.address}{talk.path}/archive", headers=headers, max_redirects=0)
        assert 403 == answer.status


def test_texts_are_shown_as_they_are(at: At, office: Office) -> None:
    """A message with the look of a program is text, in the page and in the list."""
    talk = office.begin("a1", "b1", text="<script>document.title='gone'</script><b>bold</b>")
    window: Window = at("b1").window()
    expect(window.row(talk)).to_contain_text("<b>bold</b>")
    window.click(talk)
    expect(window.page.get_by_test_id("message")).to_contain_text("<script>document.title='gone'</script>")
    assert "gone" != window.page.title()
