"""I3 through the public face: JSON forms, idempotency keys, the host's own references."""

from __future__ import annotations

import json
from collections.abc import Iterator

import attrs
import pytest

import collabcase
from collabcase import Collab, Desk, DictionaryEntry, Event, Finding, InvalidInput, Page, Person, from_json, to_json
from collabcase.testing import MovableClock

from .broker import PORTFOLIO, Broker

FORMS_WITHOUT_VALUES = {"Collab", "Desk", "System", "Leases"}


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    return Broker(collab, clock)


def _values(broker: Broker) -> Iterator[object]:
    """Yield at least one value of every public type, as the library gives it."""
    events: list[Event] = []
    broker.collab.signals.connect(lambda _, event: events.append(event))
    box = broker.group("Schaden", ["y"], teambox=True)
    message = broker.send("x", ["b1", box], observers=["ga"])
    answer = broker.answer("b2", message)
    with broker.desk("b2") as desk:
        yield from (message, answer, message.ref, desk.messages.search(limit=1), desk.talks.view(message.talk))
        yield from (desk.talks.view(message.talk).talk, desk.people.known(), desk.people.get("x"))
        yield from (desk.groups.mine(), desk.groups.get(box.id), desk.talks.inbox(), *desk.talks.inbox())
        yield desk.explain(answer)
        yield from desk.explain(answer).reasons
        yield desk.talks.audience(message=answer.id, to="x")
        for line in desk.talks.audience(message=answer.id, to="x").lines:
            yield line
            yield from line.readers
    with broker.desk("b2") as desk:
        question = desk.talks.reply(message.id, "?", to=["x", "b1"], asks_answer=True)
    with broker.desk("x") as desk:
        desk.messages.dismiss(question.id, "Nein.")
        yield desk.messages.unread()
    with broker.desk("b2") as desk:
        yield from (desk.messages.get(question.id), *desk.messages.get(question.id).dismissals)
    with broker.desk("y") as desk:
        yield from (*desk.teambox(box).items(), *desk.teambox(box).counts(), desk.teambox(box).claim(message.talk))
        yield desk.talks.draft(message, "Angefangen")
    with broker.system() as system:
        yield from system.types.define([DictionaryEntry("claim", {"de": "Schaden"}, message.sent_at)])
        system.dictionaries.define("Sparte", [DictionaryEntry("KFZ")])
    with broker.desk("b2") as desk:
        yield desk.talks.reply(answer.id, "…", to="x", type="claim", data={"Sparte": "KFZ"})
    with broker.system() as system:
        preview = system.groups.preview(add_members=(broker.id("A"), ["x"]))
        yield from (preview, *preview.changes, system.groups.create("New", main=True, rights=["case.create"]))
        person = Person("n", name="N", email="n@example.test", organisation="N GmbH", host_ref="17")
        yield from (system.people.sync([person]), system.people.get("n"), system.people.list())
    yield from _values_of_locks(broker.collab, message.talk)
    yield broker.collab.portfolio(PORTFOLIO)
    yield from (broker.collab.fsck(), Finding(PORTFOLIO, "group feed", box.ref, 1, 0, (message.ref,)))
    assert {event.kind for event in events} >= {"message.sent", "group.created", "person.added"}
    yield from events


def _values_of_locks(collab: Collab, talk: str) -> Iterator[object]:
    window = collab.window("y", portfolio=PORTFOLIO)
    yield from window.picture.moved
    yield from (window.focus(talk), window.beat(), *window.mine(), window.picture)
    window.force(talk, "Am Telefon")
    with collab.system(PORTFOLIO) as system:
        yield from system.forced()
    yield from (collab.sweep(), collab.feed("y", portfolio=PORTFOLIO))


def _public_values() -> set[str]:
    """Return the names of the public attrs classes."""
    public = {name: getattr(collabcase, name) for name in collabcase.__all__}
    return {name for name, kind in public.items() if isinstance(kind, type) and attrs.has(kind)}


def test_i3_every_public_value_round_trips(broker: Broker) -> None:
    """I3: every public value has a JSON form with its type and version, and comes back equal from it."""
    seen = set()
    for value in _values(broker):
        form = to_json(value)
        assert value == from_json(form)
        assert (type(value).__name__, 1) == (json.loads(form)["type"], json.loads(form)["v"])
        assert type(value) is type(from_json(form))
        seen.add(type(value).__name__)
    assert _public_values() - FORMS_WITHOUT_VALUES == seen


def test_i3_forms_are_for_people_too(broker: Broker) -> None:
    """I3: moments are ISO texts in UTC, letters stand as they are, and nothing but JSON's own types is used."""
    message = broker.send("x", "b1", subject="Wasserschäden")
    with broker.desk("x") as desk:
        form = to_json(desk.talks.view(message.talk))
    assert "Wasserschäden" in form
    assert "2026-01-01T09:00:01+00:00" == json.loads(form)["messages"][0]["sent_at"]


def test_i3_forms_are_read_leniently_and_refused_clearly(broker: Broker) -> None:
    """I3: a field added later is passed over; another version, an unknown type or a broken form is InvalidInput."""
    message = broker.send("x", "b1")
    form = json.loads(to_json(message))
    assert message == from_json(json.dumps(form | {"added_later": 1}))
    assert message == from_json(json.dumps({key: value for key, value in form.items() if key != "host_ref"}))
    without_text = {key: value for key, value in form.items() if key != "text"}
    for broken in (
        "",
        "[]",
        "null",
        "{}",
        json.dumps(form | {"v": 2}),
        json.dumps({key: value for key, value in form.items() if key != "v"}),
        json.dumps(form | {"type": "Secret"}),
        json.dumps(form | {"type": ["Message"]}),
        json.dumps(form | {"sent_at": "yesterday"}),
        json.dumps(form | {"to": 7}),
        json.dumps(without_text),
        json.dumps({"type": "Page", "v": 1}),
        json.dumps({"type": "Page", "v": 1, "items": [1], "next": None}),
    ):
        with pytest.raises(InvalidInput):
            from_json(broken)
    for value in (object(), broker.collab, Page((object(),)), None, {"type": "Message"}):
        with pytest.raises(InvalidInput):
            to_json(value)


def test_i3_the_same_key_gives_the_first_result(broker: Broker) -> None:
    """I3: a creating verb called again with its key gives the first result and makes nothing."""
    with broker.desk("x") as desk:
        first = desk.talks.start("b1", subject="Police", text="…", key="start 1")
        [message] = desk.talks.view(first.id).messages
        answer = desk.talks.reply(message.id, "…", key="reply 1")
    with broker.desk("x") as desk:
        assert first.id == desk.talks.start("a1", subject="Another", text="…", key="start 1").id
        assert answer == desk.talks.reply(message.id, "Another", key="reply 1")
        assert len(desk.messages.search()) == 2
        assert first.id != desk.talks.start("b1", subject="Police", text="…", key="start 2").id
    with broker.system() as system:
        group = system.groups.create("New", key="group 1")
        assert group == system.groups.create("Another", key="group 1")
        assert 5 == len(system.groups.list())


def test_i3_a_key_belongs_to_one_person_and_verb(broker: Broker) -> None:
    """I3: a key is one person's and one verb's: another person starts afresh, another verb is refused."""
    with broker.desk("x") as desk:
        of_x = desk.talks.start("b1", subject="Police", text="…", key="1")
        [message] = desk.talks.view(of_x.id).messages
        with pytest.raises(InvalidInput) as refused:
            desk.talks.reply(message.id, "…", key="1")
        assert refused.value.field == "key"
    with broker.desk("y") as desk:
        assert of_x.id != desk.talks.start("b1", subject="Police", text="…", key="1").id


def test_i3_a_key_rolled_back_is_free(broker: Broker) -> None:
    """I3: a key of a unit of work that rolled back was never used."""
    desk = broker.desk("x")
    desk.__enter__()
    desk.talks.start("b1", subject="Police", text="…", key="1")
    desk.__exit__(RuntimeError, RuntimeError(), None)
    with broker.desk("x") as desk:
        assert [] == list(desk.messages.search())
        assert "Police" == desk.talks.start("b1", subject="Police", text="…", key="1").subject


def test_i3_the_hosts_own_reference(broker: Broker) -> None:
    """I3: persons, groups, talks and messages carry the host's own reference, as given."""

    def answered(desk: Desk, talk: str) -> str | None:
        [message] = desk.talks.view(talk).messages
        return desk.talks.reply(message.id, "…", host_ref="mail 7").host_ref

    with broker.system() as system:
        assert "crm 1" == system.people.add("n", name="N", host_ref="crm 1").host_ref
        assert "crm 2" == system.people.change("n", host_ref="crm 2").host_ref
        group = system.groups.create("New", host_ref="team 3")
        assert ("team 3", "crm 2") == (system.groups.get(group.id).host_ref, system.people.get("n").host_ref)
    with broker.desk("x") as desk:
        talk = desk.talks.start("b1", subject="Police", text="…", host_ref="file 4")
        assert "file 4" == talk.host_ref == desk.talks.view(talk.id).talk.host_ref
        assert "mail 7" == answered(desk, talk.id)
        assert None is desk.talks.start("b1", subject="Police", text="…").host_ref
