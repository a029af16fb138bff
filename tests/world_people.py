"""The oracle's persons and groups: set up by the system, changed by who holds `group.manage` (see `world`)."""

from __future__ import annotations

from collections.abc import Iterable

from world_rule import RIGHTS, Group, GroupState, PersonState, Refused
from world_teambox import Boxes


class People(Boxes):
    """One portfolio with the verbs that change persons, groups and the feature."""

    # ---------------------------------------------------------------- people, feature, rights: system alone

    def add_person(self, person: str, internal: bool = True, organisation: str | None = None) -> str:
        """Add a person."""
        if person in self.persons:
            raise Refused("invalid_input", "id")
        self.persons[person] = PersonState(internal, organisation)
        self.events.append(("person.added", person))
        return person

    def change_person(self, person: str, internal: bool) -> None:
        """Make a person internal or external."""
        state = self._person(person)
        if state.internal != internal:
            state.internal = internal
            self.events.append(("person.changed", person))

    def deactivate(self, person: str) -> None:
        """Deactivate a person, who stays a member (G7)."""
        self._set_active(person, False, "person.deactivated")

    def activate(self, person: str) -> None:
        """Activate a person again."""
        self._set_active(person, True, "person.activated")

    def _set_active(self, person: str, active: bool, kind: str) -> None:
        state = self._person(person)
        if state.active != active:
            state.active = active
            self.events.append((kind, person))
            if not active:
                self._end_windows(person)
                self._end_claims({person})

    def feature(self, on: bool) -> None:
        """Switch SHARE_CASES on or off; ticked boxes stay ticked (G3)."""
        if self.feature_on != on:
            self.feature_on = on
            self.since[()] = self.now
            self.events.append(("feature.enabled" if on else "feature.disabled", None))

    def set_rights(self, label: str, rights: Iterable[str]) -> None:
        """Give a main group its rights (G6)."""
        given = frozenset(rights)
        self._check_rights(given, main=True)
        group = self._managed(None, label)
        self._check_rights(given, group.main)
        if group.rights != given:
            group.rights = given
            self.events.append(("group.rights_changed", Group(label)))

    # ---------------------------------------------------------------- groups: system, or with group.manage

    def create_group(
        self,
        label: str,
        main: bool = False,
        shares_cases: bool = False,
        members: Iterable[str] = (),
        rights: Iterable[str] = (),
        teambox: bool = False,
        open: bool = False,
        key: str | None = None,
        actor: str | None = None,
    ) -> str:
        """Make a group with its members; only the system gives it rights (G4, G6)."""
        assert label not in self.groups or key is not None, "labels are the caller's to keep apart"
        group = GroupState(label, main, shares_cases, teambox, open, rights=frozenset(rights))
        self._check_rights(group.rights, main)
        if open and not teambox:
            raise Refused("invalid_input", "open")
        self._manager(actor)
        if actor is not None and group.rights:
            raise Refused("forbidden", "system")
        earlier = self._earlier("create_group", actor, key)
        if isinstance(earlier, str):
            return earlier
        if shares_cases and not self.feature_on:
            raise Refused("feature_unavailable", "SHARE_CASES")
        newcomers = self._newcomers(actor, group, members)
        self._check_one_main(group, newcomers)
        self.groups[label] = group
        group.members |= newcomers
        self.since |= {(label,): self.now, **{(label, one): self.now for one in newcomers}}
        self._keep("create_group", actor, key, label)
        self.events.append(("group.created", Group(label)))
        return label

    def rename(self, label: str, name: str, actor: str | None = None) -> None:
        """Rename a group."""
        group = self._managed(actor, label)
        if group.name != name:
            group.name = name
            self.events.append(("group.renamed", Group(label)))

    def delete_group(self, label: str, move_to: str | None = None, actor: str | None = None) -> None:
        """Delete a group; what was addressed to it goes to `move_to` too, its name stays in old rows (G4)."""
        group = self._managed(actor, label)
        if move_to is not None:
            heir = self._managed(actor, move_to)
            if move_to == label or not heir.teambox:
                raise Refused("invalid_input", "move_to")
            if actor is not None and actor in heir.members:
                raise Refused("forbidden", "group.manage")
            self._move(Group(label), Group(move_to))
        elif self.open_items(label):
            raise Refused("group_in_use", str(self.open_items(label)))
        self._clear(label, move_to)
        group.members, group.rights, group.shares, group.deleted = set(), frozenset(), False, True
        self.events.append(("group.deleted", Group(label)))

    def add_members(self, label: str, members: Iterable[str], actor: str | None = None) -> None:
        """Add persons to a group, all or none; who is in it already is left alone (G1)."""
        group = self._managed(actor, label)
        newcomers = self._newcomers(actor, group, members)
        self._check_one_main(group, newcomers)
        self._join(label, newcomers)

    def _join(self, label: str, newcomers: set[str]) -> None:
        if newcomers:
            self.groups[label].members |= newcomers
            self.since |= {(label, one): self.now for one in newcomers}
            self.events.append(("group.members_added", Group(label)))

    def _leave(self, label: str, leaving: set[str]) -> None:
        if leaving & self.groups[label].members:
            self.groups[label].members -= leaving
            self.events.append(("group.members_removed", Group(label)))
            self._end_claims(leaving, label)

    def remove_members(self, label: str, members: Iterable[str], actor: str | None = None) -> None:
        """Take persons out of a group; who is not in it is left alone."""
        self._managed(actor, label)
        leaving = set(members)
        for person in leaving:
            self._person(person)
        self._leave(label, leaving)

    def move_main(self, person: str, label: str, actor: str | None = None) -> None:
        """Move a person to another main group in one step (G1)."""
        group = self._managed(actor, label)
        self._person(person)
        if not group.main:
            raise Refused("invalid_input", "group")
        newcomers = self._newcomers(actor, group, [person])
        for former in [other for other, state in self.groups.items() if state.main and other != label]:
            self._leave(former, newcomers)
        self._join(label, newcomers)

    def share_cases(self, label: str, on: bool, actor: str | None = None) -> None:
        """Tick or untick a group's box (G3); ticking what is ticked does nothing."""
        group = self._managed(actor, label)
        if on and not group.shares:
            if actor is not None and actor in group.members:
                raise Refused("forbidden", "group.manage")
            if not self.feature_on:
                raise Refused("feature_unavailable", "SHARE_CASES")
        if group.shares != on:
            group.shares = on
            self.since[label,] = self.now
            self.events.append(("group.sharing_changed", Group(label)))

    def _move(self, old: Group, new: Group) -> None:
        for label, message in enumerate(self.messages):
            before = (set(message.to), set(message.observers))
            if old in message.to:
                message.to.add(new)
                message.observers.discard(new)
            elif old in message.observers and new not in message.to:
                message.observers.add(new)
            if before != (message.to, message.observers):
                self.events.append(("talk.handed_over", label))
            if old in message.standing:
                message.standing.add(new)
        for talk in self.talks:
            talk.initiator = new if talk.initiator == old else talk.initiator
            talk.counterpart = new if talk.counterpart == old else talk.counterpart

    def _newcomers(self, actor: str | None, group: GroupState, members: Iterable[str]) -> set[str]:
        """Give who would newly enter a group, checked to exist and to be the actor's to put there (G6)."""
        wanted = list(members)
        for person in wanted:
            self._person(person)
        new = set(wanted) - group.members
        if actor is not None and actor in new:
            raise Refused("forbidden", "group.manage")
        lacking = frozenset() if actor is None else group.rights - self.rights(actor)
        if new and lacking:
            raise Refused("forbidden", min(lacking))
        return new

    def _check_one_main(self, group: GroupState, newcomers: set[str]) -> None:
        placed = {member for other in self.groups.values() if other.main for member in other.members}
        if group.main and newcomers & placed:
            raise Refused("already_in_main_group", "members")

    def _check_rights(self, rights: frozenset[str], main: bool) -> None:
        if rights - RIGHTS or (rights and not main):
            raise Refused("invalid_input", "rights")

    def _manager(self, actor: str | None) -> None:
        if actor is not None:
            self._acting(actor)
            if "group.manage" not in self.rights(actor):
                raise Refused("forbidden", "group.manage")

    def _managed(self, actor: str | None, label: str) -> GroupState:
        """Give a group the actor may manage; one unknown or deleted does not exist, one known needs the right (V12)."""
        if actor is not None:
            self._acting(actor)
        group = self.groups.get(label)
        if group is None or not (actor is None or self.knows(actor, Group(label))):
            raise Refused("not_found", "group")
        self._manager(actor)
        if group.deleted:
            raise Refused("not_found", "group")
        return group

    # ---------------------------------------------------------------- actors and keys

    def _person(self, person: str) -> PersonState:
        if person not in self.persons:
            raise Refused("not_found", "person")
        return self.persons[person]

    def _acting(self, person: str) -> None:
        if not self._person(person).active:
            raise Refused("forbidden", "active")

    def _earlier(self, verb: str, actor: str | None, key: str | None) -> int | str | None:
        """Give what the same key made before, for the same actor and verb."""
        if key is None or (actor, key) not in self.keys:
            return None
        before, result = self.keys[actor, key]
        if before != verb:
            raise Refused("invalid_input", "key")
        return result

    def _keep(self, verb: str, actor: str | None, key: str | None, result: int | str) -> None:
        if key is not None:
            self.keys[actor, key] = (verb, result)
