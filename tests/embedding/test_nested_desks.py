"""Desks inside desks on one connection of a host."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import create_engine

import collabcase
from collabcase import StorageError


def test_an_outer_desk_does_not_write_inside_an_inner_one(new_database: Callable[[], str]) -> None:
    """I1: a desk whose connection another desk has written on since is refused, so that nothing acknowledged goes
    with the other's roll-back; once the other has ended it goes on.
    """
    engine = create_engine(new_database())
    if engine.dialect.name == "sqlite":
        collabcase.configure_sqlite(engine)
        collabcase.upgrade(engine, prefix="")
    collab = collabcase.embed(engine, prefix="")
    collab.create_portfolio("p")
    with collab.system("p") as system:
        for id in "ab":
            system.people.add(id, name=id)
    with (
        engine.connect() as connection,
        connection.begin(),
        collab.desk("a", portfolio="p", connection=connection) as outer,
    ):
        outer.talks.start("b", subject="one", text="one")
        inner = collab.desk("b", portfolio="p", connection=connection).__enter__()
        inner.talks.start("a", subject="inner", text="inner")
        with pytest.raises(StorageError, match="another desk"):
            outer.talks.start("b", subject="refused", text="refused")
        inner.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
        outer.talks.start("b", subject="two", text="two")
    with collab.desk("a", portfolio="p") as desk:
        assert {"one", "two"} == {message.text for message in desk.messages.search()}
    collab.close()
    engine.dispose()
