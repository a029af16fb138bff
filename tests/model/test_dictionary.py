"""T8: entries of dictionaries, what a new list changes, and which codes are near."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collabcase import DictionaryEntry
from collabcase.model.dictionary import changes, near

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def test_labels_are_kept_as_sorted_pairs() -> None:
    """T8: an entry holds its labels so that nothing can change them, equal whatever their order was."""
    labels = {"en": "claim", "de": "Schaden"}
    entry = DictionaryEntry("claim", labels)
    labels["de"] = "Anderes"
    assert (("de", "Schaden"), ("en", "claim")) == entry.labels
    assert DictionaryEntry("claim", [("de", "Schaden"), ("en", "claim")]) == entry
    assert hash(entry) == hash(DictionaryEntry("claim", dict(entry.labels)))


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (None, None, True),
        (NOW, None, True),
        (NOW + DAY, None, False),
        (None, NOW, False),
        (None, NOW + DAY, True),
        (NOW - DAY, NOW + DAY, True),
        (NOW - DAY, NOW, False),
    ],
)
def test_validity(begins: datetime | None, ends: datetime | None, expected: bool) -> None:
    """T8: the first moment belongs to the validity of a code, the last does not."""
    assert expected is DictionaryEntry("a", {}, begins, ends).valid_at(NOW)


def test_what_a_new_list_changes() -> None:
    """T8: stored are new and changed entries, and those left out, which end now unless they ended before."""
    same, old = DictionaryEntry("same", {"de": "1"}), DictionaryEntry("old", {"de": "2"})
    begun, future = DictionaryEntry("begun", {}, NOW - DAY), DictionaryEntry("future", {}, NOW + DAY)
    past = DictionaryEntry("past", {}, None, NOW - DAY)
    changed, new = DictionaryEntry("old", {"de": "3"}), DictionaryEntry("new")
    expected = {
        changed,
        new,
        DictionaryEntry("begun", {}, NOW - DAY, NOW),
        DictionaryEntry("future", {}, NOW + DAY, NOW + DAY),
    }
    assert expected == set(changes([same, old, begun, future, past], [same, changed, new], NOW))
    assert () == changes([same, past], [same], NOW)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("kfz", ("KFZ", "KFZ-VK")),
        ("HAFTPFLICHT", ("Haft",)),
        ("LEBEN", ("Lèben",)),
        ("H", ("Haft",)),
        ("x", ()),
        ("", ()),
    ],
)
def test_near_codes(code: str, expected: tuple[str, ...]) -> None:
    """T8: near are codes written alike, the likeliest first, then longer ones; case and accents make no difference."""
    assert expected == near(code, ["Lèben", "Haft", "KFZ-VK", "KFZ"])


def test_at_most_ten_are_near() -> None:
    """T8: of many alike, ten are named, in a fixed order."""
    codes = [f"a{number}" for number in range(1, 10)] + ["A1", "a10", "a11"]
    assert ("A1", "a1", "a10", "a11", "a2", "a3", "a4", "a5", "a6", "a7") == near("a1", reversed(codes))
