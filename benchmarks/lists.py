"""Lines 1, 2, 3 and 5: pages of messages, the inbox, and searches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from attrs import evolve

from benchmarks.data import (
    CODES,
    DICTIONARY,
    FREQUENT_TYPE,
    FREQUENT_WORD,
    RARE_TYPE,
    RARE_WORD,
    SOME_WORD,
    SPAN,
    START,
)
from benchmarks.results import Row
from benchmarks.scene import PAGE, Scene
from collabcase import NotFound

Work = Callable[[], Any]


def newest(scene: Scene, person: str) -> Any:
    """Return a viewer's newest messages: the work of line 1."""
    with scene.desk(person) as desk:
        return desk.messages.search(limit=PAGE)


def line_1(scene: Scene) -> Iterator[Row]:
    """Newest 50 against the newest 50 of one feed."""
    for viewer, person in scene.viewers.items():
        statement, values = scene.newest_of_one_feed(person)
        found = len(newest(scene, person))
        pair = scene.compare(
            partial(newest, scene, person),
            partial(_fetched, scene, statement, values),
        )
        note = "" if found == PAGE else f"only {found} visible"
        yield Row.of("1", "newest 50", scene, pair, viewer=viewer, note=note)


def _fetched(scene: Scene, statement: str, values: tuple[Any, ...]) -> Any:
    return scene.floor.driver.execute(statement, values).fetchall()


def line_2(small: Scene, large: Scene) -> Iterator[Row]:
    """Line 1 at the largest size against the smallest."""
    for viewer, person in large.viewers.items():
        if min(len(newest(small, person)), len(newest(large, person))) < PAGE:
            continue
        pair = large.compare(partial(newest, large, person), partial(newest, small, person))
        note = f"against {small.plan.size:,} messages"
        yield Row.of("2", "growth of newest 50", large, pair, viewer=viewer, note=note)


def line_3(scene: Scene) -> Iterator[Row]:
    """Pages of the inbox against line 1."""
    for viewer, person in scene.viewers.items():
        for number in (1, 20):
            cursor, reached = _cursor_of_page(scene, person, number)
            work = partial(_inbox, scene, person, cursor)
            pair = scene.compare(work, partial(newest, scene, person))
            note = "" if reached == number else f"page {reached}, the last"
            yield Row.of("3", f"inbox, page {number}", scene, pair, viewer=viewer, note=note)


def _inbox(scene: Scene, person: str, cursor: str | None) -> Any:
    with scene.desk(person) as desk:
        return desk.talks.inbox(heading="all", limit=PAGE, cursor=cursor)


def _cursor_of_page(scene: Scene, person: str, number: int) -> tuple[str | None, int]:
    """Return the cursor of a page, or of the last full one before, and which that is."""
    before, cursor = None, None
    for page in range(1, number + 1):
        before, cursor = cursor, _inbox(scene, person, cursor).next
        if page < number and cursor is None:
            return before, page
    return before, number


def line_5(scene: Scene) -> Iterator[Row]:
    """Searches by one filter against line 1 of the same viewer, and the worst of them."""
    rows: list[Row] = []
    for viewer, person in scene.viewers.items():
        base = partial(newest, scene, person)
        for name, choices in _filters(scene).items():
            known = _first_known(scene, person, choices)
            if known is None:
                note = "not measured: nobody of that kind is known to this viewer (V17)"
                rows.append(Row.of("5", f"search, {name}", scene, viewer=viewer, note=note))
            else:
                asked, found = known
                pair = scene.compare(partial(_search, scene, person, asked), base, 15, seconds=1.0)
                rows.append(Row.of("5", f"search, {name}", scene, pair, viewer=viewer, note=f"{found} found"))
            yield rows[-1]
    measured = [row for row in rows if row.ratio is not None]
    if measured:
        worst = max(measured, key=lambda row: row.ratio or 0)
        yield evolve(worst, work="search, the worst of all", note=worst.work)


def _search(scene: Scene, person: str, asked: dict[str, Any]) -> Any:
    with scene.desk(person) as desk:
        return desk.messages.search(limit=PAGE, **asked)


def _filters(scene: Scene) -> dict[str, Iterable[dict[str, Any]]]:
    def at(share: float) -> datetime:
        return datetime.fromtimestamp((START + SPAN * share) / 1000, UTC)

    heavy = [scene.heaviest(place) for place in range(10)]
    light = [scene.heaviest(-1 - place) for place in range(0, len(scene.crowd.persons) * 9 // 10, 7)]
    return {
        "author, heavy": ({"author": one} for one in heavy),
        "author, light": ({"author": one} for one in light),
        "recipient, heavy": ({"recipient": one} for one in heavy),
        "recipient, light": ({"recipient": one} for one in light),
        "type of 80 %": [{"type": FREQUENT_TYPE}],
        "type of 0.1 %": [{"type": RARE_TYPE}],
        "newest 2 % by date": [{"since": at(0.98)}],
        "oldest 2 % by date": [{"since": at(0.0), "until": at(0.02)}],
        "code of 0.4 %": [{"data": {DICTIONARY: CODES[-1]}}],
        "unread": [{"unread": True}],
        "asks for an answer": [{"asks_answer": True}],
        "word in most": [{"text": FREQUENT_WORD}],
        "word in 1 %": [{"text": SOME_WORD}],
        "word in 0.01 %": [{"text": RARE_WORD}],
        "beginnings of words": [{"text": "sch*"}],
    }


def _first_known(scene: Scene, person: str, choices: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], int] | None:
    """Return the first search that the viewer may ask for, if any, and how many it finds at once (V17)."""
    for asked in choices:
        try:
            return asked, len(_search(scene, person, asked))
        except NotFound:
            continue
    return None
