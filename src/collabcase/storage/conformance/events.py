"""What an `EventStore` and an `EventReader` keep."""

from __future__ import annotations

from datetime import UTC, datetime

from collabcase.ids import Kind, encode, principal_item
from collabcase.model.event import Event, NewEvent
from collabcase.model.item import ItemRef
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite, committed, meanwhile
from collabcase.storage.interfaces import Adapter, EventReader, Occurrence, Transaction

_AT = 1_700_000_000_123
_MOMENT = datetime(2023, 11, 14, 22, 13, 20, 123000, tzinfo=UTC)


def _append(place: Scene, tx: Transaction, *kinds: str, origin: int = 5) -> None:
    item = principal_item(Kind.PORTFOLIO, place.scope.portfolio)
    there = place.at(tx)
    there.stores.events.append(there.scope, [NewEvent(kind, item) for kind in kinds], actor=0, at=_AT, origin=origin)


def _place(adapter: Adapter) -> Scene:
    return committed(adapter, lambda tx: Scene.new(adapter.stores, tx))


def _rest(reader: EventReader, place: Scene) -> list[Occurrence]:
    """Read until there is nothing more, and return what happened in one portfolio."""
    found: list[Occurrence] = []
    while batch := reader.read(100):
        found += batch
    return [occurrence for occurrence in found if occurrence.event.portfolio == place.id]


def _kinds(found: list[Occurrence]) -> list[str]:
    return [occurrence.event.kind for occurrence in found]


class EventSuite(Suite):
    """The append-only log, and reading it behind a cursor."""

    def test_events_come_back_as_they_were_stored(self, adapter: Adapter) -> None:
        """A reader tells kind, item by its outside id, actor, moment, sorted fields and origin, in order."""
        place = _place(adapter)
        reader = adapter.event_reader()

        def write(tx: Transaction) -> tuple[int, int]:
            there = place.at(tx)
            there.group("filler")
            a, group = there.person("a"), there.group("g")
            message = there.item(Kind.MESSAGE)
            events = [
                NewEvent("x.first", principal_item(Kind.PERSON, a), ("name", "email")),
                NewEvent("x.second", principal_item(Kind.GROUP, group)),
                NewEvent("x.third", message, ("text",)),
            ]
            there.stores.events.append(there.scope, events, actor=a, at=_AT, origin=2**62 - 1)
            return a, message

        _, message = committed(adapter, write)
        committed(adapter, lambda tx: _append(place, tx, "x.fourth"))
        found = _rest(reader, place)
        items = (
            ItemRef("person", "a"),
            ItemRef("group", "g"),
            ItemRef("message", encode(message)),
            ItemRef("portfolio", place.id),
        )
        assert [
            Event(place.id, "x.first", items[0], "a", _MOMENT, ("email", "name")),
            Event(place.id, "x.second", items[1], "a", _MOMENT),
            Event(place.id, "x.third", items[2], "a", _MOMENT, ("text",)),
            Event(place.id, "x.fourth", items[3], None, _MOMENT),
        ] == [occurrence.event for occurrence in found]
        assert [occurrence.origin for occurrence in found] == [2**62 - 1] * 3 + [5]
        positions = [occurrence.position for occurrence in found]
        assert sorted(set(positions)) == positions

    def test_a_portfolios_events_between_two_positions(self, adapter: Adapter) -> None:
        """`between` gives what `horizon` calls final, of one portfolio, with whom it concerns; `floor` begins at 0."""
        place, other = _place(adapter), _place(adapter)
        before, _ = adapter.horizon()
        item = principal_item(Kind.PORTFOLIO, place.scope.portfolio)

        def write(tx: Transaction) -> None:
            events = [NewEvent("x.first", item, told=(7, 3)), NewEvent("x.second", item, by_host=True)]
            here = place.at(tx)
            here.stores.events.append(here.scope, events, actor=here.person("a"), at=_AT, origin=5)

        committed(adapter, write)
        committed(adapter, lambda tx: _append(other, tx, "x.elsewhere"))
        after, waiting = adapter.horizon()

        def read(tx: Transaction, first: int, most: int) -> list[tuple[str, frozenset[int], str | None]]:
            here = place.at(tx)
            found = here.stores.events.between(here.scope, after=first, upto=after, limit=most)
            return [(one.event.kind, one.told, one.event.actor) for one in found]

        assert not waiting
        told = [("x.first", frozenset({3, 7}), "a"), ("x.second", frozenset(), None)]
        assert told == committed(adapter, lambda tx: read(tx, before, 9))
        assert told[:1] == committed(adapter, lambda tx: read(tx, before, 1))
        assert committed(adapter, lambda tx: read(tx, after, 9)) == []
        assert committed(adapter, lambda tx: place.at(tx).stores.events.floor(place.at(tx).scope)) == 0

    def test_a_reader_starts_behind_what_is_committed(self, adapter: Adapter) -> None:
        """A reader tells what is committed after it was made, and nothing twice; each has a cursor of its own."""
        place = _place(adapter)
        committed(adapter, lambda tx: _append(place, tx, "x.before"))
        early = adapter.event_reader()
        committed(adapter, lambda tx: _append(place, tx, "x.first"))
        late = adapter.event_reader()
        committed(adapter, lambda tx: _append(place, tx, "x.second"))
        assert _kinds(_rest(early, place)) == ["x.first", "x.second"]
        assert _kinds(_rest(late, place)) == ["x.second"]
        assert _rest(early, place) == _rest(late, place) == []

    def test_a_limit_is_kept(self, adapter: Adapter) -> None:
        """`read` returns no more than asked for, and goes on where it stopped."""
        place = _place(adapter)
        reader = adapter.event_reader()
        committed(adapter, lambda tx: _append(place, tx, *(f"x.{n}" for n in range(5))))
        batches = [_kinds(reader.read(2)) for _ in range(4)]
        assert batches == [["x.0", "x.1"], ["x.2", "x.3"], ["x.4"], []]

    def test_nothing_appended_is_nothing_told(self, adapter: Adapter) -> None:
        """An empty list of events changes nothing."""
        place = _place(adapter)
        reader = adapter.event_reader()
        committed(adapter, lambda tx: _append(place, tx))
        assert reader.read(9) == []

    def test_only_what_committed_is_told(self, adapter: Adapter, other: Adapter) -> None:
        """What is not committed is not told yet, what was rolled back never, and it holds nothing up."""
        place = _place(adapter)
        reader = other.event_reader()
        work = adapter.unit_of_work()
        with work.writing() as tx:
            _append(place, tx, "x.undone", "x.undone")
        assert _rest(reader, place) == []
        work.rollback()
        committed(adapter, lambda tx: _append(place, tx, "x.kept"))
        assert _kinds(_rest(reader, place)) == ["x.kept"]

    def test_two_writers_leave_no_gap(self, adapter: Adapter, other: Adapter) -> None:
        """What a slower transaction wrote first is told once it commits, whatever was committed and read meanwhile."""
        place = _place(adapter)
        reader = adapter.event_reader()
        slow = adapter.unit_of_work()
        with slow.writing() as tx:
            _append(place, tx, "x.slow")
        with meanwhile(lambda: committed(other, lambda tx: _append(place, tx, "x.quick"))) as quick:
            found = _rest(reader, place)
            slow.commit()
        quick.result()
        found += _rest(reader, place)
        assert sorted(_kinds(found)) == ["x.quick", "x.slow"]
        positions = [occurrence.position for occurrence in found]
        assert sorted(positions) == positions

    def test_a_writer_that_gave_up_holds_nobody_up(self, adapter: Adapter, other: Adapter) -> None:
        """The place of an event that was rolled back is passed over as soon as that is certain."""
        place = _place(adapter)
        reader = adapter.event_reader()
        slow = adapter.unit_of_work()
        with slow.writing() as tx:
            _append(place, tx, "x.undone")
        with meanwhile(lambda: committed(other, lambda tx: _append(place, tx, "x.quick"))) as quick:
            found = _rest(reader, place)
            slow.rollback()
        quick.result()
        assert _kinds(found + _rest(reader, place)) == ["x.quick"]

    def test_portfolios_keep_their_events_apart(self, adapter: Adapter) -> None:
        """A reader tells of every portfolio, each event with its own, equal numbers or not."""
        here, there = _place(adapter), _place(adapter)
        reader = adapter.event_reader()

        def write(tx: Transaction, place: Scene, id: str) -> None:
            person = place.at(tx).person(id)
            item = principal_item(Kind.PERSON, person)
            event = NewEvent("person.added", item)
            place.stores.events.append(place.at(tx).scope, [event], actor=person, at=_AT, origin=1)

        committed(adapter, lambda tx: write(tx, here, "a"))
        committed(adapter, lambda tx: write(tx, there, "b"))
        told = [(event.portfolio, event.item.id, event.actor) for event in (found.event for found in reader.read(9))]
        assert [(here.id, "a", "a"), (there.id, "b", "b")] == told
