"""The conformance suite of the storage interfaces: what an adapter must keep, as tests to be subclassed.

An adapter's author gives two handles on one store, which need not be empty, and names the suites::

    import pytest

    from collabcase.storage.conformance.events import EventSuite
    from collabcase.storage.conformance.people import PeopleSuite
    from collabcase.storage.conformance.suite import Handles


    @pytest.fixture(scope="module")
    def handles(tmp_path_factory):
        place = tmp_path_factory.mktemp("store")
        first, second = MyAdapter(place), MyAdapter(place)
        yield Handles(first, second, in_use=lambda: first.connections + second.connections)
        first.close()
        second.close()


    class TestEvents(EventSuite): ...


    class TestPeople(PeopleSuite): ...

Every test makes portfolios of its own, and fails if it leaves a connection in use. There is a suite for each noun of
`collabcase.storage.interfaces`, one for inbox and search, one for units of work, and one for hosts' transactions.
"""

from __future__ import annotations

import pytest

_SUITES = (
    "acquaintances",
    "dictionaries",
    "drafts",
    "events",
    "groups",
    "host_transactions",
    "leases",
    "lists",
    "messages",
    "people",
    "portfolios",
    "reading",
    "requests",
    "rule",
    "sights",
    "talks",
    "teamboxes",
    "units_of_work",
    "windows",
)

pytest.register_assert_rewrite(*(f"{__name__}.{name}" for name in ("suite", *_SUITES)))
