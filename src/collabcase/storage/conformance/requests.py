"""What a `RequestStore` keeps."""

from __future__ import annotations

from collabcase.ids import Kind
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite, committed, looked, meanwhile
from collabcase.storage.interfaces import Adapter, Transaction

_KEY = "o'd\"d \\ 漢 🦉"


class RequestSuite(Suite):
    """Idempotency keys, and the first result of each (I3)."""

    def test_a_key_keeps_its_first_result(self, here: Scene) -> None:
        """`claim` keeps the first verb and item, and gives these to whoever claims the key again."""
        requests = here.stores.requests
        a = here.person("a")
        first, second = here.item(Kind.TALK), here.item(Kind.MESSAGE)
        assert requests.find(here.scope, a, _KEY) is None
        answers = [
            requests.claim(here.scope, a, _KEY, "talks.start", first),
            requests.claim(here.scope, a, _KEY, "talks.start", second),
            requests.claim(here.scope, a, _KEY, "talks.reply", second),
            requests.find(here.scope, a, _KEY),
        ]
        assert [("talks.start", first)] * 4 == answers

    def test_keys_belong_to_who_acts(self, here: Scene, there: Scene) -> None:
        """One key of two persons, of the system (0), and of another portfolio are different keys."""
        requests = here.stores.requests
        a, b = here.persons("a", "b")
        item = here.item(Kind.TALK)
        requests.claim(here.scope, a, "key", "talks.start", item)
        assert [requests.find(here.scope, no, "key") for no in (b, 0)] == [None, None]
        assert requests.find(there.scope, a, "key") is None
        assert requests.find(here.scope, a, "kex") is None
        assert requests.claim(here.scope, 0, "key", "groups.create", 7) == ("groups.create", 7)
        assert requests.claim(there.scope, a, "key", "talks.reply", 8) == ("talks.reply", 8)
        assert ("talks.start", item) == requests.find(here.scope, a, "key")

    def test_of_several_claims_one_is_kept(self, adapter: Adapter, other: Adapter) -> None:
        """Of several at once one is kept, and all are given that one."""

        def set_up(tx: Transaction) -> tuple[Scene, int]:
            place = Scene.new(adapter.stores, tx)
            return place, place.person("a")

        def claim(tx: Transaction, item: int) -> tuple[str, int]:
            return other.stores.requests.claim(place.at(tx).scope, a, "key", "talks.start", item)

        place, a = committed(adapter, set_up)
        work = adapter.unit_of_work()
        with work.writing() as tx:
            first = claim(tx, 32)
        with meanwhile(lambda: committed(other, lambda tx: claim(tx, 64))) as second:
            work.commit()
        kept = looked(adapter, lambda tx: adapter.stores.requests.find(place.at(tx).scope, a, "key"))
        assert [first, second.result(), kept] == [("talks.start", 32)] * 3

    def test_a_claim_rolled_back_is_free_again(self, adapter: Adapter, other: Adapter) -> None:
        """A key whose unit of work was undone keeps nothing; who waited for it has it."""

        def set_up(tx: Transaction) -> tuple[Scene, int]:
            place = Scene.new(adapter.stores, tx)
            return place, place.person("a")

        place, a = committed(adapter, set_up)
        work = adapter.unit_of_work()
        with work.writing() as tx:
            adapter.stores.requests.claim(place.at(tx).scope, a, "key", "talks.start", 32)
        with meanwhile(
            lambda: committed(
                other, lambda tx: other.stores.requests.claim(place.at(tx).scope, a, "key", "talks.reply", 64)
            )
        ) as second:
            work.rollback()
        assert second.result() == ("talks.reply", 64)
