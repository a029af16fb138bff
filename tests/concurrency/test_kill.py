"""`kill -9` at random moments: what was acknowledged is there, and nothing is there by half."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import create_engine, text

from concurrency.kill import check_rows, kill_again_and_again, set_the_scene

KILLS = 20


def test_nothing_acknowledged_is_lost_and_nothing_is_there_by_half(new_database: Callable[[], str]) -> None:
    """I1: after processes are killed in the midst of every kind of write, each unit of work is there or not there."""
    report = kill_again_and_again(new_database(), KILLS, seed=1)
    assert [] == report.problems
    assert (KILLS, True, True) == (report.kills, report.inside > KILLS / 4, report.acknowledged > KILLS)


HALVES = {
    "message without its sender": "DELETE FROM involvement WHERE role = 1",
    "message without a recipient": "DELETE FROM involvement WHERE role = 2",
    "message without one event": "DELETE FROM event WHERE kind = 'message.sent'",
    "involvement without its message": "DELETE FROM message",
    "talk without a message": "DELETE FROM message",
    "event without its message": "DELETE FROM message",
    "group without one event": "UPDATE event SET item = 32 WHERE kind = 'group.created'",
    "event without its group": "UPDATE event SET item = 32 WHERE kind = 'group.created'",
    "mover not in one main group": "DELETE FROM membership",
    "leaving without joining": "DELETE FROM event WHERE kind = 'group.members_added'",
    "principal that is nothing": "INSERT INTO principal VALUES (1, 99, false, 'x')",
}


def test_the_check_itself(new_database: Callable[[], str]) -> None:
    """The check finds each half that it looks for."""
    url = new_database()
    set_the_scene(url)
    engine = create_engine(url)
    for what, harm in HALVES.items():
        with engine.connect() as connection:
            connection.execute(text(harm))
            assert what in {problem.partition(":")[0] for problem in check_rows(connection)}
    with engine.connect() as connection:
        assert [] == list(check_rows(connection))
    engine.dispose()
