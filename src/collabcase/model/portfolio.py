"""The portfolio: the tenant. Nothing crosses it."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

SENT_FOR_SINCE = "4.8.0.64470"
"""The version from which client programs tell the sender from who was answered for (T6)."""


class Feature(StrEnum):
    """What can be switched on for a whole portfolio, by the system alone (G3)."""

    #: Groups may tick «share cases».
    SHARE_CASES = "share_cases"


class PortfolioEvent(StrEnum):
    """What happens to a portfolio as a whole."""

    CREATED = "portfolio.created"
    FEATURE_ENABLED = "feature.enabled"
    FEATURE_DISABLED = "feature.disabled"


@frozen
class Portfolio:
    """A tenant.

    Attributes:
        id: chosen by the host.
        title: for people to read.
        features: what is switched on.
        sent_for_since: the client version from which `sent_for` is shown beside the sender (T6).
    """

    id: str
    title: str
    features: frozenset[Feature] = frozenset()
    sent_for_since: str = SENT_FOR_SINCE


def older(version: str, threshold: str) -> bool:
    """Tell whether a dotted version comes before another; missing parts count as 0 (T6)."""
    left, right = ([int(part) for part in text.split(".")] for text in (version, threshold))
    length = max(len(left), len(right))
    return left + [0] * (length - len(left)) < right + [0] * (length - len(right))
