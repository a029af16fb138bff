"""Engines of our own, made from URLs."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from collabcase.errors import InvalidInput, MissingExtra
from collabcase.storage.sql.sqlite import configure_sqlite


def engine_for(url: str, *, existing: bool = False) -> Engine:
    """Return an engine of our own for a URL; for `open` and the operator's commands.

    Args:
        url: of the database.
        existing: whether a SQLite file must be there already, which is made otherwise.

    Raises:
        InvalidInput: the URL can't be used.
        MissingExtra: the driver is not installed.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise InvalidInput("url", f"is for {parsed.get_backend_name()}; use SQLite or PostgreSQL")
        if parsed.drivername.startswith("sqlite") and parsed.database:
            file = Path(parsed.database)
            if existing and not file.exists():
                raise InvalidInput("url", f"names the file {str(file)!r}, which does not exist; check the path")
            file.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, hide_parameters=True)
    except OSError as error:
        raise InvalidInput("url", f"names a folder that can't be made ({error.strerror}); name another") from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise InvalidInput("url", "is no database URL; pass one such as 'sqlite:///broker.db'") from error
    except ModuleNotFoundError as error:
        raise MissingExtra("postgres", error.name or "psycopg") from error
    if engine.dialect.is_async:
        raise InvalidInput("url", f"names {engine.dialect.driver}, an async driver; leave the driver out")
    if engine.dialect.name == "sqlite":
        configure_sqlite(engine)
    return engine
