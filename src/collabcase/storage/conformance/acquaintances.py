"""What a `PeopleStore` tells about who may know whom (V17)."""

from __future__ import annotations

import pytest

from collabcase.ids import LARGEST
from collabcase.permissions.known import Acquaintance
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite


class AcquaintanceSuite(Suite):
    """Acquaintances, and lists of whom one may know."""

    def test_a_person_is_described_to_a_viewer(self, here: Scene) -> None:
        """`acquaintances` tells of persons who they are, and whether they share any group with the viewer."""
        me, mate, external, inactive, stranger = (
            here.person("me"),
            here.person("mate"),
            here.person("external", internal=False),
            here.person("inactive", active=False),
            here.person("stranger"),
        )
        here.group("g", me, mate, inactive)
        here.group("h", mate, external, stranger)
        found = here.stores.people.acquaintances(
            here.scope, me, [me, mate, external, inactive, stranger, 999], named=False
        )
        expected = {
            me: _person(me, me=True, together=True),
            mate: _person(mate, together=True),
            external: _person(external, internal=False),
            inactive: _person(inactive, active=False, together=True),
            stranger: _person(stranger),
        }
        assert expected == found

    def test_who_is_in_no_group_is_not_together_with_themselves(self, here: Scene) -> None:
        """`together` speaks of groups alone."""
        me = here.person("me")
        assert {me: _person(me, me=True)} == here.stores.people.acquaintances(here.scope, me, [me], named=False)

    def test_a_group_is_described_to_a_viewer(self, here: Scene) -> None:
        """`acquaintances` tells of groups whether they can be written to, still exist, and have the viewer in them."""
        me, mate = here.persons("me", "mate")
        mine = here.group("mine", me, mate, teambox=True)
        open = here.group("open", mate, teambox=True, open=True)
        plain = here.group("plain")
        gone = here.group("gone", teambox=True)
        here.stores.groups.delete(here.scope, gone, at=9)
        found = here.stores.people.acquaintances(here.scope, me, [mine, open, plain, gone], named=True)
        expected = {
            mine: _group(mine, teambox=True, together=True),
            open: _group(open, teambox=True, open=True),
            plain: _group(plain),
            gone: _group(gone, teambox=True, active=False),
        }
        assert expected == found

    def test_naming_is_looked_up_only_where_asked(self, here: Scene) -> None:
        """V17: with `named` it counts who is named on, or stands for, a message that the viewer sees; else nobody."""
        me, writer, copied, stander, hidden, elsewhere = here.persons("me", "w", "c", "s", "h", "e")
        box = here.group("box", teambox=True)
        talk = here.talk(writer, me)
        seen = here.message(talk, writer, me, box, observers=[copied])
        unseen = here.message(talk, writer, hidden)
        here.stores.talks.stand(here.scope, [seen], stander)
        here.stores.talks.stand(here.scope, [unseen], elsewhere)
        asked = [me, writer, copied, stander, hidden, elsewhere, box]
        people = here.stores.people
        found = people.acquaintances(here.scope, me, asked, named=True)
        assert {me, writer, copied, stander, box} == {no for no, one in found.items() if one.named}
        quiet = people.acquaintances(here.scope, me, asked, named=False)
        assert {no for no, one in quiet.items() if one.named} == set()

    @pytest.mark.parametrize("internal", [True, False])
    def test_known_are_those_one_may_address_or_see_named(self, here: Scene, internal: bool) -> None:
        """V17: all know themselves, members of their groups and the named; internal persons every active one."""
        me = here.person("me", internal=internal)
        mate, named = here.person("mate", active=False), here.person("named", active=False)
        stander, stranger, retired = here.person("stander"), here.person("stranger"), here.person("r", active=False)
        here.group("g", me, mate)
        talk = here.talk(me, named)
        message = here.message(talk, me, named)
        here.stores.talks.stand(here.scope, [message], stander)
        here.message(talk, stranger, retired)
        listed = here.stores.people.known(here.scope, me, everybody=False, before=LARGEST, limit=50)
        known = {card.id for _, card in listed}
        assert {"me", "mate", "named", "stander"} | ({"stranger"} if internal else set()) == known

    def test_who_manages_groups_knows_everybody(self, here: Scene) -> None:
        """With `everybody` nobody is left out."""
        me = here.person("me", internal=False)
        here.person("retired", active=False)
        listed = here.stores.people.known(here.scope, me, everybody=True, before=LARGEST, limit=50)
        assert [card.id for _, card in listed] == ["retired", "me"]

    def test_the_known_come_in_pages(self, here: Scene) -> None:
        """`known` returns the newest below a number, which is not included, and no more than asked for."""
        me, *others = here.persons("me", "a", "b", "c")
        people = here.stores.people
        first = people.known(here.scope, me, everybody=False, before=LARGEST, limit=3)
        assert [others[2], others[1], others[0]] == [no for no, _ in first]
        cards = people.cards(here.scope, [me])
        assert [(me, cards[me])] == people.known(here.scope, me, everybody=False, before=others[0], limit=3)

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Groups and messages of another portfolio make nobody known, whatever their numbers."""
        for scene in (there, here):
            a, b, c = scene.person("a", internal=False), scene.person("b"), scene.person("c", active=False)
        there.group("g", a, b)
        mine = here.group("mine", a)
        for scene, other in ((there, b), (here, a)):
            message = scene.message(scene.talk(a, a), a, other)
        there.stores.talks.stand(there.scope, [message], c)
        for named in (False, True):
            found = here.stores.people.acquaintances(here.scope, a, [b, c, mine], named=named)
            assert {b: _person(b), c: _person(c, active=False), mine: _group(mine, together=True)} == found
        listed = here.stores.people.known(here.scope, a, everybody=False, before=LARGEST, limit=9)
        assert [a] == [no for no, _ in listed]


def _person(
    no: int, *, me: bool = False, active: bool = True, internal: bool = True, together: bool = False
) -> Acquaintance:
    return Acquaintance(no, False, me, active, internal, False, False, together, False)


def _group(
    no: int, *, active: bool = True, teambox: bool = False, open: bool = False, together: bool = False
) -> Acquaintance:
    return Acquaintance(no, True, False, active, False, teambox, open, together, False)
