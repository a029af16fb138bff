"""What a `MessageStore` keeps; who sees what is the rule's suite."""

from __future__ import annotations

from attrs import evolve

from collabcase.ids import LARGEST, Kind
from collabcase.permissions.sight import Role
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite
from collabcase.storage.interfaces import MessageFilter, MessageRow, Named

_LONG = "o'd\"d \\ ß 漢 🦉\n\t%s :x " * 5000
_EARLY, _LATE = -(10**12), 10**14


class MessageSuite(Suite):
    """Messages, in the order and the number asked for."""

    def test_a_message_is_found_as_it_was_stored(self, here: Scene) -> None:
        """`add` stores every field, and `find` returns it."""
        a, b = here.persons("a", "b")
        talk = here.talk(a, b)
        first = here.message(talk, a, b)
        full = MessageRow(here.item(Kind.MESSAGE), talk, a, b, first, _LONG, _LONG, _EARLY, _LATE, True, "ref")
        bare = MessageRow(here.item(Kind.MESSAGE), talk, a, None, None, "x", "", _LATE, _EARLY, False, None)
        for row in (full, bare):
            here.stores.messages.add(here.scope, row, subject="a subject")
            here.involve(row.id, Role.SENDER, a)
            assert row == here.stores.messages.find(here.scope, a, row.id)

    def test_what_does_not_exist_is_not_found(self, here: Scene) -> None:
        """`find` returns None for a number never stored, and for a talk's."""
        a = here.person("a")
        talk = here.talk(a, a)
        for id in (talk, here.item(Kind.MESSAGE)):
            assert here.stores.messages.find(here.scope, a, id) is None

    def test_the_newest_come_first(self, here: Scene) -> None:
        """`newest` runs downwards from a bound that is not included, whatever the dates, as many as asked for."""
        a, b = here.persons("a", "b")
        talk, other = here.talk(a, b), here.talk(a, b)
        sent = [here.message(place, a, b, date=date) for place, date in ((talk, 9), (other, 1), (talk, 5), (other, 3))]
        messages = here.stores.messages
        page = messages.newest(here.scope, a, MessageFilter(), before=LARGEST, limit=2)
        assert [sent[3], sent[2]] == [row.id for row in page]
        rest = messages.newest(here.scope, a, MessageFilter(), before=sent[2], limit=9)
        assert [sent[1], sent[0]] == [row.id for row in rest]
        assert messages.find(here.scope, a, sent[3]) == page[0]

    def test_each_filter_keeps_what_it_asks_for(self, here: Scene) -> None:
        """T7: by author (sender or sent_for), recipient, talk, and date from `since` until before `until`."""
        me, x, y = here.persons("me", "x", "y")
        box = here.group("box", me, teambox=True)
        talk, other = here.talk(me, x), here.talk(me, y)
        by_x = here.message(talk, x, me, date=10)
        for_x = here.message(talk, y, me, sent_for=x, date=20)
        to_x = here.message(other, me, x, observers=[y], date=30)
        to_box = here.message(other, y, box, observers=[x], date=40)
        asked = {
            MessageFilter(author=x): {by_x, for_x},
            MessageFilter(author=y): {for_x, to_box},
            MessageFilter(recipient=x): {to_x},
            MessageFilter(recipient=box): {to_box},
            MessageFilter(talk=other): {to_x, to_box},
            MessageFilter(since=20): {for_x, to_x, to_box},
            MessageFilter(until=20): {by_x},
            MessageFilter(since=20, until=40, author=x): {for_x},
            MessageFilter(talk=talk, recipient=me, author=y): {for_x},
            MessageFilter(author=box): set(),
            MessageFilter(): {by_x, for_x, to_x, to_box},
        }
        for wanted, expected in asked.items():
            page = here.stores.messages.newest(here.scope, me, wanted, before=LARGEST, limit=9)
            assert expected == {row.id for row in page}, wanted

    def test_filters_show_nothing_hidden(self, here: Scene) -> None:
        """V13: a filter narrows what the viewer sees, and widens nothing."""
        me, x, y = here.persons("me", "x", "y")
        talk = here.talk(x, y)
        here.message(talk, x, y)
        for wanted in (MessageFilter(author=x), MessageFilter(recipient=y), MessageFilter(talk=talk, since=0)):
            assert here.stores.messages.newest(here.scope, me, wanted, before=LARGEST, limit=9) == []

    def test_a_talk_reads_oldest_first(self, here: Scene) -> None:
        """`of_talk` runs upwards from a bound that is not included, as many as asked for, in this talk alone."""
        a, b = here.persons("a", "b")
        talk, other = here.talk(a, b), here.talk(a, b)
        sent = [here.message(place, a, b) for place in (talk, other, talk, talk)]
        messages = here.stores.messages
        rows = messages.of_talk(here.scope, b, talk, after=0, limit=2)
        assert [sent[0], sent[2]] == [row.id for row in rows]
        assert messages.find(here.scope, b, sent[0]) == rows[0]
        assert [sent[3]] == [row.id for row in messages.of_talk(here.scope, b, talk, after=sent[2], limit=9)]
        assert [sent[0], sent[2], sent[3]] == messages.ids_of_talk(here.scope, b, talk, own=False)

    def test_own_messages_leave_out_what_peers_show(self, here: Scene) -> None:
        """V7: with `own`, `ids_of_talk` returns what the viewer sees by V1 and V2, and nothing by V3."""
        here.share()
        me, peer, x = here.persons("me", "peer", "x")
        here.group("both", me, peer, shares=True)
        box = here.group("box", me, teambox=True)
        talk = here.talk(x, peer)
        mine, copied, boxed, theirs = (
            here.message(talk, x, me),
            here.message(talk, x, peer, observers=[me]),
            here.message(talk, x, box),
            here.message(talk, x, peer),
        )
        messages = here.stores.messages
        assert [mine, copied, boxed] == messages.ids_of_talk(here.scope, me, talk, own=True)
        assert [mine, copied, boxed, theirs] == messages.ids_of_talk(here.scope, me, talk, own=False)

    def test_senders_come_newest_first(self, here: Scene) -> None:
        """T3: `senders_of_talk` returns sender and sent_for of each message seen, the newest first."""
        a, b, c = here.persons("a", "b", "c")
        talk = here.talk(a, b)
        here.message(talk, a, b)
        here.message(talk, c, a, sent_for=b)
        here.message(talk, c, b)
        here.message(here.talk(a, b), a, b)
        assert [(c, b), (a, None)] == here.stores.messages.senders_of_talk(here.scope, a, talk)

    def test_everybody_on_a_message_is_named(self, here: Scene) -> None:
        """V7: `named` returns persons and groups in each of their roles, and nobody for a message without any."""
        a, b = here.persons("a", "b")
        box = here.group("box", teambox=True)
        talk = here.talk(a, b)
        full, plain = here.message(talk, a, b, box, observers=[box], sent_for=b), here.message(talk, b, a)
        empty = here.item(Kind.MESSAGE)
        here.stores.messages.add(here.scope, _bare(empty, talk, a), subject="a subject")
        person_a, person_b, group = (a, "a"), (b, "b"), (box, "box")
        expected = {
            full: {
                _named(person_a, Role.SENDER),
                _named(person_b, Role.SENT_FOR),
                _named(person_b, Role.RECIPIENT),
                _named(group, Role.RECIPIENT, is_group=True),
                _named(group, Role.OBSERVER, is_group=True),
            },
            plain: {_named(person_b, Role.SENDER), _named(person_a, Role.RECIPIENT)},
            empty: set(),
        }
        messages = here.stores.messages
        found = messages.named(here.scope, [full, plain, empty])
        assert expected == {id: set(named) for id, named in found.items()}
        assert [len(found[id]) for id in (full, plain, empty)] == [5, 2, 0]
        assert expected[full] | expected[plain] == messages.named_in_talk(here.scope, b, talk)

    def test_those_seen_are_picked_out(self, here: Scene) -> None:
        """`visible` returns those ids that are messages the viewer sees."""
        me, x = here.persons("me", "x")
        talk = here.talk(me, x)
        seen, hidden = here.message(talk, me, x), here.message(talk, x, x)
        case = here.item(Kind.CASE)
        here.involve(case, Role.OWNER, me)
        asked = [seen, hidden, talk, case, here.item(Kind.MESSAGE)]
        assert {seen} == here.stores.messages.visible(here.scope, me, asked)

    def test_nothing_is_done_for_nobody(self, here: Scene) -> None:
        """Empty lists are answered empty."""
        a = here.person("a")
        messages = here.stores.messages
        assert messages.named(here.scope, []) == {}
        assert messages.visible(here.scope, a, []) == set()

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Two portfolios with equal numbers know their own messages alone."""
        for text, scene in (("here", here), ("there", there)):
            a, b, c = scene.persons("a", "b", "c")
            talk = scene.talk(a, b)
            message = scene.message(talk, a, c if scene is here else b, text=text)
        only_there = there.message(talk, a, b)
        messages = here.stores.messages
        row = messages.find(here.scope, a, message)
        assert row is not None
        assert row.text == "here"
        assert evolve(row, text="there") == messages.find(there.scope, a, message)
        assert [row] == messages.newest(here.scope, a, MessageFilter(author=a), before=LARGEST, limit=9)
        assert [row] == messages.of_talk(here.scope, a, talk, after=0, limit=9)
        assert messages.newest(here.scope, a, MessageFilter(recipient=b), before=LARGEST, limit=9) == []
        assert [message] == messages.ids_of_talk(here.scope, a, talk, own=True)
        assert [(a, None)] == messages.senders_of_talk(here.scope, a, talk)
        assert len(messages.named_in_talk(here.scope, a, talk)) == 2
        assert [len(named) for named in messages.named(here.scope, [message, only_there]).values()] == [2, 0]
        assert {message} == messages.visible(here.scope, a, [message, only_there])


def _bare(id: int, talk: int, sender: int) -> MessageRow:
    return MessageRow(id, talk, sender, None, None, "x", "", 5, 7, False, None)


def _named(who: tuple[int, str], role: Role, *, is_group: bool = False) -> Named:
    return Named(who[0], role, is_group, who[1])
