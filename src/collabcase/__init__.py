"""collabcase: the collaboration core of a case system."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collabcase.collab import Collab, embed, open
    from collabcase.desk.desk import Desk, System
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
        MissingExtra,
        NotFound,
        SchemaOutdated,
        StorageError,
        TryAgain,
        UnknownCode,
    )
    from collabcase.model.dictionary import DictionaryEntry
    from collabcase.model.draft import Draft
    from collabcase.model.event import Event
    from collabcase.model.group import Group, Right
    from collabcase.model.item import Addressee, ItemRef
    from collabcase.model.message import Message
    from collabcase.model.page import Page
    from collabcase.model.person import Person, PersonCard, SyncResult
    from collabcase.model.portfolio import Feature, Portfolio
    from collabcase.model.reading import Dismissal, Heading, Unread
    from collabcase.model.report import Finding, Report
    from collabcase.model.talk import Talk, TalkSummary, TalkView
    from collabcase.model.teambox import TeamboxCount, TeamboxItem
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
    "collab": ("Collab", "embed", "open"),
    "desk.desk": ("Desk", "System"),
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
        "MissingExtra",
        "NotFound",
        "SchemaOutdated",
        "StorageError",
        "TryAgain",
        "UnknownCode",
    ),
    "model.dictionary": ("DictionaryEntry",),
    "model.draft": ("Draft",),
    "model.event": ("Event",),
    "model.group": ("Group", "Right"),
    "model.item": ("Addressee", "ItemRef"),
    "model.message": ("Message",),
    "model.page": ("Page",),
    "model.person": ("Person", "PersonCard", "SyncResult"),
    "model.portfolio": ("Feature", "Portfolio"),
    "model.reading": ("Dismissal", "Heading", "Unread"),
    "model.report": ("Finding", "Report"),
    "model.talk": ("Talk", "TalkSummary", "TalkView"),
    "model.teambox": ("TeamboxCount", "TeamboxItem"),
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
    "Finding",
    "Forbidden",
    "Group",
    "GroupInUse",
    "Heading",
    "InvalidInput",
    "ItemRef",
    "Message",
    "MissingExtra",
    "NotFound",
    "Page",
    "Person",
    "PersonCard",
    "Portfolio",
    "Preview",
    "Reader",
    "Reason",
    "Report",
    "Right",
    "SchemaOutdated",
    "SightChange",
    "StorageError",
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
