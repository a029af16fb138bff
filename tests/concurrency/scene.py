"""Portfolios to act in."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

from collabcase import Collab, CollabError, Feature, Group, TryAgain

T = TypeVar("T")
P = ParamSpec("P")

NO_GROUPS: Mapping[str, Mapping[str, Any]] = {}


def set_up(
    collab: Collab,
    persons: Iterable[str],
    groups: Mapping[str, Mapping[str, Any]] = NO_GROUPS,
    portfolio: str = "p",
) -> dict[str, Group]:
    """Create a portfolio with the feature on and internal persons, and return its groups by name.

    Args:
        collab: where.
        persons: their ids.
        groups: for each name what `groups.create` takes.
        portfolio: its id.
    """
    collab.create_portfolio(portfolio)
    with collab.system(portfolio) as system:
        system.features.enable(Feature.SHARE_CASES)
        for person in persons:
            system.people.add(person, name=person)
        return {name: system.groups.create(name, **given) for name, given in groups.items()}


def send(collab: Collab, sender: str, to: Any, text: str, portfolio: str = "p", **more: Any) -> str:
    """Start a talk and return its id; subject and text are alike."""
    with collab.desk(sender, portfolio=portfolio) as desk:
        return desk.talks.start(to, subject=text, text=text, **more).id


def first_message(collab: Collab, viewer: str, talk: str, portfolio: str = "p") -> str:
    """Return the id of the oldest message of a talk that somebody sees."""
    with collab.desk(viewer, portfolio=portfolio) as desk:
        return desk.talks.view(talk).messages[0].id


def texts(collab: Collab, viewer: str, portfolio: str = "p") -> set[str]:
    """Return the texts of everything somebody sees; at most 500."""
    with collab.desk(viewer, portfolio=portfolio) as desk:
        return {message.text for message in desk.messages.search(limit=500)}


def insist(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do a whole unit of work again while the database asks for it, as `Collab.run` does for persons."""
    while True:
        try:
            return work(*args, **kwargs)
        except TryAgain:
            time.sleep(random.uniform(0, 0.01))


def outcome(work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> str:
    """Return the code of the error that a unit of work ends with, or ``done``."""
    try:
        insist(work, *args, **kwargs)
    except CollabError as error:
        return error.code
    return "done"
