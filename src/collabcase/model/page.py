"""A piece of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar, overload

from attrs import frozen

T = TypeVar("T")


@frozen
class Page(Sequence[T], Generic[T]):
    """Some items of a list, in the list's order.

    Attributes:
        items: the items of this page.
        next: the cursor of the page after it, None at the end. It is opaque, and holds for the same person and
            the same question only.
    """

    items: tuple[T, ...]
    next: str | None = None

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)
