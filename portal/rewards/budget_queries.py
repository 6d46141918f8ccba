"""Budgets as those who keep them see them: what is in them, what waits, what is outstanding."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, String, case, cast, func, literal, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ledger.models import Account, Transfer
from portal.ledger.postings import AccountKind
from portal.people.models import Person
from portal.rewards.models import Award, Budget, BudgetAsk
from portal.rewards.purse import waits_for_budget
from portal.rewards.words import AskState
from portal.web.paging import cut, decode_cursor


@dataclass(frozen=True)
class Liability:
    """Points outstanding: in wallets, set aside for hidden names, owed without a budget; and what is left today."""

    wallets: int
    set_aside: int
    waiting: int
    waiting_awards: int
    left: int

    @property
    def outstanding(self) -> int:
        """All that people have or are owed."""
        return self.wallets + self.set_aside + self.waiting


def liability(*, now: datetime) -> Liability:
    """Sums alone, of everybody together. Two statements."""
    kind = func.sum(Account.posted)
    rows = db.session.execute(select(Account.kind, kind.label("points")).group_by(Account.kind))
    sums = {row.kind: int(row.points) for row in rows}
    owed = select(func.count(Award.id).label("awards"), func.coalesce(func.sum(Award.points), 0).label("points"))
    today = Budget.starts_at <= now, Budget.ends_at > now
    held = select(func.coalesce(func.sum(Account.posted - Account.held), 0)).join(Budget, _owner() == Account.owner_ref)
    left = held.where(Account.kind == AccountKind.BUDGET, *today).scalar_subquery()
    row = db.session.execute(owed.add_columns(left.label("left")).where(waits_for_budget(now))).one()
    return Liability(sums.get(AccountKind.PERSON, 0), sums.get(AccountKind.POOL, 0), int(row.points), row.awards,
                     int(row.left))  # fmt: skip


def budgets(*, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """`Budget`, `made` and `left` (points), `approver` (name or None); the newest first."""
    made = select(func.coalesce(func.sum(Transfer.amount), 0)).where(
        Transfer.credit_id == Account.id, Transfer.reason_code == "issue"
    )
    query = (
        select(Budget, (Account.posted - Account.held).label("left"), made.scalar_subquery().label("made"),
               Person.name.label("approver"))
        .join(Account, (_owner() == Account.owner_ref) & (Account.kind == AccountKind.BUDGET))
        .outerjoin(Person, Person.id == Budget.approved_by_id).order_by(Budget.id.desc())
    )  # fmt: skip
    if after := decode_cursor(cursor, int):
        query = query.where(Budget.id < after[0])
    return cut(db.session.execute(query.limit(limit + 1)).all(), limit, lambda row: (row.Budget.id,))


def asks(*, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
    """`BudgetAsk`, `budget_name`, `asked_by`, `decided_by` (names); those that wait first, then the newest."""
    asker, decider = aliased(Person), aliased(Person)
    waits = case((BudgetAsk.state == AskState.ASKED, 0), else_=1)
    query = (
        select(BudgetAsk, func.coalesce(Budget.name, BudgetAsk.name).label("budget_name"), waits.label("rank"),
               asker.name.label("asked_by"), decider.name.label("decided_by"))
        .join(asker, asker.id == BudgetAsk.asked_by_id).outerjoin(decider, decider.id == BudgetAsk.decided_by_id)
        .outerjoin(Budget, Budget.id == BudgetAsk.budget_id).order_by(waits, BudgetAsk.id.desc())
    )  # fmt: skip
    if after := decode_cursor(cursor, int, int):
        query = query.where((waits > after[0]) | ((waits == after[0]) & (BudgetAsk.id < after[1])))
    rows = db.session.execute(query.limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.rank, row.BudgetAsk.id))


def _owner() -> ColumnElement[str]:
    return literal("budget:") + cast(Budget.id, String)
