"""What a check of the stored lists found: numbers and references, never a text."""

from __future__ import annotations

from attrs import frozen

from collabcase.model.item import ItemRef


@frozen
class Finding:
    """One list of one person or group that is not what the rule gives.

    Attributes:
        portfolio: the id of its portfolio.
        list: ``group feed``, ``own list``, ``shared list``, ``teambox`` or ``text index``.
        principal: whose list it is; None for the text index, which is the portfolio's.
        missing: how many entries the rule gives and the list lacks; an entry that points to a wrong message counts
            as one missing and one stale.
        stale: how many entries the list holds and the rule does not give.
        examples: at most ten of the messages or talks concerned, sorted.
    """

    portfolio: str
    list: str
    principal: ItemRef | None
    missing: int
    stale: int
    examples: tuple[ItemRef, ...] = ()


@frozen
class Report:
    """What `Collab.fsck` looked at and found.

    Attributes:
        portfolios: ids of the portfolios, in the order they were made.
        principals: how many persons and groups had their lists compared.
        messages: how many messages were looked up in the text index.
        findings: whatever is wrong, by portfolio, then in the order persons and groups were made; empty where all
            is well.
    """

    portfolios: tuple[str, ...]
    principals: int
    messages: int
    findings: tuple[Finding, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
