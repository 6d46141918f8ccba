"""Awarding points for outcomes and paying them, hidden authors in shuffled batches."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, func, select, update

from portal.db import db
from portal.errors import Conflict, Invalid
from portal.ledger import service as ledger
from portal.ledger.checks import sound
from portal.ledger.postings import AccountKind, check_amount, tidy_memo
from portal.outbox import service as outbox
from portal.rewards import awards, purse
from portal.rewards.awards import About
from portal.rewards.models import Award, Batch, Budget
from portal.rewards.purse import POOL, owner, waits_for_budget, waits_in_pool
from portal.rewards.rules import Due, Event, Payee, batch_is_due, dues, week_key
from portal.rewards.settings_queries import settings
from portal.rewards.settings_rules import RewardSettings

OWED_AT_ONCE = 200  # awards in one transaction: a second or two of the writer
PORTAL = "portal"  # the actor of what no person does
OWED = "rewards.pay_owed"
BATCH_REASON = "weekly_thanks"
BATCH_MEMO = "Weekly thanks"


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

    sentence: the frozen words of the statement, in one line. payees: an author who is not stored is skipped; where
    the caps are too small for all, those named first come first. actor_id: who confirmed the event; that person
    earns nothing. subject: "idea:248" by default; one event on one subject pays a share to a person once, so that a
    second call does nothing, unless the portal has taken the first back. Returns the awards written now.
    Points of people with a hidden name go to the pool here and to them in a batch; others are paid at once.
    """
    event, rules = Event(event), settings()
    due = dues(event, payees, actor_id=actor_id, policy=rules.policy)
    about = About(subject or f"idea:{idea_number}", idea_number, sentence)
    return award_dues(event, due, about, rules, now=now, actor_id=actor_id)


def award_dues(
    event: Event, due: Sequence[Due], about: About, rules: RewardSettings, *, now: datetime, actor_id: int | None
) -> list[Award]:
    """Write sums that are settled already, within the caps, and pay them as far as a budget of today goes."""
    if not due:
        return []
    ledger.lock_chain()
    written = awards.write(event, due, about, rules, now=now)
    purse.pay(written, now=now, actor_ref=PORTAL if actor_id is None else owner(actor_id))
    return written


def pay_owed(*, now: datetime) -> int:
    """Pay what waits for a budget, oldest first; stops where the points end. Returns how many awards were served.

    Serves at most `OWED_AT_ONCE`: call it again, in a new transaction, until it returns 0.
    """
    ledger.lock_chain()
    owed = select(Award).where(waits_for_budget(now)).order_by(Award.created_at, Award.id).limit(OWED_AT_ONCE)
    return purse.pay(db.session.scalars(owed.execution_options(populate_existing=True)).all(), now=now,
                     actor_ref=PORTAL)  # fmt: skip


def pay_hidden_batch(*, now: datetime) -> Batch | None:
    """Pay the hidden authors who wait, if there are enough of them or one has waited for long; once in a week.

    One transfer for each person with the sum of all that is due to them, in random order, naming the batch and no
    idea. Returns the batch, or None where none is due or this week has had one.
    """
    ledger.lock_chain()
    key = week_key(now)
    if db.session.scalar(select(Batch.id).where(Batch.key == key)) is not None:
        return None
    waiting = select(func.count(Award.id), func.count(Award.person_id.distinct()), func.min(Award.pooled_at))
    count, people, oldest = db.session.execute(waiting.where(waits_in_pool(now))).one()
    if not batch_is_due(people, oldest, now=now) or not sound():
        return None
    sums = {row.person_id: int(row.points) for row in _sums_by_person(now)}
    net = {person_id: points - purse.set_off(person_id, points, hidden=True) for person_id, points in sums.items()}
    batch = Batch(key=key, paid_at=now, people=len(net), points=sum(net.values()))
    db.session.add(batch)
    db.session.flush()
    _claim(batch, awards=count, now=now)
    _pay_shuffled(batch, {person_id: points for person_id, points in net.items() if points}, now=now)
    if met := sum(sums.values()) - batch.points:
        purse.back_to_budget(met, cause=f"batch:{key}:back", now=now)
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
        actor_ref=PORTAL if approver_id is None else owner(approver_id), now=now,
    )  # fmt: skip
    outbox.emit(OWED, {"budget": budget.id}, now=now, available_at=max(now, starts_at),
                unique_key=f"{OWED}:budget:{budget.id}")  # fmt: skip
    return budget


def _sums_by_person(now: datetime) -> list[Row[int, int]]:
    query = select(Award.person_id, func.sum(Award.points).label("points")).where(waits_in_pool(now))
    return list(db.session.execute(query.group_by(Award.person_id)).all())


def _claim(batch: Batch, *, awards: int, now: datetime) -> None:
    claimed = db.session.execute(
        update(Award)
        .where(waits_in_pool(now))
        .values(batch_id=batch.id, paid_at=now)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != awards:  # type: ignore[attr-defined]
        raise Conflict("changed_meanwhile", "Awards changed while they were being paid. Nothing was paid.")


def _pay_shuffled(batch: Batch, sums: dict[int, int], *, now: datetime) -> None:
    pool = ledger.account(AccountKind.POOL, POOL)
    # Accounts are opened in the shuffled order too: their numbers must not tell who was promoted first.
    order = list(sums)
    secrets.SystemRandom().shuffle(order)
    for person_id in order:
        wallet = ledger.account(AccountKind.PERSON, owner(person_id))
        ledger.post(pool, wallet, sums[person_id], cause=f"batch:{batch.key}:{uuid.uuid4()}",
                    reason_code=BATCH_REASON, memo=BATCH_MEMO, actor_ref=PORTAL, now=now)  # fmt: skip
