"""Portfolios in SQL; keeps `PortfolioStore`."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select, update

from collabcase.model.portfolio import Feature, Portfolio
from collabcase.storage.interfaces.scope import Scope, Transaction
from collabcase.storage.sql.rows import PORTFOLIO, Dialect, run
from collabcase.storage.sql.tables import Tables


class SqlPortfolios:
    """The tenants."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        t = self._table = tables.portfolio
        self._find = select(t).where(t.c.id == bindparam("wanted"))
        self._all = select(t.c.no, t.c.id).order_by(t.c.no)
        self._last = select(func.coalesce(func.max(t.c.no), 0))
        self._add = dialect.insert(t).returning(t.c.no)
        self._shares = select(t.c.sharing).where(t.c.no == PORTFOLIO)
        self._share = (
            update(t)
            .where(t.c.no == PORTFOLIO, t.c.sharing != bindparam("on"))
            .values(sharing=bindparam("on"), sharing_since=bindparam("since"))
        )

    def create(self, tx: Transaction, portfolio: Portfolio, *, seal: bytes) -> int | None:
        """Store a portfolio and return its number, or None where the id is taken; `seal` is 32 secret bytes."""
        while self.find(tx, portfolio.id) is None:
            no = tx.handle.execute(self._last).scalar_one() + 1
            added = tx.handle.execute(
                self._add,
                {
                    "no": no,
                    "id": portfolio.id,
                    "title": portfolio.title,
                    "sharing": Feature.SHARE_CASES in portfolio.features,
                    "sent_for_since": portfolio.sent_for_since,
                    "seal": seal,
                },
            )
            if added.scalar_one_or_none() is not None:  # drivers don't count the rows of such an insert
                return int(no)
        return None

    def find(self, tx: Transaction, id: str) -> tuple[int, Portfolio, bytes] | None:
        """Return number, portfolio and seal of an id, or None."""
        row = tx.handle.execute(self._find, {"wanted": id}).one_or_none()
        if row is None:
            return None
        features = frozenset({Feature.SHARE_CASES} if row.sharing else ())
        return row.no, Portfolio(row.id, row.title, features, row.sent_for_since), bytes(row.seal)

    def all(self, tx: Transaction) -> list[tuple[int, str]]:
        """Return number and id of every portfolio, in the order they were made."""
        return [(row.no, row.id) for row in tx.handle.execute(self._all)]

    def features(self, scope: Scope) -> frozenset[Feature]:
        """Return what is switched on."""
        return frozenset({Feature.SHARE_CASES} if run(scope, self._shares).scalar_one() else ())

    def set_sharing(self, scope: Scope, on: bool, *, since: int) -> bool:
        """Switch the feature; `since` (milliseconds) is kept while it is on. Return whether anything changed."""
        return run(scope, self._share, on=on, since=since if on else None).rowcount == 1
