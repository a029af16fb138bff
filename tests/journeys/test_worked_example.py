"""The worked example of the law: its acceptance table and every variant, through the public face."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collabcase import AlreadyInMainGroup, Collab, Desk, Feature, Forbidden, Message, NotFound
from collabcase.testing import MovableClock

from .broker import CLIENT_PEOPLE, Broker, names, read

TABLE = """
       a1 a2 b1 b2 ga gb
   a1  x  x  .  .  .  .
   a2  x  x  .  .  .  .
   b1  .  .  x  x  .  x
   b2  .  .  x  x  .  x
   ga  .  .  .  .  x  x
   gb  .  .  x  x  x  x
"""
ALONE = {person: {person} for person in CLIENT_PEOPLE}


def parsed(table: str) -> dict[str, set[str]]:
    """Return whose messages each person sees."""
    columns, *rows = (line.split() for line in table.strip().splitlines())
    return {row[0]: {column for column, cell in zip(columns, row[1:], strict=True) if cell == "x"} for row in rows}


class Post:
    """For every person one message they received from x, and one they sent to x."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.received: dict[str, Message] = {person: broker.send("x", person) for person in CLIENT_PEOPLE}
        self.sent: dict[str, Message] = {
            person: broker.answer(person, message) for person, message in self.received.items()
        }

    def table(self, *, every_verb: bool = False) -> dict[str, set[str]]:
        """Return whose messages each person sees: the same received as sent, listed as asked for one by one."""
        return {viewer: self._seen(viewer, every_verb) for viewer in CLIENT_PEOPLE}

    def _seen(self, viewer: str, every_verb: bool) -> set[str]:
        everything = {message.id: person for found in (self.received, self.sent) for person, message in found.items()}
        with self._broker.desk(viewer) as desk:
            checked = set(desk.messages.visible(everything))
            assert {message.id for message in desk.messages.search(limit=500)} == checked
            if every_verb:
                for message in (*self.received.values(), *self.sent.values()):
                    assert _reads(desk, message) == (message.id in checked)
        received = {person for person, message in self.received.items() if message.id in checked}
        assert {person for person, message in self.sent.items() if message.id in checked} == received
        return received


def _reads(desk: Desk, message: Message) -> bool:
    """Tell whether the verbs that read one message show it: all of them, or none."""
    shown = {
        _shown(lambda: read(desk.messages.get(message.id)) == message),
        _shown(lambda: message in map(read, desk.talks.view(message.talk).messages)),
        _shown(lambda: bool(desk.explain(message).reasons)),
        _shown(lambda: bool(desk.talks.audience(message=message.id).lines)),
    }
    assert len(shown) == 1
    return shown.pop()


def _shown(verb: Callable[[], bool]) -> bool:
    try:
        return verb()
    except NotFound:
        return False


@pytest.fixture
def broker(collab: Collab, clock: MovableClock) -> Broker:
    return Broker(collab, clock)


@pytest.fixture
def post(broker: Broker) -> Post:
    return Post(broker)


def test_the_acceptance_table(post: Post) -> None:
    """V3, V4: each person sees what the table of the law gives them, received and sent, by every verb alike."""
    assert parsed(TABLE) == post.table(every_verb=True)


def test_b_unticked_changes_nothing(broker: Broker, post: Post) -> None:
    """V3: with B unticked the secondary group B+ covers its members, so the table stays."""
    broker.share("B", False)
    assert parsed(TABLE) == post.table()


def test_b_plus_unticked_takes_only_its_own(broker: Broker, post: Post) -> None:
    """V3: with B+ unticked instead, gb and the clerks lose each other, and the clerks keep B."""
    broker.share("B+", False)
    expected = parsed(TABLE) | {"b1": {"b1", "b2"}, "b2": {"b1", "b2"}, "gb": {"ga", "gb"}}
    assert expected == post.table()


def test_gf_unticked(broker: Broker, post: Post) -> None:
    """V3, V5: with GF unticked ga and gb lose each other and nothing else."""
    broker.share("GF", False)
    assert parsed(TABLE) | {"ga": {"ga"}, "gb": {"b1", "b2", "gb"}} == post.table()


def test_gb_moved_to_b_loses_ga_and_the_rights(broker: Broker, post: Post) -> None:
    """G2, V5: gb moved to the main group B loses the rights of GF and the sight of ga, and ga that of gb."""
    hidden = post.received["a1"]
    with broker.desk("gb") as desk:
        assert desk.explain(hidden, person="a1").reasons
    with broker.system() as system:
        assert system.groups.move_main("gb", broker.id("B")).members == ("b1", "b2", "gb")
        assert system.groups.get(broker.id("GF")).members == ("ga",)
    assert parsed(TABLE) | {"ga": {"ga"}, "gb": {"b1", "b2", "gb"}} == post.table()
    with broker.desk("gb") as desk, pytest.raises(NotFound):
        desk.explain(hidden, person="a1")
    with broker.desk("gb") as desk, pytest.raises(Forbidden) as refused:
        desk.explain(post.received["b1"], person="b1")
    assert refused.value.right == "sight.audit"


def test_copying_gb_into_b_is_refused(broker: Broker, post: Post) -> None:
    """G1: gb can't be copied into a second main group; the error names gb, and everything stays as it was."""
    with broker.system() as system:
        with pytest.raises(AlreadyInMainGroup) as refused:
            system.groups.add_members(broker.id("B"), ["gb"])
        assert refused.value.persons == ("gb",)
        assert system.groups.get(broker.id("B")).members == ("b1", "b2")
        assert system.groups.get(broker.id("GF")).members == ("ga", "gb")
    assert parsed(TABLE) == post.table()


def test_gb_answers_in_the_talk_of_b1(broker: Broker) -> None:
    """V4, V6: when gb answers in b1's talk, ga sees gb's answer, which gb sent, and no message of b1."""
    asked = broker.send("x", "b1")
    own = broker.answer("b1", asked)
    answer = broker.answer("gb", asked)
    assert {"sender": "gb", "sent_for": "b1", "to": ["x"], "observers": []} == names(answer)
    assert [answer.id] == broker.seen_by("ga", [asked, own, answer])
    with broker.desk("ga") as desk:
        view = desk.talks.view(asked.talk)
        assert [answer.id] == [message.id for message in view.messages]
        assert view.messages[0].answers is None
        assert ["b1", "gb", "x"] == [ref.id for ref in view.talk.participants]
    later = broker.answer("x", own)
    assert not broker.sees("ga", later)


def test_the_feature_switched_off_and_on(broker: Broker, post: Post) -> None:
    """V5, G3: with the feature off everybody sees their own alone; switched on again, the boxes act as before."""
    with broker.system() as system:
        system.features.disable(Feature.SHARE_CASES)
    assert ALONE == post.table()
    with broker.system() as system:
        assert all(group.shares_cases for group in system.groups.list())
        system.features.enable(Feature.SHARE_CASES)
    assert parsed(TABLE) == post.table()


def test_the_table_holds_for_what_existed_before(collab: Collab, clock: MovableClock) -> None:
    """V5: groups, boxes and feature set up after everything was sent give the same table."""
    broker = Broker(collab, clock, sharing=False)
    post = Post(broker)
    assert ALONE == post.table()
    with broker.system() as system:
        system.features.enable(Feature.SHARE_CASES)
        for name, main in (("A", True), ("B", True), ("GF", True), ("B+", False)):
            broker.groups[name] = system.groups.create(name, main=main)
    for step in ("box first", "members first"):
        for name, members in (("A", ["a1", "a2"]), ("B", ["b1", "b2"]), ("GF", ["ga", "gb"])):
            _fill(broker, name, members, box_first=step == "box first")
        _fill(broker, "B+", ["b1", "b2", "gb"], box_first=step == "box first")
        assert parsed(TABLE) == post.table(), step
        _empty(broker)
        assert ALONE == post.table(), step


def _fill(broker: Broker, name: str, members: list[str], *, box_first: bool) -> None:
    with broker.system() as system:
        if box_first:
            system.groups.share_cases(broker.id(name), True)
        system.groups.add_members(broker.id(name), members)
        system.groups.share_cases(broker.id(name), True)


def _empty(broker: Broker) -> None:
    with broker.system() as system:
        for group in system.groups.list():
            system.groups.share_cases(group.id, False)
            system.groups.remove_members(group.id, group.members or ())


def test_leaving_hides_at_once(broker: Broker, post: Post) -> None:
    """V5: gb taken out of B+ loses the clerks' messages at once, the old ones too, and they lose gb's."""
    with broker.system() as system:
        system.groups.remove_members(broker.id("B+"), ["gb"])
    assert parsed(TABLE) | {"b1": {"b1", "b2"}, "b2": {"b1", "b2"}, "gb": {"ga", "gb"}} == post.table()


def test_talks_among_the_groups(broker: Broker) -> None:
    """V3: a message from one group's member to another's is seen by the peers of both, and by nobody else."""
    with broker.system() as system:
        system.people.change("ga", internal=True)
    message = broker.send("ga", "a1")
    assert {"ga", "gb", "a1", "a2"} == broker.viewers(message)
