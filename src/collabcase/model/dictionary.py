"""Dictionaries: a portfolio's own codes with labels, among them the types of messages (T8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TypeAlias

from attrs import evolve, field, frozen

from collabcase.errors import InvalidInput
from collabcase.model.words import fold

Pairs: TypeAlias = tuple[tuple[str, str], ...]

MESSAGE_TYPES = ""
"""The name under which the types of messages stand among the dictionaries."""

_NEAR = 10
_ALIKE = 0.5


class DictionaryEvent(StrEnum):
    """What happens to dictionaries and message types."""

    DEFINED = "dictionary.defined"


def _pairs(labels: Mapping[str, str] | Iterable[tuple[str, str]]) -> Pairs:
    """Return labels as pairs, sorted by language.

    Raises:
        InvalidInput: they are no mapping of texts to texts.
    """
    try:
        pairs = dict(labels)
    except (TypeError, ValueError) as error:
        raise InvalidInput("labels", "must be a mapping of languages to labels") from error
    if not all(isinstance(text, str) for pair in pairs.items() for text in pair):
        raise InvalidInput("labels", "must be a mapping of languages to labels, all of them str")
    return tuple(sorted(pairs.items()))


@frozen
class DictionaryEntry:
    """A code of a dictionary, or a message type (T8).

    Attributes:
        code: what messages carry; at most 60 characters.
        labels: what people read, by language, such as `{"de": "Schaden", "en": "claim"}`; kept as pairs sorted by
            language, so `dict(entry.labels)` gives the mapping back.
        valid_from: the moment from which messages may be sent with it; None for ever since.
        valid_until: the moment from which they may not any more; None for no end.
    """

    code: str
    labels: Pairs = field(default=(), converter=_pairs)
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def label(self, language: str) -> str:
        """Return the label in a language.

        Args:
            language: a tag such as `de` or `de-AT`; upper and lower case are alike.

        Returns:
            The label in this language, else in the language without its region, else in English, else in the first
            language there is, else the code.
        """
        by_language = {one.lower(): label for one, label in self.labels}
        wanted = language.lower()
        for one in (wanted, wanted.partition("-")[0], "en", *by_language):
            if one in by_language:
                return by_language[one]
        return self.code

    def valid_at(self, moment: datetime) -> bool:
        """Tell whether messages may be sent with this code at a moment."""
        begun = self.valid_from is None or self.valid_from <= moment
        return begun and (self.valid_until is None or moment < self.valid_until)


def ended(entry: DictionaryEntry, now: datetime) -> DictionaryEntry:
    """Return an entry that is left out of a new list: it is kept for what carries it, and valid no more (T8).

    Whether anything carries it makes no difference: that would tell of messages one may not see (V13).
    """
    end = now if entry.valid_from is None else max(now, entry.valid_from)
    return evolve(entry, valid_until=end if entry.valid_until is None else min(end, entry.valid_until))


def changes(
    kept: Collection[DictionaryEntry], wanted: Collection[DictionaryEntry], now: datetime
) -> tuple[DictionaryEntry, ...]:
    """Return the entries to be stored so that a dictionary holds the wanted ones, and ends all others (T8).

    Args:
        kept: its present entries.
        wanted: the new list, each code once.
        now: the present moment.
    """
    named = {entry.code for entry in wanted}
    after = [*wanted, *(ended(entry, now) for entry in kept if entry.code not in named)]
    present = set(kept)
    return tuple(entry for entry in after if entry not in present)


def near(code: str, codes: Iterable[str]) -> tuple[str, ...]:
    """Return those codes that may have been meant: at most ten, the likeliest first; case and accents count nothing."""
    asked = fold(code)
    folded: dict[str, list[str]] = {}
    for one in sorted(codes):
        folded.setdefault(fold(one), []).append(one)
    matcher, likeness = SequenceMatcher(b=asked), dict[str, float]()
    for one in folded:
        matcher.set_seq1(one)
        if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE:  # bounds, and quicker
            likeness[one] = matcher.ratio()
    alike = sorted((one for one in likeness if likeness[one] >= _ALIKE), key=lambda one: (-likeness[one], one))
    longer = [one for one in folded if asked and one.startswith(asked)]
    found = [one for match in dict.fromkeys([*alike, *longer]) for one in folded[match]]
    return tuple(found[:_NEAR])
