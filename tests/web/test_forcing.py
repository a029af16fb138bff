"""Asking somebody to let go, taking a talk over with a reason, and what happens to what the other was writing."""

from __future__ import annotations

from playwright.sync_api import expect

from .conftest import At
from .desk import Window
from .office import NAMES, Office

REASON = "The client is on the phone"


def force(window: Window, reason: str = REASON) -> None:
    """Take over the talk that a window shows."""
    window.button("Take over …").click()
    dialog = window.page.get_by_role("dialog", name="Take over")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name="Take over").click()


def test_l5_asking_and_releasing(at: At, office: Office) -> None:
    """L5: who is asked sees by whom, lets go with what they wrote kept, and the asker can take it up."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    bea.holds()
    bert.reads(NAMES["b1"])
    bea.text.fill("Begun by Bea")
    bert.button("Ask to release").click()
    bert.reads("You have asked for it.")
    asked = bea.page.get_by_test_id("asked-banner")
    expect(asked).to_contain_text(f"{NAMES['b2']} asks you to let go")
    asked.get_by_role("button", name="Release").click()
    bea.reads(state="free")
    expect(asked).to_be_hidden()
    bert.button("Take it up again").click()
    bert.holds()
    assert "Begun by Bea" == office.drafted(talk, "b1")


def test_l5_asked_in_a_list(at: At, office: Office) -> None:
    """L5: who holds a talk in one window and looks at a list in another sees there that somebody asks."""
    talk = office.begin("a1", "b1")
    person = at("b1")
    listing, bea, bert = person.window(), person.at(talk), at("b2").at(talk)
    bea.holds()
    bert.button("Ask to release").click()
    expect(listing.mark(talk)).to_contain_text(f"Asked to let go by {NAMES['b2']}")


def test_l5_force_with_a_reason(at: At, office: Office) -> None:
    """L5, T10: a taken talk is read-only for the former holder, who sees by whom and since when and keeps the text."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    bea.holds()
    bea.text.fill("Half an answer")
    bert.reads(NAMES["b1"])
    force(bert)
    bert.holds()
    bea.reads(NAMES["b2"], "since", "kept as a draft")
    expect(bea.text).to_have_value("Half an answer")
    bea.page.reload()
    bea.reads(NAMES["b2"])
    expect(bea.text).to_have_value("Half an answer")
    assert "Half an answer" == office.drafted(talk, "b1")
    with office.system() as system:
        kept = next(iter(system.forced()))
    assert ("b1", "b2", REASON) == (kept.holder.id, kept.by.id, kept.reason)


def test_l5_without_a_reason_nothing_is_forced(at: At, office: Office) -> None:
    """L5: the dialogue wants a reason; closed without one it changes nothing."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    bea.holds()
    bert.button("Take over …").click()
    dialog = bert.page.get_by_role("dialog", name="Take over")
    dialog.get_by_role("button", name="Take over").click()
    expect(dialog).to_be_visible()
    bert.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    bert.reads(NAMES["b1"])
    bea.holds()


def test_l5_escape_forces_nothing_after_an_earlier_force(at: At, office: Office) -> None:
    """L5: the dialogue, left by Escape, does not do what it was told the time before."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    force(bert)
    bert.holds()
    bert.button("Release").click()
    bert.reads(state="free")
    bea.button("Take it up again").click()
    bea.holds()
    bert.reads(NAMES["b1"])
    bert.button("Take over …").click()
    dialog = bert.page.get_by_role("dialog", name="Take over")
    expect(dialog.get_by_label("Reason")).to_have_value("")
    bert.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    office.answer("a1", talk, "Shown after whatever Escape did")
    expect(bert.page.get_by_test_id("message").last).to_contain_text("whatever Escape did")
    bert.reads(NAMES["b1"])
    bea.holds()


def test_l5_after_a_force_only_a_click_acquires(at: At, office: Office) -> None:
    """L5: what was forced from somebody does not fall back to their window when it is free again, until they click."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    bea.holds()
    bert.reads(NAMES["b1"])
    force(bert)
    bert.holds()
    bert.button("Release").click()
    bert.reads(state="free")
    expect(bea.button("Take it up again")).to_be_visible()
    expect(bea.text).not_to_be_editable()
    bea.button("Take it up again").click()
    bea.holds()
    bert.reads(NAMES["b1"])


def test_l6_a_stale_answer_is_refused_and_kept(at: At, office: Office) -> None:
    """L6, T10: a window that has not heard of its loss sends all the same: refused, shown why, the text kept."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    bea.holds()
    bert.reads(NAMES["b1"])
    held = bea.page.evaluate("Object.fromEntries(new FormData(document.getElementById('answer')))")
    force(bert)
    bert.holds()
    bea.reads(NAMES["b2"])
    _send_again(bea, held, "Sent too late")
    problem = bea.page.get_by_test_id("problem")
    for part in ("this talk is not locked for you any more", NAMES["b2"], REASON, "kept as a draft"):
        expect(problem).to_contain_text(part)
    expect(bea.text).to_have_value("Sent too late")
    assert "Sent too late" == office.drafted(talk, "b1")
    assert 1 == len(office.said(talk, "b1"))


def test_l6_an_answer_without_scripts_is_checked(at: At, office: Office) -> None:
    """L6: without scripts there is no lock, and what is sent is refused while a colleague has one, and kept."""
    talk = office.begin("a1", "b1")
    at("b2").at(talk).holds()
    person = at("b1", java_script_enabled=False)
    window = Window(person.context.new_page(), person.address)
    window.go(talk.path)
    window.text.fill("Not knowing of Bert")
    window.button("Send").click()
    expect(window.page.get_by_test_id("problem")).to_contain_text("somebody else is at work on this talk")
    expect(window.page.get_by_test_id("problem")).to_contain_text(NAMES["b2"])
    expect(window.text).to_have_value("Not knowing of Bert")
    assert ("Not knowing of Bert", 1) == (office.drafted(talk, "b1"), len(office.said(talk, "b1")))


def test_l6_of_two_who_answer_one_does(at: At, office: Office) -> None:
    """L6: two colleagues press at the same moment; exactly one answer arrives, the other's text is a draft."""
    talk = office.begin("a1", "b1")
    bea, bert = at("b1").at(talk), at("b2").at(talk)
    bea.holds()
    bert.reads(NAMES["b1"])
    free = {"message": talk.message, "text": "Bert's", "to": "a1"}
    bea.text.fill("Bea's")
    _send_again(bert, free, "Bert's", wait=False)
    bea.button("Send").click()
    expect(bea.page.get_by_test_id("told")).to_have_text("Your answer is sent.")
    expect(bert.page.get_by_test_id("problem")).to_be_visible()
    assert ["Bea's"] == office.said(talk, "b1")[1:]
    assert "Bert's" == office.drafted(talk, "b2")


def _send_again(window: Window, fields: dict[str, str], text: str, *, wait: bool = True) -> None:
    """Send the form with fields as they were before, as a page would that has not heard of anything since."""
    send = """fields => {
      const form = document.body.appendChild(document.createElement("form"));
      Object.assign(form, { method: "post", action: location.pathname + "/answer" });
      for (const [name, value] of Object.entries(fields)) {
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      }
      form.submit();
    }"""
    if wait:
        with window.page.expect_navigation():
            window.page.evaluate(send, fields | {"text": text})
    else:
        window.page.evaluate(send, fields | {"text": text})
