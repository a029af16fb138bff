"""The one tree of errors.

Each error has a `code` that never changes, its facts as attributes, a text that says what happened, which rule
speaks and what to do next, and its cause where there is one. All of them pickle. A host maps `code` to its own
answers (an HTTP status, a dialogue).
"""

from __future__ import annotations

import pickle
from datetime import datetime
from typing import Any, ClassVar


class CollabError(Exception):
    """The root of the tree; only its kinds are raised."""

    code: ClassVar[str] = ""

    def __init__(self, text: str, **facts: object) -> None:
        if not type(self).code:
            raise TypeError(f"{type(self).__name__} is raised only as one of its kinds")
        super().__init__(text)
        self.__dict__.update(facts)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__.copy(), _portable(self.__cause__))


def _portable(cause: BaseException | None) -> BaseException | None:
    """Return the cause itself where it pickles, else an error with its text."""
    try:
        pickle.loads(pickle.dumps(cause))
    except Exception:  # a driver's error may refuse in any way it likes
        return RuntimeError(repr(cause))
    return cause


def _restore(
    kind: type[CollabError], args: tuple[Any, ...], facts: dict[str, Any], cause: BaseException | None
) -> CollabError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(facts)
    error.__cause__ = cause
    return error


def _who(person: str | None) -> str:
    return "Somebody" if person is None else person


class NotFound(CollabError, LookupError):
    """What is named does not exist for this person: never issued, or not theirs to know (V12)."""

    code = "not_found"
    kind: str
    id: str

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(
            f"There is no {kind} {id!r} here. Check the id, and that it belongs to this portfolio (rule V12).",
            kind=kind,
            id=id,
        )


class Forbidden(CollabError):
    """The thing is seen, but the right or role for the act is missing (V12, G2)."""

    code = "forbidden"
    right: str

    def __init__(self, right: str, reason: str, rule: str = "G2") -> None:
        super().__init__(f"Not allowed: {reason} The missing right is {right!r} (rule {rule}).", right=right)


class InvalidInput(CollabError, ValueError):
    """What was passed can't be used; nothing was changed."""

    code = "invalid_input"
    field: str
    problem: str

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}", field=field, problem=problem)


class UnknownCode(InvalidInput):
    """A code that is no message type, or none of a dictionary, or the name of no dictionary (T8)."""

    code = "unknown_code"
    field: str
    given: str
    dictionary: str | None
    near: tuple[str, ...]

    def __init__(
        self, field: str, given: str, near: tuple[str, ...], what: str, where: str, dictionary: str | None = None
    ) -> None:
        listed = f"near ones: {', '.join(map(repr, near))}" if near else "none is near it"
        super().__init__(field, f"{given!r} is no {what}; {listed}; choose from {where} (rule T8)")
        self.given, self.dictionary, self.near = given, dictionary, near


class Conflict(CollabError):
    """What was asked contradicts what is stored."""


class AlreadyInMainGroup(Conflict):
    """A person is in one main group at most (G1)."""

    code = "already_in_main_group"
    persons: tuple[str, ...]

    def __init__(self, persons: tuple[str, ...]) -> None:
        who = ", ".join(persons) or "a person named"
        super().__init__(
            f"Already in a main group: {who}. A person is in one main group of a portfolio at most; "
            "use move_main, or a secondary group if only sight is wanted (rule G1).",
            persons=persons,
        )


class AlreadyClaimed(Conflict):
    """Somebody else has claimed an item of a teambox (G5)."""

    code = "already_claimed"
    by: str | None
    since: datetime

    def __init__(self, by: str | None, since: datetime) -> None:
        super().__init__(
            f"{_who(by)} has claimed this since {since:%Y-%m-%d %H:%M:%S} UTC. Take another "
            "item, or ask them to put it back (rule G5).",
            by=by,
            since=since,
        )


class GroupInUse(Conflict):
    """A group is to be deleted while open items wait in its teambox (G4)."""

    code = "group_in_use"
    items: int

    def __init__(self, items: int) -> None:
        super().__init__(
            f"Open items in the group's teambox: {items}. Let its members claim and answer them, or name a group "
            "that takes them over with move_to= (rule G4).",
            items=items,
        )


class AnswerRequired(CollabError):
    """A question can't be marked read before it is answered (T4)."""

    code = "answer_required"
    messages: tuple[str, ...]

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__(
            f"Still to be answered: {', '.join(messages)}. Answer with talks.reply, or say with messages.dismiss why "
            "you will not; nothing was marked read (rule T4).",
            messages=messages,
        )


class ItemLocked(CollabError):
    """Somebody else is at work on an item (L6)."""

    code = "item_locked"
    kind: str
    id: str
    holder: str | None
    since: datetime

    def __init__(self, kind: str, id: str, holder: str | None, since: datetime) -> None:
        super().__init__(
            f"{_who(holder)} has been at work on {kind} {id!r} since {since:%Y-%m-%d %H:%M:%S} UTC. Keep what you have "
            "written with talks.draft, ask them with window.ask, or choose something else; nothing was changed "
            "(rule L6).",
            kind=kind,
            id=id,
            holder=holder,
            since=since,
        )


class StaleLock(CollabError):
    """The lock that a write counted on is not the writer's any more (L6).

    Attributes:
        kind: of the item it was on, or was said to be on.
        id: of that item.
        holder: who holds it now; None for nobody, or for somebody the writer may not know.
        since: since when; None for nobody.
        how: how it was lost: ``released``, ``expired``, ``forced``, ``moved``, ``taken over``.
        reason: of a force, why.
    """

    code = "stale_lock"
    kind: str
    id: str
    holder: str | None
    since: datetime | None
    how: str
    reason: str | None

    def __init__(
        self, kind: str, id: str, *, how: str, holder: str | None, since: datetime | None, reason: str | None
    ) -> None:
        who = holder or "somebody"
        now = "nobody holds it now" if since is None else f"{who} has held it since {since:%Y-%m-%d %H:%M:%S} UTC"
        why = "" if reason is None else f": {reason}"
        super().__init__(
            f"The lock on {kind} {id!r} is not yours any more ({how}{why}); {now}. Keep what you have written with "
            "talks.draft, look at what has changed, and focus it again; nothing was changed (rule L6).",
            kind=kind,
            id=id,
            holder=holder,
            since=since,
            how=how,
            reason=reason,
        )


class WindowGone(CollabError):
    """A window is not there any more: closed, silent for too long, or never this person's (L3)."""

    code = "window_gone"
    window: str

    def __init__(self, window: str) -> None:
        super().__init__(
            f"There is no window {window!r} any more. Open another with collab.window(…), and take its picture before "
            "you go on (rule L3).",
            window=window,
        )


class SnapshotRequired(CollabError):
    """A cursor is older than what the feed keeps (L2)."""

    code = "snapshot_required"

    def __init__(self) -> None:
        super().__init__(
            "The feed does not reach back to this cursor. Read anew what you show, take window.picture or collab.feed "
            "without a cursor, and go on from the cursor you get there (rule L2)."
        )


class FeatureUnavailable(CollabError):
    """The portfolio's feature is off (G3)."""

    code = "feature_unavailable"
    feature: str

    def __init__(self, feature: str) -> None:
        super().__init__(
            f"The feature {feature!r} is off in this portfolio. Whoever runs the system can switch it on with "
            f"system.features.enable (rule G3).",
            feature=feature,
        )


class TryAgain(CollabError):
    """The database asks to repeat the whole unit of work; this desk is dead, nothing of it was kept."""

    code = "try_again"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Nothing was kept: {reason}. Repeat the whole unit of work; collab.run does so by itself.")


class DeskClosed(CollabError):
    """A verb was called on a desk that is not open."""

    code = "desk_closed"

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} Open a new one: with collab.desk(…) as desk.")


class SchemaOutdated(CollabError):
    """The tables in the database are older or newer than this version of the library."""

    code = "schema_outdated"
    found: str | None
    wanted: str

    def __init__(self, found: str | None, wanted: str, advice: str) -> None:
        super().__init__(
            f"The collabcase tables are at {found or 'no version'}, this library needs {wanted}. {advice}",
            found=found,
            wanted=wanted,
        )


class MissingExtra(CollabError):
    """An optional package is not installed."""

    code = "missing_extra"
    extra: str

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(
            f"This needs the package {package!r}. Install it with: pip install 'collabcase[{extra}]'.",
            extra=extra,
        )


class StorageError(CollabError):
    """The database can't do what is asked, and repeating won't mend it."""

    code = "storage_error"

    def __init__(self, problem: str) -> None:
        super().__init__(f"The database can't do this: {problem}.")
