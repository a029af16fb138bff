"""The public names: listed once, in order, importable, and the same in each of the lists that name them."""

from __future__ import annotations

import ast
import importlib

import pytest

import collabcase

from .house import SRC, parsed


def type_checked(tree: ast.Module) -> dict[str, str]:
    """Return the room of each name that the block for type checkers imports."""
    [block] = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    return {
        alias.name: (statement.module or "").removeprefix("collabcase.")
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }


def lazy() -> dict[str, str]:
    """Return the room of each name that is imported when first asked for."""
    return {name: room for room, names in collabcase._ROOMS.items() for name in names}


def test_the_list_is_sorted_and_without_doubles() -> None:
    """`__all__` names each public name once, sorted."""
    assert sorted(set(collabcase.__all__)) == collabcase.__all__


def test_the_lists_agree() -> None:
    """`__all__`, the rooms of lazy imports and the block for type checkers name the same, from the same rooms."""
    assert lazy() == type_checked(parsed(SRC / "__init__.py"))
    assert set(collabcase.__all__) == set(lazy())
    assert sum(map(len, collabcase._ROOMS.values())) == len(lazy())


@pytest.mark.parametrize("name", collabcase.__all__)
def test_each_name_is_importable(name: str) -> None:
    """Each public name is what stands in its room, and says where it lives by the room it is defined in."""
    value = getattr(collabcase, name)
    assert getattr(importlib.import_module(f"collabcase.{lazy()[name]}"), name) is value
    assert name in dir(collabcase)
    if isinstance(value, type):
        assert f"collabcase.{lazy()[name]}" == value.__module__


def test_other_names_are_none() -> None:
    """A name that does not exist is refused like any module's."""
    name = "Secret"
    with pytest.raises(AttributeError, match=f"module 'collabcase' has no attribute '{name}'"):
        getattr(collabcase, name)
    assert not hasattr(collabcase, "secrets")


def test_a_star_import_gives_the_public_names() -> None:
    """A star import gives the public names and nothing else."""
    names: dict[str, object] = {}
    exec("from collabcase import *", names)
    assert set(collabcase.__all__) == set(names) - {"__builtins__"}


def test_a_missing_name_would_be_found() -> None:
    """A name that only one of the lists holds makes them differ."""
    tree = ast.parse("if TYPE_CHECKING:\n    from collabcase.model.talk import Talk, TalkView\n")
    assert {"Talk": "model.talk", "TalkView": "model.talk"} == type_checked(tree)
    assert lazy() != type_checked(tree)
