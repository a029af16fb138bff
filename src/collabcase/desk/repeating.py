"""Doing a whole unit of work again where the database asks for it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from collabcase.errors import TryAgain

T = TypeVar("T")

_ATTEMPTS = 20
_PAUSE = 0.01
_LONGEST_PAUSE = 0.5


def repeated(work: Callable[[], T]) -> T:
    """Do a unit of work, again after a pause while the database asks for it.

    Raises:
        TryAgain: after 20 attempts.
    """
    pause = _PAUSE
    for _ in range(_ATTEMPTS - 1):
        try:
            return work()
        except TryAgain:
            time.sleep(random.uniform(0, pause))
            pause = min(pause * 2, _LONGEST_PAUSE)
    return work()
