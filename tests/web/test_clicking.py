"""Clicking locks, and everybody who could act in the holder's place sees it: several people, a window or more each."""

from __future__ import annotations

from playwright.sync_api import expect

from .cable import Cable
from .conftest import At
from .office import BOX, NAMES, Office


def test_l1_a_click_locks_and_the_colleague_sees_it(at: At, office: Office) -> None:
    """L1: who clicks a talk has it; a colleague's list says so at once, and their page of it can only be read."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").window(), at("b2").window()
    bea.click(talk)
    bea.holds()
    expect(bert.mark(talk)).to_contain_text(f"{NAMES['b1']} is on this since")
    bert.click(talk)
    bert.reads(NAMES["b1"])


def test_l1_clicking_another_releases_the_former(at: At, office: Office) -> None:
    """L1, L3: who goes on to another talk, or back to the list, lets go of the one before."""
    first, second = office.begin("a1", "b1"), office.begin("a1", "b1")
    bea, bert = at("b1").window(), at("b2").window()
    bea.click(first)
    expect(bert.mark(first)).to_contain_text(NAMES["b1"])
    bea.page.get_by_test_id("nav-all").click()
    expect(bert.mark(first)).to_be_hidden()
    bea.click(second)
    expect(bert.mark(second)).to_contain_text(NAMES["b1"])
    bea.go(first.path)
    bea.holds()
    expect(bert.mark(first)).to_contain_text(NAMES["b1"])
    expect(bert.mark(second)).to_be_hidden()


def test_l1_both_sides_write_and_never_learn_of_each_other(at: At, office: Office) -> None:
    """L1: the other side holds the talk at the same time; neither list nor page tells one side of the other."""
    talk = office.begin("a1", "b1")
    anna, arno, bea = at("a1").at(talk), at("a2").window(), at("b1").at(talk)
    anna.holds()
    bea.holds()
    expect(arno.mark(talk)).to_contain_text(NAMES["a1"])
    expect(arno.mark(talk)).not_to_contain_text(NAMES["b1"])
    bea.text.fill("From the broker.")
    bea.button("Send").click()
    expect(anna.page.get_by_test_id("message").last).to_contain_text("From the broker.")
    anna.holds()
    anna.text.fill("From the client.")
    anna.button("Send").click()
    expect(bea.page.get_by_test_id("message").last).to_contain_text("From the client.")


def test_l1_an_observer_is_never_told(at: At, office: Office) -> None:
    """L1: who is only copied takes no lock, and is shown none: not before it begins, not while it lasts, not after."""
    talk = office.begin("b1", "a1", observers=["ga"])
    early = at("ga").window()
    at("b1").at(talk).holds()
    at("a1").at(talk).holds()
    late = at("ga").window(talk.path)
    expect(late.page.get_by_test_id("no-answer")).to_be_visible()
    expect(late.lock).to_have_count(0)
    office.answer("b1", talk, "Something that is shown to all.")
    expect(late.page.get_by_test_id("message").last).to_contain_text("shown to all")
    expect(early.row(talk)).to_contain_text("shown to all")
    expect(early.mark(talk)).to_be_hidden()


def test_l1_a_teambox_item_is_locked_for_its_members(at: At, office: Office) -> None:
    """L1: what waits in a teambox is locked for all its members, sharing or not; claiming it is refused."""
    talk = office.begin("a1", BOX)
    gitta, bert = at("ga").window(f"/teambox/{office.box.id}"), at("b2").at(talk)
    bert.holds()
    expect(gitta.mark(talk)).to_contain_text(f"{NAMES['b2']} is on this")
    gitta.button(f"Claim: {talk.subject}").click()
    expect(gitta.heading).to_have_text("Not done: somebody else is at work on this talk.")
    expect(gitta.page.get_by_test_id("problem-detail")).to_contain_text(NAMES["b2"])
    bert.holds()


def test_l2_who_comes_later_sees_the_picture_first(at: At, office: Office, cable: Cable) -> None:
    """L2: a list opened later, or returned to, shows what is locked before any event could tell."""
    talk = office.begin("a1", "b1")
    bea = at("b1").at(talk)
    bea.holds()
    bert = at("b2").window()
    expect(bert.mark(talk)).to_contain_text(f"{NAMES['b1']} is on this")
    bert.click(talk)
    bert.reads(NAMES["b1"])
    bert.page.go_back(wait_until="commit")
    expect(bert.mark(talk)).to_contain_text(f"{NAMES['b1']} is on this")
    bert.page.reload()
    expect(bert.mark(talk)).to_contain_text(f"{NAMES['b1']} is on this")


def test_l2_returning_after_a_release_shows_it_free(at: At, office: Office) -> None:
    """L2: a list returned to by the browser's «back» shows no lock that ended meanwhile."""
    talk, other = office.begin("a1", "b1"), office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").window()
    bea.holds()
    expect(bert.mark(talk)).to_contain_text(NAMES["b1"])
    bert.click(other)
    bert.holds()
    bea.button("Release").click()
    expect(bea.lock).to_have_attribute("data-state", "free")
    bert.page.go_back(wait_until="commit")
    expect(bert.mark(talk)).to_be_hidden()
    bert.page.go_forward(wait_until="commit")
    expect(bert.heading).to_have_text(other.subject)
    bert.holds()


def test_l3_closing_the_tab_frees_at_once(at: At, office: Office) -> None:
    """L3: whose tab is closed lets go; who waits on the talk's page takes it up, and writes."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    bea.holds()
    bert.reads(NAMES["b1"])
    bea.close()
    expect(bert.lock).to_have_attribute("data-state", "free")
    bert.button("Take it up again").click()
    bert.holds()


def test_l3_my_locks_are_listed_and_released(at: At, office: Office) -> None:
    """L3: the list of my locks names them, and lets go of all at once; the windows turn read-only."""
    first, second = office.begin("a1", "b1"), office.begin("a1", "b1")
    person = at("b1")
    windows = [person.at(talk) for talk in (first, second)]
    for window in windows:
        window.holds()
    listed = person.window("/locks")
    for talk in (first, second):
        expect(listed.page.get_by_test_id("my-locks")).to_contain_text(talk.subject)
    listed.button("Release all").click()
    expect(listed.page.get_by_text("You hold nothing.")).to_be_visible()
    for window in windows:
        window.reads(state="free")


def test_l7_who_moved_it_and_where_to(at: At, office: Office) -> None:
    """L7: what was handed over, or claimed, carries a note for the colleagues who see it, early and late."""
    handed, claimed = office.begin("a1", "b1"), office.begin("a1", BOX)
    early = at("b2").window()
    bea = at("b1").at(handed)
    bea.holds()
    bea.page.get_by_text("More", exact=True).click()
    bea.page.get_by_label("Hand over to").select_option(label=NAMES["ga"])
    bea.button("Hand over").click()
    expect(bea.page.get_by_test_id("told")).to_have_text(f"Handed over to {NAMES['ga']}.")
    bea.close()
    with office.desk("b1") as desk:  # on the web its page opens then, which clicks it, and so ends the note
        desk.teambox(office.box.id).claim(claimed.id)
    late = at("b2").window()
    for window in (early, late):
        expect(window.mark(handed)).to_contain_text(f"handed over by {NAMES['b1']}")
        expect(window.mark(claimed)).to_contain_text(f"claimed by {NAMES['b1']}")


def test_l7_what_is_gone_is_taken_from_open_windows(at: At, office: Office) -> None:
    """L7, V5: a talk somebody sees no more leaves their open list, and their open page of it, without particulars."""
    talk = office.begin("a1", "b1")
    reader, listing = at("gb").at(talk), at("gb").window()
    expect(listing.row(talk)).to_be_visible()
    with office.system() as system:
        [shared] = [group for group in system.groups.list() if group.name == "B+"]
        system.groups.share_cases(shared.id, False)
    try:
        expect(listing.row(talk)).to_have_count(0)
        expect(reader.page.get_by_test_id("gone")).to_have_text("This talk is not there for you any more.")
        expect(reader.page.get_by_text(talk.subject)).to_have_count(0)
    finally:
        with office.system() as system:
            system.groups.share_cases(shared.id, True)
