"""How to call what windows, guards and the feed offer; a part of `public_calls`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from collabcase import ItemRef
from properties.naming import Given, Pool, Ref, Symbol, Use

POLICIES = (ItemRef("policy", "1"), ItemRef("policy", "never clicked"))
"""Things of the host's own."""


def _at(pool: Pool, *given: Given) -> Iterator[Given]:
    """Call from each window that one can think of; with None, from one just opened."""
    for one in given:
        yield from ({"at": window, **one} for window in (None, *pool.windows))


def _from_windows(*given: Given) -> Callable[[Pool], Iterable[Given]]:
    return lambda pool: _at(pool, *given)


def _on_items(**more: str) -> Callable[[Pool], Iterable[Given]]:
    def arguments(pool: Pool) -> Iterator[Given]:
        for item in (*pool.talks, *pool.talks, *POLICIES):
            named = item if isinstance(item, ItemRef) or pool.rng.random() < 0.5 else Ref(item)
            at = None if pool.rng.random() < 0.6 else pool.rng.choice([None, *pool.windows])
            yield {"at": at, "item": named, **more}

    return arguments


def _gone(pool: Pool) -> Iterator[Given]:
    shown = [*map(Ref, pool.talks), *POLICIES]
    yield from _at(pool, {"items": shown})
    yield from ({"at": None, "items": [one]} for one in shown)


def _window(pool: Pool) -> Iterator[Given]:
    mine = {"person": pool.me, "portfolio": Symbol.HERE}
    yield {**mine, "folder": "inbox", "mode": "hidden", "id": None}
    for window in pool.windows:
        yield {**mine, "id": window}


def _feed(pool: Pool) -> Iterator[Given]:
    mine = {"person": pool.me, "portfolio": Symbol.HERE, "wait": 0}
    yield {**mine, "after": Symbol.CURSOR, "limit": 500}
    yield {**mine, "after": Symbol.CURSOR, "limit": 3}
    yield {**mine, "after": None}


def _feeds(pool: Pool) -> Iterator[Given]:
    for followers in ({pool.me: Symbol.CURSOR}, {pool.me: Symbol.CURSOR, "nobody": Symbol.CURSOR}, {pool.me: None}):
        yield {"portfolio": Symbol.HERE, "followers": followers, "wait": 0}


def _forced(pool: Pool) -> Iterator[Given]:
    yield from ({}, {"limit": 1}, {"cursor": None}, *({"item": item} for item in (*pool.talks, *POLICIES)))


WINDOW_CALLS: dict[str, Use] = {
    "Window.focus": Use("window", _on_items(), changes=True),
    "Window.ask": Use("window", _on_items(), changes=True),
    "Window.force": Use("window", _on_items(reason="Telefon"), changes=True),
    "Window.blur": Use("window", _from_windows({}), changes=True),
    "Window.move_to": Use("window", _from_windows({"folder": "inbox"}), changes=True),
    "Window.close": Use("window", _from_windows({}), changes=True),
    "Window.release_all": Use("window", _from_windows({}), changes=True),
    "Window.beat": Use("window", _from_windows({}, {"mode": "attached"}, {"mode": None}), changes=True),
    "Window.check": Use("window", _from_windows({})),
    "Window.mine": Use("window", _from_windows({})),
    "Window.picture": Use("window", _from_windows({})),
    "Window.gone": Use("window", _gone),
    "desk.guard": Use("person", lambda pool: [{"item": item} for item in POLICIES], changes=True),
    "system.forced": Use("system", _forced),
    "collab.window": Use("for person", _window, changes=True),
    "collab.feed": Use("for person", _feed),
    "collab.feeds": Use("for person", _feeds),
    "collab.beat": Use("host", lambda pool: [{"ids": list(pool.windows), "portfolio": Symbol.HERE}], changes=True),
    "collab.sweep": Use("host", lambda pool: [{}], changes=True),
}
"""Each call with how it is called; ``at`` says from which window."""
