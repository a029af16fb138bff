"""First steps: two colleagues, one box, and what it changes.

To run::

    python examples/first_steps.py

It prints::

    b2 sees 0 messages
    before the box is ticked: b2: +1 −0 messages, +0 −0 cases
    b2 sees 1 message: When did the pipe burst?
    why: member of “Clerks”, shared with b1, who received it
    b2 would write to: b1, b2, x1
    sent by b2 for b1: On Sunday night.
    b1 sees 2 messages
    c1 is told: There is no talk here.
"""

from __future__ import annotations

import collabcase
from collabcase import Collab, Feature, NotFound

PORTFOLIO = "hamburg"


def main() -> None:
    """Set up a portfolio, and let two colleagues work."""
    with collabcase.open() as collab:
        clerks = set_up(collab)
        talk = ask(collab)
        print("b2 sees", count(collab, "b2"))
        tick(collab, clerks)
        stand_in(collab, talk)
        print("b1 sees", count(collab, "b1"))
        try:
            with collab.desk("c1", portfolio=PORTFOLIO) as desk:
                desk.talks.view(talk)
        except NotFound as error:
            print(f"c1 is told: There is no {error.kind} here.")


def set_up(collab: Collab) -> str:
    """Let the host add people and a group, and return the group's id; nobody shares yet."""
    collab.create_portfolio(PORTFOLIO, title="Hamburg portfolio")
    with collab.system(PORTFOLIO) as system:
        system.people.add("x1", name="Hanna Harms")
        for id, name in {"b1": "Bea Brunner", "b2": "Bogdan Berg", "c1": "Carla Conrad"}.items():
            system.people.add(id, name=name, internal=False)
        system.features.enable(Feature.SHARE_CASES)
        return system.groups.create("Clerks", main=True, members=["b1", "b2"]).id


def ask(collab: Collab) -> str:
    """Let the broker's clerk ask b1, and return the talk's id."""
    with collab.desk("x1", portfolio=PORTFOLIO) as desk:
        return desk.talks.start("b1", subject="Policy 4711", text="When did the pipe burst?").id


def count(collab: Collab, person: str) -> str:
    """Return how many messages a person sees."""
    with collab.desk(person, portfolio=PORTFOLIO) as desk:
        found = len(desk.messages.search())
    return f"{found} message" if found == 1 else f"{found} messages"


def tick(collab: Collab, group: str) -> None:
    """Let the host look at what a box would reveal, and tick it."""
    with collab.system(PORTFOLIO) as system:
        print("before the box is ticked:", system.groups.preview(share_cases=(group, True)))
        system.groups.share_cases(group, True)


def stand_in(collab: Collab, talk: str) -> None:
    """Let b2 read what b1 was asked, and answer in b1's place."""
    with collab.desk("b2", portfolio=PORTFOLIO) as desk:
        [question] = desk.talks.view(talk).messages
        print(f"b2 sees {count(collab, 'b2')}: {question.text}")
        print("why:", desk.explain(question).reasons[0])
        audience = desk.talks.audience(message=question.id)
        readers = {reader.person for line in audience.lines for reader in line.readers}
        print("b2 would write to:", ", ".join(sorted(readers)))
        answer = desk.talks.reply(question.id, "On Sunday night.")
        print(f"sent by {answer.sender} for {answer.sent_for}: {answer.text}")


if __name__ == "__main__":
    main()
