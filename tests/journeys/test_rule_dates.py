"""T7: a range of dates bounds a search, whichever way the search takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collabcase import Collab
from collabcase.storage.sql import search
from collabcase.testing import MovableClock

from .broker import Broker


@pytest.mark.parametrize("counted", [3, 50_001])
def test_t7_a_range_is_found_whole(
    collab: Collab, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, counted: int
) -> None:
    """T7: all that lies in a range is found, newest first, whether the range is short enough to be counted or not."""
    monkeypatch.setattr(search, "_FIRST", 1)
    monkeypatch.setattr(search, "_STRIDE", 1)
    monkeypatch.setattr(search, "_COUNTED", counted)
    broker = Broker(collab, clock)
    sent = [broker.send("x", "b1") for _ in range(12)]
    within = sent[3:9]
    with broker.desk("b2") as desk:
        found = desk.messages.search(since=within[0].date, until=sent[9].date, limit=4)
        rest = desk.messages.search(since=within[0].date, until=sent[9].date, limit=4, cursor=found.next)
        late = desk.messages.search(since=sent[-1].date + timedelta(seconds=1))
        scattered = desk.messages.search(since=within[0].date, until=sent[9].date, author="x", unread=False)
    assert [message.id for message in within[::-1]] == [message.id for message in (*found, *rest)]
    assert [] == list(late)
    assert [] == list(scattered)
