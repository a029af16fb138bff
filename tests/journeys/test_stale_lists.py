"""V13 where the lists are wrong: rows put into them by hand show nothing, and hide nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlalchemy import true

import collabcase
from collabcase import Collab, Message
from collabcase.ids import KIND_BITS, Kind, decode, principal_item
from collabcase.storage.sql import search
from collabcase.storage.sql.visible import Visible
from collabcase.testing import MovableClock

from .broker import Broker

_TALK_LIST = "INSERT INTO talk_list (portfolio, talk, principal, shared, last) VALUES (:portfolio, :talk, "
LISTED = (
    "INSERT INTO feed (portfolio, grp, kind, item) VALUES (:portfolio, :grp, 4, :message)",
    f"{_TALK_LIST} :grp, true, :message)",
    f"{_TALK_LIST} :me, false, :message)",
)
ASKED: tuple[dict[str, Any], ...] = ({}, {"author": "x"}, {"text": "schad*"}, {"unread": True}, {"asks_answer": False})


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    return Broker(collab, clock)


@pytest.fixture
def right(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """Five messages to b1, below as many in the lists of b1 and of their group that are not theirs, or never were."""
    monkeypatch.setattr(search, "_FIRST", 2)
    sent = [broker.send("x", "b1", subject="Schaden") for _ in range(5)]
    hidden = [broker.send("x", "y", subject="Schaden") for _ in range(5)]
    numbers = [(decode(one.id, Kind.MESSAGE), decode(one.talk, Kind.TALK)) for one in hidden]
    latest = max(message for message, _ in numbers if message)
    never = [(latest + (place << KIND_BITS), principal_item(Kind.TALK, place)) for place in (1, 2, 3)]
    with broker.collab._storage._engine.begin() as connection:
        who = dict(connection.execute(sql("SELECT id, no FROM principal")).all())
        portfolio = connection.execute(sql("SELECT no FROM portfolio")).scalar_one()
        for message, talk in [*numbers, *never]:
            about = {"portfolio": portfolio, "grp": who[broker.id("B")], "me": who["b1"]}
            for statement in LISTED:
                connection.execute(sql(statement), {**about, "message": message, "talk": talk})
    return sent


def _inbox(broker: Broker, person: str, heading: Any) -> list[str]:
    found, cursor = list[str](), None
    while True:
        with broker.desk(person) as desk:
            page = desk.talks.inbox(heading, cursor=cursor, limit=2)
        assert len(page) == 2 or page.next is None
        found += [summary.last.id for summary in page]
        if (cursor := page.next) is None:
            return found


def _search(broker: Broker, person: str, asked: dict[str, Any]) -> list[str]:
    found, cursor = list[str](), None
    while True:
        with broker.desk(person) as desk:
            page = desk.messages.search(**asked, cursor=cursor, limit=2)
        assert len(page) == 2 or page.next is None
        found += [message.id for message in page]
        if (cursor := page.next) is None:
            return found


@pytest.mark.parametrize(("person", "heading"), [("b1", "mine"), ("b2", "shared")])
def test_wrong_rows_show_nothing(broker: Broker, right: list[Message], person: str, heading: str) -> None:
    """V13: inbox, search and unread ask the rule again of what lists lead to, and their pages are whole."""
    due = [message.id for message in reversed(right)]
    assert due == _inbox(broker, person, "all")
    assert due == _inbox(broker, person, heading)
    assert [] == _inbox(broker, person, "archived")
    for asked in ASKED:
        assert due == _search(broker, person, asked), asked
    with broker.desk(person) as desk:
        counts = desk.messages.unread()
    assert (5 * (person == "b1"), 0, 5 * (person == "b2")) == (counts.mine, counts.teambox, counts.shared)


def test_the_rule_is_what_keeps_them_out(broker: Broker, right: list[Message], monkeypatch: pytest.MonkeyPatch) -> None:
    """V13: without the rule asked again, the same rows show what is hidden; so the test above can fail."""
    due = {message.id for message in right}
    monkeypatch.setattr(Visible, "direct", lambda *_, **__: true())
    url = broker.collab._storage._engine.url.render_as_string(hide_password=False)
    with collabcase.open(url, clock=broker.clock) as broker.collab:
        assert set(_inbox(broker, "b1", "all")) > due
        assert set(_search(broker, "b1", {"author": "x"})) > due
