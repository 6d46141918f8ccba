"""Reading the ledger for those who audit it. Accounts of people are shown as such, without a number or a name."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ledger.checks import Checked, latest, newest
from portal.ledger.models import Account, Anchor, Transfer
from portal.ledger.postings import AccountKind, TransferKind
from portal.ledger.verify import Report, head, verify

LATEST = 50
CHECKS, ANCHORS = 5, 7  # on the page
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

    kind: AccountKind
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
class Kept:
    """A head of the chain, and the places outside where it is kept."""

    day: date
    at: datetime
    seq: int
    hash: str
    places: list[str]


@dataclass(frozen=True)
class LedgerPage:
    """Sums by kind of account, the latest transfers, whether the newest part of the chain holds, and its health.

    checks: the latest verifications, the newest first, which says whether points may move. whole: the newest good
    one that went through all of it. anchors: the latest heads that were noted outside.
    """

    sums: list[KindSum]
    lines: list[Line]
    report: Report
    anchor: str
    checks: list[Checked]
    whole: Checked | None
    anchors: list[Kept]

    @property
    def stopped(self) -> Checked | None:
        """The verification that points stand still for."""
        return self.checks[0] if self.checks and not self.checks[0].ok else None


def ledger_page() -> LedgerPage:
    """Everything on the ledger page. Verifies the newest transfers, in a snapshot of its own."""
    seq, _ = head()
    report = verify(since=max(0, seq - CHECKED_ON_PAGE))
    return LedgerPage(_sums(), transfers(limit=LATEST), report, report.anchor, latest(limit=CHECKS),
                      newest(ok=True, whole=True), anchors(limit=ANCHORS))  # fmt: skip


def anchors(*, limit: int, before: date | None = None) -> list[Kept]:
    """The latest heads that were noted outside, or the latest before that day."""
    query = select(Anchor).order_by(Anchor.day.desc()).limit(limit)
    if before is not None:
        query = query.where(Anchor.day < before)
    return [
        Kept(row.day, row.at, row.seq, row.hash, [place for place in row.sent_to.split("\n") if place])
        for row in db.session.scalars(query)
    ]


def _sums() -> list[KindSum]:
    query = select(
        Account.kind,
        func.count().label("accounts"),
        func.sum(Account.posted).label("posted"),
        func.sum(Account.held).label("held"),
    ).group_by(Account.kind)
    found = {row.kind: row for row in db.session.execute(query)}
    return [
        KindSum(kind, LABELS[kind], row.accounts, int(row.posted), int(row.held))
        for kind in AccountKind
        if (row := found.get(kind)) is not None
    ]


def transfers(*, limit: int, before: int | None = None) -> list[Line]:
    """The newest transfers, or the newest before that number."""
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
        .limit(limit)
    )  # fmt: skip
    if before is not None:
        query = query.where(Transfer.seq < before)
    return [_line(row) for row in db.session.execute(query)]


def _line(row: Row) -> Line:
    source, target = _one(row.debit_kind, row.debit_ref), _one(row.credit_kind, row.credit_ref)
    return Line(row.seq, row.created_at, row.kind, source, target, row.amount, row.memo or row.reason_code)


def _one(kind: AccountKind, owner_ref: str) -> str:
    if kind is AccountKind.BUDGET:
        return f"Budget {owner_ref.rsplit(':', 1)[-1]}"
    return ONE[kind]
