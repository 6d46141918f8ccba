"""Paying what is owed out of the budgets of today. Callers hold the ledger's lock (`lock_chain`)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, exists, literal, or_, select

from portal.db import db
from portal.ledger import service as ledger
from portal.ledger.checks import sound
from portal.ledger.models import Account
from portal.ledger.postings import AccountKind
from portal.people.models import Person
from portal.rewards.awards import TAKEN_BACK
from portal.rewards.models import Award, Budget, Reversal
from portal.rewards.rules import Event, memo_for
from portal.rewards.words import ReversalState
from portal.statements import run

POOL = "pool:hidden"
POOL_REASON = "set_aside"
POOL_MEMO = "Set aside for people who keep their name hidden"
BACK_REASON = "given_back"
BACK_MEMO = "Back to the budget"
PAYABLE_AFTER_LEAVING = timedelta(days=90)

OPEN_BUDGETS = (
    select(Account.id, (Account.posted - Account.held).label("left"))
    .join(Budget, literal("budget:") + cast(Budget.id, String) == Account.owner_ref)
    .where(Account.kind == AccountKind.BUDGET)
    .where(Budget.starts_at <= bindparam("now"), Budget.ends_at > bindparam("now"))
    .order_by(Budget.ends_at, Budget.id)
)


def waits_in_pool(now: datetime) -> ColumnElement[bool]:
    """Hidden awards that the next batch pays."""
    pooled = Award.hidden, Award.pooled_at.is_not(None), Award.paid_at.is_(None)
    return and_(*pooled, ~TAKEN_BACK, _payable(now))


def waits_for_budget(now: datetime) -> ColumnElement[bool]:
    """Awards for which a budget has to be opened or raised."""
    no_money = or_(
        and_(Award.hidden, Award.pooled_at.is_(None)), and_(Award.hidden.is_(False), Award.paid_at.is_(None))
    )
    return and_(no_money, ~TAKEN_BACK, _payable(now))


def _payable(now: datetime) -> ColumnElement[bool]:
    # Who has left is paid what is still owed for 90 days; then it lapses with the rest.
    gone = exists().where(Person.id == Award.person_id, Person.deactivated_at <= now - PAYABLE_AFTER_LEAVING)
    return ~gone


def pay(awards: Iterable[Award], *, now: datetime, actor_ref: str) -> int:
    """Pay in this order, until the budgets are too small for the next one; returns how many were served."""
    purse: Purse | None = None
    served = 0
    if not sound():
        return served  # written as owed; paid by the worker once points move again
    for award in awards:
        purse = purse or Purse.open(now)
        budget_account = purse.take(award.points)
        if budget_account is None:
            break  # whoever waits longest comes first, even where a smaller sum would still fit
        _set_aside(award, budget_account, now) if award.hidden else _hand_over(award, budget_account, actor_ref, now)
        served += 1
    db.session.flush()
    return served


@dataclass
class Purse:
    """Accounts of the budgets that cover today with what is in them; the one that ends first is spent first."""

    left: dict[int, int]

    @classmethod
    def open(cls, now: datetime) -> "Purse":
        """Read under the lock of the chain: nobody else takes from these accounts meanwhile."""
        return cls({row.id: row.left for row in run(OPEN_BUDGETS, {"now": now})})

    def take(self, points: int) -> int | None:
        """The account that pays this, or None where no budget of today holds as much."""
        for account_id, left in self.left.items():
            if left >= points:
                self.left[account_id] = left - points
                return account_id
        return None


def back_to_budget(points: int, *, cause: str, now: datetime) -> None:
    """What was set aside and is owed to nobody any more goes back to a budget of today, or else to the newest one."""
    open_now = next(iter(Purse.open(now).left), None)
    newest = select(Account.id).where(Account.kind == AccountKind.BUDGET).order_by(Account.id.desc()).limit(1)
    target = open_now or db.session.scalars(newest).one()
    pool = ledger.account(AccountKind.POOL, POOL)
    ledger.post(pool, target, points, cause=cause, reason_code=BACK_REASON, memo=BACK_MEMO, actor_ref="portal", now=now)


def set_off(person_id: int, points: int, *, hidden: bool) -> int:
    """Meet what could not be taken back from somebody with what is paid to them now; returns how much of it.

    hidden: the claims on awards with a hidden name are met by such awards alone, or the books would tell.
    """
    claims = (
        select(Reversal).join(Award, Award.id == Reversal.award_id)
        .where(Award.person_id == person_id, Award.hidden.is_(hidden), Reversal.claimed > 0)
        .where(Reversal.state == ReversalState.DONE).order_by(Reversal.id)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    met = 0
    for claim in db.session.scalars(claims).all():
        part = min(claim.claimed, points - met)
        claim.claimed, claim.taken = claim.claimed - part, claim.taken + part
        met += part
    return met


def owner(person_id: int) -> str:
    """The owner of somebody's account, without a name."""
    return f"person:{person_id}"


def _set_aside(award: Award, budget_account: int, now: datetime) -> None:
    # The key is random, because the award's number beside a person's payment would lead back to the idea.
    pool = ledger.account(AccountKind.POOL, POOL)
    ledger.post(budget_account, pool, award.points, cause=f"pool:{uuid.uuid4()}", reason_code=POOL_REASON,
                memo=POOL_MEMO, actor_ref="portal", now=now)  # fmt: skip
    award.pooled_at = now


def _hand_over(award: Award, budget_account: int, actor_ref: str, now: datetime) -> None:
    if left := award.points - set_off(award.person_id, award.points, hidden=False):
        wallet = ledger.account(AccountKind.PERSON, owner(award.person_id))
        memo = memo_for(Event(award.event), award.idea_number)
        ledger.post(budget_account, wallet, left, cause=f"award:{award.id}", reason_code=award.event, memo=memo,
                    actor_ref=actor_ref, now=now)  # fmt: skip
    award.paid_at = now
