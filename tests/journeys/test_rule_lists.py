"""V6, V13, T5, T7 and T9 through the public face: inbox and search, and what their pages and cursors hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from collabcase import (
    Collab,
    DictionaryEntry,
    Heading,
    InvalidInput,
    ItemRef,
    NotFound,
    TalkSummary,
    UnknownCode,
)
from collabcase.testing import MovableClock

from .broker import Broker

DAY = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    return Broker(collab, clock)


def inbox(broker: Broker, person: str, heading: Any = "all", limit: int = 50) -> list[TalkSummary]:
    """Return an inbox, page by page."""
    found, cursor = list[TalkSummary](), None
    while True:
        with broker.desk(person) as desk:
            page = desk.talks.inbox(heading, cursor=cursor, limit=limit)
        found += page
        cursor = page.next
        if cursor is None:
            return found


def talks(broker: Broker, person: str, heading: Any = "all") -> list[str]:
    """Return the ids of the talks in an inbox."""
    return [summary.id for summary in inbox(broker, person, heading, 2)]


def search(broker: Broker, person: str, **asked: Any) -> list[str]:
    """Return the ids of what a search finds, page by page."""
    found, cursor = list[str](), None
    while True:
        with broker.desk(person) as desk:
            page = desk.messages.search(**asked, cursor=cursor, limit=2)
        found += [message.id for message in page]
        cursor = page.next
        if cursor is None:
            return found


# -------------------------------------------------------------------- V6, T5: what stands in an inbox, and where


def test_v6_an_inbox_shows_a_talk_by_what_is_seen_of_it(broker: Broker) -> None:
    """V6: preview and place of a talk are those of the newest message one sees, and hidden ones move nothing."""
    first, other = broker.send("x", "b1", subject="One"), broker.send("x", "b1", subject="Two")
    answer = broker.answer("b1", first, to=["x"])
    broker.answer("x", answer, to=["y"])
    assert [(first.talk, answer.id), (other.talk, other.id)] == [
        (summary.id, summary.last.id) for summary in inbox(broker, "b1")
    ]
    assert [first.talk] == talks(broker, "y")
    assert [ItemRef("talk", first.talk)] == [summary.ref for summary in inbox(broker, "y")]
    assert [] == talks(broker, "a1")
    assert ["One", "Two"] == [summary.subject for summary in inbox(broker, "b2")]


def test_v6_who_answers_for_a_colleague_is_shown_their_answer(broker: Broker) -> None:
    """V6: gb answers in b1's talk; ga is listed the talk with gb's answer alone, and no word of b1's."""
    first = broker.send("x", "b1")
    answer = broker.answer("gb", first)
    broker.answer("x", answer, to=["b1"])
    [listed] = inbox(broker, "ga")
    assert (first.talk, answer.id, Heading.SHARED) == (listed.id, listed.last.id, listed.heading)


def test_t5_each_talk_stands_under_the_first_heading_that_fits(broker: Broker) -> None:
    """T5: mine if a message names me, teambox if one names a group of mine, else shared; each under one alone."""
    box = broker.group("Box", ["b1"], teambox=True)
    mine = broker.send("x", "b1")
    boxed = broker.send("x", box.ref)
    copied = broker.send("x", "y", observers=["b1"])
    shared = broker.send("x", "b2")
    both = broker.send("x", [box.ref, "b1"])
    sent = broker.send("b1", "x")
    assert [sent.talk, both.talk, copied.talk, mine.talk] == talks(broker, "b1", "mine")
    assert [boxed.talk] == talks(broker, "b1", "teambox")
    assert [shared.talk] == talks(broker, "b1", "shared")
    everything = [(summary.id, summary.heading) for summary in inbox(broker, "b1", limit=1)]
    headings = [Heading.MINE, Heading.MINE, Heading.SHARED, Heading.MINE, Heading.TEAMBOX, Heading.MINE]
    order = [sent, both, shared, copied, boxed, mine]
    assert list(zip([message.talk for message in order], headings, strict=True)) == everything


def test_t5_a_talk_stands_at_its_newest_message_of_the_heading(broker: Broker) -> None:
    """T5: under mine a talk stands at the newest message that names me, among all at the newest I see."""
    early, late = broker.send("x", "b1"), broker.send("x", "b1")
    newest = broker.answer("x", early, to=["b2"])
    assert [late.talk, early.talk] == talks(broker, "b1", "mine")
    assert [early.talk, late.talk] == talks(broker, "b1")
    assert [newest.id, late.id] == [summary.last.id for summary in inbox(broker, "b1")]
    assert [late.id, newest.id] == [summary.last.id for summary in inbox(broker, "b1", "mine")]


def test_t5_headings_follow_what_is_so_now(broker: Broker) -> None:
    """V5, T5: leaving a group, unticking its box and observing no more moves talks between headings at once."""
    box = broker.group("Box", ["b1", "b2"], teambox=True)
    boxed, shared = broker.send("x", box.ref), broker.send("x", "b2", observers=["b1"])
    assert [[shared.talk], [boxed.talk], []] == [talks(broker, "b1", name) for name in ("mine", "teambox", "shared")]
    with broker.desk("x") as desk:
        desk.talks.remove_observer(shared.talk, "b1")
    with broker.system() as system:
        system.groups.remove_members(box.id, ["b1"])
    assert [[], [], [shared.talk]] == [talks(broker, "b1", name) for name in ("mine", "teambox", "shared")]
    for group in ("B", "B+"):
        broker.share(group, False)
    assert [] == talks(broker, "b1")


def test_t5_an_unknown_heading_is_refused(broker: Broker) -> None:
    """T5: what is no heading is told with those there are."""
    heading: Any = "unread"
    with broker.desk("b1") as desk, pytest.raises(InvalidInput, match="all, mine, teambox, shared, archived"):
        desk.talks.inbox(heading)


# -------------------------------------------------------------------- T9


def test_t9_archived_talks_leave_the_inbox_until_something_new(broker: Broker) -> None:
    """T9: archived for oneself alone; searched still; back with a newer message that one sees, or by hand."""
    first, second = broker.send("x", "b1"), broker.send("x", "b1")
    with broker.desk("b1") as desk:
        desk.talks.archive(first.talk)
        desk.talks.archive(second.talk)
    assert ([], [], [second.talk, first.talk]) == tuple(talks(broker, "b1", one) for one in ("all", "mine", "archived"))
    assert [second.talk, first.talk] == talks(broker, "b2")
    assert [second.id, first.id] == search(broker, "b1", author="x")
    broker.answer("x", first, to=["y"])
    assert [] == talks(broker, "b1"), "what they do not see brings nothing back"
    broker.answer("x", first, to=["b2"])
    assert ([first.talk], [second.talk]) == (talks(broker, "b1"), talks(broker, "b1", "archived"))
    with broker.desk("b1") as desk:
        desk.talks.restore(second.talk)
    assert ([first.talk, second.talk], []) == (talks(broker, "b1"), talks(broker, "b1", "archived"))


# -------------------------------------------------------------------- T7: every condition, alone and with others


@pytest.fixture
def found(broker: Broker) -> dict[str, str]:
    """Messages that b1 sees, by what is special about them."""
    with broker.system() as system:
        system.types.define([DictionaryEntry("claim"), DictionaryEntry("offer")])
        system.dictionaries.define("line", [DictionaryEntry("motor"), DictionaryEntry("home")])
        system.dictionaries.define("region", [DictionaryEntry("north")])
    said: dict[str, dict[str, Any]] = {
        "plain": {"text": "Nothing to find"},
        "claim": {"type": "claim", "data": {"line": "motor", "region": "north"}, "text": "Schaden am Auto"},
        "offer": {"type": "offer", "data": {"line": "motor"}, "comment": "Größe der STRASSE"},
        "old": {"date": DAY - timedelta(days=9), "subject": "Łódź, ulica Złota"},
        "question": {"asks_answer": True, "date": DAY, "text": "Perché? Schadenersatz"},
    }
    ids = {}
    for name, given in said.items():
        broker.clock.move(seconds=1)
        with broker.desk("x") as desk:
            talk = desk.talks.start("b1", **{"subject": "Police", "text": "…", **given})
            ids[name] = desk.talks.view(talk.id).messages[0].id
    with broker.desk("y") as desk:
        desk.talks.start("x", subject="Schaden", text="hidden Straße", asks_answer=True)
    with broker.desk("b1") as desk:
        desk.messages.mark_read(ids["plain"])
        broker.clock.move(seconds=1)
        ids["answer"] = desk.talks.reply(ids["claim"], "Schon erledigt", to=["x"]).id
    return ids


ASKED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "author": ({"author": "x"}, {"plain", "claim", "offer", "old", "question"}),
    "recipient": ({"recipient": "x"}, {"answer"}),
    "type": ({"type": "claim"}, {"claim"}),
    "since": ({"since": DAY - timedelta(days=1)}, {"question"}),
    "until": ({"until": DAY}, {"plain", "claim", "offer", "old", "answer"}),
    "data": ({"data": {"line": "motor"}}, {"claim", "offer"}),
    "both codes": ({"data": {"region": "north", "line": "motor"}}, {"claim"}),
    "unread": ({"unread": True}, {"claim", "offer", "old", "question"}),
    "read": ({"unread": False}, {"plain", "answer"}),
    "asks": ({"asks_answer": True}, {"question"}),
    "tells": ({"asks_answer": False}, {"plain", "claim", "offer", "old", "answer"}),
    "text": ({"text": "schaden"}, {"claim"}),
    "beginning": ({"text": "SCHAD*"}, {"claim", "question"}),
    "comment, folded": ({"text": "strasse grosse"}, {"offer"}),
    "subject, folded": ({"text": "LODZ zlota"}, {"old"}),
    "accents": ({"text": "perche"}, {"question"}),
}


def test_t7_each_condition_and_each_two_of_them(broker: Broker, found: dict[str, str]) -> None:
    """T7: each condition finds what has it and is seen, newest first; several find what has all of them."""
    order = sorted(found, key=lambda name: found[name], reverse=True)
    for some in [*combinations(ASKED, 1), *combinations(ASKED, 2)]:
        asked: dict[str, Any] = {}
        due = set(found)
        for name in some:
            asked |= ASKED[name][0]
            due &= ASKED[name][1]
        if len(asked) == len(some):
            assert [found[name] for name in order if name in due] == search(broker, "b1", **asked), some


def test_t7_what_is_asked_for_must_be_known(broker: Broker, found: dict[str, str]) -> None:
    """V12, V17, T7: unknown people are not found, unknown codes are told with near ones, other nonsense is refused."""
    refused: tuple[tuple[dict[str, Any], type[Exception]], ...] = (
        ({"author": "nobody"}, NotFound),
        ({"recipient": "nobody"}, NotFound),
        ({"type": "clam"}, UnknownCode),
        ({"data": {"line": "moto"}}, UnknownCode),
        ({"text": "…"}, InvalidInput),
        ({"unread": 1}, InvalidInput),
        ({"since": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)}, InvalidInput),
    )
    for asked, error in refused:
        with broker.desk("b1") as desk, pytest.raises(error):
            desk.messages.search(**asked)


# -------------------------------------------------------------------- T7, V12: cursors


def test_t7_cursors_belong_to_one_person_and_one_question(broker: Broker, found: dict[str, str]) -> None:
    """T7, V12: a cursor of another person, heading or search is refused; the same question in other words is not."""
    for number in range(3):
        broker.send("x", ["b1", "b2"], subject=f"Schaden {number}")

    def inbox_page(heading: Any) -> Callable[..., Any]:
        return lambda desk, **page: desk.talks.inbox(heading, **page)

    def search_page(**asked: Any) -> Callable[..., Any]:
        return lambda desk, **page: desk.messages.search(**asked, **page)

    questions = [
        inbox_page("all"),
        inbox_page("mine"),
        search_page(),
        search_page(author="x"),
        search_page(text="scha*"),
    ]
    questions += [search_page(text="schaden"), search_page(unread=True), search_page(asks_answer=False)]
    cursors = []
    for ask in questions:
        with broker.desk("b1") as desk:
            cursors.append(ask(desk, limit=1).next)
    assert len(set(cursors)) == len(questions)
    assert {len(cursor) for cursor in cursors} == {27}
    for place, ask in enumerate(questions):
        for other, cursor in enumerate(cursors):
            with broker.desk("b1") as desk:
                if place == other:
                    ask(desk, cursor=cursor)
                    continue
                with pytest.raises(InvalidInput, match="another person or another question"):
                    ask(desk, cursor=cursor)
        with broker.desk("b2") as desk, pytest.raises(InvalidInput, match="another person or another question"):
            ask(desk, cursor=cursors[place])
    said, again = search_page(data={"line": "motor", "region": "north"}), {"region": "north", "line": "motor"}
    broker.clock.move(seconds=1)
    with broker.desk("x") as desk:
        desk.talks.start("b1", subject="s", text="t", data=again)
    with broker.desk("b1") as desk:
        cursor = said(desk, limit=1).next
        assert [found["claim"]] == [one.id for one in desk.messages.search(data=again, cursor=cursor)]
        cursor = desk.messages.search(text="SCHADEN  Auto Schaden", limit=1).next
        assert cursor is None
        cursor = desk.messages.search(text="schaden police*", limit=9).next
        assert cursor is None


def test_v12_what_is_hidden_moves_no_cursor(broker: Broker) -> None:
    """V12, V13: messages that one does not see change neither pages nor cursors of inbox and search."""
    sent = [broker.send("x", "b1", subject="Schaden") for _ in range(4)]

    def pages() -> list[Any]:
        with broker.desk("b1") as desk:
            return [
                *(desk.talks.inbox(heading, limit=1) for heading in ("all", "mine")),
                desk.messages.search(limit=1),
                desk.messages.search(text="schaden", author="x", limit=2),
            ]

    before = pages()
    assert all(page.next for page in before)
    hidden = [broker.send("x", "y", subject="Schaden") for _ in range(3)]
    broker.answer("x", sent[0], to=["y"])
    broker.answer("y", hidden[0], to=["x"])
    assert before == pages()
