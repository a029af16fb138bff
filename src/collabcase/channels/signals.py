"""blinker signals: what committed events become inside the process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from blinker import Signal

from collabcase.errors import InvalidInput
from collabcase.model import inputs
from collabcase.model.dictionary import DictionaryEvent
from collabcase.model.event import Event
from collabcase.model.group import GroupEvent
from collabcase.model.lock import LockEvent
from collabcase.model.message import MessageEvent
from collabcase.model.person import PersonEvent
from collabcase.model.portfolio import PortfolioEvent
from collabcase.model.talk import TalkEvent
from collabcase.model.teambox import TeamboxEvent

Receiver: TypeAlias = Callable[..., Any]

KINDS: tuple[str, ...] = tuple(
    kind.value
    for kinds in (
        PortfolioEvent,
        DictionaryEvent,
        PersonEvent,
        GroupEvent,
        TalkEvent,
        MessageEvent,
        TeamboxEvent,
        LockEvent,
    )
    for kind in kinds
)
"""Every kind of event there is."""

_log = logging.getLogger("collabcase.signals")


class Signals(Mapping[str, Signal]):
    """One blinker signal for each kind of event.

    A receiver is called as ``receiver(portfolio, event=…)`` with the portfolio's id and an `Event`, after the real
    commit, in the order of the log, outside any transaction. An error of one receiver is logged and stops no other.
    """

    def __init__(self) -> None:
        self._signals = {kind: Signal(kind) for kind in KINDS}

    @property
    def heard(self) -> bool:
        """Whether there is any receiver."""
        return any(signal.receivers for signal in self._signals.values())

    def __getitem__(self, kind: str) -> Signal:
        return self._signals[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._signals)

    def __len__(self) -> int:
        return len(self._signals)

    def connect(self, receiver: Receiver, *kinds: str, portfolio: str | None = None) -> Receiver:
        """Connect a receiver, held strongly: unlike blinker's default it may be a lambda or a bound method.

        Args:
            receiver: called as ``receiver(portfolio, event=…)``.
            *kinds: the kinds of events, such as ``message.sent``; all where none is named.
            portfolio: only events of this portfolio.

        Returns:
            The receiver, so that this serves as a decorator's body.

        Raises:
            InvalidInput: the receiver can't be called, or there is no such kind.
        """
        _check(receiver)
        unknown = [kind for kind in kinds if kind not in KINDS]
        if unknown:
            raise InvalidInput("kinds", f"{unknown[0]!r} is no kind of event; there are {', '.join(KINDS)}")
        portfolio = inputs.optional_line("portfolio", portfolio)
        for kind in kinds or KINDS:
            if portfolio is None:
                self._signals[kind].connect(receiver, weak=False)
            else:
                self._signals[kind].connect(receiver, sender=portfolio, weak=False)
        return receiver

    def disconnect(self, receiver: Receiver) -> None:
        """Disconnect a receiver from every kind.

        Raises:
            InvalidInput: the receiver can't be called.
        """
        _check(receiver)
        for signal in self._signals.values():
            signal.disconnect(receiver)

    def send(self, event: Event) -> None:
        """Call every receiver of an event, each on its own.

        Raises:
            InvalidInput: it is no Event.
        """
        if not isinstance(event, Event) or event.kind not in KINDS:
            raise InvalidInput("event", "must be an Event of a known kind")
        for receiver in list(self._signals[event.kind].receivers_for(event.portfolio)):
            try:
                receiver(event.portfolio, event=event)
            except Exception:
                _log.exception("a receiver of %s failed", event.kind)


def _check(receiver: object) -> None:
    if not callable(receiver):
        raise InvalidInput("receiver", f"must be callable, not {type(receiver).__name__}")
