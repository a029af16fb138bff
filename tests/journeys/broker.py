"""A broker's portfolio with the people of the worked example (domain.md, section 2), set up by the public face."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from collabcase import Addressee, Collab, Desk, Feature, Group, Message, System
from collabcase.testing import MovableClock

PORTFOLIO = "hamburg"
CLIENT_PEOPLE = ("a1", "a2", "b1", "b2", "ga", "gb")
ORGANISATIONS = {"a": "Anker GmbH", "b": "Brandt GmbH"}
GF_RIGHTS = ("case.create", "sight.audit")


class Broker:
    """The portfolio: clerks a1 and a2 of client A, b1 and b2 of client B, managers ga and gb, and the house's x.

    Attributes:
        collab: where it lives.
        clock: moved by a second before everything that is sent, so that the order of arrival is certain.
        groups: its groups by name, as they were made.
    """

    def __init__(self, collab: Collab, clock: MovableClock, *, sharing: bool = True) -> None:
        self.collab = collab
        self.clock = clock
        collab.create_portfolio(PORTFOLIO)
        self.groups: dict[str, Group] = {}
        with self.system() as system:
            for person in CLIENT_PEOPLE:
                organisation = ORGANISATIONS[person[-2] if person[0] != "g" else person[-1]]
                system.people.add(person, name=person.upper(), internal=False, organisation=organisation)
            for person in ("x", "y"):
                system.people.add(person, name=person.upper())
            if sharing:
                system.features.enable(Feature.SHARE_CASES)
                self._make_groups(system)

    def _make_groups(self, system: System) -> None:
        for name, main, members, rights in (
            ("A", True, ["a1", "a2"], ()),
            ("B", True, ["b1", "b2"], ()),
            ("GF", True, ["ga", "gb"], GF_RIGHTS),
            ("B+", False, ["b1", "b2", "gb"], ()),
        ):
            self.groups[name] = system.groups.create(name, main=main, shares_cases=True, members=members, rights=rights)

    def system(self) -> System:
        """Open the host's unit of work."""
        return self.collab.system(PORTFOLIO)

    def desk(self, person: str, *, client_version: str | None = None) -> Desk:
        """Open somebody's unit of work."""
        return self.collab.desk(person, portfolio=PORTFOLIO, client_version=client_version)

    def id(self, group: str) -> str:
        """Return a group's id by its name."""
        return self.groups[group].id

    def group(self, name: str, members: Iterable[str] = (), *, shares: bool = False, teambox: bool = False) -> Group:
        """Make a secondary group; its teambox, if any, is open."""
        with self.system() as system:
            made = system.groups.create(name, members=members, shares_cases=shares, teambox=teambox, open=teambox)
        self.groups[name] = made
        return made

    def people(self, *persons: str, internal: bool = True) -> None:
        """Add persons of no group."""
        with self.system() as system:
            for person in persons:
                system.people.add(person, name=person.upper(), internal=internal)

    def share(self, group: str, on: bool) -> None:
        """Tick or untick a group's box."""
        with self.system() as system:
            system.groups.share_cases(self.id(group), on)

    def send(
        self,
        sender: str,
        to: Addressee | Iterable[Addressee],
        *,
        observers: Iterable[Addressee] = (),
        confidential: bool = False,
        subject: str = "Police 4711",
    ) -> Message:
        """Let somebody start a talk, and return its first message."""
        self.clock.move(seconds=1)
        with self.desk(sender) as desk:
            talk = desk.talks.start(to, subject=subject, text="…", observers=observers, confidential=confidential)
            return desk.talks.view(talk.id).messages[0]

    def answer(
        self,
        sender: str,
        message: Message,
        *,
        to: Addressee | Iterable[Addressee] | None = None,
        observers: Iterable[Addressee] = (),
        drop_observers: Iterable[Addressee] = (),
        sent_for: str | None = None,
    ) -> Message:
        """Let somebody answer a message."""
        self.clock.move(seconds=1)
        with self.desk(sender) as desk:
            return desk.talks.reply(
                message.id, "…", to=to, observers=observers, drop_observers=drop_observers, sent_for=sent_for
            )

    def sees(self, person: str, message: Message) -> bool:
        """Tell whether somebody sees a message."""
        return self.seen_by(person, [message]) == [message.id]

    def seen_by(self, person: str, messages: Iterable[Message]) -> list[str]:
        """Return the ids of those messages that somebody sees."""
        with self.desk(person) as desk:
            return list(desk.messages.visible([message.id for message in messages]))

    def viewers(self, message: Message, persons: Iterable[str] = (*CLIENT_PEOPLE, "x", "y")) -> set[str]:
        """Return who sees a message."""
        return {person for person in persons if self.sees(person, message)}


def read(message: Message) -> Message:
    """Return a message as if it were read, so that what two viewers are shown compares."""
    return evolve(message, unread=False)


def names(message: Message) -> dict[str, object]:
    """Return who is named on a message, by role, as ids."""
    return {
        "sender": message.sender,
        "sent_for": message.sent_for,
        "to": [ref.id for ref in message.to],
        "observers": [ref.id for ref in message.observers],
    }
