"""Cursors: sealed for one person and one question, telling nothing."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabcase.desk.cursor import seal, seal_anew, unseal, unseal_anew
from collabcase.errors import InvalidInput

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
MINE = "1/7/messages.search"
POSITIONS = st.integers(0, (1 << 64) - 1)


@given(POSITIONS)
def test_a_cursor_reads_back(position: int) -> None:
    """A cursor gives its position to the person and question it was made for, and is fit for an address line."""
    cursor = seal(KEY, MINE, position)
    assert position == unseal(KEY, MINE, cursor)
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    ("key", "question"),
    [(KEY, "1/8/messages.search"), (KEY, "2/7/messages.search"), (KEY, "1/7/people.known"), (OTHER_KEY, MINE)],
)
def test_another_person_question_or_database(key: bytes, question: str) -> None:
    """A cursor of another person, portfolio, question or database is refused."""
    with pytest.raises(InvalidInput) as refused:
        unseal(key, question, seal(KEY, MINE, 12345))
    assert refused.value.field == "cursor"
    assert "another person or another question" in str(refused.value)


@given(POSITIONS, st.integers(0, 26), st.integers(1, 63))
def test_a_changed_cursor_is_refused(position: int, place: int, by: int) -> None:
    """A cursor with any letter changed is refused, or is the same cursor in other letters."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    cursor = seal(KEY, MINE, position)
    changed = letters[(letters.index(cursor[place]) + by) % 64]
    tampered = cursor[:place] + changed + cursor[place + 1 :]
    if urlsafe_b64decode(tampered + "=") == urlsafe_b64decode(cursor + "="):
        return
    with pytest.raises(InvalidInput):
        unseal(KEY, MINE, tampered)


def test_every_bit_counts() -> None:
    """Any one bit turned spoils a cursor."""
    sealed = urlsafe_b64decode(seal(KEY, MINE, 1 << 40) + "=")
    for bit in range(8 * len(sealed)):
        turned = bytearray(sealed)
        turned[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidInput):
            unseal(KEY, MINE, urlsafe_b64encode(turned).rstrip(b"=").decode())


@pytest.mark.parametrize("none_of_ours", ["", "x", "x" * 27, "x" * 101, "ä" * 27, "=" * 27, "!" * 27, 7, b"x", None])
def test_garbage(none_of_ours: object) -> None:
    """Whatever is no cursor at all is refused with the same kind of error."""
    with pytest.raises(InvalidInput):
        unseal(KEY, MINE, none_of_ours)


def test_shortened_and_lengthened() -> None:
    """A cursor with something cut off or put behind is refused."""
    cursor = seal(KEY, MINE, 7)
    for other in (cursor[:-1], cursor[:-4], cursor + "AAAA", cursor[:16]):
        with pytest.raises(InvalidInput):
            unseal(KEY, MINE, other)


def test_equal_positions_give_equal_cursors() -> None:
    """A cursor moves with nothing but its position, so that it tells of nothing else."""
    assert seal(KEY, MINE, 7) == seal(KEY, MINE, 7)
    others = {seal(KEY, MINE, 8), seal(KEY, "1/8/messages.search", 7), seal(OTHER_KEY, MINE, 7)}
    assert len(others - {seal(KEY, MINE, 7)}) == 3


def test_a_cursor_hides_its_position() -> None:
    """Neighbouring positions share nothing that could be read off, and the position itself stands nowhere."""
    sealed = [urlsafe_b64decode(seal(KEY, MINE, position) + "=") for position in range(50)]
    assert len({one[:12] for one in sealed}) == len({one[12:] for one in sealed}) == 50
    assert len({one[-1] for one in sealed}) > 20


def test_cursors_made_anew_are_never_alike() -> None:
    """V13: a thousand cursors of one position differ and mean it; of another question, or of a list, none is taken."""
    key = KEY
    made = {seal_anew(key, "1/2/events", 7) for _ in range(1000)}
    assert 1000 == len(made)
    assert {7} == {unseal_anew(key, "1/2/events", one) for one in made}
    for cursor, question in ((next(iter(made)), "1/3/events"), (seal(key, "1/2/events", 7), "1/2/events")):
        with pytest.raises(InvalidInput, match="after"):
            unseal_anew(key, question, cursor)
    with pytest.raises(InvalidInput, match="cursor"):
        unseal(key, "1/2/events", next(iter(made)))
