"""What runs on every submission is what the README tells people to run, and the checks of the house."""

from __future__ import annotations

import os
import re
import subprocess

from .house import ROOT

SCRIPT = ROOT / ".ci" / "run"


def commands(extra: str) -> list[str]:
    """Return the README's commands that install an extra."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf'^python3 -m venv .*"\.\[{extra}\]".*$', readme, re.MULTILINE)


def test_the_readmes_command_is_what_runs_first() -> None:
    """The README's one command for the tests stands in the script word for word, before every other check."""
    [command] = commands("test")
    script = SCRIPT.read_text(encoding="utf-8")
    assert command in script
    later = ("ruff check .", "ruff format --check .", "bin/mypy", "bin/lint-imports", "--fail-under=95", "=100")
    places = [script.index(command), *(script.index(check) for check in later)]
    assert sorted(places) == places


def test_the_readme_has_one_command_to_see_it_work() -> None:
    """The README's other command plays the demo."""
    [command] = commands("demo")
    assert command.endswith(".venv/bin/python -m collabcase demo")


def test_the_script_runs_strictly() -> None:
    """The script is executable, bash reads it, it stops at the first failure, and a missing server is one."""
    assert os.access(SCRIPT, os.X_OK)
    subprocess.run(["bash", "-n", SCRIPT], check=True)
    script = SCRIPT.read_text(encoding="utf-8")
    assert "set -euo pipefail" in script
    assert "export CI=true" in script
