"""collabcase: the collaboration core of a case system."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collabcase.collab import Collab
    from collabcase.desk.call import MaySee
    from collabcase.desk.desk import Desk, System
    from collabcase.desk.windows import Window
    from collabcase.errors import (
        AlreadyClaimed,
        AlreadyInMainGroup,
        AnswerRequired,
        CollabError,
        Conflict,
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
    from collabcase.locking.windows import Leases
    from collabcase.model.dictionary import DictionaryEntry
    from collabcase.model.draft import Draft
    from collabcase.model.event import Event, FeedPage
    from collabcase.model.group import Group, Right
    from collabcase.model.item import Addressee, ItemRef
    from collabcase.model.lock import Beat, Forced, Held, Lock, Moved, Picture, Swept
    from collabcase.model.message import Message
    from collabcase.model.page import Page
    from collabcase.model.person import Person, PersonCard, SyncResult
    from collabcase.model.portfolio import Feature, Portfolio
    from collabcase.model.reading import Dismissal, Heading, Unread
    from collabcase.model.report import Finding, Report
    from collabcase.model.talk import Talk, TalkSummary, TalkView
    from collabcase.model.teambox import TeamboxCount, TeamboxItem
    from collabcase.opening import embed, open
    from collabcase.permissions.explain import (
        Audience,
        AudienceLine,
        Explanation,
        Preview,
        Reader,
        Reason,
        SightChange,
    )
    from collabcase.storage.packing import from_json, to_json
    from collabcase.storage.sql.schema import include_name, upgrade
    from collabcase.storage.sql.sqlite import configure_sqlite

_ROOMS = {
    "collab": ("Collab",),
    "desk.call": ("MaySee",),
    "desk.desk": ("Desk", "System"),
    "desk.windows": ("Window",),
    "errors": (
        "AlreadyClaimed",
        "AlreadyInMainGroup",
        "AnswerRequired",
        "CollabError",
        "Conflict",
        "DeskClosed",
        "FeatureUnavailable",
        "Forbidden",
        "GroupInUse",
        "InvalidInput",
        "ItemLocked",
        "MissingExtra",
        "NotFound",
        "SchemaOutdated",
        "SnapshotRequired",
        "StaleLock",
        "StorageError",
        "TryAgain",
        "UnknownCode",
        "WindowGone",
    ),
    "locking.windows": ("Leases",),
    "model.dictionary": ("DictionaryEntry",),
    "model.draft": ("Draft",),
    "model.event": ("Event", "FeedPage"),
    "model.group": ("Group", "Right"),
    "model.item": ("Addressee", "ItemRef"),
    "model.lock": ("Beat", "Forced", "Held", "Lock", "Moved", "Picture", "Swept"),
    "model.message": ("Message",),
    "model.page": ("Page",),
    "model.person": ("Person", "PersonCard", "SyncResult"),
    "model.portfolio": ("Feature", "Portfolio"),
    "model.reading": ("Dismissal", "Heading", "Unread"),
    "model.report": ("Finding", "Report"),
    "model.talk": ("Talk", "TalkSummary", "TalkView"),
    "model.teambox": ("TeamboxCount", "TeamboxItem"),
    "opening": ("embed", "open"),
    "permissions.explain": (
        "Audience",
        "AudienceLine",
        "Explanation",
        "Preview",
        "Reader",
        "Reason",
        "SightChange",
    ),
    "storage.packing": ("from_json", "to_json"),
    "storage.sql.schema": ("include_name", "upgrade"),
    "storage.sql.sqlite": ("configure_sqlite",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Addressee",
    "AlreadyClaimed",
    "AlreadyInMainGroup",
    "AnswerRequired",
    "Audience",
    "AudienceLine",
    "Beat",
    "Collab",
    "CollabError",
    "Conflict",
    "Desk",
    "DeskClosed",
    "DictionaryEntry",
    "Dismissal",
    "Draft",
    "Event",
    "Explanation",
    "Feature",
    "FeatureUnavailable",
    "FeedPage",
    "Finding",
    "Forbidden",
    "Forced",
    "Group",
    "GroupInUse",
    "Heading",
    "Held",
    "InvalidInput",
    "ItemLocked",
    "ItemRef",
    "Leases",
    "Lock",
    "MaySee",
    "Message",
    "MissingExtra",
    "Moved",
    "NotFound",
    "Page",
    "Person",
    "PersonCard",
    "Picture",
    "Portfolio",
    "Preview",
    "Reader",
    "Reason",
    "Report",
    "Right",
    "SchemaOutdated",
    "SightChange",
    "SnapshotRequired",
    "StaleLock",
    "StorageError",
    "Swept",
    "SyncResult",
    "System",
    "Talk",
    "TalkSummary",
    "TalkView",
    "TeamboxCount",
    "TeamboxItem",
    "TryAgain",
    "UnknownCode",
    "Unread",
    "Window",
    "WindowGone",
    "configure_sqlite",
    "embed",
    "from_json",
    "include_name",
    "open",
    "to_json",
    "upgrade",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that importing the package costs next to nothing."""
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
