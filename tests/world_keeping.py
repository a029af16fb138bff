"""The oracle's verbs of teamboxes, drafts and archives (see `world`)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from world_rule import Group, Item, Refused
from world_shown import Shown
from world_teambox import Waiting


class BoxItem(NamedTuple):
    """An item of a teambox as members see it."""

    talk: int
    subject: str
    type: str | None
    since: datetime
    answered: bool
    claimed_by: str | None
    claimed_at: datetime | None


class Kept(NamedTuple):
    """A draft: on a talk or message, its text, and when it was saved."""

    kind: str
    label: int
    text: str
    at: datetime


class Keeping(Shown):
    """One portfolio with what its people keep while they work."""

    # ---------------------------------------------------------------- teamboxes (G5)

    def items(self, person: str, label: str, claimed: bool = False) -> list[BoxItem]:
        """Give what nobody has claimed, waiting longest first, or what is claimed, newest claim first."""
        found = [
            (talk, box) for talk, box in self._box(person, label).items() if (box.claimed_by is not None) == claimed
        ]
        if claimed:
            found.sort(key=lambda one: (one[1].claimed_at, one[0]), reverse=True)
        else:
            found.sort(key=lambda one: one[1].since)
        return [self._item(talk, box) for talk, box in found]

    def counts(self, person: str, label: str) -> dict[str | None, int]:
        """Count what nobody has claimed, by type."""
        return dict(Counter(item.type for item in self.items(person, label)))

    def claim(self, person: str, label: str, talk: int) -> BoxItem:
        """Claim an item; one's own again changes nothing."""
        box = self._in_box(person, label, talk)
        self._guard(person, Item("talk", talk))
        if box.claimed_by not in (None, person):
            raise Refused("already_claimed", str(box.claimed_by))
        if box.claimed_by is None:
            box.claimed_by, box.claimed_at = person, self.now
            self.events.append(("talk.claimed", box.since))
            self._moved(person, talk, "claimed", keeps=True)
        return self._item(talk, box)

    def put_back(self, person: str, label: str, talk: int) -> BoxItem:
        """Put one's own claim back; what waits goes on waiting."""
        box = self._in_box(person, label, talk)
        self._guard(person, Item("talk", talk))
        if box.claimed_by not in (None, person):
            raise Refused("forbidden", "put_back")
        if box.claimed_by == person:
            box.claimed_by = box.claimed_at = None
            self.events.append(("talk.put_back", box.since))
            self._moved(person, talk, "put_back")
        return self._item(talk, box)

    def _box(self, person: str, label: str) -> dict[int, Waiting]:
        """Give what of a teambox a member sees, by talk."""
        self._acting(person)
        if label not in self.groups_of(person):
            if not self.knows(person, Group(label)):
                raise Refused("not_found", "group")
            raise Refused("forbidden", "teambox")
        return {
            talk: box for (group, talk), box in self.boxes.items() if group == label and self.sees(person, box.since)
        }

    def _in_box(self, person: str, label: str, talk: int) -> Waiting:
        held = self._box(person, label)
        if talk not in held:
            raise Refused("not_found", "item")
        return held[talk]

    def _item(self, talk: int, box: Waiting) -> BoxItem:
        type = getattr(self.messages[box.since], "type", None)
        return BoxItem(
            talk,
            self.talks[talk].subject,
            type,
            self.sent_times[box.since],
            box.answered,
            box.claimed_by,
            box.claimed_at,
        )

    # ---------------------------------------------------------------- drafts (T10) and archives (T9)

    def draft(self, person: str, kind: str, label: int, text: str) -> Kept | None:
        """Keep a text on a talk or message that somebody sees; an empty one discards what was kept."""
        self._acting(person)
        key = person, kind, label
        if not text and key in self.drafts_kept:
            del self.drafts_kept[key]
            return None
        self._check_sees(person, kind, label)
        if not text:
            return None
        self.drafts_kept[key] = self.now, text
        return Kept(kind, label, text, self.now)

    def drafts(self, person: str) -> list[Kept]:
        """Give somebody's drafts, saved last first."""
        self._acting(person)
        own = [
            Kept(kind, label, text, at) for (who, kind, label), (at, text) in self.drafts_kept.items() if who == person
        ]
        return sorted(own, key=lambda one: (one.at, one.kind, one.label), reverse=True)

    def archive(self, person: str, talk: int) -> None:
        """Let a talk leave somebody's lists until they see a newer message of it than those they see now."""
        self._acting(person)
        self.archived[person, talk] = max(self._seen_talk(person, talk))

    def restore(self, person: str, talk: int) -> None:
        """Let a talk come back."""
        self._acting(person)
        self._seen_talk(person, talk)
        self.archived.pop((person, talk), None)

    def is_archived(self, person: str, talk: int) -> bool:
        """Tell whether a talk that somebody sees is out of their lists now."""
        upto = self.archived.get((person, talk))
        return upto is not None and max(self._seen_talk(person, talk)) <= upto

    def _check_sees(self, person: str, kind: str, label: int) -> None:
        if kind == "talk":
            self._seen_talk(person, label)
        else:
            self._seen(person, label)
