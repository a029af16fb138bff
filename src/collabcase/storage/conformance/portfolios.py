"""What a `PortfolioStore` keeps."""

from __future__ import annotations

import secrets

from collabcase.model.portfolio import Feature, Portfolio
from collabcase.storage.conformance.scene import SEAL, Scene
from collabcase.storage.conformance.suite import Suite, committed, looked, meanwhile
from collabcase.storage.interfaces import Adapter, Transaction

_OTHER_SEAL = bytes(reversed(range(32)))


def _new(*, sent_for_since: str = "4") -> Portfolio:
    return Portfolio(f"portfolio {secrets.token_hex(8)}", "Title „ß'\"\\", sent_for_since=sent_for_since)


class PortfolioSuite(Suite):
    """The tenants."""

    def test_a_portfolio_is_found_as_it_was_stored(self, adapter: Adapter, tx: Transaction) -> None:
        """`find` returns the number, the portfolio and the seal that `create` was given."""
        portfolio = _new(sent_for_since="5.1")
        no = adapter.stores.portfolios.create(tx, portfolio, seal=SEAL)
        assert (no, portfolio, SEAL) == adapter.stores.portfolios.find(tx, portfolio.id)

    def test_a_portfolio_starts_with_the_features_it_is_given(self, adapter: Adapter, tx: Transaction) -> None:
        """`create` stores the features, and without any none is on."""
        portfolios = adapter.stores.portfolios
        for features in (frozenset({Feature.SHARE_CASES}), frozenset[Feature]()):
            portfolio = Portfolio(_new().id, "title", features)
            no = portfolios.create(tx, portfolio, seal=SEAL)
            assert no is not None
            assert features == portfolios.features(tx.within(no))
            assert (no, portfolio, SEAL) == portfolios.find(tx, portfolio.id)

    def test_a_taken_id_is_left_as_it_is(self, adapter: Adapter, tx: Transaction) -> None:
        """`create` returns None for an id that exists, whose portfolio stays what it was."""
        portfolio = _new()
        no = adapter.stores.portfolios.create(tx, portfolio, seal=SEAL)
        again = Portfolio(portfolio.id, "another title")
        assert adapter.stores.portfolios.create(tx, again, seal=_OTHER_SEAL) is None
        assert (no, portfolio, SEAL) == adapter.stores.portfolios.find(tx, portfolio.id)

    def test_numbers_differ(self, adapter: Adapter, tx: Transaction) -> None:
        """Every portfolio has a number of its own."""
        numbers = {adapter.stores.portfolios.create(tx, _new(), seal=SEAL) for _ in range(3)}
        assert len(numbers - {None}) == 3

    def test_what_does_not_exist_is_not_found(self, adapter: Adapter, tx: Transaction) -> None:
        """`find` returns None for an id never stored."""
        assert adapter.stores.portfolios.find(tx, _new().id) is None

    def test_the_feature_is_switched(self, here: Scene, there: Scene) -> None:
        """`set_sharing` changes the feature of this portfolio alone, and tells whether anything changed."""
        portfolios = here.stores.portfolios
        answers = [portfolios.set_sharing(here.scope, on, since=1) for on in (False, True, True, False, True)]
        assert answers == [False, True, False, True, True]
        assert frozenset({Feature.SHARE_CASES}) == portfolios.features(here.scope)
        assert frozenset() == portfolios.features(there.scope)

    def test_of_two_writers_one_has_the_id(self, adapter: Adapter, other: Adapter) -> None:
        """Of several creating one id at once, exactly one gets a number, and theirs is the portfolio."""
        mine = _new()
        theirs = Portfolio(mine.id, "theirs")
        work = adapter.unit_of_work()
        with work.writing() as tx:
            no = adapter.stores.portfolios.create(tx, mine, seal=SEAL)
        with meanwhile(
            lambda: committed(other, lambda tx: other.stores.portfolios.create(tx, theirs, seal=_OTHER_SEAL))
        ) as second:
            work.commit()
        assert second.result() is None
        assert (no, mine, SEAL) == looked(other, lambda tx: other.stores.portfolios.find(tx, mine.id))

    def test_two_writers_get_different_numbers(self, adapter: Adapter, other: Adapter) -> None:
        """Of several creating different ids at once, each gets a number of its own."""
        work = adapter.unit_of_work()
        with work.writing() as tx:
            first = adapter.stores.portfolios.create(tx, _new(), seal=SEAL)
        with meanwhile(
            lambda: committed(other, lambda tx: other.stores.portfolios.create(tx, _new(), seal=SEAL))
        ) as second:
            work.commit()
        assert len({first, second.result()} - {None}) == 2
