"""The order of the scenes."""

from __future__ import annotations

import json
import shlex
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from collabcase import Collab, open
from collabcase.demo.cast import CLERK, PORTFOLIO, set_up
from collabcase.demo.scenes import Scenes
from collabcase.demo.stage import Stage, console
from collabcase.demo.words import Words

_BOXES = ("B", "B+", "GF")
_TABLES = {"people": "person", "groups": "grp", "messages": "message", "events": "event"}


def play(file: Path, words: Words) -> None:
    """Play the example on an empty SQLite file and show it."""
    stage = Stage(console(), words)
    stage.opening()
    with open(_url(file)) as collab:
        _play(collab, stage, words)
    _leave(file, stage, words)


def _play(collab: Collab, stage: Stage, words: Words) -> None:
    scenes = Scenes(collab, set_up(collab, words), words)
    _who_they_are(scenes, stage, words)
    _who_sees_whom(scenes, stage, words)
    _why(scenes, stage, words)
    _a_colleague_answers(scenes, stage, words)
    _refusals(scenes, stage, words)


def _who_they_are(scenes: Scenes, stage: Stage, words: Words) -> None:
    stage.scene(words.people)
    groups = scenes.groups()
    stage.people(scenes.people(), groups)
    stage.out.print()
    stage.groups(groups)


def _who_sees_whom(scenes: Scenes, stage: Stage, words: Words) -> None:
    scenes.everybody_writes()
    everything = scenes.who_sees_whom()
    stage.scene(words.sees, teambox=words.teambox)
    stage.sees(everything)
    stage.scene(words.ask_first, clerk=CLERK)
    stage.previews([(group, scenes.preview(group, False)) for group in _BOXES])
    unticked = []
    for group in _BOXES:
        scenes.tick(group, False)
        unticked.append((group, scenes.who_sees_whom()))
        if group != _BOXES[-1]:
            scenes.tick(group, True)
    stage.scene(words.unticked, clerk=CLERK, lost=stage.lost)
    stage.fewer(everything, unticked)
    _tick_again(_BOXES[-1], scenes, stage, words)


def _tick_again(group: str, scenes: Scenes, stage: Stage, words: Words) -> None:
    preview = scenes.preview(group, True)
    stage.out.print()
    stage.say(words.again, group=group, changes=stage.changes(preview))
    if preview.organisations:
        stage.say(words.warning, organisations=words.listed.join(preview.organisations))
    scenes.tick(group, True)


def _why(scenes: Scenes, stage: Stage, words: Words) -> None:
    stage.scene(words.why, writer="b1")
    stage.explanations(scenes.explanations(scenes.message_of("b1"), ("b1", "b2", "gb", CLERK)))


def _a_colleague_answers(scenes: Scenes, stage: Stage, words: Words) -> None:
    asked, writer = "b1", "gb"
    question = scenes.clerk_asks(asked)
    stage.scene(words.steps_in, clerk=CLERK, asked=asked, writer=writer, teambox=words.teambox)
    stage.audience(writer, scenes.audience(writer, question))
    answer = scenes.answer(writer, question, sent_for=asked)
    stage.out.print()
    stage.say(words.answered, sender=answer.sender, sent_for=answer.sent_for)
    stage.out.print()
    excerpts = scenes.excerpts(question.talk, [question.id, answer.id])
    stage.excerpts(excerpts, [question.id, answer.id])
    alone = [reader for reader, excerpt in excerpts.items() if excerpt.messages == {answer.id}]
    if alone:
        stage.out.print()
        stage.say(words.only_answer, readers=words.listed.join(alone))
        stage.out.print()
        stage.explanations(scenes.explanations(answer.id, alone))


def _refusals(scenes: Scenes, stage: Stage, words: Words) -> None:
    person, group = "gb", "B"
    stage.scene(words.one_main, clerk=CLERK, person=person, group=group)
    stage.refusals([("", scenes.copying_refused(person, group))])
    stage.out.print()
    changes = stage.changes(scenes.preview_move(person, group))
    stage.say(words.moving, person=person, changes=changes)
    reader, writer = "a1", "b1"
    sent = scenes.message_of(writer)
    stage.scene(words.hidden, reader=reader, writer=writer)
    stage.refusals(
        [
            (words.asked_hidden.format(writer=writer), scenes.get_refused(reader, sent)),
            (words.asked_unknown, scenes.get_refused(reader, _never_sent(sent))),
        ]
    )


def _never_sent(id: str) -> str:
    """Return an id of the same shape that names nothing: one letter of the time in it is another."""
    letter = "1" if id[-9] == "0" else "0"
    return f"{id[:-9]}{letter}{id[-8:]}"


def _leave(file: Path, stage: Stage, words: Words) -> None:
    with closing(sqlite3.connect(file)) as connection:
        counts = {
            name: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for name, table in _TABLES.items()
        }
    stage.scene(words.look, file=file, **counts)
    stage.say(words.commands, person="gb")
    code = (
        "\nimport collabcase\n"
        f"collab = collabcase.open({json.dumps(_url(file))})\n"
        f'with collab.desk("gb", portfolio="{PORTFOLIO}") as desk:\n'
        "    for message in desk.messages.search():\n"
        "        print(message.sender, message.text)\n"
    )
    stage.command(f"{shlex.quote(_python())} -c {shlex.quote(code)}")


def _python() -> str:
    """Return how to call this Python from here, the short way where there is one."""
    here = Path.cwd()
    program = Path(sys.executable)
    return str(program.relative_to(here)) if program.is_relative_to(here) else str(program)


def _url(file: Path) -> str:
    return f"sqlite:///{file.as_posix()}"
