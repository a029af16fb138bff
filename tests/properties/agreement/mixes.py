"""Programs for faults, which hardly show while everything else goes on: each has its own mix of verbs."""

from __future__ import annotations

from properties.agreement.programs import LOCKS, Mix

LOCK_FAULTS = (
    "writes_meet_no_lock",
    "nothing_is_given_back",
    "everybody_is_in_the_way",
    "tokens_do_not_count",
    "notes_end_with_the_hold",
)

_START, _REPLY = ("start",), ("reply",)
_LEAST = 7


def _said(*verbs: str) -> Mix:
    """Mix what people say among themselves."""
    return Mix(("person",), {"person": verbs}, _LEAST)


def _meanwhile(person: tuple[str, ...], *system: str) -> Mix:
    """Mix what people do with what the host changes."""
    return Mix((*("person",) * 3, "system"), {"person": person, "system": system}, _LEAST)


MIXES: dict[str, Mix] = {
    "teamboxes_extend": _said(*_START * 2, "reply"),
    "sharing_without_feature": _meanwhile(_START, "disable"),
    "sharing_without_box": _meanwhile(_START, "share_cases"),
    "sharing_without_active": _meanwhile(_START, "deactivate"),
    "portfolio_of_peer_forgotten": _said(*_START * 2, "reply"),
    "hand_over_of_all_seen": _said("start", *_REPLY * 4, *("hand_over",) * 2),
    "teambox_counts_from_ever": Mix(("person", "system"), {"person": _START, "system": ("add_members",)}, _LEAST),
    "shared_counts_from_ever": _meanwhile(_START, "add_members", "share_cases"),
    "peers_do_not_answer": _said("start", *_REPLY * 3),
    "claims_survive_deactivation": _meanwhile((*_START, "claim", "claim"), "deactivate"),
    "claims_survive_leaving": _meanwhile((*_START, "claim", "claim"), "remove_members"),
    "observers_extend": _said(*_START * 2, "add_observer"),
    "confidential_ignored": _said(*_START * 2, "reply"),
    "leaving_hides_nothing": _meanwhile(_START, "remove_members"),
    "carried_observers_dropped": _said("start", *_REPLY * 2),
    "add_observer_of_all_seen": _said("start", *_REPLY * 4, *("add_observer",) * 2),
    "marks_are_everybodys": _said(*_START * 2, "mark_read"),
    "marks_some_of_several": _said(*_START * 2, *("mark_read",) * 2),
    "answers_past_the_asker_count": _said("start", *_REPLY * 3),
    "questions_ask_members_of_observing_groups": _said(*_START * 2, *("mark_read",) * 2),
    **dict.fromkeys(LOCK_FAULTS, LOCKS),
    "answers_are_not_noted": _said("start", *_REPLY * 3),
}
"""The mixes by the fault that they are for."""
