"""What people see of their own points."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ledger.models import Account, Transfer
from portal.ledger.postings import AccountKind, TransferKind, changes
from portal.rewards.awards import TAKEN_BACK
from portal.rewards.models import Award, Batch, Reversal
from portal.rewards.months import Month, month_of
from portal.rewards.rules import waiting_words
from portal.rewards.words import ReversalState

WITHOUT_MEMO = {
    TransferKind.POST: "Points moved",
    TransferKind.HOLD: "Set aside",
    TransferKind.CAPTURE: "Collected",
    TransferKind.VOID: "Free again",
    TransferKind.REVERSE: "Taken back",
}


@dataclass(frozen=True)
class Pending:
    """Points that are owed and not in the wallet yet, with the reason in words; below nought: set off against these."""

    points: int
    sentence: str
    idea_number: int | None
    hidden: bool


@dataclass(frozen=True)
class Line:
    """An entry of the statement. change: of what can be spent; balance: after it. note: the parts of a sum."""

    seq: int
    at: datetime
    why: str
    idea_number: int | None
    change: int
    balance: int = 0
    note: str = ""


@dataclass(frozen=True)
class MonthSum:
    """A month of somebody's entries in sums."""

    month: Month
    opening: int
    closing: int
    came: int
    went: int
    entries: int


@dataclass(frozen=True)
class Wallet:
    """What somebody has, what is on its way, and one month of entries, newest first.

    before: True if there are entries in earlier months.
    """

    points: int
    pending: list[Pending]
    month: Month
    opening: int
    closing: int
    lines: list[Line]
    before: bool


def wallet_points_query(person: int | ColumnElement[str]) -> ColumnElement[int]:
    """Points that a person can spend, as a scalar for the select list of another query; 0 without an account.

    person: their id, or a parameter of the statement that will be "person:ID".
    """
    owner = f"person:{person}" if isinstance(person, int) else person
    of_person = (Account.kind == AccountKind.PERSON, Account.owner_ref == owner)
    return func.coalesce(select(Account.posted - Account.held).where(*of_person).scalar_subquery(), 0)


def wallet_points(person_id: int) -> int:
    """Points that a person can spend."""
    return db.session.scalar(select(wallet_points_query(person_id))) or 0


def wallet(person_id: int, month: Month | None, *, zone: str, now: datetime) -> Wallet:
    """The person's own wallet. month: None for the one with the newest entry. zone: where months begin."""
    account = _account(person_id)
    if month is None:
        month = month_of(account.newest if account and account.newest else now, zone)
    start, end = month.starts_at(zone), month.next.starts_at(zone)
    awards = _awards(person_id, start, end)
    pending = [_pending(row.Award) for row in awards if row.Award.paid_at is None]
    pending += [_claim(row) for row in awards if row.claimed]
    if account is None:
        return Wallet(0, pending, month, 0, 0, [], False)
    reasons = _reasons(awards)
    later = [_line(row, account.id, reasons) for row in _transfers_since(account.id, start)]
    opening = account.points - sum(line.change for line in later)
    inside = [line for line in later if line.at < end]
    balances = list(accumulate((line.change for line in inside), initial=opening))
    lines = [replace(line, balance=balance) for line, balance in zip(inside, balances[1:], strict=True)]
    before = account.oldest is not None and account.oldest < start
    return Wallet(account.points, pending, month, opening, balances[-1], lines[::-1], before)


def months(
    person_id: int, *, zone: str, now: datetime, before: Month | None, limit: int
) -> tuple[list[MonthSum], Month | None]:
    """The months from this one, or the one before `before`, back to the first entry; and `before` of the next ones."""
    account, newest = _account(person_id), month_of(now, zone)
    last = min(before.previous, newest) if before else newest
    first = min(month_of(account.oldest, zone), newest) if account and account.oldest else newest
    wanted = [last]
    while wanted[-1] > first and len(wanted) < limit:
        wanted.append(wanted[-1].previous)
    if last < first:
        return [], None
    found = _sums(account, wanted, zone)
    return found, wanted[-1] if wanted[-1] > first else None


def _sums(account: Row | None, wanted: list[Month], zone: str) -> list[MonthSum]:
    """Sums of consecutive months, the newest first; one query."""
    rows = _transfers_since(account.id, wanted[-1].starts_at(zone)) if account else []
    lines = [(month_of(row.created_at, zone), _change(row, account.id)) for row in rows] if account else []
    closing = (account.points if account else 0) - sum(change for month, change in lines if month > wanted[0])
    found = []
    for month in wanted:
        inside = [change for at, change in lines if at == month]
        came, went = sum(change for change in inside if change > 0), -sum(change for change in inside if change < 0)
        found.append(MonthSum(month, closing - came + went, closing, came, went, len(inside)))
        closing = found[-1].opening
    return found


def _account(person_id: int) -> Row | None:
    touched = or_(Transfer.debit_id == Account.id, Transfer.credit_id == Account.id)
    ends = [
        select(edge(Transfer.created_at)).where(touched).correlate(Account).scalar_subquery().label(name)
        for edge, name in ((func.min, "oldest"), (func.max, "newest"))
    ]
    query = select(Account.id, (Account.posted - Account.held).label("points"), *ends)
    of_person = (Account.kind == AccountKind.PERSON, Account.owner_ref == f"person:{person_id}")
    return db.session.execute(query.where(*of_person)).one_or_none()


def _awards(person_id: int, start: datetime, end: datetime) -> list[Row]:
    """The person's own awards that wait, were paid in the period, or were taken back and not met: one statement.

    `Award`, `key` of its batch, `claimed` and `reason` of its reversal.
    """
    inside = and_(Award.paid_at >= start, Award.paid_at < end)
    shown = or_(and_(Award.paid_at.is_(None), ~TAKEN_BACK), inside, Reversal.claimed > 0)
    query = (
        select(Award, Batch.key, Reversal.claimed, Reversal.reason, inside.label("inside"))
        .outerjoin(Batch, Batch.id == Award.batch_id)
        .outerjoin(Reversal, and_(Reversal.award_id == Award.id, Reversal.state == ReversalState.DONE))
    )
    return list(db.session.execute(query.where(Award.person_id == person_id, shown).order_by(Award.id)))


def _pending(award: Award) -> Pending:
    why = waiting_words(hidden=award.hidden, pooled=award.pooled_at is not None)
    return Pending(award.points, f"{award.sentence.rstrip('.')} – {why}.", award.idea_number, award.hidden)


def _claim(row: Row) -> Pending:
    """What was taken back and was not there any more: the awards that come meet it."""
    words = f"{row.reason.rstrip('.')} – set off against what comes next."
    return Pending(-row.claimed, words, row.Award.idea_number, row.Award.hidden)


def _note(paid: list[Award], change: int) -> str:
    met = sum(award.points for award in paid) - change
    return f"{met:,} more met what had been taken back." if met > 0 else ""


def _transfers_since(account_id: int, start: datetime) -> list[Row]:
    old = aliased(Transfer)
    query = (
        select(
            Transfer.seq, Transfer.cause, Transfer.kind, Transfer.debit_id, Transfer.amount, Transfer.memo,
            Transfer.created_at, old.amount.label("held"),
        )
        .outerjoin(old, old.seq == Transfer.ref_seq)
        .where(or_(Transfer.debit_id == account_id, Transfer.credit_id == account_id), Transfer.created_at >= start)
        .order_by(Transfer.seq)
    )  # fmt: skip
    return list(db.session.execute(query))


def _reasons(awards: list[Row]) -> dict[str, list[Award]]:
    """Cause of a transfer, without its random end → the awards that it paid."""
    found: dict[str, list[Award]] = {}
    for row in awards:
        if row.inside:
            found.setdefault(f"batch:{row.key}" if row.key else f"award:{row.Award.id}", []).append(row.Award)
    return found


def _change(row: Row, account_id: int) -> int:
    debited, credited = changes(row.kind, row.amount, held=row.held or 0)
    return (debited if row.debit_id == account_id else credited).available


def _line(row: Row, account_id: int, reasons: dict[str, list[Award]]) -> Line:
    change = _change(row, account_id)
    paid = reasons.get(row.cause.rsplit(":", 1)[0] if row.cause.startswith("batch:") else row.cause, [])
    if len(paid) == 1:
        return Line(row.seq, row.created_at, paid[0].sentence, paid[0].idea_number, change, note=_note(paid, change))
    if paid:
        parts = " ".join(f"{award.points}: {award.sentence}" for award in paid)
        note = " ".join(part for part in (parts, _note(paid, change)) if part)
        return Line(row.seq, row.created_at, f"Weekly thanks, {len(paid)} times", None, change, note=note)
    return Line(row.seq, row.created_at, row.memo or WITHOUT_MEMO[row.kind], None, change)
