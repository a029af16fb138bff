"""Line 6: sending, against the same rows inserted by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from attrs import frozen

from benchmarks.filling import indexed
from benchmarks.floor import Statement
from benchmarks.results import Row
from benchmarks.scene import Scene
from benchmarks.timing import Pair
from collabcase import Forbidden
from collabcase.ids import KIND_BITS, Kind, decode, kind_code
from collabcase.model.words import words
from collabcase.permissions.sight import Role

_SUBJECT = "Water damage"
_TEXT = "The plumber came on Tuesday and found the pipe behind the wall; the floor of the room below is wet, too."
_KEYS = {"talk": "id", "message": "id", "involvement": "item", "feed": "item", "talk_list": "talk", "event": "item"}


@frozen
class _Three:
    """A sender, a recipient and an observer who know one another."""

    sender: str
    recipient: str
    observer: str


def knowing(scene: Scene) -> tuple[str, str, str]:
    """Return a sender, a recipient and an observer who know one another."""
    three = _three(scene)
    return three.sender, three.recipient, three.observer


def line_6(scene: Scene) -> Iterator[Row]:
    """Start a talk and answer in it, three involved."""
    three = _three(scene)
    turns = count()

    def start() -> Any:
        with scene.desk(three.sender) as desk:
            return desk.talks.start(
                three.recipient, subject=_SUBJECT, text=f"{_TEXT} {next(turns)}", observers=three.observer
            )

    first = scene.desk(three.sender)
    with first as desk:
        opened = desk.talks.start(three.recipient, subject=_SUBJECT, text=_TEXT, observers=three.observer)
        [opening] = desk.talks.view(opened.id).messages
    again = _Repeated(scene, opened.id, opening.id, ("talk", *_WITHOUT_TALK))
    yield _row(scene, "start a talk", scene.compare(start, again.insert, 40, seconds=4), again)

    def reply() -> Any:
        with scene.desk(three.recipient) as desk:
            return desk.talks.reply(opening.id, f"{_TEXT} {next(turns)}")

    again = _Repeated(scene, opened.id, reply().id, _WITHOUT_TALK)
    yield _row(scene, "answer", scene.compare(reply, again.insert, 40, seconds=4), again)


_WITHOUT_TALK = ("message", "involvement", "feed", "talk_list", "event", "message_text")


def _row(scene: Scene, work: str, pair: Pair, again: _Repeated) -> Row:
    note = f"{again.rows} rows in {again.tables} tables"
    return Row.of("6", f"{work}, 3 involved", scene, pair, note=note)


def _three(scene: Scene) -> _Three:
    """Return whom a message of somebody of the middle names: one in each of three roles."""
    ids = {no: id for id, no in scene.numbers.items()}
    wanted = {int(Role.SENDER), int(Role.RECIPIENT), int(Role.OBSERVER)}
    people = scene.crowd.by_rank
    for place in people[len(people) // 10 :] + people:
        number = scene.numbers[scene.crowd.persons[place]]
        sent = scene.floor.rows(
            "SELECT id FROM message WHERE portfolio = ? AND sender = ? ORDER BY id DESC LIMIT 50",
            *(scene.portfolio, number),
        )
        for [message] in sent:
            named = scene.floor.rows(
                "SELECT role, principal FROM involvement WHERE portfolio = ? AND item = ?", scene.portfolio, message
            )
            by_role = {role: ids.get(who) for role, who in named}
            if len(named) == 3 and set(by_role) == wanted and None not in by_role.values():
                three = _Three(*(str(by_role[role]) for role in sorted(by_role)))
                if _may_write(scene, three):
                    return three
    raise LookupError("no message names exactly three persons who may write to one another")


def _may_write(scene: Scene, three: _Three) -> bool:
    try:
        with scene.desk(three.sender) as desk:
            desk.talks.start(three.recipient, subject=_SUBJECT, text=_TEXT, observers=three.observer)
    except Forbidden:
        return False
    return True


class _Repeated:
    """Inserts what the library has stored for a message again, under new ids: one statement for each table."""

    def __init__(self, scene: Scene, talk: str, message: str, tables: Sequence[str]) -> None:
        self._floor = scene.floor
        self._old = decode(talk, Kind.TALK), decode(message, Kind.MESSAGE)
        self._new_talk = "talk" in tables
        self._stored: list[tuple[str, list[tuple[Any, ...]]]] = []
        [[newest]] = scene.floor.rows("SELECT max(id) FROM message")
        self._stamps = count((int(newest) >> KIND_BITS) + (1 << 40))
        for table in tables:
            columns, rows = self._read(scene, table)
            marks = ", ".join(f"({', '.join('?' for _ in columns)})" for _ in rows)
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks}"
            if table == "talk_list" and not self._new_talk:
                statement += " ON CONFLICT (portfolio, talk, principal, shared) DO UPDATE SET last = excluded.last"
            if rows:
                self._stored.append((scene.floor.written(statement), rows))
        self.rows = sum(len(rows) for _, rows in self._stored)
        self.tables = len(self._stored)

    def _read(self, scene: Scene, table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        floor, (talk, message) = scene.floor, self._old
        if table == "message_text" and not floor.postgresql:
            return ["rowid", "words"], [(message, indexed(scene.portfolio, words(_SUBJECT, _TEXT), postgresql=False))]
        key = "message" if table == "message_text" else _KEYS[table]
        wanted, values = f"portfolio = ? AND {key} = ?", (scene.portfolio, talk if key == "talk" else message)
        if table == "talk":
            values = (scene.portfolio, talk)
        if table == "feed":
            wanted += (
                " AND grp IN (SELECT b.grp FROM membership b JOIN involvement i ON i.portfolio = b.portfolio"
                " AND i.principal = b.person WHERE i.portfolio = ? AND i.item = ?)"
            )
            values = (*values, *values)
        if table == "talk_list":
            wanted, values = f"{wanted} AND last = ?", (*values, message)
        cursor = floor.driver.execute(floor.written(f"SELECT * FROM {table} WHERE {wanted}"), values)
        names = [part[0] for part in cursor.description]
        kept = [place for place, name in enumerate(names) if name != "position"]
        return [names[place] for place in kept], [tuple(row[place] for place in kept) for row in cursor.fetchall()]

    def insert(self) -> None:
        """Insert all rows in one transaction."""
        talk, message = self._old
        stamp = next(self._stamps)
        new = {message: (stamp << KIND_BITS) | kind_code(Kind.MESSAGE)}
        if self._new_talk:
            new[talk] = (stamp << KIND_BITS) | kind_code(Kind.TALK)
        statements: list[Statement] = [
            (statement, [new.get(value, value) if type(value) is int else value for row in rows for value in row])
            for statement, rows in self._stored
        ]
        self._floor.transaction(statements)
