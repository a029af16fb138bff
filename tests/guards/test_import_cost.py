"""Importing the package costs next to nothing, and no part imports what only some hosts have."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"sqlalchemy", "alembic", "psycopg", "aiosqlite", "blinker", "cattrs", "attrs", "rich", "pytest", "hypothesis"}
ALLOWED: dict[str, set[str]] = {
    "import collabcase": set(),
    "import collabcase; collabcase.__all__; dir(collabcase)": set(),
    "import collabcase.errors, collabcase.ids, collabcase.clock": set(),
    "from collabcase import NotFound, Feature, ItemRef": {"attrs"},
    "from collabcase import Desk": {"attrs"},
    "import collabcase.permissions.sight": {"attrs"},
    "from collabcase import to_json": {"attrs", "cattrs"},
    "import collabcase.collab": {"attrs", "sqlalchemy", "blinker"},
    "from collabcase import open, embed, upgrade, configure_sqlite": {"attrs", "sqlalchemy", "blinker"},
    "import collabcase.cli": set(),
}


def heavy_after(statement: str) -> set[str]:
    """Return which of the heavy packages a fresh interpreter has imported after a statement."""
    script = f"{statement}\nimport json, sys\nprint(json.dumps([name.partition('.')[0] for name in sys.modules]))"
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(outcome.stdout)) & HEAVY


@pytest.mark.parametrize("statement", ALLOWED)
def test_an_import_brings_only_what_it_needs(statement: str) -> None:
    """Each way to import the library brings the packages it needs and no other."""
    assert set() == heavy_after(statement) - ALLOWED[statement]


def test_what_is_imported_is_seen() -> None:
    """A package that is imported is found by the look into a fresh interpreter."""
    assert {"attrs", "sqlalchemy"} <= heavy_after("import attrs, sqlalchemy.orm")
