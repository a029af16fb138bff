"""Words: folded alike, cut alike, found by themselves, whatever the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabcase.errors import InvalidInput
from collabcase.model.words import LONGEST, asked_words, fold, words

TEXTS = st.text(max_size=60)
ODD = st.text(st.sampled_from("aAÄäßẞİıIłŁąçøØæŒﬁ²½①Ωςσ\u0345\u0301\u0308\u200d_-'\"*&|·. 漢かがㄱ🦉éÉ9٣"), max_size=30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Straße STRASSE strasse", ("strasse",)),
        ("Größe, grosse Grüße; MÜLLER", ("grosse", "grusse", "muller")),
        ("Łódź ŁĄKA łąka żółć", ("lodz", "laka", "zolc")),
        ("perché così città È", ("perche", "cosi", "citta", "e")),
        ("İSTANBUL ılık Iğdır", ("istanbul", "ilik", "igdir")),
        ("Ångström smørrebrød Ħal đak œuvre Æsir", ("angstrom", "smorrebrod", "hal", "dak", "oeuvre", "aesir")),
        ("e\u0301te\u0301 été", ("ete",)),
        ("o\u0308ffnen öffnen", ("offnen",)),
        ("ﬁnden ﬀ ①②", ("finden", "ff", "12")),
        ("ΣΊΣΥΦΟΣ Σίσυφος", ("σισυφοσ",)),
        ("保険 ほけん 🦉 보험", ("保険", "ほけん", *fold("보험").split())),
        ("a_b c-d e'f g\u0000h i\u200dj", ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")),
        ('AND "or" NEAR(x) -not col:y z*', ("and", "or", "near", "x", "not", "col", "y", "z")),
        ("KFZ-4711/12 §7", ("kfz", "4711", "12", "7")),
        ("🦉 — … · _", ()),
        ("", ()),
    ],
)
def test_words_of_many_languages(text: str, expected: tuple[str, ...]) -> None:
    """T7: case, accents, ligatures and signs make no difference; a word is letters and digits; each counts once."""
    assert expected == words(text)


@given(st.one_of(TEXTS, ODD))
def test_folding_twice_changes_nothing(text: str) -> None:
    """T7: what is folded stays as it is."""
    assert fold(text) == fold(fold(text))


@given(st.one_of(TEXTS, ODD), st.one_of(TEXTS, ODD))
def test_every_word_is_found_by_itself(text: str, other: str) -> None:
    """T7: each word of texts, asked for as it stands there or in capitals, is among their words."""
    there = set(words(text, other))
    for part in text.split():
        if found := words(part):
            assert there.issuperset(found)
            if len(found) <= 20:
                assert {word for word, _ in asked_words("text", part)} <= there
    for word in there:
        assert ((word, False),) == asked_words("text", word)


@given(st.one_of(TEXTS, ODD))
def test_words_hold_letters_and_digits_alone(text: str) -> None:
    """V13: nothing that a query language could read is left in a word, and no case."""
    for word in words(text):
        assert word.isalnum()
        assert word == word.lower() or not word.isascii()
        assert 1 <= len(word) <= LONGEST


def test_long_words_are_cut_and_found() -> None:
    """T7: of a word the first 64 letters count, in what is sent and in what is asked for."""
    long = "x" * 63 + "äb"
    assert ("x" * 63 + "a",) == words(long)
    assert (("x" * 63 + "a", False),) == asked_words("text", long)
    assert (("x" * 63 + "a", True),) == asked_words("text", long + "*")


def test_very_long_texts_are_cut() -> None:
    """T7: of a text as long as can be sent, 400,000 bytes of different words count, the first ones."""
    text = " ".join(f"wort{number}" for number in range(90_000))
    found = words(text)
    assert found == tuple(text.split())[: len(found)]
    assert 390_000 < sum(len(word) + 1 for word in found) <= 400_000
    assert ("a",) == words("a " * 500_000)
    assert 100_000 > sum(len(word) for word in words("漢" * 1_000_000))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Schaden", [("schaden", False)]),
        ("Scha*", [("scha", True)]),
        ("Scha* Scha", [("scha", False), ("scha", True)]),
        ("kfz-scha*", [("kfz", False), ("scha", True)]),
        ("Müller-Lüdenscheidt-Müller*", [("ludenscheidt", False), ("muller", False), ("muller", True)]),
        ("*scha sch*a (scha)* ", [("a", False), ("sch", False), ("scha", False), ("scha", True)]),
        ("B a B", [("a", False), ("b", False)]),
    ],
)
def test_what_is_asked_for(text: str, expected: list[tuple[str, bool]]) -> None:
    """T7: a star behind a word asks for whatever begins so, behind it and nowhere else; order makes no difference."""
    assert tuple(expected) == asked_words("text", text)


@pytest.mark.parametrize("text", ["", " ", "*", "…", "🦉 _ — *", " ".join(map(str, range(21)))])
def test_nothing_or_too_much_to_look_for(text: str) -> None:
    """T7: a search without a word, or for more than twenty, is refused and named."""
    with pytest.raises(InvalidInput) as refused:
        asked_words("text", text)
    assert refused.value.field == "text"
    assert "T7" in str(refused.value)
