"""The portfolio behind the example, reached by the library itself: what a test needs there, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from attrs import frozen

import collabcase
from collabcase import Desk, ItemRef, System

PORTFOLIO = "hamburg"
BOX = "Schaden"
NAMES = {
    "a1": "Anna Ahlers",
    "a2": "Arno Aydin",
    "b1": "Bea Brandt",
    "b2": "Bert Baumann",
    "ga": "Gitta Gerdes",
    "gb": "Georg Brandt",
    "x1": "Hanna Holm",
}

_numbers = count(1)


@frozen
class Begun:
    """A talk that a test has begun.

    Attributes:
        id: its id.
        subject: like no other talk's.
        message: the id of its first message.
    """

    id: str
    subject: str
    message: str

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"/talks/{self.id}"


class Office:
    """The portfolio: a1 and a2 are a client's, b1 and b2 colleagues at the broker's, ga and gb their managers.

    b1, b2 and gb share with each other; b1, b2 and ga have the teambox; x1 is an expert who knows b1 and b2 alone.
    """

    def __init__(self, url: str) -> None:
        self._collab = collabcase.open(url)

    def close(self) -> None:
        """Give the database back."""
        self._collab.close()

    def desk(self, person: str) -> Desk:
        """Open somebody's unit of work, outside every window."""
        return self._collab.desk(person, portfolio=PORTFOLIO)

    def system(self) -> System:
        """Open the host's unit of work."""
        return self._collab.system(PORTFOLIO)

    def begin(
        self,
        by: str,
        to: str,
        *,
        text: str = "Good morning, what do you think?",
        observers: Iterable[str] = (),
        confidential: bool = False,
        asks: bool = False,
    ) -> Begun:
        """Let somebody begin a talk with somebody, or with the teambox."""
        subject = f"Case {next(_numbers)} of {by}"
        with self.desk(by) as desk:
            talk = desk.talks.start(
                self.box if to == BOX else ItemRef("person", to),
                subject=subject,
                text=text,
                observers=[ItemRef("person", who) for who in observers],
                confidential=confidential,
                asks_answer=asks,
            )
            return Begun(talk.id, subject, desk.talks.view(talk.id).messages[0].id)

    def said(self, talk: Begun, by: str) -> list[str]:
        """Return the texts of a talk, as somebody sees them, oldest first."""
        with self.desk(by) as desk:
            return [message.text for message in desk.talks.view(talk.id).messages]

    def answer(self, by: str, talk: Begun, text: str) -> None:
        """Let somebody answer a talk's first message, outside every window."""
        with self.desk(by) as desk:
            desk.talks.reply(talk.message, text)

    def drafted(self, talk: Begun, by: str) -> str | None:
        """Return what somebody keeps as a draft of an answer to a talk's first message."""
        with self.desk(by) as desk:
            return next((draft.text for draft in desk.talks.drafts() if draft.item.id == talk.message), None)

    @property
    def box(self) -> ItemRef:
        """The group with the teambox."""
        with self.system() as system:
            return next(group.ref for group in system.groups.list() if group.name == BOX)
