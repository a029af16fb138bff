"""`Collab.fsck`: it finds exactly what is wrong with derived rows, changes nothing, and tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

import collabcase
from collabcase import Collab, Feature, Finding, InvalidInput, ItemRef, NotFound, Report
from collabcase.work import fsck as checking

Ground = dict[str, str]


@pytest.fixture
def ground(collab: Collab) -> Ground:
    """The ids of g of a and b, of the teambox t of b, and of two talks: of a with c, and of a with t."""
    collab.create_portfolio("p")
    collab.create_portfolio("q")
    with collab.system("p") as system:
        system.features.enable(Feature.SHARE_CASES)
        for person in "abc":
            system.people.add(person, name=person)
        g = system.groups.create("g", shares_cases=True, members=["a", "b"])
        t = system.groups.create("t", teambox=True, members=["b"])
    with collab.desk("a", portfolio="p") as desk:
        one = desk.talks.start("c", subject="Fall", text="Grüße, Łukasz")
        desk.talks.reply(desk.talks.view(one.id).messages[0].id, "… ! …", to=["c"])
        other = desk.talks.start(t, subject="!", text="?")
    with collab.desk("a", portfolio="p") as desk:
        first, second = (message.id for message in desk.talks.view(one.id).messages)
        boxed = desk.talks.view(other.id).messages[0].id
    return {
        "g": g.id,
        "t": t.id,
        "one": one.id,
        "other": other.id,
        "first": first,
        "second": second,
        "boxed": boxed,
    }


def spoil(collab: Collab, statement: str) -> None:
    """Change rows past the library."""
    with collab._storage._engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount != 0


def group(ground: Ground, name: str) -> str:
    """Select the number of a group."""
    return f"(SELECT no FROM principal WHERE id = '{ground[name]}')"


LAST, FIRST = "(SELECT max(id) FROM message)", "(SELECT min(id) FROM message)"
SECOND = f"(SELECT max(id) FROM message WHERE id <> {LAST})"

WRONG: dict[str, tuple[Callable[[Ground], str], list[tuple[str, str | None, int, int, list[str]]]]] = {
    "a feed row lost": (
        lambda it: f"DELETE FROM feed WHERE item = {FIRST}",
        [("group feed", "g", 1, 0, ["first"])],
    ),
    "a feed row too many": (
        lambda it: f"INSERT INTO feed (portfolio, grp, kind, item) VALUES (1, {group(it, 't')}, 4, {FIRST})",
        [("group feed", "t", 0, 1, ["first"])],
    ),
    "a whole feed lost": (
        lambda it: "DELETE FROM feed",
        [("group feed", "g", 3, 0, ["first", "second", "boxed"])],
    ),
    "a talk lost": (
        lambda it: f"DELETE FROM talk_list WHERE NOT shared AND principal = {group(it, 't')}",
        [("own list", "t", 1, 0, ["other"])],
    ),
    "an older message in a shared list": (
        lambda it: f"UPDATE talk_list SET last = {FIRST} WHERE shared AND last = {SECOND}",
        [("shared list", "g", 1, 1, ["one"])],
    ),
    "a talk too many": (
        lambda it: f"UPDATE talk_list SET principal = {group(it, 't')} WHERE shared AND last = {LAST}",
        [("shared list", "g", 1, 0, ["other"]), ("shared list", "t", 0, 1, ["other"])],
    ),
    "a teambox item since another message": (
        lambda it: f"UPDATE teambox_item SET since = {FIRST}",
        [("teambox", "t", 0, 1, ["other"])],
    ),
}
"""What is spoilt, and what is to be found: list, whose, missing, stale, and examples."""


@pytest.mark.parametrize("way", WRONG)
def test_what_is_wrong_is_found(collab: Collab, ground: Ground, way: str) -> None:
    """V13: each spoilt row is told with its list, its owner, how many are missing or stale, and what it is about."""
    statement, wrong = WRONG[way]
    spoil(collab, statement(ground))
    due = tuple(
        Finding(
            "p",
            list,
            None if whose is None else ItemRef("group", ground[whose]),
            missing,
            stale,
            tuple(ItemRef(ground[name].partition("_")[0], ground[name]) for name in examples),
        )
        for list, whose, missing, stale, examples in wrong
    )
    report = collab.fsck()
    assert Report(("p", "q"), 5, 3, due) == report
    assert not report.clean
    assert report == collab.fsck(), "looking changed something"
    assert () == collab.fsck("q").findings


def test_a_message_without_its_words(collab: Collab, ground: Ground, engine_name: str) -> None:
    """T7: a message that full text does not find by its words is told."""
    assert Report(("p",), 5, 3) == collab.fsck("p")
    if engine_name == "postgresql":
        spoil(collab, f"DELETE FROM message_text WHERE message = {FIRST}")
    else:
        words = "1·fall 1·grusse 1·lukasz"
        spoil(collab, f"INSERT INTO message_text (message_text, rowid, words) VALUES ('delete', {FIRST}, '{words}')")
    found = Finding("p", "text index", None, 1, 0, (ItemRef("message", ground["first"]),))
    assert (found,) == collab.fsck("p").findings


def test_batches(collab: Collab, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is passed over between batches, examples end at ten, and progress runs to the end."""
    with collab.desk("a", portfolio="p") as desk:
        for number in range(12):
            desk.talks.start("c", subject="s", text=f"text {number}")
    spoil(collab, "DELETE FROM talk_list WHERE NOT shared")
    monkeypatch.setattr(checking, "_PRINCIPALS", 2)
    monkeypatch.setattr(checking, "_MESSAGES", 4)
    steps: list[tuple[int, int]] = []
    report = collab.fsck("p", progress=lambda done, total: steps.append((done, total)))
    people = [ItemRef("person", "a"), ItemRef("person", "c"), ItemRef("group", ground["t"])]
    assert [(who, "own list") for who in people] == [(one.principal, one.list) for one in report.findings]
    assert [14, 13, 1] == [one.missing for one in report.findings]
    assert [10, 10, 1] == [len(one.examples) for one in report.findings]
    assert (5, 15) == (report.principals, report.messages)
    assert sorted(steps) == steps
    assert (20, 20) == steps[-1]


def test_what_cannot_be_checked(collab: Collab, ground: Ground) -> None:
    """A portfolio that is not there is NotFound, what is no function of progress is refused."""
    with pytest.raises(NotFound):
        collab.fsck("none")
    no_function: Any = 1
    with pytest.raises(InvalidInput, match="progress"):
        collab.fsck("p", progress=no_function)
    with collabcase.open() as empty:
        assert Report((), 0, 0) == empty.fsck()
