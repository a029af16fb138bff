"""Windows in a scene: opened, clicked and closed for good as steps of a history, or tried and undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any

from collabcase import Collab, Window
from collabcase.desk.call import Calls

WINDOW_VERBS: Mapping[str, str] = {
    "focus": "focus",
    "blur": "blur",
    "move_to": "move_to",
    "close_window": "close",
    "release_all": "release_all",
    "beat": "beat",
    "ask_for": "ask",
    "force": "force",
}
"""What the oracle calls a verb of windows, and what the library does."""


def click(collab: Collab, portfolio: str, actor: str, verb: str, given: Mapping[str, Any]) -> None:
    """Do something in a window that is open."""
    passed = dict(given)
    window = collab.window(actor, portfolio=portfolio, id=passed.pop("window"))
    getattr(window, WINDOW_VERBS[verb])(**passed)


@contextmanager
def tried(collab: Collab) -> Iterator[Collab]:
    """Let windows work in one transaction, which is undone in the end."""
    trying = copy(collab)
    with collab._storage._engine.connect() as connection:

        def calls_of(person: str, portfolio: str, window: str | None) -> Calls:
            calls = collab._calls(person, portfolio, connection, None)
            calls.window = window
            return calls

        trying.__dict__["_calls_of"] = calls_of
        yield trying
        connection.rollback()


def in_window(window: Window, call: str, given: Mapping[str, Any]) -> Any:
    """Call something of a window; a property by looking."""
    verb = getattr(window, call.removeprefix("Window."))
    if callable(verb):
        return verb(**given)
    if given:
        raise TypeError(f"{call} takes no {', '.join(given)}")
    return verb
