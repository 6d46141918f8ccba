"""Starting the limits of a chart anew, because a change has come to stay and a named person says so."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError

from portal.db import db
from portal.errors import Conflict
from portal.impact.estimate_words import Decision
from portal.impact.models import Baseline, Plan, Rollout, StoredEstimate
from portal.impact.policy import MAY
from portal.impact.words import VERDICT_DAY, EstimateKind
from portal.people.policy import demand
from portal.people.viewer import Viewer

AGAIN_DAY = 91
CALLED = (Decision.IMPROVED.value, Decision.WORSENED.value)


class BaselineRefusal(StrEnum):
    """Why the limits stay as they are."""

    NO_PLAN = "no_plan"
    NO_VERDICT = "no_verdict"
    NOT_MEASURED_AGAIN = "not_measured_again"
    STARTED_ALREADY = "started_already"

    @property
    def sentence(self) -> str:
        """For whoever asked."""
        return {
            "no_plan": "No plan was registered for this change, so its limits stay.",
            "no_verdict": "New limits need a verdict that something moved; there is none.",
            "not_measured_again": "New limits wait until it was measured again after 91 days, with the same outcome.",
            "started_already": "The limits have been started anew for this change already.",
        }[self.value]


def refusal(verdict: str | None, again: str | None) -> BaselineRefusal | None:
    """What stands against new limits. verdict, again: what was decided on day 56 and on day 91 or later. Pure."""
    if verdict not in CALLED:
        return BaselineRefusal.NO_VERDICT
    return None if again == verdict else BaselineRefusal.NOT_MEASURED_AGAIN


def start_anew(viewer: Viewer, commitment_id: int, reason: str, *, now: datetime) -> date:
    """The limits of the units with this change start anew; returns the Monday from which the new ones hold.

    Raises Refused; Conflict with the name of a BaselineRefusal.
    """
    demand(MAY, "result.start_limits", viewer)
    plan = db.session.scalar(select(Plan).where(Plan.commitment_id == commitment_id))
    if plan is None:
        raise _conflict(BaselineRefusal.NO_PLAN)
    if against := new_limits_refusal(_runs(plan), plan.metric_id):
        raise _conflict(against)
    query = select(Rollout.place_id, Rollout.live_from).where(Rollout.commitment_id == commitment_id)
    units = db.session.execute(query).all()
    since = _first_monday(max(unit.live_from for unit in units))
    try:
        with db.session.begin_nested():
            for place in sorted({unit.place_id for unit in units}):
                db.session.add(Baseline(metric_id=plan.metric_id, place_id=place, since=since, reason=reason,
                                        by_id=viewer.id, at=now))  # fmt: skip
    except IntegrityError:
        raise _conflict(BaselineRefusal.STARTED_ALREADY) from None
    return since


def new_limits_refusal(runs: Sequence[Any], metric_id: int) -> BaselineRefusal | None:
    """The same from the stored estimates of a plan: .kind, .metric_id, .day, .decision."""
    locked = {run.day: run.decision for run in runs
              if run.kind is EstimateKind.LOCKED and run.metric_id == metric_id and run.day}  # fmt: skip
    later = [day for day in locked if day >= AGAIN_DAY]
    return refusal(locked.get(VERDICT_DAY), locked[max(later)] if later else None)


def _runs(plan: Plan) -> Sequence[Row]:
    e = StoredEstimate
    query = select(e.kind, e.metric_id, e.day, e.decision).where(e.plan_id == plan.id, e.kind == EstimateKind.LOCKED)
    return db.session.execute(query).all()


def _first_monday(day: date) -> date:
    return day + timedelta(days=(-day.weekday()) % 7)


def _conflict(why: BaselineRefusal) -> Conflict:
    return Conflict(why.value, why.sentence)
