"""The decisions an answer needs: to whom, in whose place, and who is on it."""

from __future__ import annotations

from collections.abc import Set

import pytest

from collabcase.errors import InvalidInput
from collabcase.model.message import Envelope, default_recipients, place_taken, seal

X, B1, B2, GB, BOX, OTHER = 1, 2, 3, 4, 50, 60
GROUPS = frozenset({BOX})


def envelope(sender: int = X, sent_for: int | None = None, to: Set[int] = frozenset({B1}), *copied: int) -> Envelope:
    """Return who is on a message."""
    return Envelope(sender, sent_for, frozenset(to), frozenset(copied))


def test_everybody_on_a_message() -> None:
    """An envelope names sender, sent_for, recipients and observers, each once."""
    assert {X, B1, GB} == envelope(X, None, {B1}, GB).named
    assert {X, B1, B2, BOX} == envelope(B2, B1, {X, BOX}, BOX).named


def test_default_recipients() -> None:
    """T1: an answer goes to the sender, an answer to oneself to the former recipients; sent_for is not asked."""
    message = envelope(B2, B1, {X, BOX}, GB)
    assert {B2} == default_recipients(message, X) == default_recipients(message, B1)
    assert {X, BOX} == default_recipients(message, B2)


@pytest.mark.parametrize(
    ("answered", "me", "my_groups", "my_peers", "expected"),
    [
        pytest.param(envelope(), B2, set(), {B1}, B1, id="one recipient is a peer"),
        pytest.param(envelope(to={B1, OTHER}), B2, set(), {B1}, B1, id="another recipient is none"),
        pytest.param(envelope(to={B1, BOX}), B2, set(), {B1}, B1, id="a teambox of others"),
        pytest.param(envelope(to={B1, GB}), B2, set(), {B1, GB}, None, id="two recipients are"),
        pytest.param(envelope(to={OTHER}), B2, set(), set(), None, id="no recipient is"),
        pytest.param(envelope(to={OTHER}), B2, set(), {B1}, None, id="a peer who is no recipient"),
        pytest.param(envelope(X, None, {OTHER}, B1), B2, set(), {B1}, None, id="a peer who observes"),
        pytest.param(envelope(to={B1, B2}), B2, set(), {B1}, None, id="addressed oneself"),
        pytest.param(envelope(to={B1, BOX}), B2, GROUPS, {B1}, None, id="an own teambox addressed"),
        pytest.param(envelope(sender=B2), B2, set(), {B1}, None, id="sent it oneself"),
        pytest.param(envelope(GB, B2), B2, set(), {B1}, None, id="had it sent"),
        pytest.param(envelope(X, None, {B1}, B2), B2, set(), {B1}, B1, id="only copied"),
    ],
)
def test_place_taken(
    answered: Envelope, me: int, my_groups: Set[int], my_peers: Set[int], expected: int | None
) -> None:
    """T2: the place of the one recipient who is a peer is taken, unless the answerer sent it or was addressed."""
    assert expected == place_taken(answered, me, my_groups=my_groups, my_peers=my_peers)


def test_a_sealed_envelope() -> None:
    """V7: observers are those carried but not dropped and those named, without sender and recipients."""
    sealed = seal(
        sender=X, sent_for=B2, recipients=[B1], carried=[X, B1, B2, GB, BOX], dropped=[GB], observers=[OTHER, B1]
    )
    assert Envelope(X, B2, frozenset({B1}), frozenset({B2, BOX, OTHER})) == sealed


def test_a_plain_envelope() -> None:
    """Without observers and place an envelope holds sender and recipients, each once."""
    assert Envelope(X, None, frozenset({B1, BOX}), frozenset()) == seal(
        sender=X, sent_for=None, recipients=[B1, BOX, B1]
    )


def test_dropping_who_is_not_carried() -> None:
    """V7: dropping somebody who was not carried changes nothing."""
    assert seal(sender=X, sent_for=None, recipients=[B1], dropped=[GB]) == seal(
        sender=X, sent_for=None, recipients=[B1]
    )


@pytest.mark.parametrize("recipients", [[], [X]])
def test_a_message_needs_somebody_else(recipients: list[int]) -> None:
    """T1: a message to nobody, or to its sender alone, is refused."""
    with pytest.raises(InvalidInput) as refused:
        seal(sender=X, sent_for=None, recipients=recipients)
    assert refused.value.field == "to"


def test_named_and_dropped() -> None:
    """V7: somebody both named and dropped as observer is a contradiction."""
    with pytest.raises(InvalidInput) as refused:
        seal(sender=X, sent_for=None, recipients=[B1], dropped=[GB], observers=[GB])
    assert refused.value.field == "drop_observers"
