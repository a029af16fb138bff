"""What a `PeopleStore` keeps."""

from __future__ import annotations

from attrs import evolve

from collabcase.ids import LARGEST
from collabcase.model.group import Right
from collabcase.model.item import ItemRef
from collabcase.model.person import Person, PersonCard
from collabcase.storage.conformance.scene import SEAL, Scene
from collabcase.storage.conformance.suite import Suite, committed, meanwhile
from collabcase.storage.interfaces import Actor, Adapter, Transaction

_ODD = "o'd\"d \\ é ß 漢 🦉 %s :x"
_FULL = Person(_ODD, "Name", "x@example.test", False, "House", False, "ref")


class PeopleSuite(Suite):
    """Persons, and the numbers they share with groups."""

    def test_an_actor_is_who_the_id_names(self, here: Scene, there: Scene, tx: Transaction) -> None:
        """`actor` tells who acts where, with the portfolio's seal and threshold."""
        there.person("a", internal=False)
        no = here.person("a", active=False)
        actor = here.stores.people.actor(tx, here.id, "a")
        assert Actor(here.scope.portfolio, no, "a", True, False, frozenset(), SEAL, "4.8.0.64470") == actor

    def test_nobody_acts_who_does_not_exist(self, here: Scene, there: Scene, tx: Transaction) -> None:
        """`actor` is None for unknown persons and portfolios, persons of others, and groups."""
        there.person("elsewhere")
        here.group("g")
        asked = [(here.id, "nobody"), (here.id, "elsewhere"), (here.id, "g"), ("no portfolio", "elsewhere")]
        assert {here.stores.people.actor(tx, *one) for one in asked} == {None}

    def test_rights_come_from_the_main_group(self, here: Scene, tx: Transaction) -> None:
        """G2: the actor has the rights of a living main group, and of no other."""
        a, b, c = here.persons("a", "b", "c")
        given = (Right.CASE_CREATE, Right.GROUP_MANAGE)
        here.group("main", a, main=True, rights=given)
        here.group("secondary", b, rights=given)
        gone = here.group("gone", c, main=True, rights=given)
        here.stores.groups.delete(here.scope, gone, at=9)
        actors = [here.stores.people.actor(tx, here.id, id) for id in "abc"]
        assert [actor.rights for actor in actors if actor] == [frozenset(given), frozenset(), frozenset()]

    def test_persons_are_found_as_they_were_stored(self, here: Scene) -> None:
        """`add` stores every field, and `find` returns number and person of the ids that exist."""
        plain = Person("plain", "Name")
        numbers = here.stores.people.add(here.scope, [_FULL, plain])
        expected = {_ODD: (numbers[_ODD], _FULL), "plain": (numbers["plain"], plain)}
        assert expected == here.stores.people.find(here.scope, [_ODD, "plain", "nobody"])
        assert expected == here.stores.people.all(here.scope)

    def test_nothing_is_done_for_nobody(self, here: Scene) -> None:
        """Empty lists are answered empty, and change nothing."""
        people = here.stores.people
        me = here.person("me")
        people.lock(here.scope, [], exclusive=True)
        assert people.add(here.scope, []) == {}
        assert people.find(here.scope, []) == {}
        assert people.principals(here.scope, []) == {}
        assert people.cards(here.scope, []) == {}
        assert people.acquaintances(here.scope, me, [], named=True) == {}
        assert {me} == people.active(here.scope)

    def test_persons_and_groups_share_one_numbering(self, here: Scene) -> None:
        """A person and a group never get one number, even under one id."""
        numbers = [here.person("x"), here.group("x"), *here.persons("y", "z"), here.group("y")]
        assert len(set(numbers)) == 5
        refs = [ItemRef("person", "x"), ItemRef("group", "x"), ItemRef("group", "z"), ItemRef("person", "none")]
        found = here.stores.people.principals(here.scope, refs)
        assert {refs[0]: numbers[0], refs[1]: numbers[1]} == found

    def test_deleted_groups_keep_their_number(self, here: Scene) -> None:
        """`principals` finds deleted groups, too."""
        no = here.group("g")
        here.stores.groups.delete(here.scope, no, at=9)
        assert {ItemRef("group", "g"): no} == here.stores.people.principals(here.scope, [ItemRef("group", "g")])

    def test_two_writers_never_choose_one_number(self, adapter: Adapter, other: Adapter) -> None:
        """Numbers are given under a lock of the portfolio, to persons and groups alike."""
        place = committed(adapter, lambda tx: Scene.new(adapter.stores, tx))
        work = adapter.unit_of_work()
        with work.writing() as tx:
            mine = set(place.at(tx).persons("a", "b"))
        with meanwhile(lambda: committed(other, lambda tx: set(place.at(tx).persons("c", "d")))) as theirs:
            work.commit()
        assert len(mine | theirs.result()) == 4
        work = adapter.unit_of_work()
        with work.writing() as tx:
            group = place.at(tx).group("g")
        with meanwhile(lambda: committed(other, lambda tx: place.at(tx).group("h"))) as another:
            work.commit()
        assert len({*mine, *theirs.result(), group, another.result()}) == 6

    def test_an_update_stores_every_field(self, here: Scene) -> None:
        """`update` stores all of a person's state, of this person alone."""
        people = here.stores.people
        no, bystander = here.persons("a", "b")
        changed = evolve(_FULL, id="a")
        people.update(here.scope, no, changed)
        expected = {"a": (no, changed), "b": (bystander, Person("b", "name of b"))}
        assert expected == people.all(here.scope)

    def test_pages_run_downwards(self, here: Scene) -> None:
        """`page` returns the newest below a number, which is not included, and no more than asked for."""
        people = here.stores.people
        first, second, third = here.persons("a", "b", "c")
        here.group("g")
        newest = people.page(here.scope, before=LARGEST, limit=2)
        assert [(third, "c"), (second, "b")] == [(no, person.id) for no, person in newest]
        assert [(first, Person("a", "name of a"))] == people.page(here.scope, before=second, limit=2)

    def test_cards_show_what_others_may_see(self, here: Scene) -> None:
        """`cards` returns persons by number; groups and unknown numbers have none."""
        numbers = here.stores.people.add(here.scope, [_FULL])
        group = here.group("g")
        expected = {numbers[_ODD]: PersonCard(_ODD, "Name", False, "House", False)}
        assert expected == here.stores.people.cards(here.scope, [numbers[_ODD], group, 999])

    def test_the_active_are_known_by_number(self, here: Scene) -> None:
        """`active` returns whoever may act."""
        a = here.person("a")
        here.person("b", active=False)
        assert {a} == here.stores.people.active(here.scope)

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Two portfolios with equal ids and numbers know their own persons alone."""
        mine, theirs = here.person("a"), there.person("a")
        there.person("b")
        there.stores.people.update(there.scope, theirs, Person("a", "another", active=False))
        people = here.stores.people
        expected = {"a": (mine, Person("a", "name of a"))}
        assert expected == people.all(here.scope)
        assert expected == people.find(here.scope, ["a", "b"])
        assert {ItemRef("person", "a"): mine} == people.principals(
            here.scope, [ItemRef("person", "a"), ItemRef("person", "b")]
        )
        assert list(expected.values()) == people.page(here.scope, before=LARGEST, limit=9)
        assert {mine} == people.active(here.scope)
        assert [mine] == list(people.cards(here.scope, range(9)))
        assert [mine] == [no for no, _ in people.known(here.scope, mine, everybody=True, before=LARGEST, limit=9)]
        assert {mine} == set(people.acquaintances(here.scope, mine, range(9), named=True))

    def test_facts_come_after_the_lock(self, adapter: Adapter, other: Adapter) -> None:
        """Who locks principals exclusively waits for who holds them shared, and the other way round."""

        def set_up(tx: Transaction) -> tuple[Scene, int, int, int]:
            place = Scene.new(adapter.stores, tx)
            a, b = place.persons("a", "b")
            return place, a, b, place.talk(a, b)

        place, a, b, talk = committed(adapter, set_up)

        def locked(tx: Transaction, exclusive: bool) -> tuple[int, frozenset[int]]:
            there = place.at(tx)
            there.stores.people.lock(there.scope, [b, a], exclusive=exclusive)
            seen = there.stores.messages.ids_of_talk(there.scope, b, talk, own=False)
            return len(seen), there.stores.sights.sight(there.scope, b).groups

        work = adapter.unit_of_work()
        with work.writing() as tx:
            place.stores.people.lock(tx.within(place.scope.portfolio), [a, b], exclusive=False)
            place.at(tx).message(talk, a, b)
        with meanwhile(lambda: committed(other, lambda tx: locked(tx, True))) as waiting:
            work.commit()
        assert waiting.result() == (1, frozenset())

        work = adapter.unit_of_work()
        with work.writing() as tx:
            place.stores.people.lock(tx.within(place.scope.portfolio), [a, b], exclusive=True)
            group = place.at(tx).group("g", b)
        with meanwhile(lambda: committed(other, lambda tx: locked(tx, False))) as waiting:
            work.commit()
        assert (1, frozenset({group})) == waiting.result()
