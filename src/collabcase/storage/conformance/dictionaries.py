"""What a `DictionaryStore` keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unicodedata import normalize

from collabcase.ids import LARGEST
from collabcase.model.dictionary import MESSAGE_TYPES, DictionaryEntry
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite, committed, looked, meanwhile
from collabcase.storage.interfaces import Adapter, MessageFilter, Transaction

_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
_ODD = ("a", "A", "ä", normalize("NFD", "ä"), "B b", "z'\"\\%_", "漢🦉", "x" * 60)


class DictionarySuite(Suite):
    """The codes of dictionaries, and what messages carry of them."""

    def test_entries_are_found_as_they_were_stored(self, here: Scene) -> None:
        """`put` stores labels and moments, and `entries` returns them sorted by code, each code by its letters."""
        full = DictionaryEntry("KFZ", {"de": "Kfz „ß'\"\\", "en-GB": "car"}, _NOON, _NOON + timedelta(milliseconds=1))
        odd = [DictionaryEntry(code, {"de": code}) for code in _ODD]
        dictionaries = here.stores.dictionaries
        dictionaries.put(here.scope, "Sparte", [full, *odd])
        assert sorted([full, *odd], key=lambda entry: entry.code) == dictionaries.entries(here.scope, "Sparte")

    def test_an_entry_is_replaced(self, here: Scene) -> None:
        """`put` stores an entry in the place of the one with its code, and leaves the others; nothing for none."""
        dictionaries = here.stores.dictionaries
        first, second, kept = DictionaryEntry("a", {"de": "1"}, _NOON), DictionaryEntry("a"), DictionaryEntry("b")
        dictionaries.put(here.scope, "d", [first, kept])
        dictionaries.put(here.scope, "d", [])
        dictionaries.put(here.scope, "d", [second])
        assert [second, kept] == dictionaries.entries(here.scope, "d")

    def test_dictionaries_do_not_mix(self, here: Scene, there: Scene) -> None:
        """Codes belong to one dictionary of one portfolio; message types are named by no name."""
        stored = {
            "d": DictionaryEntry("a", {"de": "1"}),
            "D": DictionaryEntry("a"),
            MESSAGE_TYPES: DictionaryEntry("t"),
        }
        dictionaries = here.stores.dictionaries
        for name, entry in stored.items():
            dictionaries.put(here.scope, name, [entry])
        assert stored == {name: one for name in stored for one in dictionaries.entries(here.scope, name)}
        assert dictionaries.names(here.scope) == ["D", "d"]
        assert (dictionaries.names(there.scope), dictionaries.entries(there.scope, "d")) == ([], [])
        assert dictionaries.find(there.scope, [("d", "a")]) == {}

    def test_pairs_are_found(self, here: Scene) -> None:
        """`find` returns the entries of exactly the pairs asked for, as far as there are any."""
        dictionaries, a, b = here.stores.dictionaries, DictionaryEntry("a"), DictionaryEntry("b", {"de": "2"})
        for name in ("d", "e", MESSAGE_TYPES):
            dictionaries.put(here.scope, name, [a, b])
        asked = [("d", "a"), ("e", "b"), (MESSAGE_TYPES, "b"), ("d", "A"), ("f", "a")]
        assert {("d", "a"): a, ("e", "b"): b, (MESSAGE_TYPES, "b"): b} == dictionaries.find(here.scope, asked)
        assert dictionaries.find(here.scope, []) == {}

    def test_messages_carry_codes(self, here: Scene) -> None:
        """`MessageStore.add` stores a message's type and data, and every reading method returns them."""
        a, b = here.persons("a", "b")
        talk = here.talk(a, b)
        odd = tuple(sorted((f"d{code}"[:60], code) for code in _ODD))
        sent = [
            here.message(talk, a, b, type=type, data=data)
            for type, data in ((None, ()), ("claim", ()), ("x" * 60, odd))
        ]
        messages, expected = here.stores.messages, [(None, ()), ("claim", ()), ("x" * 60, odd)]
        found = [messages.find(here.scope, b, id) for id in sent]
        assert expected == [(row.type, row.data) for row in found if row is not None]
        assert found == messages.of_talk(here.scope, a, talk, after=0, limit=9)
        assert found[::-1] == messages.newest(here.scope, a, MessageFilter(), before=LARGEST, limit=9)

    def test_two_writers_define_one_after_the_other(self, adapter: Adapter, other: Adapter) -> None:
        """`lock` keeps a second writer waiting, who then sees what the first has stored."""

        def add(tx: Transaction) -> list[DictionaryEntry]:
            second = scene.at(tx)
            other.stores.dictionaries.lock(second.scope)
            found = other.stores.dictionaries.entries(second.scope, "d")
            other.stores.dictionaries.put(second.scope, "d", [DictionaryEntry("b")])
            return found

        scene = committed(adapter, lambda tx: Scene.new(adapter.stores, tx))
        work = adapter.unit_of_work()
        with work.writing() as tx:
            first = scene.at(tx)
            adapter.stores.dictionaries.lock(first.scope)
            adapter.stores.dictionaries.put(first.scope, "d", [DictionaryEntry("a")])
        with meanwhile(lambda: committed(other, add)) as waiting:
            work.commit()
        assert [DictionaryEntry("a")] == waiting.result()
        after = looked(adapter, lambda tx: adapter.stores.dictionaries.entries(scene.at(tx).scope, "d"))
        assert [DictionaryEntry("a"), DictionaryEntry("b")] == after
