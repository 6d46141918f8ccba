"""Where a change is live, since when and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.db import db
from portal.impact.models import RollBack, Rollout
from portal.people.models import Place


@dataclass(frozen=True)
class Unit:
    """A site, or one of its queues, that has the change.

    place: the site's name. reason: the queue; None: every contact there. live_to: the first day without it, where it
    was taken back; back_because: why.
    """

    rollout_id: int
    place_id: int
    place: str
    reason: str | None
    live_from: date
    live_to: date | None
    back_because: str = ""

    @property
    def name(self) -> str:
        """As people read it: "Leeds", "Leeds, cancellations"."""
        return f"{self.place}, {self.reason}" if self.reason else self.place


def rollouts_of(commitment_id: int) -> list[Unit]:
    """The units that have, or had, the change of a promise, the first ones first. One statement."""
    query = (
        select(Rollout.id, Rollout.place_id, Place.name, Rollout.reason, Rollout.live_from, RollBack.live_to,
               RollBack.reason.label("because"))
        .join(Place, Place.id == Rollout.place_id)
        .outerjoin(RollBack, RollBack.rollout_id == Rollout.id)
        .where(Rollout.commitment_id == commitment_id)
        .order_by(Rollout.live_from, Place.name, Rollout.reason, Rollout.id)
    )  # fmt: skip
    return [_unit(row) for row in db.session.execute(query)]


def _unit(row: Sequence) -> Unit:
    return Unit(*row[:6], row[6] or "")
