"""Finding every public call of the library: of a Collab, a desk, the system, their parts, and of the package itself."""

from __future__ import annotations

import enum
import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import attrs

import collabcase


@dataclass(frozen=True)
class Call:
    """One public callable, or a property, which is called by looking."""

    name: str
    function: Callable[..., Any] | property

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Give its parameters but `self`."""
        if not inspect.isfunction(self.function):
            return {}
        found = inspect.signature(self.function).parameters.values()
        return {one.name: one for one in found if one.name != "self"}

    @property
    def hints(self) -> dict[str, Any]:
        """Give the types of its parameters."""
        return typing.get_type_hints(self.function) if inspect.isfunction(self.function) else {}


def is_value(kind: type) -> bool:
    """Tell a class that holds no world: a plain value, an error, an enumeration; it is looked at where it comes out."""
    return attrs.has(kind) or issubclass(kind, BaseException | enum.Enum)


def find_calls() -> dict[str, Call]:
    """Give every public call by name, such as ``desk.talks.start``, ``collab.run``, ``collabcase.open``."""
    found: dict[str, Call] = {}
    seen: set[type] = set()
    with collabcase.open() as collab:
        roots = {"collab": collab, "desk": collab.desk("x", portfolio="x"), "system": collab.system("x")}
        for name, root in roots.items():
            _walk(name, root, found, seen)
    for name in collabcase.__all__:
        public = getattr(collabcase, name)
        if inspect.isfunction(public):
            found[f"collabcase.{name}"] = Call(f"collabcase.{name}", public)
            _follow(public, found, seen)
        elif inspect.isclass(public) and not is_value(public) and public not in seen:
            _walk_class(name, public, found, seen)
    return found


def _walk(prefix: str, thing: object, found: dict[str, Call], seen: set[type]) -> None:
    """Note the calls of a living object and of its parts."""
    _walk_class(prefix, type(thing), found, seen)
    for name, part in vars(thing).items():
        if not name.startswith("_") and _is_ours(type(part)):
            _walk(f"{prefix}.{name}", part, found, seen)


def _walk_class(prefix: str, kind: type, found: dict[str, Call], seen: set[type]) -> None:
    seen.add(kind)
    for name in dir(kind):
        member = inspect.getattr_static(kind, name)
        function = member.fget if isinstance(member, property) else inspect.unwrap(getattr(kind, name, None) or member)
        if name.startswith("_") or not callable(function) or not _module(function).startswith("collabcase"):
            continue
        found[f"{prefix}.{name}"] = Call(f"{prefix}.{name}", member if isinstance(member, property) else function)
        _follow(function, found, seen)


def _follow(function: Callable[..., Any], found: dict[str, Call], seen: set[type]) -> None:
    """Note the calls of what a call returns, where nothing else leads there (a window, a teambox)."""
    if not inspect.isfunction(function):
        return
    returned = typing.get_type_hints(function).get("return")
    if isinstance(returned, type) and _is_ours(returned) and returned not in seen:
        roots = {collabcase.Collab, collabcase.Desk, collabcase.System}
        if returned not in roots:
            _walk_class(returned.__name__, returned, found, seen)


def _is_ours(kind: type) -> bool:
    return _module(kind).startswith("collabcase") and not is_value(kind)


def _module(thing: object) -> str:
    return getattr(thing, "__module__", None) or ""
