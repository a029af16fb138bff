"""What a `DraftStore` and an `ArchiveStore` keep."""

from __future__ import annotations

from collabcase.model.item import ItemRef
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite
from collabcase.storage.interfaces import DraftRow

_FIRST = (1 << 62, ItemRef("", ""))
_A, _B, _C = ItemRef("message", "message_1"), ItemRef("message", "message_2"), ItemRef("talk", "talk_1")


class DraftSuite(Suite):
    """What persons have begun to write."""

    def test_one_draft_is_kept_for_each_item(self, here: Scene) -> None:
        """T10: a draft is kept as it was saved last, for each person and item."""
        a, b = here.persons("a", "b")
        drafts = here.stores.drafts
        for person, draft in (
            (a, DraftRow(_A, "o'd\"d ß 漢 🦉\n\tx", 5)),
            (a, DraftRow(_A, "y" * 100_000, 6)),
            (b, DraftRow(_A, "b's", 5)),
        ):
            drafts.save(here.scope, person, draft)
        assert [DraftRow(_A, "y" * 100_000, 6)] == drafts.page(here.scope, a, before=_FIRST, limit=9)
        assert [DraftRow(_A, "b's", 5)] == drafts.page(here.scope, b, before=_FIRST, limit=9)

    def test_drafts_come_saved_last_first_in_pages(self, here: Scene) -> None:
        """T10: what was saved last comes first, of one moment the greatest kind and id."""
        a = here.person("a")
        drafts = here.stores.drafts
        for item, at in ((_A, 5), (_B, 5), (_C, 5), (ItemRef("talk", "talk_0"), 9)):
            drafts.save(here.scope, a, DraftRow(item, "text", at))
        found = [row.item for row in drafts.page(here.scope, a, before=_FIRST, limit=9)]
        assert [ItemRef("talk", "talk_0"), _C, _B, _A] == found
        assert [row.item for row in drafts.page(here.scope, a, before=(5, _C), limit=1)] == [_B]
        assert [row.item for row in drafts.page(here.scope, a, before=(5, _B), limit=9)] == [_A]

    def test_a_draft_is_discarded(self, here: Scene) -> None:
        """T10: `discard` tells whether there was one, and touches no other."""
        a, b = here.persons("a", "b")
        drafts = here.stores.drafts
        for person, item in ((a, _A), (a, _B), (b, _A)):
            drafts.save(here.scope, person, DraftRow(item, "text", 5))
        assert [drafts.discard(here.scope, a, _A) for _ in range(2)] == [True, False]
        left = [[row.item for row in drafts.page(here.scope, one, before=_FIRST, limit=9)] for one in (a, b)]
        assert left == [[_B], [_A]]

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Two portfolios with equal numbers know, and change, their own drafts alone."""
        a = {scene.person("a") for scene in (here, there)}.pop()
        drafts = here.stores.drafts
        for scene in (here, there):
            drafts.save(scene.scope, a, DraftRow(_A, "here" if scene is here else "there", 5))
        drafts.save(here.scope, a, DraftRow(_B, "here", 5))
        drafts.discard(here.scope, a, _A)
        assert [DraftRow(_A, "there", 5)] == drafts.page(there.scope, a, before=_FIRST, limit=9)


class ArchiveSuite(Suite):
    """Which talks have left whose working lists."""

    def test_the_newest_message_seen_is_told(self, here: Scene) -> None:
        """V6, T9: the newest message of this talk that this viewer sees, none where they see none."""
        a, b, c = here.persons("a", "b", "c")
        talk, other = here.talk(a, b), here.talk(a, b)
        seen, hidden = here.message(talk, a, b), here.message(talk, a, c)
        here.message(other, a, b)
        archives = here.stores.archives
        assert [hidden, seen, hidden] == [archives.newest(here.scope, one, talk) for one in (a, b, c)]
        assert archives.newest(here.scope, c, other) is None

    def test_a_talk_is_archived_and_restored(self, here: Scene) -> None:
        """T9: a person's talk is archived up to the message told last, until it is restored."""
        a, b = here.persons("a", "b")
        talk, other = here.talk(a, b), here.talk(a, b)
        archives = here.stores.archives
        for person, upto in ((a, 5), (a, 9), (b, 3)):
            archives.archive(here.scope, person, talk, upto=upto)
        assert [archives.upto(here.scope, person, one) for person, one in ((a, talk), (b, talk), (a, other))] == [
            9,
            3,
            None,
        ]
        for _ in range(2):
            archives.restore(here.scope, a, talk)
        assert [archives.upto(here.scope, person, talk) for person in (a, b)] == [None, 3]

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Two portfolios with equal numbers know, and change, their own archives alone."""
        for scene in (here, there):
            a, b = scene.persons("a", "b")
            talk = scene.talk(a, b)
            message = scene.message(talk, a, b)
        archives = here.stores.archives
        archives.archive(here.scope, a, talk, upto=message)
        assert archives.upto(there.scope, a, talk) is None
        archives.archive(there.scope, a, talk, upto=message)
        archives.restore(here.scope, a, talk)
        assert message == archives.upto(there.scope, a, talk)
        later = here.message(talk, a, b)
        assert [later, message] == [archives.newest(scene.scope, a, talk) for scene in (here, there)]
