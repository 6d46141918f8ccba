"""What comes with a delivery: the sites that got the change and those that did not, and what follows once it counts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Row, insert, select

from portal.commitments.models import Commitment, Delivery, DeliverySite, DeliveryWithout, PromisedDate
from portal.commitments.payees import payees_of
from portal.commitments.rules import CommitmentState, Course, NamedDate, day_in
from portal.commitments.scope import organisation_zone
from portal.commitments.words import PromiseRefusal
from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.words import Audience
from portal.people.models import Place
from portal.people.roles import PlaceKind
from portal.rewards import reversals
from portal.rewards import service as rewards
from portal.rewards.rules import Event

OUTCOMES = (Event.PROMISE_KEPT, Event.GONE_ON_THE_DESK)


def sites_of(idea_id: int, site_ids: Sequence[int]) -> tuple[dict[int, str], dict[int, str]]:
    """(id → name of the sites that got it, of the others that the idea concerns). Raises Invalid `unknown_site`."""
    sites = select(Place.id, Place.name, Place.employer_id).where(Place.kind == PlaceKind.SITE).order_by(Place.id)
    rows = db.session.execute(sites).all()
    if not {row.id for row in rows} >= set(site_ids):
        raise PromiseRefusal.UNKNOWN_SITE.as_error()
    got = {row.id: row.name for row in rows if row.id in set(site_ids)}
    return got, {row.id: row.name for row in _concerned(idea_id, rows) if row.id not in got}


def write_sites(delivery_id: int, got: Iterable[int], without: Iterable[int]) -> None:
    """Both sides of the comparison, in the transaction of the delivery."""
    for model, sites in ((DeliverySite, got), (DeliveryWithout, without)):
        if rows := [{"delivery_id": delivery_id, "site_id": site_id} for site_id in sites]:
            db.session.execute(insert(model), rows)


def course(commitment: Commitment, done: Delivery) -> Course:
    """The promise as it is once `done` is confirmed."""
    named = select(PromisedDate.due_on, PromisedDate.set_at).where(PromisedDate.commitment_id == commitment.id)
    zone = organisation_zone()
    rows = db.session.execute(named.order_by(PromisedDate.id))
    dates = [NamedDate(row.due_on, day_in(zone, row.set_at)) for row in rows]
    return Course(CommitmentState.CONFIRMED, dates, done.live_from)


def award(commitment: Commitment, *, confirmer_id: int, now: datetime) -> None:
    """Whoever made it happen gets what the rewards say a kept promise is worth; whoever confirms it, nothing."""
    sentence = f"The promise about number {commitment.idea_id} was kept."
    rewards.award_for_event(
        Event.PROMISE_KEPT, idea_number=commitment.idea_id, sentence=sentence, payees=payees_of(commitment), now=now,
        actor_id=confirmer_id,
    )  # fmt: skip


def award_gone(commitment: Commitment, *, now: datetime) -> None:
    """Those who asked for it say that it is gone; now whoever confirmed it is thanked too, on the word of others."""
    sentence = f"Number {commitment.idea_id} is gone on the desks of those who asked for it."
    rewards.award_for_event(
        Event.GONE_ON_THE_DESK, idea_number=commitment.idea_id, sentence=sentence, payees=payees_of(commitment),
        now=now, actor_id=None,
    )  # fmt: skip


def take_back_awards(commitment: Commitment, *, now: datetime) -> None:
    """What was done is open again: what was paid because it was done is taken back, as far as it is there."""
    reason = f"Number {commitment.idea_id} is open again: somebody still meets it."
    for event in OUTCOMES:
        reversals.take_back(event, f"idea:{commitment.idea_id}", reason, now)


def give_back_awards(commitment: Commitment, *, now: datetime) -> None:
    """It was not back after all."""
    reason = f"Given back: number {commitment.idea_id} was not back."
    for event in OUTCOMES:
        reversals.give_back(event, f"idea:{commitment.idea_id}", reason, now)


def _concerned(idea_id: int, sites: Sequence[Row]) -> list[Row]:
    """The sites in the audience of the idea: those outside of it have nothing to compare."""
    idea = db.session.execute(select(Idea.audience, Idea.employer_id, Idea.site_id).where(Idea.id == idea_id)).one()
    if idea.audience is Audience.EMPLOYER:
        return [row for row in sites if row.employer_id == idea.employer_id]
    return [row for row in sites if idea.audience is Audience.ORGANISATION or row.id == idea.site_id]
