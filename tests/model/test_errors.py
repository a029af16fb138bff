"""The tree of errors: codes, facts, texts, pickling."""

from __future__ import annotations

import pickle
import threading
from datetime import UTC, datetime

import pytest

import collabcase
from collabcase import errors
from collabcase.errors import CollabError, Conflict

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

SAMPLES: tuple[CollabError, ...] = (
    errors.NotFound("message", "message_1"),
    errors.Forbidden("answer", "observers only read."),
    errors.InvalidInput("limit", "must be a whole number"),
    errors.UnknownCode("data", "KXZ", ("KFZ",), "code of the dictionary 'Sparte'", "the list", "Sparte"),
    errors.AlreadyClaimed("x1", NOW),
    errors.AlreadyInMainGroup(("gb",)),
    errors.GroupInUse(3),
    errors.AnswerRequired(("message_1", "message_2")),
    errors.ItemLocked("talk", "talk_1", "x1", NOW),
    errors.StaleLock("talk", "talk_1", how="forced", holder=None, since=NOW, reason="x1 is away"),
    errors.WindowGone("window-1"),
    errors.SnapshotRequired(),
    errors.FeatureUnavailable("share_cases"),
    errors.TryAgain("two units of work waited for each other"),
    errors.DeskClosed("This desk is not open."),
    errors.SchemaOutdated(None, "0001", "Call upgrade."),
    errors.MissingExtra("postgres", "psycopg"),
    errors.StorageError("OperationalError"),
)


def _kinds(kind: type[CollabError] = CollabError) -> set[type[CollabError]]:
    return {kind}.union(*map(_kinds, kind.__subclasses__()))


def test_every_error_has_a_sample_and_is_public() -> None:
    """Each kind that is raised stands in this file's samples, and each is a public name."""
    raised = {kind for kind in _kinds() if kind.code}
    assert raised == {type(error) for error in SAMPLES}
    assert {kind.__name__ for kind in _kinds()} <= set(collabcase.__all__)


def test_codes_never_change() -> None:
    """A host maps codes to answers of its own, so each kind has its own for ever."""
    assert {
        "NotFound": "not_found",
        "Forbidden": "forbidden",
        "InvalidInput": "invalid_input",
        "UnknownCode": "unknown_code",
        "AlreadyClaimed": "already_claimed",
        "AlreadyInMainGroup": "already_in_main_group",
        "GroupInUse": "group_in_use",
        "AnswerRequired": "answer_required",
        "ItemLocked": "item_locked",
        "StaleLock": "stale_lock",
        "WindowGone": "window_gone",
        "SnapshotRequired": "snapshot_required",
        "FeatureUnavailable": "feature_unavailable",
        "TryAgain": "try_again",
        "DeskClosed": "desk_closed",
        "SchemaOutdated": "schema_outdated",
        "MissingExtra": "missing_extra",
        "StorageError": "storage_error",
    } == {type(error).__name__: error.code for error in SAMPLES}


def test_facts_are_attributes() -> None:
    """The facts of an error are attributes, beside a text for people that names what to do."""
    assert [
        {"kind": "message", "id": "message_1"},
        {"right": "answer"},
        {"field": "limit", "problem": "must be a whole number"},
        {
            "field": "data",
            "problem": "'KXZ' is no code of the dictionary 'Sparte'; near ones: 'KFZ'; choose from the list (rule T8)",
            "given": "KXZ",
            "dictionary": "Sparte",
            "near": ("KFZ",),
        },
        {"by": "x1", "since": NOW},
        {"persons": ("gb",)},
        {"items": 3},
        {"messages": ("message_1", "message_2")},
        {"kind": "talk", "id": "talk_1", "holder": "x1", "since": NOW},
        {
            "kind": "talk",
            "id": "talk_1",
            "holder": None,
            "since": NOW,
            "how": "forced",
            "reason": "x1 is away",
        },
        {"window": "window-1"},
        {},
        {"feature": "share_cases"},
        {},
        {},
        {"found": None, "wanted": "0001"},
        {"extra": "postgres"},
        {},
    ] == [vars(error) for error in SAMPLES]


def test_texts() -> None:
    """Each text says what happened, names the rule where one speaks, and what to do next."""
    assert [
        "There is no message 'message_1' here. Check the id, and that it belongs to this portfolio (rule V12).",
        "Not allowed: observers only read. The missing right is 'answer' (rule G2).",
        "limit: must be a whole number",
        "data: 'KXZ' is no code of the dictionary 'Sparte'; near ones: 'KFZ'; choose from the list (rule T8)",
        "x1 has claimed this since 2026-03-01 09:30:00 UTC. Take another item, or ask them to put it back (rule G5).",
        "Already in a main group: gb. A person is in one main group of a portfolio at most; use move_main, or a "
        "secondary group if only sight is wanted (rule G1).",
        "Open items in the group's teambox: 3. Let its members claim and answer them, or name a group that takes them "
        "over with move_to= (rule G4).",
        "Still to be answered: message_1, message_2. Answer with talks.reply, or say with messages.dismiss why you "
        "will not; nothing was marked read (rule T4).",
        "x1 has been at work on talk 'talk_1' since 2026-03-01 09:30:00 UTC. Keep what you have written with "
        "talks.draft, ask them with window.ask, or choose something else; nothing was changed (rule L6).",
        "The lock on talk 'talk_1' is not yours any more (forced: x1 is away); somebody has held it since 2026-03-01 "
        "09:30:00 UTC. Keep what you have written with talks.draft, look at what has changed, and focus it again; "
        "nothing was changed (rule L6).",
        "There is no window 'window-1' any more. Open another with collab.window(…), and take its picture before you "
        "go on (rule L3).",
        "The feed does not reach back to this cursor. Read anew what you show, take window.picture or collab.feed "
        "without a cursor, and go on from the cursor you get there (rule L2).",
        "The feature 'share_cases' is off in this portfolio. Whoever runs the system can switch it on with "
        "system.features.enable (rule G3).",
        "Nothing was kept: two units of work waited for each other. Repeat the whole unit of work; collab.run does "
        "so by itself.",
        "This desk is not open. Open a new one: with collab.desk(…) as desk.",
        "The collabcase tables are at no version, this library needs 0001. Call upgrade.",
        "This needs the package 'psycopg'. Install it with: pip install 'collabcase[postgres]'.",
        "The database can't do this: OperationalError.",
    ] == [str(error) for error in SAMPLES]
    assert "Already in a main group: a person named." in str(errors.AlreadyInMainGroup(()))
    assert "Somebody has been at work on talk" in str(errors.ItemLocked("talk", "talk_1", None, NOW))
    free = errors.StaleLock("talk", "talk_1", how="released", holder=None, since=None, reason=None)
    assert "is not yours any more (released); nobody holds it now." in str(free)
    assert "are at 0009, this" in str(errors.SchemaOutdated("0009", "0001", ""))


def test_the_tree() -> None:
    """Hosts may catch by Python's own kinds too: NotFound is a LookupError, InvalidInput a ValueError."""
    assert issubclass(errors.NotFound, LookupError)
    assert issubclass(errors.InvalidInput, ValueError)
    assert issubclass(errors.AlreadyInMainGroup, Conflict)
    assert all(isinstance(error, CollabError) for error in SAMPLES)


@pytest.mark.parametrize("kind", [CollabError, Conflict])
def test_only_kinds_are_raised(kind: type[CollabError]) -> None:
    """The root and the branches of the tree have no code of their own, so they can't be made."""
    with pytest.raises(TypeError, match=f"{kind.__name__} is raised only as one of its kinds"):
        kind("something")


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: error.code)
def test_errors_pickle(error: CollabError) -> None:
    """An error sent to another process arrives with its kind, text, facts and cause."""
    try:
        raise error from KeyError("why")
    except CollabError as raised:
        copied = pickle.loads(pickle.dumps(raised))
    assert type(error) is type(copied)
    assert (str(error), vars(error), error.args) == (str(copied), vars(copied), copied.args)
    assert repr(KeyError("why")) == repr(copied.__cause__)


def test_a_cause_that_does_not_pickle() -> None:
    """A cause that refuses to be pickled arrives as its text; no cause stays none."""
    error = errors.StorageError("OperationalError")
    error.__cause__ = ValueError(threading.Lock())
    copied = pickle.loads(pickle.dumps(error))
    assert isinstance(copied.__cause__, RuntimeError)
    assert "ValueError(<unlocked" in str(copied.__cause__)
    assert None is pickle.loads(pickle.dumps(errors.TryAgain("busy"))).__cause__
