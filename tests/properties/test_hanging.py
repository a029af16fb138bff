"""The rule for all other kinds of things, stored as later verbs will store them: library against oracle."""

from __future__ import annotations

from hypothesis import given

from collabcase import Collab
from properties.agreement.figures import Figures
from properties.agreement.programs import examples
from properties.agreement.stored import in_haste
from properties.hanging import Plan, hold, plans

EXAMPLES = {"sqlite": 30, "postgresql": 10}


def test_hanging(collab: Collab, engine_name: str) -> None:
    """V8-V11, V15, V9: Python, SQL and oracle agree on who sees cases, orders and whatever hangs on something."""
    figures = Figures()
    in_haste(collab)

    @examples(EXAMPLES[engine_name])
    @given(plans())
    def play(plan: Plan) -> None:
        hold(collab, plan, figures)

    play()
    assert figures.share("seen", "pairs") > 0.25, str(figures)
    assert figures.share("seen by what it hangs on alone", "pairs") > 0.04, str(figures)
    assert figures.share("hidden by internal alone", "pairs") > 0.004, str(figures)
    assert figures.share("hidden by confidential alone", "pairs") > 0.002, str(figures)
