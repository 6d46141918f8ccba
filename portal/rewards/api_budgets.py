"""The interface to budgets: what there is, asking for points, deciding about it, and giving some."""

from typing import Annotated

from flask import Response
from pydantic import Field
from sqlalchemy import Row

from portal import clock
from portal.people.access import requires, the_viewer
from portal.people.kept_refusals import kept_for_the_auditor
from portal.people.once import once
from portal.people.scopes import Scope
from portal.rewards import budget_queries as queries
from portal.rewards import budgets
from portal.rewards.amounts import Points
from portal.rewards.budget_rules import NAME_CHARS_MAX, REASON_CHARS_MAX, Gift, NewBudget
from portal.rewards.dates import first_moment
from portal.rewards.models import BudgetAsk
from portal.rewards.scope import demand_at_top
from portal.rewards.words import AskState
from portal.web.api import Day, Line, Moment, Number, NumberPath, PageAsked, Sent, Shown, api, listed, page_of, shown
from portal.web.api import idempotency_key as key_sent

bp = api("budgets", "Points that may be awarded: asked for by one person and approved by another.")
MOVES = {"x-idempotency-key-needed": True}


class BudgetShown(Shown):
    """A budget. left: points in it now."""

    number: int
    name: str
    starts_at: Moment
    ends_at: Moment
    points: int
    left: int
    approved_by: str | None


class LiabilityShown(Shown):
    """What is outstanding against what budgets hold; sums of everybody together."""

    outstanding: int
    wallets: int
    set_aside: int = Field(description="For people who keep their name hidden; paid in batches.")
    waiting: int = Field(description="Owed, and no budget of today holds as much.")
    waiting_awards: int
    left: int = Field(description="In budgets of today.")


class BudgetAskShown(Shown):
    """Points that somebody asks for. budget: null for a new one that is not approved."""

    number: int
    budget: int | None
    name: str
    points: int
    reason: str
    state: AskState
    asked_by: str
    asked_at: Moment
    decided_by: str | None
    decided_at: Moment | None
    answer: str


class AskTaken(Shown):
    """What became of it."""

    number: int
    state: AskState
    budget: int | None


class NewBudgetSent(Sent):
    """A budget that is wanted. Days in the caller's time zone; the last one is part of it."""

    name: Line = Field(min_length=1, max_length=NAME_CHARS_MAX)
    points: Points
    first_day: Day
    last_day: Day
    reason: Line = Field(min_length=1, max_length=REASON_CHARS_MAX)


class MoreSent(Sent):
    """More points for a budget."""

    points: Points
    reason: Line = Field(min_length=1, max_length=REASON_CHARS_MAX)


class DecisionOnPoints(Sent):
    """Yes or no, with words for who asked."""

    agreed: bool
    answer: Line = Field("", max_length=REASON_CHARS_MAX)


class GiftSent(Sent):
    """Points for somebody. sentence: stands on their statement."""

    person: Number
    points: Points
    sentence: Annotated[Line, Field(min_length=1, max_length=REASON_CHARS_MAX)]


class GiftTaken(Shown):
    """The award that was written."""

    award: int
    points: int
    paid: bool


@bp.get("/budgets", responses={200: page_of(BudgetShown)})
@requires("budget.see", scope=Scope.BUDGETS_READ)
def list_budgets(query: PageAsked) -> Response:
    """Every budget with what is left in it, the newest first."""
    demand_at_top("budget.see", the_viewer())
    rows, following = queries.budgets(limit=query.limit, cursor=query.cursor)
    return listed([
        BudgetShown(number=row.Budget.id, name=row.Budget.name, starts_at=row.Budget.starts_at,
                    ends_at=row.Budget.ends_at, points=row.made, left=row.left, approved_by=row.approver)
        for row in rows
    ], following)  # fmt: skip


@bp.get("/liability", responses={200: LiabilityShown})
@requires("budget.see", scope=Scope.BUDGETS_READ)
def see_liability() -> Response:
    """Points outstanding and what budgets hold against them."""
    demand_at_top("budget.see", the_viewer())
    one = queries.liability(now=clock.now())
    return shown(LiabilityShown(
        outstanding=one.outstanding, wallets=one.wallets, set_aside=one.set_aside, waiting=one.waiting,
        waiting_awards=one.waiting_awards, left=one.left,
    ))  # fmt: skip


@bp.get("/budgets/asks", responses={200: page_of(BudgetAskShown)})
@requires("budget.see", scope=Scope.BUDGETS_READ)
def list_budget_asks(query: PageAsked) -> Response:
    """Who asked for points and what was decided: those that wait first, then the newest."""
    demand_at_top("budget.see", the_viewer())
    rows, following = queries.asks(limit=query.limit, cursor=query.cursor)
    return listed([_ask_shown(row) for row in rows], following)


@bp.post("/budgets/asks", responses={201: AskTaken})
@requires("budget.ask", scope=Scope.BUDGETS_WRITE)
def ask_for_budget(body: NewBudgetSent) -> Response:
    """Ask for a budget; somebody else decides.

    422 `bad_period`, `amount_not_positive_integer`.
    """
    viewer, now = the_viewer(), clock.now()
    starts, ends = first_moment(body.first_day, viewer.timezone), first_moment(body.last_day, viewer.timezone, days=1)
    wanted = NewBudget(body.name, body.points, starts, ends, body.reason)
    with kept_for_the_auditor("points.ask", viewer, "budget:new", now=now):
        return once(lambda: _taken(budgets.ask_new(viewer, wanted, now=now)), status=201)


@bp.post("/budgets/<int:number>/asks", responses={201: AskTaken})
@requires("budget.ask", scope=Scope.BUDGETS_WRITE)
def ask_for_more(path: NumberPath, body: MoreSent) -> Response:
    """Ask for more points in a budget; somebody else decides.

    409 `budget_closed`; 422 `amount_not_positive_integer`.
    """
    viewer, now = the_viewer(), clock.now()
    with kept_for_the_auditor("points.ask", viewer, f"budget:{path.number}", now=now):
        return once(
            lambda: _taken(budgets.ask_more(viewer, path.number, body.points, body.reason, now=now)), status=201
        )


@bp.post("/budgets/asks/<int:number>/decision", responses={200: AskTaken}, openapi_extensions=MOVES)
@requires("budget.decide", scope=Scope.BUDGETS_WRITE)
def decide_on_budget(path: NumberPath, body: DecisionOnPoints) -> Response:
    """Approve what somebody else asked for, or say no; with a yes the points are made and what waits is paid.

    403 `second_person`; 409 `decided_already`, `budget_closed`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> AskTaken:
        return _taken(budgets.decide(viewer, path.number, agreed=body.agreed, answer=body.answer, now=now))

    with kept_for_the_auditor("points.approve", viewer, f"budget_ask:{path.number}", now=now):
        return once(verb, key_needed=True)


@bp.post("/awards", responses={201: GiftTaken}, openapi_extensions=MOVES)
@requires("award.give", scope=Scope.BUDGETS_WRITE)
def give_points(body: GiftSent) -> Response:
    """Give somebody points out of the budgets of today, never to oneself.

    403 `self_award`, `own_line`; 409 `budget_closed`, `budget_exceeded`, `limit_reached`; 422 `unknown_person`,
    `amount_not_positive_integer`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> GiftTaken:
        gift = Gift(body.points, body.sentence)
        made = budgets.give(viewer, body.person, gift, key=f"api:{key_sent()}", now=now)
        return GiftTaken(award=made.id, points=made.points, paid=made.paid_at is not None)

    with kept_for_the_auditor("points.give", viewer, f"person:{body.person}", now=now):
        return once(verb, status=201, key_needed=True)


def _taken(asked: BudgetAsk) -> AskTaken:
    return AskTaken(number=asked.id, state=asked.state, budget=asked.budget_id)


def _ask_shown(row: Row) -> BudgetAskShown:
    one = row.BudgetAsk
    return BudgetAskShown(
        number=one.id, budget=one.budget_id, name=row.budget_name, points=one.points, reason=one.reason,
        state=one.state, asked_by=row.asked_by, asked_at=one.asked_at, decided_by=row.decided_by,
        decided_at=one.decided_at, answer=one.answer,
    )  # fmt: skip
