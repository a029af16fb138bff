"""Keeping what has been read, and which questions are answered, waived or dismissed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from attrs import frozen

from collabcase.model.reading import Heading, Question
from collabcase.storage.interfaces.scope import Scope


@frozen
class ReadState:
    """What one viewer has done with a message, and what it asks of them.

    Attributes:
        unread: whether it is unread for them (T5).
        question: what it is to them if it asks for an answer and this was looked up, else None (T4).
    """

    unread: bool
    question: Question | None = None


@frozen
class DismissalRow:
    """That somebody asked will not answer: number and id of the person, why, and when in milliseconds."""

    person: int
    id: str
    reason: str
    at: int


class ReadingStore(Protocol):
    """Read marks, answers that count, waivers and dismissals. Marks are each person's own."""

    def states(
        self, scope: Scope, viewer: int, messages: Collection[int], *, questions: bool
    ) -> Mapping[int, ReadState]:
        """Return how messages stand with a viewer who was found to see them, in one statement.

        Args:
            scope: the portfolio.
            viewer: the principal's number.
            messages: the messages.
            questions: whether any may ask for an answer; without, `question` is None throughout.
        """
        ...

    def dismissals(self, scope: Scope, asker: int, messages: Collection[int]) -> Mapping[int, Sequence[DismissalRow]]:
        """Return who has dismissed those of these questions that are the asker's own, the first one first."""
        ...

    def unread(self, scope: Scope, viewer: int, *, most: int) -> Mapping[Heading, int]:
        """Return how many messages a viewer sees that are unread under each heading, counted up to `most` (T5)."""
        ...

    def mark_read(self, scope: Scope, person: int, messages: Collection[int]) -> None:
        """Keep that a person has read messages; known marks stay as they are."""
        ...

    def note_answer(self, scope: Scope, question: int, answer: int, principals: Collection[int]) -> None:
        """Keep for which persons and groups a message answers a question, whatever changes later."""
        ...

    def pass_on(self, scope: Scope, old: Collection[int], new: int, messages: Collection[int] | None = None) -> None:
        """Let what answers questions for some principals answer them for another one, too, who is asked in their place.

        Args:
            scope: the portfolio.
            old: who was asked.
            new: who is asked now.
            messages: the questions; None for all.
        """
        ...

    def waive(self, scope: Scope, message: int, *, at: int) -> bool:
        """Keep since when (milliseconds) a question needs no answer; return whether it did before."""
        ...

    def dismiss(self, scope: Scope, message: int, person: int, reason: str, *, at: int) -> bool:
        """Keep that a person will not answer; return False where they had said so before, and keep what they said."""
        ...
