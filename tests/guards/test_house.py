"""Order in the house: where names may stand, how long things may be, what may not be left lying about."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from .house import ROOT, SRC, everything, functions, line, parsed, sources, where

Guard = Callable[[Path], list[str]]

LONGEST_FILE, LONGEST_TEST, LONGEST_FUNCTION = 400, 500, 50
RULE_TABLES = ("involvement", "hangs", "feed", "talk_list")
NAMING_RULE_TABLES = {
    f"storage/sql/{name}.py" for name in ("visible", "unread", "sights", "feeds", "lists", "tables", "working_tables")
}
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "service", "services", "base", "common", "misc"}
TIMES = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
LEFT_LYING = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")) + r")\b")
_IN_SQL = re.compile(rf"\b(FROM|JOIN|INTO|UPDATE|TABLE|ON)\s+\S*({'|'.join(RULE_TABLES)})\b")
_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[[\w, -]+\]\s+#\s*\w)")
_NOQA = re.compile(r"#\s*noqa(?!:\s*[A-Z]+\d+\s+#\s*\w)", re.IGNORECASE)


def rule_tables(path: Path) -> list[str]:
    """Find the tables of the rule named outside the files that say the rule."""
    if where(path) in NAMING_RULE_TABLES or where(path).startswith("storage/sql/migrations/"):
        return []
    return [f"{where(path)}:{line(node)}" for node in ast.walk(parsed(path)) if _names_a_table(node)]


def _names_a_table(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in RULE_TABLES
    if isinstance(node, ast.JoinedStr):
        return bool(_IN_SQL.search("".join(str(getattr(part, "value", "")) for part in node.values if _is_text(part))))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value in RULE_TABLES or bool(_IN_SQL.search(node.value))
    return False


def _is_text(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant)


def times(path: Path) -> list[str]:
    """Find readings of the time of day outside the clock; `time.monotonic` is none."""
    if where(path) == "clock.py":
        return []
    return [f"{where(path)}:{line(node)}" for node in ast.walk(parsed(path)) if _reads_the_time(node)]


def _reads_the_time(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and node.attr in TIMES:
        return isinstance(node.value, ast.Name | ast.Attribute) and ast.unparse(node.value).split(".")[-1] in {
            "datetime",
            "date",
            "time",
        }
    return isinstance(node, ast.ImportFrom) and node.module == "time" and bool({n.name for n in node.names} & TIMES)


def vague_names(path: Path) -> list[str]:
    """Find files and folders whose names say nothing."""
    parts = {word for part in Path(where(path)).with_suffix("").parts for word in part.split("_")}
    return [where(path)] if parts & VAGUE else []


def long_files(path: Path) -> list[str]:
    """Find files that are too long."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    most = LONGEST_TEST if where(path).startswith("tests/") else LONGEST_FILE
    return [f"{where(path)} has {lines} lines"] if lines > most else []


def long_functions(path: Path) -> list[str]:
    """Find functions that are too long, their docstrings not counted; a migration is one long list."""
    if "/migrations/versions/" in where(path):
        return []
    return [
        f"{where(path)}:{function.name} has {_length(function)} lines"
        for function in functions(parsed(path))
        if _length(function) > LONGEST_FUNCTION
    ]


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or 0) - docstring.lineno + 1)


def left_lying(path: Path) -> list[str]:
    """Find notes of unfinished work."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [f"{where(path)}:{number}" for number, text in enumerate(lines, start=1) if LEFT_LYING.search(text)]


def silenced(path: Path) -> list[str]:
    """Find checks that are silenced without a code and a reason."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    return [
        f"{where(path)}:{token.start[0]}"
        for token in tokens
        if token.type == tokenize.COMMENT and (_IGNORE.search(token.string) or _NOQA.search(token.string))
    ]


def texts() -> Iterable[Path]:
    """Yield every file of ours that people write: code, documents, configuration."""
    yield from everything()
    for pattern in ("*.md", "*.toml", "docs/**/*.md", ".ci/*"):
        yield from (path for path in ROOT.glob(pattern) if path.is_file())


def found(guard: Guard, paths: Iterable[Path]) -> list[str]:
    """Return what a guard finds in files."""
    return [finding for path in paths for finding in guard(path)]


def test_only_the_rule_names_its_tables() -> None:
    """V13: the tables of the rule are named only where the rule is said, so that nothing passes it by."""
    assert [] == found(rule_tables, sources())
    assert all((SRC / name).exists() for name in NAMING_RULE_TABLES)


def test_only_the_clock_tells_the_time() -> None:
    """The time of day comes from the clock port alone, so that a test can move it."""
    assert [] == found(times, sources())


def test_names_say_something() -> None:
    """No file or folder is a drawer for whatever is left."""
    assert [] == found(vague_names, everything())


def test_files_and_functions_are_short() -> None:
    """No file is over 400 lines, no function of the library over 50; tests, which repeat more, may have 500 lines."""
    assert [] == found(long_files, everything())
    assert [] == found(long_functions, sources())


def test_nothing_is_left_lying_about() -> None:
    """No note of unfinished work stands in code, documents or configuration."""
    assert [] == found(left_lying, texts())


def test_nothing_is_silenced_without_a_reason() -> None:
    """Each `type: ignore` and each `noqa` names its code and the reason."""
    assert [] == found(silenced, everything())


BITES: tuple[tuple[Guard, str, str], ...] = (
    (rule_tables, "desk/talks.py", "rows = tables.involvement.c.item"),
    (rule_tables, "storage/sql/talks.py", "t.hangs"),
    (rule_tables, "storage/sql/talks.py", "getattr(tables, 'hangs')"),
    (rule_tables, "work/relay.py", "sql = 'SELECT item FROM collab_involvement'"),
    (rule_tables, "work/relay.py", "sql = f'DELETE FROM {prefix}hangs WHERE item = 1'"),
    (times, "desk/call.py", "moment = datetime.now(UTC)"),
    (times, "desk/call.py", "import time\nmoment = time.time()"),
    (times, "desk/call.py", "import datetime\nday = datetime.date.today()"),
    (times, "desk/call.py", "from time import time_ns"),
    (vague_names, "desk/helpers.py", ""),
    (vague_names, "storage/base/rows.py", ""),
    (vague_names, "desk/talk_utils.py", ""),
    (long_files, "desk/talks.py", "x = 1\n" * 401),
    (long_files, "tests/test_talks.py", "x = 1\n" * 501),
    (long_functions, "desk/talks.py", "def f():\n" + "    x = 1\n" * 50),
    (long_functions, "desk/talks.py", 'class C:\n    async def f(self):\n        """Do."""\n' + "        x = 1\n" * 51),
    (left_lying, "desk/talks.py", "x = 1  # " + "TO" + "DO: more"),
    (silenced, "desk/talks.py", "x = 1  # type: ignore"),
    (silenced, "desk/talks.py", "x = 1  # type: ignore[misc]"),
    (silenced, "desk/talks.py", "x = 1  # type: ignore  # because"),
    (silenced, "desk/talks.py", "x = 1  # noqa"),
    (silenced, "desk/talks.py", "x = 1  # noqa: E501"),
)
FINE: tuple[tuple[Guard, str, str], ...] = (
    (rule_tables, "storage/sql/visible.py", "rows = tables.involvement.c.item"),
    (rule_tables, "storage/sql/migrations/versions/0002.py", "op.drop_table('hangs')"),
    (rule_tables, "desk/talks.py", '"""Who is involved, and what it hangs on; the involvement of an item."""'),
    (rule_tables, "desk/talks.py", "stores.sights.involve(scope, id, [Involvement(no, role, False)])"),
    (times, "clock.py", "moment = datetime.now(UTC)"),
    (times, "desk/call.py", "import time\nmoment = time.monotonic() + clock.now()"),
    (vague_names, "storage/interfaces/__init__.py", ""),
    (long_files, "desk/talks.py", "x = 1\n" * 400),
    (long_functions, "desk/talks.py", 'def f():\n    """' + "word\n" * 60 + '"""\n' + "    x = 1\n" * 49),
    (long_functions, "storage/sql/migrations/versions/0002.py", "def f():\n" + "    x = 1\n" * 90),
    (silenced, "desk/talks.py", "x = 1  # type: ignore[misc]  # what must fail\ny = 2  # noqa: E501  # a table\n"),
    (silenced, "desk/talks.py", "x = '# type: ignore'"),
)


@pytest.mark.parametrize(("guard", "file", "text"), BITES, ids=lambda part: getattr(part, "__name__", None))
def test_each_guard_bites(guard: Guard, file: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What must not be is found, and told with its file."""
    [finding] = guard(_written(file, text, tmp_path, monkeypatch))
    assert finding.startswith(file)


@pytest.mark.parametrize(("guard", "file", "text"), FINE, ids=lambda part: getattr(part, "__name__", None))
def test_no_guard_bites_the_innocent(
    guard: Guard, file: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may be is let alone."""
    assert [] == guard(_written(file, text, tmp_path, monkeypatch))


def _written(file: str, text: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("guards.house.SRC", home)
    path = home / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
