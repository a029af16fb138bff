"""Making pages of templates, with what stands around all of them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.templating import Jinja2Templates

from collabcase import (
    AlreadyClaimed,
    CollabError,
    Desk,
    Forbidden,
    InvalidInput,
    ItemLocked,
    NotFound,
    StaleLock,
    TryAgain,
    WindowGone,
)
from inbox_web.visitor import Visitor
from inbox_web.words import LANGUAGES

_TEMPLATES = Jinja2Templates(Path(__file__).parents[1] / "templates")
_TEMPLATES.env.trim_blocks = _TEMPLATES.env.lstrip_blocks = True
_log = logging.getLogger(__name__)

_STATUS = (
    (NotFound, 404, "not_found"),
    (Forbidden, 403, "forbidden"),
    (AlreadyClaimed, 409, "already_claimed"),
    (ItemLocked, 409, "item_locked"),
    (StaleLock, 409, "stale_lock"),
    (WindowGone, 409, "stale_lock"),
    (TryAgain, 503, "try_again"),
    (InvalidInput, 400, "invalid"),
)


def shown(visitor: Visitor, template: str, status: int = 200, **facts: Any) -> Response:
    """Return a page."""
    session = visitor.request.session
    told = session.pop("told", None)
    around = {
        "t": visitor.words,
        "visitor": visitor,
        "languages": LANGUAGES,
        "told": visitor.words(told[0], **told[1]) if told else "",
        "here": visitor.request.url.path + (f"?{visitor.request.url.query}" if visitor.request.url.query else ""),
        "window": "",
    }
    return _TEMPLATES.TemplateResponse(visitor.request, template, around | facts, status_code=status)


def around(visitor: Visitor, desk: Desk) -> dict[str, Any]:
    """Return what stands beside every page of somebody signed in: their name, their headings, what is unread."""
    return {
        "me": desk.people.get(visitor.person),
        "unread": desk.messages.unread(),
        "boxes": [
            (group, sum(count.number for count in desk.teambox(group).counts())) for group in visitor.teamboxes(desk)
        ],
        "drafts": len(desk.talks.drafts(limit=100)),
    }


def refused(visitor: Visitor, error: CollabError) -> Response:
    """Return the page that says why something was not done."""
    status, name = told(error)
    if status == 500:
        _log.error("not done", exc_info=error)
    try:
        with visitor.desk() as desk:
            beside = around(visitor, desk)
    except CollabError:  # signed in as nobody of this portfolio
        visitor.request.session.clear()
        return visitor.go("/sign-in")
    return shown(
        visitor, "refused.html", status, title=visitor.words(f"error.{name}"), detail=detail(visitor, error), **beside
    )


def told(error: CollabError) -> tuple[int, str]:
    """Return the status of a refusal, and under which name the catalogues tell of it."""
    return next(((status, name) for kind, status, name in _STATUS if isinstance(error, kind)), (500, "failed"))


def detail(visitor: Visitor, error: CollabError) -> str:
    """Return who stands in the way, since when and why, as far as the error tells."""
    words = visitor.words
    if isinstance(error, ItemLocked | AlreadyClaimed):
        holder = error.holder if isinstance(error, ItemLocked) else error.by
        with visitor.desk() as desk:
            who = words("somebody") if holder is None else visitor.name(desk, holder)
        return words("error.by", who=who, since=words.moment(error.since))
    if isinstance(error, StaleLock):
        how = words(f"lost.{error.how.replace(' ', '_')}")
        if error.reason:
            how = f"{how} {words('error.reason', reason=error.reason)}"
        if error.since is None:
            return how
        with visitor.desk() as desk:
            who = words("somebody") if error.holder is None else visitor.name(desk, error.holder)
        return f"{how} {words('error.by', who=who, since=words.moment(error.since))}"
    if isinstance(error, InvalidInput):
        return f"{error.field}: {error.problem}"
    return ""
