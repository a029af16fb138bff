"""Windows: how long one that says nothing is believed to be there (L3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from attrs import field, frozen

from collabcase.model import inputs

_SHORTEST, _LONGEST = timedelta(milliseconds=100), timedelta(hours=1)


class Mode(StrEnum):
    """How a window is doing, as its page says; browsers let hidden pages speak about once a minute."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    #: a server that holds a connection to the page speaks for it
    ATTACHED = "attached"


class Act(StrEnum):
    """What happens to a window."""

    BEAT = "beat"
    SHOW = "show"
    HIDE = "hide"
    ATTACH = "attach"
    CLOSE = "close"
    SILENCE = "silence"


SPOKEN: Mapping[Mode, Act] = {Mode.VISIBLE: Act.SHOW, Mode.HIDDEN: Act.HIDE, Mode.ATTACHED: Act.ATTACH}
"""The act by which a window says what mode it is in."""

WINDOWS: Mapping[tuple[Mode, Act], Mode | None] = {
    (mode, act): after
    for mode in Mode
    for act, after in {
        Act.BEAT: mode,
        Act.SHOW: Mode.VISIBLE,
        Act.HIDE: Mode.HIDDEN,
        Act.ATTACH: Mode.ATTACHED,
        Act.CLOSE: None,
        Act.SILENCE: None,
    }.items()
}
"""What becomes of a window; None where it is gone, for good: another one takes its place."""


def _lease(instance: object, attribute: object, value: object) -> None:
    name = getattr(attribute, "name", "leases")
    inputs.duration(name, value, least=_SHORTEST, most=_LONGEST)


@frozen
class Leases:
    """How long a window that says nothing keeps its place and its lock.

    Attributes:
        visible: while its page is in sight; such a page speaks every third of it.
        hidden: while its page is hidden; browsers then let it speak once a minute.
        attached: while a server speaks for it.
    """

    visible: timedelta = field(default=timedelta(seconds=30), validator=_lease)
    hidden: timedelta = field(default=timedelta(seconds=150), validator=_lease)
    attached: timedelta = field(default=timedelta(seconds=30), validator=_lease)

    def of(self, mode: Mode) -> timedelta:
        """Return the lease of a mode."""
        return {Mode.VISIBLE: self.visible, Mode.HIDDEN: self.hidden, Mode.ATTACHED: self.attached}[mode]

    @property
    def longest(self) -> timedelta:
        """The longest lease of all."""
        return max(self.visible, self.hidden, self.attached)
