"""Where the measurements run: filled databases are kept in a folder, and each run works on copies."""

from __future__ import annotations

import inspect
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from benchmarks.data import SHAPE
from benchmarks.filling import Plan, Tell, fill, indexed
from collabcase.storage.sql import words
from collabcase.storage.sql.tables import build

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from servers.postgres import PostgresServer, _nobody

_SETTINGS = {
    "shared_buffers": "2GB",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "512MB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Databases(ABC):
    """The databases of one engine."""

    def __init__(self, cache: Path, tell: Tell) -> None:
        self._cache, self._tell = cache, tell
        self._copies = 0

    def copy(self, plan: Plan) -> str:
        """Return the URL of a fresh copy of a filled database, which is filled first if it is not kept yet."""
        name = f"filled_{plan.size}_{plan.persons}_{plan.seed}_{_shape()}"
        if not self._is_kept(name):
            begun = time.perf_counter()
            fill(self._empty("filling"), plan, self._tell)
            self._keep("filling", name)
            self._tell(f"filled in {time.perf_counter() - begun:.0f} s")
        self._copies += 1
        return self._copy(name, f"copy_{os.getpid()}_{self._copies}")

    @abstractmethod
    def _is_kept(self, name: str) -> bool: ...

    @abstractmethod
    def _empty(self, name: str) -> str: ...

    @abstractmethod
    def _keep(self, name: str, final: str) -> None: ...

    @abstractmethod
    def _copy(self, name: str, copy: str) -> str: ...

    @abstractmethod
    def remove_copies(self) -> None:
        """Remove all copies."""


class SqliteFiles(Databases):
    """SQLite files in the folder."""

    def __init__(self, cache: Path, tell: Tell) -> None:
        super().__init__(cache, tell)
        self._made: list[Path] = []

    def _is_kept(self, name: str) -> bool:
        return (self._cache / f"{name}.db").exists()

    def _empty(self, name: str) -> str:
        for path in self._cache.glob(f"{name}.db*"):
            path.unlink()
        return f"sqlite:///{self._cache / name}.db"

    def _keep(self, name: str, final: str) -> None:
        path = self._cache / f"{name}.db"
        sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
        path.rename(self._cache / f"{final}.db")

    def _copy(self, name: str, copy: str) -> str:
        path = self._cache / f"{copy}.db"
        self._made.append(path)
        shutil.copyfile(self._cache / f"{name}.db", path)
        return f"sqlite:///{path}"

    def remove_copies(self) -> None:
        """Remove all copies."""
        for path in self._made:
            for part in path.parent.glob(f"{path.name}*"):
                part.unlink()


class PostgresDatabases(Databases):
    """Databases of a PostgreSQL whose data stay in the folder; beside one another only one run may use it."""

    def __init__(self, cache: Path, tell: Tell) -> None:
        super().__init__(cache, tell)
        self._made: list[str] = []
        self._server = _KeptServer(cache / "postgresql")
        self._server.start()

    def _is_kept(self, name: str) -> bool:
        return bool(self._server.rows("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def _empty(self, name: str) -> str:
        if self._is_kept(name):
            self._server.drop_database(name)
        return self._server.create_database(name)

    def _keep(self, name: str, final: str) -> None:
        self._server.rows(f"ALTER DATABASE {name} RENAME TO {final}")

    def _copy(self, name: str, copy: str) -> str:
        self._made.append(copy)
        self._server.rows(f"CREATE DATABASE {copy} TEMPLATE {name} STRATEGY FILE_COPY")
        return self._server.url(copy)

    def remove_copies(self) -> None:
        """Remove all copies and stop the server."""
        try:
            for name in self._made:
                if self._is_kept(name):
                    self._server.drop_database(name)
        finally:
            self._server.stop()


class _KeptServer(PostgresServer):
    """The tests' server with its data elsewhere, and with memory for a million messages."""

    def __init__(self, data: Path) -> None:
        super().__init__()
        self._data = data

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Execute an administrator's statement."""
        import psycopg

        with psycopg.connect(
            host=str(self.folder), port=5432, user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def _spawn(self, program: Path, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start a program; kept data take the place of fresh ones, and fresh ones are moved to where they are kept."""
        assert self.folder is not None
        fresh = self.folder / "data"
        if program.name == "initdb" and (self._data / "PG_VERSION").exists():
            fresh.symlink_to(self._data)
            return super()._spawn(Path("/bin/true"))
        if program.name == "postgres":
            if not fresh.is_symlink():
                shutil.move(fresh, self._data)
                with (self._data / "postgresql.conf").open("a") as configuration:
                    configuration.writelines(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())
                if os.geteuid() == 0:
                    subprocess.run(["chown", "-R", ":".join(map(str, _nobody())), self._data], check=True)
                fresh.symlink_to(self._data)
            (self._data / "postmaster.pid").unlink(missing_ok=True)
        return super()._spawn(program, *arguments, stdin=stdin)


def _shape() -> str:
    """Return a mark of tables, index and generator, so that what is kept is never of another kind."""
    drawn = [str(SHAPE)]
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        for table in build().metadata.sorted_tables:
            drawn.append(str(CreateTable(table).compile(dialect=dialect)))
            drawn += sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    drawn += [inspect.getsource(words.create), *(indexed(3, ("one", "two"), postgresql=it) for it in (False, True))]
    return blake2b("".join(drawn).encode(), digest_size=4).hexdigest()


@contextmanager
def databases(engine: str, cache: Path | None, tell: Tell) -> Iterator[Databases]:
    """Give the databases of an engine.

    Args:
        engine: sqlite or postgresql.
        cache: where filled databases are kept; None for a folder that is removed at the end.
        tell: told what takes long.
    """
    folder = Path(tempfile.mkdtemp(prefix="collabcase-bench-", dir="/tmp")) if cache is None else cache.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    opened: Databases | None = None
    try:
        opened = SqliteFiles(folder, tell) if engine == "sqlite" else PostgresDatabases(folder, tell)
        yield opened
    finally:
        if opened is not None:
            opened.remove_copies()
        if cache is None:
            shutil.rmtree(folder, ignore_errors=True)
