"""I1: hosts that work with the ORM pass their session's connection."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from collabcase import InvalidInput, NotFound
from embedding.host import Host, Policy, break_off, write


def test_a_session_commits_both(host: Host) -> None:
    """The session's objects and what a desk did are committed by one commit."""
    with Session(host.engine) as session:
        session.add(Policy(name="policy"))
        write(host, session.connection(), "hello")
        session.commit()
    assert (host.policies(), host.sent(), host.kinds()) == ({"policy"}, ["hello"], ["message.sent"])


def test_a_session_rolls_both_back(host: Host) -> None:
    """The session's roll-back leaves nothing of either, flushed before, between or after."""
    before = host.rows()
    with Session(host.engine) as session:
        session.add(Policy(name="flushed"))
        session.flush()
        write(host, session.connection(), "hello")
        session.add(Policy(name="pending"))
        write(host, session.connection(), "hello again")
        session.rollback()
        session.commit()
    assert (host.policies(), before, host.kinds()) == (set(), host.rows(), [])


def test_a_sessions_savepoint_takes_a_desk_with_it(host: Host) -> None:
    """`begin_nested` of a session, rolled back, undoes the desks inside it and no others."""
    with Session(host.engine) as session, session.begin():
        session.add(Policy(name="kept"))
        write(host, session.connection(), "kept")
        with session.begin_nested() as inside:
            session.add(Policy(name="gone"))
            write(host, session.connection(), "gone")
            inside.rollback()
        assert [policy.name for policy in session.scalars(select(Policy))] == ["kept"]
    assert (host.policies(), host.sent(), host.kinds()) == ({"kept"}, ["kept"], ["message.sent"])


def test_our_error_leaves_the_sessions_objects(host: Host) -> None:
    """A host that catches our error commits its own objects, and no half of ours."""
    before = host.rows()
    with Session(host.engine) as session, session.begin():
        session.add(Policy(name="policy"))
        with (
            pytest.raises(NotFound),
            host.collab.desk("a", portfolio="p", connection=session.connection()) as desk,
        ):
            break_off(desk)
    assert (host.policies(), before, host.kinds()) == ({"policy"}, host.rows(), [])


def test_a_session_itself_is_refused(host: Host) -> None:
    """Passing the session is InvalidInput, with words that name what to pass."""
    wrong: Any = Session(host.engine)
    with wrong, pytest.raises(InvalidInput, match=r"session\.connection\(\)"):
        host.collab.desk("a", portfolio="p", connection=wrong)
