"""The table of what may happen to a lock: complete, and true to L1, L4, L5, L6 and L7 in every pair."""

from __future__ import annotations

import itertools

import pytest

from collabcase.locking.leases import LEASES, Refusal, Standing, Step, turn
from collabcase.model.lock import LockEvent

from .diagrams import WRITES

HOLDING = {Standing.MINE, Standing.OWN}


def test_l1_every_step_is_told_in_every_standing() -> None:
    """L1: the table has each pair, and no other; each event comes from it."""
    assert set(itertools.product(Standing, Step)) == set(LEASES)
    assert set(LockEvent) == {one.event for one in LEASES.values()} - {None}


@pytest.mark.parametrize("pair", LEASES, ids=" ".join)
def test_l6_a_refusal_changes_and_tells_nothing(pair: tuple[Standing, Step]) -> None:
    """L6: whatever is refused leaves everything as it was."""
    told = turn(*pair)
    if told.refusal is not None:
        assert (pair[0], None, False) == (told.next, told.event, told.renews)


@pytest.mark.parametrize("pair", LEASES, ids=" ".join)
def test_l2_every_change_is_told(pair: tuple[Standing, Step]) -> None:
    """L2: who holds it changes with an event; without a change there is one of asking and of moving alone."""
    told = turn(*pair)
    if told.next is not pair[0]:
        assert told.event is not None
    elif told.event is not None:
        assert told.event in (LockEvent.ASKED, LockEvent.MOVED)


@pytest.mark.parametrize("pair", LEASES, ids=" ".join)
def test_l6_a_new_owner_has_a_new_token(pair: tuple[Standing, Step]) -> None:
    """L6: the token is new where another window holds the item than before, and nowhere else."""
    told = turn(*pair)
    assert told.renews is (told.next in HOLDING and told.next is not pair[0])


def test_l5_only_a_click_acquires() -> None:
    """L5: nothing but a click makes a lock one's own, from nobody's or from another window of one's own."""
    gained = {pair for pair in LEASES if turn(*pair).next is Standing.MINE and pair[0] is not Standing.MINE}
    assert {(Standing.FREE, Step.CLICK), (Standing.OWN, Step.CLICK)} == gained
    assert {(Standing.MINE, Step.GIVE_BACK)} == {
        pair for pair in LEASES if turn(*pair).next is Standing.OWN and pair[0] is not Standing.OWN
    }


def test_l5_what_another_holds_is_freed_by_force_or_silence() -> None:
    """L5: what somebody else holds never becomes mine; it comes free by force, and by their silence."""
    after = {step: turn(Standing.THEIRS, step).next for step in Step}
    assert {Step.FORCE, Step.LAPSE} == {step for step, standing in after.items() if standing is Standing.FREE}
    assert {Standing.FREE, Standing.THEIRS} == set(after.values())


def test_l5_force_and_silence_leave_it_free() -> None:
    """L5, L3: after a force or a silence nobody holds it, whoever did."""
    assert {Standing.FREE} == {turn(standing, step).next for standing in Standing for step in (Step.FORCE, Step.LAPSE)}


def test_l4_own_windows_never_lock_each_other_out() -> None:
    """L4: no click is refused for a window of one's own, and giving back leaves no free moment."""
    assert {Standing.THEIRS} == {standing for standing in Standing if turn(standing, Step.CLICK).refusal}
    assert Standing.OWN is turn(Standing.MINE, Step.GIVE_BACK).next


@pytest.mark.parametrize("step", sorted(WRITES))
def test_l6_a_write_changes_nothing_itself(step: Step) -> None:
    """L6: the guard of a write looks, and no more."""
    for standing in Standing:
        told = turn(standing, step)
        assert (standing, None, False) == (told.next, told.event, told.renews)


@pytest.mark.parametrize(
    ("step", "locked", "stale"),
    [
        (Step.SAVE, set(), {Standing.FREE, Standing.OWN, Standing.THEIRS}),
        (Step.WRITE, {Standing.THEIRS}, {Standing.OWN}),
        (Step.POST, {Standing.THEIRS}, set()),
        (Step.CLICK, {Standing.THEIRS}, set()),
    ],
)
def test_l6_what_is_refused(step: Step, locked: set[Standing], stale: set[Standing]) -> None:
    """L6: who holds it saves under a token; a window where no other holds it, anyone where nobody else does."""
    refused = {standing: turn(standing, step).refusal for standing in Standing}
    assert locked == {standing for standing, why in refused.items() if why is Refusal.LOCKED}
    assert stale == {standing for standing, why in refused.items() if why is Refusal.STALE}


def test_l3_letting_go_is_never_refused() -> None:
    """L3: what ends a lock, or asks for its end, is refused by no lock."""
    assert {Step.SAVE, Step.WRITE, Step.POST, Step.CLICK} == {step for _, step in LEASES if refuses(step)}


def refuses(step: Step) -> bool:
    """Tell whether a step is refused in any standing."""
    return any(turn(standing, step).refusal for standing in Standing)


def test_l7_a_move_ends_the_movers_lock_and_no_other() -> None:
    """L7: a move is told whoever holds it, and frees what the mover held; a note leaves everything as it was."""
    for standing in Standing:
        moved, noted = turn(standing, Step.MOVE), turn(standing, Step.NOTE)
        assert (LockEvent.MOVED, LockEvent.MOVED) == (moved.event, noted.event)
        assert standing is noted.next
        assert (Standing.FREE if standing in HOLDING else standing) is moved.next
