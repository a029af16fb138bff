"""What stands before every change of groups: whether the actor may make it, and whom it concerns (G1, G3, G6).

`groups` makes the changes, its `preview` shows them beforehand; both pass here, so that they refuse the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from collabcase.desk.addressing import check_known, targets
from collabcase.desk.call import Call
from collabcase.errors import AlreadyInMainGroup, FeatureUnavailable, Forbidden, InvalidInput, NotFound
from collabcase.ids import Kind
from collabcase.model import inputs
from collabcase.model.group import Group, Right
from collabcase.model.item import ItemRef
from collabcase.model.portfolio import Feature


def checked_group(
    name: object,
    *,
    main: object,
    shares_cases: object,
    teambox: object,
    open: object,
    host_ref: object,
    rights: Iterable[Right | str] = (),
) -> Group:
    """Return a group about to be made, its parameters checked; its id comes later.

    Raises:
        InvalidInput: naming the parameter.
    """
    group = Group(
        id="",
        name=inputs.line("name", name),
        main=inputs.flag("main", main),
        shares_cases=inputs.flag("shares_cases", shares_cases),
        teambox=inputs.flag("teambox", teambox),
        open=inputs.flag("open", open),
        host_ref=inputs.optional_line("host_ref", host_ref),
        rights=checked_rights(rights),
        members=(),
    )
    if group.open and not group.teambox:
        raise InvalidInput("open", "needs a teambox; pass teambox=True, too (rule V17)")
    check_gives_rights(group)
    return group


def checked_rights(rights: object) -> tuple[Right, ...]:
    """Return rights, sorted, each once.

    Raises:
        InvalidInput: one does not exist (G6).
    """
    known = {right.value for right in Right}
    unknown = sorted(set(inputs.many("rights", rights, str)) - known)
    if unknown:
        raise InvalidInput("rights", f"{unknown[0]!r} is no right; there are {', '.join(sorted(known))} (rule G6)")
    return tuple(sorted({Right(right) for right in inputs.many("rights", rights, str)}))


def check_gives_rights(group: Group) -> None:
    """Refuse rights on a secondary group (G2).

    Raises:
        InvalidInput: it is one, and has some.
    """
    if group.rights and not group.main:
        raise InvalidInput("rights", "come from main groups alone; a secondary group widens sight only (rule G2)")


def group_of(call: Call, id: str) -> tuple[int, Group]:
    """Return number and value of a living or deleted group, whoever may know it.

    Raises:
        NotFound: there is none.
    """
    found = call.stores.groups.find(call.scope, [id])
    if id not in found:
        raise NotFound(Kind.GROUP.value, id)
    return found[id]


def manages(call: Call) -> bool:
    """Tell whether the actor may see and change groups (G6)."""
    return call.system or Right.GROUP_MANAGE in call.actor.rights


def managed(call: Call, id: str, persons: Collection[int] = ()) -> tuple[int, Group]:
    """Return a living group that the actor may change, locked with the persons concerned.

    Raises:
        NotFound: there is none that the actor may know of.
        Forbidden: the actor lacks `group.manage`.
    """
    _check_manages(call, id)
    no = _locked_group(call, id, persons)
    _, group = group_of(call, id)
    if group.deleted:
        raise NotFound(Kind.GROUP.value, id)
    return no, group


def managed_box(call: Call, id: str) -> tuple[int, Group]:
    """Return a living group that the actor may change, without its members and rights, however many there are.

    Raises:
        NotFound: there is none that the actor may know of.
        Forbidden: the actor lacks `group.manage`.
    """
    _check_manages(call, id)
    no = _locked_group(call, id)
    group = call.stores.groups.named(call.scope, [no])[no]
    if group.deleted:
        raise NotFound(Kind.GROUP.value, id)
    return no, group


def _check_manages(call: Call, id: str) -> None:
    if not manages(call):
        check_known(call, targets(call, id=[ItemRef(Kind.GROUP.value, id)]))
        call.require(Right.GROUP_MANAGE)


def _locked_group(call: Call, id: str, persons: Collection[int] = ()) -> int:
    [target] = targets(call, id=[ItemRef(Kind.GROUP.value, id)])
    if target.no is None:
        raise NotFound(Kind.GROUP.value, id)
    call.lock({target.no, *persons}, exclusive=True)
    return target.no


def members(group: Group) -> tuple[str, ...]:
    """Return a group's members as stored; whether to show them is decided elsewhere."""
    return group.members or ()


def person_ids(field: str, value: object) -> tuple[str, ...]:
    """Return ids of persons, each once.

    Raises:
        InvalidInput: it is no list of them.
    """
    return tuple(inputs.line(field, id) for id in inputs.many(field, value, str))


def persons_of(call: Call, ids: Collection[str]) -> dict[str, int]:
    """Return the numbers of persons by id.

    Raises:
        NotFound: somebody does not exist.
    """
    found = call.stores.people.find(call.scope, ids)
    for id in ids:
        if id not in found:
            raise NotFound(Kind.PERSON.value, id)
    return {id: found[id][0] for id in ids}


def joining(call: Call, group: Group, no: int | None, persons: Mapping[str, int]) -> dict[str, int]:
    """Return those persons who are not members yet, once all may join; `no` is None for a group being made.

    Raises:
        Forbidden: the actor adds themself, or the group holds a right the actor lacks (G6).
        AlreadyInMainGroup: it is a main group, and somebody is in another (G1).
    """
    fresh = {id: person for id, person in persons.items() if id not in members(group)}
    check_may_fill(call, group, fresh)
    if group.main and fresh:
        mains = call.stores.groups.main_group_of(call.scope, fresh.values())
        elsewhere = sorted(id for id, person in fresh.items() if mains.get(person, no) != no)
        if elsewhere:
            raise AlreadyInMainGroup(tuple(elsewhere))
    return fresh


def moving(call: Call, group: Group, no: int, person: str) -> tuple[int, int | None]:
    """Return the number of who moves to a main group, and of the main group they are in, if any.

    Raises:
        NotFound: the person does not exist.
        InvalidInput: the group is no main group.
        Forbidden: the actor moves themself, or the group holds a right the actor lacks (G6).
    """
    who = persons_of(call, [person])[person]
    if not group.main:
        raise InvalidInput("id", "is no main group; use add_members for a secondary one (rule G1)")
    former = call.stores.groups.main_group_of(call.scope, [who]).get(who)
    if former is not None:  # its lists change, too; it may have become theirs since they were locked
        call.lock([former], exclusive=True)
    if former != no:
        check_may_fill(call, group, [person])
    return who, former


def check_may_fill(call: Call, group: Group, persons: Collection[str]) -> None:
    """Refuse a person who would widen their own sight or give rights they lack (G6).

    Raises:
        Forbidden: saying which.
    """
    if call.system or not persons:
        return
    if call.actor.id in persons:
        raise Forbidden(Right.GROUP_MANAGE.value, "nobody puts themself into a group; ask a colleague.", "G6")
    lacking = sorted(set(group.rights or ()) - call.actor.rights)
    if lacking:
        raise Forbidden(lacking[0].value, "nobody puts anyone into a group holding a right they lack themself.", "G6")


def check_feature(call: Call) -> None:
    """Refuse to tick a box while the feature is off (G3).

    Raises:
        FeatureUnavailable: it is.
    """
    if Feature.SHARE_CASES not in call.stores.portfolios.features(call.scope):
        raise FeatureUnavailable(Feature.SHARE_CASES.value)


def check_ticking(call: Call, no: int, group: Group, tick: bool) -> None:
    """Refuse to tick a box that may not be ticked by this actor or now (G3, G6).

    Raises:
        Forbidden: the actor is a member of the group.
        FeatureUnavailable: the feature is off.
    """
    if not tick or group.shares_cases:
        return
    if call.stores.teamboxes.has_member(call.scope, no, call.actor.no):
        raise Forbidden(Right.GROUP_MANAGE.value, "nobody ticks the box of a group they are in; ask a colleague.", "G6")
    check_feature(call)


def managed_for_deletion(call: Call, id: str, heir: str | None) -> tuple[int, Group]:
    """Return a group to be deleted, locked with its members and its heir, in one go.

    Raises:
        NotFound: there is none that the actor may know of.
        Forbidden: the actor lacks `group.manage`.
    """
    if not manages(call):
        return managed(call, id)
    concerned = persons_of(call, members(group_of(call, id)[1]))
    heirs = () if heir is None else (group_of(call, heir)[0],)
    return managed(call, id, {*concerned.values(), *heirs})


def heir_of(call: Call, id: str, heir: str) -> int:
    """Return the number of the group that takes over from a deleted one.

    Raises:
        NotFound: there is none.
        InvalidInput: it has no teambox, or is the group itself.
        Forbidden: the actor is a member of it (G4).
    """
    no, group = managed(call, heir)
    if heir == id:
        raise InvalidInput("move_to", "is the group to be deleted; name another (rule G4)")
    if not group.teambox:
        raise InvalidInput("move_to", "has no teambox to take things over; name another (rule G4)")
    if not call.system and call.actor.id in members(group):
        raise Forbidden(Right.GROUP_MANAGE.value, "what is moved must not come to yourself; name another.", "G4")
    return no
