"""Who asks: the signed-in person of a request, their language, what they sent, and their desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collabcase import Collab, CollabError, Desk, Group, ItemRef, NotFound
from inbox_web.words import Words, spoken

_MOST = 500


class Visitor:
    """One request of a person.

    Attributes:
        request: the request.
        collab: the library.
        portfolio: where.
        person: the id of who is signed in; empty for nobody.
        words: their language.
        sent: the fields of a form.
    """

    def __init__(self, request: Request, sent: FormData) -> None:
        self.request, self.sent = request, sent
        self.collab: Collab = request.app.state.collab
        self.portfolio: str = request.app.state.portfolio
        self.person: str = request.session.get("person", "")
        self.words: Words = spoken(request.session.get("lang"), request.headers.get("accept-language", ""))
        self._names: dict[ItemRef, str] = {}

    def field(self, name: str) -> str:
        """Return a field of the form, empty where it is missing."""
        return str(self.sent.get(name, "")).replace("\r\n", "\n")

    def fields(self, name: str) -> list[str]:
        """Return all values of a field."""
        return [str(value) for value in self.sent.getlist(name) if value]

    def asked(self, name: str) -> str:
        """Return what the address asks for, empty where it doesn't."""
        return self.request.query_params.get(name, "").strip()

    def part(self, name: str) -> str:
        """Return a part of the address's path."""
        return str(self.request.path_params[name])

    def desk(self) -> Desk:
        """Return the person's desk, to look."""
        return self.collab.desk(self.person, portfolio=self.portfolio)

    def guarded_desk(self) -> Desk:
        """Return the person's desk, to write: what the page's window holds is passed on, and every write checked."""
        held: dict[str, Any] = {}
        if window := self.field("window"):
            held["window"] = window
            if (token := self.field("token")).isdecimal():
                held["token"] = int(token)
        return self.collab.desk(self.person, portfolio=self.portfolio, **held)

    def name(self, desk: Desk, who: ItemRef | str) -> str:
        """Return the name of a person or group for this visitor to read."""
        ref = who if isinstance(who, ItemRef) else ItemRef("person", who)
        if ref not in self._names:
            try:
                found = desk.people.get(ref.id) if ref.kind == "person" else desk.groups.get(ref.id)
                self._names[ref] = found.name
            except NotFound:
                self._names[ref] = self.words("somebody")
        return self._names[ref]

    def teamboxes(self, desk: Desk) -> list[Group]:
        """Return the groups of theirs that have a teambox, by name."""
        return sorted((group for group in desk.groups.mine(limit=_MOST) if group.teambox), key=lambda one: one.name)

    def addressees(self, desk: Desk) -> list[tuple[str, str]]:
        """Return whom to offer to write to: what stands in a form, and the name."""
        people = sorted((card.name, card.id) for card in desk.people.known(limit=_MOST) if card.active)
        groups = sorted((one.name, one.id) for one in desk.groups.list(limit=_MOST) if one.teambox)
        return [(f"group:{id}", name) for name, id in groups] + [
            (f"person:{id}", name) for name, id in people if id != self.person
        ]

    def tell(self, name: str, /, **facts: str | int) -> None:
        """Say something at the top of the next page."""
        self.request.session["told"] = [name, facts]

    def go(self, path: str) -> Response:
        """Return the way to another page."""
        return RedirectResponse(path, status_code=303)


def ref_of(told: str) -> ItemRef:
    """Return the reference that a form holds as kind and id."""
    kind, _, id = told.partition(":")
    return ItemRef(kind, id)


Answer = Callable[[Visitor], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def page(answer: Answer, *, failed: Callable[[Visitor, CollabError], Response], public: bool = False) -> Endpoint:
    """Return an endpoint that lets a function answer in a thread, for who is signed in.

    Args:
        answer: makes the page.
        failed: makes the page in its place when the library refuses.
        public: whether it is there for those who aren't signed in.
    """

    def in_thread(visitor: Visitor) -> Response:
        try:
            return answer(visitor)
        except CollabError as error:
            return failed(visitor, error)

    async def endpoint(request: Request) -> Response:
        visitor = Visitor(request, await _form(request))
        if not visitor.person and not public:
            return visitor.go("/sign-in")
        return await run_in_threadpool(in_thread, visitor)

    return endpoint


async def _form(request: Request) -> FormData:
    body = (await request.body()).decode("utf-8", "replace") if request.method == "POST" else ""
    return FormData([(name, value) for name, values in parse_qs(body).items() for value in values])
