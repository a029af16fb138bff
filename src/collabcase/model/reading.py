"""Read state: what is unread under which heading, and when a question may be marked read (T4, T5)."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from enum import StrEnum

from attrs import frozen

MOST_COUNTED = 100
"""Where counting unread messages under one heading ends (T5)."""


class Heading(StrEnum):
    """The headings under which messages stand; each stands under the first that fits (T5)."""

    #: it names the viewer
    MINE = "mine"
    #: it names a group of the viewer's
    TEAMBOX = "teambox"
    #: a peer of the viewer's received it
    SHARED = "shared"


@frozen
class Unread:
    """How many messages somebody has not read (T5).

    Attributes:
        mine: those that name them, at most 100.
        teambox: others that name a group of theirs, sent since they joined it, at most 100.
        shared: others that a peer received since sharing with that peer began, at most 100.
        capped: whether a heading reached 100, where counting ends.
    """

    mine: int
    teambox: int
    shared: int
    capped: bool


@frozen
class Dismissal:
    """That somebody asked will not answer (T4).

    Attributes:
        person: their id; None where the asker may not know them (V17).
        reason: why not, in their words.
        at: when they said so, in UTC.
    """

    person: str | None
    reason: str
    at: datetime


@frozen
class Question:
    """What a message that asks for an answer is to one viewer.

    Attributes:
        asker: whether it is theirs: they sent it, or it was sent in their place.
        addressed: whether it was addressed to them, personally or as member of a group.
        answered: whether it has been answered for them, be it by an answer they do not see.
        answer_seen: whether they see an answer that counts for anybody.
        waived: whether the asker wants no answer any more.
        dismissed: whether they said that they will not answer.
        has_dismissals: whether anybody did.
    """

    asker: bool
    addressed: bool
    answered: bool
    answer_seen: bool
    waived: bool
    dismissed: bool
    has_dismissals: bool

    @property
    def must_answer(self) -> bool:
        """Whether the viewer can't mark it read yet (T4); an asker owes themself no answer."""
        settled = self.answered or self.waived or self.dismissed
        return self.addressed and not self.asker and not settled

    @property
    def may_dismiss(self) -> bool:
        """Whether the viewer may say that they will not answer."""
        return self.addressed and not self.asker


def counts_for(
    recipients: Set[int], answerer: int, *, groups: Set[int], peers: Set[int], askers: Set[int], to: Set[int]
) -> frozenset[int]:
    """Return for whom a question is answered by an answer to it (T4).

    Args:
        recipients: whom the question is addressed to.
        answerer: who answers.
        groups: the groups of who answers.
        peers: those recipients who are peers of who answers, whether active or not (V3).
        askers: who asked: the sender, and in whose place it was sent.
        to: whom the answer goes to.

    Returns:
        Those persons and groups among the recipients; nobody if no asker is among those the answer goes to.
    """
    if not askers & to:
        return frozenset()
    return frozenset(recipients & ({answerer} | peers | groups))
