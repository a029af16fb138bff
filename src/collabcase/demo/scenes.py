"""What the people of the example do and ask; every value here is an answer of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from collabcase import Audience, Collab, CollabError, Explanation, Group, ItemRef, Message, NotFound, Person, Preview
from collabcase.demo.cast import CLERK, EVERYBODY, PORTFOLIO, SIX
from collabcase.demo.words import Words

Sees = Mapping[str, frozenset[str]]
"""Who sees whose messages: for each reader, the writers."""


@frozen
class Excerpt:
    """What one person sees of a talk: which of its messages, and how many its view shows (0: it is not found)."""

    messages: frozenset[str]
    shown: int


class Scenes:
    """The example under way.

    Attributes:
        sent: each writer's message to the teambox, by id of the message.
    """

    def __init__(self, collab: Collab, groups: Mapping[str, str], words: Words) -> None:
        self._collab = collab
        self._groups = groups
        self._words = words
        self.sent: dict[str, str] = {}

    def people(self) -> tuple[Person, ...]:
        """Return everybody, in the order they were set up."""
        with self._collab.system(PORTFOLIO) as system:
            return tuple(reversed(system.people.list()))

    def groups(self) -> tuple[Group, ...]:
        """Return the groups, in the order they were made."""
        with self._collab.system(PORTFOLIO) as system:
            return tuple(reversed(system.groups.list()))

    def everybody_writes(self) -> None:
        """Let each of the six write to the broker's teambox."""
        for writer in SIX:
            with self._collab.desk(writer, portfolio=PORTFOLIO) as desk:
                talk = desk.talks.start(
                    self._teambox,
                    subject=self._words.subjects[writer],
                    text=self._words.texts[writer],
                )
                [message] = desk.talks.view(talk.id).messages
                self.sent[message.id] = message.sender

    def who_sees_whom(self) -> Sees:
        """Ask each of the six which of the messages they see."""
        answers = {}
        for reader in SIX:
            with self._collab.desk(reader, portfolio=PORTFOLIO) as desk:
                answers[reader] = frozenset(self.sent[id] for id in desk.messages.visible(self.sent))
        return answers

    def preview(self, group: str, on: bool) -> Preview:
        """Let the clerk ask what ticking or unticking a group's box would do."""
        with self._collab.desk(CLERK, portfolio=PORTFOLIO) as desk:
            return desk.groups.preview(share_cases=(self._groups[group], on))

    def tick(self, group: str, on: bool) -> None:
        """Let the clerk tick or untick a group's box."""
        with self._collab.desk(CLERK, portfolio=PORTFOLIO) as desk:
            desk.groups.share_cases(self._groups[group], on)

    def explanations(self, message: str, readers: Iterable[str]) -> list[Explanation]:
        """Let readers ask why they see a message."""
        answers = []
        for reader in readers:
            with self._collab.desk(reader, portfolio=PORTFOLIO) as desk:
                answers.append(desk.explain(message))
        return answers

    def clerk_asks(self, whom: str) -> Message:
        """Let the clerk write to somebody, and return the message."""
        with self._collab.desk(CLERK, portfolio=PORTFOLIO) as desk:
            talk = desk.talks.start(whom, subject=self._words.question_subject, text=self._words.question)
            return desk.talks.view(talk.id).messages[0]

    def audience(self, writer: str, question: Message) -> Audience:
        """Let somebody ask who would read their answer, copied to the teambox."""
        with self._collab.desk(writer, portfolio=PORTFOLIO) as desk:
            return desk.talks.audience(message=question.id, observers=self._teambox)

    def answer(self, writer: str, question: Message, *, sent_for: str) -> Message:
        """Let somebody answer in a colleague's place, copied to the teambox."""
        with self._collab.desk(writer, portfolio=PORTFOLIO) as desk:
            return desk.talks.reply(question.id, self._words.answer, sent_for=sent_for, observers=self._teambox)

    def excerpts(self, talk: str, messages: Iterable[str]) -> dict[str, Excerpt]:
        """Ask everybody what they see of a talk."""
        ids, answers = tuple(messages), {}
        for reader in EVERYBODY:
            with self._collab.desk(reader, portfolio=PORTFOLIO) as desk:
                seen = frozenset(desk.messages.visible(ids))
                try:
                    shown = len(desk.talks.view(talk).messages)
                except NotFound:
                    shown = 0
            answers[reader] = Excerpt(seen, shown)
        return answers

    def copying_refused(self, person: str, group: str) -> CollabError | None:
        """Let the clerk put somebody into a second main group, and return the refusal."""
        try:
            with self._collab.desk(CLERK, portfolio=PORTFOLIO) as desk:
                desk.groups.add_members(self._groups[group], [person])
        except CollabError as refusal:
            return refusal
        return None

    def preview_move(self, person: str, group: str) -> Preview:
        """Let the clerk ask what moving somebody to another main group would do."""
        with self._collab.desk(CLERK, portfolio=PORTFOLIO) as desk:
            return desk.groups.preview(move_main=(person, self._groups[group]))

    def get_refused(self, reader: str, message: str) -> CollabError | None:
        """Let somebody open a message, and return the refusal."""
        try:
            with self._collab.desk(reader, portfolio=PORTFOLIO) as desk:
                desk.messages.get(message)
        except CollabError as refusal:
            return refusal
        return None

    def message_of(self, writer: str) -> str:
        """Return the id of a writer's message to the teambox."""
        return next(id for id, sender in self.sent.items() if sender == writer)

    @property
    def _teambox(self) -> ItemRef:
        return ItemRef("group", self._groups["teambox"])
