"""L1, L2, L4 and L5, with V12, V13 and V17 for locks, through the public face: clicking, own windows, asking, force."""

from __future__ import annotations

from typing import Any

import pytest

from collabcase import Forbidden, InvalidInput, ItemLocked, ItemRef, Message, NotFound, StaleLock, Window

from .office import Office

BETWEEN_WINDOWS = ["lock.taken_over", "lock.returned"]
"""What happens between two windows of one person; nobody else is told."""


def test_l1_a_click_holds_the_item_and_tells_whoever_is_in_the_way(office: Office, question: Message) -> None:
    """L1: the addressee's peer is shown who holds it since when, and told; a click of the same window holds on."""
    since = office.cursors()
    x, lock = office.click("x", question)
    [held] = office.window("y").picture.held
    assert (question.talk, "x", False) == (held.item.id, held.holder and held.holder.id, held.own)
    assert office.database.read() - 1 == held.since.timestamp() * 1000
    assert lock == x.focus(question.talk) == x.picture.mine
    assert {"x": ["lock.acquired"], "y": ["lock.acquired"]} == office.told(since)


def test_l1_v13_the_other_side_observers_and_outsiders_are_never_told(office: Office, question: Message) -> None:
    """L1, V13: through the whole life of a lock only who holds it, and who is in their way, is shown or told of it."""
    since = office.cursors()
    x, _ = office.click("x", question)
    office.window("y").ask(question.talk)
    office.window("y").force(question.talk, "bitte")
    x.focus(question.talk)
    second = office.window("x")
    second.focus(question.talk)
    second.close()
    for person in ("b1", "b2", "gb", "o", "a1", "ga", "m", "chief"):
        assert ((), ()) == (office.window(person).picture.held, office.window(person).picture.moved)
    office.database.move(seconds=31)
    office.collab.sweep()
    events = office.events(since)
    first, last = ["lock.acquired", "lock.asked", "lock.forced", "lock.acquired"], ["lock.expired"]
    assert [*first, *BETWEEN_WINDOWS, *last] == [event.kind for event in events["x"]]
    assert [*first, *last] == [event.kind for event in events["y"]]
    assert {"x", "y"} == {person for person, told in events.items() if told}
    assert ["x", "y", "y", "x", "x", "x", None] == [event.actor for event in events["x"]]


def test_l1_both_sides_work_at_the_same_time(office: Office, question: Message) -> None:
    """L1: the other side's lock is its own: each side holds the talk, answers, and locks its own colleagues out."""
    x, mine = office.click("x", question)
    b1, theirs = office.click("b1", question)
    with pytest.raises(ItemLocked) as refused:
        office.click("b2", question)
    assert "b1" == refused.value.holder
    answer = office.reply(x, question, mine)
    office.reply(b1, answer, theirs)
    assert (["x"], ["b1"], ["b1"]) == tuple(office.holder(person, question) for person in ("y", "b2", "b1"))


def test_l1_members_of_a_teambox_are_in_each_others_way(office: Office) -> None:
    """L1: what was sent to a teambox is locked for its members, who act for it; a member's other peers are not told."""
    office.group("Neben", ["m", "o"], shares=True)
    sent = office.send("b1", office.box)
    m, _ = office.click("m", sent)
    assert ["m"] == office.holder("n", sent)
    for write in (lambda: office.click("n", sent), lambda: office.answer("n", sent)):
        with pytest.raises(ItemLocked) as refused:
            write()
        assert ("m", office.window("n").picture.held[0].since) == (refused.value.holder, refused.value.since)
    with pytest.raises(NotFound):
        office.click("o", sent)
    m.blur()
    office.click("n", sent)


def test_l1_observers_take_no_lock(office: Office, question: Message) -> None:
    """L1, G2: who only observes may write nothing, and so takes no lock, nor forces one; reading is free."""
    window = office.window("o")
    with pytest.raises(Forbidden) as refused:
        window.focus(question.talk)
    assert "answer" == refused.value.right
    with pytest.raises(Forbidden) as refused:
        window.force(question.talk, "bitte")
    assert "lock.force" == refused.value.right
    assert 2 == office.texts("o", question)


def test_l1_another_click_releases_the_former(office: Office, question: Message) -> None:
    """L1, L3: a window holds one item; a click that is refused leaves it what it holds."""
    other = office.asked()
    third = office.asked()
    office.click("y", third)
    window, first = office.click("x", question)
    with pytest.raises(ItemLocked):
        window.focus(third.talk)
    assert first == window.picture.mine
    window.focus(other.talk)
    assert ([], ["x"]) == (office.holder("y", question), office.holder("y", other))
    office.click("y", question)


def test_v12_what_is_not_seen_cannot_be_clicked_asked_for_or_freed(office: Office, question: Message) -> None:
    """V12: a hidden talk is not found, as one that never was; what is no talk can't be locked."""
    office.click("x", question)
    window = office.window("a1")
    for item in (question.talk, "talk_0"):
        for verb in (window.focus, window.ask, lambda item: window.force(item, "bitte")):
            with pytest.raises(NotFound) as refused:
                verb(item)
            assert str(refused.value) == str(NotFound("talk", item))
    for wrong in (question.ref, ItemRef("person", "x"), ItemRef("group", office.box.id)):
        with pytest.raises(InvalidInput):
            office.window("x").focus(wrong)


def test_v17_a_holder_one_may_not_know_is_not_named(office: Office) -> None:
    """V17: two who act for one colleague, but know nothing of each other, are in each other's way without a name."""
    sent = office.send("x", "gb")
    office.click("ga", sent)
    [held] = office.window("b1").picture.held
    assert (None, False) == (held.holder, held.own)
    with pytest.raises(ItemLocked) as refused:
        office.click("b1", sent)
    assert (None, held.since) == (refused.value.holder, refused.value.since)
    assert "Somebody" in str(refused.value)
    since = office.cursors()
    office.window("b1").force(sent.talk, "bitte")
    assert [None] == [event.actor for event in office.events(since)["ga"]]


def test_l2_who_comes_later_is_shown_the_whole_picture(office: Office, question: Message) -> None:
    """L2: a window that opens later is shown what is held, longest first, its person's own included."""
    sent = [office.asked() for _ in range(3)]
    for person, message in (("y", sent[2]), ("x", sent[0]), ("y", sent[1])):
        office.click(person, message)
    seen = [(one.item.id, one.holder and one.holder.id, one.own) for one in office.window("x").picture.held]
    assert [(sent[2].talk, "y", False), (sent[0].talk, "x", True), (sent[1].talk, "y", False)] == seen


def test_l4_the_newer_window_takes_over_and_gives_back(office: Office, question: Message) -> None:
    """L4: a newer window has it, the older may not write; when the newer lets go, the older has it again at once."""
    since = office.cursors()
    older, first = office.click("x", question)
    newer, second = office.click("x", question)
    assert (None, second) == (older.picture.mine, newer.picture.mine)
    for lock in (first, None):
        with pytest.raises(StaleLock) as refused:
            office.reply(older, question, lock)
        assert ("taken over", "x") == (refused.value.how, refused.value.holder)
    newer.blur()
    third = older.picture.mine
    assert third is not None
    assert first.token < second.token < third.token
    office.reply(older, question, third)
    assert {"x": ["lock.acquired", *BETWEEN_WINDOWS], "y": ["lock.acquired"]} == office.told(since)


@pytest.mark.parametrize("way", ["blur", "close", "move_to", "focus", "silence"])
def test_l4_given_back_without_a_free_moment(office: Office, question: Message, way: str) -> None:
    """L4: however the newer window lets go, the older has the item with the same beginning, and nobody else gets it."""
    other = office.asked()
    older, _ = office.click("x", question)
    [before] = office.window("y").picture.held
    newer, _ = office.click("x", question)
    match way:
        case "move_to":
            newer.move_to("archive")
        case "focus":
            newer.focus(other.talk)
        case "silence":
            for _ in range(2):
                office.database.move(seconds=20)
                older.beat()
            assert 0 == office.collab.sweep().locks
        case _:
            getattr(newer, way)()
    mine = older.picture.mine
    assert mine is not None
    with pytest.raises(ItemLocked):
        office.click("y", question)
    assert before in office.window("y").picture.held
    office.reply(older, question, mine)


def test_l4_of_several_older_windows_the_newest_gets_it(office: Office, question: Message) -> None:
    """L4: it goes to the window that clicked it last before, and to the next when that one lets go."""
    windows = [office.click("x", question)[0] for _ in range(3)]
    windows[0].focus(question.talk)
    windows[0].blur()
    assert [None, None, True] == [one.picture.mine and True for one in windows]
    windows[2].close()
    assert windows[1].picture.mine is not None
    windows[1].close()
    assert [] == office.holder("y", question)


def test_l4_a_lock_lasts_as_long_as_any_window_on_it(office: Office, question: Message) -> None:
    """L4: while an older window on the item gives signs of life, the lock does not end with the newer one's silence."""
    older, _ = office.click("x", question)
    office.click("x", question)
    elsewhere = office.window("x")
    for _ in range(3):
        office.database.move(seconds=20)
        older.beat()
    assert ["x"] == office.holder("y", question)
    with pytest.raises(ItemLocked):
        office.click("y", question)
    office.database.move(seconds=29)
    elsewhere = office.window("x")
    office.database.move(seconds=1)
    elsewhere.beat()
    assert [] == office.holder("y", question)


def test_l5_asking(office: Office, question: Message) -> None:
    """L5: holder and asker are shown that it was asked for; nothing else changes, and the next hold begins unasked."""
    x, lock = office.click("x", question)
    with office.system() as system:
        system.people.add("z", name="Z")
        system.groups.add_members(office.id("Sach"), ["z"])
    since = office.cursors()
    y = office.window("y")
    y.ask(question.talk)

    def asked(window: Window) -> list[str | None]:
        return [one.asked_by and one.asked_by.id for one in window.picture.held]

    assert (["y"], ["y"], [None]) == (asked(x), asked(y), asked(office.window("z")))
    mine = x.picture.mine
    assert mine is not None
    assert lock.token == mine.token
    assert {"x": ["lock.asked"], "y": ["lock.asked"]} == office.told(since)
    assert [("y", question.talk)] == [(event.actor, event.item.id) for event in office.events(since)["x"]]
    x.blur()
    y.ask(question.talk)
    y.focus(question.talk)
    assert [None] == asked(y)


def test_l5_asking_for_ones_own_is_nothing(office: Office, question: Message) -> None:
    """L5: nobody is asked where nobody is in the way: for one's own, the other side's, or what is free."""
    office.click("x", question)
    since = office.cursors()
    for person in ("x", "b1", "o"):
        office.window(person).ask(question.talk)
    assert {} == office.told(since)


def test_l5_force(office: Office, question: Message) -> None:
    """L5: who acts in the same place frees it; nobody holds it then, and who lost it is told by whom, when and why."""
    x, lock = office.click("x", question)
    since = office.cursors()
    y = office.window("y")
    y.force(question.talk, "Frau B. wartet")
    assert [] == office.holder("y", question)
    with pytest.raises(StaleLock) as refused:
        office.reply(x, question, lock)
    assert ("forced", "Frau B. wartet", None) == (refused.value.how, refused.value.reason, refused.value.holder)
    y.focus(question.talk)
    with pytest.raises(StaleLock) as refused:
        office.reply(x, question, lock)
    assert ("forced", "y") == (refused.value.how, refused.value.holder)
    [held] = x.picture.held
    assert (held.since, "y") == (refused.value.since, held.holder and held.holder.id)
    assert ["lock.forced", "lock.acquired"] == office.told(since)["x"]
    assert "y" == office.events(since)["x"][0].actor


def test_l5_only_a_new_click_acquires_after_a_force(office: Office, question: Message) -> None:
    """L5: neither an older window nor a sign of life brings back what was freed; a click does, with a new token."""
    older, _ = office.click("x", question)
    newer, lock = office.click("x", question)
    office.window("y").force(question.talk, "bitte")
    assert [None, None, None] == [older.beat().lock, newer.beat().lock, older.picture.mine]
    assert older.focus(question.talk).token > lock.token
    older.blur()
    assert (None, []) == (newer.beat().lock, office.holder("y", question))


def test_l5_force_is_recorded(office: Office, question: Message) -> None:
    """L5: item, holder, who freed it, when and why are kept for the host, newest first, of all items or of one."""
    other = office.asked()
    for message, reason in ((question, "eins"), (other, "zwei"), (question, "drei")):
        office.click("x", message)
        office.window("y").force(message.talk, reason)
        office.database.move(seconds=1)
    with office.system() as system:
        first = system.forced(limit=2)
        rest = system.forced(cursor=first.next, limit=2)
        assert ["drei", "zwei", "eins"] == [one.reason for one in (*first.items, *rest.items)]
        [last] = system.forced(other.talk).items
        assert (other.talk, "x", "y") == (last.item.id, last.holder.id, last.by.id)
        assert last.at.timestamp() * 1000 < office.database.read()
        assert ["drei", "eins"] == [one.reason for one in system.forced(ItemRef("talk", question.talk)).items]
    assert rest.next is None


def test_l5_force_stays_on_ones_own_side(office: Office, question: Message) -> None:
    """L5: without the right, force frees what is in one's own way, the other side's lock stays; nothing held, nothing
    recorded.
    """
    office.click("x", question)
    office.click("b1", question)
    office.window("b2").force(question.talk, "bitte")
    assert (["x"], []) == (office.holder("y", question), office.holder("b2", question))
    office.window("b2").force(question.talk, "bitte")
    with office.system() as system:
        assert 1 == len(system.forced().items)


def test_l5_the_right_frees_whatever_one_sees(office: Office) -> None:
    """L5, G2: with lock.force one frees every hold of what one sees, on both sides; of what one does not see, none."""
    sent, hidden = office.asked("chief"), office.asked()
    office.click("x", sent)
    office.click("b1", sent)
    chief = office.window("chief")
    chief.force(sent.talk, "Rückruf")
    assert ([], []) == (office.holder("y", sent), office.holder("b2", sent))
    with office.system() as system:
        assert {("x", "chief"), ("b1", "chief")} == {(one.holder.id, one.by.id) for one in system.forced().items}
    with pytest.raises(NotFound):
        chief.force(hidden.talk, "Rückruf")


def test_l5_a_force_needs_a_reason(office: Office, question: Message) -> None:
    """L5: a reason is a line of at most 500 characters."""
    office.click("x", question)
    wrongs: tuple[Any, ...] = ("", " ", "x" * 501, 5)
    for reason in wrongs:
        with pytest.raises(InvalidInput) as refused:
            office.window("y").force(question.talk, reason)
        assert "reason" == refused.value.field
    assert ["x"] == office.holder("y", question)
