"""The messages of a portfolio, as rows of our tables, in batches. Seeded: the same arguments give the same rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from attrs import define, field, frozen

from benchmarks.crowd import Crowd
from collabcase.ids import KIND_BITS, Kind, kind_code
from collabcase.model.words import words
from collabcase.permissions.sight import Role, extends

SHAPE = 2
"""To be raised whenever the same seed gives other rows, so that kept databases are filled anew."""

START = 1_700_000_000_000
SPAN = 700 * 24 * 3_600_000
"""The first moment and the length of all that was sent, in milliseconds."""

FREQUENT_WORD, SOME_WORD, RARE_WORD = "schaden", "otter", "eule"
FREQUENT_TYPE, RARE_TYPE = "note", "legal"
TYPES = (FREQUENT_TYPE, RARE_TYPE, "claim", "offer")
DICTIONARY, CODES = "branch", ("motor", "fire", "water", "storm", "glass")

_BATCH = 20_000
_NEW_TALK, _CONFIDENTIAL, _TO_GROUP, _SENT_FOR = 0.25, 0.02, 0.03, 0.01
_OBSERVERS = ((0, 1, 2, 3), (0.40, 0.75, 0.92, 1.0))
_OPEN_TALKS = 3_000
_LATELY = 0.98
_MESSAGE, _TALK = kind_code(Kind.MESSAGE), kind_code(Kind.TALK)

Rows = dict[str, list[tuple[Any, ...]]]


@define
class _Talk:
    id: int
    sides: tuple[int, int]
    to_group: bool
    confidential: bool
    observers: tuple[int, ...]
    subject: tuple[str, ...]
    last: int = 0
    last_sender: int = 0
    asked: int = 0
    claimed_by: int | None = None
    answered: bool = False
    since: int = 0


@frozen
class Batch:
    """Rows by table, columns in the order of `COLUMNS`, and the words of each message."""

    rows: Rows
    words: list[tuple[int, tuple[str, ...]]]


COLUMNS = {
    "talk": ("portfolio", "id", "subject", "initiator", "counterpart", "confidential", "host_ref"),
    "message": (
        *("portfolio", "id", "talk", "sender", "sent_for", "answers", "text", "comment", "date", "sent_at"),
        *("asks_answer", "host_ref", "type", "waived_at"),
    ),
    "involvement": ("portfolio", "item", "principal", "role", "extends"),
    "message_data": ("portfolio", "message", "dictionary", "code"),
    "answered": ("portfolio", "message", "principal", "answer"),
    "read_mark": ("portfolio", "person", "message"),
    "event": ("portfolio", "at", "actor", "kind", "item", "fields", "origin"),
    "teambox_item": ("portfolio", "grp", "item", "since", "type", "answered", "claimed_by", "claimed_at"),
}


@define
class Messages:
    """Makes the messages of one portfolio.

    Attributes:
        crowd: who writes to whom.
        portfolio: the portfolio's number.
        people: numbers of the crowd's persons.
        groups: numbers of the crowd's groups.
        size: how many messages.
        chance: of the seed.
    """

    crowd: Crowd
    portfolio: int
    people: list[int]
    groups: list[int]
    size: int
    chance: random.Random
    _talks: list[_Talk] = field(factory=list)
    _boxes: list[_Talk] = field(factory=list)
    _by_rank: list[int] = field(init=False)
    _members: dict[int, list[int]] = field(init=False)
    _team: dict[int, list[int]] = field(init=False)
    _teamboxes: list[int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._by_rank = [self.people[place] for place in self.crowd.by_rank]
        self._members = {
            self.groups[place]: [self.people[member] for member in group.members]
            for place, group in enumerate(self.crowd.groups)
        }
        self._team = {
            member: members
            for group, members in zip(self.crowd.groups, self._members.values(), strict=True)
            if group.main
            for member in members
        }
        self._teamboxes = [
            self.groups[place] for place, group in enumerate(self.crowd.groups) if group.teambox and group.members
        ]

    def batches(self) -> Iterator[Batch]:
        """Yield all rows, parents before children."""
        sentences = _Sentences(self.chance)
        for first in range(0, self.size, _BATCH):
            last = min(first + _BATCH, self.size)
            names = iter(self._somebody(4 * (last - first)))
            batch = Batch({table: [] for table in COLUMNS}, [])
            for n in range(first, last):
                self._add(batch, n, names, sentences)
            yield batch
        yield Batch({"teambox_item": [self._waiting(talk) for talk in self._boxes]}, [])

    def _somebody(self, many: int) -> list[int]:
        return self.chance.choices(self._by_rank, cum_weights=self.crowd.cumulated, k=many)

    def _add(self, batch: Batch, n: int, names: Iterator[int], sentences: _Sentences) -> None:
        chance = self.chance
        moment = START + SPAN * n // self.size
        stamp = (moment << 16) | (chance.getrandbits(15) | 1 << 15)
        id = (stamp << KIND_BITS) | _MESSAGE
        if not self._talks or chance.random() < _NEW_TALK:
            talk = self._open(batch, moment, names)
        else:
            talk = self._talks[int(chance.random() ** 2 * len(self._talks))]
        sender, recipient, sent_for = self._sides(talk)
        first = talk.last == 0
        asks = chance.random() < 0.05
        kind = chance.random()
        type = FREQUENT_TYPE if kind < 0.8 else RARE_TYPE if kind < 0.801 else "claim" if kind < 0.9 else None
        date = moment - chance.randrange(30 * 24 * 3_600_000) if chance.random() < 0.1 else moment
        text, found = sentences.message()
        own = self.portfolio
        batch.rows["message"].append(
            (own, id, talk.id, sender, sent_for, talk.last or None, text, "", date, moment, asks, None, type, None)
        )
        batch.words.append((id, tuple(dict.fromkeys((*talk.subject, *found)))))
        self._involve(batch, talk, id, sender, recipient, sent_for)
        batch.rows["event"].append((own, moment, sender, "message.sent", id, "", 1))
        if chance.random() < 0.05:
            code = CODES[min(int(chance.random() ** 3 * 5), 4)]
            batch.rows["message_data"].append((own, id, DICTIONARY, code))
        self._follow_up(batch, talk, id, sender, recipient, asks)
        self._read(batch, talk, id, n, sender, recipient)
        if first and talk.to_group:
            talk.since = id
            self._boxes.append(talk)

    def _open(self, batch: Batch, moment: int, names: Iterator[int]) -> _Talk:
        chance = self.chance
        stamp = (moment << 16) | chance.getrandbits(15)
        id = (stamp << KIND_BITS) | _TALK
        initiator, counterpart = next(names), next(names)
        while counterpart == initiator:
            counterpart = self.chance.choice(self.people)
        to_group = bool(self._teamboxes) and chance.random() < _TO_GROUP
        if to_group:
            counterpart = chance.choice(self._teamboxes)
        [many] = chance.choices(_OBSERVERS[0], cum_weights=_OBSERVERS[1])
        copied = dict.fromkeys(self._somebody(many)) if many else {}
        observers = tuple(one for one in copied if one not in (initiator, counterpart))
        confidential = chance.random() < _CONFIDENTIAL
        subject = f"Police {chance.randrange(1_000_000)}"
        talk = _Talk(id, (initiator, counterpart), to_group, confidential, observers, words(subject))
        batch.rows["talk"].append((self.portfolio, id, subject, initiator, counterpart, confidential, None))
        if len(self._talks) < _OPEN_TALKS:
            self._talks.append(talk)
        else:
            self._talks[chance.randrange(_OPEN_TALKS)] = talk
        return talk

    def _sides(self, talk: _Talk) -> tuple[int, int, int | None]:
        """Return who writes to whom now, and in whose place: the sides take turns."""
        initiator, counterpart = talk.sides
        if talk.last == 0 or talk.last_sender != initiator:
            return initiator, counterpart, None
        if talk.to_group:
            return self.chance.choice(self._members[counterpart]), initiator, None
        if self.chance.random() < 2 * _SENT_FOR:
            colleague = self.chance.choice(self._team[counterpart])
            if colleague not in (counterpart, initiator):
                return colleague, initiator, counterpart
        return counterpart, initiator, None

    def _involve(self, batch: Batch, talk: _Talk, id: int, sender: int, recipient: int, sent_for: int | None) -> None:
        to_group = talk.to_group and recipient == talk.sides[1]
        named = [(sender, Role.SENDER), (recipient, Role.RECIPIENT)]
        if sent_for is not None:
            named.append((sent_for, Role.SENT_FOR))
        named += [(one, Role.OBSERVER) for one in talk.observers if one != sender]
        batch.rows["involvement"] += [
            (
                self.portfolio,
                id,
                one,
                int(role),
                extends(
                    Kind.MESSAGE,
                    role,
                    to_group=to_group and role is Role.RECIPIENT,
                    confidential=talk.confidential,
                ),
            )
            for one, role in named
        ]

    def _follow_up(self, batch: Batch, talk: _Talk, id: int, sender: int, recipient: int, asks: bool) -> None:
        """Note the answer to a question, and what a talk waits for."""
        from_counterpart = sender != talk.sides[0]
        if talk.asked and sender != talk.last_sender:
            batch.rows["answered"].append((self.portfolio, talk.asked, talk.sides[from_counterpart], id))
        if talk.to_group:
            talk.answered = from_counterpart
            if talk.claimed_by is None and from_counterpart:
                talk.claimed_by = sender
        talk.asked = id if asks else 0
        talk.last, talk.last_sender = id, sender

    def _read(self, batch: Batch, talk: _Talk, id: int, n: int, sender: int, recipient: int) -> None:
        likely = 0.95 if n < self.size * _LATELY else 0.3
        readers = [one for one in (recipient, *talk.observers) if one != sender]
        if talk.to_group and recipient == talk.sides[1]:
            readers = readers[1:]
        batch.rows["read_mark"] += [(self.portfolio, one, id) for one in readers if self.chance.random() < likely]

    def _waiting(self, talk: _Talk) -> tuple[Any, ...]:
        claimed_at = None if talk.claimed_by is None else (talk.since >> 21) + 3_600_000
        return (
            *(self.portfolio, talk.sides[1], talk.id, talk.since, None),
            *(talk.answered, talk.claimed_by, claimed_at),
        )


class _Sentences:
    """What is written: three of 4,000 sentences over 20,000 words with Zipf's frequencies, and a number."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        vocabulary = [FREQUENT_WORD, *(_word(chance) for _ in range(20_000))]
        weights = list(accumulate(1 / rank for rank in range(1, len(vocabulary) + 1)))
        stock = [
            " ".join(chance.choices(vocabulary, cum_weights=weights, k=chance.randint(7, 15))).capitalize() + "."
            for _ in range(4_000)
        ]
        self._stock = [(sentence, words(sentence)) for sentence in stock]

    def message(self) -> tuple[str, tuple[str, ...]]:
        """Return a text and its words."""
        parts = self._chance.choices(self._stock, k=3)
        number = str(self._chance.randrange(1_000_000))
        tail = [number]
        drawn = self._chance.random()
        if drawn < 0.01:
            tail.append(SOME_WORD)
        elif drawn > 0.9999:
            tail.append(RARE_WORD)
        text = " ".join([*(sentence for sentence, _ in parts), *tail])
        found = dict.fromkeys(word for _, those in parts for word in those)
        return text, tuple(dict.fromkeys([*found, *tail]))


def _word(chance: random.Random) -> str:
    return "".join(
        chance.choice("bdfghklmnprstw") + chance.choice("aeiou") + chance.choice(("", "n", "r", "s", "l"))
        for _ in range(chance.randint(2, 4))
    )
