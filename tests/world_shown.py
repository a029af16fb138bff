"""The oracle's answers: what somebody is shown of talks and messages, and told of why (see `world`)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from world_people import People
from world_rule import Message, Path, Principal, Refused


class TalkView(NamedTuple):
    """A talk as one person sees it; messages oldest first, observers with those to be copied on answers."""

    subject: str
    initiator: Principal | None
    counterpart: Principal | None
    participants: frozenset[Principal]
    observers: frozenset[Principal]
    messages: tuple[int, ...]


class MessageView(NamedTuple):
    """A message as one person's program shows it."""

    sender: str
    sent_for: str | None
    to: frozenset[Principal]
    observers: frozenset[Principal]
    answers: int | None


def version(text: str) -> list[int]:
    """Read a client program's version, so that versions compare as lists."""
    try:
        parts = [int(part) for part in text.split(".")]
    except ValueError:
        raise Refused("invalid_input", "client_version") from None
    while parts and parts[-1] == 0:
        parts.pop()
    return parts


class Shown(People):
    """One portfolio with the verbs that only read."""

    def view(self, person: str, talk: int) -> TalkView:
        """Show a talk as far as somebody sees its messages (V6, T1)."""
        seen = self._seen_talk(person, talk)
        state = self.talks[talk]
        messages = [self.messages[label] for label in seen]
        participants = frozenset(row.principal for message in messages for row in message.rows())
        observers = frozenset(who for message in messages for who in message.observers | message.standing)
        told = participants if self.sees(person, state.messages[0]) else frozenset()
        initiator, counterpart = (side if side in told else None for side in (state.initiator, state.counterpart))
        return TalkView(state.subject, initiator, counterpart, participants, observers, tuple(seen))

    def message(self, person: str, message: int, client_version: str | None = None) -> MessageView:
        """Show a message, to an old client program with `sent_for` as its sender (T6)."""
        seen = self._seen(person, message)
        sender, sent_for = seen.sender, seen.sent_for
        if self._older(client_version) and sent_for is not None:
            sender, sent_for = sent_for, None
        answers = seen.answers if seen.answers is not None and self.sees(person, seen.answers) else None
        return MessageView(sender, sent_for, frozenset(seen.to), frozenset(seen.observers), answers)

    def search(
        self,
        person: str,
        author: str | None = None,
        recipient: Principal | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[int]:
        """Find visible messages, newest first; an author has sent or been sent for; `until` is excluded."""
        self._acting(person)
        if any(who is not None and not self.knows(person, who) for who in (author, recipient)):
            raise Refused("not_found", "author or recipient")
        found = []
        for label in self.visible(person):
            message = self.messages[label]
            date = message.date or self.now
            if (
                (author is None or author in (message.sender, message.sent_for))
                and (recipient is None or recipient in message.to)
                and (since is None or since <= date)
                and (until is None or date < until)
            ):
                found.append(label)
        return found

    def reply_options(self, person: str, message: int, client_version: str | None = None) -> set[str]:
        """Give the senders that answering offers: those of the talk's messages the answerer sees (T3)."""
        talk = self._answerable(person, message).talk
        seen = self._seen_talk(person, talk)
        return {self.message(person, label, client_version).sender for label in seen} - {person}

    def explain(self, actor: str | None, message: int, person: str | None = None) -> set[Path]:
        """Give the paths by which somebody sees a message; about others only to auditors, system (V14)."""
        about = actor if person is None else person
        if actor is not None:
            self._acting(actor)
        exists = 0 <= message < len(self.messages)
        audits = actor is None or "sight.audit" in self.rights(actor)
        if about is None:
            raise Refused("invalid_input", "person")
        if not exists or not (audits or (actor is not None and self.sees(actor, message))):
            raise Refused("not_found", "message")
        if about not in self.persons or not (actor is None or audits or self.knows(actor, about)):
            raise Refused("not_found", "person")
        if about != actor and not audits:
            raise Refused("forbidden", "sight.audit")
        paths = self.paths(about, message)
        return paths if actor is None else {self._told(actor, path) for path in paths}

    # ---------------------------------------------------------------- what all of them need

    def _seen(self, person: str, message: int) -> Message:
        self._acting(person)
        if not 0 <= message < len(self.messages) or not self.sees(person, message):
            raise Refused("not_found", "message")
        return self.messages[message]

    def _seen_talk(self, person: str, talk: int) -> list[int]:
        """Give the messages of a talk that somebody sees, oldest first; none is no talk (V6, V12)."""
        self._acting(person)
        messages = self.talks[talk].messages if 0 <= talk < len(self.talks) else []
        seen = [label for label in messages if self.sees(person, label)]
        if not seen:
            raise Refused("not_found", "talk")
        return seen

    def _answerable(self, person: str, message: int) -> Message:
        seen = self._seen(person, message)
        if not self.may("answer", person, message):
            raise Refused("forbidden", "answer")
        return seen

    def _own(self, person: str, message: int) -> bool:
        """Tell whether somebody sees a message by V1 or V2, not only as a peer."""
        return any(path.relation != "peer" for path in self.paths(person, message))

    def _older(self, client_version: str | None) -> bool:
        return client_version is not None and version(client_version) < version(self.sent_for_since)

    def _told(self, actor: str, path: Path) -> Path:
        """Replace by None whom the actor may not know."""
        known = self.known_groups(actor)
        principal = path.principal if path.principal and self.knows(actor, path.principal) else None
        return path._replace(
            principal=principal,
            sharing=frozenset(label if label in known else None for label in path.sharing),
        )
