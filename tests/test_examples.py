"""The programs in examples/ print what they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


def said(program: str) -> str:
    """Return what the docstring of a program says it prints."""
    _, _, rest = program.partition("It prints::\n\n")
    block, end, _ = rest.partition('"""')
    assert end, "the docstring must end with «It prints::» and what that is"
    return dedent(block)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_prints_what_it_says(example: Path, tmp_path: Path) -> None:
    """An example runs as its docstring says, prints that, and leaves nothing behind."""
    program = example.read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "utf8", str(example)],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )

    assert f"python examples/{example.name}" in program
    assert ("", 0) == (done.stderr, done.returncode)
    assert said(program) == done.stdout
    assert [] == list(tmp_path.iterdir())


def test_there_are_examples() -> None:
    """A first program and one inside a host's transaction are there to read."""
    assert {"first_steps", "host_transaction"} <= {example.stem for example in EXAMPLES}
