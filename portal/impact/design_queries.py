"""Reading the roll-out that was drawn for a promise, and what would be visible of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Row, func, select

from portal.commitments.models import Commitment
from portal.db import db
from portal.impact.design_history import history_of
from portal.impact.design_rules import parts_of, unit_name
from portal.impact.designer import Forecast, Wave, one_held_back, predicted
from portal.impact.models import Design, Plan
from portal.impact.words import VERDICT_DAY
from portal.metrics.models import Metric, Observation
from portal.people.models import Person, Place

TWO_WEEKS = 14


@dataclass(frozen=True)
class Measured:
    """What a roll-out is judged by. expected: the effect that was registered, None where nothing was."""

    metric: Metric | None
    expected: float | None = None


@dataclass(frozen=True)
class PlannedWave:
    """The units that go live on one day. units: (place, its name, queue or None)."""

    day: date
    units: tuple[tuple[int, str, str | None], ...]

    @property
    def names(self) -> list[str]:
        """As people read them."""
        return [f"{place}, {reason}" if reason else place for _, place, reason in self.units]


@dataclass(frozen=True)
class Drawn:
    """An order drawn by lot. draws: how often it was drawn for this promise."""

    id: int
    seed: int
    waves: tuple[PlannedWave, ...]
    smallest: float | None
    power: float | None
    made_by: str
    made_at: datetime
    chosen_at: datetime | None
    draws: int

    @property
    def plain(self) -> list[Wave]:
        """The waves as the designer knows them."""
        return [
            Wave(wave.day, tuple(unit_name(place, reason) for place, _, reason in wave.units)) for wave in self.waves
        ]


@dataclass(frozen=True)
class Outlook:
    """What would be visible at day 56, and what would make it more: one unit held back, or two weeks longer."""

    now: Forecast
    held_back: Forecast | None
    longer: Forecast | None


def newest_design(commitment_id: int) -> Drawn | None:
    """The newest order of a promise, or None. Two statements."""
    draws = select(func.count(Design.id)).where(Design.commitment_id == commitment_id).scalar_subquery()
    query = (
        select(Design, Person.name, draws.label("draws"))
        .join(Person, Person.id == Design.made_by_id)
        .where(Design.commitment_id == commitment_id)
        .order_by(Design.id.desc())
        .limit(1)
    )
    row = db.session.execute(query.execution_options(populate_existing=True)).one_or_none()
    return None if row is None else _drawn(row)


def measured_by(commitment: Commitment) -> Measured:
    """The metric that is registered for a promise, else the one it was made with."""
    plan = db.session.execute(
        select(Plan.metric_id, Plan.expected_effect).where(Plan.commitment_id == commitment.id)
    ).one_or_none()
    metric_id = plan.metric_id if plan else commitment.metric_id
    metric = db.session.get(Metric, metric_id) if metric_id is not None else None
    return Measured(metric, plan.expected_effect if plan else None)


def forecast(measured: Measured, waves: Sequence[Wave], *, today: date) -> Forecast:
    """What would be visible of these waves at day 56."""
    return outlook(measured, waves, today=today, more=False).now


def outlook(measured: Measured, waves: Sequence[Wave], *, today: date, more: bool = True) -> Outlook:
    """The same, and what one unit held back and two more weeks would add. Reads the history once."""
    if measured.metric is None:
        return Outlook(Forecast(why_not="No metric is chosen, so nothing can be foretold."), None, None)
    by_queue = any(parts_of(unit)[1] for wave in waves for unit in wave.units)
    history = history_of(measured.metric.id, today, by_queue=by_queue)
    now = predicted(history, waves, expected=measured.expected)
    if not more or now.half_width is None:
        return Outlook(now, None, None)
    fewer = one_held_back(waves)
    held = predicted(history, fewer, expected=measured.expected) if fewer else None
    longer = predicted(history, waves, expected=measured.expected, days=VERDICT_DAY + TWO_WEEKS)
    return Outlook(now, held, longer)


def queues_of(metric_id: int | None, today: date) -> list[str]:
    """The queues for which a metric was reported lately, by name."""
    if metric_id is None:
        return []
    lately = Observation.day > today - timedelta(days=90)
    query = select(Observation.reason).where(
        Observation.metric_id == metric_id, lately, Observation.reason.is_not(None)
    )
    return sorted(db.session.scalars(query.distinct()))


def sites_reporting(metric_id: int | None, today: date) -> int:
    """How many sites reported a metric in the last weeks."""
    return len({one.unit for one in history_of(metric_id, today, by_queue=False)}) if metric_id is not None else 0


def _drawn(row: Row) -> Drawn:
    design, name, draws = row
    told = json.loads(design.waves)
    ids = {unit["place_id"] for wave in told for unit in wave["units"]}
    names = {row.id: row.name for row in db.session.execute(select(Place.id, Place.name).where(Place.id.in_(ids)))}
    waves = tuple(
        PlannedWave(date.fromisoformat(wave["day"]), tuple(
            (unit["place_id"], names[unit["place_id"]], unit["reason"]) for unit in wave["units"]
        ))
        for wave in told
    )  # fmt: skip
    return Drawn(design.id, design.seed, waves, design.smallest_effect, design.power, name, design.made_at,
                 design.chosen_at, draws)  # fmt: skip
