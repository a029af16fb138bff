"""Switching a portfolio's features, for the host alone (G3)."""

from __future__ import annotations

from collabcase.desk.call import Calls
from collabcase.errors import InvalidInput
from collabcase.ids import Kind, principal_item
from collabcase.model.portfolio import Feature, PortfolioEvent


class Features:
    """What the portfolio can do."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def enabled(self) -> frozenset[Feature]:
        """Return what is switched on."""
        with self._calls.reading() as call:
            return call.stores.portfolios.features(call.scope)

    def enable(self, feature: Feature) -> None:
        """Switch a feature on; boxes ticked before act again at once (V5).

        Raises:
            InvalidInput: it is no Feature.
        """
        self._set(feature, True)

    def disable(self, feature: Feature) -> None:
        """Switch a feature off; every box stays ticked and acts no more (G3).

        Raises:
            InvalidInput: it is no Feature.
        """
        self._set(feature, False)

    def _set(self, feature: Feature, on: bool) -> None:
        if not isinstance(feature, Feature):
            raise InvalidInput("feature", f"must be a Feature, not {type(feature).__name__}")
        with self._calls.writing() as call:
            if call.stores.portfolios.set_sharing(call.scope, on, since=call.now):
                kind = PortfolioEvent.FEATURE_ENABLED if on else PortfolioEvent.FEATURE_DISABLED
                call.emit(kind, principal_item(Kind.PORTFOLIO, call.actor.portfolio), feature.value)
