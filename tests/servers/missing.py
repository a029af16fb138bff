"""Servers and browsers that can't be started here: a reason to skip, and under CI to fail."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")


class Missing(Exception):
    """It can't be started here; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def require(start: Callable[[], T], what: str) -> T:
    """Return what was started, which the caller stops.

    Where it is missing, fail the test if the environment says CI=true, else skip it.
    """
    try:
        return start()
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must test with {what}: {missing.reason}", pytrace=False)
        pytest.skip(missing.reason)
