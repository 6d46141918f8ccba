"""A promise that is still open, with what is said before it goes live: how it is measured, and who gets it first."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from portal.commitments.models import Commitment
from portal.db import db
from portal.demo.lives import Life
from portal.impact import designs, plans
from portal.impact.design_queries import newest_design
from portal.impact.design_rules import NewDesign
from portal.impact.plan_rules import GuardrailWanted, NewPlan

if TYPE_CHECKING:
    from portal.demo.load import Calendar

IDEA, REGISTERED_DAYS_AGO, DRAWN_DAYS_AGO = "two-hundred-and-fifty", 20, 19
EXPECTED, RAILS = 1.2, (("csat", 0.1), ("transfers", 0.5), ("agent_attrition", 0.2))  # in the units of each metric
SITES, WAVES, WEEKS_BETWEEN, AHEAD_DAYS = ("belfast", "durban", "manila"), 3, 3, 12
SEED = 20_260


def plan_designs(lives: Mapping[str, Life], calendar: "Calendar", *, now: datetime) -> None:
    """Put both into the calendar."""
    life = lives[IDEA]
    calendar.add(now - timedelta(days=REGISTERED_DAYS_AGO), partial(_register, life))
    calendar.add(now - timedelta(days=DRAWN_DAYS_AGO), partial(_draw, life))


def _register(life: Life, at: datetime) -> None:
    told = life.story.promise
    assert told is not None
    rails = tuple(GuardrailWanted(life.metrics[code], limit) for code, limit in RAILS)
    plan = NewPlan(life.metrics[told.metric], EXPECTED, rails)
    plans.register(life.crowd.cast[told.owner], _promise(life), plan, at)


def _draw(life: Life, at: datetime) -> None:
    told = life.story.promise
    assert told is not None
    owner, sites = life.crowd.cast[told.owner], tuple(life.crowd.places[key].id for key in SITES)
    wanted = NewDesign(sites, (life.today + timedelta(days=AHEAD_DAYS)).date(), WAVES, WEEKS_BETWEEN)
    designs.draw(owner, _promise(life), wanted, seed=SEED, today=at.date(), now=at)
    drawn = newest_design(life.commitment_id)
    assert drawn is not None
    designs.keep(owner, _promise(life), drawn.id, now=at)


def _promise(life: Life) -> Commitment:
    found = db.session.get(Commitment, life.commitment_id, populate_existing=True)
    assert found is not None
    return found
