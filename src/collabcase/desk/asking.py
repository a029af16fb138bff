"""What a search of messages asks for: checked first, then looked up, then a filter."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from attrs import frozen

from collabcase.clock import to_millis
from collabcase.desk.addressing import check_known, numbers, one_ref, targets
from collabcase.desk.call import Call
from collabcase.desk.codes import Codes
from collabcase.desk.codes import check_known as check_codes
from collabcase.errors import InvalidInput
from collabcase.ids import Kind
from collabcase.model import inputs
from collabcase.model.item import ItemRef
from collabcase.model.words import asked_words
from collabcase.storage.interfaces import MessageFilter


@frozen
class Asked:
    """The conditions of a search, checked; moments in milliseconds, words folded."""

    author: tuple[ItemRef, ...]
    recipient: tuple[ItemRef, ...]
    codes: Codes
    since: int | None
    until: int | None
    unread: bool | None
    asks_answer: bool | None
    text: tuple[tuple[str, bool], ...]

    @classmethod
    def checked(
        cls,
        *,
        author: object,
        recipient: object,
        codes: Codes,
        since: datetime | None,
        until: datetime | None,
        unread: object,
        asks_answer: object,
        text: object,
    ) -> Self:
        """Check conditions.

        Raises:
            InvalidInput: naming the one that can't be used.
        """
        by = () if author is None else (one_ref("author", author),)
        if by and by[0].kind != Kind.PERSON:
            raise InvalidInput("author", "must be a person; groups send nothing")
        return cls(
            author=by,
            recipient=() if recipient is None else (one_ref("recipient", recipient),),
            codes=codes,
            since=None if since is None else to_millis(inputs.moment("since", since)),
            until=None if until is None else to_millis(inputs.moment("until", until)),
            unread=None if unread is None else inputs.flag("unread", unread),
            asks_answer=None if asks_answer is None else inputs.flag("asks_answer", asks_answer),
            text=() if text is None else asked_words("text", inputs.text("text", text, most=inputs.SUBJECT)),
        )

    @property
    def question(self) -> str:
        """What the cursors of this search are bound to."""
        return f"messages.search/{self}"

    def filter(self, call: Call) -> MessageFilter:
        """Look up whom and what the conditions name.

        Raises:
            NotFound: somebody named is not known to the viewer (V17).
            UnknownCode: a code never was (T8).
        """
        found = targets(call, author=self.author, recipient=self.recipient) if self.author or self.recipient else []
        check_known(call, found)
        check_codes(call, self.codes)
        return MessageFilter(
            author=next(iter(numbers(found, "author")), None),
            recipient=next(iter(numbers(found, "recipient")), None),
            since=self.since,
            until=self.until,
            type=self.codes.type,
            data=self.codes.data,
            asks_answer=self.asks_answer,
            unread=self.unread,
            text=self.text,
        )
