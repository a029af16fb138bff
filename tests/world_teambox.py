"""The oracle's teamboxes, drafts and archives: what they hold, and how it changes with everything else (G4, G5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from world_locks import Locks


@dataclass
class Waiting:
    """An item of a teambox: the first message to the group, whether a member answered, who has it."""

    since: int
    answered: bool = False
    claimed_by: str | None = None
    claimed_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Tell whether somebody must still do something."""
        return self.claimed_by is None or not self.answered


class Boxes(Locks):
    """One portfolio with its teamboxes, by group and talk; drafts by writer and item; archives by owner and talk."""

    def __init__(self, sent_for_since: str = "4.8.0.64470") -> None:
        super().__init__(sent_for_since)
        self.boxes: dict[tuple[str, int], Waiting] = {}
        self.sent_times: list[datetime] = []
        self.drafts_kept: dict[tuple[str, str, int], tuple[datetime, str]] = {}
        self.archived: dict[tuple[str, int], int] = {}

    def open_items(self, label: str) -> int:
        """Count what is open in a group's teambox."""
        return sum(box.open for (group, _), box in self.boxes.items() if group == label)

    def _wait(self, talk: int, groups: Iterable[str], since: int) -> None:
        """Let a talk wait for groups, once more if it is known, since the oldest message."""
        for label in groups:
            box = self.boxes.setdefault((label, talk), Waiting(since))
            box.since, box.answered = min(box.since, since), False

    def _member_answers(self, talk: int, groups: Iterable[str]) -> None:
        for label in groups:
            if (label, talk) in self.boxes:
                self.boxes[label, talk].answered = True

    def _end_claims(self, persons: Collection[str], label: str | None = None) -> None:
        """End what persons have claimed, in a group or everywhere."""
        for (group, _), box in sorted(self.boxes.items(), key=lambda one: one[1].since):
            if box.claimed_by in persons and label in (None, group):
                box.claimed_by = box.claimed_at = None
                self.events.append(("talk.put_back", box.since))

    def _clear(self, old: str, new: str | None) -> None:
        """Empty a teambox; what is open goes to another, where a known item keeps its claim and the older place."""
        gone = {talk: self.boxes.pop((old, talk)) for group, talk in list(self.boxes) if group == old}
        for talk, box in sorted(gone.items(), key=lambda one: one[1].since):
            if new is None or not box.open:
                continue
            if box.claimed_by is not None:
                self.events.append(("talk.put_back", box.since))
            known = self.boxes.setdefault((new, talk), Waiting(box.since, box.answered))
            known.since, known.answered = min(known.since, box.since), known.answered and box.answered
