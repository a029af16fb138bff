"""What a `SightStore` keeps; the rule over messages is the rule's suite."""

from __future__ import annotations

import pytest
from attrs import evolve

from collabcase.ids import Kind
from collabcase.model.person import Person
from collabcase.permissions.sight import Facts, Hanging, Involvement, Role, Sight
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite
from collabcase.storage.interfaces import Reach


class SightSuite(Suite):
    """Involvement, hangings, and what they show."""

    def test_sight_is_groups_and_those_that_share(self, here: Scene) -> None:
        """V2, V3, V9: `sight` tells a person's groups, those with the box ticked, and whether they are internal."""
        a, b = here.person("a"), here.person("b", internal=False)
        plain, ticked = here.group("plain", a), here.group("ticked", a, shares=True, main=True)
        here.group("other", b, shares=True)
        here.share()
        sights = here.stores.sights
        assert Sight(a, True, frozenset({plain, ticked}), frozenset({ticked})) == sights.sight(here.scope, a)
        here.share(False)
        assert Sight(a, True, frozenset({plain, ticked}), frozenset()) == sights.sight(here.scope, a)
        assert sights.sight(here.scope, b).internal is False

    def test_a_person_without_groups_has_a_sight(self, here: Scene) -> None:
        """`sight` of somebody in no group is theirs alone."""
        a = here.person("a")
        assert Sight(a, True, frozenset(), frozenset()) == here.stores.sights.sight(here.scope, a)

    def test_an_inactive_person_has_no_sharing_groups(self, here: Scene) -> None:
        """V3: sharing gives an inactive viewer nothing; their groups remain (G7)."""
        here.share()
        a = here.person("a")
        group = here.group("g", a, shares=True)
        here.stores.people.update(here.scope, a, Person("a", "A", active=False))
        assert Sight(a, True, frozenset({group}), frozenset()) == here.stores.sights.sight(here.scope, a)

    def test_facts_tell_who_is_involved(self, here: Scene) -> None:
        """`facts` holds every involvement of the items asked for, and the groups of who is involved."""
        a, b = here.persons("a", "b")
        group = here.group("g", b)
        case, other = here.item(Kind.CASE), here.item(Kind.CASE)
        rows = [Involvement(a, Role.OWNER, True), Involvement(a, Role.READER, False), Involvement(b, Role.MEMBER, True)]
        here.stores.sights.involve(here.scope, case, rows)
        here.stores.sights.involve(here.scope, other, rows[:1])
        facts = here.stores.sights.facts(here.scope, [case])
        assert set(rows) == set(facts.involved(case))
        assert list(facts.hangings(case)) == []
        assert [set(), {group}, set()] == [set(facts.groups_of(no)) for no in (a, b, group)]

    def test_known_involvement_stays_as_it_is(self, here: Scene) -> None:
        """`involve` leaves a row that exists untouched, whatever it is given now."""
        a = here.person("a")
        case = here.item(Kind.CASE)
        first = Involvement(a, Role.OWNER, False)
        for row in (first, evolve(first, extends=True)):
            here.stores.sights.involve(here.scope, case, [row])
        here.stores.sights.involve(here.scope, case, [])
        assert [first] == list(here.stores.sights.facts(here.scope, [case]).involved(case))

    def test_kinds_limit_roles_and_hangings(self, here: Scene) -> None:
        """`involve` and `hang` refuse, with ValueError, what the tables of the rule don't know."""
        a = here.person("a")
        message, case, note = here.item(Kind.MESSAGE), here.item(Kind.CASE), here.item(Kind.NOTE)
        sights = here.stores.sights
        with pytest.raises(ValueError, match="OWNER"):
            sights.involve(here.scope, message, [Involvement(a, Role.OWNER, True)])
        with pytest.raises(ValueError, match="SENDER"):
            sights.involve(here.scope, note, [Involvement(a, Role.SENDER, True)])
        for below, on in ((message, case), (case, note), (note, note)):
            with pytest.raises(ValueError, match="never hangs"):
                sights.hang(here.scope, below, [Hanging(on, False)])
        assert not any(sights.exists(here.scope, item) for item in (message, case, note))

    def test_withdrawing_ends_one_role(self, here: Scene) -> None:
        """`withdraw` ends one principal's one role in the items named, and returns where there was one."""
        a, b = here.persons("a", "b")
        items = [here.item(Kind.MESSAGE) for _ in range(4)]
        for item in items[:3]:
            here.involve(item, Role.OBSERVER, a, b)
            here.involve(item, Role.RECIPIENT, a)
        sights = here.stores.sights
        asked = [items[0], items[1], items[3]]
        assert {items[0], items[1]} == sights.withdraw(here.scope, asked, a, Role.OBSERVER)
        assert sights.withdraw(here.scope, asked, a, Role.OBSERVER) == set()
        assert sights.withdraw(here.scope, [], b, Role.OBSERVER) == set()
        facts = sights.facts(here.scope, items)
        assert [len(list(facts.involved(item))) for item in items] == [2, 2, 3, 0]
        assert {(b, Role.OBSERVER), (a, Role.RECIPIENT)} == {
            (row.principal, row.role) for row in facts.involved(items[0])
        }

    def test_what_is_withdrawn_leaves_the_lists(self, here: Scene) -> None:
        """V3: who is recipient no more shares the item no more; the lists of person and group follow."""
        a, b, sender = here.persons("a", "b", "sender")
        group = here.group("g", a, b, shares=True)
        message = here.message(here.talk(sender, a), sender, a)
        assert {message} == here.stores.sights.withdraw(here.scope, [message], a, Role.RECIPIENT)
        checks = here.stores.checks
        for principal, is_group in ((a, False), (group, True)):
            found = checks.lists(here.scope, principal, group=is_group, examples=1)
            assert [(0, 0)] * len(found) == [(one.missing, one.stale) for one in found]

    def test_one_takes_over_from_another(self, here: Scene) -> None:
        """G4: `take_over` gives `new` the roles of `old`, which keeps them; only where `new` has another one does
        it observe no more.
        """
        a = here.person("a")
        old, new = here.group("old"), here.group("new")
        sights = here.stores.sights
        case = here.item(Kind.CASE)
        received, copied, other = (here.item(Kind.MESSAGE) for _ in range(3))
        sights.involve(here.scope, case, [Involvement(old, Role.MEMBER, True)])
        here.involve(received, Role.RECIPIENT, old)
        here.involve(received, Role.OBSERVER, a, new)
        here.involve(copied, Role.OBSERVER, old)
        here.involve(other, Role.SENDER, a)
        here.involve(other, Role.OBSERVER, new)
        sights.take_over(here.scope, old, new)
        facts = sights.facts(here.scope, [case, received, copied, other])
        found = {item: set(facts.involved(item)) for item in (case, received, copied, other)}
        assert {Involvement(no, Role.MEMBER, True) for no in (old, new)} == found[case]
        assert {
            Involvement(old, Role.RECIPIENT, False),
            Involvement(new, Role.RECIPIENT, False),
            Involvement(a, Role.OBSERVER, False),
        } == found[received]
        assert {Involvement(no, Role.OBSERVER, False) for no in (old, new)} == found[copied]
        assert {Involvement(a, Role.SENDER, True), Involvement(new, Role.OBSERVER, False)} == found[other]

    def test_things_exist_by_involvement_or_hanging(self, here: Scene) -> None:
        """`exists` tells whether anybody is involved in an item or it hangs on something, and of no other."""
        a = here.person("a")
        case, note, unknown = here.item(Kind.CASE), here.item(Kind.NOTE), here.item(Kind.CASE)
        sights = here.stores.sights
        here.involve(case, Role.OWNER, a)
        sights.hang(here.scope, note, [Hanging(case, False)])
        assert [sights.exists(here.scope, item) for item in (case, note, unknown)] == [True, True, False]

    def test_what_hangs_is_seen_with_what_it_hangs_on(self, here: Scene) -> None:
        """V8, V9, V10: over any number of steps, by any of several ways, but through internal ones only by the house.

        An order on an internal note shows nothing to an external person, unless it is theirs itself.
        """
        house, guest = here.person("house"), here.person("guest", internal=False)
        case, hidden = here.item(Kind.CASE), here.item(Kind.CASE)
        here.involve(case, Role.READER, house, guest)
        here.involve(hidden, Role.OWNER, here.person("x"))
        note, secret, meeting = (here.item(kind) for kind in (Kind.NOTE, Kind.NOTE, Kind.MEETING))
        scan, draft, twice, stray = (here.item(Kind.ATTACHMENT) for _ in range(4))
        hang = here.stores.sights.hang
        hang(here.scope, note, [Hanging(case, False)])
        hang(here.scope, secret, [Hanging(case, True)])
        hang(here.scope, meeting, [Hanging(hidden, False)])
        hang(here.scope, scan, [Hanging(note, False)])
        hang(here.scope, draft, [Hanging(secret, False), Hanging(meeting, False)])
        hang(here.scope, twice, [Hanging(secret, False), Hanging(note, False)])
        here.involve(meeting, Role.ATTENDEE)
        everything = [case, hidden, note, secret, meeting, scan, draft, twice, stray]
        assert {case, note, secret, scan, draft, twice} == self._sees(here, house, everything)
        assert {case, note, scan, twice} == self._sees(here, guest, everything)

    def test_what_hangs_is_seen_by_its_own_involvement_too(self, here: Scene) -> None:
        """V10: an order is seen by whom it was offered to, and shows them nothing of what it hangs on."""
        a, b = here.persons("a", "b")
        case, order, scan = here.item(Kind.CASE), here.item(Kind.ORDER), here.item(Kind.ATTACHMENT)
        here.involve(case, Role.OWNER, a)
        sights = here.stores.sights
        sights.involve(here.scope, order, [Involvement(b, Role.OFFERED, True)])
        sights.hang(here.scope, order, [Hanging(case, True)])
        sights.hang(here.scope, scan, [Hanging(order, False)])
        assert {case, order, scan} == self._sees(here, a, [case, order, scan])
        assert {order, scan} == self._sees(here, b, [case, order, scan])

    def test_peers_see_what_hangs_on_a_shared_case(self, here: Scene) -> None:
        """V3, V8: sharing reaches through hangings, from owners and members and not from readers."""
        here.share()
        me, peer = here.persons("me", "peer")
        here.group("both", me, peer, shares=True)
        owned, read = here.item(Kind.CASE), here.item(Kind.CASE)
        note, other = here.item(Kind.NOTE), here.item(Kind.NOTE)
        here.involve(owned, Role.OWNER, peer)
        here.involve(read, Role.READER, peer)
        here.stores.sights.hang(here.scope, note, [Hanging(owned, False)])
        here.stores.sights.hang(here.scope, other, [Hanging(read, False)])
        assert {owned, note} == self._sees(here, me, [owned, read, note, other])

    def test_known_hangings_stay_as_they_are(self, here: Scene) -> None:
        """`hang` stores what is new, leaves a row that exists untouched, and takes an empty list."""
        a = here.person("a", internal=False)
        case, note = here.item(Kind.CASE), here.item(Kind.NOTE)
        here.involve(case, Role.OWNER, a)
        for internal in (True, False):
            here.stores.sights.hang(here.scope, note, [Hanging(case, internal)])
        here.stores.sights.hang(here.scope, note, [])
        assert [Hanging(case, True)] == list(here.stores.sights.facts(here.scope, [note]).hangings(note))
        assert self._sees(here, a, [note]) == set()

    def test_reach_beyond_reach(self, here: Scene) -> None:
        """V14: `beyond` returns what one reach shows by involvement and another does not, of the kinds asked for."""
        me, peer, other = here.persons("me", "peer", "other")
        group = here.group("g")
        mine, theirs, boxed, copied, both = (here.item(Kind.MESSAGE) for _ in range(5))
        case = here.item(Kind.CASE)
        for item, role, who in (
            (mine, Role.SENDER, me),
            (theirs, Role.SENDER, peer),
            (boxed, Role.RECIPIENT, group),
            (copied, Role.OBSERVER, peer),
            (both, Role.SENDER, peer),
            (both, Role.RECIPIENT, other),
            (case, Role.OWNER, peer),
        ):
            here.involve(item, role, who)
        alone = Reach(me, frozenset(), frozenset())
        wide = Reach(me, frozenset({group}), frozenset({peer}))
        narrow = Reach(me, frozenset(), frozenset({other}))

        def beyond(reach: Reach, than: Reach, *kinds: Kind) -> set[int]:
            return here.stores.sights.beyond(here.scope, reach, than, kinds)

        assert {theirs, boxed, both} == beyond(wide, alone, Kind.MESSAGE)
        assert {theirs, boxed, both, case} == beyond(wide, alone, Kind.MESSAGE, Kind.CASE)
        assert {theirs, boxed} == beyond(wide, narrow, Kind.MESSAGE)
        assert {case} == beyond(wide, narrow, Kind.CASE)
        assert beyond(wide, wide, Kind.MESSAGE) == beyond(alone, wide, Kind.MESSAGE) == set()
        assert beyond(wide, alone) == set()
        observed = Reach(me, frozenset(), frozenset({peer}))
        assert {theirs, both} == beyond(observed, alone, Kind.MESSAGE)
        assert {copied} == beyond(Reach(peer, frozenset(), frozenset()), observed, Kind.MESSAGE)

    def test_nothing_is_asked_of_nothing(self, here: Scene) -> None:
        """Empty lists are answered empty."""
        a = here.person("a")
        assert self._sees(here, a, []) == set()
        assert list(here.stores.sights.facts(here.scope, []).involved(here.item(Kind.CASE))) == []

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Two portfolios with equal numbers know, and change, their own involvement alone."""
        for scene in (here, there):
            a, b = scene.persons("a", "b")
            case, note = scene.item(Kind.CASE), scene.item(Kind.NOTE)
        sights = here.stores.sights
        there.share()
        group = there.group("g", a, b, shares=True)
        there.involve(case, Role.OWNER, b)
        sights.hang(there.scope, note, [Hanging(case, False)])
        assert [sights.exists(scope.scope, case) for scope in (here, there)] == [False, True]
        here.involve(case, Role.READER, b)
        assert self._sees(here, b, [case, note]) == {case}
        assert Sight(a, True, frozenset(), frozenset()) == sights.sight(here.scope, a)
        assert Sight(a, True, frozenset({group}), frozenset({group})) == sights.sight(there.scope, a)
        assert [self._sees(scene, a, [case, note]) for scene in (here, there)] == [set(), {case, note}]
        assert [sights.exists(scene.scope, note) for scene in (here, there)] == [False, True]
        reach, alone = Reach(a, frozenset(), frozenset({b})), Reach(a, frozenset(), frozenset())
        assert sights.beyond(here.scope, reach, alone, [Kind.CASE]) == set()
        assert {case} == sights.beyond(there.scope, reach, alone, [Kind.CASE])
        facts: Facts = sights.facts(here.scope, [case, note])
        assert [Involvement(b, Role.READER, False)] == list(facts.involved(case))
        assert [[], set()] == [list(facts.hangings(note)), set(facts.groups_of(b))]
        assert sights.withdraw(here.scope, [case], b, Role.OWNER) == set()
        sights.take_over(here.scope, b, a)
        assert {b} == {row.principal for row in sights.facts(there.scope, [case]).involved(case)}

    @staticmethod
    def _sees(here: Scene, viewer: int, items: list[int]) -> set[int]:
        """Ask the store and the rule in Python, which must agree."""
        sights = here.stores.sights
        seen = sights.sees(here.scope, viewer, items)
        sight, facts = sights.sight(here.scope, viewer), sights.facts(here.scope, items)
        assert {item for item in items if sight.sees(item, facts)} == seen
        return seen
