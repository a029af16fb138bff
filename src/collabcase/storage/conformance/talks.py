"""What a `TalkStore` keeps."""

from __future__ import annotations

from attrs import evolve

from collabcase.ids import Kind
from collabcase.permissions.sight import Role
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite, committed, meanwhile
from collabcase.storage.interfaces import Adapter, Named, TalkRow, Transaction


class TalkSuite(Suite):
    """Talks, and who stands to be copied on later answers."""

    def test_a_talk_is_found_as_it_was_stored(self, here: Scene) -> None:
        """`add` stores every field, and `find` returns it, whoever may see it."""
        a = here.person("a")
        box = here.group("box", teambox=True)
        for row in (
            TalkRow(here.item(Kind.TALK), "o'd\"d ß 漢 🦉", a, box, True, "ref"),
            TalkRow(here.item(Kind.TALK), "x" * 500, box, a, False, None),
        ):
            here.stores.talks.add(here.scope, row)
            assert row == here.stores.talks.find(here.scope, row.id)

    def test_what_does_not_exist_is_not_found(self, here: Scene) -> None:
        """`find` returns None for a number never stored."""
        assert here.stores.talks.find(here.scope, here.item(Kind.TALK)) is None

    def test_sides_change_of_one_talk_alone(self, here: Scene) -> None:
        """`set_sides` stores both sides of this talk."""
        a, b, c = here.persons("a", "b", "c")
        talks = here.stores.talks
        talk, bystander = here.talk(a, b), here.talk(a, b)
        before, other = talks.find(here.scope, talk), talks.find(here.scope, bystander)
        assert before is not None
        talks.set_sides(here.scope, talk, initiator=c, counterpart=a)
        assert evolve(before, initiator=c, counterpart=a) == talks.find(here.scope, talk)
        assert other == talks.find(here.scope, bystander)

    def test_one_takes_over_from_another(self, here: Scene) -> None:
        """G4: `take_over` makes `new` a side wherever `old` is one, and lets `new` stand wherever `old` stands."""
        a = here.person("a")
        old, new, third = here.group("old"), here.group("new"), here.group("third")
        talks = here.stores.talks
        both, one, none = here.talk(old, old), here.talk(a, old), here.talk(a, third)
        first, second = here.message(one, a, old), here.message(one, a, old)
        talks.stand(here.scope, [first, second], old)
        talks.stand(here.scope, [second], new)
        talks.take_over(here.scope, old, new)
        assert [(new, new), (a, new), (a, third)] == [self._sides(here, talk) for talk in (both, one, none)]
        assert [{old, new}, {old, new}] == [set(talks.standing(here.scope, [id])[id]) for id in (first, second)]

    def test_standing_begins_and_ends(self, here: Scene) -> None:
        """V7: who stands for a message is told until it ends; doing either twice changes nothing more."""
        a, b, c = here.persons("a", "b", "c")
        talks = here.stores.talks
        talk = here.talk(a, b)
        first, second, third = (here.message(talk, a, b) for _ in range(3))
        talks.stand(here.scope, [first, second], c)
        talks.stand(here.scope, [first], c)
        talks.stand(here.scope, [first], b)
        expected = {first: frozenset({b, c}), second: frozenset({c})}
        found = talks.standing(here.scope, [first, second, third])
        assert expected == {message: standing for message, standing in found.items() if standing}
        assert {first, second} == talks.unstand(here.scope, [first, second, third], c)
        assert set() == talks.unstand(here.scope, [first, second, third], c)
        assert {first: frozenset({b})} == {m: s for m, s in talks.standing(here.scope, [first, second]).items() if s}

    def test_only_the_messages_asked_for_are_told(self, here: Scene) -> None:
        """`standing` and `unstand` speak of the messages named, and of no other."""
        a, b = here.persons("a", "b")
        talk = here.talk(a, b)
        first, second = here.message(talk, a, b), here.message(talk, a, b)
        talks = here.stores.talks
        talks.stand(here.scope, [first, second], b)
        assert {first} == set(talks.standing(here.scope, [first]))
        assert {first} == talks.unstand(here.scope, [first], b)
        assert {second: frozenset({b})} == dict(talks.standing(here.scope, [second]))

    def test_who_stands_in_a_talk_is_named(self, here: Scene) -> None:
        """`standing_in_talk` names persons and groups as observers, each once, of this talk alone."""
        a, b, c = here.persons("a", "b", "c")
        box = here.group("box", teambox=True)
        talk, other = here.talk(a, b), here.talk(a, b)
        talks = here.stores.talks
        messages = [here.message(talk, a, b), here.message(talk, a, b)]
        talks.stand(here.scope, messages, c)
        talks.stand(here.scope, messages[:1], box)
        talks.stand(here.scope, [here.message(other, a, b)], b)
        expected = {Named(c, Role.OBSERVER, False, "c"), Named(box, Role.OBSERVER, True, "box")}
        assert expected == talks.standing_in_talk(here.scope, a, talk)

    def test_nothing_is_done_for_nobody(self, here: Scene) -> None:
        """Empty lists are answered empty, and change nothing."""
        a = here.person("a")
        talks = here.stores.talks
        talks.stand(here.scope, [], a)
        assert dict(talks.standing(here.scope, [])) == {}
        assert talks.unstand(here.scope, [], a) == set()

    def test_facts_come_after_the_lock(self, adapter: Adapter, other: Adapter) -> None:
        """Who changes who is on a talk waits for who sends into it, and the other way round."""

        def set_up(tx: Transaction) -> tuple[Scene, int, int]:
            place = Scene.new(adapter.stores, tx)
            a = place.person("a")
            return place, a, place.talk(a, a)

        place, a, talk = committed(adapter, set_up)

        def seen(tx: Transaction, exclusive: bool) -> tuple[int, TalkRow | None]:
            there = place.at(tx)
            there.stores.talks.lock(there.scope, talk, exclusive=exclusive)
            messages = there.stores.messages.ids_of_talk(there.scope, a, talk, own=False)
            return len(messages), there.stores.talks.find(there.scope, talk)

        work = adapter.unit_of_work()
        with work.writing() as tx:
            place.stores.talks.lock(place.at(tx).scope, talk, exclusive=False)
            place.at(tx).message(talk, a, a)
        with meanwhile(lambda: committed(other, lambda tx: seen(tx, True))) as waiting:
            work.commit()
        assert waiting.result()[0] == 1

        work = adapter.unit_of_work()
        with work.writing() as tx:
            place.stores.talks.lock(place.at(tx).scope, talk, exclusive=True)
            place.at(tx).message(talk, a, a)
        with meanwhile(lambda: committed(other, lambda tx: seen(tx, False))) as waiting:
            work.commit()
        assert waiting.result()[0] == 2

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Two portfolios with equal numbers know, and change, their own talks alone."""
        for scene in (here, there):
            a, b, c = scene.persons("a", "b", "c")
            talk = scene.talk(a, b, subject="here" if scene is here else "there")
            message = scene.message(talk, a, b)
            scene.stores.talks.stand(scene.scope, [message], b)
        there.stores.talks.stand(there.scope, [message], a)
        talks = here.stores.talks
        row, other = talks.find(here.scope, talk), talks.find(there.scope, talk)
        assert row is not None
        assert other == evolve(row, subject="there")
        assert [{b}, {a, b}] == [set(talks.standing(scene.scope, [message])[message]) for scene in (here, there)]
        assert {b} == {named.no for named in talks.standing_in_talk(here.scope, a, talk)}
        talks.set_sides(here.scope, talk, initiator=b, counterpart=c)
        talks.take_over(here.scope, b, c)
        assert {message} == talks.unstand(here.scope, [message], b)
        assert other == talks.find(there.scope, talk)
        assert frozenset({a, b}) == talks.standing(there.scope, [message])[message]

    @staticmethod
    def _sides(here: Scene, talk: int) -> tuple[int, int]:
        row = here.stores.talks.find(here.scope, talk)
        assert row is not None
        return row.initiator, row.counterpart
