"""What a `ReadingStore` keeps."""

from __future__ import annotations

from attrs import evolve

from collabcase.ids import Kind, first_at, kind_code
from collabcase.model.reading import Heading, Question
from collabcase.permissions.sight import Role
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite
from collabcase.storage.interfaces import DismissalRow, MessageRow, ReadState

_REASON = "o'd\"d \\ 漢 🦉\n\tand more"
_MINUTE = 60_000
_NOTHING = Question(
    asker=False,
    addressed=False,
    answered=False,
    answer_seen=False,
    waived=False,
    dismissed=False,
    has_dismissals=False,
)


class ReadingSuite(Suite):
    """Read marks, questions, and what is unread (T4, T5)."""

    def test_what_names_the_viewer_is_unread_until_it_is_marked(self, here: Scene, there: Scene) -> None:
        """`mark_read` ends it for one person and these messages, and may be called again."""
        me, x, peer = here.persons("me", "x", "peer")
        talk = here.talk(x, me)
        messages = [sent(here, talk, x, me, peer, at=minute) for minute in (1, 2, 3)]
        reading = here.stores.reading
        for _ in range(2):
            reading.mark_read(here.scope, me, messages[:2])
        assert unread(here, me, messages) == [False, False, True]
        assert unread(here, peer, messages) == [True, True, True]
        assert unread(here, x, messages) == [False, False, False]
        assert counts(here, me) == (1, 0, 0)
        assert counts(here, peer) == (3, 0, 0)
        assert counts(here, x) == (0, 0, 0)
        there.person("me")
        assert counts(there, me) == (0, 0, 0)

    def test_a_role_of_any_kind_counts_once(self, here: Scene) -> None:
        """Whoever is copied, or in whose place it was sent, has it unread, once in whatever roles."""
        me, x = here.persons("me", "x")
        box = here.group("box", me, teambox=True)
        talk = here.talk(x, me)
        sent(here, talk, x, box, observers=[me])
        for_me = sent(here, talk, x, x, sent_for=me)
        here.involve(for_me, Role.RECIPIENT, me)
        assert counts(here, me) == (2, 0, 0)

    def test_a_group_counts_since_one_joined(self, here: Scene) -> None:
        """What names a group counts if it was sent since the viewer joined, in whichever of their groups."""
        me, x = here.persons("me", "x")
        early, late = (here.group(name, teambox=True) for name in ("early", "late"))
        join(here, early, me, at=10)
        join(here, late, me, at=20)
        talk = here.talk(x, early)
        expected = {(9, early): False, (10, early): True, (19, late): False, (20, late): True, (15, early, late): True}
        messages = [sent(here, talk, x, *to, at=at) for at, *to in expected]
        assert list(expected.values()) == unread(here, me, messages)
        assert counts(here, me) == (0, 3, 0)
        here.stores.groups.leave(here.scope, early, [me])
        assert counts(here, me) == (0, 1, 0)

    def test_sharing_counts_since_the_last_of_four_began(self, here: Scene) -> None:
        """Membership of the viewer and of the peer, the box and the feature: the last of them decides."""
        x, talk = here.person("x"), None
        begins = [(20, 10, 10, 10), (10, 20, 10, 10), (10, 10, 20, 10), (10, 10, 10, 20)]
        for number, (mine, theirs, box, feature) in enumerate(begins):
            me, peer = here.persons(f"me {number}", f"peer {number}")
            group = here.group(f"group {number}")
            join(here, group, me, at=mine)
            join(here, group, peer, at=theirs)
            here.stores.groups.set_sharing(here.scope, group, True, since=box * _MINUTE)
            here.stores.portfolios.set_sharing(here.scope, False, since=0)
            here.stores.portfolios.set_sharing(here.scope, True, since=feature * _MINUTE)
            talk = here.talk(x, peer)
            messages = [sent(here, talk, x, peer, at=at) for at in (19, 20, 21)]
            assert unread(here, me, messages) == [False, True, True]
            assert counts(here, me) == (0, 0, 2)

    def test_only_what_a_peer_received_is_shared(self, here: Scene) -> None:
        """What a peer sent, observes, or got through a teambox is seen or not, and counted for nobody."""
        here.share()
        me, peer, x = here.persons("me", "peer", "x")
        here.group("both", me, peer, shares=True)
        box = here.group("box", peer, teambox=True)
        talk = here.talk(x, peer)
        received = sent(here, talk, x, peer)
        others = [sent(here, talk, peer, x), sent(here, talk, x, box), sent(here, talk, x, x, observers=[peer])]
        assert unread(here, me, [received, *others]) == [True, False, False, False]
        assert counts(here, me) == (0, 0, 1)
        here.share(False)
        assert counts(here, me) == (0, 0, 0)

    def test_each_message_counts_once_up_to_a_limit(self, here: Scene) -> None:
        """`unread` gives each message to its first heading, and stops at `most` under each."""
        here.share()
        me, peer, x = here.persons("me", "peer", "x")
        one, two = (here.group(name, me, peer, shares=True, teambox=True) for name in ("one", "two"))
        talk = here.talk(x, peer)
        for at in (1, 2, 3):
            sent(here, talk, x, me, one, peer, at=at)
            sent(here, talk, x, one, two, peer, at=at)
            sent(here, talk, x, peer, at=at)
        assert counts(here, me) == (3, 3, 3)
        assert counts(here, me, most=2) == (2, 2, 2)

    def test_a_question_is_told_by_what_the_viewer_is_to_it(self, here: Scene) -> None:
        """`states` tells askers and addressees apart, members of addressed groups included, observers left out."""
        x, me, mate, y, place = here.persons("x", "me", "mate", "y", "place")
        box = here.group("box", mate, teambox=True)
        question = sent(here, here.talk(x, me), x, me, box, observers=[y], sent_for=place)
        told = {person: asked(here, person, question) for person in (x, place, me, mate, y)}
        assert {
            x: evolve(_NOTHING, asker=True),
            place: evolve(_NOTHING, asker=True),
            me: evolve(_NOTHING, addressed=True),
            mate: evolve(_NOTHING, addressed=True),
            y: _NOTHING,
        } == told
        plain = sent(here, here.talk(x, me), x, me, asks=False)
        states = here.stores.reading.states(here.scope, me, [plain, question], questions=True)
        assert ReadState(True, None) == states[plain]
        assert states[question].unread

    def test_answers_count_for_those_noted(self, here: Scene) -> None:
        """`note_answer` frees persons and members of groups noted; others learn of it who see an answer."""
        x, me, mate, y, z = here.persons("x", "me", "mate", "y", "z")
        box = here.group("box", mate, teambox=True)
        talk = here.talk(x, me)
        question = sent(here, talk, x, me, box, y, observers=[z])
        first, second = (sent(here, talk, who, to, answers=question) for who, to in ((me, x), (mate, z)))
        note = here.stores.reading.note_answer
        note(here.scope, question, first, [])
        assert evolve(_NOTHING, addressed=True) == asked(here, me, question)
        note(here.scope, question, first, [me])
        assert evolve(_NOTHING, addressed=True, answered=True, answer_seen=True) == asked(here, me, question)
        assert evolve(_NOTHING, asker=True, answer_seen=True) == asked(here, x, question)
        assert [_NOTHING, evolve(_NOTHING, addressed=True)] == [asked(here, one, question) for one in (z, mate)]
        note(here.scope, question, second, [me, box])
        assert evolve(_NOTHING, addressed=True, answered=True, answer_seen=True) == asked(here, mate, question)
        assert evolve(_NOTHING, answer_seen=True) == asked(here, z, question)
        assert evolve(_NOTHING, addressed=True) == asked(here, y, question)

    def test_a_question_is_waived_once(self, here: Scene) -> None:
        """`waive` tells whether it changed anything."""
        x, me = here.persons("x", "me")
        talk = here.talk(x, me)
        question, other = sent(here, talk, x, me), sent(here, talk, x, me)
        assert [here.stores.reading.waive(here.scope, question, at=at) for at in (5, 6)] == [True, False]
        assert [asked(here, me, one).waived for one in (question, other)] == [True, False]

    def test_the_first_reason_stays(self, here: Scene, there: Scene) -> None:
        """`dismiss` keeps what each person said first; `dismissals` tells the asker alone, the first one first."""
        x, me, mate = here.persons("x", "me", "mate")
        question = sent(here, here.talk(x, me), x, me, mate)
        reading = here.stores.reading
        assert reading.dismiss(here.scope, question, mate, _REASON, at=9)
        assert reading.dismiss(here.scope, question, me, "no", at=7)
        assert not reading.dismiss(here.scope, question, mate, "else", at=1)
        expected = [DismissalRow(me, "me", "no", 7), DismissalRow(mate, "mate", _REASON, 9)]
        assert {question: expected} == reading.dismissals(here.scope, x, [question])
        assert reading.dismissals(here.scope, me, [question]) == {}
        assert reading.dismissals(there.scope, x, [question]) == {}
        assert evolve(_NOTHING, addressed=True, dismissed=True, has_dismissals=True) == asked(here, me, question)
        assert evolve(_NOTHING, asker=True, has_dismissals=True) == asked(here, x, question)


def join(here: Scene, group: int, person: int, *, at: int) -> None:
    """Let somebody join a group at a minute."""
    here.stores.groups.join(here.scope, group, [person], main=False, since=at * _MINUTE)


def sent(
    here: Scene,
    talk: int,
    sender: int,
    *to: int,
    at: int = 30,
    observers: tuple[int, ...] | list[int] = (),
    sent_for: int | None = None,
    answers: int | None = None,
    asks: bool = True,
) -> int:
    """Add a message sent at a minute, which its number holds as well."""
    serial = here.item(Kind.MESSAGE) - kind_code(Kind.MESSAGE)
    id = first_at(at * _MINUTE) + serial + kind_code(Kind.MESSAGE)
    moment = at * _MINUTE
    row = MessageRow(id, talk, sender, sent_for, answers, "…", "", moment, moment, asks, None)
    here.stores.messages.add(here.scope, row, subject="a subject")
    here.involve(id, Role.SENDER, sender)
    here.involve(id, Role.RECIPIENT, *to)
    here.involve(id, Role.OBSERVER, *observers)
    here.involve(id, Role.SENT_FOR, *(() if sent_for is None else (sent_for,)))
    return id


def unread(here: Scene, viewer: int, messages: list[int]) -> list[bool]:
    """Tell of each message whether it is unread."""
    states = here.stores.reading.states(here.scope, viewer, messages, questions=False)
    full = here.stores.reading.states(here.scope, viewer, messages, questions=True)
    assert {id: state.unread for id, state in states.items()} == {id: state.unread for id, state in full.items()}
    assert {None} == {state.question for state in states.values()}
    return [states[message].unread for message in messages]


def counts(here: Scene, viewer: int, *, most: int = 100) -> tuple[int, int, int]:
    """Return the counts of mine, teambox, shared."""
    found = here.stores.reading.unread(here.scope, viewer, most=most)
    return found[Heading.MINE], found[Heading.TEAMBOX], found[Heading.SHARED]


def asked(here: Scene, viewer: int, question: int) -> Question:
    """Return what a question is to somebody."""
    found = here.stores.reading.states(here.scope, viewer, [question], questions=True)[question].question
    assert found is not None
    return found
