"""What a talk's page lets people do: answer, keep a draft, claim, hand over, archive, mark read and the like."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from collabcase import AnswerRequired, CollabError, InvalidInput, NotFound
from inbox_web.talk import Kept, talk_page
from inbox_web.visitor import Visitor, ref_of


def answered(visitor: Visitor) -> Response:
    """Send an answer. What can't be sent is kept as a draft, and shown with the reason."""
    talk, message, text = visitor.part("talk"), visitor.field("message"), visitor.field("text")
    try:
        with visitor.guarded_desk() as desk:
            desk.talks.reply(
                message,
                text,
                to=[ref_of(f"person:{id}") for id in visitor.fields("to")] or None,
                asks_answer=visitor.field("asks_answer") == "yes",
                type=visitor.field("type") or None,
            )
    except NotFound:
        raise
    except CollabError as error:
        if text.strip():
            with visitor.desk() as desk:
                desk.talks.draft(ref_of(f"message:{message}"), text)
        return talk_page(visitor, talk, Kept(message, text, error))
    visitor.tell("told.sent")
    return visitor.go(f"/talks/{talk}#last")


def drafted(visitor: Visitor) -> Response:
    """Keep what is being written; nobody else sees it, so no lock is asked for."""
    with visitor.desk() as desk:
        draft = desk.talks.draft(ref_of(f"message:{visitor.field('message')}"), visitor.field("text"))
    return JSONResponse({"at": draft.at.isoformat() if draft else None})


def marked_read(visitor: Visitor) -> Response:
    """Mark a talk's messages read, but for questions that still want an answer."""
    talk = visitor.part("talk")
    with visitor.desk() as desk:
        unread = [message.id for message in desk.talks.view(talk, limit=500).messages if message.unread]
        try:
            desk.messages.mark_read(unread)
            visitor.tell("told.read")
        except AnswerRequired as error:
            waiting = error.messages
        else:
            return visitor.go(f"/talks/{talk}")
    with visitor.desk() as desk:
        desk.messages.mark_read([id for id in unread if id not in waiting])
    visitor.tell("told.waiting", number=len(waiting))
    return visitor.go(f"/talks/{talk}")


def archived(visitor: Visitor) -> Response:
    """Put a talk out of the visitor's working lists."""
    with visitor.desk() as desk:
        desk.talks.archive(visitor.part("talk"))
    visitor.tell("told.archived")
    return visitor.go("/inbox/all")


def restored(visitor: Visitor) -> Response:
    """Take it back into them."""
    with visitor.desk() as desk:
        desk.talks.restore(visitor.part("talk"))
    visitor.tell("told.restored")
    return visitor.go(f"/talks/{visitor.part('talk')}")


def handed_over(visitor: Visitor) -> Response:
    """Put somebody else in the visitor's place."""
    to = visitor.field("to")
    if not to:
        raise InvalidInput("to", visitor.words("choose_somebody"))
    with visitor.guarded_desk() as desk:
        desk.talks.hand_over(visitor.part("talk"), ref_of(to))
        name = visitor.name(desk, ref_of(to))
    visitor.tell("told.handed_over", name=name)
    return visitor.go("/inbox/all")


def observer_added(visitor: Visitor) -> Response:
    """Copy somebody on what follows."""
    who = visitor.field("who")
    if not who:
        raise InvalidInput("who", visitor.words("choose_somebody"))
    with visitor.guarded_desk() as desk:
        desk.talks.add_observer(visitor.part("talk"), ref_of(who), with_history=visitor.field("history") == "yes")
    visitor.tell("told.observer_added")
    return visitor.go(f"/talks/{visitor.part('talk')}")


def observer_removed(visitor: Visitor) -> Response:
    """Copy somebody no more."""
    with visitor.guarded_desk() as desk:
        desk.talks.remove_observer(visitor.part("talk"), ref_of(visitor.field("who")))
    visitor.tell("told.observer_removed")
    return visitor.go(f"/talks/{visitor.part('talk')}")


def dismissed(visitor: Visitor) -> Response:
    """Say that a question will not be answered."""
    with visitor.guarded_desk() as desk:
        desk.messages.dismiss(visitor.field("message"), visitor.field("reason"))
    visitor.tell("told.dismissed")
    return visitor.go(f"/talks/{visitor.part('talk')}")


def waived(visitor: Visitor) -> Response:
    """Let everybody off answering the visitor's question."""
    with visitor.guarded_desk() as desk:
        desk.messages.waive(visitor.field("message"))
    visitor.tell("told.waived")
    return visitor.go(f"/talks/{visitor.part('talk')}")


def claimed(visitor: Visitor) -> Response:
    """Take care of what waits in a teambox."""
    talk = visitor.field("talk")
    with visitor.guarded_desk() as desk:
        desk.teambox(visitor.part("group")).claim(talk)
    visitor.tell("told.claimed")
    return visitor.go(f"/talks/{talk}")


def put_back(visitor: Visitor) -> Response:
    """Give it back."""
    with visitor.guarded_desk() as desk:
        desk.teambox(visitor.part("group")).put_back(visitor.field("talk"))
    visitor.tell("told.put_back")
    return visitor.go(f"/teambox/{visitor.part('group')}")
