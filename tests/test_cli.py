"""The operator's commands: what they do, print, and end with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

import collabcase
import collabcase.demo
from collabcase import MissingExtra, cli
from collabcase.storage.sql import schema
from collabcase.storage.sql.schema import HEAD
from servers.postgres import PostgresServer
from storage.installations import Installation, engine_on, later_version

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command and return its exit status, what it printed, and what it said on the error stream."""

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            status = cli.main(arguments)
        except SystemExit as end:
            status = int(end.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a file that does not exist yet, in a folder that does not either."""
    return f"sqlite:///{tmp_path}/deep/own.db"


@pytest.mark.parametrize("name", ["init", "upgrade"])
def test_tables_are_created(command: Command, url: str, name: str) -> None:
    """Both commands create the tables where there are none, as `open` expects them."""
    assert (0, f"The tables are created, at version {HEAD}.\n", "") == command(name, url)
    with collabcase.open(url) as opened:
        assert opened.portfolio("p") is None
    assert (0, f"Nothing to do: the tables are at version {HEAD}.\n", "") == command(name, url)


def test_a_database_of_older_tables(
    command: Command, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`init` refuses tables of an older version and names `upgrade`, which brings them up to date."""
    command("init", url)
    found = HEAD
    later_version(tmp_path / "migrations", monkeypatch.setattr, "pass")
    status, printed, told = command("init", url)
    assert (status, printed) == (1, "")
    assert told.startswith(f"collabcase: The collabcase tables are at {found}, this library needs 9999.")
    assert "python -m collabcase upgrade URL." in told
    assert (0, f"The tables are upgraded from version {found} to 9999.\n", "") == command("upgrade", url)


def test_a_database_of_newer_tables(command: Command, url: str) -> None:
    """Both commands refuse tables of a newer version, and leave them alone."""
    command("init", url)
    with engine_on(url) as engine:
        place = Installation(engine, None, "")
        place.pretend("9999")
        for name in ("init", "upgrade"):
            status, printed, told = command(name, url)
            assert (status, printed) == (1, "")
            assert told.endswith("The tables are newer: upgrade the library.\n")
        assert place.version() == "9999"


def test_names_of_tables(command: Command, postgres: PostgresServer) -> None:
    """`--schema` and `--prefix` say where the tables of an embedding host are to be."""
    url = postgres.create_database()
    assert command("init", url, "--schema", "collab", "--prefix", "x_")[0] == 0
    with engine_on(url) as engine:
        assert inspect(engine).has_table("x_message", schema="collab")
        assert not inspect(engine).has_table("message")
        collabcase.embed(engine, schema="collab", prefix="x_").close()


def test_the_advice_of_an_error_works(command: Command, url: str) -> None:
    """The command that SchemaOutdated names makes the tables that `embed` was looking for."""
    engine = create_engine(url)
    Path(str(engine.url.database)).parent.mkdir()
    collabcase.configure_sqlite(engine)
    with pytest.raises(collabcase.SchemaOutdated) as raised:
        collabcase.embed(engine)
    advised = str(raised.value).partition("python -m collabcase ")[2].removesuffix(".").replace("URL", url)
    assert command(*advised.split())[0] == 0
    collabcase.embed(engine).close()
    engine.dispose()


def test_results_as_json(command: Command, url: str) -> None:
    """With `--json` the result is one object: versions before and after, and the names of the tables."""
    found = [json.loads(command("upgrade", url, "--json", "--prefix", "x_")[1]) for _ in range(2)]
    names = {"schema": None, "prefix": "x_"}
    assert [{"before": None, "after": HEAD, **names}, {"before": HEAD, "after": HEAD, **names}] == found


def test_errors_as_json(command: Command) -> None:
    """With `--json` an error is one object on the error stream: its code, its text, and its cause's."""
    status, printed, told = command("init", "postgresql://nobody@127.0.0.1:1/none", "--json")
    assert (status, printed) == (1, "")
    error = json.loads(told)
    assert set(error) == {"error", "text", "cause"}
    assert error["error"] == "storage_error"
    assert "127.0.0.1" in error["cause"]
    status, printed, told = command("init", "nonsense", "--json")
    assert (status, printed, json.loads(told)["error"]) == (2, "", "invalid_input")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["init", "nonsense"], "url: is no database URL"),
        (["init", "mysql://nowhere/none"], "url: is for mysql; use SQLite or PostgreSQL"),
        (["init", "sqlite://"], "memory"),
        (["init", "sqlite+aiosqlite:///x.db"], "async driver"),
        (["init", "sqlite:////dev/null/x.db"], "url: names a folder that can't be made"),
        (["upgrade", "sqlite:///x.db", "--schema", "s"], "schema: SQLite has none"),
        (["upgrade", "sqlite:///x.db", "--prefix", "a b"], "prefix: must be"),
        (["demo", "--folder", "/dev/null/x"], "folder"),
        (["whoami", "sqlite:///none.db", "p", "x"], "url: names the file 'none.db', which does not exist"),
        (["explain", "sqlite:////dev/null/none.db", "p", "x", "message_1"], "which does not exist"),
        (["fsck", "nonsense"], "url: is no database URL"),
    ],
)
def test_what_cannot_be_used_is_told(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], problem: str
) -> None:
    """A command line that can't be used ends with 2, and the error's own text without a traceback."""
    monkeypatch.chdir(tmp_path)
    status, printed, told = command(*arguments)
    assert (status, printed) == (2, "")
    assert told.startswith("collabcase: ")
    assert problem in told
    assert "Traceback" not in told
    assert ["x.db"] * (tmp_path / "x.db").exists() == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["init"], ["init", "a", "b"], ["demo", "--lang", "xx"], ["upgrade", "x", "--js"]]
)
def test_usage_errors(command: Command, arguments: list[str]) -> None:
    """Words that no command knows end with 2 and the usage."""
    status, printed, told = command(*arguments)
    assert (status, printed) == (2, "")
    assert told.startswith("usage: python -m collabcase")


def test_a_password_is_never_printed(command: Command) -> None:
    """No error shows the password of the URL."""
    told = [command("init", f"postgresql://nobody:se%20cret-word@127.0.0.1:1/none{end}") for end in ("", "?x=y")]
    assert [1, 1] == [status for status, _, _ in told]
    assert not any("cret-word" in out + err for _, out, err in told)


def test_help_names_every_command(command: Command) -> None:
    """`--help` lists the commands, each command explains itself, and no line is too wide for a terminal."""
    status, printed, _ = command("--help")
    assert status == 0
    for name in ("init", "upgrade", "demo", "whoami", "explain", "fsck"):
        assert f"  {name} " in printed
        status, explained, _ = command(name, "--help")
        assert status == 0
        assert explained.startswith(f"usage: python -m collabcase {name} ")
        assert f"  python -m collabcase {name}" in explained
        assert max(map(len, (printed + explained).splitlines())) <= 120


def test_the_demo_is_handed_over(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`demo` passes folder and language on, returns its status, and tells its errors."""
    played: list[tuple[Path, str]] = []

    def play(folder: Path, lang: str) -> int:
        played.append((folder, lang))
        return 0

    monkeypatch.setattr(collabcase.demo, "run", play)
    assert command("demo") == (0, "", "")
    assert command("demo", "--folder", str(tmp_path), "--lang", "de") == (0, "", "")
    assert [(Path("collabcase-demo"), "en"), (tmp_path, "de")] == played

    def miss(folder: Path, lang: str) -> int:
        raise MissingExtra("demo", "rich")

    monkeypatch.setattr(collabcase.demo, "run", miss)
    status, _, told = command("demo")
    assert status == 1
    assert "pip install 'collabcase[demo]'" in told


def test_commands_run_as_a_module_and_as_a_script(url: str) -> None:
    """`python -m collabcase` and `collabcase` are the same commands, and import nothing they don't use."""
    script = Path(sys.executable).with_name("collabcase")
    for program in ([sys.executable, "-m", "collabcase"], [str(script)]):
        ended = subprocess.run([*program, "upgrade", url, "--json"], capture_output=True, text=True, check=True)
        assert json.loads(ended.stdout)["after"] == schema.HEAD
    look = (
        "import sys; from collabcase import cli; print(*sorted(set(sys.modules) & {'sqlalchemy', 'alembic', 'rich'}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "80"}
    )
    assert ended.stdout == "\n"
