"""Random histories of windows and locks against the model, to the millisecond (L1 to L7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from concurrency.lock_faults import FAULTS, Fault
from concurrency.lock_machine import LockMachine
from concurrency.lock_sides import LEASES, Ground
from database_clock import DatabaseClock

EXAMPLES = {"sqlite": 40, "postgresql": 15}
STEPS = 30
TWINS = 150


@pytest.fixture
def lock_ground(new_database: Callable[[], str]) -> Iterator[Ground]:
    """A database by a clock that is moved by hand."""
    clock = DatabaseClock.made(new_database())
    with clock.opened(leases=LEASES) as collab:
        yield Ground(collab, clock)
    clock.close()


def run(ground: Ground, examples: int, **more: object) -> Counter[str]:
    figures: Counter[str] = Counter()
    machine = type("Machine", (LockMachine,), {"ground": ground, "figures": figures})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            **more,
        ),
    )
    return figures


def test_l_the_library_does_what_the_model_says(lock_ground: Ground, engine_name: str) -> None:
    """L1 to L7: outcomes, rows, events and pictures are the model's after each step, mostly with a lock held."""
    scale = settings.default.max_examples / 25 if settings.default else 1
    figures = run(lock_ground, int(EXAMPLES[engine_name] * scale))
    assert figures["states with a lock"] > 0.3 * figures["states"], figures


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_l_each_fault_is_found(
    fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """L1 to L7: the comparison notices each fault put into the library."""
    clock = DatabaseClock.made(f"sqlite:///{tmp_path / 'locks.db'}")
    with clock.opened(leases=LEASES) as collab:
        fault(monkeypatch)
        with pytest.raises((AssertionError, KeyError)):
            run(Ground(collab, clock), TWINS, phases=[Phase.generate], derandomize=True, verbosity=Verbosity.quiet)
    clock.close()
