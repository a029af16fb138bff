"""Drafts: what somebody has begun to write."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from collabcase.model.item import ItemRef


@frozen
class Draft:
    """A text begun on a talk or message, kept for its writer alone (T10).

    Attributes:
        item: what it is about.
        text: what has been written so far.
        at: when it was last saved, in UTC.
    """

    item: ItemRef
    text: str
    at: datetime
