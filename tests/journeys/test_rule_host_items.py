"""L8, with I1 for locks, through the public face: the host's own items, and locks within the host's transactions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, text

from collabcase import Collab, Desk, Forbidden, InvalidInput, ItemLocked, ItemRef, Message, NotFound, StaleLock, Window
from collabcase.storage.conformance.suite import meanwhile
from collabcase.testing import MovableClock
from database_clock import DatabaseClock

from .broker import PORTFOLIO
from .office import Office

POLICY, OTHER = ItemRef("policy", "4711"), ItemRef("policy", "4712")
SEEING = {"x", "y", "b1"}


class Host:
    """A host that lets x, y and b1 see policy 4711, and nobody any other.

    Attributes:
        asked: what it was asked.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], ItemRef, str]] = []

    def may_see(self, persons: Sequence[str], ref: ItemRef, *, portfolio: str) -> Collection[str]:
        """Return which of some persons may see a policy."""
        self.asked.append((tuple(persons), ref, portfolio))
        return [person for person in persons if ref == POLICY and person in SEEING]


@pytest.fixture
def host() -> Host:
    """The host."""
    return Host()


@pytest.fixture
def told_by_host(database: DatabaseClock, clock: MovableClock, host: Host) -> Iterator[Office]:
    """An office whose host says who may see its policies."""
    with database.opened(clock=clock, may_see=host.may_see) as collab:
        yield Office(collab, clock, database)


@pytest.fixture
def engine(database: DatabaseClock, office: Office) -> Iterator[Engine]:
    """The host's engine on the same database, with a table of policies."""
    engine = database.engine()
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE policy (id VARCHAR(9) PRIMARY KEY, premium INTEGER)"))
        connection.execute(text("INSERT INTO policy VALUES ('4711', 100)"))
    yield engine
    engine.dispose()


def held(window: Window) -> list[tuple[ItemRef, str | None]]:
    """Return what is held of the host's items, as a window is shown it."""
    return [(one.item, one.holder and one.holder.id) for one in window.picture.held]


def premium(engine: Engine) -> int:
    """Return what the host has stored."""
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT premium FROM policy")) or 0)


def raise_premium(engine: Engine, collab: Collab, window: Window, token: int | None, *, fail: bool = False) -> None:
    """Write to the policy in the host's transaction, under a lock."""
    with engine.connect() as connection:
        with collab.desk(
            window.person, portfolio=PORTFOLIO, connection=connection, window=window.id, token=token
        ) as desk:
            desk.guard(POLICY)
        connection.execute(text("UPDATE policy SET premium = premium + 1"))
        if fail:
            connection.rollback()
        else:
            connection.commit()
    collab.pump()


def test_l8_without_may_see_members_of_the_holders_groups_are_told(office: Office) -> None:
    """L8: a lock on a thing of the host's is shown and told to the holder's groups; whoever else clicks is refused."""
    since = office.cursors()
    window = office.window("x")
    lock = window.focus(POLICY)
    assert POLICY == lock.item
    assert [(POLICY, "x")] == held(window) == held(office.window("y"))
    for person in ("b1", "m", "o", "chief"):
        assert [] == held(office.window(person))
    with pytest.raises(ItemLocked) as refused:
        office.window("m").focus(POLICY)
    assert ("policy", "4711", "x") == (refused.value.kind, refused.value.id, refused.value.holder)
    with pytest.raises(ItemLocked) as refused:
        office.window("b1").focus(POLICY)
    assert refused.value.holder is None
    assert {"x": ["lock.acquired"], "y": ["lock.acquired"]} == office.told(since)
    office.window("m").focus(OTHER)


def test_l8_may_see_decides_who_is_told_and_who_may_click(told_by_host: Office, host: Host) -> None:
    """L8, V12, V13: who may not see the thing neither clicks it, asks for it, frees it nor hears of it."""
    office = told_by_host
    since = office.cursors()
    office.window("x").focus(POLICY)
    assert ([(POLICY, None)], [(POLICY, "x")]) == (held(office.window("b1")), held(office.window("y")))
    assert {"x", "y", "b1"} == set(office.told(since))
    window = office.window("m")
    assert [] == held(window)
    for item in (POLICY, OTHER):
        for verb in (window.focus, window.ask, lambda item: window.force(item, "bitte")):
            with pytest.raises(NotFound) as refused:
                verb(item)
            assert str(refused.value) == str(NotFound(item.kind, item.id))
    assert (POLICY, OTHER) == window.gone([POLICY, OTHER])
    assert (OTHER,) == office.window("y").gone([POLICY, OTHER])
    assert {PORTFOLIO} == {portfolio for _, _, portfolio in host.asked}


def test_l8_the_host_is_asked_outside_transactions_that_write(
    database: DatabaseClock, clock: MovableClock, host: Host
) -> None:
    """L8: while it is asked who may see a thing, the host can write to the same database."""
    made: list[Collab] = []

    def may_see(persons: Sequence[str], ref: ItemRef, *, portfolio: str) -> Collection[str]:
        made[0].create_portfolio(f"seen {len(host.asked)}")
        return host.may_see(persons, ref, portfolio=portfolio)

    with database.opened(clock=clock, may_see=may_see) as collab:
        made.append(collab)
        office = Office(collab, clock, database)
        window = office.window("x")
        window.focus(POLICY)
        window.ask(POLICY)
        assert [(POLICY, "x")] == held(office.window("y"))
        assert host.asked


def test_l8_l5_force_needs_the_right(office: Office) -> None:
    """L8, L5: a thing of the host's is freed by who holds lock.force alone; it is recorded by its reference."""
    office.window("x").focus(POLICY)
    with pytest.raises(Forbidden) as refused:
        office.window("y").force(POLICY, "bitte")
    assert "lock.force" == refused.value.right
    office.window("chief").force(POLICY, "bitte")
    with office.system() as system:
        [record] = system.forced(POLICY).items
        assert (POLICY, "x", "chief", "bitte") == (record.item, record.holder.id, record.by.id, record.reason)
        assert () == system.forced(OTHER).items
    office.window("y").focus(POLICY)


def test_l8_own_windows_and_tokens_are_as_for_talks(office: Office) -> None:
    """L8, L4: the newer window takes over and gives back, with a new token each time."""
    older = office.window("x")
    first = older.focus(POLICY)
    newer = office.window("x")
    second = newer.focus(POLICY)
    newer.focus(OTHER)
    third = older.picture.mine
    assert third is not None
    assert first.token < second.token < third.token


def test_l8_the_guard_of_the_hosts_own_writes(office: Office, engine: Engine) -> None:
    """L8, L6: the host's write goes through under the present token alone; another's, or a stale one, is refused."""
    window = office.window("x")
    lock = window.focus(POLICY)
    raise_premium(engine, office.collab, window, lock.token)
    for other in (office.window("y"), office.window("b1")):
        with pytest.raises(ItemLocked):
            raise_premium(engine, office.collab, other, None)
    newer = office.window("x")
    present = newer.focus(POLICY)
    for token in (lock.token, None):
        with pytest.raises(StaleLock) as refused:
            raise_premium(engine, office.collab, window, token)
        assert ("policy", "taken over") == (refused.value.kind, refused.value.how)
    raise_premium(engine, office.collab, newer, present.token)
    assert 102 == premium(engine)


def test_i1_the_hosts_rollback_takes_everything_back(office: Office, engine: Engine, question: Message) -> None:
    """I1, L7: what was moved in a transaction that the host rolls back is not moved: the lock goes on, untold."""
    window, lock = office.click("x", question)
    since = office.cursors()
    raise_premium(engine, office.collab, window, None, fail=True)
    with engine.connect() as connection:
        with office.collab.desk(
            "x", portfolio=PORTFOLIO, connection=connection, window=window.id, token=lock.token
        ) as desk:
            desk.talks.hand_over(question.talk, "chief")
        connection.rollback()
    office.collab.pump()
    mine = window.picture.mine
    assert lock.token == (mine and mine.token)
    assert ((), {}, 100) == (office.window("y").picture.moved, office.told(since), premium(engine))


def test_l8_guarded_until_the_host_commits(office: Office, engine: Engine) -> None:
    """L8, L6: between the guard and the host's commit nobody else gets the item; who clicks it waits."""
    window = office.window("x")
    lock = window.focus(POLICY)
    other = office.window("chief")
    with engine.connect() as connection:
        with office.collab.desk(
            "x", portfolio=PORTFOLIO, connection=connection, window=window.id, token=lock.token
        ) as desk:
            desk.guard(POLICY)
        with meanwhile(lambda: other.force(POLICY, "bitte")) as forcing:
            assert not forcing.done()
            connection.execute(text("UPDATE policy SET premium = 7"))
            connection.commit()
        forcing.result()
    assert 7 == premium(engine)
    with pytest.raises(StaleLock):
        raise_premium(engine, office.collab, window, lock.token)


def test_l8_what_is_ours_is_guarded_by_its_verbs(office: Office, question: Message) -> None:
    """L8: `guard` is for the host's own things; a talk, an id and what is nothing are refused."""
    wrong: tuple[Any, ...] = (ItemRef("talk", question.talk), question.ref, ItemRef("person", "x"), "4711", None)
    with office.desk("x") as desk:
        for item in wrong:
            with pytest.raises(InvalidInput):
                desk.guard(item)


def test_l8_what_nobody_ever_clicked_is_free(office: Office) -> None:
    """L8: the guard of a thing that was never clicked lets everybody through."""
    uses: list[Callable[[], Desk]] = [lambda: office.desk("x"), lambda: office.at(office.window("b1"))]
    for desk_of in uses:
        with desk_of() as desk:
            desk.guard(POLICY)


def test_l8_portfolios_share_no_items(office: Office) -> None:
    """L8: the same reference in another portfolio is another thing."""
    office.window("x").focus(POLICY)
    office.collab.create_portfolio("bremen")
    with office.collab.system("bremen") as system:
        system.people.add("x", name="X")
        system.people.add("y", name="Y")
    window = office.collab.window("y", portfolio="bremen")
    assert POLICY == window.focus(POLICY).item
    assert ["y"] == [one.holder and one.holder.id for one in window.picture.held]
