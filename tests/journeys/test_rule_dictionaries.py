"""T8 through the public face: dictionaries, message types, and the codes that messages carry."""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import Any

import pytest

from collabcase import Collab, DictionaryEntry, InvalidInput, NotFound, UnknownCode, from_json, to_json
from collabcase.testing import MovableClock

from .broker import PORTFOLIO, Broker

SPARTE = (
    DictionaryEntry("HAFT", {"de": "Haftpflicht", "en": "liability"}),
    DictionaryEntry("KFZ", {"de": "Kfz", "de-AT": "KFZ-Versicherung", "en": "car"}),
    DictionaryEntry("KFZ-VK", {"de": "Vollkasko"}),
)
TYPES = (DictionaryEntry("auskunft", {"de": "Auskunft"}), DictionaryEntry("schaden", {"de": "Schaden"}))


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    made = Broker(collab, clock)
    with made.system() as system:
        system.types.define(TYPES)
        system.dictionaries.define("Sparte", SPARTE)
        system.dictionaries.define("Region", [DictionaryEntry("nord"), DictionaryEntry("süd")])
    return made


def test_t8_everybody_reads_codes_with_their_labels(broker: Broker) -> None:
    """T8: every person of the portfolio, internal or external, reads its dictionaries and types, sorted by code."""
    for person in ("x", "a1"):
        with broker.desk(person) as desk:
            assert ("Region", "Sparte") == desk.dictionaries.names()
            assert SPARTE == desk.dictionaries.entries("Sparte")
            assert TYPES == desk.types.entries()
            with pytest.raises(NotFound) as missing:
                desk.dictionaries.entries("Schaden")
    assert ("dictionary", "Schaden") == (missing.value.kind, missing.value.id)


def test_t8_labels_by_language(broker: Broker) -> None:
    """T8: a label is found by language: with its region, without, in English, in any there is, else it is the code."""
    with broker.desk("x") as desk:
        [haft, kfz, vk] = desk.dictionaries.entries("Sparte")
        [nord, _] = desk.dictionaries.entries("Region")
    asked = [(kfz, "de-AT"), (kfz, "de-CH"), (kfz, "DE"), (haft, "it"), (vk, "it"), (nord, "de")]
    expected = ["KFZ-Versicherung", "Kfz", "Kfz", "liability", "Vollkasko", "nord"]
    assert expected == [entry.label(language) for entry, language in asked]
    assert {"de": "Kfz", "de-AT": "KFZ-Versicherung", "en": "car"} == dict(kfz.labels)


def test_t8_dictionaries_stay_in_their_portfolio(broker: Broker) -> None:
    """T8, V12: another portfolio has its own dictionaries and types, and codes of elsewhere are unknown there."""
    broker.collab.create_portfolio("bremen")
    with broker.collab.system("bremen") as system:
        for person in ("x", "b1"):
            system.people.add(person, name=person)
        system.types.define([DictionaryEntry("schaden-hb")])
    with broker.collab.desk("x", portfolio="bremen") as desk:
        assert ((), (DictionaryEntry("schaden-hb"),)) == (desk.dictionaries.names(), desk.types.entries())
        with pytest.raises(UnknownCode) as refused:
            desk.talks.start("b1", subject="Police", text="…", type="schaden")
        assert ("schaden-hb",) == refused.value.near
        with pytest.raises(UnknownCode) as refused:
            desk.talks.start("b1", subject="Police", text="…", data={"Sparte": "KFZ"})
        assert () == refused.value.near


def test_t8_messages_carry_type_and_data(broker: Broker) -> None:
    """T8: a message carries one type and a code of each dictionary named, shown to whoever sees it, wherever."""
    with broker.desk("x") as desk:
        codes: dict[str, Any] = {"type": "schaden", "data": {"Sparte": "KFZ", "Region": "süd"}}
        talk = desk.talks.start("b1", subject="Police", text="…", **codes)
        [message] = desk.talks.view(talk.id).messages
        answer = desk.talks.reply(message.id, "…", data={"Region": "nord"})
        plain = desk.talks.reply(message.id, "…")
    assert ("schaden", (("Region", "süd"), ("Sparte", "KFZ"))) == (message.type, message.data)
    assert (None, (("Region", "nord"),)) == (answer.type, answer.data)
    assert (None, ()) == (plain.type, plain.data)
    with broker.desk("b2") as desk:
        shown = {one.id: (one.type, one.data) for one in desk.messages.search()}
        assert {one.id: (one.type, one.data) for one in (message, answer, plain)} == shown
        assert message.data == desk.messages.get(message.id).data == desk.talks.view(talk.id).messages[0].data
    for one in (message, answer, plain):
        assert one == from_json(to_json(one)) == pickle.loads(pickle.dumps(one))


@pytest.mark.parametrize(
    ("codes", "given", "dictionary", "near"),
    [
        ({"type": "schäden"}, "schäden", None, ("schaden",)),
        ({"type": "Schaden"}, "Schaden", None, ("schaden",)),
        ({"type": "KFZ"}, "KFZ", None, ()),
        ({"data": {"Sparte": "kfz"}}, "kfz", "Sparte", ("KFZ", "KFZ-VK")),
        ({"data": {"Sparte": "nord", "Region": "nord"}}, "nord", "Sparte", ()),
        ({"data": {"Spartte": "KFZ"}}, "Spartte", None, ("Sparte",)),
    ],
)
def test_t8_an_unknown_code_is_a_clear_error(
    broker: Broker, codes: dict[str, Any], given: str, dictionary: str | None, near: tuple[str, ...]
) -> None:
    """T8: an unknown code is refused, naming the parameter, the code, near ones, and what to do; nothing is sent."""
    asked = broker.send("x", "b1")
    with broker.desk("b1") as desk:
        for send in (
            lambda: desk.talks.start("x", subject="Police", text="…", key="1", **codes),
            lambda: desk.talks.reply(asked.id, "…", key="2", **codes),
        ):
            with pytest.raises(UnknownCode) as refused:
                send()
            error = refused.value
            assert (next(iter(codes)), given, dictionary) == (error.field, error.given, error.dictionary)
            assert near == error.near
            assert f"{given!r} is no " in str(error)
            assert "choose from desk." in str(error)
        assert [asked.id] == [message.id for message in desk.messages.search()]
        assert "schaden" == desk.talks.reply(asked.id, "…", key="2", type="schaden").type  # the key was not used up
    assert isinstance(error, InvalidInput)


def test_t8_at_most_ten_near_codes(broker: Broker) -> None:
    """T8: at most ten near codes are named, the likeliest first."""
    with broker.system() as system:
        system.dictionaries.define("Tarif", [DictionaryEntry(f"tarif-{number:02}") for number in range(40)])
    with broker.desk("x") as desk, pytest.raises(UnknownCode) as refused:
        desk.talks.start("b1", subject="Police", text="…", data={"Tarif": "tarif-7"})
    assert 10 == len(refused.value.near)
    assert "tarif-07" == refused.value.near[0]


def test_t8_validity_is_judged_at_sending(broker: Broker, clock: MovableClock) -> None:
    """T8: a code can be sent from the moment it begins until just before it ends, whatever date the event has."""
    begins, ends = clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=2)
    with broker.system() as system:
        system.types.define([*TYPES, DictionaryEntry("sturm", {}, begins, ends)])

    def sends() -> bool:
        with broker.desk("x") as desk:
            try:
                desk.talks.start("b1", subject="Police", text="…", type="sturm", date=begins)
            except UnknownCode:
                return False
            return True

    moments = (-1, 0, 3_600_000 - 1, 3_600_000)
    sent = []
    for moment in moments:
        clock.move(seconds=(begins - clock.now()).total_seconds() + moment / 1000)
        sent.append(sends())
    assert [False, True, True, False] == sent
    with broker.desk("b1") as desk:
        assert ["sturm", "sturm"] == [message.type for message in desk.messages.search()]


def test_t8_a_code_left_out_ends_and_is_kept(broker: Broker, clock: MovableClock) -> None:
    """T8: `define` sets the whole list; a code left out can't be sent any more, and what was sent keeps its label."""
    with broker.desk("x") as desk:
        talk = desk.talks.start("b1", subject="Police", text="…", data={"Sparte": "KFZ"})
    now = clock.move(seconds=5)
    with broker.system() as system:
        after = system.dictionaries.define("Sparte", [DictionaryEntry("LEBEN"), SPARTE[0]])
    assert ["HAFT", "KFZ", "KFZ-VK", "LEBEN"] == [entry.code for entry in after]
    assert [True, False, False, True] == [entry.valid_at(now) for entry in after]
    with broker.desk("b1") as desk:
        [message] = desk.talks.view(talk.id).messages
        labels = {entry.code: entry.label("de") for entry in desk.dictionaries.entries("Sparte")}
        assert "Kfz" == labels[dict(message.data)["Sparte"]]
        with pytest.raises(UnknownCode) as refused:
            desk.talks.reply(message.id, "…", data={"Sparte": "KFZ"})
        assert () == refused.value.near
    with broker.system() as system:
        system.dictionaries.define("Sparte", SPARTE)
    with broker.desk("b1") as desk:
        assert (("Sparte", "KFZ"),) == desk.talks.reply(message.id, "…", data={"Sparte": "KFZ"}).data


def test_t8_what_is_left_out_does_not_tell_who_used_it(broker: Broker) -> None:
    """T8, V13: a code left out is kept alike whether messages carry it or none does, so nobody learns of any."""
    with broker.desk("x") as desk:
        desk.talks.start("y", subject="Geheim", text="…", data={"Sparte": "KFZ"})
    with broker.system() as system:
        system.dictionaries.define("Sparte", [])
    with broker.desk("a1") as desk:
        assert 1 == len({(one.valid_from, one.valid_until) for one in desk.dictionaries.entries("Sparte")})
        assert "Sparte" in desk.dictionaries.names()


def test_t8_a_code_that_never_began_never_will(broker: Broker, clock: MovableClock) -> None:
    """T8: a code left out before its first day is never valid; an end that has passed stays the end."""
    later, past = clock.now() + timedelta(days=1), clock.now() - timedelta(days=1)
    entries = [DictionaryEntry("later", {}, later), DictionaryEntry("past", {}, None, past)]
    with broker.system() as system:
        system.types.define(entries)
        system.types.define([])
        ended = {entry.code: entry for entry in system.types.entries()}
    assert (later, past) == (ended["later"].valid_until, ended["past"].valid_until)
    assert not any(entry.valid_at(later) for entry in ended.values())


def test_t8_what_is_returned_may_be_defined_again(broker: Broker, clock: MovableClock) -> None:
    """T8: the list that `define` returns may be defined again and changes nothing, with codes that never began too."""
    later = clock.now() + timedelta(days=1)
    with broker.system() as system:
        system.types.define([DictionaryEntry("now"), DictionaryEntry("later", {}, later)])
        returned = system.types.define([])
        ended = {entry.code: entry.valid_until for entry in returned if entry.code in ("now", "later")}
        assert {"now": clock.now(), "later": later} == ended
        assert returned == system.types.define(returned) == system.types.entries()


def test_t8_defining_the_same_changes_nothing(broker: Broker) -> None:
    """T8: an event tells that dictionaries or types changed, never which codes; the same list again gives none."""
    heard: list[tuple[str, str, tuple[str, ...]]] = []

    def hear(portfolio: str, *, event: Any) -> None:
        heard.append((event.kind, event.item.id, event.fields))

    broker.collab.signals.connect(hear)
    with broker.system() as system:
        system.types.define(TYPES)
        system.dictionaries.define("Sparte", reversed(SPARTE))
        system.dictionaries.define("Sparte", SPARTE[:2])
        system.types.define(TYPES[:1])
    kind = "dictionary.defined"
    assert [(kind, PORTFOLIO, ("dictionaries",)), (kind, PORTFOLIO, ("types",))] == heard


def test_t8_definitions_are_checked(broker: Broker, clock: MovableClock) -> None:
    """T8: a list that names a code twice, ends before it begins, or has labels of no language is refused as a whole."""
    now = clock.now()
    refused: list[tuple[str, tuple[DictionaryEntry, ...]]] = [
        ("entries", (DictionaryEntry("a", {"de": "1"}), DictionaryEntry("a"))),
        ("code", (DictionaryEntry("a" * 61),)),
        ("code", (DictionaryEntry(" "),)),
        ("labels", (DictionaryEntry("a", {"Deutsch!": "1"}),)),
        ("labels", (DictionaryEntry("a", {"de": "1", "DE": "2"}),)),
        ("labels", (DictionaryEntry("a", {"de": "x\0"}),)),
        ("valid_until", (DictionaryEntry("a", {}, now, now - timedelta(milliseconds=1)),)),
        ("valid_from", (DictionaryEntry("a", {}, now.replace(tzinfo=None)),)),
    ]
    for field, entries in refused:
        with broker.system() as system:
            with pytest.raises(InvalidInput) as error:
                system.dictionaries.define("Sparte", [DictionaryEntry("neu"), *entries])
            assert field == error.value.field
            assert SPARTE == system.dictionaries.entries("Sparte")
    wrongs: tuple[Any, ...] = (5, "de", [1], {"de": 5}, {5: "de"})
    for labels in wrongs:
        with pytest.raises(InvalidInput):
            DictionaryEntry("a", labels)


def test_t8_data_is_checked(broker: Broker) -> None:
    """T8: data must name each dictionary once, by texts, and at most a hundred of them."""
    bad: tuple[Any, ...] = (
        [("Sparte", "KFZ")],
        "Sparte",
        {"Sparte": None},
        {5: "KFZ"},
        {"Sparte": "KFZ", "Sparte ": "HAFT"},
        {str(number): "x" for number in range(101)},
    )
    with broker.desk("x") as desk:
        for data in bad:
            with pytest.raises(InvalidInput) as refused:
                desk.talks.start("b1", subject="Police", text="…", data=data)
            assert (InvalidInput, "data") == (type(refused.value), refused.value.field)
