"""Filling an empty database with people, groups and talks to play with."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import collabcase
from collabcase import Collab, DictionaryEntry, Feature, ItemRef, Person, Right

PORTFOLIO = "hamburg"
_TALKS = Path(__file__).with_name("talks.toml")
_CLIENT, _BROKER = "Ahlers Logistik", "Brandt & Harms Makler"
_PEOPLE = (
    Person("a1", "Anna Ahlers", internal=False, organisation=_CLIENT),
    Person("a2", "Arno Aydin", internal=False, organisation=_CLIENT),
    Person("b1", "Bea Brandt", organisation=_BROKER),
    Person("b2", "Bert Baumann", organisation=_BROKER),
    Person("ga", "Gitta Gerdes", organisation=_BROKER),
    Person("gb", "Georg Brandt", organisation=_BROKER),
    Person("x1", "Hanna Holm", internal=False, organisation="Holm Gutachten"),
)
_TYPES = (
    DictionaryEntry("claim", {"en": "Claim", "de": "Schaden"}),
    DictionaryEntry("policy", {"en": "Policy", "de": "Vertrag"}),
    DictionaryEntry("invoice", {"en": "Invoice", "de": "Rechnung"}),
    DictionaryEntry("report", {"en": "Expert report", "de": "Gutachten"}),
)


class _Past:
    """Tells the time of what is being filled in."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC) - timedelta(days=60)

    def now(self) -> datetime:
        """Return that moment."""
        return self.at


def fill(url: str) -> None:
    """Fill a database, if our portfolio is not in it yet."""
    clock = _Past()
    with collabcase.open(url, clock=clock) as collab:
        if collab.portfolio(PORTFOLIO) is None:
            _Filling(collab, clock).fill()


class _Filling:
    def __init__(self, collab: Collab, clock: _Past) -> None:
        self._collab, self._clock, self._begun = collab, clock, datetime.now(UTC)
        self._refs = {person.id: person.ref for person in _PEOPLE}

    def fill(self) -> None:
        self._collab.create_portfolio(PORTFOLIO, title="Hamburg")
        with self._collab.system(PORTFOLIO) as system:
            system.people.sync(_PEOPLE)
            system.features.enable(Feature.SHARE_CASES)
            system.types.define(_TYPES)
            make = system.groups.create
            make("A", main=True, members=["a1", "a2"], shares_cases=True)
            make("B", main=True, members=["b1", "b2"], shares_cases=True, rights=[Right.CASE_CREATE])
            make("GF", main=True, members=["ga", "gb"], shares_cases=True, rights=[Right.LOCK_FORCE])
            make("B+", members=["b1", "b2", "gb"], shares_cases=True)
            make("Ahlers", members=["a1", "a2", "b1", "b2", "gb"])  # so that the client may write to them
            make("Gutachten", members=["x1", "b1", "b2"])
            box = make("Schaden", members=["b1", "b2", "ga"], teambox=True, open=True)
            self._refs["box"] = box.ref
        for told in self._in_order(tomllib.loads(_TALKS.read_text("utf-8"))["talk"]):
            self._play(told)

    def _in_order(self, talks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return what was said, earliest first, each with its moment and its place in its talk."""
        said = []
        for no, talk in enumerate(talks):
            at = self._begun - timedelta(hours=talk["ago"])
            said.append({**talk, "talk": no, "at": at})
            for answer in talk.get("answer", []):
                at = min(at + timedelta(hours=answer.get("after", 3)), self._begun - timedelta(minutes=4))
                said.append({**answer, "talk": no, "at": at, "subject": None})
        self._last: dict[int, str] = {}
        return sorted(said, key=lambda one: (one["at"], one["talk"]))

    def _play(self, said: dict[str, Any]) -> None:
        self._clock.at = said["at"]
        asks, type = said.get("asks", False), said.get("type")
        with self._collab.desk(said["by"], portfolio=PORTFOLIO) as desk:
            if said["subject"] is None:
                sent = desk.talks.reply(self._last[said["talk"]], said["text"], asks_answer=asks, type=type)
                self._last[said["talk"]] = sent.id
                read = True
            else:
                talk = desk.talks.start(
                    self._to(said["to"]),
                    subject=said["subject"],
                    text=said["text"],
                    observers=self._to(said.get("copy", [])),
                    asks_answer=asks,
                    confidential=said.get("confidential", False),
                    type=type,
                )
                self._last[said["talk"]] = desk.talks.view(talk.id).messages[0].id
                read = False
            if read:
                earlier = desk.talks.view(sent.talk).messages
                desk.messages.mark_read([one.id for one in earlier if one.unread and not one.asks_answer])
        if claimer := said.get("claimed"):
            with self._collab.desk(claimer, portfolio=PORTFOLIO) as desk:
                desk.teambox(self._refs["box"]).claim(talk.id)

    def _to(self, named: list[str]) -> list[ItemRef]:
        return [self._refs[one] for one in named]
