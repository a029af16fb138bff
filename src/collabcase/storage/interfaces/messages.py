"""Keeping messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from attrs import frozen

from collabcase.permissions.sight import Role
from collabcase.storage.interfaces.scope import Scope


@frozen
class MessageRow:
    """A message as stored; moments in milliseconds, principals by number, `data` as pairs of dictionary and code."""

    id: int
    talk: int
    sender: int
    sent_for: int | None
    answers: int | None
    text: str
    comment: str
    date: int
    sent_at: int
    asks_answer: bool
    host_ref: str | None
    type: str | None = None
    data: tuple[tuple[str, str], ...] = ()


@frozen
class Named:
    """Somebody named on a thing: number, role, and the outside id."""

    no: int
    role: Role
    is_group: bool
    id: str


@frozen
class MessageFilter:
    """What a search asks for; None asks nothing.

    Attributes:
        author: who sent it, or for whom it was sent (T2).
        recipient: whom it is addressed to; observers are not.
        since: the earliest date of the event, in milliseconds, included.
        until: the date before which the event is, in milliseconds.
        talk: the talk it is in.
        type: the code of its type.
        data: dictionary codes it carries, all of them.
        asks_answer: whether it asks for an answer.
        unread: whether it is unread for the viewer (T5).
        text: folded words it holds, all of them, each with whether it is only the beginning of one.
    """

    author: int | None = None
    recipient: int | None = None
    since: int | None = None
    until: int | None = None
    talk: int | None = None
    type: str | None = None
    data: tuple[tuple[str, str], ...] = ()
    asks_answer: bool | None = None
    unread: bool | None = None
    text: tuple[tuple[str, bool], ...] = ()


class MessageStore(Protocol):
    """Messages. Every reading method with a viewer applies the rule in its own statement."""

    def add(self, scope: Scope, message: MessageRow, *, subject: str) -> None:
        """Store a new message, to be found by its codes and its words, those of its talk's subject included.

        Involvement is stored by the sight store.
        """
        ...

    def find(self, scope: Scope, viewer: int, id: int) -> MessageRow | None:
        """Return a message if the viewer sees it."""
        ...

    def newest(self, scope: Scope, viewer: int, wanted: MessageFilter, *, before: int, limit: int) -> list[MessageRow]:
        """Return messages that a viewer sees with ids below `before`, newest first."""
        ...

    def of_talk(self, scope: Scope, viewer: int, talk: int, *, after: int, limit: int) -> list[MessageRow]:
        """Return messages of a talk that a viewer sees with ids above `after`, oldest first."""
        ...

    def sees_opening(self, scope: Scope, viewer: int, talk: int) -> bool:
        """Tell whether a viewer sees the first message of a talk."""
        ...

    def ids_of_talk(self, scope: Scope, viewer: int, talk: int, *, own: bool) -> list[int]:
        """Return the ids of a talk's messages that a viewer sees, oldest first; with `own` by V1 and V2 alone."""
        ...

    def senders_of_talk(self, scope: Scope, viewer: int, talk: int) -> list[tuple[int, int | None]]:
        """Return sender and sent_for of the talk's messages that a viewer sees, newest first."""
        ...

    def named(self, scope: Scope, messages: Sequence[int]) -> Mapping[int, list[Named]]:
        """Return everybody named on each message."""
        ...

    def named_in_talk(self, scope: Scope, viewer: int, talk: int) -> set[Named]:
        """Return everybody named on messages of a talk that a viewer sees, in each of their roles."""
        ...

    def visible(self, scope: Scope, viewer: int, ids: Collection[int]) -> set[int]:
        """Return those ids that are messages a viewer sees."""
        ...
