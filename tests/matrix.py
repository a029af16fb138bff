"""One command for the matrix: each Python with the lowest and the newest dependencies, and without extras.

    python tests/matrix.py
    python tests/matrix.py --python 3.12 --versions lowest -- tests/journeys -n 2

What follows ``--`` goes to pytest. An interpreter is found as `python3.12` on the path, or where the environment
variable `COLLABCASE_PYTHON_3_12` says; a missing one fails before anything runs. The lowest versions are those that
pyproject.toml names.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
VERSIONS = ("lowest", "newest")
STORY = ROOT / "tests" / "guards" / "without_extras.py"

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[[\w,.-]+\])?\s*>=\s*(?P<lowest>[\w.]+)[^;]*(?P<marker>;.*)?")


def interpreter(version: str) -> str | None:
    """Return the program that is Python of a version, None where there is none."""
    named = os.environ.get(f"COLLABCASE_PYTHON_{version.replace('.', '_')}")
    program = named or shutil.which(f"python{version}")
    if program is None:
        return None
    asked = [program, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return program if answer.stdout.strip() == version else None


def lowest(project: dict[str, Any]) -> Iterator[str]:
    """Yield each requirement of a project, pinned to the lowest version it allows.

    Raises:
        ValueError: a requirement names no lowest version.
    """
    asked = [*project["dependencies"], *(one for many in project["optional-dependencies"].values() for one in many)]
    for requirement in asked:
        if requirement.startswith(f"{project['name']}["):
            continue
        found = _REQUIREMENT.fullmatch(requirement)
        if found is None:
            raise ValueError(f"{requirement!r} names no lowest version")
        yield f"{found['name']}=={found['lowest']}{found['marker'] or ''}"


def cell(program: str, versions: str, folder: Path, arguments: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Make one cell's environments, run the tests and the story without extras, and yield each outcome."""
    constraints = folder / "constraints.txt"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    constraints.write_text("\n".join(lowest(project)) if versions == "lowest" else "", encoding="utf-8")
    for name, what, command in (
        ("tests", f"{ROOT}[test]", ["-m", "pytest", *arguments]),
        ("no extras", str(ROOT), [str(STORY), str(folder)]),
    ):
        python = folder / name.replace(" ", "_") / ("Scripts" if os.name == "nt" else "bin") / "python"
        steps: list[list[str | Path]] = [
            [program, "-m", "venv", python.parents[1]],
            [python, "-m", "pip", "install", "--quiet", "--upgrade", "--constraint", constraints, what],
            [python, *command],
        ]
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"CI": "true"}
        code = 0
        for step in steps:
            code = code or subprocess.run(step, cwd=ROOT, env=environment, check=False).returncode
        yield name, code


def main() -> int:
    """Run the cells asked for, print a table of their outcomes, and return 0 if all went well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", choices=PYTHONS, help="a Python; all without it")
    parser.add_argument("--versions", action="append", choices=VERSIONS, help="of the dependencies; both without it")
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    asked = parser.parse_args()
    programs = {version: interpreter(version) for version in asked.python or PYTHONS}
    missing = [version for version, program in programs.items() if program is None]
    if missing:
        print(f"no Python {', '.join(missing)}: put it on the path, or name it in COLLABCASE_PYTHON_…")
        return 2
    outcomes = []
    for version, program in programs.items():
        for versions in asked.versions or VERSIONS:
            with tempfile.TemporaryDirectory(prefix="collabcase-matrix-") as folder:
                began = time.monotonic()
                for name, code in cell(str(program), versions, Path(folder), asked.pytest):
                    outcomes.append((f"Python {version}, {versions} dependencies, {name}", code))
                    print(f"{outcomes[-1][0]}: {'passed' if code == 0 else 'FAILED'}", flush=True)
                print(f"{time.monotonic() - began:.0f} s", flush=True)
    print("\n".join(["", *(f"{'passed' if code == 0 else 'FAILED'}  {cell}" for cell, code in outcomes)]))
    return int(any(code for _, code in outcomes))


if __name__ == "__main__":
    sys.exit(main())
