"""Awarding points for outcomes and paying them, hidden authors in shuffled batches."""

import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, String, and_, cast, func, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from portal.db import db
from portal.errors import Conflict, Invalid
from portal.ledger import service as ledger
from portal.ledger.checks import sound
from portal.ledger.models import Account
from portal.ledger.postings import AccountKind, check_amount, tidy_memo
from portal.outbox import service as outbox
from portal.rewards.models import Award, Batch, Budget
from portal.rewards.rules import POLICY_VERSION, Due, Event, Payee, batch_is_due, dues, memo_for, week_key

OWED_AT_ONCE = 200  # awards in one transaction: a second or two of the writer
PORTAL = "portal"  # the actor of what no person does
OWED = "rewards.pay_owed"
POOL_REASON = "set_aside"
POOL_MEMO = "Set aside for people who keep their name hidden"
BATCH_REASON = "weekly_thanks"
BATCH_MEMO = "Weekly thanks"
WAITS_IN_POOL = and_(Award.hidden, Award.pooled_at.is_not(None), Award.paid_at.is_(None))
WAITS_FOR_BUDGET = or_(
    and_(Award.hidden, Award.pooled_at.is_(None)),
    and_(Award.hidden.is_(False), Award.paid_at.is_(None)),
)


def award_for_event(
    event: Event | str,
    *,
    idea_number: int,
    sentence: str,
    payees: Sequence[Payee],
    now: datetime,
    actor_id: int | None,
    subject: str | None = None,
) -> list[Award]:
    """Write what people earned by an outcome, and pay it as far as a budget of today goes.

    sentence: the frozen words of the statement, in one line. payees: an author who is not stored is skipped.
    actor_id: who confirmed the event; that person earns nothing. subject: "idea:248" by default; one event on one
    subject pays a share to a person once, so that a second call does nothing. Returns the awards written now.
    Points of people with a hidden name go to the pool here and to them in a batch; others are paid at once.
    """
    event = Event(event)
    due = dues(event, payees, actor_id=actor_id)
    if not due:
        return []
    ledger.lock_chain()
    about = subject or f"idea:{idea_number}"
    written = [
        award
        for one in due
        if (award := _write(one, event, about=about, idea_number=idea_number, sentence=sentence, now=now)) is not None
    ]
    _pay(written, now=now, actor_ref=PORTAL if actor_id is None else _owner(actor_id))
    return written


def pay_owed(*, now: datetime) -> int:
    """Pay what waits for a budget, oldest first; stops where the points end. Returns how many awards were served.

    Serves at most `OWED_AT_ONCE`: call it again, in a new transaction, until it returns 0.
    """
    ledger.lock_chain()
    owed = select(Award).where(WAITS_FOR_BUDGET).order_by(Award.created_at, Award.id).limit(OWED_AT_ONCE)
    awards = db.session.scalars(owed.execution_options(populate_existing=True)).all()
    return _pay(awards, now=now, actor_ref=PORTAL)


def pay_hidden_batch(*, now: datetime) -> Batch | None:
    """Pay the hidden authors who wait, if there are enough of them or one has waited for long; once in a week.

    One transfer for each person with the sum of all that is due to them, in random order, naming the batch and no
    idea. Returns the batch, or None where none is due or this week has had one.
    """
    ledger.lock_chain()
    key = week_key(now)
    if db.session.scalar(select(Batch.id).where(Batch.key == key)) is not None:
        return None
    waiting, oldest = db.session.execute(
        select(func.count(Award.id), func.min(Award.pooled_at)).where(WAITS_IN_POOL)
    ).one()
    if not batch_is_due(waiting, oldest, now=now) or not sound():
        return None
    sums = _sums_by_person()
    batch = Batch(key=key, paid_at=now, people=len(sums), points=sum(row.points for row in sums))
    db.session.add(batch)
    db.session.flush()
    _claim(batch, awards=waiting, now=now)
    _pay_shuffled(batch, sums, now=now)
    return batch


def open_budget(
    name: str, points: int, *, starts_at: datetime, ends_at: datetime, approver_id: int | None, now: datetime
) -> Budget:
    """Make points and put them into a new budget for a period; what is owed is then paid by the worker.

    Raises Invalid (`amount_not_positive_integer`, `bad_name`, `bad_period`).
    """
    check_amount(points)
    name = tidy_memo(name)
    if not 1 <= len(name) <= 120:
        raise Invalid("bad_name", "A budget needs a name of at most 120 characters.", {"name": "Give it a name."})
    if ends_at <= starts_at or ends_at <= now:
        raise Invalid("bad_period", "A budget ends after it starts, and not in the past.", {"ends_at": "Too early."})
    ledger.lock_chain()
    budget = Budget(name=name, starts_at=starts_at, ends_at=ends_at, approved_by_id=approver_id, created_at=now)
    db.session.add(budget)
    db.session.flush()
    ledger.post(
        ledger.account(AccountKind.ISSUANCE, "issuance"), ledger.account(AccountKind.BUDGET, f"budget:{budget.id}"),
        points, cause=f"issue:budget:{budget.id}", reason_code="issue", memo=tidy_memo(f"Budget {name}"),
        actor_ref=PORTAL if approver_id is None else _owner(approver_id), now=now,
    )  # fmt: skip
    outbox.emit(OWED, {"budget": budget.id}, now=now, available_at=max(now, starts_at),
                unique_key=f"{OWED}:budget:{budget.id}")  # fmt: skip
    return budget


def _write(due: Due, event: Event, *, about: str, idea_number: int, sentence: str, now: datetime) -> Award | None:
    award = Award(
        person_id=due.person_id, event=event.value, subject=about, idea_number=idea_number, share=due.share,
        sentence=tidy_memo(sentence), points=due.points, policy_version=POLICY_VERSION, hidden=due.hidden,
        created_at=now,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(award)
    except IntegrityError:
        if not _is_written(due, event, about):
            raise
        return None
    return award


def _is_written(due: Due, event: Event, about: str) -> bool:
    same = (
        Award.event == event.value,
        Award.subject == about,
        Award.share == due.share,
        Award.person_id == due.person_id,
    )
    return db.session.scalar(select(Award.id).where(*same)) is not None


def _pay(awards: Iterable[Award], *, now: datetime, actor_ref: str) -> int:
    purse: _Purse | None = None
    served = 0
    if not sound():
        return served  # written as owed; paid by the worker once points move again
    for award in awards:
        purse = purse or _Purse.open(now)
        budget_account = purse.take(award.points)
        if budget_account is None:
            break  # whoever waits longest comes first, even where a smaller sum would still fit
        _set_aside(award, budget_account, now) if award.hidden else _hand_over(award, budget_account, actor_ref, now)
        served += 1
    db.session.flush()
    return served


@dataclass
class _Purse:
    """Accounts of the budgets that cover today with what is in them; the one that ends first is spent first."""

    left: dict[int, int]

    @classmethod
    def open(cls, now: datetime) -> "_Purse":
        # Read under the lock of the chain: nobody else takes from these accounts meanwhile.
        owner = literal("budget:") + cast(Budget.id, String)
        rows = db.session.execute(
            select(Account.id, Account.posted - Account.held)
            .join(Budget, owner == Account.owner_ref)
            .where(Account.kind == AccountKind.BUDGET, Budget.starts_at <= now, Budget.ends_at > now)
            .order_by(Budget.ends_at, Budget.id)
        )
        return cls(dict(rows.all()))

    def take(self, points: int) -> int | None:
        for account_id, left in self.left.items():
            if left >= points:
                self.left[account_id] = left - points
                return account_id
        return None


def _set_aside(award: Award, budget_account: int, now: datetime) -> None:
    # The key is random, because the award's number beside a person's payment would lead back to the idea.
    pool = ledger.account(AccountKind.POOL, "pool:hidden")
    ledger.post(budget_account, pool, award.points, cause=f"pool:{uuid.uuid4()}", reason_code=POOL_REASON,
                memo=POOL_MEMO, actor_ref=PORTAL, now=now)  # fmt: skip
    award.pooled_at = now


def _hand_over(award: Award, budget_account: int, actor_ref: str, now: datetime) -> None:
    wallet = ledger.account(AccountKind.PERSON, _owner(award.person_id))
    ledger.post(budget_account, wallet, award.points, cause=f"award:{award.id}", reason_code=award.event,
                memo=memo_for(Event(award.event), award.idea_number or 0), actor_ref=actor_ref, now=now)  # fmt: skip
    award.paid_at = now


def _sums_by_person() -> list[Row[int, int]]:
    query = select(Award.person_id, func.sum(Award.points).label("points")).where(WAITS_IN_POOL)
    return list(db.session.execute(query.group_by(Award.person_id)).all())


def _claim(batch: Batch, *, awards: int, now: datetime) -> None:
    claimed = db.session.execute(
        update(Award)
        .where(WAITS_IN_POOL)
        .values(batch_id=batch.id, paid_at=now)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != awards:  # type: ignore[attr-defined]
        raise Conflict("changed_meanwhile", "Awards changed while they were being paid. Nothing was paid.")


def _pay_shuffled(batch: Batch, sums: list[Row[int, int]], *, now: datetime) -> None:
    pool = ledger.account(AccountKind.POOL, "pool:hidden")
    # Accounts are opened in the shuffled order too: their numbers must not tell who was promoted first.
    secrets.SystemRandom().shuffle(sums)
    for person_id, points in sums:
        wallet = ledger.account(AccountKind.PERSON, _owner(person_id))
        ledger.post(pool, wallet, int(points), cause=f"batch:{batch.key}:{uuid.uuid4()}", reason_code=BATCH_REASON,
                    memo=BATCH_MEMO, actor_ref=PORTAL, now=now)  # fmt: skip


def _owner(person_id: int) -> str:
    return f"person:{person_id}"
