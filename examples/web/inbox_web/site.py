"""The application: its addresses, and what is around it."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from collabcase import Collab, Leases, NotFound
from inbox_web import cowork, inbox, signing, talk, writing
from inbox_web.guarding import Guarding
from inbox_web.live import Live
from inbox_web.pages import refused
from inbox_web.visitor import Answer, Visitor, page

_STATIC = Path(__file__).parents[1] / "static"


def build(collab: Collab, portfolio: str, leases: Leases) -> Starlette:
    """Return the application over an open library.

    Who signed in is told by a signed cookie; its key is made anew at each start, so everybody signs in again then.
    A host that is reached by https sets `https_only`, too.
    """

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        app.state.live.start()
        yield
        app.state.live.stop()

    app = Starlette(
        routes=[Mount("/cowork", routes=cowork.ROUTES), Mount("/static", StaticFiles(directory=_STATIC)), *_pages()],
        middleware=[
            Middleware(Guarding),
            Middleware(
                SessionMiddleware,
                secret_key=secrets.token_urlsafe(32),
                session_cookie="collabcase_inbox",
                max_age=None,
                same_site="lax",
            ),
        ],
        lifespan=living,
    )
    app.state.collab, app.state.portfolio, app.state.live = collab, portfolio, Live(collab, portfolio, leases)
    return app


def _pages() -> list[Route]:
    def look(path: str, answer: Answer, **how: bool) -> Route:
        return Route(path, page(answer, failed=refused, **how), methods=["GET"])

    def act(path: str, answer: Answer, **how: bool) -> Route:
        return Route(path, page(answer, failed=refused, **how), methods=["POST"])

    return [
        look("/", _home),
        look("/sign-in", signing.sign_in, public=True),
        act("/sign-in", signing.signed_in, public=True),
        act("/sign-out", signing.signed_out, public=True),
        act("/language", signing.language, public=True),
        look("/inbox/{heading}", inbox.inbox),
        look("/teambox/{group}", inbox.teambox),
        act("/teambox/{group}/claim", writing.claimed),
        act("/teambox/{group}/put-back", writing.put_back),
        look("/drafts", inbox.drafts),
        look("/search", inbox.search),
        look("/locks", inbox.locks),
        look("/talks/new", talk.new_talk),
        act("/talks/new", talk.started),
        look("/talks/{talk}", talk.talk),
        act("/talks/{talk}/answer", writing.answered),
        act("/talks/{talk}/draft", writing.drafted),
        act("/talks/{talk}/read", writing.marked_read),
        act("/talks/{talk}/archive", writing.archived),
        act("/talks/{talk}/restore", writing.restored),
        act("/talks/{talk}/hand-over", writing.handed_over),
        act("/talks/{talk}/observers/add", writing.observer_added),
        act("/talks/{talk}/observers/remove", writing.observer_removed),
        act("/talks/{talk}/dismiss", writing.dismissed),
        act("/talks/{talk}/waive", writing.waived),
        look("/{rest:path}", _nowhere, public=True),
    ]


def _home(visitor: Visitor) -> Response:
    return visitor.go("/inbox/all")


def _nowhere(visitor: Visitor) -> Response:
    raise NotFound("page", visitor.part("rest"))
