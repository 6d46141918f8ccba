"""One run of the estimator over what is stored: made for a locked day, made again to prove it, or just to look."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from portal.db import db
from portal.impact import readings as stored_readings
from portal.impact import stored
from portal.impact.estimate_parts import Estimate, Reading
from portal.impact.estimate_words import Direction, Flag
from portal.impact.models import Plan, StoredEstimate
from portal.impact.overlap_rules import BEFORE_DAYS, VERDICTS_TO_BACK_FIT, Treatment, back_fitted, treatment
from portal.impact.readings import go_lives, lives_in, other_go_lives, readings_of
from portal.impact.verdict_rules import LATER_FROM_DAYS, Run, as_spoken, counted_from, input_hash, run_of, volume_after
from portal.impact.words import VERDICT_DAY, EstimateKind
from portal.metrics.models import Metric, MetricDefinition, NoteKind
from portal.metrics.notes_queries import notes_in

DEFINITION_WEEKS_BEFORE = timedelta(weeks=8)
OTHER_WAYS = (NoteKind.DEFINITION, NoteKind.SURVEY)


@dataclass(frozen=True)
class Ran:
    """What a run said, of what. text: the whole answer as it is kept. volume: contacts since the go-live."""

    run: Run
    estimate: Estimate
    readings: tuple[Reading, ...]
    hash: str
    volume: float
    wider: float = 1.0

    def as_text(self) -> str:
        """The answer as it is kept, with series, units and what decided about the readings."""
        from portal.impact.estimator import by_unit, laid_out, running, series  # numeric libraries: see estimate_parts

        panel = laid_out(self.readings)
        names = stored_readings.names_of({one.unit for one in self.readings if one.treated_from is not None})
        units = [replace(one, name=names.get(one.name, one.name)) for one in by_unit(panel)]
        units.sort(key=lambda one: one.name)
        text = stored.as_json(self.estimate, series=series(panel), units=units, running=running(panel))
        told = json.loads(text) | {"run": json.loads(self.run.as_text())}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def first_run(plan: Plan, metric: Metric, *, as_of: date, day: int, seen_at: datetime, later: bool = False) -> Ran:
    """A run as of a day, with everything that is known at this moment about other changes and definitions."""
    base = readings_of(plan, metric.id, until=as_of, seen_at=seen_at)
    how = around(plan, base, as_of=as_of, seen_at=seen_at)
    flags = [Flag.ANOTHER_CHANGE] if how.flagged else []
    live = min((one.treated_from for one in base if one.treated_from is not None), default=as_of)
    if redefined(plan, metric, live_from=live, until=as_of):
        flags.append(Flag.DEFINITION_CHANGED)
    run = Run(as_of, how.leaving_out, how.together_with, how.less, later, how.lower, tuple(flags))
    return run_again(plan, metric, run, day=day, seen_at=seen_at, base=None if how.together_with else base)


def run_again(
    plan: Plan, metric: Metric, run: Run, *, day: int, seen_at: datetime, base: Sequence[Reading] | None = None
) -> Ran:
    """The same run once more. base: its readings, where they have just been read."""
    from portal.impact.estimator import estimate  # numeric libraries: see estimate_parts

    if base is None:
        base = readings_of(plan, metric.id, until=run.as_of, seen_at=seen_at, together_with=run.together_with)
    out = frozenset(run.leaving_out)
    seen = [one for one in base if one.unit not in out]
    direction = Direction(metric.direction.value)
    digest = input_hash(seen, metric=metric.code, direction=direction)
    wider = 1.0
    if run.less:
        own = _lives(seen)
        others = _others_of(plan, run.less, {one.unit for one in seen}, seen_at)
        seen, wider = back_fitted(seen, own, others, metric.code, direction)
    counted = counted_from(seen, LATER_FROM_DAYS if run.later else plan.washout_days)
    found = estimate(counted, metric.code, direction, known_flags=run.known_flags)
    said = as_spoken(found, day, lower=run.lower, wider=wider)
    return Ran(run, said, tuple(counted), digest, volume_after(counted), wider)


def same_again(kept: StoredEstimate, plan: Plan, metric: Metric) -> Ran:
    """A stored estimate made again from the revisions that it saw."""
    run = run_of(json.loads(kept.result)["run"])
    return run_again(plan, metric, run, day=kept.day or VERDICT_DAY, seen_at=kept.seen_at)


def around(plan: Plan, base: Sequence[Reading], *, as_of: date, seen_at: datetime) -> Treatment:
    """What is done about the other changes of these weeks."""
    own = _lives(base)
    if not own:
        return Treatment()
    rows = others_near(plan, live_from=min(own.values()), until=as_of, seen_at=seen_at)
    if not rows:
        return Treatment()
    units = {one.unit for one in base}
    others = lives_by_promise(rows, units)
    planned = {row.commitment_id for row in rows if row.plan_id is not None}
    return treatment(own, others, until=as_of, verdicts=verdicts_so_far(seen_at), units=units, planned=planned)


def others_near(plan: Plan, *, live_from: date, until: date, seen_at: datetime) -> Sequence[Row]:
    """The go-lives of other promises that can disturb an estimate."""
    return other_go_lives(
        plan.commitment_id, since=live_from - timedelta(days=BEFORE_DAYS), until=until, seen_at=seen_at
    )


def lives_by_promise(rows: Sequence[Row], units: Collection[str]) -> dict[int, Mapping[str, date]]:
    """Promise → unit → go-live, in the units of somebody's readings."""
    return {
        number: _unit_lives([row for row in rows if row.commitment_id == number], units)
        for number in {row.commitment_id for row in rows}
    }


def verdicts_so_far(seen_at: datetime) -> int:
    """How many verdicts there are, no further than what makes a difference."""
    day = StoredEstimate.kind == EstimateKind.LOCKED, StoredEstimate.day == VERDICT_DAY
    some = select(StoredEstimate.id).where(*day, StoredEstimate.seen_at <= seen_at).limit(VERDICTS_TO_BACK_FIT)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def redefined(plan: Plan, metric: Metric, *, live_from: date, until: date) -> bool:
    """Whether the metric was counted or asked in another way around the go-live or since."""
    since = live_from - DEFINITION_WEEKS_BEFORE
    changed = select(MetricDefinition.id).where(
        MetricDefinition.metric_id == metric.id, MetricDefinition.version > 1,
        MetricDefinition.since.between(since, until),
    )  # fmt: skip
    if db.session.scalar(changed.limit(1)) is not None:
        return True
    if metric.id == plan.metric_id and metric.definition_version != plan.definition_version:
        return True
    return any(note.kind in OTHER_WAYS for note in notes_in(metric.id, None, since, until))


def _lives(readings: Sequence[Reading]) -> dict[str, date]:
    return {one.unit: one.treated_from for one in readings if one.treated_from is not None}


def _others_of(
    plan: Plan, commitment_ids: Sequence[int], units: Collection[str], seen_at: datetime
) -> dict[int, Mapping[str, date]]:
    rows = go_lives(tuple(commitment_ids), seen_at=seen_at)
    return lives_by_promise(rows, units)


def _unit_lives(rows: Sequence[Any], units: Collection[str]) -> Mapping[str, date]:
    """A change of a whole site is one of each of its queues, and a change of a queue is one of its site."""
    queues = sorted({unit.partition("/")[2] for unit in units if "/" in unit})
    return {unit: live.live_from for unit, live in lives_in(rows, units, queues).items()}
