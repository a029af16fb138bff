"""Line 16: one event, a thousand followers."""

from __future__ import annotations

import random
from collections.abc import Iterator

from attrs import evolve

from benchmarks.filling import PORTFOLIO
from benchmarks.results import Row
from benchmarks.scene import Scene
from benchmarks.sending import knowing
from collabcase import FeedPage

_FOLLOWERS = 1_000


def line_16(scene: Scene) -> Iterator[Row]:
    """Filter one event for a thousand persons by `Collab.feeds`, against asking for each whether they see it."""
    sender, recipient, observer = knowing(scene)
    others = [person for person in scene.crowd.persons if person not in (sender, recipient, observer)]
    count = min(_FOLLOWERS, len(others) + 3)
    followers = [sender, recipient, observer, *random.Random(16).sample(others, count - 3)]
    feeds = scene.collab.feeds
    before = feeds(PORTFOLIO, dict.fromkeys(followers))
    cursors = {person: page.cursor for person, page in before.items() if isinstance(page, FeedPage)}
    with scene.desk(sender) as desk:
        talk = desk.talks.start(recipient, subject="Water", text="It is wet.", observers=observer)
        [message] = desk.talks.view(talk.id).messages

    def told() -> set[str]:
        pages = feeds(PORTFOLIO, cursors)
        return {person for person, page in pages.items() if isinstance(page, FeedPage) and page.events}

    def asked() -> set[str]:
        return {person for person in followers if _sees(scene, person, message.id)}

    alike = told() == asked()
    pair = scene.compare(told, asked, 10, seconds=12)
    note = f"{1 / pair.ratio:.0f} times as fast; {len(told())} of them see it"
    row = Row.of("16", f"one event, {len(followers):,} followers", scene, pair)
    yield evolve(row, note=note if alike else "its answer is another")


def _sees(scene: Scene, person: str, message: str) -> bool:
    with scene.desk(person) as desk:
        return bool(desk.messages.visible([message]))
