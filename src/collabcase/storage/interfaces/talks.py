"""Keeping talks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from attrs import frozen

from collabcase.model.reading import Heading
from collabcase.storage.interfaces.messages import MessageRow, Named
from collabcase.storage.interfaces.scope import Scope


@frozen
class TalkRow:
    """A talk as stored; principals by number."""

    id: int
    subject: str
    initiator: int
    counterpart: int
    confidential: bool
    host_ref: str | None


@frozen
class Listed:
    """A talk in an inbox.

    Attributes:
        position: the number of its newest message under the heading asked for; the list's order.
        heading: the first heading that fits it.
        talk: the talk.
        last: its newest message that the viewer sees.
    """

    position: int
    heading: Heading
    talk: TalkRow
    last: MessageRow


class TalkStore(Protocol):
    """Talks, and who stands to be copied on later answers."""

    def add(self, scope: Scope, talk: TalkRow) -> None:
        """Store a new talk."""
        ...

    def find(self, scope: Scope, id: int) -> TalkRow | None:
        """Return a talk, whoever may see it."""
        ...

    def inbox(
        self, scope: Scope, viewer: int, heading: Heading | None, *, archived: bool, before: int, limit: int
    ) -> list[Listed]:
        """Return talks that a viewer sees under a heading, positions below `before`, newest first.

        Args:
            scope: the portfolio.
            viewer: the principal's number.
            heading: None for all.
            archived: those the viewer has archived (T9), or those they have not.
            before: an upper bound of the position, not included.
            limit: how many at most.
        """
        ...

    def lock(self, scope: Scope, id: int, *, exclusive: bool) -> None:
        """Lock a talk until the transaction ends: shared to send into it, exclusively to change who is involved."""
        ...

    def set_sides(self, scope: Scope, id: int, *, initiator: int, counterpart: int) -> None:
        """Store who the two sides are."""
        ...

    def take_over(self, scope: Scope, old: int, new: int) -> None:
        """Make `new` the side of every talk that has `old`, and let `new` stand wherever `old` stands."""
        ...

    def standing(self, scope: Scope, messages: Collection[int]) -> Mapping[int, frozenset[int]]:
        """Return the principals that later answers to each message carry as observers (V7)."""
        ...

    def standing_in_talk(self, scope: Scope, viewer: int, talk: int) -> set[Named]:
        """Return who stands for messages of a talk that a viewer sees, as observers."""
        ...

    def stand(self, scope: Scope, messages: Collection[int], principal: int) -> None:
        """Let later answers to these messages carry a principal; known ones stay as they are."""
        ...

    def unstand(self, scope: Scope, messages: Collection[int], principal: int) -> set[int]:
        """End that, and return the messages where it was so."""
        ...
