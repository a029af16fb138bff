"""T9 and T10 through the public face: one's own archive, and drafts."""

from __future__ import annotations

from typing import Any

import pytest

from collabcase import Collab, Draft, InvalidInput, ItemRef, NotFound
from collabcase.testing import MovableClock

from .broker import Broker


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    return Broker(collab, clock)


def inbox(broker: Broker, person: str) -> list[str]:
    """Return the ids of the talks in somebody's inbox."""
    with broker.desk(person) as desk:
        return [talk.id for talk in desk.talks.inbox(heading="all")]


def archive(broker: Broker, person: str, talk: str) -> None:
    """Let somebody archive a talk."""
    with broker.desk(person) as desk:
        desk.talks.archive(talk)


def test_t9_an_archived_talk_leaves_ones_own_lists(broker: Broker) -> None:
    """T9: a talk leaves the inbox of who archives it, nobody else's; it stays to be viewed and searched."""
    message, other = broker.send("x", "b1"), broker.send("x", "b1")
    archive(broker, "b1", message.talk)
    assert [other.talk] == inbox(broker, "b1")
    both = {message.talk, other.talk}
    assert [both, both] == [set(inbox(broker, person)) for person in ("x", "b2")]
    with broker.desk("b1") as desk:
        assert {message.id, other.id} == {found.id for found in desk.messages.search()}
        assert message.talk == desk.talks.view(message.talk).talk.id


def test_t9_a_new_message_brings_it_back(broker: Broker) -> None:
    """T9: a message newer than those seen at archiving brings the talk back; one that is not seen does not."""
    message = broker.send("x", ["b1", "y"])
    archive(broker, "b1", message.talk)
    broker.answer("y", message, to=["x"])
    assert [] == inbox(broker, "b1")
    broker.answer("y", message, to=["b1"])
    assert [message.talk] == inbox(broker, "b1")
    archive(broker, "b1", message.talk)
    assert [] == inbox(broker, "b1")


def test_t9_restored_by_hand(broker: Broker) -> None:
    """T9: who archived a talk brings it back by hand; restoring what is there changes nothing."""
    message = broker.send("x", "b1")
    archive(broker, "b1", message.talk)
    with broker.desk("b1") as desk:
        for _ in range(2):
            desk.talks.restore(message.talk)
    assert [message.talk] == inbox(broker, "b1")


def test_t9_only_what_one_sees(broker: Broker) -> None:
    """T9, V12: a talk that one sees nothing of can be neither archived nor restored."""
    message = broker.send("x", "b1")
    with broker.desk("a1") as desk:
        for talk in (message.talk, "talk_0", message.id):
            for verb in (desk.talks.archive, desk.talks.restore):
                with pytest.raises(NotFound):
                    verb(talk)


def test_t9_archiving_marks_nothing_as_read(broker: Broker) -> None:
    """T9, T5: what was unread before a talk was archived is unread after it."""
    message = broker.send("x", "b1")
    with broker.desk("b1") as desk:
        before = desk.messages.unread()
        desk.talks.archive(message.talk)
        assert (1, before) == (before.mine, desk.messages.unread())


def test_t10_one_draft_for_each_item(broker: Broker, clock: MovableClock) -> None:
    """T10: one text is kept for each talk and message, saved last first; an empty one discards it."""
    message = broker.send("x", "b1")
    with broker.desk("b1") as desk:
        first = desk.talks.draft(message.id, "Angefangen")
        assert Draft(message.ref, "Angefangen", clock.now()) == first
        clock.move(seconds=1)
        on_talk = desk.talks.draft(ItemRef("talk", message.talk), "Zum Ganzen")
        assert (on_talk, first) == desk.talks.drafts().items
        clock.move(seconds=1)
        again = desk.talks.draft(message, "Weiter")
        assert (again, on_talk) == desk.talks.drafts().items
        page = desk.talks.drafts(limit=1)
        assert (on_talk,) == desk.talks.drafts(limit=1, cursor=page.next).items
        assert None is desk.talks.draft(message, " ")
        assert (on_talk,) == desk.talks.drafts().items
        with pytest.raises(InvalidInput):
            desk.talks.drafts(cursor="x")


def test_t10_drafts_of_one_moment_come_in_pages(broker: Broker) -> None:
    """T10: drafts saved in one moment come each once, page by page."""
    messages = [broker.send("x", "b1") for _ in range(3)]
    with broker.desk("b1") as desk:
        items = [desk.talks.draft(item, "…") for one in messages for item in (one.id, one.talk)]
        page = desk.talks.drafts(limit=2)
        found = list(page)
        while page.next is not None:
            page = desk.talks.drafts(limit=2, cursor=page.next)
            found += page
        assert sorted(map(str, items)) == sorted(map(str, found))


def test_t10_nobody_else_sees_a_draft(broker: Broker) -> None:
    """T10: neither peers nor who has the same item know of a draft."""
    message = broker.send("x", "b1")
    with broker.desk("b1") as desk:
        desk.talks.draft(message, "Angefangen")
    for person in ("b2", "x", "gb"):
        with broker.desk(person) as desk:
            assert () == desk.talks.drafts().items
            assert None is desk.talks.draft(message, "")
    with broker.desk("b1") as desk:
        assert ["Angefangen"] == [draft.text for draft in desk.talks.drafts()]


def test_t10_answering_ends_the_draft(broker: Broker) -> None:
    """T10: who answers a message ends their own draft on it, and no other."""
    message, other = broker.send("x", "b1"), broker.send("x", "b1")
    for person in ("b1", "b2"):
        with broker.desk(person) as desk:
            for item in (message.id, message.talk, other.id):
                desk.talks.draft(item, "Angefangen")
    broker.answer("b1", message)
    for person, expected in (("b1", {other.id, message.talk}), ("b2", {message.id, message.talk, other.id})):
        with broker.desk(person) as desk:
            assert expected == {draft.item.id for draft in desk.talks.drafts()}


def test_t10_only_on_what_one_sees(broker: Broker) -> None:
    """T10, V12: a draft is kept on a talk or message that one sees; discarding one's own is always possible."""
    message = broker.send("x", "b1")
    with broker.desk("b2") as desk:
        desk.talks.draft(message, "Angefangen")
    for group in ("B", "B+"):
        broker.share(group, False)
    with broker.desk("b2") as desk:
        assert ["Angefangen"] == [draft.text for draft in desk.talks.drafts()]
        assert None is desk.talks.draft(message, "")
        for item in (message, message.talk, "message_0", ItemRef("person", "b2"), ItemRef("case", "c")):
            for text in ("Weiter", ""):
                with pytest.raises(NotFound):
                    desk.talks.draft(item, text)
        nothings: tuple[Any, ...] = (5, None, object())
        for wrong in nothings:
            with pytest.raises(InvalidInput):
                desk.talks.draft(wrong, "Weiter")
