"""Plans are registered, changes confirmed, and locked days speak, each at its own time, as the worker would do it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.commitments.models import Commitment, Delivery
from portal.db import db
from portal.demo.measured_plans import NOTES, PLANS, VALUE_OWNER, VALUES, Note, Planned
from portal.demo.people import Crowd
from portal.impact import flags, flags_queries, plans, rollouts, verdict_queries, verdicts
from portal.impact.plan_rules import GuardrailWanted, NewPlan
from portal.impact.rollout_queries import rollouts_of
from portal.impact.rollout_rules import NewRollBack
from portal.impact.words import LOCKED_DAYS
from portal.metrics import definitions, notes
from portal.metrics.definition_rules import Value
from portal.metrics.models import Metric
from portal.metrics.notes_rules import NewNote

if TYPE_CHECKING:
    from portal.demo.lives import Life
    from portal.demo.load import Calendar

PATIENCE = timedelta(days=8)  # the worker waits so long for a day's last values
REVIEWER = "hannah"  # of the programme, without a stake


def value_metrics(crowd: Crowd, metrics: Mapping[str, int], *, now: datetime) -> None:
    """Somebody named has agreed what one unit of some metrics is worth."""
    owner = crowd.cast[VALUE_OWNER]
    for one in VALUES:
        metric = db.session.get_one(Metric, metrics[one.metric])
        facts = replace(definitions.facts_of(metric), value=Value(one.pence, "GBP", one.basis, owner.id))
        definitions.change(crowd.cast[REVIEWER], metric, facts, now=now)


def plan_measuring(lives: Mapping[str, "Life"], calendar: "Calendar", *, now: datetime) -> None:
    """Put everything that is measured into the calendar."""
    for planned in PLANS:
        life = lives[planned.idea]
        done, promise = life.story.delivery, life.story.promise
        assert done is not None and promise is not None and promise.accepted_days_ago is not None
        assert done.confirmed_days_ago is not None
        calendar.add(_day(now, promise.accepted_days_ago - 2), partial(_register, life, planned))
        confirmed = _day(now, done.confirmed_days_ago) + timedelta(hours=12)
        calendar.add(confirmed, partial(_go_live, life, planned))
        for day in LOCKED_DAYS:
            at = max(_day(now, done.live_days_ago - day) + PATIENCE, confirmed + timedelta(hours=1))
            if at < now:
                calendar.add(at, _locked_days)
    for note in NOTES:
        crowd = next(iter(lives.values())).crowd
        calendar.add(_day(now, note.days_ago) + timedelta(hours=6), partial(_note, crowd, note, now))
    calendar.add(now - timedelta(days=1), partial(_look, lives))


def _register(life: "Life", planned: Planned, at: datetime) -> None:
    told = life.story.promise
    assert told is not None
    rails = tuple(GuardrailWanted(life.metrics[code], limit) for code, limit in planned.rails)
    plan = NewPlan(life.metrics[told.metric], planned.expected, rails, expected_low=planned.expected_low,
                   run_cost_minor=planned.run_cost * 100)  # fmt: skip
    plans.register(life.crowd.cast[told.owner], _promise(life), plan, at)


def _go_live(life: "Life", planned: Planned, at: datetime) -> None:
    """A second person has confirmed it: its sites are written down, and where it was taken back, that too."""
    newest = select(Delivery.id).where(Delivery.commitment_id == life.commitment_id).order_by(Delivery.id.desc())
    delivery = db.session.scalars(newest.limit(1)).one()
    rollouts.from_delivery(delivery)
    done, told = life.story.delivery, life.story.promise
    assert done is not None and told is not None
    if done.taken_out_days_ago is not None and planned.back_because:
        units = tuple(unit.rollout_id for unit in rollouts_of(life.commitment_id))
        out = (life.today - timedelta(days=done.taken_out_days_ago)).date()
        owner = life.crowd.cast[told.owner]
        back = NewRollBack(units, out, planned.back_because)
        rollouts.roll_back(owner, _promise(life), back, today=at.date(), now=at)


def _locked_days(at: datetime) -> None:
    for due in verdict_queries.due_now(at.date()):
        verdicts.lock(verdicts.prepare(due.plan, due.day, live_from=due.live_from, now=at), now=at)


def _look(lives: Mapping[str, "Life"], at: datetime) -> None:
    """Somebody without a stake has looked at what speaks against some of the verdicts."""
    said = {lives[planned.idea].commitment_id: planned.cleared for planned in PLANS if planned.cleared}
    reviewer = next(iter(lives.values())).crowd.cast[REVIEWER]
    for found in flags_queries.flagged_page(reviewer, open_only=True)[0]:
        for line in found.flags if found.commitment in said else ():
            flags.review(reviewer, found.estimate, line.flag, cleared=True, reason=said[found.commitment], now=at)


def _note(crowd: Crowd, note: Note, now: datetime, at: datetime) -> None:
    first = (now - timedelta(days=note.days_ago)).date()
    place = crowd.places[note.site].id if note.site else None
    new = NewNote(note.kind, first, min(first + timedelta(days=note.lasted), at.date()), note.words, place, None)
    notes.add_note(crowd.cast[REVIEWER], new, now=at)


def _promise(life: "Life") -> Commitment:
    found = db.session.get(Commitment, life.commitment_id, populate_existing=True)
    assert found is not None
    return found


def _day(now: datetime, days_ago: float) -> datetime:
    return now - timedelta(days=days_ago)
