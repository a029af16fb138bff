"""Full text on both engines: long texts, what query languages could read, and portfolios beside one another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collabcase import Collab, Desk, InvalidInput, Message
from world_lists import has

TEXTS = (
    "Schaden und Regress",
    "AND OR NOT NEAR words message rowid",
    'O\'Neill "quoted" \\ back\\slash % _ ; -- /* */',
    "a:b | c & !d <-> e:* (f)",
    "Schadenersatz",
    "東京都 🦉",
)
NASTY = (
    "AND",
    "schaden OR nothing",
    "schaden NOT regress",
    "NEAR(schaden regress)",
    "NEAR(schaden regress, 5)",
    '"schaden"',
    '"schaden" *',
    '"" schaden',
    "words:schaden",
    "{words message}: schaden",
    "rowid:1",
    "^schaden",
    "schaden + regress",
    "scha*:*",
    "scha*",
    "scha:*",
    "schaden:A",
    "schaden & regress",
    "schaden | nothing",
    "!schaden",
    "schaden <-> regress",
    "(schaden",
    "schaden)",
    "schaden'",
    "'schaden' & 'regress'",
    "o'neill",
    "\\",
    "\\schaden",
    "schaden\\'",
    "%s :x {} $1 ?",
    "'; DROP TABLE message; --",
    "1·schaden",
    "東京都",
    "東*",
    "*",
    "-",
)


@pytest.fixture
def desk(collab: Collab) -> Iterator[Desk]:
    """The desk of somebody who has sent all texts."""
    for portfolio in ("p", "q"):
        collab.create_portfolio(portfolio)
        with collab.system(portfolio) as system:
            for person in ("a", "b"):
                system.people.add(person, name=person)
    with collab.desk("a", portfolio="p") as opened:
        for text in TEXTS:
            opened.talks.start("b", subject="s", text=text)
    with collab.desk("a", portfolio="p") as opened:
        yield opened


def find(desk: Desk, text: str) -> list[Message]:
    """Find messages, page by page."""
    found, cursor = list[Message](), None
    while True:
        page = desk.messages.search(text=text, cursor=cursor, limit=3)
        found += page
        if (cursor := page.next) is None:
            return found


def test_no_query_language_is_reached(desk: Desk) -> None:
    """T7: quotes, operators, columns and signs of a search are nothing but what stands between words."""
    for asked in NASTY:
        if any(letter.isalnum() for letter in asked):
            due = {text for text in TEXTS if has(f"s {text}", asked)}
            assert due == {message.text for message in find(desk, asked)}, asked
        else:
            with pytest.raises(InvalidInput):
                find(desk, asked)


def test_texts_of_a_million_characters(desk: Desk) -> None:
    """T7, T1: the longest text can be sent, and is found by its words, the first 400,000 bytes of different ones."""
    many = " ".join(f"w{number}" for number in range(200_000))[:999_000] + " letztes"
    for text in (many, "ä" * 1_000_000, "漢 " * 500_000, "x'\" " * 250_000):
        desk.talks.start("b", subject="lang", text=text)
    for asked, number in (
        ("w0", 1),
        ("w40000", 1),
        ("letztes", 0),
        ("ä" * 64, 1),
        ("漢", 1),
        ("x lang", 1),
        ("lang", 4),
    ):
        assert number == len(find(desk, asked)), asked[:9]


def test_portfolios_do_not_find_each_others_words(collab: Collab, desk: Desk) -> None:
    """T7, V12: newer messages of another portfolio with the same words are not found, and hide none of this one's."""
    with collab.desk("a", portfolio="q") as other:
        for _ in range(80):
            other.talks.start("b", subject="Schaden", text="nebenan")
        other.talks.start("b", subject="s", text="Neuer Schaden nur hier")
    assert ["Schadenersatz", "Schaden und Regress"] == [message.text for message in find(desk, "scha*")]
    assert ["Schaden und Regress"] == [message.text for message in find(desk, "schaden")]
    for hidden in ("nebenan", "neuer", "neb*"):
        assert [] == find(desk, hidden)
    with collab.desk("a", portfolio="q") as other:
        assert 81 == len(find(other, "schaden"))
        assert [] == find(other, "regress")
