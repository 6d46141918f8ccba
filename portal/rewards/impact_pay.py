"""Paying for measured impact: what the impact capability hands down when a verdict is locked, and when it ends.

A verdict *it worked* pays a fixed award (tranche 1). Where the organisation has switched tranches on, a part of the
conservative payable amount is paid beside it, and again after the re-measure. While a guard-rail or a flag is open the
payment is held: nothing is written but its row, and the same call without `held` releases it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update

from portal.db import db
from portal.errors import Conflict, Invalid
from portal.ledger import service as ledger
from portal.rewards import service
from portal.rewards.awards import About
from portal.rewards.models import ImpactPayment
from portal.rewards.rules import TRANCHE_PERCENT, Due, Event, Payee, Share, denomination, dues
from portal.rewards.settings_queries import settings
from portal.rewards.settings_rules import RewardSettings
from portal.rewards.words import PaymentState

REASON_CHARS_MAX = 200


@dataclass(frozen=True)
class ImpactPay:
    """What a locked estimate is worth. tranche: 1 after the verdict, 2 after the re-measure; payable_cents: may be 0.

    held: why it is not paid yet, in words; "" pays it. percent: of a tranche, by share, as it was registered before
    the change went live; none: TRANCHE_PERCENT.
    """

    commitment_number: int
    idea_number: int
    tranche: int
    estimate_ref: str
    payable_cents: int
    held: str = ""
    percent: Mapping[Share, int] = field(default_factory=dict)


def pay_for_impact(pay: ImpactPay, payees: Sequence[Payee], *, now: datetime) -> ImpactPayment:
    """Write the payment and, unless it is held, the awards. Called again it changes nothing, but releases what is held.

    Raises Invalid `bad_tranche`, `bad_payable`; Conflict `impact_pay_ended` once it was ended.
    """
    if pay.tranche not in (1, 2):
        raise Invalid("bad_tranche", "There are two tranches, 1 and 2.")
    if pay.payable_cents < 0:
        raise Invalid("bad_payable", "What is payable is never below nought.")
    ledger.lock_chain()  # one at a time: the row is read and then written
    rules = settings()
    row = _payment(pay)
    if row is None:
        row = _new(pay, rules, now)
        ended = _ended(pay.commitment_number)
        if ended is not None:
            row.state, row.reason, row.decided_at = PaymentState.ENDED, ended, now
    elif row.state is PaymentState.ENDED:
        raise Conflict("impact_pay_ended", "This payment was ended, with the reason, and is not paid any more.")
    if row.state is PaymentState.HELD:
        _hold_or_pay(row, pay, payees, rules, now)
    db.session.flush()
    return row


def end_impact_pay(commitment_number: int, reason: str, now: datetime) -> int:
    """Nothing more is paid for this change: what is held ends with the reason; what was paid stays. How many ended.

    Later tranches end at once.
    """
    ledger.lock_chain()
    held = ImpactPayment.commitment_number == commitment_number, ImpactPayment.state == PaymentState.HELD
    values = {"state": PaymentState.ENDED, "reason": reason[:REASON_CHARS_MAX], "decided_at": now}
    ended = db.session.execute(update(ImpactPayment).where(*held).values(**values))
    numbers = select(ImpactPayment.tranche, ImpactPayment.idea_number)
    known = db.session.execute(numbers.where(ImpactPayment.commitment_number == commitment_number)).all()
    if known and {row.tranche for row in known} == {1}:
        db.session.add(ImpactPayment(
            commitment_number=commitment_number, idea_number=known[0].idea_number, tranche=2, estimate_ref="",
            payable_cents=0, points=0, state=PaymentState.ENDED, reason=reason[:REASON_CHARS_MAX], created_at=now,
            decided_at=now,
        ))  # fmt: skip
    db.session.flush()
    return ended.rowcount  # type: ignore[attr-defined]


def tranche_dues(points: int, payees: Sequence[Payee], percent: Mapping[Share, int] = TRANCHE_PERCENT) -> list[Due]:
    """How the points of a tranche are divided; hidden names get a denomination, so that no sum tells who it was."""
    of_share: dict[Share, list[Payee]] = {}
    for payee in payees:
        if payee.person_id is not None and percent.get(payee.share):
            of_share.setdefault(payee.share, []).append(payee)
    found = []
    for share, people in of_share.items():
        part = points * percent[share] // 100 // len(people)
        for payee in people:
            got = denomination(part) if payee.hidden else part
            if got:
                found.append(Due(payee.person_id or 0, share, payee.hidden, got))
    return found


def _payment(pay: ImpactPay) -> ImpactPayment | None:
    query = select(ImpactPayment).filter_by(commitment_number=pay.commitment_number, tranche=pay.tranche)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _ended(commitment_number: int) -> str | None:
    query = select(ImpactPayment.reason).filter_by(commitment_number=commitment_number, state=PaymentState.ENDED)
    return db.session.scalar(query.limit(1))


def _new(pay: ImpactPay, rules: RewardSettings, now: datetime) -> ImpactPayment:
    row = ImpactPayment(
        commitment_number=pay.commitment_number, idea_number=pay.idea_number, tranche=pay.tranche,
        estimate_ref=pay.estimate_ref, payable_cents=pay.payable_cents, points=rules.points_of(pay.payable_cents),
        state=PaymentState.HELD, reason=pay.held[:REASON_CHARS_MAX], created_at=now,
    )  # fmt: skip
    db.session.add(row)
    return row


def _hold_or_pay(
    row: ImpactPayment, pay: ImpactPay, payees: Sequence[Payee], rules: RewardSettings, now: datetime
) -> None:
    if pay.held:
        row.reason = pay.held[:REASON_CHARS_MAX]
        return
    subject = f"commitment:{pay.commitment_number}"
    if pay.tranche == 1:
        about = About(subject, pay.idea_number, f"Number {pay.idea_number} worked: the measurement says so.")
        fixed = dues(Event.IMPACT_SHOWN, payees, actor_id=None, policy=rules.policy)
        service.award_dues(Event.IMPACT_SHOWN, fixed, about, rules, now=now, actor_id=None)
    if row.points:
        words = f"Number {pay.idea_number}: part {pay.tranche} of what the change is worth."
        about = About(f"{subject}:part:{pay.tranche}", pay.idea_number, words)
        parts = tranche_dues(row.points, payees, pay.percent or TRANCHE_PERCENT)
        service.award_dues(Event.IMPACT_TRANCHE, parts, about, rules, now=now, actor_id=None)
    row.state, row.reason, row.decided_at = PaymentState.PAID, "", now
