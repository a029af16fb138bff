"""I1: prefix and schema: several installations in one database have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect

import collabcase
from collabcase import Feature, NotFound
from embedding.host import Host, write

PLACES: dict[str, tuple[tuple[str | None, str], ...]] = {
    "sqlite": ((None, "Two_"), (None, "")),
    "postgresql": ((None, "Two_"), ("odd schema", ""), ("odd schema", "collab_")),
}


@pytest.fixture
def installations(host: Host, engine_name: str) -> Iterator[list[Host]]:
    """Several installations beside the host's usual one, in one database."""
    made = [host]
    for schema, prefix in PLACES[engine_name]:
        collabcase.upgrade(host.engine, schema, prefix)
        one = Host(host.engine, collabcase.embed(host.engine, schema=schema, prefix=prefix), schema, prefix)
        one.empty()
        made.append(one.set_up())
    yield made
    for one in made:
        one.collab.close()


def test_every_table_has_its_name_and_place(installations: list[Host]) -> None:
    """All tables of an installation begin with its prefix and stand in its schema, and none stands elsewhere."""
    inspector = inspect(installations[0].engine)
    for one in installations:
        ours = {*one.rows(), f"{one.prefix}collabcase_version"}
        assert all(name.startswith(one.prefix) for name in ours)
        assert ours <= set(inspector.get_table_names(schema=one.schema))


def test_a_whole_conversation_in_each(installations: list[Host]) -> None:
    """People, groups, features, messages, explanations and signals work under every name, each with its own."""
    for number, one in enumerate(installations):
        with one.collab.system("p") as system:
            system.features.enable(Feature.SHARE_CASES)
            system.people.add("c", name=f"Cid {number}")
            system.groups.create("G", main=True, members=["b", "c"], shares_cases=True)
        with one.collab.desk("a", portfolio="p") as desk:
            talk = desk.talks.start("b", subject="S", text=f"text {number}", key="one key")
        with one.collab.desk("c", portfolio="p") as desk:
            [message] = desk.talks.view(talk.id).messages
            assert message.text == f"text {number}"
            answer = desk.talks.reply(message.id, "answer")
            assert answer.sent_for == "b"
            assert len(desk.explain(message.id).reasons) == 1
        with one.collab.desk("b", portfolio="p") as desk:
            assert [found.id for found in desk.messages.search()] == [answer.id, message.id]
    for one in installations:
        assert one.kinds()[-2:] == ["message.sent", "message.sent"]
        assert len(one.sent()) == 2


def test_nothing_is_seen_from_one_to_the_other(installations: list[Host]) -> None:
    """What is written in one installation is unknown in all others: no row, no id, no signal."""
    first, *others = installations
    before = [one.rows() for one in others]
    with first.collab.system("p") as system:
        system.people.add("only here", name="N")
    with first.collab.desk("a", portfolio="p") as desk:
        message = desk.talks.view(desk.talks.start("b", subject="S", text="first").id).messages[0]
    assert before == [one.rows() for one in others]
    for one in others:
        assert one.kinds() == []
        with one.collab.desk("a", portfolio="p") as desk:
            with pytest.raises(NotFound):
                desk.messages.get(message.id)
            with pytest.raises(NotFound):
                desk.people.get("only here")


def test_installations_share_a_hosts_transaction(installations: list[Host]) -> None:
    """Desks of several installations work in one transaction of the host's, and end with it."""
    for ends, expected in (("rollback", 0), ("commit", 1)):
        with installations[0].engine.connect() as connection:
            for one in installations:
                write(one, connection, "hello")
            getattr(connection, ends)()
        assert [expected] * len(installations) == [len(one.sent()) for one in installations]
        assert [expected] * len(installations) == [len(one.kinds()) for one in installations]


def test_one_holds_back_no_signal_of_another(on_postgresql: Host) -> None:
    """A transaction that is open in one installation, a gap in its log, does not stop the relay of another."""
    first = on_postgresql
    collabcase.upgrade(first.engine, None, "one_")
    second = Host(first.engine, collabcase.embed(first.engine, prefix="one_"), None, "one_")
    second.empty()
    second.set_up()
    with first.engine.connect() as slow, second.engine.connect() as undone:
        write(first, slow, "slow")
        write(second, undone, "leaves a gap")
        undone.rollback()
        with second.engine.begin() as quick:
            write(second, quick, "quick")
        assert second.kinds() == ["message.sent"]
        slow.rollback()
