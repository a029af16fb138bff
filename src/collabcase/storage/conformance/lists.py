"""What the lists of a `TalkStore` and a `MessageStore` give: inbox, and search under every condition."""

from __future__ import annotations

from collabcase.ids import LARGEST, Kind
from collabcase.model.reading import Heading
from collabcase.permissions.sight import Role
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite
from collabcase.storage.interfaces import MessageFilter, MessageRow


class ListSuite(Suite):
    """Inbox and search, as far as the rule lets the viewer see."""

    def test_an_inbox_stands_under_headings(self, here: Scene) -> None:
        """T5, V6: `inbox` lists each talk under the first heading that fits, at its newest message of the heading."""
        here.share()
        me, peer, x = here.persons("me", "peer", "x")
        box = here.group("box", me, teambox=True)
        here.group("both", me, peer, shares=True)
        mine, boxed, shared, hidden = (here.talk(x, one) for one in (me, box, peer, x))
        sent = [here.message(talk, x, to) for talk, to in ((mine, me), (boxed, box), (shared, peer), (hidden, x))]
        newer = here.message(mine, x, peer)
        expected = {
            None: [
                (newer, Heading.MINE, newer),
                (sent[2], Heading.SHARED, sent[2]),
                (sent[1], Heading.TEAMBOX, sent[1]),
            ],
            Heading.MINE: [(sent[0], Heading.MINE, newer)],
            Heading.TEAMBOX: [(sent[1], Heading.TEAMBOX, sent[1])],
            Heading.SHARED: [(sent[2], Heading.SHARED, sent[2])],
        }
        for heading, due in expected.items():
            assert due == _inbox(here, me, heading)
            assert _inbox(here, me, heading, archived=True) == []
        assert _inbox(here, me, Heading.MINE, before=sent[0]) == []

    def test_an_inbox_comes_in_pages(self, here: Scene) -> None:
        """Positions below `before` come, newest first, as many as asked for, a talk of several lists once."""
        here.share()
        me, peer, x = here.persons("me", "peer", "x")
        for name in ("one", "two", "three"):
            here.group(name, me, peer, shares=True)
        talks = [here.talk(x, me) for _ in range(7)]
        for talk in talks:
            here.message(talk, x, me)
        newest = [here.message(talk, x, peer) for talk in reversed(talks)]
        found, before = list[int](), LARGEST
        while page := _inbox(here, me, None, before=before, limit=2):
            assert len(page) == 2 or len(found) == 6
            before = page[-1][0]
            found += [last for _, _, last in page]
        assert found == list(reversed(newest))

    def test_archived_talks_are_apart(self, here: Scene) -> None:
        """T9: what somebody has archived up to a message is listed apart, for them alone, until a newer one."""
        me, x = here.persons("me", "x")
        talk, other = here.talk(x, me), here.talk(x, me)
        first, second = here.message(talk, x, me), here.message(other, x, me)
        here.stores.archives.archive(here.scope, me, talk, upto=first)
        assert [second] == [last for _, _, last in _inbox(here, me, None)]
        assert [first] == [last for _, _, last in _inbox(here, me, None, archived=True)]
        assert [second, first] == [last for _, _, last in _inbox(here, x, None)]
        here.message(talk, x, x)
        assert [first] == [last for _, _, last in _inbox(here, me, None, archived=True)]
        newer = here.message(talk, x, me)
        assert [newer, second] == [last for _, _, last in _inbox(here, me, None)]
        assert _inbox(here, me, None, archived=True) == []

    def test_every_condition_of_a_search(self, here: Scene) -> None:
        """T7, T8: by type, codes, words, read state and whether an answer is asked for, alone and together."""
        me, x = here.persons("me", "x")
        talk = here.talk(x, me)
        claim = here.message(talk, x, me, type="claim", data=(("line", "motor"), ("region", "north")), text="Größe da")
        offer = here.message(talk, x, me, type="offer", data=(("line", "motor"),), text="grosser Schaden")
        tells = here.item(Kind.MESSAGE)
        row = MessageRow(tells, talk, x, None, None, "tells only", "", 5, 7, False, None)
        here.stores.messages.add(here.scope, row, subject="a subject")
        here.involve(tells, Role.SENDER, x)
        here.involve(tells, Role.RECIPIENT, me)
        here.message(here.talk(x, x), x, x, type="claim", data=(("line", "motor"),), text="Größe da")
        here.stores.reading.mark_read(here.scope, me, [offer])
        asked = {
            MessageFilter(type="claim"): [claim],
            MessageFilter(data=(("line", "motor"),)): [offer, claim],
            MessageFilter(data=(("line", "motor"), ("region", "north"))): [claim],
            MessageFilter(data=(("line", "north"),)): [],
            MessageFilter(asks_answer=True): [offer, claim],
            MessageFilter(asks_answer=False): [tells],
            MessageFilter(unread=True): [tells, claim],
            MessageFilter(unread=False): [offer],
            MessageFilter(text=(("grosse", False),)): [claim],
            MessageFilter(text=(("gross", True),)): [offer, claim],
            MessageFilter(text=(("schaden", False), ("gross", True))): [offer],
            MessageFilter(text=(("subject", False),)): [tells, offer, claim],
            MessageFilter(text=(("gross", False),)): [],
            MessageFilter(type="claim", unread=True, text=(("comment", False),), author=x, recipient=me): [claim],
        }
        for wanted, due in asked.items():
            for limit in (1, 9):
                page = here.stores.messages.newest(here.scope, me, wanted, before=LARGEST, limit=limit)
                assert due[:limit] == [row.id for row in page], wanted
            rest = here.stores.messages.newest(here.scope, me, wanted, before=offer, limit=9)
            assert [id for id in due if id < offer] == [row.id for row in rest], wanted

    def test_long_walks_are_whole(self, here: Scene) -> None:
        """T7: conditions that many messages meet, but none of those the viewer sees, hide nothing further down."""
        me, x, y = here.persons("me", "x", "y")
        talk, hidden = here.talk(x, me), here.talk(x, y)
        first = here.message(talk, x, me, date=50, text="wanted")
        seen = [here.message(talk, x, me, date=9) for _ in range(90)]
        for _ in range(90):
            here.message(hidden, x, y, date=50, text="wanted")
        dated = MessageFilter(since=40, until=60)
        for wanted in (dated, MessageFilter(text=(("wanted", False),)), MessageFilter(author=x, since=40, unread=True)):
            page = here.stores.messages.newest(here.scope, me, wanted, before=LARGEST, limit=9)
            assert [first] == [row.id for row in page], wanted
        page = here.stores.messages.newest(here.scope, me, MessageFilter(until=40), before=LARGEST, limit=80)
        assert list(reversed(seen))[:80] == [row.id for row in page]

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Two portfolios with equal numbers list, and find the words of, their own messages alone."""
        for scene, text in ((here, "hiesig"), (there, "dortig")):
            me, x = scene.persons("me", "x")
            talk = scene.talk(x, me)
            message = scene.message(talk, x, me, text=text)
        only_there = there.message(there.talk(x, me), x, me, text="hiesig")
        messages = here.stores.messages
        for scene, word, due in ((here, "hiesig", [message]), (there, "hiesig", [only_there]), (here, "dortig", [])):
            wanted = MessageFilter(text=((word, False),))
            assert due == [row.id for row in messages.newest(scene.scope, me, wanted, before=LARGEST, limit=9)]
        assert [message] == [last for _, _, last in _inbox(here, me, None)]
        assert [only_there, message] == [last for _, _, last in _inbox(there, me, None)]


def _inbox(
    here: Scene, viewer: int, heading: Heading | None, *, archived: bool = False, before: int = LARGEST, limit: int = 9
) -> list[tuple[int, Heading, int]]:
    """Return position, heading and newest message of each talk listed, which must be messages and talks as stored."""
    rows = here.stores.talks.inbox(here.scope, viewer, heading, archived=archived, before=before, limit=limit)
    for row in rows:
        assert row.talk == here.stores.talks.find(here.scope, row.talk.id)
        assert row.last == here.stores.messages.find(here.scope, viewer, row.last.id)
    return [(row.position, row.heading, row.last.id) for row in rows]
