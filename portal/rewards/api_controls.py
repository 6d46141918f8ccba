"""The interface to what keeps points honest: awards taken back, velocity, and every refusal."""

import json

from flask import Response
from pydantic import Field
from sqlalchemy import Row

from portal import clock
from portal.people.access import requires, the_viewer
from portal.people.kept_refusals import kept_for_the_auditor
from portal.people.once import once
from portal.people.scopes import Scope
from portal.rewards import award_queries, reversals, velocity
from portal.rewards.models import Reversal
from portal.rewards.scope import demand_at_top
from portal.rewards.words import ReversalState
from portal.web.api import Line, Moment, NumberPath, PageAsked, Sent, Shown, api, listed, page_of, shown

bp = api("points", "What keeps points honest: awards taken back, and what an auditor looks at.")
MOVES = {"x-idempotency-key-needed": True}


class AwardShown(Shown):
    """An award under a shown name. Those of hidden names are nowhere but on their own statement."""

    number: int
    person: str
    event: str
    share: str
    points: int
    idea: int | None
    sentence: str
    created_at: Moment
    paid_at: Moment | None
    reversal: ReversalState | None


class ReversalShown(Shown):
    """An award that is taken back. person: null where the name is hidden; sums too, until it is decided."""

    number: int
    award: int | None
    person: str | None
    idea: int | None
    points: int
    state: ReversalState
    reason: str
    asked_at: Moment
    decided_at: Moment | None
    taken: int | None
    claimed: int | None


class ReversalSent(Sent):
    """Why it is taken back: stands on the statement."""

    reason: Line = Field(min_length=1, max_length=200)


class ReversalDecision(Sent):
    """The second person's yes or no."""

    agreed: bool


class ReversalTaken(Shown):
    """What became of it. asked: it is above 500 points and waits for a second person."""

    number: int
    state: ReversalState


class PairShown(Shown):
    """One person to another, often."""

    giver: str
    taker: str
    times: int
    points: int


class OutlierShown(Shown):
    """Far above what is usual: kind is person, team or approver."""

    kind: str
    name: str
    points: int
    usual: int
    sigmas: float


class VelocityShown(Shown):
    """Where to look; none of it is a proof."""

    since: Moment
    pairs: list[PairShown]
    rings: list[list[str]]
    outliers: list[OutlierShown]


class PointsRefusalShown(Shown):
    """A no about points. code: of the refusal."""

    number: int
    at: Moment
    action: str
    subject: str
    code: str
    by: str | None


@bp.get("/awards", responses={200: page_of(AwardShown)})
@requires("reversal.list", scope=Scope.BUDGETS_READ)
def list_awards(query: PageAsked) -> Response:
    """Awards under shown names, the newest first."""
    demand_at_top("reversal.list", the_viewer())
    rows, following = award_queries.shown_awards(limit=query.limit, cursor=query.cursor)
    return listed([
        AwardShown(number=row.Award.id, person=row.name, event=row.Award.event, share=row.Award.share,
                   points=row.Award.points, idea=row.Award.idea_number, sentence=row.Award.sentence,
                   created_at=row.Award.created_at, paid_at=row.Award.paid_at, reversal=row.state)
        for row in rows
    ], following)  # fmt: skip


@bp.post("/awards/<int:number>/reversal", responses={201: ReversalTaken}, openapi_extensions=MOVES)
@requires("reversal.ask", scope=Scope.BUDGETS_WRITE)
def take_award_back(path: NumberPath, body: ReversalSent) -> Response:
    """Take an award back, as far as it has not been spent; above 500 points once a second person agrees.

    403 `own_award`; 409 `taken_back_already`.
    """
    viewer, now = the_viewer(), clock.now()
    with kept_for_the_auditor("points.take_back", viewer, f"award:{path.number}", now=now):
        return once(lambda: _taken(reversals.ask(viewer, path.number, body.reason, now=now)), status=201,
                    key_needed=True)  # fmt: skip


@bp.get("/reversals", responses={200: page_of(ReversalShown)})
@requires("reversal.list", scope=Scope.BUDGETS_READ)
def list_reversals(query: PageAsked) -> Response:
    """Awards that were taken back or are asked to be, the newest first."""
    demand_at_top("reversal.list", the_viewer())
    rows, following = award_queries.reversals(limit=query.limit, cursor=query.cursor)
    return listed([_reversal_shown(row) for row in rows], following)


@bp.post("/reversals/<int:number>/decision", responses={200: ReversalTaken}, openapi_extensions=MOVES)
@requires("reversal.decide", scope=Scope.BUDGETS_WRITE)
def decide_on_reversal(path: NumberPath, body: ReversalDecision) -> Response:
    """The second person agrees that an award above 500 points is taken back, or says no.

    403 `second_person`, `own_award`, `not_yours`; 409 `decided_already`.
    """
    viewer, now = the_viewer(), clock.now()
    with kept_for_the_auditor("points.decide", viewer, f"reversal:{path.number}", now=now):
        return once(lambda: _taken(reversals.decide(viewer, path.number, agreed=body.agreed, now=now)),
                    key_needed=True)  # fmt: skip


@bp.get("/velocity", responses={200: VelocityShown})
@requires("velocity.see", scope=Scope.AUDIT_READ)
def see_velocity() -> Response:
    """Pairs, rings and outliers of the last 90 days, of what was paid under shown names."""
    demand_at_top("velocity.see", the_viewer())
    found = velocity.report(now=clock.now())
    return shown(VelocityShown(
        since=found.since, rings=[list(ring) for ring in found.rings],
        pairs=[PairShown(giver=one.giver, taker=one.taker, times=one.times, points=one.points) for one in found.pairs],
        outliers=[OutlierShown(kind=one.kind, name=one.name, points=one.points, usual=one.usual, sigmas=one.sigmas)
                  for one in found.outliers],
    ))  # fmt: skip


@bp.get("/points-refusals", responses={200: page_of(PointsRefusalShown)})
@requires("velocity.see", scope=Scope.AUDIT_READ)
def list_points_refusals(query: PageAsked) -> Response:
    """Every no about points, the newest first."""
    demand_at_top("velocity.see", the_viewer())
    rows, following = velocity.refusals(limit=query.limit, cursor=query.cursor)
    return listed([
        PointsRefusalShown(number=row.id, at=row.at, action=row.action, subject=row.subject, by=row.by,
                           code=json.loads(row.detail).get("code", ""))
        for row in rows
    ], following)  # fmt: skip


def _reversal_shown(row: Row) -> ReversalShown:
    one, award = row.Reversal, row.Award
    return ReversalShown(
        number=one.id, award=None if award.hidden else award.id, person=row.name, idea=award.idea_number,
        points=award.points, state=one.state, reason=one.reason, asked_at=one.asked_at, decided_at=one.decided_at,
        taken=None if award.hidden else one.taken, claimed=None if award.hidden else one.claimed,
    )  # fmt: skip


def _taken(one: Reversal) -> ReversalTaken:
    return ReversalTaken(number=one.id, state=one.state)
