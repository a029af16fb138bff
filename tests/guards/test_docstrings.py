"""Every public name says what it does, and which errors it raises."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import collabcase
from collabcase import Collab, Desk, System

from . import raising
from .house import functions, parsed, sources, where
from .raising import OURS, raised

ANYWHERE = {"DeskClosed", "StorageError", "TryAgain"}
"""What any verb may raise, told where desks are handed out."""


def verbs() -> Iterator[tuple[type, str, Any]]:
    """Yield class, name and function of everything a host or a desk can call, found by looking at a desk."""
    for opened in (Desk, System):
        # The parts of a desk are its attributes; making them needs no calls, only using them does.
        unused: Any = None
        desk = opened(unused)
        parts = [type(part) for part in vars(desk).values() if type(part).__module__.startswith("collabcase.")]
        assert parts
        for kind in (opened, *parts):
            yield from ((kind, name, verb) for name, verb in inspect.getmembers(kind, inspect.isfunction))
    yield from ((Collab, name, verb) for name, verb in inspect.getmembers(Collab, inspect.isfunction))


def public_verbs() -> list[tuple[type, str, Any]]:
    """Return the public ones of all verbs."""
    return [(kind, name, verb) for kind, name, verb in verbs() if not name.startswith("_")]


def section(function: Any, title: str) -> str:
    """Return a section of a docstring, empty where there is none."""
    _, found, rest = (inspect.getdoc(function) or "").partition(f"{title}:\n")
    return rest.partition("\n\n")[0] if found else ""


def test_verbs_are_found() -> None:
    """The verbs of every part of a desk are looked at."""
    found = {f"{kind.__name__}.{name}" for kind, name, _ in public_verbs()}
    assert {
        "Talks.start",
        "Messages.search",
        "People.known",
        "Groups.create",
        "SystemGroups.set_rights",
        "SystemPeople.sync",
        "Features.enable",
        "Desk.explain",
        "System.explain",
        "Collab.run",
    } <= found


def test_every_public_name_has_a_docstring() -> None:
    """Each public name, and each public attribute of a public class, has a docstring."""
    silent = [name for name in collabcase.__all__ if not inspect.getdoc(getattr(collabcase, name))]
    for name in collabcase.__all__:
        kind = getattr(collabcase, name)
        for attribute, value in vars(kind).items() if isinstance(kind, type) else ():
            if not attribute.startswith("_") and (callable(value) or isinstance(value, property)):
                silent += [] if inspect.getdoc(value) else [f"{name}.{attribute}"]
    silent += [f"{kind.__name__}.{name}" for kind, name, verb in public_verbs() if not inspect.getdoc(verb)]
    assert [] == silent


def test_every_parameter_of_a_verb_is_told() -> None:
    """A verb with several parameters tells each of them."""
    silent = []
    for kind, name, verb in public_verbs():
        parameters = [parameter for parameter in inspect.signature(verb).parameters if parameter != "self"]
        told = section(verb, "Args")
        if told or len(parameters) > 2:
            silent += [f"{kind.__name__}.{name}: {one}" for one in parameters if f"{one}:" not in told]
    assert [] == silent


def test_every_verb_names_its_errors() -> None:
    """A verb's docstring names each error of ours that it raises itself or through what it calls."""
    silent = {}
    for kind, name, verb in public_verbs():
        impossible = {"Forbidden"} if kind.__name__.startswith("System") else set()
        may_be = raised((kind.__module__, f"{kind.__name__}.{name}")) - ANYWHERE - impossible
        untold = {error for error in may_be if error not in section(verb, "Raises")}
        if untold:
            silent[f"{kind.__name__}.{name}"] = untold
    assert {} == silent


def test_public_functions_name_what_they_raise() -> None:
    """A public function or method anywhere in the library names the errors of ours that it raises itself."""
    assert [] == [finding for path in sources() for finding in untold_errors(path)]


def untold_errors(path: Path) -> list[str]:
    """Find public functions that raise an error of ours without telling, in their own docstring or the module's."""
    tree = parsed(path)
    of_all = (ast.get_docstring(tree) or "").partition("raises ")[2]
    return [
        f"{where(path)}: {function.name} raises {error}"
        for function in functions(tree)
        if not function.name.startswith("_")
        for error in sorted(_own(function))
        if error not in (ast.get_docstring(function) or "").partition("Raises:")[2] + of_all
    ]


def _own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    raises = [node.exc for node in ast.walk(function) if isinstance(node, ast.Raise)]
    return {ast.unparse(exc.func) for exc in raises if isinstance(exc, ast.Call)} & OURS


def test_an_untold_error_is_found(tmp_path: Path) -> None:
    """A public function that raises without telling is found; a private one, and one that tells, is not."""
    path = tmp_path / "case.py"
    path.write_text(
        'def told():\n    """Do.\n\n    Raises:\n        NotFound: always.\n    """\n    raise NotFound("a", "b")\n'
        'def silent():\n    """Do; NotFound."""\n    raise NotFound("a", "b")\n'
        'def _private():\n    raise NotFound("a", "b")\n'
        'def foreign():\n    raise KeyError("a")\n'
    )
    assert ["case.py: silent raises NotFound"] == untold_errors(path)
    path.write_text(f'"""Each function raises `NotFound`."""\n{path.read_text()}')
    assert [] == untold_errors(path)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("collabcase.model.inputs.line", {"InvalidInput"}),
        ("collabcase.desk.call.number", {"InvalidInput", "NotFound"}),
        ("collabcase.desk.messages.Messages.get", {"InvalidInput", "NotFound"}),
        ("collabcase.desk.features.Features.enable", {"InvalidInput"}),
        ("collabcase.desk.features.Features.enabled", set()),
        ("collabcase.clock.to_millis", set()),
    ],
)
def test_errors_are_followed_through_calls(function: str, expected: set[str]) -> None:
    """What a function raises is read from the code: its own raises, and those of what it calls."""
    module = max((name for name in raising.library() if function.startswith(f"{name}.")), key=len)
    assert expected == raised((module, function.removeprefix(f"{module}."))) - ANYWHERE


def test_errors_of_a_group_verb() -> None:
    """Methods of a base class, checks shared by several verbs and methods of the call are followed, too."""
    for kind in ("Groups", "SystemGroups"):
        found = raised(("collabcase.desk.groups", f"{kind}.add_members"))
        assert {"NotFound", "Forbidden", "AlreadyInMainGroup", "InvalidInput"} <= found
