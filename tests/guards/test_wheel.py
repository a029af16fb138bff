"""The wheel that is built holds all that belongs in it, and works with nothing but the core dependencies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from email.parser import HeaderParser
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from .house import ROOT, SRC

STORY = Path(__file__).with_name("without_extras.py")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    [built] = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment with the wheel and its core dependencies, copied from ours."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        wheel,
    ]
    subprocess.run(pip, check=True)
    asked = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    for needed in needed_by(metadata(wheel)):
        copy(distribution(needed), Path(asked.stdout.strip()))
    return python


def metadata(wheel: Path) -> list[str]:
    """Return what the wheel says it requires."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return HeaderParser().parsestr(archive.read(name).decode()).get_all("Requires-Dist") or []


def needed_by(requirements: list[str]) -> set[str]:
    """Return the names of the distributions that requirements ask for without extras, and those these need."""
    needed: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement = Requirement(waiting.pop())
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        if requirement.name not in needed:
            waiting += distribution(requirement.name).requires or ()
            needed.add(requirement.name)
    return needed


def copy(found: Distribution, target: Path) -> None:
    """Copy the files of an installed distribution, its programs left out."""
    for file in found.files or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target / file)


def run(python: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a fresh environment's Python alone: no path, no packages but its own."""
    return subprocess.run(
        [python, "-I", *map(str, arguments)], capture_output=True, text=True, cwd=python.parent, check=False
    )


def test_the_wheel_holds_the_library_and_nothing_else(wheel: Path) -> None:
    """The wheel holds every module, the types marker, the migrations and the conformance suite, and no more."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")}
        others = {name.partition("/")[2] for name in archive.namelist()} - names
    ours = {path for path in SRC.rglob("*") if path.suffix in {".py", ".mako", ".typed"}}
    assert {path.relative_to(SRC.parent).as_posix() for path in ours} == names
    assert {
        "collabcase/py.typed",
        "collabcase/storage/sql/migrations/script.py.mako",
        "collabcase/storage/sql/migrations/versions/0001_spine.py",
        "collabcase/storage/conformance/__init__.py",
    } <= names
    assert {"METADATA", "entry_points.txt", "licenses/LICENSE"} <= others


def test_the_core_needs_five_packages(wheel: Path) -> None:
    """Without extras the wheel asks for the five core dependencies."""
    core = {Requirement(text).name for text in metadata(wheel) if "extra ==" not in text}
    assert {"attrs", "cattrs", "sqlalchemy", "blinker", "alembic"} == core
    assert {"mako", "markupsafe"} <= {name.lower() for name in needed_by(metadata(wheel))}


def test_the_wheel_works_without_extras(installed: Path, tmp_path: Path) -> None:
    """Installed alone, the library opens a SQLite file, sends a message and explains who sees it."""
    outcome = run(installed, STORY, tmp_path)
    assert 0 == outcome.returncode, outcome.stderr
    assert "Hallo b2 sees message:" in outcome.stdout
    assert "member of “B”, shared with b1, who received it" in outcome.stdout


def test_the_commands_work_without_extras(installed: Path, tmp_path: Path) -> None:
    """Installed alone, the command makes a database's tables, and says by name which extra the demo needs."""
    made = run(installed, "-m", "collabcase", "init", f"sqlite:///{tmp_path}/made.db")
    assert (0, True) == (made.returncode, (tmp_path / "made.db").exists()), made.stderr
    refused = run(installed, "-m", "collabcase", "demo", "--folder", tmp_path / "demo")
    assert 1 == refused.returncode
    assert "collabcase[demo]" in refused.stderr
    assert (installed.with_name("collabcase")).exists()


def test_a_missing_dependency_would_be_found(installed: Path) -> None:
    """The fresh environment lacks what the wheel does not ask for."""
    assert 0 != run(installed, "-c", "import rich").returncode
    assert 0 == run(installed, "-c", "import alembic").returncode
