"""casbin: one policy whose matcher asks a Python function; a page asks message by message, newest first."""

from __future__ import annotations

from itertools import islice

import casbin
from attrs import frozen

from benchmarks.peers.facts import Facts

_MODEL = """
[request_definition]
r = sub, obj, act
[policy_definition]
p = act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && sees(r.sub, r.obj)
"""


@frozen(eq=False)
class _Casbin:
    facts: Facts
    enforcer: casbin.Enforcer

    def page(self, viewer: int, limit: int) -> list[int]:
        """Return the newest messages a viewer sees."""
        allowed = (one for one in self.facts.newest_first if self.enforcer.enforce(viewer, one, "see"))
        return list(islice(allowed, limit))

    def check(self, viewer: int, messages: list[int]) -> set[int]:
        """Return those messages that a viewer sees."""
        return {one for one in messages if self.enforcer.enforce(viewer, one, "see")}

    def close(self) -> None:
        """Nothing was made."""


def build(facts: Facts) -> _Casbin:
    """Return an enforcer over the facts."""
    model = casbin.Enforcer.new_model(text=_MODEL)
    enforcer = casbin.Enforcer(model)
    enforcer.add_policy("see")
    enforcer.add_function("sees", facts.sees)
    return _Casbin(facts, enforcer)
