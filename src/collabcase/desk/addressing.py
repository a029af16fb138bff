"""Whom a writer names: from what callers pass to principals' numbers, under V12 and V17."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from attrs import frozen

from collabcase.desk.call import Call
from collabcase.errors import Forbidden, InvalidInput, NotFound
from collabcase.ids import Kind
from collabcase.model import inputs
from collabcase.model.item import ItemRef
from collabcase.permissions.known import Acquaintance, knows, may_address, may_answer_to


@frozen
class Target:
    """Somebody named by a caller: who, by which parameter, and the number if there is such a principal."""

    field: str
    ref: ItemRef
    no: int | None


def refs(field: str, value: object) -> tuple[ItemRef, ...]:
    """Return the references that a parameter names: one addressee, or a list of them.

    Raises:
        InvalidInput: it is neither.
    """
    if isinstance(value, str | ItemRef) or hasattr(value, "ref"):
        return (_ref(field, value),)
    if isinstance(value, bytes) or not isinstance(value, Iterable):
        raise InvalidInput(field, f"must name persons or groups, not {type(value).__name__}")
    return tuple(dict.fromkeys(_ref(field, one) for one in inputs.many(field, value, object)))


def one_ref(field: str, value: object) -> ItemRef:
    """Return the reference of the one addressee that a parameter names.

    Raises:
        InvalidInput: it names none, or is a list.
    """
    return _ref(field, value)


def _ref(field: str, value: object) -> ItemRef:
    if isinstance(value, str):
        return ItemRef(Kind.PERSON.value, inputs.line(field, value))
    ref = value if isinstance(value, ItemRef) else getattr(value, "ref", None)
    if not isinstance(ref, ItemRef) or not isinstance(ref.kind, str):
        raise InvalidInput(field, f"must be a person's id, a reference or a value with one, not {type(value).__name__}")
    if ref.kind not in (Kind.PERSON, Kind.GROUP):
        raise InvalidInput(field, f"names a {ref.kind}; only persons and groups can be written to")
    return ItemRef(ref.kind, inputs.line(field, ref.id))


def targets(call: Call, **fields: Collection[ItemRef]) -> list[Target]:
    """Look up the numbers of everybody named, by parameter."""
    numbers = call.stores.people.principals(call.scope, {ref for named in fields.values() for ref in named})
    return [Target(field, ref, numbers.get(ref)) for field, named in fields.items() for ref in named]


def numbers(found: Collection[Target], field: str) -> list[int]:
    """Return the numbers of one parameter's targets that exist, in the order given."""
    return [target.no for target in found if target.field == field and target.no is not None]


def check_addressable(call: Call, found: Collection[Target], *, answering: bool) -> None:
    """Refuse targets that the writer may not write to (V17).

    Args:
        call: the verb under way; the targets are locked by now.
        found: everybody named.
        answering: whether the writer answers, who may also write to whoever is named on what they see.

    Raises:
        NotFound: somebody does not exist, or is not known to the writer; worded alike (V12).
        Forbidden: somebody is known, but may not be written to.
        InvalidInput: the writer names themself.
    """
    allowed = may_answer_to if answering else may_address
    wanted = {target.no for target in found if target.no is not None}
    near = call.stores.people.acquaintances(call.scope, call.actor.no, wanted, named=False) if wanted else {}
    far_ones = {no for no, other in near.items() if not allowed(call.actor.internal, other)}
    far = call.stores.people.acquaintances(call.scope, call.actor.no, far_ones, named=True) if far_ones else {}
    for target in found:
        other = None if target.no is None else far.get(target.no, near[target.no])
        if other is None or not _known(call, other):
            raise NotFound(target.ref.kind, target.ref.id)
        if other.me:
            raise InvalidInput(target.field, "names yourself; name somebody else")
        if not allowed(call.actor.internal, other):
            raise Forbidden("address", _why_not(other, target), "V17")


def check_known(call: Call, found: Collection[Target]) -> None:
    """Refuse targets that the viewer may not know of.

    Raises:
        NotFound: worded as for somebody who does not exist (V12).
    """
    wanted = {target.no for target in found if target.no is not None}
    if call.system:
        known = wanted
    else:
        near = call.stores.people.acquaintances(call.scope, call.actor.no, wanted, named=True) if wanted else {}
        known = {no for no, other in near.items() if _known(call, other)}
    for target in found:
        if target.no not in known:
            raise NotFound(target.ref.kind, target.ref.id)


def known_among(call: Call, principals: Collection[int]) -> set[int]:
    """Return those principals that the viewer may know of; the system knows all."""
    if call.system or not principals:
        return set(principals)
    near = call.stores.people.acquaintances(call.scope, call.actor.no, principals, named=False)
    known = {no for no, other in near.items() if _known(call, other)}
    rest = set(near) - known
    if rest:
        far = call.stores.people.acquaintances(call.scope, call.actor.no, rest, named=True)
        known |= {no for no, other in far.items() if _known(call, other)}
    return known


def _known(call: Call, other: Acquaintance) -> bool:
    return knows(call.actor.internal, other, manages_groups="group.manage" in call.actor.rights)


def _why_not(other: Acquaintance, target: Target) -> str:
    who = f"{target.ref.kind} {target.ref.id!r}"
    if other.group and not other.teambox:
        return f"{who} has no teambox to write to."
    if not other.active:
        return f"{who} is not active any more."
    return f"you may not write to {who} of your own accord; answer a message that names them."
