"""What the database knows of one result: the plan, its estimates, who looked at them, and what else happened."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, and_, func, or_, select

from portal.commitments.models import Commitment, Delivery
from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.impact.estimate_words import Flag
from portal.impact.models import Baseline, FlagReview, Guardrail, Overlap, Plan, RollBack, Rollout, StoredEstimate
from portal.impact.stored import Stored, from_json
from portal.impact.words import VERDICT_DAY, EstimateKind
from portal.metrics.models import Metric
from portal.metrics.notes_queries import Note, notes_in
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.rewards.models import ImpactPayment

SHOWN = (EstimateKind.LOCKED, EstimateKind.REMEASURE, EstimateKind.GUARDRAIL)
BEFORE_DAYS = 91  # an earlier change still moves the weeks it is compared with
OTHERS_MAX = 20


@dataclass(frozen=True)
class Registered:
    """The plan with the names around it; `row` is the Plan."""

    row: Plan
    by: str


@dataclass(frozen=True)
class Other:
    """Another change that went live at the same sites in these weeks. bundled, separable: None where not counted."""

    commitment_id: int
    title: str
    live_from: date
    bundled: bool | None
    separable: bool | None


@dataclass(frozen=True)
class Measured:
    """Everything about a result whose plan was registered.

    units: [(place_id, name, live_from, live_to)]. runs: oldest first. locked, look: the newest of each, with the whole
    answer, or None. rails: [(Metric, harm_limit)]. reviews: by flag (by, at, cleared, reason). payments: oldest first.
    """

    plan: Registered
    units: Sequence[Row]
    runs: Sequence[Row]
    locked: tuple[Row, Stored] | None
    look: tuple[Row, Stored] | None
    rails: Sequence[Row]
    rail_runs: dict[int, Row]
    reviews: dict[str, Row]
    payments: Sequence[ImpactPayment]
    baselines: Sequence[Row]

    @property
    def first_live(self) -> date | None:
        """The earliest go-live."""
        return min((unit.live_from for unit in self.units), default=None)

    @property
    def back_on(self) -> date | None:
        """The first day without it anywhere; None while it is live somewhere."""
        gone = [unit.live_to for unit in self.units]
        return max(gone) if gone and all(gone) else None


def measured(commitment_id: int) -> Measured | None:
    """What is known of the result of a promise with a plan; None without one. Nine statements, whatever there is."""
    found = db.session.execute(
        select(Plan, Person.name).join(Person, Person.id == Plan.registered_by_id)
        .where(Plan.commitment_id == commitment_id)
    ).one_or_none()  # fmt: skip
    if found is None:
        return None
    plan = found[0]
    runs = db.session.execute(_runs(plan)).all()
    mine = [run for run in runs if run.metric_id == plan.metric_id]
    locked = newest_locked(mine)
    looks = [run for run in mine if run.kind is EstimateKind.LOOK]
    look = looks[-1] if looks and (locked is None or looks[-1].as_of > locked.as_of) else None
    whole = _answers([run.id for run in (locked, look) if run is not None])
    rails = db.session.execute(_rails(plan.id)).all()
    return Measured(
        plan=Registered(plan, found[1]), units=db.session.execute(_units(commitment_id)).all(), runs=runs,
        locked=(locked, whole[locked.id]) if locked is not None else None,
        look=(look, whole[look.id]) if look is not None else None, rails=rails,
        rail_runs={run.metric_id: run for run in runs if run.kind is EstimateKind.GUARDRAIL},
        reviews=_reviews(plan.id), payments=_payments(commitment_id),
        baselines=_baselines(plan.metric_id),
    )  # fmt: skip


def newest_locked(runs: Sequence[Row]) -> Row | None:
    """The locked one of the latest day."""
    return max((run for run in runs if run.kind is EstimateKind.LOCKED and run.day), key=lambda run: run.day,
               default=None)  # fmt: skip


def others_there(viewer: Viewer, found: Measured, *, until: date) -> list[Other]:
    """The other changes that the viewer may read of, live at the same sites since shortly before. One statement."""
    plan, places = found.plan.row, {unit.place_id for unit in found.units}
    if not places or found.first_live is None:
        return []
    since = date.fromordinal(found.first_live.toordinal() - BEFORE_DAYS)
    theirs = select(Plan.id).where(Plan.commitment_id == Commitment.id).scalar_subquery()
    pair = or_(
        and_(Overlap.plan_id == plan.id, Overlap.other_id == theirs),
        and_(Overlap.other_id == plan.id, Overlap.plan_id == theirs),
    )
    first = func.min(Rollout.live_from).label("live_from")
    query = (
        select(Commitment.id, Idea.title, first, Overlap.bundled, Overlap.separable)
        .join(Rollout, Rollout.commitment_id == Commitment.id)
        .join(Idea, Idea.id == Commitment.idea_id)
        .outerjoin(Overlap, pair)
        .where(Commitment.id != plan.commitment_id, Rollout.place_id.in_(places),
               Rollout.live_from.between(since, until), visible_to(viewer))
        .group_by(Commitment.id, Idea.title, Overlap.bundled, Overlap.separable)
        .order_by(first, Commitment.id).limit(OTHERS_MAX)
    )  # fmt: skip
    return [Other(*row) for row in db.session.execute(query)]


def notes_around(found: Measured, *, metric_id: int, until: date) -> list[Note]:
    """The calendar notes from half a year before the go-live on that concern these sites. One statement."""
    places = [unit.place_id for unit in found.units]
    if found.first_live is None:
        return []
    return notes_in(metric_id, places, date.fromordinal(found.first_live.toordinal() - 182), until)


def evidence_of(commitment_id: int) -> str:
    """What the owner showed when it was done; "" for nothing."""
    query = select(Delivery.evidence).where(Delivery.commitment_id == commitment_id).order_by(Delivery.id.desc())
    return db.session.scalar(query.limit(1)) or ""


def flags_of(run: Row, stored: Stored) -> list[Flag]:
    """The flags of an estimate: its own, and those that only whoever stored it could know."""
    known = {flag.value for flag in Flag}
    told = [one for one in json.loads(run.flags or "[]") if one in known]
    return [Flag(one) for one in dict.fromkeys([*(flag.value for flag in stored.estimate.flags), *told])]


def is_a_verdict(row: Row) -> bool:
    """Whether it is one of the days that give the verdict."""
    return row.kind is EstimateKind.LOCKED and (row.day or 0) >= VERDICT_DAY


def _runs(plan: Plan) -> Select:
    e = StoredEstimate
    newest_look = (
        select(func.max(e.id)).where(e.plan_id == plan.id, e.metric_id == plan.metric_id, e.kind == EstimateKind.LOOK)
    ).scalar_subquery()
    columns = (e.id, e.metric_id, e.kind, e.day, e.as_of, e.estimate, e.ci_low, e.ci_high, e.p, e.volume_post,
               e.decision, e.grade, e.flags, e.input_hash, e.method_version, e.created_at)  # fmt: skip
    shown = or_(e.kind.in_(SHOWN), e.id == newest_look)
    return select(*columns).where(e.plan_id == plan.id, shown).order_by(e.as_of, e.id)


def _answers(ids: Sequence[int]) -> dict[int, Stored]:
    query = select(StoredEstimate.id, StoredEstimate.result).where(StoredEstimate.id.in_(ids))
    return {row.id: from_json(row.result) for row in db.session.execute(query)}


def _units(commitment_id: int) -> Select:
    query = select(Rollout.place_id, Place.name, Place.site_id, Rollout.reason, Rollout.live_from, RollBack.live_to)
    query = query.join(Place, Place.id == Rollout.place_id).outerjoin(RollBack, RollBack.rollout_id == Rollout.id)
    return query.where(Rollout.commitment_id == commitment_id).order_by(Rollout.live_from, Place.name, Rollout.id)


def _rails(plan_id: int) -> Select:
    query = select(Metric.id, Metric.name, Metric.unit, Metric.direction, Metric.decimals, Guardrail.harm_limit)
    query = query.join(Guardrail, Guardrail.metric_id == Metric.id)
    return query.where(Guardrail.plan_id == plan_id).order_by(Guardrail.id)


def _reviews(plan_id: int) -> dict[str, Row]:
    """By flag the newest look at it, at whichever of the plan's estimates it was raised."""
    f = FlagReview
    query = select(f.flag, f.cleared, f.reason, f.at, Person.name).join(Person, Person.id == f.by_id)
    query = query.join(StoredEstimate, StoredEstimate.id == f.estimate_id).where(StoredEstimate.plan_id == plan_id)
    return {row.flag: row for row in db.session.execute(query.order_by(f.id))}


def _payments(commitment_id: int) -> Sequence[ImpactPayment]:
    query = select(ImpactPayment).where(ImpactPayment.commitment_number == commitment_id)
    return db.session.scalars(query.order_by(ImpactPayment.tranche)).all()


def _baselines(metric_id: int) -> Sequence[Row]:
    b = Baseline
    query = select(b.place_id, b.since, b.reason, b.at, Person.name).join(Person, Person.id == b.by_id)
    return db.session.execute(query.where(b.metric_id == metric_id).order_by(b.since, b.id)).all()
