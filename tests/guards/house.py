"""What the guards look at: the files of the house, and findings in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "collabcase"


def sources(*folders: Path) -> Iterator[Path]:
    """Yield the Python files below folders, the library's by default."""
    for folder in folders or (SRC,):
        yield from sorted(folder.rglob("*.py"))


def everything() -> Iterator[Path]:
    """Yield every Python file of ours: library, tests, examples, benchmarks, docs."""
    yield from sources(*(ROOT / name for name in ("src", "tests", "examples", "benchmarks", "docs")))


def where(path: Path) -> str:
    """Return how a file is called in a finding: below the library, or below the checkout."""
    home = SRC if path.is_relative_to(SRC) else ROOT
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else path.name


def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def line(node: ast.AST) -> int:
    """Return the line a node begins in."""
    return int(getattr(node, "lineno", 0))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method, nested ones included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of every module imported, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
