"""L3, and what L2 and G7 say of windows, through the public face: signs of life, modes, silence, closing, sweeping."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from collabcase import (
    Forbidden,
    InvalidInput,
    ItemRef,
    Lock,
    Message,
    NotFound,
    Person,
    StaleLock,
    Swept,
    Window,
    WindowGone,
)

from .broker import PORTFOLIO
from .office import Office

USES: dict[str, Callable[[Window, Message], object]] = {
    "picture": lambda window, message: window.picture,
    "focus": lambda window, message: window.focus(message.talk),
    "blur": lambda window, message: window.blur(),
    "move_to": lambda window, message: window.move_to("archive"),
    "beat": lambda window, message: window.beat(),
    "ask": lambda window, message: window.ask(message.talk),
    "force": lambda window, message: window.force(message.talk, "bitte"),
    "mine": lambda window, message: window.mine(),
    "release_all": lambda window, message: window.release_all(),
    "gone": lambda window, message: window.gone([]),
}


def seconds(lock: Lock | None) -> float | None:
    """Return how long a lock lasts yet."""
    return lock and lock.expires_in.total_seconds()


def test_l3_a_sign_of_life_extends_window_and_lock(office: Office, question: Message) -> None:
    """L3: each sign counts for a whole lease; without one the lock is free at its end, and not before."""
    x, lock = office.click("x", question)
    office.database.move(seconds=29, milliseconds=999)
    assert 0.001 == seconds(x.picture.mine)
    beat = x.beat()
    assert (lock.token, 30.0, timedelta(seconds=30)) == (
        beat.lock and beat.lock.token,
        seconds(beat.lock),
        beat.expires_in,
    )
    office.database.move(seconds=29)
    assert ["x"] == office.holder("y", question)
    office.database.move(seconds=1)
    assert [] == office.holder("y", question)
    office.click("y", question)


def test_l3_hidden_windows_have_a_longer_lease(office: Office, question: Message) -> None:
    """L3: a page that is hidden speaks once a minute, and keeps its lock for 150 seconds; in sight again, for 30."""
    x, _ = office.click("x", question)
    assert timedelta(seconds=150) == x.beat("hidden").expires_in
    office.database.move(seconds=149)
    assert timedelta(seconds=150) == x.beat().expires_in
    office.database.move(seconds=149)
    assert timedelta(seconds=30) == x.beat("visible").expires_in
    assert 30.0 == seconds(x.picture.mine)
    office.database.move(seconds=30)
    with pytest.raises(WindowGone):
        x.beat("hidden")


def test_l3_a_page_back_in_sight_has_the_shorter_lease(office: Office, question: Message) -> None:
    """L3: the window counts, not what its lock had left from when it was hidden: a sweep ends both."""
    x, _ = office.click("x", question)
    x.beat("hidden")
    x.beat("visible")
    office.database.move(seconds=30)
    assert Swept(windows=1, locks=1, events=0) == office.collab.sweep()
    assert [] == office.holder("y", question)


def test_l3_a_server_speaks_for_many_windows(office: Office, question: Message) -> None:
    """L3: a server gives the sign of many windows at once, is told which live, and revives none."""
    x, _ = office.click("x", question)
    attached = office.window("b1", mode="attached")
    attached.focus(question.talk)
    office.database.move(seconds=20)
    silent = office.window("y")
    office.database.move(seconds=15)
    ids = [x.id, attached.id, silent.id, "never"]
    assert frozenset({silent.id}) == office.collab.beat(ids, portfolio=PORTFOLIO)
    office.database.move(seconds=20)
    assert frozenset({silent.id}) == office.collab.beat(ids, portfolio=PORTFOLIO)
    assert frozenset() == office.collab.beat([], portfolio=PORTFOLIO)
    assert (None, ()) == (silent.picture.mine, silent.picture.held)


def test_l3_a_servers_sign_of_life_extends_locks(office: Office, question: Message) -> None:
    """L3: what an attached window holds lasts with it."""
    window = office.window("x", mode="attached")
    window.focus(question.talk)
    for _ in range(3):
        office.database.move(seconds=20)
        assert office.collab.beat([window.id], portfolio=PORTFOLIO)
    assert 30.0 == seconds(window.picture.mine)


@pytest.mark.parametrize("use", USES)
def test_l3_a_window_that_was_silent_is_gone(office: Office, question: Message, use: str) -> None:
    """L3: nothing brings back a window that was silent for too long, or was closed: another one takes its place."""
    silent, closed = office.window("x"), office.window("x")
    closed.close()
    office.database.move(seconds=31)
    for window in (silent, closed):
        with pytest.raises(WindowGone) as refused:
            USES[use](window, question)
        assert window.id == refused.value.window
        with pytest.raises(WindowGone):
            office.collab.window("x", portfolio=PORTFOLIO, id=window.id)


def test_l3_closing_again_does_nothing(office: Office, question: Message) -> None:
    """L3: closing ends window and lock; doing so again, or after a silence, is no error and changes nothing."""
    since = office.cursors()
    x, _ = office.click("x", question)
    silent = office.window("y")
    for _ in range(2):
        x.close()
    office.database.move(seconds=31)
    silent.close()
    assert ["lock.acquired", "lock.released"] == office.told(since)["y"]
    assert [] == office.holder("y", question)


def test_l3_another_area_releases(office: Office, question: Message) -> None:
    """L3: going to another folder lets go of the lock; what is no folder's name is refused."""
    x, _ = office.click("x", question)
    x.move_to("archive")
    assert ([], None) == (office.holder("y", question), x.picture.mine)
    x.move_to("")
    wrongs: tuple[Any, ...] = ("x" * 201, "a\nb", 5)
    for wrong in wrongs:
        with pytest.raises(InvalidInput):
            x.move_to(wrong)
        with pytest.raises(InvalidInput):
            office.collab.window("x", portfolio=PORTFOLIO, folder=wrong)


def test_l3_modes_are_three(office: Office) -> None:
    """L3: what is no mode is refused, at opening and at a sign of life."""
    wrongs: tuple[Any, ...] = ("asleep", 5, "")
    for wrong in wrongs:
        with pytest.raises(InvalidInput):
            office.window("x", mode=wrong)
        with pytest.raises(InvalidInput):
            office.window("x").beat(wrong)


def test_v12_a_window_is_its_persons_alone(office: Office, question: Message) -> None:
    """V12, L3: a foreign window's id is as good as none: for finding it again, and for writing from it."""
    x, lock = office.click("x", question)
    with pytest.raises(WindowGone) as foreign:
        office.collab.window("y", portfolio=PORTFOLIO, id=x.id)
    with pytest.raises(WindowGone) as never:
        office.collab.window("y", portfolio=PORTFOLIO, id="never")
    assert str(foreign.value) == str(WindowGone(x.id))
    assert str(never.value) == str(WindowGone("never"))
    with office.collab.desk("b1", portfolio=PORTFOLIO, window=x.id) as desk, pytest.raises(WindowGone):
        desk.talks.reply(question.id, "…")
    found = office.collab.window("x", portfolio=PORTFOLIO, id=x.id)
    assert lock.token == (found.picture.mine and found.picture.mine.token)


def test_l3_who_may_open_a_window(office: Office) -> None:
    """L3, G7: persons who are active; whoever is not there is not found."""
    for person, portfolio in (("nobody", PORTFOLIO), ("x", "bremen")):
        with pytest.raises(NotFound):
            office.collab.window(person, portfolio=portfolio)
    with office.system() as system:
        system.people.deactivate("x")
    with pytest.raises(Forbidden):
        office.window("x")


def test_l3_the_list_of_ones_locks(office: Office, question: Message) -> None:
    """L3, L4: a window lists what all windows of its person hold, and can let go of all of it; they stay open."""
    other = office.asked()
    first, _ = office.click("x", question)
    second, _ = office.click("x", other)
    office.click("b1", question)
    third = office.window("x")
    assert [(question.talk, True), (other.talk, True)] == [(held.item.id, held.own) for held in third.mine()]
    third.release_all()
    assert ((), [], []) == (third.mine(), office.holder("y", question), office.holder("y", other))
    assert ["b1"] == office.holder("b2", question)
    for window in (first, second):
        assert window.beat().lock is None
    first.focus(question.talk)


def test_l3_release_all_gives_nothing_back(office: Office, question: Message) -> None:
    """L3, L4: of two windows on one item neither has it after release_all."""
    windows = [office.click("x", question)[0] for _ in range(2)]
    windows[0].release_all()
    assert [None, None] == [one.picture.mine for one in windows]
    windows[1].close()
    assert [] == office.holder("y", question)


def test_g7_deactivation_ends_windows_and_locks(office: Office, question: Message) -> None:
    """G7: who is deactivated holds nothing from then on, and has no window when they come back."""
    since = office.cursors()
    windows = [office.click("x", question)[0] for _ in range(2)]
    with office.system() as system:
        system.people.deactivate("x")
    assert ["lock.acquired", "lock.released"] == office.told({"y": since["y"]})["y"]
    office.click("y", question)
    for window in windows:
        with pytest.raises(Forbidden) as refused:
            window.beat()
        assert "active" == refused.value.right
    with office.system() as system:
        system.people.activate("x")
    for window in windows:
        with pytest.raises(WindowGone):
            window.beat()


def test_g7_sync_ends_windows_and_locks(office: Office, question: Message) -> None:
    """G7: the same where the host's directory says that somebody is not active."""
    office.click("x", question)
    with office.system() as system:
        system.people.sync([Person("x", "X", active=False)])
    assert [] == office.holder("y", question)


def test_l3_sweeping_ends_what_is_over(office: Office, question: Message) -> None:
    """L3: a sweep closes silent windows and ends their locks, each with one event; a second one finds nothing."""
    other = office.asked()
    since = office.cursors()
    office.click("x", question)
    office.click("b1", question)
    office.database.move(seconds=20)
    office.click("y", other)
    office.database.move(seconds=15)
    assert Swept(windows=2, locks=2, events=0) == office.collab.sweep()
    assert Swept(windows=0, locks=0, events=0) == office.collab.sweep()
    events = office.events(since)
    assert [("lock.expired", None, question.talk)] == [
        (one.kind, one.actor, one.item.id) for one in events["x"] if one.kind == "lock.expired"
    ]
    assert ["lock.acquired", "lock.expired"] == [one.kind for one in events["b2"]]
    assert ["y"] == office.holder("x", other)


def test_l3_what_is_over_needs_no_sweep(office: Office, question: Message) -> None:
    """L3: a lock that has run out is nobody's, whether anybody sweeps or not; who clicks it then ends it."""
    x, lock = office.click("x", question)
    office.database.move(seconds=31)
    assert [] == office.holder("y", question)
    since = office.cursors()
    office.click("y", question)
    assert ["lock.expired", "lock.acquired"] == office.told(since)["y"]
    with pytest.raises(StaleLock) as refused:
        office.reply(x, question, lock)
    assert ("expired", "y") == (refused.value.how, refused.value.holder)
    assert Swept(windows=1, locks=0, events=0) == office.collab.sweep()
    assert ["y"] == office.holder("y", question)


def test_l3_a_clock_that_goes_back_makes_nothing_last_for_ever(office: Office, question: Message) -> None:
    """L3: after the database's clock went back by an hour, a sweep lets windows and locks last a lease at most."""
    x, _ = office.click("x", question)
    other, _ = office.click("b1", question)
    office.database.move(hours=-1)
    assert ["x"] == office.holder("y", question)
    assert Swept(windows=0, locks=0, events=0) == office.collab.sweep()
    office.database.move(seconds=29, milliseconds=999)
    x.beat()
    office.database.move(milliseconds=2)
    with pytest.raises(WindowGone):
        other.beat()
    office.database.move(seconds=119)
    assert ["b1"] == office.holder("b2", question)
    office.database.move(seconds=1)
    assert [] == office.holder("b2", question)


def test_l3_tokens_rise_when_the_clock_goes_back(office: Office, question: Message) -> None:
    """L3, L6: whatever the clock does, who has it later has the greater token."""
    tokens = []
    for hours in (0, -2, 5, -24):
        office.database.move(hours=hours)
        window, lock = office.click("x", question)
        window.close()
        tokens.append(lock.token)
    assert sorted(set(tokens)) == tokens


def test_l3_ones_own_clock_decides_nothing(office: Office, question: Message) -> None:
    """L3: the clock of a process changes nothing in windows and locks."""
    x, _ = office.click("x", question)
    office.clock.move(hours=5)
    assert 30.0 - 0.001 <= (seconds(x.picture.mine) or 0)
    assert Swept(windows=0, locks=0, events=0) == office.collab.sweep()


def test_l3_all_portfolios_are_swept(office: Office, question: Message) -> None:
    """L3: one sweep reaches every portfolio."""
    office.collab.create_portfolio("bremen")
    with office.collab.system("bremen") as system:
        system.people.add("x", name="X")
    office.click("x", question)
    office.collab.window("x", portfolio="bremen").focus(ItemRef("policy", "1"))
    office.database.move(seconds=31)
    assert Swept(windows=2, locks=2, events=0) == office.collab.sweep()
