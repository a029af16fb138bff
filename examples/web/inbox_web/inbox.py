"""The lists: headings of the inbox, a group's teambox, one's drafts, the search, one's own locks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast, get_args

from starlette.responses import Response

from collabcase import Desk, ItemRef, Message, NotFound
from inbox_web.pages import around, shown
from inbox_web.visitor import Visitor, ref_of

_PAGE = 25
_Heading = Literal["all", "mine", "teambox", "shared", "archived"]
_SNIPPET = 160


def inbox(visitor: Visitor) -> Response:
    """Show the talks under a heading."""
    heading = visitor.part("heading")
    if heading not in get_args(_Heading):
        raise NotFound("heading", heading)
    with visitor.desk() as desk:
        page = desk.talks.inbox(cast(_Heading, heading), cursor=visitor.asked("cursor") or None, limit=_PAGE)
        rows = [
            {
                "id": talk.id,
                "subject": talk.subject,
                "heading": talk.heading,
                "confidential": talk.confidential,
                **_line(visitor, desk, talk.last),
            }
            for talk in page
        ]
        beside = around(visitor, desk)
    return shown(visitor, "inbox.html", heading=heading, rows=rows, next=page.next, window="list", **beside)


def _line(visitor: Visitor, desk: Desk, message: Message) -> dict[str, Any]:
    """Return what a list shows of a message."""
    text = " ".join(message.text.split())
    return {
        "message": message,
        "sender": visitor.name(desk, message.sender),
        "sent_for": visitor.name(desk, message.sent_for) if message.sent_for else "",
        "to": [visitor.name(desk, ref) for ref in message.to],
        "snippet": text if len(text) <= _SNIPPET else text[:_SNIPPET].rsplit(" ", 1)[0] + " …",
        "type": type_label(visitor, desk, message.type),
        "waits": message.asks_answer and not message.answered and not message.waived,
    }


def type_label(visitor: Visitor, desk: Desk, code: str | None) -> str:
    """Return how a type of messages is called in the visitor's language."""
    found = (entry for entry in desk.types.entries() if entry.code == code) if code else iter(())
    return next((entry.label(visitor.words.lang) for entry in found), "")


def types(visitor: Visitor, desk: Desk) -> list[tuple[str, str]]:
    """Return the types to choose from: code and label."""
    now = datetime.now(UTC)
    found = (entry for entry in desk.types.entries() if entry.valid_at(now))
    return [(entry.code, entry.label(visitor.words.lang)) for entry in found]


def teambox(visitor: Visitor) -> Response:
    """Show what waits in a group's teambox, and what its members have claimed."""
    with visitor.desk() as desk:
        group = desk.groups.get(visitor.part("group"))
        waiting = desk.teambox(group).items(cursor=visitor.asked("cursor") or None, limit=_PAGE)
        claimed = desk.teambox(group).items(claimed=True, limit=_PAGE)
        labels = {item.type: type_label(visitor, desk, item.type) for item in (*waiting, *claimed)}
        beside = around(visitor, desk)
    return shown(
        visitor,
        "teambox.html",
        group=group,
        waiting=waiting,
        claimed=claimed,
        labels=labels,
        window="list",
        **beside,
    )


def drafts(visitor: Visitor) -> Response:
    """Show what the visitor has begun to write."""
    with visitor.desk() as desk:
        page = desk.talks.drafts(cursor=visitor.asked("cursor") or None, limit=_PAGE)
        rows = [(draft, talk) for draft in page if (talk := _talk_of(desk, draft.item)) is not None]
        beside = around(visitor, desk)
    return shown(visitor, "drafts.html", rows=rows, next=page.next, window="list", **beside)


def _talk_of(desk: Desk, ref: ItemRef) -> Any:
    """Return the talk a draft belongs to; None where its writer sees it no more."""
    try:
        return desk.talks.view(ref.id if ref.kind == "talk" else desk.messages.get(ref.id).talk, limit=1).talk
    except NotFound:
        return None


def search(visitor: Visitor) -> Response:
    """Show messages that fulfil conditions; without any, the form alone."""
    asked = {name: visitor.asked(name) for name in ("text", "author", "recipient", "type", "since", "until")}
    flags = {name: visitor.asked(name) == "yes" for name in ("unread", "asks_answer")}
    rows: list[dict[str, Any]] = []
    more, problem = None, ""
    with visitor.desk() as desk:
        if any(asked.values()) or any(flags.values()):
            try:
                page = desk.messages.search(
                    **_conditions(asked, flags), cursor=visitor.asked("cursor") or None, limit=_PAGE
                )
                rows = [_found(visitor, desk, message) for message in page]
                more = page.next
            except ValueError as error:  # InvalidInput is one, too
                problem = str(error)
        people = desk.people.known(limit=500)
        facts = {
            "people": sorted((card.name, card.id) for card in people),
            "recipients": [*visitor.addressees(desk), (f"person:{visitor.person}", visitor.words("you"))],
            "types": types(visitor, desk),
            **around(visitor, desk),
        }
    begun = bool(visitor.request.url.query)
    return shown(
        visitor,
        "search.html",
        rows=rows,
        next=more,
        asked=asked | flags,
        begun=begun,
        problem=problem,
        window="list",
        **facts,
    )


def _conditions(asked: dict[str, str], flags: dict[str, bool]) -> dict[str, Any]:
    conditions: dict[str, Any] = {name: asked[name] for name in ("text", "author", "type") if asked[name]}
    conditions |= {name: True for name, wanted in flags.items() if wanted}
    if asked["recipient"]:
        conditions["recipient"] = ref_of(asked["recipient"])
    if asked["since"]:
        conditions["since"] = _day(asked["since"])
    if asked["until"]:
        conditions["until"] = _day(asked["until"]) + timedelta(days=1)
    return conditions


def _day(told: str) -> datetime:
    return datetime.strptime(told, "%Y-%m-%d").astimezone()


def _found(visitor: Visitor, desk: Desk, message: Message) -> dict[str, Any]:
    subject = desk.talks.view(message.talk, limit=1).talk.subject
    return {
        "id": message.talk,
        "subject": subject,
        "heading": "",
        "confidential": False,
        **_line(visitor, desk, message),
    }


def locks(visitor: Visitor) -> Response:
    """Show which talks the visitor holds; their windows are known to the page that asks."""
    with visitor.desk() as desk:
        beside = around(visitor, desk)
    return shown(visitor, "locks.html", window="list", **beside)
