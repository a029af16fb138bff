"""A portfolio and the short words by which tests fill it."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import evolve, frozen

from collabcase.ids import KIND_BITS, Kind, kind_code
from collabcase.model.dictionary import Pairs
from collabcase.model.group import Group, Right
from collabcase.model.person import Person
from collabcase.model.portfolio import Portfolio
from collabcase.permissions.sight import Involvement, Role, extends
from collabcase.storage.interfaces import MessageRow, Scope, Stores, TalkRow, Transaction

SEAL = bytes(range(32))
"""The seal of every portfolio of a scene."""


@frozen
class Scene:
    """One portfolio within an open transaction.

    Attributes:
        stores: the adapter's.
        scope: the portfolio in the transaction.
        id: the portfolio's id.
    """

    stores: Stores
    scope: Scope
    id: str
    _serial: Iterator[int]

    @classmethod
    def new(cls, stores: Stores, tx: Transaction) -> Scene:
        """Create a portfolio; every scene counts its items from the same number."""
        id = f"scene {secrets.token_hex(8)}"
        no = stores.portfolios.create(tx, Portfolio(id, "A scene"), seal=SEAL)
        assert no is not None
        return cls(stores, tx.within(no), id, itertools.count(1000))

    def at(self, tx: Transaction) -> Scene:
        """Return the same portfolio in another transaction."""
        return evolve(self, scope=tx.within(self.scope.portfolio))

    def item(self, kind: Kind) -> int:
        """Return the number of a new thing."""
        return (next(self._serial) << KIND_BITS) | kind_code(kind)

    def person(self, id: str, **fields: Any) -> int:
        """Add a person and return their number."""
        return self.stores.people.add(self.scope, [Person(id, f"name of {id}", **fields)])[id]

    def persons(self, *ids: str) -> Iterator[int]:
        """Add persons and return their numbers in order."""
        numbers = self.stores.people.add(self.scope, [Person(id, f"name of {id}") for id in ids])
        return (numbers[id] for id in ids)

    def group(
        self,
        id: str,
        *members: int,
        main: bool = False,
        shares: bool = False,
        teambox: bool = False,
        open: bool = False,
        rights: Iterable[Right] = (),
    ) -> int:
        """Add a group with members and return its number."""
        group = Group(id, f"name of {id}", main, shares, teambox, open, rights=tuple(rights), host_ref=f"ref of {id}")
        no = self.stores.groups.add(self.scope, group, since=1)
        self.stores.groups.join(self.scope, no, members, main=main, since=1)
        return no

    def share(self, on: bool = True) -> None:
        """Switch the portfolio's feature."""
        self.stores.portfolios.set_sharing(self.scope, on, since=1)

    def talk(self, initiator: int, counterpart: int, *, subject: str = "a subject") -> int:
        """Add a talk and return its number."""
        talk = TalkRow(self.item(Kind.TALK), subject, initiator, counterpart, False, "ref of a talk")
        self.stores.talks.add(self.scope, talk)
        return talk.id

    def message(
        self,
        talk: int,
        sender: int,
        *to: int,
        observers: Iterable[int] = (),
        sent_for: int | None = None,
        answers: int | None = None,
        date: int = 5,
        text: str = "a text",
        type: str | None = None,
        data: Pairs = (),
    ) -> int:
        """Add a message with everybody on it and return its number."""
        id = self.item(Kind.MESSAGE)
        said = text, "a comment", date, 7, True, "ref of a message", type, data
        row = MessageRow(id, talk, sender, sent_for, answers, *said)
        self.stores.messages.add(self.scope, row, subject="a subject")
        self.involve(id, Role.SENDER, sender)
        self.involve(id, Role.RECIPIENT, *to)
        self.involve(id, Role.OBSERVER, *observers)
        self.involve(id, Role.SENT_FOR, *(() if sent_for is None else (sent_for,)))
        return id

    def involve(self, item: int, role: Role, *principals: int) -> None:
        """Involve principals, so that sharing reaches on where the rule lets it."""
        groups = self.stores.groups.among(self.scope, principals)
        kind = Kind.MESSAGE if role <= Role.OBSERVER else Kind.CASE
        self.stores.sights.involve(
            self.scope,
            item,
            [Involvement(no, role, extends(kind, role, to_group=no in groups)) for no in principals],
        )
