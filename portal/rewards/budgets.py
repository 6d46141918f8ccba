"""Points for awards: asked for by one person, approved by another; and points that somebody gives out of them."""

import hashlib
from datetime import datetime

from sqlalchemy import select, update

from portal.db import db
from portal.errors import DomainError, Missing
from portal.ledger import service as ledger
from portal.ledger.models import Account
from portal.ledger.postings import AccountKind, check_amount, tidy_memo
from portal.outbox import service as outbox
from portal.people.models import Person
from portal.people.service import audit
from portal.people.viewer import Viewer
from portal.rewards import service
from portal.rewards.awards import About
from portal.rewards.budget_rules import BudgetRefusal, Gift, GiftRefusal, NewBudget, amount_refusal, budget_refusal
from portal.rewards.models import Award, Budget, BudgetAsk, BudgetRaise
from portal.rewards.purse import Purse, owner
from portal.rewards.rules import Due, Event, Share
from portal.rewards.scope import demand_at_top
from portal.rewards.settings_queries import settings
from portal.rewards.words import AskState


def ask_new(viewer: Viewer, wanted: NewBudget, *, now: datetime) -> BudgetAsk:
    """Ask for a budget. Raises the refusals of `budget_rules.budget_refusal`."""
    demand_at_top("budget.ask", viewer)
    _refuse(budget_refusal(wanted, now=now))
    return _asked(viewer, now, points=wanted.points, reason=tidy_memo(wanted.reason), name=tidy_memo(wanted.name),
                  starts_at=wanted.starts_at, ends_at=wanted.ends_at)  # fmt: skip


def ask_more(viewer: Viewer, budget_id: int, points: int, reason: str, *, now: datetime) -> BudgetAsk:
    """Ask for more points in a budget whose period is not over. Raises Missing, `BudgetRefusal`."""
    demand_at_top("budget.ask", viewer)
    _refuse(amount_refusal(points, reason))
    _open_budget(budget_id, now)
    return _asked(viewer, now, points=points, reason=tidy_memo(reason), budget_id=budget_id)


def decide(viewer: Viewer, number: int, *, agreed: bool, answer: str = "", now: datetime) -> BudgetAsk:
    """Another person approves, and the points are made; or says no. What waits for points is then paid.

    Raises Missing, Refused `second_person`, Conflict `decided_already`, `budget_closed`.
    """
    demand_at_top("budget.decide", viewer)
    found = db.session.get(BudgetAsk, number, populate_existing=True)
    if found is None:
        raise Missing("request for points")
    if found.asked_by_id == viewer.id:
        raise BudgetRefusal.SECOND_PERSON.as_error()
    state = AskState.APPROVED if agreed else AskState.REFUSED
    waits = BudgetAsk.id == number, BudgetAsk.state == AskState.ASKED
    values = {"state": state, "decided_by_id": viewer.id, "decided_at": now, "answer": tidy_memo(answer)}
    if db.session.execute(update(BudgetAsk).where(*waits).values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise BudgetRefusal.DECIDED.as_error()
    db.session.refresh(found)
    if agreed:
        _make(found, viewer, now)
    audit("budget.decided", f"budget_ask:{number}", {"agreed": agreed, "points": found.points},
          actor_id=viewer.id, now=now)  # fmt: skip
    db.session.flush()
    return found


def give(viewer: Viewer, person_id: int, gift: Gift, *, key: str, now: datetime) -> Award:
    """Give somebody points out of the budgets of today, with the reason; the same key again gives nothing more.

    Raises Refused `self_award` (to oneself, or out of a budget that the recipient approved) and `own_line`,
    Invalid `amount_not_positive_integer`, `unknown_person`, `sentence_missing`, Conflict `budget_closed`,
    `budget_exceeded`, `limit_reached`, `idempotency_mismatch`.
    """
    demand_at_top("award.give", viewer)
    check_amount(gift.points)
    if person_id == viewer.id:
        raise GiftRefusal.SELF.as_error()
    if not gift.sentence.strip():
        raise GiftRefusal.SENTENCE.as_error()
    _demand_recipient(viewer, person_id)
    ledger.lock_chain()
    about = About(_subject(viewer, key), None, tidy_memo(gift.sentence))
    if earlier := db.session.scalar(select(Award).where(Award.subject == about.subject)):
        if (earlier.person_id, earlier.points, earlier.sentence) != (person_id, gift.points, about.sentence):
            raise GiftRefusal.KEY.as_error()
        return earlier
    _demand_points(person_id, gift.points, now)
    return _given(viewer, person_id, gift, about, now)


def _given(viewer: Viewer, person_id: int, gift: Gift, about: About, now: datetime) -> Award:
    due = [Due(person_id, Share.COLLEAGUE, False, gift.points)]
    made = service.award_dues(Event.GIVEN, due, about, settings(), now=now, actor_id=viewer.id)
    if not made or made[0].points != gift.points:
        raise GiftRefusal.LIMIT.as_error()
    facts = {"points": gift.points, "person": person_id, "sentence": about.sentence}
    audit("award.given", f"award:{made[0].id}", facts, actor_id=viewer.id, now=now)
    return made[0]


def _subject(viewer: Viewer, key: str) -> str:
    return f"given:{hashlib.sha256(f'{viewer.id}:{key}'.encode()).hexdigest()[:40]}"


def _demand_recipient(viewer: Viewer, person_id: int) -> None:
    person = db.session.get(Person, person_id)
    if person is None or not person.active:
        raise GiftRefusal.NOBODY.as_error()
    if db.session.scalar(select(Person.manager_id).where(Person.id == viewer.id)) == person_id:
        raise GiftRefusal.OWN_LINE.as_error()


def _demand_points(person_id: int, points: int, now: datetime) -> None:
    purse = Purse.open(now)
    if not purse.left:
        raise GiftRefusal.CLOSED.as_error()
    account_id = purse.take(points)
    if account_id is None:
        raise GiftRefusal.EXCEEDED.as_error()
    ref = db.session.scalars(select(Account.owner_ref).where(Account.id == account_id)).one()
    budget_id = int(ref.removeprefix("budget:"))
    opened = select(Budget.approved_by_id).where(Budget.id == budget_id)
    raised = select(BudgetRaise.approved_by_id).where(BudgetRaise.budget_id == budget_id)
    if person_id in {*db.session.scalars(opened), *db.session.scalars(raised)}:
        raise GiftRefusal.SELF.as_error()


def _asked(viewer: Viewer, now: datetime, **values: object) -> BudgetAsk:
    made = BudgetAsk(state=AskState.ASKED, asked_by_id=viewer.id, asked_at=now, **values)
    db.session.add(made)
    db.session.flush()
    facts = {"points": made.points, "budget": made.budget_id}
    audit("budget.asked", f"budget_ask:{made.id}", facts, actor_id=viewer.id, now=now)
    return made


def _make(asked: BudgetAsk, viewer: Viewer, now: datetime) -> None:
    if asked.budget_id is not None:
        _raise(asked, _open_budget(asked.budget_id, now), viewer, now)
        return
    assert asked.starts_at is not None and asked.ends_at is not None
    if asked.ends_at <= now:
        raise BudgetRefusal.CLOSED.as_error()
    opened = service.open_budget(asked.name, asked.points, starts_at=asked.starts_at, ends_at=asked.ends_at,
                                 approver_id=viewer.id, now=now)  # fmt: skip
    asked.budget_id = opened.id


def _raise(asked: BudgetAsk, budget: Budget, viewer: Viewer, now: datetime) -> None:
    ledger.lock_chain()
    moved = ledger.post(
        ledger.account(AccountKind.ISSUANCE, "issuance"), ledger.account(AccountKind.BUDGET, f"budget:{budget.id}"),
        asked.points, cause=f"issue:budget_ask:{asked.id}", reason_code="issue",
        memo=tidy_memo(f"Budget {budget.name} raised"), actor_ref=owner(viewer.id), now=now,
    )  # fmt: skip
    db.session.add(BudgetRaise(
        budget_id=budget.id, points=asked.points, reason=asked.reason, asked_by_id=asked.asked_by_id,
        approved_by_id=viewer.id, transfer_seq=moved.seq, at=now,
    ))  # fmt: skip
    outbox.emit(service.OWED, {"budget": budget.id}, now=now, unique_key=f"{service.OWED}:ask:{asked.id}")


def _open_budget(budget_id: int, now: datetime) -> Budget:
    budget = db.session.get(Budget, budget_id)
    if budget is None:
        raise Missing("budget")
    if budget.ends_at <= now:
        raise BudgetRefusal.CLOSED.as_error()
    return budget


def _refuse(refusal: BudgetRefusal | None) -> None:
    if refusal is not None:
        error: DomainError = refusal.as_error()
        raise error
