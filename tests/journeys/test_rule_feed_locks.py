"""L1, L2, L5 and L8 in the feed, through the public face: who is told of whose locks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import collabcase
from collabcase import Collab, ItemRef
from collabcase.testing import MovableClock

from .broker import PORTFOLIO, Broker
from .watching import Told, Watch, change_members


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    """The broker's portfolio."""
    return Broker(collab, clock)


@pytest.fixture
def watch(broker: Broker, collab: Collab) -> Watch:
    """Everybody of the portfolio and the host, who follow from now on."""
    watch = Watch(collab)
    watch.begin("a1", "a2", "b1", "b2", "ga", "gb", "x", "y", None)
    return watch


def locks(watch: Watch, *persons: str | None) -> list[Told]:
    """Return what each of some persons is told of locks."""
    return [[one for one in watch.told(person) if one[0].startswith("lock.")] for person in persons]


def test_l1_a_lock_is_told_to_who_could_act_in_the_holders_place(broker: Broker, watch: Watch, collab: Collab) -> None:
    """L1, V13: the holder's side is told, peers included; not the other side, observers, or who sees nothing of it."""
    message = broker.send("x", "b1", observers=["a1"])
    locks(watch, *watch.cursors)
    window = collab.window("b1", portfolio=PORTFOLIO)
    window.focus(message.talk)
    expected = [("lock.acquired", "b1")]
    assert [expected] * 4 == locks(watch, "b1", "b2", "gb", None)
    assert [[]] * 5 == locks(watch, "x", "a1", "a2", "ga", "y")
    change_members(broker, "remove_members", "B+", "gb")
    locks(watch, *watch.cursors)
    window.close()
    expected = [("lock.released", "b1")]
    assert [expected] * 2 == locks(watch, "b1", "b2")
    assert [[]] * 2 == locks(watch, "gb", "x"), "gb could act in b1's place no more when the feed was read"


def test_l1_who_has_lost_their_place_learns_of_the_end_of_a_lock_by_sight(
    broker: Broker, watch: Watch, collab: Collab
) -> None:
    """L1, L2, I2: of a lock they were shown, who shares no more is told that their sight has changed."""
    message = broker.send("x", "b1")
    collab.window("b1", portfolio=PORTFOLIO).focus(message.talk)
    assert [[("lock.acquired", "b1")]] == locks(watch, "gb")
    broker.share("B+", False)
    assert ["group.sharing_changed", "sight.changed"] == watch.kinds("gb")


def test_l5_a_question_is_between_holder_and_asker(broker: Broker, watch: Watch, collab: Collab) -> None:
    """L5, V13: that somebody asks the holder to let go is told to these two, as the picture shows it to them alone."""
    message = broker.send("x", "b1")
    collab.window("b1", portfolio=PORTFOLIO).focus(message.talk)
    asker = collab.window("b2", portfolio=PORTFOLIO)
    locks(watch, *watch.cursors)
    asker.ask(message.talk)
    assert [[("lock.asked", "b2")]] * 2 == locks(watch, "b1", "b2")
    assert [[]] * 3 == locks(watch, "gb", "x", "a1")


def test_l8_the_host_says_who_may_see_its_own_things(broker: Broker, watch: Watch, collab: Collab) -> None:
    """L8: locks on things of the host's are told to whom `may_see` allows, with the host's reference."""
    policy = ItemRef("policy", "4711")
    asked: list[tuple[tuple[str, ...], ItemRef, str]] = []

    def may_see(persons: Sequence[str], ref: ItemRef, *, portfolio: str) -> list[str]:
        asked.append((tuple(persons), ref, portfolio))
        return [person for person in persons if person in ("x", "a1")]

    with collabcase.embed(collab._storage._engine, prefix="", may_see=may_see) as host:
        host.window("x", portfolio=PORTFOLIO).focus(policy)
        told = {
            person: [
                (event.kind, event.item)
                for event in host.feed(person, portfolio=PORTFOLIO, after=watch.cursors[person]).events
            ]
            for person in ("x", "a1", "b1", None)
        }
        expected = [("lock.acquired", policy)]
        assert {"x": expected, "a1": expected, "b1": [], None: expected} == told
        assert {(policy, PORTFOLIO)} == {(ref, portfolio) for _, ref, portfolio in asked}
        host.feeds(PORTFOLIO, {person: watch.cursors[person] for person in ("a1", "b1", "x")})
        assert {"a1", "b1", "x"} == set(asked[-1][0]), "one question for all followers"


def test_l8_without_the_hosts_word_it_is_the_holders_groups(broker: Broker, watch: Watch, collab: Collab) -> None:
    """L8: where the host does not say, members of a group of the holder's are told, sharing or not."""
    collab.window("b1", portfolio=PORTFOLIO).focus(ItemRef("policy", "4711"))
    assert [[("lock.acquired", "b1")]] * 3 == locks(watch, "b1", "b2", "gb")
    assert [[]] * 3 == locks(watch, "a1", "ga", "x")


def test_l2_the_picture_and_what_follows_its_cursor_leave_nothing_out(
    broker: Broker, watch: Watch, collab: Collab
) -> None:
    """L2: what happens before the picture is in it, what happens after it follows the picture's cursor."""
    first, second = broker.send("x", "b1"), broker.send("x", "b1")
    early, late = (collab.window("b1", portfolio=PORTFOLIO) for _ in range(2))
    early.focus(first.talk)
    picture = collab.window("b2", portfolio=PORTFOLIO).picture
    late.focus(second.talk)
    assert [first.talk] == [held.item.id for held in picture.held]
    page = collab.feed("b2", portfolio=PORTFOLIO, after=picture.cursor)
    assert [("lock.acquired", second.talk)] == [(event.kind, event.item.id) for event in page.events]
