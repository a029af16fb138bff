"""Which errors of ours a function raises, itself or through what it calls, read from the code.

Calls are followed by name: to functions of the same module, imported functions, methods of `self` and its bases,
functions of imported modules, and methods of parameters by their annotated class. What is called through a store,
a lambda or another object is not followed; there the list may be short, never long.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from attrs import frozen

from collabcase import errors

from .house import SRC, parsed, sources

OURS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.CollabError)}

Name = tuple[str, str]
"""A module and a function in it, such as ``("collabcase.desk.call", "Call.require")``."""


@frozen
class Function:
    """A function of the library.

    Attributes:
        name: where it stands.
        node: its syntax.
        home: the class it belongs to, if any.
    """

    name: Name
    node: ast.FunctionDef
    home: str | None


@frozen
class Module:
    """A module: its functions, the bases of its classes, and what each imported name stands for."""

    functions: dict[str, Function]
    bases: dict[str, list[str]]
    names: dict[str, Name]


def module_name(path: Path) -> str:
    """Return the name under which a file is imported."""
    parts = path.relative_to(SRC.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def library() -> dict[str, Module]:
    """Return every module of the library by name."""
    return {module_name(path): _module(module_name(path), parsed(path)) for path in sources()}


def _module(name: str, tree: ast.Module) -> Module:
    found = Module({}, {}, {})
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.functions[node.name] = Function((name, node.name), node, None)
        elif isinstance(node, ast.ClassDef):
            found.bases[node.name] = [ast.unparse(base) for base in node.bases]
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    full = f"{node.name}.{member.name}"
                    found.functions[full] = Function((name, full), member, node.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found.names[alias.asname or alias.name] = (node.module, alias.name)
    return found


def raised(name: Name, seen: frozenset[Name] = frozenset()) -> frozenset[str]:
    """Return the names of our errors that a function raises."""
    function = _find(name)
    if function is None or name in seen:
        return frozenset()
    own = frozenset(
        called
        for node in _walk(function.node)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        if (called := ast.unparse(node.exc.func)) in OURS
    )
    calls = (callee for node in _walk(function.node) if (callee := _callee(node, function)) is not None)
    return own.union(*(raised(callee, seen | {name}) for callee in calls))


def _walk(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body in which it acts itself: no nested function, no lambda."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _find(name: Name) -> Function | None:
    """Return a function by name, looking where imported names come from and in the bases of a class."""
    module = library().get(name[0])
    if module is None:
        return None
    if name[1] in module.functions:
        return module.functions[name[1]]
    head, _, method = name[1].partition(".")
    if head in module.names:
        home, real = module.names[head]
        return _find((home, f"{real}.{method}" if method else real))
    for base in module.bases.get(head, ()) if method else ():
        found = _find((name[0], f"{base}.{method}"))
        if found is not None:
            return found
    return None


def _callee(node: ast.AST, function: Function) -> Name | None:
    """Return what a call calls, where its name tells."""
    if not isinstance(node, ast.Call):
        return None
    module, names = function.name[0], library()[function.name[0]].names
    if isinstance(node.func, ast.Name):
        return module, node.func.id
    if not isinstance(node.func, ast.Attribute) or not isinstance(node.func.value, ast.Name):
        return None
    holder, method = node.func.value.id, node.func.attr
    if holder == "self" and function.home:
        return module, f"{function.home}.{method}"
    if holder in names and ".".join(names[holder]) in library():
        return ".".join(names[holder]), method
    annotated = {argument.arg: argument.annotation for argument in function.node.args.args}
    if isinstance(annotation := annotated.get(holder), ast.Name):
        return module, f"{annotation.id}.{method}"
    return ("collabcase.desk.call", f"Call.{method}") if holder == "call" else None
