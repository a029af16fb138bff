"""References to things, as the outside passes them."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from attrs import frozen


@frozen(order=True)
class ItemRef:
    """Names one thing of a portfolio.

    Attributes:
        kind: what it is: a name of `collabcase.ids.Kind`, or a kind of the host's own.
        id: its id, as the value of that kind shows it.
    """

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class Referable(Protocol):
    """Any value that has a reference: a Person, Group, Talk, Message."""

    @property
    def ref(self) -> ItemRef:
        """The reference of the thing."""
        ...


Addressee: TypeAlias = str | ItemRef | Referable
"""Somebody to write to: a person's id, or a reference or value of a person or group."""
