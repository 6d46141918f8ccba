"""Where a change is live: taken from what a second person has confirmed, and what was taken back since."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.commitments.claims import claim
from portal.commitments.models import Commitment, Delivery, DeliverySite, DeliveryVerdict
from portal.db import db, insert_if_new, is_postgres
from portal.ideas import story
from portal.ideas.words import StoryKind
from portal.impact.models import RollBack, Rollout
from portal.impact.plan_words import RollBackRefusal
from portal.impact.plans import answers_for
from portal.impact.policy import MAY
from portal.impact.rollout_queries import Unit, rollouts_of
from portal.impact.rollout_rules import NewRollBack, roll_back_refusal
from portal.people.policy import demand
from portal.people.viewer import Viewer


@dataclass(frozen=True)
class _Confirmed:
    """A delivery that a second person has confirmed."""

    commitment_id: int
    live_from: date
    reasons: tuple[str, ...]
    by_id: int
    at: datetime


def from_delivery(delivery_id: int) -> None:
    """Write the units of a confirmed delivery; those that are there stay as they are. Twice gives the same."""
    done = _confirmed(delivery_id)
    if done is None:
        return
    query = select(DeliverySite.site_id, DeliverySite.live_from).where(DeliverySite.delivery_id == delivery_id)
    rows = [
        {"commitment_id": done.commitment_id, "place_id": row.site_id, "reason": reason,
         "live_from": row.live_from or done.live_from, "delivery_id": delivery_id,
         "confirmed_by_id": done.by_id, "confirmed_at": done.at}
        for row in db.session.execute(query.order_by(DeliverySite.site_id)).all()
        for reason in done.reasons or (None,)
    ]  # fmt: skip
    if rows:
        _insert_missing(rows)


def roll_back(viewer: Viewer, commitment: Commitment, wanted: NewRollBack, *, today: date, now: datetime) -> None:
    """The change was taken back at some units: their clocks stop, and everybody who follows it hears why.

    Raises the members of RollBackRefusal.
    """
    demand(MAY, "rollout.roll_back", viewer)
    if not answers_for(viewer, commitment):
        raise RollBackRefusal.NOT_WHO_MAY.as_error()
    units = rollouts_of(commitment.id)
    if refused := roll_back_refusal(units, wanted, today):
        raise refused.as_error()
    claim(commitment, now=now)
    chosen = [unit for unit in units if unit.rollout_id in set(wanted.rollout_ids)]
    for unit in chosen:
        values = {"rollout_id": unit.rollout_id, "live_to": wanted.live_to, "reason": wanted.reason.strip(),
                  "by_id": viewer.id, "at": now}  # fmt: skip
        if insert_if_new(RollBack, values, key=("rollout_id",)) is None:
            raise RollBackRefusal.ALREADY_ROLLED_BACK.as_error()
    _tell(commitment, viewer.id, chosen, wanted, now)


def _tell(commitment: Commitment, by_id: int, units: Sequence[Unit], wanted: NewRollBack, now: datetime) -> None:
    facts = {"commitment": commitment.id, "units": [unit.name for unit in units], "live_to": wanted.live_to.isoformat()}
    story.record(
        commitment.idea_id, StoryKind.ROLLED_BACK, now=now, actor_id=by_id, words=wanted.reason.strip(), facts=facts
    )
    db.session.flush()


def _confirmed(delivery_id: int) -> _Confirmed | None:
    query = (
        select(Delivery.commitment_id, Delivery.live_from, Delivery.reasons, DeliveryVerdict.by_id, DeliveryVerdict.at)
        .join(DeliveryVerdict, DeliveryVerdict.delivery_id == Delivery.id)
        .where(Delivery.id == delivery_id, DeliveryVerdict.confirmed)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    return _Confirmed(row.commitment_id, row.live_from, tuple(json.loads(row.reasons)), row.by_id, row.at)


def _insert_missing(rows: Sequence[dict[str, Any]]) -> None:
    if is_postgres():
        from sqlalchemy.dialects.postgresql import insert as own
    else:
        from sqlalchemy.dialects.sqlite import insert as own  # type: ignore[assignment]
    db.session.execute(own(Rollout).on_conflict_do_nothing(), list(rows))
