"""Reading flags that wait for a person, and who has a stake in a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, Delivery, DeliveryVerdict
from portal.commitments.queries import readable
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.impact.estimate_words import Decision, Flag
from portal.impact.flags_rules import LOOK_AT, TITLES
from portal.impact.models import FlagReview, Plan, StoredEstimate
from portal.impact.verdict_queries import flags_of
from portal.impact.words import VERDICT_DAY, EstimateKind
from portal.keys import KEY_MAX
from portal.metrics.models import Metric
from portal.people.models import Person
from portal.people.viewer import Viewer
from portal.rewards.models import Award
from portal.swarm.co_authors import co_authors

PAGE = 30


@dataclass(frozen=True)
class FlagLine:
    """A flag of an estimate. title, look_at: in words. cleared, reason, by: of the review; None while it waits."""

    estimate: int
    flag: Flag
    title: str
    look_at: str
    cleared: bool | None = None
    reason: str | None = None
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Flagged:
    """An estimate with flags. day: 56, or 182 for the re-measure."""

    estimate: int
    commitment: int
    idea: int
    title: str
    promise: str
    metric: str
    day: int
    as_of: date
    grade: str
    flags: tuple[FlagLine, ...]


def flagged_page(
    viewer: Viewer, *, open_only: bool, before: int | None = None, limit: int = PAGE
) -> tuple[list[Flagged], int | None]:
    """Estimates with flags that decide about money, the newest first, and where the next page begins."""
    query = _flagged(viewer)
    if open_only:
        query = query.where(_open_ones())
    if before is not None:
        query = query.where(StoredEstimate.id < min(before, KEY_MAX))
    rows = db.session.execute(query.order_by(StoredEstimate.id.desc()).limit(limit + 1)).all()
    reviews = _reviews([row.StoredEstimate.id for row in rows[:limit]])
    found = [_shown(row, reviews) for row in rows[:limit]]
    return found, found[-1].estimate if len(rows) > limit else None


def flagged_for(viewer: Viewer, estimate_id: int) -> Flagged:
    """One of them; raises Missing."""
    row = None
    if estimate_id <= KEY_MAX:
        row = db.session.execute(_flagged(viewer).where(StoredEstimate.id == estimate_id)).one_or_none()
    if row is None:
        raise Missing("estimate")
    return _shown(row, _reviews([estimate_id]))


def has_stake(person_id: int, commitment: Commitment) -> bool:
    """Whether somebody wrote, owns, sponsors, confirmed or registered a change, or was paid points for its idea."""
    if person_id in (commitment.owner_id, commitment.sponsor_id):
        return True
    if any(one.person_id == person_id for one in co_authors(commitment.idea_id)):
        return True
    confirmed = (
        select(DeliveryVerdict.id)
        .join(Delivery, Delivery.id == DeliveryVerdict.delivery_id)
        .where(Delivery.commitment_id == commitment.id, DeliveryVerdict.by_id == person_id)
    )
    delivered = select(Delivery.id).where(Delivery.commitment_id == commitment.id, Delivery.by_id == person_id)
    wrote = select(Idea.id).where(Idea.id == commitment.idea_id, Idea.author_id == person_id)
    registered = select(Plan.id).where(Plan.commitment_id == commitment.id, Plan.registered_by_id == person_id)
    paid = select(Award.id).where(Award.idea_number == commitment.idea_id, Award.person_id == person_id)
    some = (one.exists() for one in (confirmed, delivered, wrote, registered, paid))
    return bool(db.session.scalar(select(or_(*some))))


def _flagged(viewer: Viewer) -> Select:
    decides = or_(
        and_(StoredEstimate.kind == EstimateKind.LOCKED, StoredEstimate.day == VERDICT_DAY),
        StoredEstimate.kind == EstimateKind.REMEASURE,
    )
    return (
        select(StoredEstimate, Commitment.id.label("commitment_id"), Commitment.sentence, Idea.id.label("idea_id"),
               Idea.title, Metric.name.label("metric"))
        .join(Plan, Plan.id == StoredEstimate.plan_id)
        .join(Commitment, Commitment.id == Plan.commitment_id)
        .join(Idea, Idea.id == Commitment.idea_id)
        .join(Metric, Metric.id == StoredEstimate.metric_id)
        .where(decides, StoredEstimate.flags != "[]", StoredEstimate.decision == Decision.IMPROVED.value,
               readable(viewer))
    )  # fmt: skip


def _open_ones() -> ColumnElement[bool]:
    """Fewer reviews than flags: the flags are a JSON list of words, so one comma less than there are."""
    commas = func.length(StoredEstimate.flags) - func.length(func.replace(StoredEstimate.flags, ",", ""))
    one = aliased(FlagReview)
    looked_at = select(func.count(one.id)).where(one.estimate_id == StoredEstimate.id).scalar_subquery()
    return looked_at < commas + 1


def _reviews(estimate_ids: Sequence[int]) -> dict[tuple[int, str], Row]:
    query = select(FlagReview, Person.name.label("by")).join(Person, Person.id == FlagReview.by_id)
    rows = db.session.execute(query.where(FlagReview.estimate_id.in_(estimate_ids)))
    return {(row.FlagReview.estimate_id, row.FlagReview.flag): row for row in rows}


def _shown(row: Row, reviews: dict[tuple[int, str], Row]) -> Flagged:
    kept = row.StoredEstimate
    lines = tuple(_line(kept.id, flag, reviews.get((kept.id, flag.value))) for flag in flags_of(kept))
    return Flagged(
        kept.id, row.commitment_id, row.idea_id, row.title, row.sentence, row.metric, kept.day or 0, kept.as_of,
        kept.grade, lines,
    )  # fmt: skip


def _line(estimate_id: int, flag: Flag, review: Row | None) -> FlagLine:
    line = FlagLine(estimate_id, flag, TITLES[flag], LOOK_AT[flag])
    if review is None:
        return line
    said = review.FlagReview
    return FlagLine(estimate_id, flag, TITLES[flag], LOOK_AT[flag], said.cleared, said.reason, review.by, said.at)
