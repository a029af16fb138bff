"""«Who may know whom»: the contracts of import-linter hold, cover every room, and bite."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from .house import ROOT, SRC, imported, parsed, sources, where

OUTSIDE: dict[str, set[str]] = {
    "model": {"attrs"},
    "permissions": {"attrs"},
    "locking": {"attrs"},
    "channels/signals.py": {"blinker"},
    "storage/interfaces": {"attrs"},
    "storage/packing.py": {"cattrs"},
    "storage/sql": {"attrs", "sqlalchemy"},
    "storage/sql/schema.py": {"sqlalchemy", "alembic"},
    "storage/sql/migrations": {"sqlalchemy", "alembic"},
    "storage/conformance": {"attrs", "pytest"},
    "desk": {"attrs"},
    "collab.py": {"sqlalchemy"},
    "opening.py": {"sqlalchemy"},
    "testing.py": {"pytest"},
    "demo": {"attrs", "rich"},
}
"""The packages of others that a file or folder may import; the longest name that fits counts, others may none."""

BITES: tuple[tuple[str, str, str], ...] = (
    ("model/talk.py", "from collabcase.permissions.rights import Act", "Rooms stand"),
    ("model/talk.py", "from collabcase import Desk", "Rooms stand"),
    ("locking/leases.py", "from collabcase.permissions.rights import Act", "Rooms stand"),
    ("locking/leases.py", "from collabcase.desk.call import Call", "Rooms stand"),
    ("collab.py", "from collabcase.opening import embed", "Rooms stand"),
    ("permissions/rights.py", "import collabcase.storage.interfaces.scope", "Rooms stand"),
    ("storage/interfaces/scope.py", "from collabcase.desk.call import Call", "Rooms stand"),
    ("storage/sql/rows.py", "from collabcase.desk.call import Call", "Rooms stand"),
    ("storage/sql/rows.py", "from collabcase.channels.signals import Signals", "Rooms stand"),
    ("storage/sql/rows.py", "from collabcase.work.relay import Relay", "Rooms stand"),
    ("storage/sql/rows.py", "import collabcase.collab", "Rooms stand"),
    ("desk/call.py", "from collabcase.storage.sql.rows import run", "Rooms stand"),
    ("desk/call.py", "from collabcase.channels.signals import Signals", "Rooms stand"),
    ("errors.py", "from collabcase.ids import Kind", "Rooms stand"),
    ("model/talk.py", "from collabcase.clock import to_millis", "The model knows"),
    ("channels/signals.py", "from collabcase.permissions.rights import Act", "Channels know"),
    ("channels/signals.py", "from collabcase.storage.interfaces import Scope", "Channels know"),
    ("desk/call.py", "from collabcase.storage.packing import to_json", "Desks keep"),
    ("work/relay.py", "from collabcase.storage.sql.events import SqlEventReader", "Work keeps"),
    ("desk/call.py", "from sqlalchemy import select", "SQLAlchemy stays"),
    ("work/relay.py", "import sqlalchemy", "SQLAlchemy stays"),
    ("storage/sql/rows.py", "from alembic import op", "Alembic stays"),
    ("collab.py", "import alembic", "Alembic stays"),
    ("work/relay.py", "from blinker import Signal", "blinker stays"),
    ("model/page.py", "import cattrs", "cattrs stays"),
)


def lint(library: Path) -> str:
    """Run import-linter over the package in a folder, and return what it says."""
    outcome = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=library,
        env=os.environ | {"PYTHONPATH": str(library)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("BROKEN" in outcome.stdout) is (outcome.returncode != 0), outcome.stdout + outcome.stderr
    return outcome.stdout


def broken(said: str) -> set[str]:
    """Return the names of broken contracts."""
    return set(re.findall(r"^(.+) BROKEN\b", said, re.MULTILINE))


def test_the_contracts_hold() -> None:
    """No room of the house knows more than architecture.md lets it."""
    said = lint(SRC.parent)
    assert set() == broken(said), said
    assert f"Contracts: {len(_contracts())} kept, 0 broken." in said


def test_every_room_stands_in_the_contracts() -> None:
    """A new room is red until the layers say where it stands."""
    layers = _contracts()[0]["layers"]
    placed = {room for layer in layers for room in layer.replace(" ", "").split("|")}
    rooms = {path.stem for path in SRC.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    inner = {path.stem for path in (SRC / "storage").iterdir() if path.suffix in {".py", ""}}
    expected = {f"collabcase.{room}" for room in rooms - {"__init__", "storage"}}
    expected |= {f"collabcase.storage.{room}" for room in inner - {"__init__", "__pycache__"}}
    assert expected == placed


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the library to be spoilt."""
    library = tmp_path_factory.mktemp("spoilt")
    shutil.copytree(SRC, library / "collabcase", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return library


@pytest.mark.parametrize(("file", "line", "contract"), BITES)
def test_each_contract_bites(copy: Path, file: str, line: str, contract: str) -> None:
    """A forbidden import breaks the contract that forbids it."""
    spoilt = copy / "collabcase" / file
    whole = spoilt.read_text(encoding="utf-8")
    spoilt.write_text(f"{whole}\n\n{line}\n", encoding="utf-8")
    try:
        assert [contract] == [name[: len(contract)] for name in broken(lint(copy)) if name.startswith(contract)]
    finally:
        spoilt.write_text(whole, encoding="utf-8")


def test_every_contract_is_shown_to_bite() -> None:
    """Each contract has a line that breaks it."""
    names = [contract["name"] for contract in _contracts()]
    assert [] == [name for name in names if not any(name.startswith(bite) for _, _, bite in BITES)]


def _contracts() -> list[dict[str, Any]]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = config["tool"]["importlinter"]["contracts"]
    return contracts


# ---------------------------------------------------------------- packages of others


def strangers(path: Path) -> list[str]:
    """Return the imports of a file that its room does not allow, of packages of others."""
    name = where(path)
    rooms = [room for room in OUTSIDE if name == room or name.startswith(f"{room}/")]
    allowed = OUTSIDE[max(rooms, key=len)] if rooms else set()
    return [
        f"{name}:{line} imports {module}"
        for line, module in imported(parsed(path))
        if module.partition(".")[0] not in sys.stdlib_module_names | {"collabcase"} | allowed
    ]


def test_each_room_knows_only_its_packages() -> None:
    """A package of others is imported only where the table of this file says so, lazily or not."""
    assert [] == [stranger for path in sources() for stranger in strangers(path)]


def test_every_line_of_the_table_is_needed() -> None:
    """The table allows nothing that nobody uses."""
    for room, allowed in OUTSIDE.items():
        files = [path for path in sources() if where(path) == room or where(path).startswith(f"{room}/")]
        used = {module.partition(".")[0] for path in files for _, module in imported(parsed(path))}
        assert set() == allowed - used, room


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("model/talk.py", "import cattrs"),
        ("model/talk.py", "def f():\n    import requests.sessions"),
        ("collab.py", "from alembic import op"),
        ("storage/sql/rows.py", "import alembic"),
        ("channels/__init__.py", "import blinker"),
        ("errors.py", "import attrs"),
    ],
)
def test_a_strange_package_is_found(file: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is not a room's is found, also inside a function."""
    monkeypatch.setattr("guards.house.SRC", tmp_path)
    spoilt = tmp_path / file
    spoilt.parent.mkdir(parents=True, exist_ok=True)
    spoilt.write_text(f"import json\nfrom collabcase.errors import NotFound\n{line}\n")
    [found] = strangers(spoilt)
    assert found.startswith(f"{file}:")
