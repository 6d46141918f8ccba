"""The life of a promise: made, accepted or handed back, told about, moved, delivered, and looked at by a second person.

Every verb claims the promise by a conditional UPDATE on what it was decided on, then moves the idea, then adds a step
to the story: two people who act at once cannot both succeed, and rows are always taken in that order.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.commitments import delivered, helping, messages, offers, relapse_rows, rules
from portal.commitments.claims import claim
from portal.commitments.models import (
    Commitment,
    Delivery,
    DeliveryVerdict,
    HandBack,
    PromisedDate,
    Update,
)
from portal.commitments.owners import EVERYWHERE, owners_below
from portal.commitments.policy import MAY
from portal.commitments.rules import (
    Actor,
    CommitmentState,
    NewDelivery,
    NewPromise,
    PromiseFacts,
    Verb,
)
from portal.commitments.scope import said_at, was_promoted
from portal.commitments.words import PromiseRefusal
from portal.commitments.work_rows import facts_of
from portal.db import db
from portal.ideas import search_index, story
from portal.ideas.models import Idea
from portal.ideas.rule_record_verdicts import settle_by_promise
from portal.ideas.search_models import EntryKind
from portal.ideas.search_terms import plain
from portal.ideas.service import move_stage
from portal.ideas.words import Stage, StoryKind
from portal.metrics.models import Metric
from portal.people.policy import demand
from portal.people.viewer import Viewer

__all__ = ["NewDelivery", "facts_of"]


@dataclass(frozen=True)
class _Where:
    """The node an idea was said at, for the policy."""

    path: str


def make_promise(
    idea: Idea,
    owner_id: int,
    sponsor_id: int,
    promise: NewPromise,
    *,
    today: date,
    now: datetime,
    told_after: timedelta = timedelta(),
) -> Commitment:
    """Offer a promise about a promoted idea to its owner; the idea is then promised.

    told_after: how long it can still be taken back unheard (`taking_back`).
    Raises Conflict `stage_changed` if the idea is no longer promoted, and the refusals of `rules.promise_refusal`.
    """
    _demand(rules.promise_refusal(promise, today))
    owner = db.session.execute(owners_below(EVERYWHERE, only=owner_id)).one_or_none()
    if owner is None:
        raise PromiseRefusal.UNKNOWN_OWNER.as_error()
    metric = metric_name(promise.metric_id)
    move_stage(idea.id, Stage.PROMOTED, Stage.PROMISED, now=now)
    made = Commitment(
        idea_id=idea.id, owner_id=owner_id, sponsor_id=sponsor_id, sentence=promise.sentence.strip(),
        metric_id=promise.metric_id, due_on=promise.due_on, state=CommitmentState.OFFERED, made_at=now, updated_at=now,
        accept_by=offers.accept_by(owner_id, now=now + told_after), nudges=0,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    db.session.add(PromisedDate(commitment_id=made.id, due_on=made.due_on, set_at=now, set_by_id=sponsor_id))
    facts = {"owner": owner.name, "due_on": made.due_on.isoformat(), "metric": metric}
    tell(made, StoryKind.COMMITTED, sponsor_id, now=now, words=made.sentence, facts=facts, told_after=told_after)
    messages.offered(made, now=now, after=told_after)
    let_be_found(made, "", now)
    return made


def accept(viewer: Viewer, commitment: Commitment, *, now: datetime) -> None:
    """The owner takes the promise on."""
    demand(MAY, "commitment.accept", viewer)
    _demand(rules.refusal(Verb.ACCEPT, facts_of(commitment), Actor(viewer.id)))
    claim(commitment, now=now, state=CommitmentState.ACCEPTED)
    tell(commitment, StoryKind.ACCEPTED, viewer.id, now=now, facts={"due_on": commitment.due_on.isoformat()})


def hand_back(viewer: Viewer, commitment: Commitment, reason: str, *, now: datetime) -> None:
    """The owner gives an offered promise back; the idea is with the executives again, or on the board if it never
    was with them (`own_promise`, handed over by somebody who left)."""
    demand(MAY, "commitment.hand_back", viewer)
    _demand(rules.refusal(Verb.HAND_BACK, facts_of(commitment), Actor(viewer.id)) or rules.reason_refusal(reason))
    claim(commitment, now=now, state=CommitmentState.HANDED_BACK)
    before = Stage.PROMOTED if was_promoted(commitment.idea_id) else Stage.OPEN
    move_stage(commitment.idea_id, Stage.PROMISED, before, now=now)
    db.session.add(HandBack(commitment_id=commitment.id, by_id=viewer.id, at=now, reason=reason.strip()))
    search_index.forget(EntryKind.RESULT, commitment.id)
    helping.end(commitment.id, now=now)
    tell(commitment, StoryKind.HANDED_BACK, viewer.id, now=now, words=reason.strip())


def post_update(viewer: Viewer, commitment: Commitment, body: str, *, now: datetime) -> Update:
    """The owner tells what moved, in Markdown."""
    demand(MAY, "commitment.update", viewer)
    _demand(rules.refusal(Verb.UPDATE, facts_of(commitment), Actor(viewer.id)) or rules.update_refusal(body))
    claim(commitment, now=now)
    posted = Update(commitment_id=commitment.id, by_id=viewer.id, at=now, body=body.strip())
    db.session.add(posted)
    tell(commitment, StoryKind.UPDATED, viewer.id, now=now, words=posted.body)
    return posted


def move_date(
    viewer: Viewer, commitment: Commitment, due_on: date, reason: str, *, today: date, now: datetime
) -> PromisedDate:
    """The owner names another date, with the reason; the old one stays on the record."""
    demand(MAY, "commitment.move_date", viewer)
    promise = facts_of(commitment)
    _demand(
        rules.refusal(Verb.MOVE_DATE, promise, Actor(viewer.id))
        or rules.new_date_refusal(promise, due_on, reason, today)
    )
    before = commitment.due_on
    claim(commitment, now=now, due_on=due_on)
    named = PromisedDate(
        commitment_id=commitment.id, due_on=due_on, set_at=now, set_by_id=viewer.id, reason=reason.strip()
    )
    db.session.add(named)
    facts = {"due_before": before.isoformat(), "due_on": due_on.isoformat(), "missed": today > before}
    tell(commitment, StoryKind.DATE_MOVED, viewer.id, now=now, words=named.reason, facts=facts)
    return named


def deliver(viewer: Viewer, commitment: Commitment, delivery: NewDelivery, *, today: date, now: datetime) -> Delivery:
    """The owner says that it is done: since when, at which sites, and what shows it."""
    demand(MAY, "commitment.deliver", viewer)
    promise = facts_of(commitment)
    _demand(rules.refusal(Verb.DELIVER, promise, Actor(viewer.id)) or rules.delivery_refusal(promise, delivery, today))
    sites, without = delivered.sites_of(commitment.idea_id, delivery.site_ids)
    claim(commitment, now=now, state=CommitmentState.DELIVERED)
    move_stage(commitment.idea_id, Stage.PROMISED, Stage.DELIVERED, now=now)
    done = Delivery(
        commitment_id=commitment.id, by_id=viewer.id, at=now, live_from=delivery.live_from,
        evidence=delivery.evidence.strip(), reasons=json.dumps(delivery.reasons, ensure_ascii=False),
    )  # fmt: skip
    db.session.add(done)
    db.session.flush()
    delivered.write_sites(done.id, {site_id: delivery.days[site_id] for site_id in sites}, without)
    relapse_rows.fixed_by(commitment, done, now=now)
    helping.end(commitment.id, now=now)
    facts = {
        "live_from": done.live_from.isoformat(), "sites": sorted(sites.values()),
        "without": sorted(without.values()), "reasons": list(delivery.reasons),
        "later": {sites[site]: day.isoformat() for site, day in delivery.days.items() if day},
    }  # fmt: skip
    tell(commitment, StoryKind.DELIVERED, viewer.id, now=now, words=done.evidence, facts=facts)
    let_be_found(commitment, done.evidence, now)
    return done


def confirm(viewer: Viewer, commitment: Commitment, *, now: datetime) -> None:
    """A second person confirms that it is done: the promise is kept, and whoever is owed points gets them."""
    done = _look(viewer, commitment, Verb.CONFIRM)
    how: dict[str, Any] = {}
    if commitment.kept_late is None:  # what was back and is fixed again was kept before: that stays as it was
        how = {"live_from": done.live_from, "kept_late": rules.is_late(delivered.course(commitment, done))}
    claim(commitment, now=now, state=CommitmentState.CONFIRMED, **how)
    move_stage(commitment.idea_id, Stage.DELIVERED, Stage.DONE, now=now)
    db.session.add(DeliveryVerdict(delivery_id=done.id, by_id=viewer.id, at=now, confirmed=True))
    facts = {"live_from": done.live_from.isoformat()}
    tell(commitment, StoryKind.CONFIRMED, viewer.id, now=now, facts=facts)
    settle_by_promise(
        commitment.idea_id, confirmed_by=viewer.id, owner_id=commitment.owner_id, sentence=commitment.sentence,
        live_from=done.live_from, now=now,
    )  # fmt: skip
    delivered.award(commitment, confirmer_id=viewer.id, now=now)
    messages.confirmed(done, now=now)


def send_back(viewer: Viewer, commitment: Commitment, reason: str, *, now: datetime) -> None:
    """A second person says that it is not done yet, and why; the promise is open again."""
    done = _look(viewer, commitment, Verb.SEND_BACK)
    _demand(rules.reason_refusal(reason))
    claim(commitment, now=now, state=relapse_rows.after_sending_back(done))
    move_stage(commitment.idea_id, Stage.DELIVERED, Stage.PROMISED, now=now)
    verdict = DeliveryVerdict(delivery_id=done.id, by_id=viewer.id, at=now, confirmed=False, reason=reason.strip())
    db.session.add(verdict)
    tell(commitment, StoryKind.SENT_BACK, viewer.id, now=now, words=verdict.reason)


def verbs_now(viewer: Viewer, promise: PromiseFacts, path: str) -> frozenset[Verb]:
    """What this viewer could do with the promise as it stands. path: of the node at which its idea was said."""
    confirms = MAY["commitment.confirm"]
    actor = Actor(viewer.id, answers=confirms(viewer, _Where(path)))
    possible = frozenset(verb for verb in Verb if rules.refusal(verb, promise, actor) is None)
    return possible if confirms(viewer, None) else possible - rules.SECOND_PERSON


def _demand(refused: PromiseRefusal | None) -> None:
    if refused is not None:
        raise refused.as_error()


def _look(viewer: Viewer, commitment: Commitment, verb: Verb) -> Delivery:
    demand(MAY, "commitment.confirm", viewer)
    answers = MAY["commitment.confirm"](viewer, _Where(said_at(commitment.idea_id)))
    _demand(rules.refusal(verb, facts_of(commitment), Actor(viewer.id, answers=answers)))
    newest = select(Delivery).where(Delivery.commitment_id == commitment.id).order_by(Delivery.id.desc()).limit(1)
    return db.session.scalars(newest).one()


def tell(
    commitment: Commitment,
    kind: StoryKind,
    actor_id: int,
    *,
    now: datetime,
    words: str = "",
    facts: Mapping[str, Any] | None = None,
    told_after: timedelta | None = None,
) -> None:
    """Add a step about the promise to the story of its idea."""
    about = {"commitment": commitment.id} | dict(facts or {})
    story.record(commitment.idea_id, kind, now=now, actor_id=actor_id, words=words, facts=about, told_after=told_after)
    db.session.flush()


def let_be_found(commitment: Commitment, evidence: str, now: datetime) -> None:
    """Let the search find the promise by these words."""
    number, title = commitment.idea_id, commitment.sentence
    search_index.index(EntryKind.RESULT, commitment.id, idea_id=number, title=title, text=plain(evidence), at=now)


def metric_name(metric_id: int | None) -> str | None:
    """The name of the metric that will show it. Raises Invalid `unknown_metric`."""
    if metric_id is None:
        return None
    name = db.session.scalar(select(Metric.name).where(Metric.id == metric_id, Metric.retired_at.is_(None)))
    if name is None:
        raise PromiseRefusal.UNKNOWN_METRIC.as_error()
    return name
