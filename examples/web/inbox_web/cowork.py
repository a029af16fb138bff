"""The server's side of `static/coworking.js`: windows, locks and events as JSON.

Each call names a window by its id. The library finds it only for the person signed in, so an id taken from somebody
else is a window that isn't there.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from collabcase import Collab, CollabError, Held, ItemLocked, Lock, Moved, PersonCard, Picture, Window
from inbox_web.live import Live, Seat, happened
from inbox_web.visitor import ref_of

_MODES = ("visible", "hidden", "attached")
_STATUS = {"not_found": 404, "forbidden": 403, "item_locked": 409, "window_gone": 410, "snapshot_required": 410}
_STATUS |= {"invalid_input": 400, "try_again": 503}


class Asked:
    """A call of a page.

    Attributes:
        person: who is signed in.
        said: the body, as a mapping.
    """

    def __init__(self, request: Request, said: dict[str, Any]) -> None:
        self.person: str = request.session["person"]
        self.said = said
        self.collab: Collab = request.app.state.collab
        self.portfolio: str = request.app.state.portfolio
        self.live: Live = request.app.state.live
        self.id: str = request.path_params.get("window", "")
        self.after = request.headers.get("last-event-id") or request.query_params.get("after", "")

    def text(self, name: str) -> str:
        """Return what the body says under a name, empty for nothing."""
        return str(self.said.get(name) or "")

    @property
    def mode(self) -> str:
        """How the page is there."""
        return self.text("mode") if self.text("mode") in _MODES else "visible"

    @property
    def window(self) -> Window:
        """The page's window.

        Raises:
            WindowGone: it is not there any more, or not this person's.
        """
        found = self.collab.window(self.person, portfolio=self.portfolio, id=self.id)
        self.live.heard(self.id)
        return found


def opened(asked: Asked) -> Any:
    """Open a window for a page, and tell it the picture."""
    window = asked.collab.window(asked.person, portfolio=asked.portfolio, folder=asked.text("folder"), mode=asked.mode)
    picture = window.picture
    return {"window": window.id, "me": asked.person, "ttl": millis(window.beat().expires_in), "picture": shown(picture)}


def beaten(asked: Asked) -> Any:
    """Take a sign of life; the stream of a page that is hidden now ends without closing its window."""
    beat = asked.window.beat(asked.mode)
    if asked.mode == "hidden":
        asked.live.heard(asked.id, gone=True)
    return {"ttl": millis(beat.expires_in), "lock": lock(beat.lock)}


def focused(asked: Asked) -> Any:
    """Lock what was clicked; what somebody else is at work on stays theirs, and the page is told who it is."""
    window, item = asked.window, ref_of(asked.text("item"))
    try:
        return {"lock": lock(window.focus(item))}
    except ItemLocked:
        return {"lock": None, "picture": shown(window.picture)}


def blurred(asked: Asked) -> Any:
    """Let go of it."""
    asked.window.blur()
    return {}


def moved_to(asked: Asked) -> Any:
    """Go to another folder."""
    asked.window.move_to(asked.text("folder"))
    return {}


def closed(asked: Asked) -> Any:
    """Close the window."""
    asked.window.close()
    asked.live.heard(asked.id, gone=True)
    return {}


def asked_for(asked: Asked) -> Any:
    """Ask who is at work on an item to let go."""
    asked.window.ask(ref_of(asked.text("item")))
    return {}


def forced(asked: Asked) -> Any:
    """Free an item, with a reason that is kept."""
    asked.window.force(ref_of(asked.text("item")), reason=asked.text("reason"))
    return {}


def gone(asked: Asked) -> Any:
    """Tell which of the items a page shows its person sees no more."""
    refs = [ref_of(str(ref)) for ref in asked.said.get("refs", [])]
    return {"gone": [str(ref) for ref in asked.window.gone(refs)]}


def mine(asked: Asked) -> Any:
    """List what the person holds, in any window."""
    return {"held": [held(one) for one in asked.window.mine()]}


def released(asked: Asked) -> Any:
    """Let go of everything, in all windows."""
    asked.window.release_all()
    return {}


def picture(asked: Asked) -> Any:
    """Tell the whole picture."""
    return {"picture": shown(asked.window.picture)}


def events(asked: Asked) -> Any:
    """Tell what happened after a cursor, to pages without a stream."""
    found, cursor = happened(asked.collab, asked.portfolio, asked.person, asked.after or None)
    return {"events": found, "cursor": cursor}


async def stream(request: Request) -> Response:
    """Tell what happens, as it happens."""
    if not request.session.get("person"):
        return JSONResponse({"code": "signed_out"}, 401)
    asked, loop = Asked(request, {}), asyncio.get_running_loop()

    def seated() -> Seat:
        beat = asked.window.beat("attached")
        seat = Seat(asked.id, asked.person, millis(beat.expires_in), loop)
        asked.live.attach(seat, asked.after or None)
        return seat

    try:
        seat = await run_in_threadpool(seated)
    except CollabError as error:
        return refused(error)

    async def lines() -> AsyncIterator[str]:
        try:
            while line := await seat.waiting.get():
                yield line
        finally:
            asked.live.detach(seat)

    return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def refused(error: CollabError) -> Response:
    """Return why not: the code that never changes."""
    return JSONResponse({"code": error.code}, _STATUS.get(error.code, 500))


def _answering(answer: Callable[[Asked], Any]) -> Callable[[Request], Awaitable[Response]]:
    def in_thread(asked: Asked) -> Response:
        try:
            return JSONResponse(answer(asked), headers={"Cache-Control": "no-store"})
        except CollabError as error:
            return refused(error)

    async def endpoint(request: Request) -> Response:
        if not request.session.get("person"):
            return JSONResponse({"code": "signed_out"}, 401)
        try:
            said = json.loads(await request.body() or b"{}")
        except ValueError:
            said = None
        if not isinstance(said, dict):
            return JSONResponse({"code": "invalid_input"}, 400)
        return await run_in_threadpool(in_thread, Asked(request, said))

    return endpoint


ROUTES = [
    Route("/windows", _answering(opened), methods=["POST"]),
    *(
        Route(f"/windows/{{window}}/{name}", _answering(answer), methods=["POST"])
        for name, answer in {
            "beat": beaten,
            "focus": focused,
            "blur": blurred,
            "folder": moved_to,
            "close": closed,
            "ask": asked_for,
            "force": forced,
            "gone": gone,
            "release-all": released,
        }.items()
    ),
    Route("/windows/{window}/picture", _answering(picture)),
    Route("/windows/{window}/mine", _answering(mine)),
    Route("/windows/{window}/stream", stream),
    Route("/events", _answering(events)),
]


# -------------------------------------------------------------------- values as pages read them


def millis(span: timedelta) -> int:
    """Return a span in whole milliseconds."""
    return span // timedelta(milliseconds=1)


def lock(one: Lock | None) -> dict[str, Any] | None:
    """Return a lock; its token as text, since a script's numbers end at 2⁵³."""
    return None if one is None else {"item": str(one.item), "token": str(one.token), "ttl": millis(one.expires_in)}


def held(one: Held) -> dict[str, Any]:
    """Return who holds what."""
    return {
        "item": str(one.item),
        "holder": card(one.holder),
        "since": one.since.isoformat(),
        "own": one.own,
        "asked_by": card(one.asked_by),
    }


def moved(one: Moved) -> dict[str, Any]:
    """Return a note of what was moved."""
    return {"item": str(one.item), "what": one.what, "by": card(one.by), "at": one.at.isoformat()}


def shown(whole: Picture) -> dict[str, Any]:
    """Return a picture."""
    return {
        "cursor": whole.cursor,
        "held": [held(one) for one in whole.held],
        "moved": [moved(one) for one in whole.moved],
    }


def card(one: PersonCard | None) -> dict[str, str] | None:
    """Return who somebody is."""
    return None if one is None else {"id": one.id, "name": one.name}
