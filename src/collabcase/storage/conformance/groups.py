"""What a `GroupStore` keeps."""

from __future__ import annotations

import pytest
from attrs import evolve

from collabcase.errors import AlreadyInMainGroup
from collabcase.ids import LARGEST
from collabcase.model.group import Group, Right
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite, committed, looked, meanwhile
from collabcase.storage.interfaces import Adapter, Transaction

_GIVEN = (Right.CASE_CREATE, Right.SIGHT_AUDIT)


class GroupSuite(Suite):
    """Groups, their members, their boxes and rights."""

    def test_groups_are_found_as_they_were_stored(self, here: Scene) -> None:
        """`add` stores every field, and `find` returns number, rights and sorted members of the ids that exist."""
        full = Group("full", "o'd\"d 漢", True, True, True, True, host_ref="ref", rights=_GIVEN)
        plain = Group("plain", "Name", False, False, False, False)
        no, other = (
            here.stores.groups.add(here.scope, full, since=1),
            here.stores.groups.add(here.scope, plain, since=1),
        )
        b, a = here.persons("b", "a")
        here.stores.groups.join(here.scope, no, [b, a], main=True, since=1)
        expected = {
            "full": (no, evolve(full, members=("a", "b"))),
            "plain": (other, evolve(plain, rights=(), members=())),
        }
        assert expected == here.stores.groups.find(here.scope, ["full", "plain", "none", "a"])

    def test_nothing_is_done_for_nobody(self, here: Scene) -> None:
        """Empty lists are answered empty, and change nothing."""
        groups = here.stores.groups
        a = here.person("a")
        no = here.group("g", a, main=True)
        groups.join(here.scope, no, [], main=True, since=1)
        groups.leave(here.scope, no, [])
        assert groups.find(here.scope, []) == {}
        assert groups.named(here.scope, []) == {}
        assert groups.among(here.scope, []) == {}
        assert groups.main_group_of(here.scope, []) == {}
        assert {a: frozenset({no})} == groups.memberships(here.scope)

    def test_groups_are_told_from_persons(self, here: Scene) -> None:
        """`among` returns those numbers that are groups, deleted ones included."""
        a = here.person("a")
        living, gone = here.group("living"), here.group("gone")
        here.stores.groups.delete(here.scope, gone, at=9)
        assert {living: False, gone: True} == here.stores.groups.among(here.scope, [a, living, gone, 999])

    def test_groups_are_named_by_number(self, here: Scene) -> None:
        """`named` returns deleted groups, too, without members and rights, and leaves other numbers out."""
        a = here.person("a")
        living = here.group("living", a, main=True, rights=_GIVEN)
        gone = here.group("gone", teambox=True)
        here.stores.groups.delete(here.scope, gone, at=9)
        expected = {
            living: _group("living", main=True),
            gone: evolve(_group("gone", teambox=True), deleted=True),
        }
        assert expected == here.stores.groups.named(here.scope, [a, living, gone, 999])

    def test_pages_run_downwards(self, here: Scene) -> None:
        """`page` returns living groups, newest first, below a number that is not included, as many as asked for."""
        me, other = here.persons("me", "other")
        first, gone, second, third = (here.group(name) for name in ("first", "gone", "second", "third"))
        here.stores.groups.join(here.scope, second, [me, other], main=False, since=1)
        here.stores.groups.delete(here.scope, gone, at=9)
        groups = here.stores.groups
        newest = groups.page(here.scope, viewer=me, all=True, mine=False, before=LARGEST, limit=2)
        member = evolve(_group("second"), rights=(), members=("me", "other"))
        assert [(third, _bare("third"), False), (second, member, True)] == newest
        rest = groups.page(here.scope, viewer=me, all=True, mine=False, before=second, limit=2)
        assert [(first, _bare("first"), False)] == rest

    def test_the_system_is_shown_all_groups(self, here: Scene) -> None:
        """Without a viewer `page` leaves none out, and nobody is a member."""
        no = here.group("g", here.person("a"))
        shown = here.stores.groups.page(here.scope, viewer=None, all=True, mine=False, before=LARGEST, limit=9)
        assert [(no, evolve(_bare("g"), members=("a",)), False)] == shown

    def test_mine_are_those_i_am_in(self, here: Scene) -> None:
        """With `mine`, `page` returns the viewer's own groups, whatever else they might know."""
        me, other = here.persons("me", "other")
        mine = here.group("mine", me)
        here.group("theirs", other, teambox=True)
        for all in (True, False):
            shown = here.stores.groups.page(here.scope, viewer=me, all=all, mine=True, before=LARGEST, limit=9)
            assert [mine] == [no for no, _, _ in shown]

    @pytest.mark.parametrize("internal", [True, False])
    def test_known_are_those_one_may_address_or_see_named(self, here: Scene, internal: bool) -> None:
        """V17: groups are known to members, to who may address them, and to who sees them named or standing."""
        me, other = here.person("me", internal=internal), here.person("other")
        here.group("mine", me)
        here.group("box", teambox=True)
        here.group("open", teambox=True, open=True)
        named, stander = here.group("named"), here.group("stander")
        hidden = here.group("hidden")
        talk = here.talk(other, me)
        message = here.message(talk, other, me, observers=[named])
        here.message(talk, other, hidden)
        here.stores.talks.stand(here.scope, [message], stander)
        shown = here.stores.groups.page(here.scope, viewer=me, all=False, mine=False, before=LARGEST, limit=50)
        expected = {"mine", "open", "named", "stander"} | ({"box"} if internal else set())
        assert expected == {group.id for _, group, _ in shown}

    def test_fields_are_changed_one_by_one(self, here: Scene) -> None:
        """`rename`, `set_sharing` and `set_rights` change what they say, of this group alone."""
        groups = here.stores.groups
        no = here.group("g", main=True, shares=True, rights=_GIVEN)
        bystander = here.group("bystander", shares=True, rights=_GIVEN)
        groups.rename(here.scope, no, "new")
        groups.set_sharing(here.scope, no, False, since=2)
        groups.set_rights(here.scope, no, [Right.TRAY_MANAGE, Right.CASE_MANAGE])
        found = groups.find(here.scope, ["g", "bystander"])
        assert (
            Group(
                "g",
                "new",
                True,
                False,
                False,
                False,
                host_ref="ref of g",
                rights=(Right.CASE_MANAGE, Right.TRAY_MANAGE),
                members=(),
            )
            == found["g"][1]
        )
        assert evolve(_group("bystander", shares=True), rights=_GIVEN, members=()) == found["bystander"][1]
        assert frozenset({bystander}) == groups.sharing_groups(here.scope)
        groups.set_sharing(here.scope, no, True, since=3)
        groups.set_rights(here.scope, no, [])
        assert frozenset({no, bystander}) == groups.sharing_groups(here.scope)
        assert groups.find(here.scope, ["g"])["g"][1].rights == ()

    def test_boxes_stay_ticked_whatever_the_feature(self, here: Scene) -> None:
        """G3: `sharing_groups` tells whose box is ticked, on or off."""
        no = here.group("g", shares=True)
        for on in (True, False):
            here.share(on)
            assert frozenset({no}) == here.stores.groups.sharing_groups(here.scope)

    def test_members_join_and_leave(self, here: Scene) -> None:
        """`join` adds members, `leave` removes those named, and the others stay."""
        a, b, c = here.persons("a", "b", "c")
        g, h = here.group("g"), here.group("h", a, b)
        here.stores.groups.join(here.scope, g, [b, a], main=False, since=1)
        here.stores.groups.leave(here.scope, h, [a, c])
        assert {a: frozenset({g}), b: frozenset({g, h})} == here.stores.groups.memberships(here.scope)

    def test_main_groups_are_told(self, here: Scene) -> None:
        """`main_group_of` returns the main group of those asked for who are in one."""
        a, b, c = here.persons("a", "b", "c")
        main = here.group("main", a, c, main=True)
        here.group("secondary", a, b)
        assert {a: main} == here.stores.groups.main_group_of(here.scope, [a, b, 999])
        here.stores.groups.leave(here.scope, main, [a])
        assert here.stores.groups.main_group_of(here.scope, [a]) == {}

    def test_a_deleted_group_keeps_its_name(self, here: Scene) -> None:
        """G4: `delete` marks this group alone, which is found by id and number as before."""
        gone = here.group("gone")
        here.group("living")
        here.stores.groups.delete(here.scope, gone, at=9)
        found = here.stores.groups.find(here.scope, ["gone", "living"])
        assert {id: group.deleted for id, (_, group) in found.items()} == {"gone": True, "living": False}
        assert found["gone"][1].name == "name of gone"

    def test_a_second_main_membership_is_refused(self, adapter: Adapter) -> None:
        """G1: `join` raises AlreadyInMainGroup, and nothing of the unit of work is kept."""
        place, a = _one_person(adapter)
        first = committed(adapter, lambda tx: place.at(tx).group("first", a, main=True))
        with pytest.raises(AlreadyInMainGroup):
            committed(adapter, lambda tx: place.at(tx).group("second", a, main=True))
        kept = looked(adapter, lambda tx: place.stores.groups.memberships(place.at(tx).scope))
        assert {a: frozenset({first})} == kept

    def test_secondary_memberships_are_free(self, here: Scene) -> None:
        """G1: besides one main group, a person is in any number of secondary ones."""
        a = here.person("a")
        groups = {here.group("main", a, main=True), here.group("x", a), here.group("y", a)}
        assert {a: frozenset(groups)} == here.stores.groups.memberships(here.scope)

    def test_of_two_writers_one_has_the_main_membership(self, adapter: Adapter, other: Adapter) -> None:
        """G1: of two main memberships of one person written at once, one is refused."""
        place, a = _one_person(adapter)
        mine = committed(adapter, lambda tx: place.at(tx).group("mine", main=True))
        theirs = committed(adapter, lambda tx: place.at(tx).group("theirs", main=True))
        work = adapter.unit_of_work()
        with work.writing() as tx:
            place.stores.groups.join(place.at(tx).scope, mine, [a], main=True, since=1)
        with meanwhile(
            lambda: committed(
                other,
                lambda tx: other.stores.groups.join(place.at(tx).scope, theirs, [a], main=True, since=1),
            )
        ) as second:
            work.commit()
        assert isinstance(second.exception(), AlreadyInMainGroup)
        kept = looked(adapter, lambda tx: place.stores.groups.main_group_of(place.at(tx).scope, [a]))
        assert {a: mine} == kept

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Two portfolios with equal ids and numbers know, and change, their own groups alone."""
        for scene in (here, there):
            a = scene.person("a")
            no = scene.group("g", a, main=True, shares=True, rights=_GIVEN)
        there.group("only there", a, teambox=True)
        groups = here.stores.groups
        before = groups.find(there.scope, ["g"])
        groups.rename(here.scope, no, "new")
        groups.set_sharing(here.scope, no, False, since=1)
        groups.set_rights(here.scope, no, [])
        groups.leave(here.scope, no, [a])
        groups.delete(here.scope, no, at=9)
        assert before == groups.find(there.scope, ["g"])
        assert groups.memberships(here.scope) == {}
        assert groups.main_group_of(here.scope, [a]) == {}
        assert groups.sharing_groups(here.scope) == frozenset()
        assert {"g"} == set(groups.find(here.scope, ["g", "only there"]))
        assert {no} == set(groups.named(here.scope, range(9))) == set(groups.among(here.scope, range(9)))
        assert groups.page(here.scope, viewer=a, all=True, mine=False, before=LARGEST, limit=9) == []
        empty = here.group("second")
        shown = groups.page(here.scope, viewer=a, all=True, mine=False, before=LARGEST, limit=9)
        assert [(empty, _bare("second"), False)] == shown
        shown = groups.page(there.scope, viewer=a, all=True, mine=False, before=LARGEST, limit=9)
        assert [member for _, _, member in shown] == [True, True]


def _one_person(adapter: Adapter) -> tuple[Scene, int]:
    def add(tx: Transaction) -> tuple[Scene, int]:
        place = Scene.new(adapter.stores, tx)
        return place, place.person("a")

    return committed(adapter, add)


def _group(id: str, *, main: bool = False, shares: bool = False, teambox: bool = False) -> Group:
    return Group(id, f"name of {id}", main, shares, teambox, False, host_ref=f"ref of {id}")


def _bare(id: str) -> Group:
    return evolve(_group(id), rights=(), members=())
