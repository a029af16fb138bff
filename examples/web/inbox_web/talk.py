"""One talk: its messages, who is on it, and the form to answer."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from starlette.responses import Response

from collabcase import CollabError, Desk, Forbidden, Group, Message, TalkView, TeamboxItem
from inbox_web.inbox import type_label, types
from inbox_web.pages import around, detail, shown, told
from inbox_web.visitor import Visitor, ref_of

_MOST = 500


@frozen
class Kept:
    """What somebody wanted to send and could not.

    Attributes:
        answers: the id of the message it was to answer.
        text: what they wrote.
        error: why not.
    """

    answers: str
    text: str
    error: CollabError


def talk(visitor: Visitor) -> Response:
    """Show a talk."""
    return talk_page(visitor, visitor.part("talk"))


def talk_page(visitor: Visitor, id: str, kept: Kept | None = None) -> Response:
    """Return the page of a talk, with what could not be sent."""
    facts: dict[str, Any] = {"problem": "", "status": 200, "here": f"/talks/{id}"}
    if kept is not None:
        status, name = told(kept.error)
        facts |= {"problem": visitor.words(f"error.{name}"), "detail": detail(visitor, kept.error), "status": status}
    with visitor.desk() as desk:
        view = desk.talks.view(id, limit=_MOST)
        text, answered = _begun(visitor, desk, view) if kept is None else (kept.text, kept.answers)
        messages = [_message(visitor, desk, message) for message in view.messages]
        facts |= _answering(visitor, desk, view, answered) | around(visitor, desk)
        facts |= {
            "talk": view.talk,
            "messages": messages,
            "participants": [visitor.name(desk, ref) for ref in view.talk.participants],
            "observers": [(f"{ref.kind}:{ref.id}", visitor.name(desk, ref)) for ref in view.talk.observers],
            "addressees": visitor.addressees(desk),
            "boxed": _boxed(visitor, desk, id),
            "archived": any(one.id == id for one in desk.talks.inbox("archived", limit=_MOST)),
            "text": text,
            "may_hand_over": any(one["party"] for one in messages),
            "some_unread": any(message.unread for message in view.messages),
        }
    status = facts.pop("status")
    return shown(visitor, "talk.html", status, window="talk", **facts)


def _begun(visitor: Visitor, desk: Desk, view: TalkView) -> tuple[str, str]:
    """Return the draft in this talk and the message that it answers: the one asked for, else that of the last draft."""
    asked = visitor.asked("answer")
    shown_here = {message.id for message in view.messages}
    for draft in desk.talks.drafts(limit=_MOST):
        if draft.item.kind == "message" and draft.item.id in shown_here and asked in ("", draft.item.id):
            return draft.text, draft.item.id
    return "", asked if asked in shown_here else ""


def _answering(visitor: Visitor, desk: Desk, view: TalkView, asked: str) -> dict[str, Any]:
    """Return what the form needs: the message it answers, the last one that may be answered, and whom to offer."""
    candidates = [message for message in view.messages if message.id == asked] or list(reversed(view.messages))
    candidates.sort(key=lambda message: message.sender == visitor.person)  # others' first
    for message in candidates:
        try:
            offered = desk.talks.reply_options(message.id)
        except Forbidden:
            continue
        own = message.sender == visitor.person
        chosen = {ref.id for ref in message.to} if own else {message.sender}
        return {
            "answers": _message(visitor, desk, message),
            "offered": [(card.id, card.name, card.id in chosen) for card in offered],
            "types": types(visitor, desk),
            "own_answered": own,
        }
    return {"answers": None, "offered": [], "types": [], "own_answered": False}


def _message(visitor: Visitor, desk: Desk, message: Message) -> dict[str, Any]:
    """Return what the page shows of a message."""
    mine = visitor.person in (message.sender, message.sent_for)
    open_question = message.asks_answer and not message.answered and not message.waived
    groups = {group.id for group in visitor.teamboxes(desk)}
    addressed = any(ref.id == visitor.person or (ref.kind == "group" and ref.id in groups) for ref in message.to)
    return {
        "message": message,
        "sender": visitor.name(desk, message.sender),
        "sent_for": visitor.name(desk, message.sent_for) if message.sent_for else "",
        "to": [visitor.name(desk, ref) for ref in message.to],
        "observers": [visitor.name(desk, ref) for ref in message.observers],
        "type": type_label(visitor, desk, message.type),
        "mine": mine,
        "party": mine or addressed,
        "may_dismiss": open_question and addressed and not mine,
        "may_waive": open_question and mine,
        "dismissals": [
            (visitor.words("somebody") if one.person is None else visitor.name(desk, one.person), one)
            for one in message.dismissals
        ],
    }


def _boxed(visitor: Visitor, desk: Desk, talk: str) -> tuple[Group, TeamboxItem] | None:
    """Return the teambox of the visitor's that a talk is in, and how it stands there."""
    for group in visitor.teamboxes(desk):
        for claimed in (False, True):
            for item in desk.teambox(group).items(claimed=claimed, limit=_MOST):
                if item.item.id == talk:
                    return group, item
    return None


def new_talk(visitor: Visitor) -> Response:
    """Show the form to start a talk."""
    return new_talk_page(visitor)


def new_talk_page(visitor: Visitor, problem: str = "", status: int = 200) -> Response:
    """Return that form, with what was filled in."""
    with visitor.desk() as desk:
        facts = {"addressees": visitor.addressees(desk), "types": types(visitor, desk), **around(visitor, desk)}
    return shown(visitor, "new_talk.html", status, problem=problem, window="list", **facts)


def started(visitor: Visitor) -> Response:
    """Start a talk; what was filled in stays where that is refused."""
    try:
        with visitor.desk() as desk:
            begun = desk.talks.start(
                [ref_of(to) for to in visitor.fields("to")],
                subject=visitor.field("subject").strip(),
                text=visitor.field("text"),
                observers=[ref_of(who) for who in visitor.fields("observers")],
                asks_answer=visitor.field("asks_answer") == "yes",
                confidential=visitor.field("confidential") == "yes",
                type=visitor.field("type") or None,
            )
    except CollabError as error:
        status, name = told(error)
        return new_talk_page(visitor, f"{visitor.words(f'error.{name}')} {detail(visitor, error)}", status)
    visitor.tell("told.started")
    return visitor.go(f"/talks/{begun.id}")
