"""The verbs of groups: make, fill, share, and see beforehand what that would reveal."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from collabcase.desk.addressing import check_known, targets
from collabcase.desk.call import FURTHEST, Call, Calls
from collabcase.desk.membership import (
    check_feature,
    check_gives_rights,
    check_ticking,
    checked_group,
    checked_rights,
    group_of,
    heir_of,
    joining,
    managed,
    managed_box,
    managed_for_deletion,
    manages,
    moving,
    person_ids,
    persons_of,
)
from collabcase.desk.membership import members as members_of
from collabcase.desk.preview import preview_box, preview_feature, preview_members, preview_move
from collabcase.desk.teambox import check_not_in_use, end_claims, tell_put_back
from collabcase.errors import InvalidInput
from collabcase.ids import Kind, encode, principal_item
from collabcase.model import inputs
from collabcase.model.group import Group, GroupEvent, Right
from collabcase.model.item import ItemRef
from collabcase.model.page import Page
from collabcase.model.portfolio import Feature
from collabcase.model.talk import TalkEvent
from collabcase.permissions.explain import Preview
from collabcase.permissions.sight import Role

_CREATE = "groups.create"


class Groups:
    """Groups of the portfolio; changing them needs `group.manage` (G4, G6)."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        name: str,
        *,
        main: bool = False,
        shares_cases: bool = False,
        members: Iterable[str] = (),
        teambox: bool = False,
        open: bool = False,
        key: str | None = None,
        host_ref: str | None = None,
    ) -> Group:
        """Make a group with its members in one call (G4).

        Args:
            name: for people to read, at most 200 characters.
            main: whether it gives rights; a person is in one main group at most (G1).
            shares_cases: tick the box at once (G3).
            members: ids of persons.
            teambox: whether it can be written to.
            open: whether external persons may write to its teambox (V17).
            key: an idempotency key; the same again gives the first result (I3).
            host_ref: the host's own reference.

        Raises:
            Forbidden: without `group.manage`, or adding oneself (G6).
            FeatureUnavailable: the box is to be ticked and the feature is off (G3).
            AlreadyInMainGroup: it is a main group, and a member is in another (G1).
            NotFound: a member does not exist.
            InvalidInput: a parameter can't be used.
        """
        group = checked_group(name, main=main, shares_cases=shares_cases, teambox=teambox, open=open, host_ref=host_ref)
        return self._create(group, members, key)

    def _create(self, group: Group, members: Iterable[str], key: str | None) -> Group:
        wanted, key = person_ids("members", members), inputs.optional_line("key", key)
        with self._calls.writing() as call:
            call.require(Right.GROUP_MANAGE)
            earlier = call.earlier(key, _CREATE)
            if earlier is None and group.shares_cases:
                check_feature(call)
            persons = persons_of(call, wanted) if earlier is None else {}
            call.lock(persons.values(), exclusive=True)
            earlier = earlier or call.earlier(key, _CREATE)  # whoever was waited for may have made it
            if earlier is not None:
                return group_of(call, encode(earlier))[1]
            joining(call, group, None, persons)
            id = call.new_id(Kind.GROUP)
            kept = call.first_result(key, _CREATE, id)
            if kept != id:
                return group_of(call, encode(kept))[1]
            no = call.stores.groups.add(call.scope, evolve(group, id=encode(id)), since=call.now)
            call.stores.groups.join(call.scope, no, persons.values(), main=group.main, since=call.now)
            call.emit(GroupEvent.CREATED, principal_item(Kind.GROUP, no), "members", "name", told=persons.values())
            return group_of(call, encode(id))[1]

    def rename(self, id: str, name: str) -> Group:
        """Give a group another name.

        Raises:
            NotFound: there is no such group that the actor may know.
            Forbidden: without `group.manage` (G6).
            InvalidInput: a parameter can't be used.
        """
        wanted, new = inputs.line("id", id), inputs.line("name", name)
        with self._calls.writing() as call:
            no, group = managed(call, wanted)
            if group.name != new:
                call.stores.groups.rename(call.scope, no, new)
                call.emit(GroupEvent.RENAMED, principal_item(Kind.GROUP, no), "name")
            return evolve(group, name=new)

    def add_members(self, id: str, members: Iterable[str]) -> Group:
        """Add members, all or none; who is one already stays one.

        Raises:
            NotFound: the group or a person does not exist.
            Forbidden: without `group.manage`, adding oneself, or to a group with a right the actor lacks (G6).
            AlreadyInMainGroup: it is a main group, and somebody is in another; `move_main` moves (G1).
            InvalidInput: a parameter can't be used.
        """
        wanted, persons = inputs.line("id", id), person_ids("members", members)
        with self._calls.writing() as call:
            numbers = persons_of(call, persons) if manages(call) else {}
            no, group = managed(call, wanted, numbers.values())
            fresh = joining(call, group, no, numbers)
            if fresh:
                call.stores.groups.join(call.scope, no, fresh.values(), main=group.main, since=call.now)
                call.emit(GroupEvent.MEMBERS_ADDED, principal_item(Kind.GROUP, no), "members", told=fresh.values())
            return group_of(call, wanted)[1]

    def remove_members(self, id: str, members: Iterable[str]) -> Group:
        """Remove members; who leaves a main group loses its rights (G2).

        Raises:
            NotFound: the group or a person does not exist.
            Forbidden: without `group.manage` (G6).
            InvalidInput: a parameter can't be used.
        """
        wanted, persons = inputs.line("id", id), person_ids("members", members)
        with self._calls.writing() as call:
            numbers = persons_of(call, persons) if manages(call) else {}
            no, group = managed(call, wanted, numbers.values())
            gone = [numbers[person] for person in persons if person in members_of(group)]
            if gone:
                call.stores.groups.leave(call.scope, no, gone)
                call.emit(GroupEvent.MEMBERS_REMOVED, principal_item(Kind.GROUP, no), "members", told=gone)
                end_claims(call, gone, no)
            return group_of(call, wanted)[1]

    def move_main(self, person: str, id: str) -> Group:
        """Move a person from their main group, if they are in one, to another, in one step (G1).

        Args:
            person: who moves.
            id: of the main group they move to.

        Returns:
            The group they are in now.

        Raises:
            NotFound: the group or the person does not exist.
            Forbidden: without `group.manage`, moving oneself, or to a group with a right the actor lacks (G6).
            InvalidInput: the group is no main group.
        """
        who, wanted = inputs.line("person", person), inputs.line("id", id)
        with self._calls.writing() as call:
            numbers = persons_of(call, [who]) if manages(call) else {}
            left = call.stores.groups.main_group_of(call.scope, numbers.values()) if numbers else {}
            no, group = managed(call, wanted, {*numbers.values(), *left.values()})
            mover, former = moving(call, group, no, who)
            if former != no:
                if former is not None:
                    call.stores.groups.leave(call.scope, former, [mover])
                    call.emit(GroupEvent.MEMBERS_REMOVED, principal_item(Kind.GROUP, former), "members", told=[mover])
                    end_claims(call, [mover], former)
                call.stores.groups.join(call.scope, no, [mover], main=True, since=call.now)
                call.emit(GroupEvent.MEMBERS_ADDED, principal_item(Kind.GROUP, no), "members", told=[mover])
            return group_of(call, wanted)[1]

    def share_cases(self, id: str, on: bool) -> None:
        """Tick or untick the box «share cases»; it acts at once and on what already exists (V5).

        It takes the same time for a group of two as of two thousand.

        Raises:
            NotFound: there is no such group that the actor may know.
            Forbidden: without `group.manage`, or ticking it on a group one is in (G6).
            FeatureUnavailable: it is to be ticked and the portfolio's feature is off (G3).
            InvalidInput: a parameter can't be used.
        """
        wanted, tick = inputs.line("id", id), inputs.flag("on", on)
        with self._calls.writing() as call:
            no, group = managed_box(call, wanted)
            if group.shares_cases != tick:
                check_ticking(call, no, group, tick)
                call.stores.groups.set_sharing(call.scope, no, tick, since=call.now)
                call.emit(GroupEvent.SHARING_CHANGED, principal_item(Kind.GROUP, no), "shares_cases")

    def delete(self, id: str, *, move_to: str | None = None) -> None:
        """Delete a group; its members leave it, and its name stays in histories (G4).

        Args:
            id: its id.
            move_to: the id of a group with a teambox that takes over whatever was addressed or copied to it, and
                what is open in its teambox.

        Raises:
            NotFound: a group does not exist.
            Forbidden: without `group.manage`, or moving to a group one is in (G6).
            GroupInUse: without `move_to`, while open items wait in its teambox.
            InvalidInput: `move_to` has no teambox, or is the group itself.
        """
        wanted, heir = inputs.line("id", id), inputs.optional_line("move_to", move_to)
        with self._calls.writing() as call:
            no, group = managed_for_deletion(call, wanted, heir)
            if heir is None:
                check_not_in_use(call, no)
                call.stores.teamboxes.forget(call.scope, no)
            else:
                heir_no = heir_of(call, wanted, heir)
                for item, role in sorted(call.stores.sights.take_over(call.scope, no, heir_no).items()):
                    call.emit(TalkEvent.HANDED_OVER, item, "to" if role is Role.RECIPIENT else "observers")
                call.stores.talks.take_over(call.scope, no, heir_no)
                call.stores.reading.pass_on(call.scope, [no], heir_no)
                ended = call.stores.teamboxes.take_over(call.scope, no, heir_no)
                tell_put_back(call, [(message, heir_no) for message in ended])
            former = persons_of(call, members_of(group)).values()
            call.stores.groups.leave(call.scope, no, former)
            call.stores.groups.delete(call.scope, no, at=call.now)
            call.emit(GroupEvent.DELETED, principal_item(Kind.GROUP, no), "members", told=former)

    def preview(
        self,
        *,
        share_cases: tuple[str, bool] | None = None,
        add_members: tuple[str, Iterable[str]] | None = None,
        remove_members: tuple[str, Iterable[str]] | None = None,
        move_main: tuple[str, str] | None = None,
        feature: tuple[Feature, bool] | None = None,
    ) -> Preview:
        """Tell who would gain or lose sight of how much by one change, without making it (V14).

        Args:
            share_cases: a group's id, and whether its box would be ticked.
            add_members: a group's id, and ids of persons who would join.
            remove_members: a group's id, and ids of persons who would leave.
            move_main: a person's id, and the main group they would move to.
            feature: the feature, and whether it would be on.

        Returns:
            Numbers for every active person who would gain or lose something; samples for the system alone.

        Raises:
            Forbidden, NotFound, FeatureUnavailable, AlreadyInMainGroup, InvalidInput: as the change itself would.
        """
        given = [change is not None for change in (share_cases, add_members, remove_members, move_main, feature)]
        if sum(given) != 1:
            raise InvalidInput("preview", "takes exactly one change")
        with self._calls.reading() as call:
            if share_cases is not None:
                return preview_box(call, share_cases)
            if add_members is not None:
                return preview_members(call, "add_members", add_members)
            if remove_members is not None:
                return preview_members(call, "remove_members", remove_members)
            if move_main is not None:
                return preview_move(call, move_main)
            return preview_feature(call, feature)

    def mine(self, *, cursor: str | None = None, limit: int = 50) -> Page[Group]:
        """Return the groups the viewer is in, those made last first.

        Args:
            cursor: where to go on, from `next` of the page before.
            limit: how many at most, 1 to 500.

        Raises:
            InvalidInput: a parameter can't be used.
        """
        return self._page("groups.mine", cursor, limit, mine=True)

    def list(self, *, cursor: str | None = None, limit: int = 50) -> Page[Group]:
        """Return the groups the viewer may know, those made last first (V17).

        Members and rights are shown of the viewer's own groups, and of all with `group.manage`.

        Args:
            cursor: where to go on, from `next` of the page before.
            limit: how many at most, 1 to 500.

        Raises:
            InvalidInput: a parameter can't be used.
        """
        return self._page("groups.list", cursor, limit, mine=False)

    def _page(self, question: str, cursor: str | None, limit: int, *, mine: bool) -> Page[Group]:
        most = inputs.count("limit", limit)
        with self._calls.reading() as call:
            before = call.position(question, cursor, first=FURTHEST)
            rows = call.stores.groups.page(
                call.scope, viewer=call.actor.no, all=manages(call), mine=mine, before=before, limit=most + 1
            )
            more = call.cursor(question, rows[most - 1][0]) if len(rows) > most else None
            return Page(tuple(_shown(call, group, member) for _, group, member in rows[:most]), more)

    def get(self, id: str) -> Group:
        """Return a group, deleted ones included where they are named on something the viewer sees.

        Raises:
            NotFound: there is no such group that the viewer may know (V12, V17).
            InvalidInput: a parameter can't be used.
        """
        wanted = inputs.line("id", id)
        with self._calls.reading() as call:
            check_known(call, targets(call, id=[ItemRef(Kind.GROUP.value, wanted)]))
            _, group = group_of(call, wanted)
            return _shown(call, group, call.actor.id in members_of(group))


class SystemGroups(Groups):
    """Groups for the host, who alone gives rights (G6)."""

    def create(
        self,
        name: str,
        *,
        main: bool = False,
        shares_cases: bool = False,
        members: Iterable[str] = (),
        teambox: bool = False,
        open: bool = False,
        key: str | None = None,
        host_ref: str | None = None,
        rights: Iterable[Right | str] = (),
    ) -> Group:
        """Make a group with its members and rights in one call.

        Args:
            name: for people to read, at most 200 characters.
            main: whether it gives rights; a person is in one main group at most (G1).
            shares_cases: tick the box at once (G3).
            members: ids of persons.
            teambox: whether it can be written to.
            open: whether external persons may write to its teambox (V17).
            key: an idempotency key; the same again gives the first result (I3).
            host_ref: the host's own reference.
            rights: what a main group gives its members (G2).

        Raises:
            FeatureUnavailable: the box is to be ticked and the feature is off (G3).
            AlreadyInMainGroup: it is a main group, and a member is in another (G1).
            NotFound: a member does not exist.
            InvalidInput: a parameter can't be used, or rights are given to a secondary group.
        """
        group = checked_group(
            name,
            main=main,
            shares_cases=shares_cases,
            teambox=teambox,
            open=open,
            host_ref=host_ref,
            rights=rights,
        )
        return self._create(group, members, key)

    def set_rights(self, id: str, rights: Iterable[Right | str]) -> Group:
        """Set what a main group gives its members (G2, G6).

        Raises:
            NotFound: there is no such group.
            InvalidInput: it is a secondary group, or a right does not exist.
        """
        wanted, given = inputs.line("id", id), checked_rights(rights)
        with self._calls.writing() as call:
            no, group = managed(call, wanted)
            check_gives_rights(evolve(group, rights=given))
            if group.rights != given:
                call.stores.groups.set_rights(call.scope, no, given)
                call.emit(GroupEvent.RIGHTS_CHANGED, principal_item(Kind.GROUP, no), "rights")
            return evolve(group, rights=given)


def _shown(call: Call, group: Group, member: bool) -> Group:
    """Return a group as the viewer may know it (G6, V17)."""
    if member or manages(call):
        return group
    return evolve(group, shares_cases=None, host_ref=None, rights=None, members=None)
