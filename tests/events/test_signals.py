"""What a receiver of signals is promised, in one process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import collabcase
from collabcase import Collab, Event, InvalidInput, StorageError
from collabcase.testing import MovableClock
from concurrency.scene import send, set_up


class Heard(list[str]):
    """The items of the events heard by one Collab, by what their persons or texts are called."""

    def __init__(self, collab: Collab) -> None:
        super().__init__()
        collab.signals.connect(self.hear)

    def hear(self, portfolio: str, event: Event) -> None:
        self.append(event.item.id)


@pytest.fixture
def scene(collab: Collab) -> Collab:
    """A portfolio with two persons; nothing of it is waiting to be signalled."""
    set_up(collab, ["a", "b"])
    return collab


def add(collab: Collab, *persons: str) -> None:
    with collab.system("p") as system:
        for person in persons:
            system.people.add(person, name=person)


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_after_the_commit_in_order_and_once(scene: Collab) -> None:
    """I2: a desk's signals come when it has committed, in the order of its verbs, each once."""
    heard = Heard(scene)
    with scene.system("p") as system:
        for person in "cde":
            system.people.add(person, name=person)
        scene.pump()
        inside = list(heard)
    outside = list(heard)
    scene.pump()
    assert ([], ["c", "d", "e"], ["c", "d", "e"]) == (inside, outside, heard)


def test_what_is_signalled_can_be_seen(scene: Collab) -> None:
    """I2: whoever hears of something finds it, from any transaction."""
    seen: list[str] = []

    def look(portfolio: str, event: Event) -> None:
        with scene.desk("b", portfolio=portfolio) as desk:
            seen.append(desk.messages.get(event.item.id).text)

    scene.signals.connect(look, "message.sent")
    send(scene, "a", "b", "hello")
    assert ["hello"] == seen


def test_nothing_of_a_desk_that_was_rolled_back(scene: Collab) -> None:
    """I2: an exception that ends the block leaves no signal, not even with a later pump."""
    heard = Heard(scene)

    def fail() -> None:
        with scene.system("p") as system:
            system.people.add("c", name="C")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    scene.pump()
    add(scene, "d")
    assert ["d"] == heard


def test_nothing_of_a_verb_that_was_refused(scene: Collab) -> None:
    """I2: of a desk that goes on after a refusal, only what was done is signalled."""
    heard = Heard(scene)
    with scene.system("p") as system:
        system.people.add("c", name="C")
        with pytest.raises(InvalidInput):
            system.people.add("c", name="another C")
        system.people.add("d", name="D")
    assert ["c", "d"] == heard


def test_a_failing_receiver_stops_no_other(scene: Collab, caplog: pytest.LogCaptureFixture) -> None:
    """I2: the error of one receiver is logged; the others, the later events and the desk notice nothing."""

    def fail(portfolio: str, event: Event) -> None:
        raise LookupError("no such thing")

    scene.signals.connect(fail)
    heard = Heard(scene)
    scene.signals.connect(fail)
    with caplog.at_level(logging.ERROR, "collabcase"):
        add(scene, "c", "d")
    assert ["c", "d"] == heard
    assert ["a receiver of person.added failed"] * 2 == [record.message for record in caplog.records]


def test_a_receiver_may_work_and_pump(scene: Collab) -> None:
    """I2: receivers are outside any transaction, may open desks and pump; they do not nest, and order is kept."""
    heard, depth = Heard(scene), []
    running = 0

    def work(portfolio: str, event: Event) -> None:
        nonlocal running
        running += 1
        depth.append(running)
        if len(event.item.id) < 3:
            add(scene, event.item.id + "x", event.item.id + "y")
            scene.pump()
        running -= 1

    scene.signals.connect(work, "person.added")
    add(scene, "c", "d")
    expected = ["c", "d", "cx", "cy", "dx", "dy", "cxx", "cxy", "cyx", "cyy", "dxx", "dxy", "dyx", "dyy"]
    assert expected == heard
    assert [1] * len(expected) == depth


def test_a_receiver_that_ends_the_thread_loses_no_event(scene: Collab) -> None:
    """I2: what was read but not yet signalled when a receiver let the interpreter exit comes with the next pump."""
    heard: list[str] = []

    def hear_and_leave(portfolio: str, event: Event) -> None:
        heard.append(event.item.id)
        if event.item.id == "c":
            raise SystemExit

    scene.signals.connect(hear_and_leave)
    with pytest.raises(SystemExit):
        add(scene, "c", "d", "e")
    scene.pump()
    assert ["c", "d", "e"] == heard


def test_threads_at_once_lose_and_repeat_nothing(scene: Collab) -> None:
    """I2: whichever thread pumps, every event comes once and in the order of the log, to one receiver at a time."""
    reader, heard = scene._storage.event_reader(), Heard(scene)
    inside, overlapping = threading.Lock(), []

    def alone(portfolio: str, event: Event) -> None:
        overlapping.append(not inside.acquire(blocking=False))
        time.sleep(0.0005)
        inside.release()

    scene.signals.connect(alone)

    def work(thread: int) -> None:
        for number in range(12):
            add(scene, f"{thread}-{number}-first", f"{thread}-{number}-second")
            scene.pump()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    scene.pump()
    assert [occurrence.event.item.id for occurrence in reader.read(1000)] == heard
    assert (144, 144, {False}) == (len(heard), len(set(heard)), set(overlapping))


def test_a_collab_signals_only_what_came_from_it(url: str, clock: MovableClock) -> None:
    """I2: of two on one database each signals its own, so that no effect is doubled."""
    with collabcase.open(url, clock=clock) as one, collabcase.open(url, clock=clock) as other:
        set_up(one, ["a", "b"])
        ours, theirs = Heard(one), Heard(other)
        add(one, "c")
        add(other, "d")
        add(one, "e")
        for collab in (one, other):
            collab.pump()
        assert (["c", "e"], ["d"]) == (ours, theirs)


@pytest.mark.parametrize("failure", [StorageError("out of order"), RuntimeError("a bug")], ids=["database", "bug"])
def test_a_failing_pump_fails_no_desk(
    scene: Collab, failure: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """I2: what has committed has committed; if the log can't be read just now, its signals come later."""
    heard = Heard(scene)

    def refuse(limit: int) -> None:
        raise failure

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR, "collabcase"):
        patch.setattr(scene._relay._reader, "read", refuse)
        add(scene, "c")
    assert (["signals wait for the next pump"], []) == ([record.message for record in caplog.records], heard)
    add(scene, "d")
    assert ["c", "d"] == heard


@pytest.fixture
def pumped(scene: Collab) -> Iterator[Collab]:
    """The scene with its thread running."""
    scene.start()
    yield scene
    scene.close()


def test_a_thread_pumps_by_itself(pumped: Collab) -> None:
    """I2: after start(), what a host committed is signalled although nobody pumps."""
    heard = Heard(pumped)
    with pumped._storage._engine.connect() as host:
        with pumped.system("p", connection=host) as system:
            system.people.add("c", name="C")
        host.commit()
    until(lambda: heard == ["c"])


def test_start_and_close_in_any_number(scene: Collab) -> None:
    """I2: start() begins one thread however often it is called, close() ends it, and both may be repeated."""

    def threads() -> int:
        return [thread.name for thread in threading.enumerate()].count("collabcase pump")

    counts = [threads()]
    for step in (scene.start, scene.start, scene.close, scene.close, scene.start, scene.close):
        step()
        counts.append(threads())
    assert [0, 1, 1, 0, 0, 1, 0] == counts


def test_the_thread_outlives_a_failure(pumped: Collab, monkeypatch: pytest.MonkeyPatch) -> None:
    """I2: a log that can't be read for a while does not end the thread."""
    heard, refused = Heard(pumped), []

    def refuse(limit: int) -> None:
        refused.append(limit)
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(pumped._relay._reader, "read", refuse)
        until(lambda: len(refused) > 1)
    with pumped._storage._engine.connect() as host:
        with pumped.system("p", connection=host) as system:
            system.people.add("c", name="C")
        host.commit()
    until(lambda: heard == ["c"])
