"""A look on the way: what the numbers say so far, with the band that stays valid however often somebody looks.

It is worked out when somebody asks and kept nowhere: a look is never a verdict, and nothing is paid on it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.db import db
from portal.impact import stored
from portal.impact.models import Plan
from portal.impact.plan_queries import plan_of
from portal.impact.rollout_queries import rollouts_of
from portal.impact.stored import Stored
from portal.impact.verdict_rules import last_day_seen
from portal.impact.verdict_runs import first_run
from portal.impact.words import VERDICT_DAY
from portal.metrics.models import Metric


@dataclass(frozen=True)
class Look:
    """So far. day: whole days since the first go-live. next_day: the locked day that comes next, None after the last.

    found: as a stored estimate is read; its band is what may be shown, never its interval.
    """

    day: int
    next_day: int | None
    as_of: date
    found: Stored


def so_far(commitment_id: int, *, today: date, now: datetime) -> Look | None:
    """What the values until yesterday say; None without a plan or before the go-live."""
    facts = plan_of(commitment_id)
    units = rollouts_of(commitment_id)
    if facts is None or not units:
        return None
    first = min(unit.live_from for unit in units)
    day = (today - first).days
    if day < 1:
        return None
    plan, metric = db.session.get_one(Plan, facts.plan.id), db.session.get_one(Metric, facts.metric.id)
    as_of = min(today - timedelta(days=1), last_day_seen(first, day))
    # Day 28 alone is silent; any other day reads as the estimator says.
    ran = first_run(plan, metric, as_of=as_of, day=VERDICT_DAY, seen_at=now)
    ahead = next((one for one in facts.verdict_days if one > day), None)
    return Look(day, ahead, as_of, stored.from_json(ran.as_text()))
