"""Who plays: a broker, two clients and their groups; set up as a host would do it."""

from __future__ import annotations

from collabcase import Collab, Feature, Person, Right
from collabcase.demo.words import Words

PORTFOLIO = "hamburg"
CLERK = "x1"
"""The broker's clerk, who may manage groups."""
SIX = ("a1", "a2", "b1", "b2", "ga", "gb")
"""The people of the two clients, in the order of the table."""
EVERYBODY = (*SIX, "x1", "x2")

_BROKER, _CLIENT_A, _CLIENT_B = "Harms & Co.", "Ahlers Logistik", "Brandt Bau"
_PEOPLE = (
    Person("x1", "Hanna Harms", organisation=_BROKER),
    Person("x2", "Henning Holm", organisation=_BROKER),
    Person("a1", "Antje Arendt", internal=False, organisation=_CLIENT_A),
    Person("a2", "Amir Aydin", internal=False, organisation=_CLIENT_A),
    Person("b1", "Bea Brunner", internal=False, organisation=_CLIENT_B),
    Person("b2", "Bogdan Berg", internal=False, organisation=_CLIENT_B),
    Person("ga", "Gesine Ahlers", internal=False, organisation=_CLIENT_A),
    Person("gb", "Georg Brandt", internal=False, organisation=_CLIENT_B),
)


def set_up(collab: Collab, words: Words) -> dict[str, str]:
    """Create the portfolio, its people and its groups.

    Returns:
        The groups' ids by their short names: A, B, GF, B+, and "teambox" for the broker's.
    """
    collab.create_portfolio(PORTFOLIO, title=words.portfolio)
    with collab.system(PORTFOLIO) as system:
        system.people.sync(_PEOPLE)
        system.features.enable(Feature.SHARE_CASES)
        make = system.groups.create
        broker = make(
            words.teambox, main=True, members=["x1", "x2"], teambox=True, open=True, rights=[Right.GROUP_MANAGE]
        )
        groups = [
            make("A", main=True, members=["a1", "a2"], shares_cases=True),
            make("B", main=True, members=["b1", "b2"], shares_cases=True),
            make("GF", main=True, members=["ga", "gb"], shares_cases=True, rights=[Right.CASE_CREATE]),
            make("B+", members=["b1", "b2", "gb"], shares_cases=True),
        ]
    return {"teambox": broker.id, **{group.name: group.id for group in groups}}
