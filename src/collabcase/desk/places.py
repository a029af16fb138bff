"""Cursors of lists whose order takes two numbers, such as a moment and an item."""

from __future__ import annotations

from collabcase.desk.call import Call
from collabcase.errors import InvalidInput


def cursor_of(call: Call, question: str, first: int, second: int) -> str:
    """Return the cursor of a place in the list of a question of this person's."""
    return f"{call.cursor(question, first)}.{call.cursor(_rest(question, first), second)}"


def place(call: Call, question: str, given: object) -> tuple[int, int] | None:
    """Return the place a cursor stands for, None without one.

    Raises:
        InvalidInput: it is no cursor of this question and person.
    """
    if given is None:
        return None
    if not isinstance(given, str):
        raise InvalidInput("cursor", "is none of ours; pass what .next gave")
    left, _, right = given.partition(".")
    first = call.position(question, left, first=0)
    return first, call.position(_rest(question, first), right, first=0)


def _rest(question: str, first: int) -> str:
    return f"{question}/behind {first}"
