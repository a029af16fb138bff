"""The matrix: its lowest versions come from pyproject.toml, and a missing interpreter fails it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import matrix

from .house import ROOT


def test_every_requirement_names_its_lowest_version() -> None:
    """Each dependency and extra of ours names the lowest version that works, which the matrix installs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = list(matrix.lowest(project))
    assert all("==" in pin for pin in pinned)
    assert {"attrs", "cattrs", "sqlalchemy", "blinker", "alembic", "psycopg", "aiosqlite", "rich", "pytest"} <= {
        pin.partition("==")[0] for pin in pinned
    }


def test_the_matrix_covers_what_the_project_claims() -> None:
    """The Pythons of the matrix are those that pyproject.toml claims to support."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    claimed = [one.rpartition(" ")[2] for one in project["classifiers"] if "Python :: 3." in one]
    assert list(matrix.PYTHONS) == claimed
    assert f">={matrix.PYTHONS[0]}" == project["requires-python"]


def test_lowest_versions_are_read() -> None:
    """Extras, upper bounds and markers of a requirement are understood; one without a lowest version is refused."""
    project = {
        "name": "ours",
        "dependencies": ["plain>=1.2", "upper >= 2.0.40, <3"],
        "optional-dependencies": {"all": ["ours[x]"], "x": ["more[binary]>=3.1; python_version < '3.13'"]},
    }
    assert ["plain==1.2", "upper==2.0.40", "more==3.1; python_version < '3.13'"] == list(matrix.lowest(project))
    with pytest.raises(ValueError, match="names no lowest version"):
        list(matrix.lowest({"name": "ours", "dependencies": ["any"], "optional-dependencies": {}}))


def test_a_missing_interpreter_fails(tmp_path: Path) -> None:
    """Where a Python of the matrix is missing, the command fails and names it, before anything runs."""
    (tmp_path / "python3.13").write_text("#!/bin/sh\necho 3.12\n")
    (tmp_path / "python3.13").chmod(0o755)
    outcome = subprocess.run(
        [sys.executable, matrix.__file__],
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path), "COLLABCASE_PYTHON_3_11": sys.executable, "COLLABCASE_PYTHON_3_12": "/nowhere"},
        check=False,
    )
    assert 2 == outcome.returncode
    assert "no Python" in outcome.stdout
    assert "3.12, 3.13" in outcome.stdout
