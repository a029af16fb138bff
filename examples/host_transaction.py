"""In a host's transaction: the host's row and our message are kept together, or neither.

To run::

    python examples/host_transaction.py

It prints::

    stored: claim 17, with 1 message
    signal: message.sent by x1
    the insurer's system is down
    stored: claim 17, with 1 message
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, String, Table, create_engine, func, insert, select

import collabcase
from collabcase import Collab, Event

PORTFOLIO = "hamburg"

metadata = MetaData()
claim = Table("claim", metadata, Column("no", Integer, primary_key=True), Column("talk", String(40), nullable=False))


def main() -> None:
    """Open two claims; the second fails half way."""
    with tempfile.TemporaryDirectory() as folder:
        engine = prepare(Path(folder) / "host.db")
        collab = collabcase.embed(engine)
        set_up(collab)
        collab.signals.connect(hear, "message.sent")

        with engine.begin() as connection:
            open_claim(collab, connection, 17)
        show(collab, engine)
        collab.pump()

        try:
            with engine.begin() as connection:
                open_claim(collab, connection, 18)
                raise RuntimeError("the insurer's system is down")
        except RuntimeError as error:
            print(error)
        collab.pump()
        show(collab, engine)

        collab.close()
        engine.dispose()


def prepare(file: Path) -> Engine:
    """Return the host's engine, with the host's tables and ours."""
    engine = create_engine(f"sqlite:///{file}")
    collabcase.configure_sqlite(engine)
    collabcase.upgrade(engine)
    metadata.create_all(engine)
    return engine


def set_up(collab: Collab) -> None:
    """Add a portfolio with two people."""
    collab.create_portfolio(PORTFOLIO)
    with collab.system(PORTFOLIO) as system:
        system.people.add("x1", name="Hanna Harms")
        system.people.add("b1", name="Bea Brunner", internal=False)


def hear(portfolio: str, event: Event) -> None:
    """Receive a signal."""
    print(f"signal: {event.kind} by {event.actor}")


def open_claim(collab: Collab, connection: Connection, no: int) -> None:
    """Ask the client about a claim, and store the claim with the talk, in one transaction."""
    with collab.desk("x1", portfolio=PORTFOLIO, connection=connection) as desk:
        talk = desk.talks.start("b1", subject=f"Claim {no}", text="What happened?", host_ref=f"claim/{no}")
    connection.execute(insert(claim).values(no=no, talk=talk.id))


def show(collab: Collab, engine: Engine) -> None:
    """Print what is stored."""
    with engine.connect() as connection:
        last = connection.execute(select(func.max(claim.c.no))).scalar_one()
    with collab.desk("x1", portfolio=PORTFOLIO) as desk:
        print(f"stored: claim {last}, with {len(desk.messages.search())} message")


if __name__ == "__main__":
    main()
