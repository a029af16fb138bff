"""Each rule of the law that is built has a journey which says so in its first line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
BUILT = frozenset(
    {f"V{number}" for number in (*range(1, 8), *range(12, 18))}
    | {f"G{number}" for number in range(1, 8)}
    | {f"T{number}" for number in range(1, 11)}
    | {f"L{number}" for number in range(1, 9)}
    | {"I1", "I3"}
)
"""The rules of domain.md that hold by now; a later issue adds its own."""

_NAMED = re.compile(r"((?:[A-Z]\d+, )*[A-Z]\d+): ")


def named_in(source: str) -> dict[str, set[str]]:
    """Return the rules that the docstring of each test function begins with."""
    tests: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found = _NAMED.match(ast.get_docstring(node) or "")
            tests[node.name] = set(found[1].split(", ")) if found else set()
    return tests


def missing(rules: Iterable[str], tests: Iterable[set[str]]) -> set[str]:
    """Return the rules that no test names."""
    return set(rules).difference(*tests)


def test_every_built_rule_has_a_journey() -> None:
    """Each rule that is built is named by at least one journey."""
    tests = [rules for path in HERE.glob("test_*.py") for rules in named_in(path.read_text()).values()]
    assert set() == missing(BUILT, tests)


def test_every_journey_names_its_rule() -> None:
    """Each test in a file of rules begins with the numbers of the rules it shows."""
    nameless = [
        f"{path.name}: {name}"
        for path in HERE.glob("test_rule_*.py")
        for name, rules in named_in(path.read_text()).items()
        if not rules
    ]
    assert [] == nameless


def test_a_rule_without_a_journey_is_found() -> None:
    """A rule that only a comment, a name or the middle of a docstring names counts as missing."""
    source = '''
def test_v1() -> None:
    """V2, G7: what it shows, as V3 does."""  # V4

def helper() -> None:
    """V5: no test."""

def test_without() -> None:
    assert "V6: no docstring"
'''
    assert {"test_v1": {"V2", "G7"}, "test_without": set()} == named_in(source)
    assert {"V1", "V3", "V4", "V5", "V6"} == missing(
        {"V1", "V2", "V3", "V4", "V5", "V6", "G7"}, named_in(source).values()
    )
