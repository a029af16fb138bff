"""L6 and L7, with T10, through the public face: what a lock refuses, what it does not, and what was moved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from collabcase import (
    Desk,
    Forbidden,
    InvalidInput,
    ItemLocked,
    ItemRef,
    Message,
    Moved,
    NotFound,
    StaleLock,
    Window,
    WindowGone,
)
from collabcase.storage.conformance.suite import meanwhile

from .broker import PORTFOLIO
from .office import Office

WRITES: dict[str, Callable[[Desk, Message, Office], object]] = {
    "reply": lambda desk, message, office: desk.talks.reply(message.id, "…"),
    "add_observer": lambda desk, message, office: desk.talks.add_observer(message.talk, "y"),
    "remove_observer": lambda desk, message, office: desk.talks.remove_observer(message.talk, "o"),
    "hand_over": lambda desk, message, office: desk.talks.hand_over(message.talk, "chief"),
    "claim": lambda desk, message, office: desk.teambox(office.box).claim(message.talk),
    "put_back": lambda desk, message, office: desk.teambox(office.box).put_back(message.talk),
    "dismiss": lambda desk, message, office: desk.messages.dismiss(message.id, "erledigt"),
}


@pytest.fixture
def sent(office: Office) -> Message:
    """A question of x's to the teambox of m and n, which waits there."""
    with office.desk("x") as desk:
        talk = desk.talks.start(office.box, subject="Frage", text="…", observers="o", asks_answer=True)
        return desk.talks.view(talk.id).messages[0]


def state(office: Office, message: Message) -> object:
    """Return what the verbs could have changed."""
    with office.desk("m") as desk:
        view = desk.talks.view(message.talk)
        claimed = [item.claimed_by and item.claimed_by.id for item in desk.teambox(office.box).items(claimed=True)]
        return view.talk, view.messages, claimed


@pytest.mark.parametrize("verb", WRITES)
def test_l6_what_another_holds_is_refused_and_nothing_changes(office: Office, sent: Message, verb: str) -> None:
    """L6: every verb that writes to a talk is refused while somebody in one's way holds it, from a window or not."""
    if verb == "put_back":
        with office.desk("m") as desk:
            desk.teambox(office.box).claim(sent.talk)
    office.click("n", sent)
    [held] = office.window("m").picture.held
    before = state(office, sent)
    for desk in (office.desk("m"), office.at(office.window("m"))):
        with desk, pytest.raises(ItemLocked) as refused:
            WRITES[verb](desk, sent, office)
        assert ("talk", sent.talk) == (refused.value.kind, refused.value.id)
        assert ("n", held.since) == (refused.value.holder, refused.value.since)
    assert before == state(office, sent)


@pytest.mark.parametrize("verb", WRITES)
def test_l6_only_the_present_token_writes(office: Office, sent: Message, verb: str) -> None:
    """L6: no verb goes through under a token that was taken over; each does under the present one."""
    if verb == "put_back":
        with office.desk("m") as desk:
            desk.teambox(office.box).claim(sent.talk)
    window, first = office.click("m", sent)
    other, _ = office.click("m", sent)
    other.close()
    before = state(office, sent)
    with office.at(window, first) as desk, pytest.raises(StaleLock):
        WRITES[verb](desk, sent, office)
    assert before == state(office, sent)
    with office.at(window, window.picture.mine) as desk:
        WRITES[verb](desk, sent, office)


def test_l6_waiving_is_guarded(office: Office, sent: Message) -> None:
    """L6: who asked waives their question unless a colleague of theirs holds the talk."""
    y, _ = office.click("y", sent)
    with office.desk("x") as desk, pytest.raises(ItemLocked):
        desk.messages.waive(sent.id)
    y.close()
    with office.desk("x") as desk:
        desk.messages.waive(sent.id)


def test_l6_what_is_one_persons_own_is_never_refused(office: Office, sent: Message) -> None:
    """L6: reading, marking read, archiving, drafts and searching go on while somebody holds the talk."""
    with office.desk("x") as desk:
        note = desk.talks.reply(sent.id, "…", to=office.box)
    office.click("n", note)
    with office.desk("m") as desk:
        desk.messages.mark_read(note.id)
        desk.talks.draft(note.talk, "später")
        desk.talks.archive(note.talk)
        desk.talks.restore(note.talk)
        assert 2 == len(desk.talks.view(note.talk).messages)
    with office.desk("x") as desk:
        desk.talks.reply(sent.id, "…")  # the other side


def test_l6_the_host_is_never_refused(office: Office, sent: Message) -> None:
    """L6: what the host does is refused by no lock: the group goes, and its heir has the talk."""
    office.click("n", sent)
    with office.system() as system:
        heir = system.groups.create("Erben", members=["n"], teambox=True)
        system.groups.delete(office.box.id, move_to=heir.id)
    with office.desk("n") as desk:
        assert [sent.talk] == [item.item.id for item in desk.teambox(heir).items()]


def test_l6_a_desk_without_a_window_writes_beside_ones_own(office: Office, question: Message) -> None:
    """L6, L4: what one does elsewhere, without a window, is refused by others' locks and not by one's own."""
    office.click("x", question)
    office.answer("x", question)
    with pytest.raises(ItemLocked):
        office.answer("y", question)


def test_l6_a_window_writes_to_what_nobody_holds(office: Office, question: Message) -> None:
    """L6: without a token a window's present lock counts, and what is free may be written to; with one it may not."""
    window = office.window("x")
    office.reply(window, question)
    lock = window.focus(question.talk)
    office.reply(window, question)
    office.reply(window, question, lock)
    window.blur()
    office.reply(window, question)
    with pytest.raises(StaleLock) as refused:
        office.reply(window, question, lock)
    assert ("released", None, None) == (refused.value.how, refused.value.holder, refused.value.since)


def test_l6_a_token_is_for_one_item(office: Office, question: Message) -> None:
    """L6: under the lock on one talk nothing is written to another."""
    other = office.asked()
    window, lock = office.click("x", question)
    with pytest.raises(StaleLock) as refused:
        office.reply(window, other, lock)
    assert (other.talk, "released") == (refused.value.id, refused.value.how)


def test_l6_a_token_is_for_one_window(office: Office, question: Message) -> None:
    """L6: neither another window nor another person writes under somebody's token."""
    _, lock = office.click("x", question)
    with pytest.raises(StaleLock):
        office.reply(office.window("x"), question, lock)
    with pytest.raises(StaleLock) as refused:
        office.reply(office.window("y"), question, lock)
    assert "x" == refused.value.holder
    with office.at(office.window("b1"), lock) as desk, pytest.raises(StaleLock):
        desk.talks.reply(question.id, "…")


def test_l6_a_lock_that_ran_out_writes_nothing(office: Office, question: Message) -> None:
    """L6: at the end of the lease the lock is stale though nobody else has clicked; one millisecond before it isn't."""
    window, lock = office.click("x", question)
    office.database.move(seconds=29, milliseconds=999)
    office.reply(window, question, lock)
    office.database.move(milliseconds=1)
    with pytest.raises(StaleLock) as refused:
        office.reply(window, question, lock)
    assert ("expired", None) == (refused.value.how, refused.value.holder)
    with pytest.raises(WindowGone):
        office.reply(window, question)


def test_l6_v12_sight_comes_first(office: Office, question: Message) -> None:
    """L6, V12: who does not see a talk, or may not answer, is told so, and nothing of locks, whatever they name."""
    _, lock = office.click("x", question)
    for person, error in (("a1", NotFound), ("o", Forbidden)):
        for named in (None, lock):
            with pytest.raises(error):
                office.reply(office.window(person), question, named)


def test_l6_tokens_are_checked(office: Office, question: Message) -> None:
    """L6: a token is a number, and goes with a window."""
    window, lock = office.click("x", question)
    wrongs: tuple[Any, ...] = ("1", 0.5, True, -1)
    for token in wrongs:
        with pytest.raises(InvalidInput):
            office.collab.desk("x", portfolio=PORTFOLIO, window=window.id, token=token)
    with pytest.raises(InvalidInput):
        office.collab.desk("x", portfolio=PORTFOLIO, token=lock.token)


def test_l6_the_first_click_waits_for_what_is_being_written(office: Office, question: Message) -> None:
    """L6: who clicks a talk that nobody ever clicked gets it once a write under way is through, and so sees it."""
    window = office.window("y")
    with ExitStack() as writing:
        writing.enter_context(office.desk("x")).talks.reply(question.id, "…")
        with meanwhile(lambda: (window.focus(question.talk), office.texts("y", question))) as clicking:
            assert not clicking.done()
            writing.close()
        assert 3 == clicking.result()[1]


def test_l6_t10_refused_text_is_kept_as_a_draft(office: Office, question: Message) -> None:
    """L6, T10: what was refused can be kept, by the same window, and sent once the talk is free; then it is gone."""
    x, lock = office.click("x", question)
    y = office.window("y")
    y.force(question.talk, "bitte")
    y.focus(question.talk)
    with pytest.raises(StaleLock):
        office.reply(x, question, lock)
    with office.at(x, lock) as desk:
        desk.talks.draft(question.id, "mein Text")
    with office.desk("y") as desk:
        assert () == desk.talks.drafts().items
    y.close()
    again = x.focus(question.talk)
    with office.at(x, again) as desk:
        [draft] = desk.talks.drafts().items
        desk.talks.reply(question.id, draft.text)
        assert () == desk.talks.drafts().items


def moved(window: Window) -> list[tuple[str, str, str | None]]:
    """Return the notes that a window is shown: item, what happened, by whom."""
    return [(one.item.id, one.what, one.by and one.by.id) for one in window.picture.moved]


def test_l7_who_claims_goes_on_holding(office: Office, sent: Message) -> None:
    """L7: a claim is noted for the other members, and told; the claimer's lock goes on."""
    since = office.cursors()
    window, lock = office.click("m", sent)
    with office.at(window, lock) as desk:
        desk.teambox(office.box).claim(sent.talk)
    assert [(sent.talk, "claimed", "m")] == moved(office.window("n"))
    mine = window.picture.mine
    assert lock.token == (mine and mine.token)
    assert ["lock.acquired", "lock.moved"] == office.told(since)["n"]
    event = office.events(since)["n"][1]
    assert (("claimed",), "m", sent.talk) == (event.fields, event.actor, event.item.id)
    window.close()
    assert [(sent.talk, "claimed", "m")] == moved(office.window("n"))


@pytest.mark.parametrize("verb", ["hand_over", "put_back"])
def test_l7_who_moves_it_away_holds_it_no_more(office: Office, sent: Message, verb: str) -> None:
    """L7: handing over and putting back end the mover's lock in all windows, and are noted for who was locked out."""
    with office.desk("m") as desk:
        desk.teambox(office.box).claim(sent.talk)
    older, _ = office.click("m", sent)
    window, lock = office.click("m", sent)
    since = office.cursors()
    with office.at(window, lock) as desk:
        WRITES[verb](desk, sent, office)
    word = {"hand_over": "handed_over", "put_back": "put_back"}[verb]
    [note] = office.window("n").picture.moved
    assert Moved(ItemRef("talk", sent.talk), word, note.by, note.at) == note
    assert ("m", office.database.read() - 1) == (note.by and note.by.id, note.at.timestamp() * 1000)
    assert ((), None, None) == (window.picture.held, older.picture.mine, window.beat().lock)
    assert {"m": ["lock.moved"], "n": ["lock.moved"]} == {
        person: kinds for person, kinds in office.told(since).items() if person != "chief"
    }
    with pytest.raises(StaleLock) as refused:
        office.reply(older, sent, lock)
    assert "moved" == refused.value.how
    window.focus(sent.talk)
    window.blur()  # no older window is on it any more
    office.click("n", sent)


def test_l7_v13_others_are_not_shown_what_was_moved(office: Office, sent: Message) -> None:
    """L7, V13: neither the other side nor an observer is shown or told what was done to it on this side."""
    since = office.cursors()
    with office.desk("m") as desk:
        desk.teambox(office.box).claim(sent.talk)
    for person in ("x", "y", "o", "b1", "a1", "chief"):
        assert [] == moved(office.window(person))
    assert {"m", "n"} == set(office.told(since))


def test_l7_a_note_stands_for_a_day(office: Office, sent: Message) -> None:
    """L7: a note stands for 24 hours, swept or not."""
    with office.desk("m") as desk:
        desk.teambox(office.box).claim(sent.talk)
    office.database.move(hours=23, minutes=59)
    office.collab.sweep()
    assert [(sent.talk, "claimed", "m")] == moved(office.window("n"))
    office.database.move(minutes=1)
    assert [] == moved(office.window("n"))
    office.collab.sweep()
    assert [] == moved(office.window("n"))


def test_l7_a_new_click_ends_the_note(office: Office, sent: Message) -> None:
    """L7: whoever clicks the item anew ends the note for everybody."""
    with office.desk("m") as desk:
        desk.teambox(office.box).claim(sent.talk)
    office.click("n", sent)[0].close()
    assert ([], []) == (moved(office.window("n")), moved(office.window("m")))


def test_l7_what_is_seen_no_more_is_gone(office: Office, question: Message) -> None:
    """L7, V12: of what a window shows, `gone` names what its person sees no more, or what never was."""
    window = office.window("y")
    refs = [ItemRef("talk", question.talk), ItemRef("talk", "talk_0"), ItemRef("policy", "4711")]
    assert (refs[1],) == window.gone(refs)
    office.share("Sach", False)
    assert tuple(refs[:2]) == window.gone(refs)
    assert () == office.window("x").gone([refs[0]])
    id: Any = "talk_0"
    with pytest.raises(InvalidInput):
        window.gone([id])
    with pytest.raises(InvalidInput):
        window.gone([refs[0]] * 501)


def test_l1_v5_unticked_colleagues_are_not_in_the_way(office: Office, question: Message) -> None:
    """L1, V5: who stands in whose way is asked anew each time, by the sharing of now."""
    office.click("x", question)
    office.share("Sach", False)
    assert ((), True) == (office.window("y").picture.held, bool(office.window("x").picture.held))
    with pytest.raises(NotFound):
        office.click("y", question)
    office.share("Sach", True)
    with pytest.raises(ItemLocked):
        office.click("y", question)


def test_l1_who_comes_later_into_the_same_place_yields(office: Office) -> None:
    """L1, L6: two who came to act in one place while both held the talk: the first goes on, the second is refused."""
    office.share("Sach", False)
    sent = office.send("m", ["x", "y"])
    x, first = office.click("x", sent)
    y, second = office.click("y", sent)
    office.share("Sach", True)
    assert y.beat().lock is None
    assert y.picture.mine is None
    office.reply(x, sent, first)
    with pytest.raises(ItemLocked) as refused:
        office.reply(y, sent, second)
    assert "x" == refused.value.holder
    x.close()
    assert second == y.beat().lock
    office.reply(y, sent, second)
