"""The one converter between values and JSON (I3).

Every public value has a versioned form: an object with its type, the version of the form, and its fields. Forms
are read leniently, so that a field added later does not break an older reader, and written strictly.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, get_origin

import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from collabcase.errors import InvalidInput
from collabcase.model.dictionary import DictionaryEntry
from collabcase.model.draft import Draft
from collabcase.model.event import Event, FeedPage
from collabcase.model.group import Group
from collabcase.model.item import ItemRef
from collabcase.model.lock import Beat, Forced, Held, Lock, Moved, Picture, Swept
from collabcase.model.message import Message
from collabcase.model.page import Page
from collabcase.model.person import Person, PersonCard, SyncResult
from collabcase.model.portfolio import Portfolio
from collabcase.model.reading import Dismissal, Unread
from collabcase.model.report import Finding, Report
from collabcase.model.talk import Talk, TalkSummary, TalkView
from collabcase.model.teambox import TeamboxCount, TeamboxItem
from collabcase.permissions.explain import Audience, AudienceLine, Explanation, Preview, Reader, Reason, SightChange

_VERSION = 1

PUBLIC: tuple[type, ...] = (
    Audience,
    AudienceLine,
    Beat,
    DictionaryEntry,
    Dismissal,
    Draft,
    Event,
    Explanation,
    FeedPage,
    Finding,
    Forced,
    Group,
    Held,
    ItemRef,
    Lock,
    Message,
    Moved,
    Person,
    PersonCard,
    Picture,
    Portfolio,
    Preview,
    Reader,
    Reason,
    Report,
    SightChange,
    Swept,
    SyncResult,
    Talk,
    TalkSummary,
    TalkView,
    TeamboxCount,
    TeamboxItem,
    Unread,
)
"""The values that have a form of their own; a Page is a form of its items."""

_BY_NAME = {kind.__name__: kind for kind in PUBLIC}


def _make_converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=False)
    converter.register_unstructure_hook(datetime, lambda moment: moment.astimezone(UTC).isoformat())
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text).astimezone(UTC))
    converter.register_unstructure_hook(timedelta, timedelta.total_seconds)
    converter.register_structure_hook(timedelta, lambda seconds, _: timedelta(seconds=seconds))
    converter.register_unstructure_hook_func(_is_set, sorted)
    renamed = override(rename="message_type")  # the form's own `type` says what kind of value it is
    for kind in (Message, TeamboxItem, TeamboxCount):
        converter.register_unstructure_hook(kind, make_dict_unstructure_fn(kind, converter, type=renamed))
        converter.register_structure_hook(kind, make_dict_structure_fn(kind, converter, type=renamed))
    return converter


def _is_set(kind: Any) -> bool:
    return issubclass(get_origin(kind) or object, frozenset)


_converter = _make_converter()


def to_json(value: Any) -> str:
    """Return the versioned JSON form of a public value.

    Args:
        value: any value the library returns: a Message, a Talk, a Page of them, an Explanation.

    Raises:
        InvalidInput: it is no such value.
    """
    return json.dumps(_form(value), ensure_ascii=False)


def _form(value: Any) -> dict[str, Any]:
    if isinstance(value, Page):
        return {"type": "Page", "v": _VERSION, "items": [_form(item) for item in value], "next": value.next}
    if type(value) not in PUBLIC:
        raise InvalidInput("value", f"a {type(value).__name__} has no JSON form")
    return {"type": type(value).__name__, "v": _VERSION, **_converter.unstructure(value)}


def from_json(text: str) -> Any:
    """Return the value of a JSON form.

    Args:
        text: what `to_json` gave, of this version of the form.

    Raises:
        InvalidInput: it is no such form, or a field is missing or of another type.
    """
    try:
        return _value(json.loads(text))
    except InvalidInput:
        raise
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError, cattrs.BaseValidationError) as error:
        raise InvalidInput("text", f"is no form of ours: {_first_problem(error)}") from error


def _value(form: Any) -> Any:
    if not isinstance(form, dict) or "type" not in form:
        raise InvalidInput("text", "is no form of ours: it names no type")
    if form.get("v") != _VERSION:
        raise InvalidInput("text", f"is of version {form.get('v')!r}; version {_VERSION} is known")
    if form["type"] == "Page":
        return Page(tuple(_value(item) for item in form["items"]), form["next"])
    kind = _BY_NAME.get(form["type"])
    if kind is None:
        raise InvalidInput("text", f"is of the type {form['type']!r}, which is not known")
    return _converter.structure(form, kind)


def _first_problem(error: Exception) -> str:
    return cattrs.transform_error(error)[0] if isinstance(error, cattrs.BaseValidationError) else str(error)
