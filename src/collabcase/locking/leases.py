"""What may happen to the lock on an item: one table, which the verbs of windows and of desks read (L1 to L7).

Everything is told as one window, or one writer without a window, meets it. Others who hold the item count only where
they stand in this one's way (`permissions/places.py`); whoever does not, neither disturbs nor is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen

from collabcase.model.lock import LockEvent


class Standing(StrEnum):
    """How an item stands to a window."""

    #: nobody holds it who stands in this one's way
    FREE = "free"
    #: this window holds it
    MINE = "mine"
    #: another window of the same person holds it
    OWN = "own"
    #: somebody else holds it
    THEIRS = "theirs"


class Step(StrEnum):
    """What is done to an item."""

    #: the window clicks it
    CLICK = "click"
    #: the window lets go of it: clicks another, changes folder, closes, or is silent for too long
    LEAVE = "leave"
    #: the same, while an older window of the person is still on the item (L4)
    GIVE_BACK = "give back"
    #: a write under the window's token
    SAVE = "save"
    #: a write from the window without a token: its present lock counts
    WRITE = "write"
    #: a write from no window
    POST = "post"
    #: somebody who may frees it (L5)
    FORCE = "force"
    #: somebody asks the holder to let go (L5)
    ASK = "ask"
    #: a write that moved it away went through (L7)
    MOVE = "move"
    #: a write that moved it, and left it with the writer, went through (L7)
    NOTE = "note"
    #: the holder has been silent for too long
    LAPSE = "lapse"


class Refusal(StrEnum):
    """Why a step is not taken."""

    #: somebody else holds it: ItemLocked
    LOCKED = "locked"
    #: the lock the writer counts on is not theirs any more: StaleLock
    STALE = "stale"


@frozen
class Turn:
    """What a step comes to.

    Attributes:
        next: how the item stands to the window afterwards.
        event: what is told; None where nothing changes.
        renews: whether a new owner gets a new token.
        refusal: why nothing is done.
    """

    next: Standing
    event: LockEvent | None = None
    renews: bool = False
    refusal: Refusal | None = None


_FREE, _MINE, _OWN, _THEIRS = Standing.FREE, Standing.MINE, Standing.OWN, Standing.THEIRS

LEASES: Mapping[tuple[Standing, Step], Turn] = {
    (_FREE, Step.CLICK): Turn(_MINE, LockEvent.ACQUIRED, renews=True),
    (_MINE, Step.CLICK): Turn(_MINE),
    (_OWN, Step.CLICK): Turn(_MINE, LockEvent.TAKEN_OVER, renews=True),
    (_THEIRS, Step.CLICK): Turn(_THEIRS, refusal=Refusal.LOCKED),
    (_FREE, Step.LEAVE): Turn(_FREE),
    (_MINE, Step.LEAVE): Turn(_FREE, LockEvent.RELEASED),
    (_OWN, Step.LEAVE): Turn(_OWN),
    (_THEIRS, Step.LEAVE): Turn(_THEIRS),
    (_FREE, Step.GIVE_BACK): Turn(_FREE),
    (_MINE, Step.GIVE_BACK): Turn(_OWN, LockEvent.RETURNED, renews=True),
    (_OWN, Step.GIVE_BACK): Turn(_OWN),
    (_THEIRS, Step.GIVE_BACK): Turn(_THEIRS),
    (_FREE, Step.SAVE): Turn(_FREE, refusal=Refusal.STALE),
    (_MINE, Step.SAVE): Turn(_MINE),
    (_OWN, Step.SAVE): Turn(_OWN, refusal=Refusal.STALE),
    (_THEIRS, Step.SAVE): Turn(_THEIRS, refusal=Refusal.STALE),
    (_FREE, Step.WRITE): Turn(_FREE),
    (_MINE, Step.WRITE): Turn(_MINE),
    (_OWN, Step.WRITE): Turn(_OWN, refusal=Refusal.STALE),
    (_THEIRS, Step.WRITE): Turn(_THEIRS, refusal=Refusal.LOCKED),
    (_FREE, Step.POST): Turn(_FREE),
    (_MINE, Step.POST): Turn(_MINE),
    (_OWN, Step.POST): Turn(_OWN),
    (_THEIRS, Step.POST): Turn(_THEIRS, refusal=Refusal.LOCKED),
    (_FREE, Step.FORCE): Turn(_FREE),
    (_MINE, Step.FORCE): Turn(_FREE, LockEvent.FORCED),
    (_OWN, Step.FORCE): Turn(_FREE, LockEvent.FORCED),
    (_THEIRS, Step.FORCE): Turn(_FREE, LockEvent.FORCED),
    (_FREE, Step.ASK): Turn(_FREE),
    (_MINE, Step.ASK): Turn(_MINE),
    (_OWN, Step.ASK): Turn(_OWN),
    (_THEIRS, Step.ASK): Turn(_THEIRS, LockEvent.ASKED),
    (_FREE, Step.MOVE): Turn(_FREE, LockEvent.MOVED),
    (_MINE, Step.MOVE): Turn(_FREE, LockEvent.MOVED),
    (_OWN, Step.MOVE): Turn(_FREE, LockEvent.MOVED),
    (_THEIRS, Step.MOVE): Turn(_THEIRS, LockEvent.MOVED),
    (_FREE, Step.NOTE): Turn(_FREE, LockEvent.MOVED),
    (_MINE, Step.NOTE): Turn(_MINE, LockEvent.MOVED),
    (_OWN, Step.NOTE): Turn(_OWN, LockEvent.MOVED),
    (_THEIRS, Step.NOTE): Turn(_THEIRS, LockEvent.MOVED),
    (_FREE, Step.LAPSE): Turn(_FREE),
    (_MINE, Step.LAPSE): Turn(_FREE, LockEvent.EXPIRED),
    (_OWN, Step.LAPSE): Turn(_FREE, LockEvent.EXPIRED),
    (_THEIRS, Step.LAPSE): Turn(_FREE, LockEvent.EXPIRED),
}
"""Every step in every standing."""


def turn(standing: Standing, step: Step) -> Turn:
    """Return what a step comes to."""
    return LEASES[standing, step]
