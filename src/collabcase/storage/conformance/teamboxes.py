"""What a `TeamboxStore` keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve

from collabcase.ids import Kind, kind_code
from collabcase.permissions.sight import Role
from collabcase.storage.conformance.scene import Scene
from collabcase.storage.conformance.suite import Suite, committed, meanwhile
from collabcase.storage.interfaces import Adapter, TeamboxRow, Transaction

_FIRST = (1 << 62, 1 << 62)


def _ids(rows: list[TeamboxRow]) -> list[int]:
    return [row.item for row in rows]


class Box:
    """A teambox with two members, a and b, to which c writes."""

    def __init__(self, here: Scene) -> None:
        self.here, self.store = here, here.stores.teamboxes
        self.a, self.b, self.c = here.persons("a", "b", "c")
        self.no = here.group("box", self.a, self.b, teambox=True)

    def send(self, talk: int | None = None, *more: int) -> tuple[int, int]:
        """Let c send to the group, in a new talk or a known one, and return talk and message."""
        talk = self.here.talk(self.c, self.no) if talk is None else talk
        message = self.here.message(talk, self.c, self.no, *more)
        self.store.enter(self.here.scope, [self.no, *more], talk, since=message)
        return talk, message

    def waiting(self, group: int | None = None, *, viewer: int | None = None) -> list[TeamboxRow]:
        """Return what waits, as a sees it."""
        viewer, group = viewer or self.a, group or self.no
        return self.store.waiting(self.here.scope, viewer, group, after=0, limit=100)

    def claimed(self, group: int | None = None) -> list[TeamboxRow]:
        """Return what is claimed, as a sees it."""
        return self.store.claimed(self.here.scope, self.a, group or self.no, before=_FIRST, limit=100)

    def claim(self, item: int, person: int | None = None, *, at: int = 3) -> bool:
        """Let a claim an item."""
        return self.store.claim(self.here.scope, person or self.a, self.no, item, at=at)


class TeamboxSuite(Suite):
    """What was sent to groups, and who has claimed it."""

    @pytest.fixture
    def box(self, here: Scene) -> Box:
        """A teambox."""
        return Box(here)

    def test_an_item_is_shown_with_its_talk_and_message(self, box: Box) -> None:
        """G5: an item is told with subject, the moment since which it waits, and who has claimed it when."""
        talk, message = box.send()
        row = TeamboxRow(talk, "a subject", None, message, 7, False, None, None)
        scope = box.here.scope
        assert [row] == box.waiting()
        assert row == box.store.find(scope, box.a, box.no, talk)
        assert box.claim(talk)
        row = TeamboxRow(talk, "a subject", None, message, 7, False, box.a, 3)
        assert ([], [row]) == (box.waiting(), box.claimed())
        assert row == box.store.find(scope, box.b, box.no, talk)
        assert box.store.find(scope, box.a, box.no, box.here.item(Kind.TALK)) is None

    def test_waiting_items_come_oldest_first_in_pages(self, box: Box) -> None:
        """G5: what waits longest comes first, and a page goes on behind a message."""
        sent = [box.send() for _ in range(4)]
        assert [talk for talk, _ in sent] == _ids(box.waiting())
        page = box.store.waiting(box.here.scope, box.a, box.no, after=sent[0][1], limit=2)
        assert [sent[1][0], sent[2][0]] == _ids(page)

    def test_claimed_items_come_newest_claim_first_in_pages(self, box: Box) -> None:
        """G5: what was claimed last comes first, of one moment the greatest item."""
        talks = [box.send()[0] for _ in range(4)]
        for talk, at in zip(talks, (5, 9, 5, 5), strict=True):
            assert box.claim(talk, at=at)
        assert [talks[1], talks[3], talks[2], talks[0]] == _ids(box.claimed())
        page = box.store.claimed(box.here.scope, box.a, box.no, before=(5, talks[3]), limit=1)
        assert [talks[2]] == _ids(page)

    def test_a_known_item_keeps_its_claim_and_the_older_place(self, box: Box) -> None:
        """G5: a new message asks again; neither claim nor place changes, unless the message is older."""
        talk, first = box.send()
        older = box.here.message(talk, box.c, box.no)
        box.claim(talk)
        box.store.answer(box.here.scope, [box.no], talk)
        assert [row.answered for row in box.claimed()] == [True]
        box.send(talk)
        assert [(first, False, box.a)] == [(row.since, row.answered, row.claimed_by) for row in box.claimed()]
        other = box.here.group("other", box.a, teambox=True)
        box.here.involve(first, Role.RECIPIENT, other)
        box.here.involve(older, Role.RECIPIENT, other)
        for since in (older, first, older):
            box.store.enter(box.here.scope, [other], talk, since=since)
        assert [first] == [row.since for row in box.waiting(other)]

    def test_only_groups_with_a_teambox_are_entered(self, box: Box) -> None:
        """G5: persons, and groups without a teambox, hold nothing."""
        plain = box.here.group("plain", box.a)
        talk = box.here.talk(box.c, plain)
        message = box.here.message(talk, box.c, plain, box.a)
        box.store.enter(box.here.scope, [plain, box.a], talk, since=message)
        assert box.waiting(plain) == []

    def test_answering_speaks_of_the_groups_named(self, box: Box) -> None:
        """G5: an answer counts for the groups named, and makes no item where there is none."""
        other, third = (box.here.group(name, box.a, teambox=True) for name in ("other", "third"))
        talk, _ = box.send(None, other)
        box.store.answer(box.here.scope, [other, third], talk)
        assert (
            [row.answered for row in box.waiting()],
            [row.answered for row in box.waiting(other)],
        ) == ([False], [True])
        assert box.waiting(third) == []

    def test_one_claims_and_puts_back(self, box: Box) -> None:
        """G5: only what nobody has claimed is given, and only the claimer's own claim ends."""
        talk, _ = box.send()
        scope = box.here.scope
        assert [box.claim(talk), box.claim(talk), box.claim(talk, box.b)] == [True, False, False]
        assert not box.store.put_back(scope, box.b, box.no, talk)
        assert [talk] == _ids(box.claimed())
        assert box.store.put_back(scope, box.a, box.no, talk)
        assert not box.store.put_back(scope, box.a, box.no, talk)
        assert [(talk, None, None)] == [(row.item, row.claimed_by, row.claimed_at) for row in box.waiting()]
        assert not box.claim(box.here.item(Kind.TALK))

    def test_the_rule_is_asked(self, box: Box) -> None:
        """V13: who does not see the message since which an item waits is shown, and can change, nothing of it."""
        talk, _ = box.send()
        stranger = box.here.person("stranger")
        scope, store = box.here.scope, box.store
        assert (box.waiting(viewer=stranger), store.counts(scope, stranger, box.no)) == ([], [])
        assert store.find(scope, stranger, box.no, talk) is None
        assert not box.claim(talk, stranger)
        box.claim(talk)
        assert store.claimed(scope, stranger, box.no, before=_FIRST, limit=9) == []

    def test_counts_leave_out_what_is_claimed(self, box: Box) -> None:
        """G5: unclaimed items are counted by kind and type."""
        talks = [box.send()[0] for _ in range(3)]
        box.claim(talks[0])
        assert [(kind_code(Kind.TALK), None, 2)] == box.store.counts(box.here.scope, box.b, box.no)

    def test_members_are_active(self, box: Box) -> None:
        """G7: a member counts as one while they are active."""
        scope, store = box.here.scope, box.store
        asked = box.a, box.c, box.no
        assert [store.has_member(scope, box.no, person) for person in asked] == [True, False, False]
        person = box.here.stores.people.find(scope, ["a"])["a"][1]
        box.here.stores.people.update(scope, box.a, evolve(person, active=False))
        assert not store.has_member(scope, box.no, box.a)

    def test_claims_end_in_one_group_or_everywhere(self, box: Box) -> None:
        """G5: `release` ends the claims of the persons named alone, and tells since which messages items wait where."""
        other = box.here.group("other", box.a, teambox=True)
        talks = [box.send(None, other) for _ in range(2)]
        scope, store = box.here.scope, box.store
        for talk, _ in talks:
            box.claim(talk)
            assert store.claim(scope, box.a, other, talk, at=4)
        mine, _ = box.send()
        box.claim(mine, box.b)
        assert store.release(scope, [box.c]) == []
        assert [(message, box.no) for _, message in talks] == store.release(scope, [box.a, box.c], box.no)
        assert ([mine], 2) == (_ids(box.claimed()), len(box.claimed(other)))
        assert [(message, other) for _, message in talks] == store.release(scope, [box.a])
        assert box.claimed(other) == []

    def test_open_items_are_counted(self, box: Box) -> None:
        """G4: open is what nobody has claimed, or no member has answered."""
        scope, store = box.here.scope, box.store
        answered, claimed, both, _ = (box.send()[0] for _ in range(4))
        for talk in (answered, both):
            store.answer(scope, [box.no], talk)
        for talk in (claimed, both):
            box.claim(talk)
        assert store.open_items(scope, box.no) == 3
        assert store.open_items(scope, box.here.group("other")) == 0
        store.forget(scope, box.no)
        assert (store.open_items(scope, box.no), box.waiting(), box.claimed()) == (0, [], [])

    def test_an_heir_takes_over_what_is_open(self, box: Box) -> None:
        """G4: open items wait with the heir without a claim; one known there keeps its claim and the older place."""
        scope, store = box.here.scope, box.store
        heir = box.here.group("heir", box.a, teambox=True)
        (known, first), (claimed, second), (done, _) = (box.send() for _ in range(3))
        later = box.here.message(known, box.c, heir)
        store.enter(scope, [heir], known, since=later)
        assert store.claim(scope, box.a, heir, known, at=8)
        store.answer(scope, [heir], known)
        for talk in (claimed, done):
            box.claim(talk, box.b)
        store.answer(scope, [box.no], done)
        for message in (first, second):
            box.here.involve(message, Role.RECIPIENT, heir)
        assert [second] == store.take_over(scope, box.no, heir)
        assert (store.open_items(scope, box.no), box.waiting(), box.claimed()) == (0, [], [])
        assert [(known, first, False, 8)] == [
            (row.item, row.since, row.answered, row.claimed_at) for row in box.claimed(heir)
        ]
        assert [(claimed, second, None)] == [(row.item, row.since, row.claimed_by) for row in box.waiting(heir)]

    def test_one_item_goes_to_one(self, adapter: Adapter, other: Adapter) -> None:
        """G5: of two who claim an item at once, one gets it, and the other is told that it is gone."""

        def set_up(tx: Transaction) -> tuple[Box, int]:
            box = Box(Scene.new(adapter.stores, tx))
            return box, box.send()[0]

        box, talk = committed(adapter, set_up)

        def claiming(person: int) -> Callable[[Transaction], bool]:
            return lambda tx: box.store.claim(box.here.at(tx).scope, person, box.no, talk, at=5)

        work = adapter.unit_of_work()
        with work.writing() as tx:
            assert claiming(box.a)(tx)
        with meanwhile(lambda: committed(other, claiming(box.b))) as second:
            work.commit()
        assert not second.result()

    def test_portfolios_never_mix(self, here: Scene, there: Scene) -> None:
        """Two portfolios with equal numbers know, and change, their own teamboxes alone."""
        box, other = Box(here), Box(there)
        assert (box.no, box.a) == (other.no, other.a)
        [talk, same] = (one.send()[0] for one in (box, other))
        assert talk == same
        box.claim(talk)
        box.store.answer(here.scope, [box.no], talk)
        before = other.waiting()
        assert [(talk, False, None)] == [(row.item, row.answered, row.claimed_by) for row in before]
        assert other.store.open_items(there.scope, other.no) == 1
        box.store.release(here.scope, [box.a])
        box.store.take_over(here.scope, box.no, here.group("heir", teambox=True))
        assert before == other.waiting()
