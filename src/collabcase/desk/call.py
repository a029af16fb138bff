"""The way of one call: open a transaction, see who acts, and let the verb do its part."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from attrs import Factory, define, frozen

from collabcase.clock import Clock, to_millis
from collabcase.desk import cursor
from collabcase.errors import DeskClosed, Forbidden, InvalidInput, NotFound
from collabcase.ids import IdMaker, Kind, decode
from collabcase.locking.windows import Leases
from collabcase.model import inputs
from collabcase.model.event import NewEvent
from collabcase.model.group import Right
from collabcase.model.item import ItemRef
from collabcase.model.portfolio import older
from collabcase.storage.interfaces import Actor, Scope, Stores, Transaction, UnitOfWork

FURTHEST = (1 << 63) - 1
"""The first position of a list that runs downwards."""


class MaySee(Protocol):
    """A function of the host's: which of some persons may see a thing of the host's own (L8)."""

    def __call__(self, persons: Sequence[str], ref: ItemRef, *, portfolio: str) -> Collection[str]:
        """Return those of the persons, by id, who may see the thing; called outside any transaction that writes."""
        ...


@frozen
class Office:
    """What all desks of one Collab share.

    Attributes:
        stores: where things are kept.
        clock: tells the time.
        ids: makes numbers for new things.
        origin: the number that marks this Collab's events.
        horizon: tells up to which event everything is final, for whoever begins to read from then on.
        leases: how long windows are believed to be there.
        may_see: tells who may see the host's own things; None where the host does not say.
    """

    stores: Stores
    clock: Clock
    ids: IdMaker
    origin: int
    horizon: Callable[[], int]
    leases: Leases
    may_see: MaySee | None = None


@frozen(eq=False)
class Call:
    """One verb under way: who acts, where, and when.

    Attributes:
        office: what the desk's Collab lends.
        scope: the open transaction within the portfolio.
        portfolio: the portfolio's id.
        actor: who acts, read just now.
        system: whether it is the host itself.
        now: the moment in milliseconds.
        client_version: of the program the person sits at, None for the newest (T6).
        events: what happened so far in the desk; stored at its end.
        made: the numbers made so far in the desk.
        writes: whether it may write; a reading call stands on its snapshot and takes no locks.
        window: the id of the window it is made from; None for none (L6).
        token: of the lock it is made under; None where the window's present lock counts.
    """

    office: Office
    scope: Scope
    portfolio: str
    actor: Actor
    system: bool
    now: int
    client_version: str | None
    events: list[NewEvent]
    made: list[int]
    writes: bool
    window: str | None = None
    token: int | None = None

    @property
    def stores(self) -> Stores:
        """Where things are kept."""
        return self.office.stores

    @property
    def shows_sent_for(self) -> bool:
        """Whether the program tells the sender from who was answered for (T6)."""
        return self.client_version is None or not older(self.client_version, self.actor.sent_for_since)

    def require(self, right: Right) -> None:
        """Refuse who lacks a right; the system has all.

        Raises:
            Forbidden: naming it.
        """
        if not self.system and right not in self.actor.rights:
            raise Forbidden(right.value, "your main group does not give the right to do this.", "G6")

    def lock(self, principals: Collection[int], *, exclusive: bool = False) -> None:
        """Lock principals, shared to involve them, exclusively to change memberships; before any lock of a thing."""
        if self.writes:
            self.stores.people.lock(self.scope, principals, exclusive=exclusive)

    def lock_talk(self, talk: int, *, exclusive: bool = False) -> None:
        """Lock a talk, shared to send into it, exclusively to change who is on it."""
        if self.writes:
            self.stores.talks.lock(self.scope, talk, exclusive=exclusive)

    def new_id(self, kind: Kind, *, after: int = 0) -> int:
        """Return the number of a new thing, greater than the one it belongs to and than those made here before.

        Numbers rise within a desk only: over a process they would tell how much others make.
        """
        self.made.append(self.office.ids.new(kind, self.now, after=max([after, *self.made[-1:]])))
        return self.made[-1]

    def emit(self, kind: str, item: int, *fields: str, told: Iterable[int] = (), by_host: bool = False) -> None:
        """Note an event of this unit of work; `told` and `by_host` are those of `NewEvent`."""
        self.events.append(NewEvent(kind, item, fields, tuple(sorted(set(told))), by_host))

    def first_result(self, key: str | None, verb: str, item: int) -> int:
        """Keep an idempotency key for an item about to be made, and return the item kept for it (I3).

        Raises:
            InvalidInput: the key was used for another verb.
        """
        if key is None:
            return item
        kept_verb, kept = self.stores.requests.claim(self.scope, self.actor.no, key, verb, item)
        if kept_verb != verb:
            raise InvalidInput("key", f"was used for {kept_verb} before; choose another")
        return kept

    def earlier(self, key: str | None, verb: str) -> int | None:
        """Return the item made under a key before, if any.

        Raises:
            InvalidInput: the key was used for another verb.
        """
        kept = None if key is None else self.stores.requests.find(self.scope, self.actor.no, key)
        if kept is None:
            return None
        if kept[0] != verb:
            raise InvalidInput("key", f"was used for {kept[0]} before; choose another")
        return kept[1]

    def position(self, question: str, given: object, *, first: int) -> int:
        """Return the position a cursor stands for, or `first` without one."""
        return first if given is None else cursor.unseal(self.actor.seal, self._bound(question), given)

    def cursor(self, question: str, position: int) -> str:
        """Return the cursor of a position of a question of this person's."""
        return cursor.seal(self.actor.seal, self._bound(question), position)

    def _bound(self, question: str) -> str:
        return f"{self.actor.portfolio}/{self.actor.no}/{question}"


@define(eq=False)
class Calls:
    """Opens calls for the verbs of one desk.

    Attributes:
        office: what the desk's Collab lends.
        work: its transactions.
        portfolio: where.
        person: who acts; None for the host itself.
        client_version: of the program the person sits at (T6).
        after_commit: called at the end of the desk.
        joined: whether it works inside a host's transaction. There every verb stores its own events, so that they
            go with it when the host rolls back a savepoint.
        open: whether verbs may be called.
        window: the id of the window its verbs are made from; None for none (L6).
        token: of the lock they are made under; None where the window's present lock counts.
    """

    office: Office
    work: UnitOfWork
    portfolio: str
    person: str | None
    client_version: str | None
    after_commit: Callable[[], None]
    joined: bool = False
    open: bool = False
    window: str | None = None
    token: int | None = None
    _events: list[NewEvent] = Factory(list)
    _made: list[int] = Factory(list)
    _written_by: Actor | None = None

    @contextmanager
    def reading(self) -> Iterator[Call]:
        """Open a call that only reads."""
        self._check_open()
        with self.work.reading() as tx:
            yield self._call(tx, writes=False)

    @contextmanager
    def writing(self) -> Iterator[Call]:
        """Open a call that may write."""
        self._check_open()
        with self.work.writing() as tx:
            call = self._call(tx, writes=True)
            self._written_by = call.actor
            yield call
            if self.joined and self._events:
                self._append(call.actor)

    def finish(self) -> None:
        """Store the events, commit, and let what waits for the commit know."""
        happened = bool(self._events)
        try:
            if happened and self._written_by is not None:
                self._append(self._written_by)
            self.work.commit()
        except BaseException:
            self.work.rollback()
            raise
        if happened:
            self.after_commit()

    def _append(self, actor: Actor) -> None:
        with self.work.writing() as tx:
            self.office.stores.events.append(
                tx.within(actor.portfolio),
                self._events,
                actor=actor.no,
                at=to_millis(self.office.clock.now()),
                origin=self.office.origin,
            )
        self._events.clear()

    def _check_open(self) -> None:
        if not self.open:
            raise DeskClosed("This desk is not open; its verbs work inside its with block.")

    def _call(self, tx: Transaction, *, writes: bool) -> Call:
        actor = self._system(tx) if self.person is None else self._person(tx, self.person)
        return Call(
            office=self.office,
            scope=tx.within(actor.portfolio),
            portfolio=self.portfolio,
            actor=actor,
            system=self.person is None,
            now=to_millis(self.office.clock.now()),
            client_version=self.client_version,
            events=self._events,
            made=self._made,
            writes=writes,
            window=self.window,
            token=self.token,
        )

    def _person(self, tx: Transaction, person: str) -> Actor:
        actor = self.office.stores.people.actor(tx, self.portfolio, person)
        return acting(actor, person)

    def _system(self, tx: Transaction) -> Actor:
        found = self.office.stores.portfolios.find(tx, self.portfolio)
        if found is None:
            raise NotFound("portfolio", self.portfolio)
        no, portfolio, key = found
        return Actor(
            portfolio=no,
            no=0,
            id="",
            internal=True,
            active=True,
            rights=frozenset(Right),
            seal=key,
            sent_for_since=portfolio.sent_for_since,
        )


def acting(actor: Actor | None, id: str) -> Actor:
    """Return who acts, if there is such a person and they may.

    Raises:
        NotFound: there is none.
        Forbidden: they are deactivated (G7).
    """
    if actor is None:
        raise NotFound(Kind.PERSON.value, id)
    if not actor.active:
        raise Forbidden("active", f"{id!r} is deactivated and may not act; the host can activate them.", "G7")
    return actor


def number(id: object, kind: Kind) -> int:
    """Return the number of an outside id.

    Raises:
        InvalidInput: it is no str.
        NotFound: it is no id of this kind; worded as for one never issued (V12).
    """
    text = inputs.line("id", id)
    found = decode(text, kind)
    if found is None:
        raise NotFound(kind.value, text)
    return found
