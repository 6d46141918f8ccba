"""Drawing by lot who goes first, and keeping what was drawn. Every draw stays, so that nobody draws until it suits."""

import json
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select, update

from portal.commitments.claims import claim
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.db import db
from portal.impact.design_queries import forecast, measured_by
from portal.impact.design_rules import DesignRefusal, NewDesign, design_refusal, parts_of
from portal.impact.designer import Wave, drawn, in_waves
from portal.impact.models import Design
from portal.impact.plans import BEFORE_GO_LIVE, answers_for
from portal.impact.policy import MAY
from portal.people.models import Place
from portal.people.policy import demand
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer


def draw(viewer: Viewer, commitment: Commitment, wanted: NewDesign, *, seed: int, today: date, now: datetime) -> Design:
    """Draw an order by lot and say what would be visible then. seed: a random number, which is shown.

    Raises the members of DesignRefusal.
    """
    demand(MAY, "rollout.design", viewer)
    _demand(design_blocked(viewer, commitment) or design_refusal(wanted, today))
    known = select(func.count(Place.id)).where(Place.kind == PlaceKind.SITE, Place.id.in_(wanted.site_ids))
    if db.session.scalar(known) != len(set(wanted.site_ids)):
        raise DesignRefusal.UNKNOWN_SITE.as_error()
    order = drawn(wanted.units, seed)
    waves = in_waves(order, wanted.waves, first=wanted.first_day, weeks_between=wanted.weeks_between)
    found = forecast(measured_by(commitment), waves, today=today)
    made = Design(
        commitment_id=commitment.id, seed=seed, waves=_told(waves), smallest_effect=found.smallest, power=found.power,
        made_by_id=viewer.id, made_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def keep(viewer: Viewer, commitment: Commitment, design_id: int, *, now: datetime) -> None:
    """The newest order is the one that is rolled out. Keeping it twice is once. Raises members of DesignRefusal."""
    demand(MAY, "rollout.design", viewer)
    _demand(design_blocked(viewer, commitment))
    claim(commitment, now=now)
    newest = select(func.max(Design.id)).where(Design.commitment_id == commitment.id)
    if db.session.scalar(newest) != design_id:
        raise DesignRefusal.DESIGN_CHANGED.as_error()
    kept = update(Design).where(Design.id == design_id, Design.chosen_at.is_(None))
    db.session.execute(kept.values(chosen_at=now).execution_options(synchronize_session=False))


def design_blocked(viewer: Viewer, commitment: Commitment) -> DesignRefusal | None:
    """Why this viewer cannot plan the roll-out of the promise as it stands, or None."""
    if not answers_for(viewer, commitment):
        return DesignRefusal.NOT_A_DESIGNER
    if commitment.state is CommitmentState.HANDED_BACK:
        return DesignRefusal.HANDED_BACK
    return None if commitment.state in BEFORE_GO_LIVE else DesignRefusal.ALREADY_LIVE


def _demand(refused: DesignRefusal | None) -> None:
    if refused is not None:
        raise refused.as_error()


def _told(waves: Sequence[Wave]) -> str:
    told = []
    for wave in waves:
        units = [dict(zip(("place_id", "reason"), parts_of(unit), strict=True)) for unit in wave.units]
        told.append({"day": wave.day.isoformat(), "units": units})
    return json.dumps(told, ensure_ascii=False)
