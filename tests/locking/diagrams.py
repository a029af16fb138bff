"""The tables of locking as the diagrams and the table of docs/locking.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from collabcase.locking.leases import LEASES, Refusal, Standing, Step, Turn
from collabcase.locking.windows import WINDOWS, Act, Mode

_REFUSED = {Refusal.LOCKED: "`ItemLocked`", Refusal.STALE: "`StaleLock`"}
WRITES = frozenset({Step.SAVE, Step.WRITE, Step.POST})
"""The steps that are the guard of a write."""


def leases_drawn() -> str:
    """Return the diagram of what may happen to the lock on an item, as one window meets it."""
    edges: dict[tuple[str, str], list[str]] = {}
    for (standing, step), turn in LEASES.items():
        if turn.event is not None:
            edges.setdefault((standing, turn.next), []).append(_told(step, turn))
    return _drawn([("[*]", Standing.FREE, ""), *_joined(edges)])


def windows_drawn() -> str:
    """Return the diagram of what may happen to a window."""
    edges: dict[tuple[str, str], list[str]] = {("[*]", mode): ["open"] for mode in Mode}
    for (mode, act), after in WINDOWS.items():
        if act is not Act.BEAT and after is not mode:
            edges.setdefault((mode, after or "[*]"), []).append(act)
    return _drawn(_joined(edges))


def leases_listed() -> str:
    """Return the whole table of steps: what follows in each standing."""
    lines = [f"| {' | '.join(['step', *Standing])} |", "|---" * (len(Standing) + 1) + "|"]
    for step in Step:
        lines.append(f"| {' | '.join([step, *(_said(standing, step) for standing in Standing)])} |")
    return "\n".join(lines)


def _said(standing: Standing, step: Step) -> str:
    turn = LEASES[standing, step]
    if turn.refusal is not None:
        return _REFUSED[turn.refusal]
    if turn.event is None:
        return "goes through" if step in WRITES else "nothing"
    return f"`{turn.event}`" if turn.next is standing else f"{turn.next}, `{turn.event}`"


def _told(step: Step, turn: Turn) -> str:
    return f"{step} ({turn.event}{', new token' if turn.renews else ''})"


def _joined(edges: Mapping[tuple[str, str], Iterable[str]]) -> Iterator[tuple[str, str, str]]:
    for (start, end), labels in edges.items():
        yield start, end, ", ".join(labels)


def _drawn(edges: Iterable[tuple[str, str, str]]) -> str:
    lines = [f"    {start} --> {end}{f': {label}' if label else ''}" for start, end, label in edges]
    return "\n".join(["stateDiagram-v2", *lines])
