"""Errors that travel from one process to another."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from collabcase import (
    AlreadyClaimed,
    AlreadyInMainGroup,
    AnswerRequired,
    Collab,
    CollabError,
    DeskClosed,
    FeatureUnavailable,
    Forbidden,
    GroupInUse,
    InvalidInput,
    ItemLocked,
    MissingExtra,
    NotFound,
    SchemaOutdated,
    SnapshotRequired,
    StaleLock,
    StorageError,
    TryAgain,
    UnknownCode,
    WindowGone,
)
from concurrency.crew import SIZE, Crew
from concurrency.scene import set_up

NOON = datetime(2026, 7, 5, 12, tzinfo=UTC)
ERRORS: list[CollabError] = [
    NotFound("message", "message_0"),
    Forbidden("group.manage", "ask a colleague.", "G6"),
    InvalidInput("subject", "is empty"),
    UnknownCode("data", "claimm", ("claim",), "code", "dictionaries.entries('line')", dictionary="line"),
    AlreadyInMainGroup(("a", "b")),
    AlreadyClaimed("a", NOON),
    GroupInUse(3),
    AnswerRequired(("message_0", "message_1")),
    ItemLocked("talk", "talk_0", "a", NOON),
    StaleLock("talk", "talk_0", how="forced", holder="a", since=NOON, reason="holiday"),
    WindowGone("window_0"),
    SnapshotRequired(),
    FeatureUnavailable("share_cases"),
    TryAgain("two units of work waited for each other"),
    DeskClosed("This desk is not open."),
    SchemaOutdated("0001", "0002", "Upgrade."),
    MissingExtra("postgres", "psycopg"),
    StorageError("full"),
]


def concrete(kind: type[CollabError]) -> set[type[CollabError]]:
    """Return the kinds of an error that can be raised."""
    below = {one for child in kind.__subclasses__() for one in concrete(child)}
    return below | ({kind} if kind.code else set())


def shown(error: BaseException) -> tuple[Any, ...]:
    """Return everything a host can look at."""
    cause = error.__cause__
    facts = {name: value for name, value in vars(error).items() if name != "__notes__"}
    return type(error), getattr(error, "code", None), str(error), facts, type(cause), str(cause)


def test_no_kind_of_error_is_missing_here() -> None:
    """I3: whoever adds a kind of error adds it to this test."""
    assert concrete(CollabError) == {type(error) for error in ERRORS}
    codes = [error.code for error in ERRORS]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_error_pickles(error: CollabError, protocol: int) -> None:
    """I3: kind, code, text, facts and cause of every error outlive pickling."""
    try:
        raise error from LookupError("why")
    except CollabError as raised:
        back = pickle.loads(pickle.dumps(raised, protocol))
    assert shown(error) == shown(back)
    assert "why" in str(back.__cause__)


class Unfit(Exception):
    """A driver's error that does not pickle."""

    def __reduce__(self) -> str:
        raise TypeError("not for pickling")


class Treacherous(Exception):
    """A driver's error that pickles and can't be unpickled."""

    def __init__(self, needed: str, also: str) -> None:
        super().__init__(needed)


@pytest.mark.parametrize("cause", [Unfit("why"), Treacherous("why", "so")], ids=["unfit", "treacherous"])
def test_a_cause_that_does_not_pickle(cause: Exception) -> None:
    """I3: an error pickles though its cause does not; what the cause said is kept."""
    try:
        raise TryAgain("busy") from cause
    except TryAgain as error:
        back = pickle.loads(pickle.dumps(error))
    assert (TryAgain, RuntimeError, True) == (type(back), type(back.__cause__), "why" in str(back.__cause__))


def test_causes_of_causes() -> None:
    """I3: a cause of ours keeps its own cause."""
    inner, outer = InvalidInput("text", "is empty"), StorageError("no")
    inner.__cause__, outer.__cause__ = ZeroDivisionError("zero"), inner
    back = pickle.loads(pickle.dumps(outer))
    assert (shown(outer), shown(inner)) == (shown(back), shown(back.__cause__))


def fail(collab: Collab, way: str) -> CollabError | None:
    """Return what the library raises."""
    try:
        with collab.desk("a", portfolio="p") as desk:
            if way == "not_found":
                desk.messages.get("message_0000000000000")
            elif way == "invalid_input":
                desk.talks.start("b", subject="", text="t")
            elif way == "forbidden":
                desk.groups.create("g")
            else:
                with collab._storage.unit_of_work().writing() as tx:
                    tx.handle.exec_driver_sql("SELECT nonsense FROM nowhere")
    except CollabError as error:
        return error
    return None


def test_from_other_processes(url: str, collab: Collab, crew: Crew) -> None:
    """I3: errors raised in other processes arrive whole, those of the database with what the driver said."""
    set_up(collab, ["a", "b"])
    ways = ["not_found", "invalid_input", "forbidden", "storage_error"] * (SIZE // 4)
    answers: list[CollabError] = crew.at_once(url, fail, [(way,) for way in ways])
    assert ways == [error.code for error in answers]
    facts = zip(answers, ("id", "field", "right"), strict=False)
    assert ["message_0000000000000", "subject", "group.manage"] == [getattr(error, fact) for error, fact in facts]
    assert "nowhere" in str(answers[3].__cause__)
