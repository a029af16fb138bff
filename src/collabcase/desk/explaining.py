"""Why somebody sees a thing (V14)."""

from __future__ import annotations

from collabcase.desk.addressing import check_known, known_among, targets
from collabcase.desk.call import Call, Calls, number
from collabcase.desk.world import names_of
from collabcase.errors import Forbidden, InvalidInput, NotFound
from collabcase.ids import Kind, encode, kind_of
from collabcase.model import inputs
from collabcase.model.group import Right
from collabcase.model.item import ItemRef, Referable
from collabcase.permissions.explain import Explanation, explained
from collabcase.permissions.sight import HANGS_ON, ROLES


def explain(calls: Calls, item: str | ItemRef | Referable, person: str | None) -> Explanation:
    """Tell by which paths somebody sees a thing.

    Raises:
        NotFound: the thing is not there for the asker, or the person is not known to them.
        Forbidden: about somebody else without `sight.audit`.
        InvalidInput: the thing has no sight of its own.
    """
    ref = thing(item)
    about = inputs.optional_line("person", person)
    with calls.reading() as call:
        if about is None and call.system:
            raise InvalidInput("person", "is needed: the system itself sees by no path")
        return _explain(call, ref, call.actor.id if about is None else about)


def thing(item: object) -> ItemRef:
    """Return the reference of a thing passed as an id, a reference or a value.

    Raises:
        InvalidInput: it is none of these.
    """
    if isinstance(item, str):
        text = inputs.line("item", item)
        return ItemRef(text.partition("_")[0], text)
    ref = item if isinstance(item, ItemRef) else getattr(item, "ref", None)
    if not isinstance(ref, ItemRef):
        raise InvalidInput("item", f"must be an id, a reference or a value with one, not {type(item).__name__}")
    return ItemRef(inputs.line("item", ref.kind), inputs.line("item", ref.id))


def _explain(call: Call, ref: ItemRef, person: str) -> Explanation:
    kind = next((kind for kind in ROLES.keys() | HANGS_ON.keys() if kind == ref.kind), None)
    if ref.kind == Kind.TALK:
        raise InvalidInput("item", "is a talk, which is seen by its messages; ask about one of them (rule V6)")
    if kind is None:
        raise NotFound(ref.kind, ref.id)
    wanted = number(ref.id, kind)
    own = person == call.actor.id
    audits = Right.SIGHT_AUDIT in call.actor.rights
    if not audits and not call.stores.sights.sees(call.scope, call.actor.no, [wanted]):
        raise NotFound(ref.kind, ref.id)
    if not audits and not own:
        check_known(call, targets(call, person=[ItemRef(Kind.PERSON.value, person)]))
        raise Forbidden(Right.SIGHT_AUDIT.value, "only an auditor asks why somebody else sees a thing.", "V14")
    if not call.stores.sights.exists(call.scope, wanted):
        raise NotFound(ref.kind, ref.id)
    found = call.stores.people.find(call.scope, [person])
    if person not in found:
        raise NotFound(Kind.PERSON.value, person)
    sight = call.stores.sights.sight(call.scope, found[person][0])
    paths = list(sight.paths(wanted, call.stores.sights.facts(call.scope, [wanted])))
    named = {path.principal for path in paths} | {group for path in paths for group in path.through}
    refs = {path.item: ItemRef(kind_of(path.item).value, encode(path.item)) for path in paths}
    return explained(ref, person, paths, names_of(call, known_among(call, named)), refs)
