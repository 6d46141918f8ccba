"""Reading the ledger for those who audit it. Accounts of people are shown as such, without a number or a name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ledger.models import Account, Transfer
from portal.ledger.postings import AccountKind, TransferKind
from portal.ledger.verify import Report, head, verify

LATEST = 50
CHECKED_ON_PAGE = 1000  # links; all of them are the business of the command line and of the night

LABELS = {
    AccountKind.ISSUANCE: "Points made",
    AccountKind.BUDGET: "Budgets",
    AccountKind.PERSON: "Wallets",
    AccountKind.POOL: "Set aside for hidden authors",
    AccountKind.REDEEMED: "Spent",
    AccountKind.EXPIRED: "Expired",
}
ONE = {
    AccountKind.ISSUANCE: "Points made",
    AccountKind.PERSON: "A wallet",
    AccountKind.POOL: "Set aside",
    AccountKind.REDEEMED: "Spent",
    AccountKind.EXPIRED: "Expired",
}


@dataclass(frozen=True)
class KindSum:
    """All accounts of one kind: how many, and the points in them."""

    label: str
    accounts: int
    posted: int
    held: int


@dataclass(frozen=True)
class Line:
    """A transfer as an auditor sees it."""

    seq: int
    at: datetime
    kind: TransferKind
    source: str
    target: str
    points: int
    why: str


@dataclass(frozen=True)
class LedgerPage:
    """Sums by kind of account, the latest transfers, and whether the newest part of the chain holds."""

    sums: list[KindSum]
    lines: list[Line]
    report: Report
    anchor: str


def ledger_page() -> LedgerPage:
    """Everything on the ledger page. Verifies the newest transfers, in a snapshot of its own."""
    seq, _ = head()
    report = verify(since=max(0, seq - CHECKED_ON_PAGE))
    return LedgerPage(_sums(), _lines(), report, report.anchor)


def _sums() -> list[KindSum]:
    query = select(
        Account.kind,
        func.count().label("accounts"),
        func.sum(Account.posted).label("posted"),
        func.sum(Account.held).label("held"),
    ).group_by(Account.kind)
    found = {row.kind: row for row in db.session.execute(query)}
    return [
        KindSum(LABELS[kind], row.accounts, int(row.posted), int(row.held))
        for kind in AccountKind
        if (row := found.get(kind)) is not None
    ]


def _lines() -> list[Line]:
    debited, credited = aliased(Account), aliased(Account)
    query = (
        select(
            Transfer.seq, Transfer.kind, Transfer.amount, Transfer.memo, Transfer.reason_code, Transfer.created_at,
            debited.kind.label("debit_kind"), debited.owner_ref.label("debit_ref"),
            credited.kind.label("credit_kind"), credited.owner_ref.label("credit_ref"),
        )
        .join(debited, debited.id == Transfer.debit_id)
        .join(credited, credited.id == Transfer.credit_id)
        .order_by(Transfer.seq.desc())
        .limit(LATEST)
    )  # fmt: skip
    return [_line(row) for row in db.session.execute(query)]


def _line(row: Row) -> Line:
    source, target = _one(row.debit_kind, row.debit_ref), _one(row.credit_kind, row.credit_ref)
    return Line(row.seq, row.created_at, row.kind, source, target, row.amount, row.memo or row.reason_code)


def _one(kind: AccountKind, owner_ref: str) -> str:
    if kind is AccountKind.BUDGET:
        return f"Budget {owner_ref.rsplit(':', 1)[-1]}"
    return ONE[kind]
