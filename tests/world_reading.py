"""The oracle's read state: what is unread under which heading, and which questions are answered (see `world`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from world_rule import Group, Item, Message, Principal, Refused, Row
from world_shown import Shown

Heading = Literal["mine", "teambox", "shared"]

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


class ReadView(NamedTuple):
    """What somebody is shown of a message's read state; of dismissals, who, why and when, the first one first."""

    answered: bool
    waived: bool
    dismissals: tuple[tuple[str | None, str, datetime], ...]
    unread: bool


class Reading(Shown):
    """One portfolio with the verbs of reading and of questions (T4, T5)."""

    def __init__(self, sent_for_since: str = "4.8.0.64470") -> None:
        super().__init__(sent_for_since)
        self.sent: dict[int, datetime] = {}
        self.marks: set[tuple[str, int]] = set()
        self.counting: dict[int, set[tuple[Principal, int]]] = {}
        self.waived: set[int] = set()
        self.dismissed: dict[int, dict[str, tuple[str, datetime]]] = {}

    # ---------------------------------------------------------------- verbs

    def mark_read(self, actor: str, messages: int | Iterable[int]) -> None:
        """Mark messages read, all or none."""
        self._acting(actor)
        labels = [messages] if isinstance(messages, int) else list(messages)
        for label in labels:
            self._seen(actor, label)
        if any(self.must_answer(actor, label) for label in labels):
            raise Refused("answer_required", "messages")
        self.marks |= {(actor, label) for label in labels}

    def dismiss(self, actor: str, message: int, reason: str) -> None:
        """Say that one will not answer; what was said first stays."""
        self._question(actor, message)
        if not self._is_asked(actor, message):
            raise Refused("forbidden", "dismiss")
        self._guard(actor, self._talk_of(message))
        said = self.dismissed.setdefault(message, {})
        if actor not in said:
            said[actor] = reason, self.now
            self.events.append(("message.dismissed", message))

    def waive(self, actor: str, message: int) -> None:
        """Let everybody off answering."""
        self._question(actor, message)
        if actor not in self._askers(self.messages[message]):
            raise Refused("forbidden", "waive")
        self._guard(actor, self._talk_of(message))
        if message not in self.waived:
            self.waived.add(message)
            self.events.append(("message.waived", message))

    def unread(self, actor: str) -> dict[Heading, int]:
        """Count what somebody has not read, by heading."""
        self._acting(actor)
        found = [self.heading(actor, label) for label in self.visible(actor)]
        return {"mine": found.count("mine"), "teambox": found.count("teambox"), "shared": found.count("shared")}

    # ---------------------------------------------------------------- what they stand on

    def heading(self, person: str, label: int) -> Heading | None:
        """Give the heading under which a message is unread for somebody; None where it is read, or none fits."""
        message, sent = self.messages[label], self.sent.get(label, _ALWAYS)
        if message.sender == person or (person, label) in self.marks:
            return None
        named = {row.principal for row in message.rows()}
        if person in named:
            return "mine"
        groups = [who.label for who in named if isinstance(who, Group)]
        if any(person in self.groups[one].members and self._since(one, person) <= sent for one in groups):
            return "teambox"
        received = [who for who in message.to if isinstance(who, str) and self._reaches(label, who)]
        if any(begin <= sent for who in received for begin in self.sharing_since(person, who).values()):
            return "shared"
        return None

    def sharing_since(self, viewer: str, person: str) -> dict[str, datetime]:
        """Give since when a viewer shares with somebody, by the group."""
        return {
            label: max(self._since(*key) for key in ((label, viewer), (label, person), (label,), ()))
            for label in self.shared(viewer, person)
        }

    def member_since(self, person: str) -> dict[str, datetime]:
        """Give since when somebody is in their groups."""
        return {label: self._since(label, person) for label in self.groups_of(person)}

    def read_view(self, person: str, label: int) -> ReadView:
        """Give what somebody is shown of a message's read state."""
        message, counting = self.messages[label], self.counting.get(label, set())
        answered = any(self.sees(person, answer) for _, answer in counting)
        told = self.dismissed.get(label, {}) if person in self._askers(message) else {}
        return ReadView(
            answered=answered or (self._is_addressed(person, message) and self._is_answered(person, label)),
            waived=label in self.waived,
            dismissals=tuple(
                (who if self.knows(person, who) else None, *said)
                for who, said in sorted(told.items(), key=lambda one: (one[1][1], one[0]))
            ),
            unread=self.heading(person, label) is not None,
        )

    def pass_on(self, label: int, old: set[Principal], new: Principal) -> None:
        """Let what answers a question for some answer it for who is asked in their place."""
        counting = self.counting.get(label, set())
        counting |= {(new, answer) for who, answer in counting if who in old}

    def _move(self, old: Group, new: Group) -> None:
        super()._move(old, new)
        for label in self.counting:
            self.pass_on(label, {old}, new)

    def must_answer(self, person: str, label: int) -> bool:
        """Tell whether a question waits for an answer of somebody's."""
        settled = label in self.waived or person in self.dismissed.get(label, {}) or self._is_answered(person, label)
        return self.messages[label].asks_answer and self._is_asked(person, label) and not settled

    def _is_asked(self, person: str, label: int) -> bool:
        message = self.messages[label]
        return self._is_addressed(person, message) and person not in self._askers(message)

    def _is_addressed(self, person: str, message: Message) -> bool:
        return person in message.to or any(Group(one) in message.to for one in self.groups_of(person))

    def _is_answered(self, person: str, label: int) -> bool:
        we = {person, *map(Group, self.groups_of(person))}
        return any(who in we for who, _ in self.counting.get(label, ()))

    @staticmethod
    def _askers(message: Message) -> set[str]:
        return {one for one in (message.sender, message.sent_for) if one is not None}

    def _talk_of(self, message: int) -> Item:
        return Item("talk", self.messages[message].talk)

    def _question(self, person: str, message: int) -> None:
        if not self._seen(person, message).asks_answer:
            raise Refused("invalid_input", "message")

    def _reaches(self, label: int, who: str) -> bool:
        return self.extends(Item("message", label), Row(who, "recipient"))

    def _since(self, *key: str) -> datetime:
        return self.since.get(key, _ALWAYS)

    def _note_sent(self, label: int) -> None:
        """Note when a message was sent, and for whom it answers a question (T4)."""
        message, self.sent[label] = self.messages[label], self.now
        question = None if message.answers is None else self.messages[message.answers]
        if message.answers is None or question is None or not question.asks_answer:
            return
        if self._askers(question) & message.to:
            for who in question.to:
                if isinstance(who, Group):
                    counts = message.sender in self.groups[who.label].members
                else:
                    counts = who == message.sender or bool(self.shared(message.sender, who))
                if counts:
                    self.counting.setdefault(message.answers, set()).add((who, label))
