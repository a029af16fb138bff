"""A host: tables of its own, and collabcase beside them in one database."""

from __future__ import annotations

from attrs import Factory, frozen
from sqlalchemy import Connection, Engine, Table, delete, func, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from collabcase import Collab, Desk, Event, Talk
from collabcase.storage.sql.tables import build

PREFIX = "collab_"


class Base(DeclarativeBase):
    """The host's models."""


class Policy(Base):
    """What the host keeps."""

    __tablename__ = "policy"

    name: Mapped[str] = mapped_column(primary_key=True)


POLICY: Table = Base.metadata.tables[Policy.__tablename__]


@frozen
class Host:
    """A host with collabcase embedded, and a portfolio ``p`` in which Ann (``a``) and Bob (``b``) may write.

    Attributes:
        engine: the host's own.
        collab: embedded in it.
        told: the events whose signals were sent.
        schema: of our tables.
        prefix: of our tables.
    """

    engine: Engine
    collab: Collab
    schema: str | None = None
    prefix: str = PREFIX
    told: list[Event] = Factory(list)

    def empty(self) -> None:
        """Remove all rows, the host's and ours."""
        tables = [*build(self.schema, self.prefix).metadata.sorted_tables, POLICY]
        with self.engine.begin() as connection:
            for table in reversed(tables):
                connection.execute(delete(table))

    def set_up(self) -> Host:
        """Add the portfolio, and listen from now on."""
        self.collab.create_portfolio("p")
        with self.collab.system("p") as system:
            system.people.add("a", name="Ann")
            system.people.add("b", name="Bob")
        self.collab.signals.connect(self.listen)
        return self

    def listen(self, portfolio: str, event: Event) -> None:
        assert portfolio == event.portfolio
        self.told.append(event)

    def kinds(self) -> list[str]:
        """Deliver what can be delivered, and return the kinds of all events told so far."""
        self.collab.pump()
        return [event.kind for event in self.told]

    def policies(self) -> set[str]:
        """Return the names of the host's committed policies."""
        with self.engine.connect() as connection:
            return set(connection.execute(select(POLICY.c.name)).scalars())

    def rows(self) -> dict[str, int]:
        """Return how many committed rows each table of ours has."""
        tables = build(self.schema, self.prefix).metadata.sorted_tables
        with self.engine.connect() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
            }

    def sent(self) -> list[str]:
        """Return the texts of all messages that Bob sees, oldest first."""
        with self.collab.desk("b", portfolio="p") as desk:
            return [message.text for message in reversed(desk.messages.search(limit=500))]


def book(connection: Connection, name: str) -> None:
    """Let the host write a policy."""
    connection.execute(insert(POLICY).values(name=name))


def break_off(desk: Desk) -> None:
    """Send a message, and then one to somebody unknown, which is refused."""
    desk.talks.start("b", subject="A subject", text="half")
    desk.talks.start("nobody", subject="A subject", text="the other half")


def write(host: Host, connection: Connection, text: str, *, person: str = "a") -> Talk:
    """Let a person send a message inside the host's transaction, from a desk of its own."""
    with host.collab.desk(person, portfolio="p", connection=connection) as desk:
        return desk.talks.start("b" if person == "a" else "a", subject="A subject", text=text)
