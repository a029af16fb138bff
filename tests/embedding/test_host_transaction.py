"""I1: what happens in a host's transaction happens with it, or not at all."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, event

from collabcase import Desk, DeskClosed, NotFound, StorageError
from embedding.host import Host, book, break_off, write


def test_the_host_commits(host: Host) -> None:
    """I1: with the host's commit its rows and ours are there, and a pump tells of ours, not earlier."""
    with host.engine.begin() as connection:
        book(connection, "policy")
        write(host, connection, "hello")
        assert host.kinds() == []
        assert (host.policies(), host.sent()) == (set(), [])
    assert host.told == []
    assert host.kinds() == ["message.sent"]
    assert (host.policies(), host.sent()) == ({"policy"}, ["hello"])


def test_the_host_rolls_back(host: Host) -> None:
    """I1: with the host's roll-back nothing of ours happened: no row in any table, and no signal, now or later."""
    before = host.rows()
    with host.engine.connect() as connection:
        book(connection, "policy")
        write(host, connection, "hello")
        with host.collab.system("p", connection=connection) as system:
            system.people.add("c", name="Cid")
            system.groups.create("G", members=["a", "c"])
        connection.rollback()
    assert host.kinds() == []
    assert (host.policies(), before) == (set(), host.rows())
    with host.engine.begin() as connection:
        write(host, connection, "kept")
    assert host.kinds() == ["message.sent"]
    assert host.sent() == ["kept"]


def test_an_error_of_the_host_rolls_back(host: Host) -> None:
    """I1: the same where an exception of the host's ends its transaction, even inside the desk."""

    def fail(connection: Connection) -> None:
        book(connection, "policy")
        write(host, connection, "first")
        with host.collab.desk("a", portfolio="p", connection=connection) as desk:
            desk.talks.start("b", subject="S", text="second")
            raise KeyError

    before = host.rows()
    with pytest.raises(KeyError), host.engine.begin() as connection:
        fail(connection)
    assert (host.kinds(), host.policies(), before) == ([], set(), host.rows())


def test_a_savepoint_around_a_desk_is_rolled_back(host: Host) -> None:
    """I1: what a desk did inside a savepoint goes with the savepoint, and the rest stays."""
    before = host.rows()["collab_event"]
    with host.engine.begin() as connection:
        write(host, connection, "before")
        inside = connection.begin_nested()
        book(connection, "gone")
        write(host, connection, "gone")
        inside.rollback()
        write(host, connection, "after")
    assert host.sent() == ["before", "after"]
    assert host.policies() == set()
    assert host.kinds() == ["message.sent"] * 2
    assert host.rows()["collab_event"] == before + 2


def test_a_savepoint_inside_a_desk_is_rolled_back(host: Host) -> None:
    """I1: a savepoint set while a desk is open takes with it what the desk did since, events included."""
    with host.engine.begin() as connection, host.collab.desk("a", portfolio="p", connection=connection) as desk:
        desk.talks.start("b", subject="S", text="before")
        inside = connection.begin_nested()
        gone = desk.talks.start("b", subject="S", text="gone")
        inside.rollback()
        with pytest.raises(NotFound):
            desk.talks.view(gone.id)
        with connection.begin_nested():
            desk.talks.start("b", subject="S", text="after")
    assert host.sent() == ["before", "after"]
    assert host.kinds() == ["message.sent"] * 2
    told = {told.item.id for told in host.told}
    with host.collab.desk("a", portfolio="p") as desk:
        assert told == {message.id for message in desk.messages.search()}


def test_a_host_that_catches_our_error_keeps_no_half(host: Host) -> None:
    """A desk that ends with an error leaves nothing, and the host's own rows and other desks' stay."""
    before = host.rows()
    with host.engine.begin() as connection:
        book(connection, "first")
        with pytest.raises(NotFound), host.collab.desk("a", portfolio="p", connection=connection) as desk:
            break_off(desk)
        book(connection, "second")
        write(host, connection, "whole", person="b")
    assert host.policies() == {"first", "second"}
    assert host.kinds() == ["message.sent"]
    expected = {"talk": 1, "message": 1, "involvement": 2, "event": 1, "talk_list": 2}
    assert {f"{host.prefix}{name}": count for name, count in expected.items()} == {
        name: count - before[name] for name, count in host.rows().items() if count != before[name]
    }


def test_a_verb_refused_inside_a_desk_ends_nothing(host: Host) -> None:
    """A host that catches an error inside the desk goes on there, and keeps what other verbs did."""
    with host.engine.begin() as connection, host.collab.desk("a", portfolio="p", connection=connection) as desk:
        desk.talks.start("b", subject="S", text="first")
        with pytest.raises(NotFound):
            desk.talks.start("nobody", subject="S", text="refused")
        desk.talks.start("b", subject="S", text="second")
    assert host.sent() == ["first", "second"]
    assert host.kinds() == ["message.sent"] * 2


def test_a_key_goes_with_the_hosts_roll_back(host: Host) -> None:
    """I3: a key that was used in a transaction rolled back is free again; one that was committed is not."""
    for text, ends in (("undone", "rollback"), ("kept", "commit"), ("again", "commit")):
        with host.engine.connect() as connection:
            with host.collab.desk("a", portfolio="p", connection=connection) as desk:
                desk.talks.start("b", subject="S", text=text, key="k")
            getattr(connection, ends)()
    assert host.sent() == ["kept"]


def test_several_desks_share_one_transaction(host: Host) -> None:
    """Desks of several persons and of the system follow each other, and see what those before them did."""
    with host.engine.connect() as connection:
        with host.collab.system("p", connection=connection) as system:
            system.people.add("c", name="Cid")
        talk = write(host, connection, "to Bob")
        with host.collab.desk("b", portfolio="p", connection=connection) as desk:
            answer = desk.talks.reply(desk.talks.view(talk.id).messages[0].id, "to Ann", to=["a", "c"])
        with host.collab.desk("c", portfolio="p", connection=connection) as desk:
            assert [message.text for message in desk.messages.search()] == ["to Ann"]
        connection.commit()
    assert host.kinds() == ["person.added", "message.sent", "message.sent"]
    with host.collab.desk("c", portfolio="p") as desk:
        assert desk.messages.get(answer.id).text == "to Ann"


def test_desks_may_stand_inside_each_other(host: Host) -> None:
    """An inner desk that fails takes only its own with it."""
    with host.engine.begin() as connection, host.collab.desk("a", portfolio="p", connection=connection) as outer:
        outer.talks.start("b", subject="S", text="outer")
        write(host, connection, "inner", person="b")
        with pytest.raises(NotFound), host.collab.desk("a", portfolio="p", connection=connection) as inner:
            break_off(inner)
        outer.talks.start("b", subject="S", text="outer again")
    assert host.sent() == ["outer", "inner", "outer again"]


def test_a_reading_desk_sees_the_hosts_transaction(host: Host) -> None:
    """Inside the host's transaction its writes are seen, outside they are not, and reading changes nothing."""
    before = host.rows()
    with host.engine.connect() as connection:
        talk = write(host, connection, "hello")
        with host.collab.desk("b", portfolio="p", connection=connection) as inside:
            assert [message.text for message in inside.talks.view(talk.id).messages] == ["hello"]
            assert len(inside.messages.search()) == 1
        with host.collab.desk("b", portfolio="p") as outside:
            assert len(outside.messages.search()) == 0
        connection.rollback()
    assert (host.kinds(), before) == ([], host.rows())


def test_portfolios_are_made_with_the_host(host: Host) -> None:
    """A portfolio made in the host's transaction is there for it at once, and stays only with it."""
    for ends, expected in (("rollback", False), ("commit", True)):
        with host.engine.connect() as connection:
            host.collab.create_portfolio("q", connection=connection)
            with host.collab.system("q", connection=connection) as system:
                system.people.add("a", name="Another Ann")
            assert host.collab.portfolio("q", connection=connection) is not None
            assert host.collab.portfolio("q") is None
            getattr(connection, ends)()
        assert expected == (host.collab.portfolio("q") is not None)
    assert host.kinds() == ["portfolio.created", "person.added"]


def test_a_portfolio_refused_leaves_the_host_whole(host: Host) -> None:
    """A taken id is refused inside the host's transaction, which goes on."""
    with host.engine.begin() as connection:
        book(connection, "policy")
        with pytest.raises(ValueError, match="taken"):
            host.collab.create_portfolio("p", connection=connection)
        write(host, connection, "hello")
    assert (host.policies(), host.sent()) == ({"policy"}, ["hello"])


def test_the_library_ends_no_transaction(host: Host) -> None:
    """Neither success nor failure of a desk commits or rolls back anything but savepoints of its own."""
    done: list[str] = []

    def note(kind: str) -> None:
        def heard(connection: Connection, *more: object) -> None:
            done.append(kind)

        event.listen(host.engine, kind, heard)

    with host.engine.connect() as connection:
        connection.begin()
        for kind in ("begin", "commit", "rollback", "savepoint", "rollback_savepoint", "release_savepoint"):
            note(kind)
        write(host, connection, "hello")
        with pytest.raises(NotFound), host.collab.desk("a", portfolio="p", connection=connection) as desk:
            break_off(desk)
        with host.collab.desk("a", portfolio="p", connection=connection) as desk:
            desk.messages.search()
        host.collab.portfolio("p", connection=connection)
        assert done == ["savepoint", "release_savepoint", "savepoint", "rollback_savepoint"]
        assert connection.in_transaction()
        connection.commit()


def test_a_desk_ends_before_its_transaction(host: Host) -> None:
    """A desk whose host ended the transaction meanwhile is closed, with words that say so."""

    def end(connection: Connection, desk: Desk, ends: str) -> None:
        desk.talks.start("b", subject="S", text=ends)
        getattr(connection, ends)()
        desk.talks.start("b", subject="S", text="too late")

    for ends in ("commit", "rollback"):
        with host.engine.connect() as connection:
            with (
                pytest.raises(DeskClosed, match="host ended"),
                host.collab.desk("a", portfolio="p", connection=connection) as desk,
            ):
                end(connection, desk, ends)
            connection.commit()
    assert host.sent() == ["commit"]
    assert host.kinds() == ["message.sent"]


def test_a_desk_is_made_inside_the_savepoint_it_writes_in(host: Host) -> None:
    """A desk that would first write inside a savepoint younger than itself is refused, and the host goes on."""
    with host.engine.begin() as connection:
        with host.collab.desk("a", portfolio="p", connection=connection) as desk, connection.begin_nested():
            with pytest.raises(StorageError, match="savepoint"):
                desk.talks.start("b", subject="S", text="refused")
            assert len(desk.messages.search()) == 0
        write(host, connection, "hello")
    assert host.sent() == ["hello"]
