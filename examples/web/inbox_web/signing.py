"""Signing in and out, and the language. A real host knows its people; here anybody may be anybody, and is told so."""

from __future__ import annotations

from starlette.responses import Response

from inbox_web.pages import shown
from inbox_web.visitor import Visitor
from inbox_web.words import LANGUAGES


def sign_in(visitor: Visitor) -> Response:
    """Show the people to choose from."""
    with visitor.collab.system(visitor.portfolio) as system:
        people = [person for person in system.people.list(limit=500) if person.active]
        groups = [group for group in system.groups.list(limit=500) if not group.deleted]
    cards = [
        (person, [group.name for group in groups if person.id in (group.members or ())])
        for person in sorted(people, key=lambda one: (not one.internal, one.organisation or "", one.name))
    ]
    return shown(visitor, "sign_in.html", cards=cards)


def signed_in(visitor: Visitor) -> Response:
    """Begin as one of them."""
    with visitor.collab.system(visitor.portfolio) as system:
        person = system.people.get(visitor.field("person"))
    lang = visitor.request.session.get("lang")
    visitor.request.session.clear()
    visitor.request.session.update({"person": person.id} | ({"lang": lang} if lang else {}))
    return visitor.go("/inbox/all")


def signed_out(visitor: Visitor) -> Response:
    """Forget who it was."""
    visitor.request.session.pop("person", None)
    return visitor.go("/sign-in")


def language(visitor: Visitor) -> Response:
    """Speak another language from now on, on the same page."""
    if visitor.field("lang") in LANGUAGES:
        visitor.request.session["lang"] = visitor.field("lang")
    back = visitor.field("back")
    return visitor.go(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")
