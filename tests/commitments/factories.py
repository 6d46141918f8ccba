"""Promoted ideas and promises in every state, made by the same verbs as the pages use."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from portal.commitments import service
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState, NewDelivery, NewPromise
from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Barrier, Kind, Names, Stage
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer
from portal.swarm.models import IdeaScore, Promotion
from portal.swarm.stop_queries import open_hard_stops
from portal.triage import service as triage
from tests.factories import NOON, Cast

TODAY = NOON.date()
SENTENCE = "We will post a replacement router on the day of the call."
EVIDENCE = "The new script is live; see the change log of today."


def viewer(person_id: int) -> Viewer:
    """The viewer that a person would be."""
    found = viewer_of(person_id)
    assert found is not None
    return found


def make_idea(cast: Cast, *, now: datetime = NOON, **over: Any) -> Idea:
    """An open idea of Asha's with her name hidden, and another open one beside it as noise."""
    values: dict[str, Any] = {
        "kind": Kind.STUPID_RULE, "title": "Routers wait for the old one", "barrier": Barrier.POLICIES,
        "say": "We may not send a new router until the old one is back.", "stage": Stage.OPEN, "names": Names.HIDDEN,
        "author_id": cast.asha, "audience": Audience.ORGANISATION, "employer_id": cast.places["Harbour"],
        "site_id": cast.places["Leeds"], "team_id": None, "origin_label": "a colleague in Leeds", "said_at": now,
        "moved_at": now,
    } | over  # fmt: skip
    idea = Idea(**values)
    db.session.add_all([Idea(**values | {"title": "Noise", "say": "Some other rule.", "stage": Stage.OPEN}), idea])
    db.session.flush()
    return idea


def make_promoted(cast: Cast, *, promoted_at: datetime = NOON - timedelta(days=3), **over: Any) -> Idea:
    """An idea that the swarm has carried to the executives: 12 people in five teams on three sites."""
    idea = make_idea(cast, now=promoted_at, **over | {"stage": Stage.PROMOTED})
    sums = {"s": 7.0, "d": 0.5, "m": 8.0, "mu0": 0.44, "evidence": 4.7}
    db.session.add(IdeaScore(idea_id=idea.id, n_support=12, n_strong=4, n_stop=1, n_pass=3, n_team=5,
                             n_site=3, score=0.6, ucb=0.8, updated_at=promoted_at, **sums))  # fmt: skip
    links = {name: hashlib.sha256(f"{name}{idea.id}".encode()).hexdigest() for name in ("prev_hash", "hash")}
    db.session.add(Promotion(idea_id=idea.id, at=promoted_at, delta=0.28, line=4.5, teams=8, sites=4, n_team=5,
                             n_site=3, params_version=1, vote_id_max=0, **sums, **links))  # fmt: skip
    db.session.flush()
    return idea


def make_promise(
    cast: Cast,
    *,
    idea: Idea | None = None,
    state: CommitmentState = CommitmentState.ACCEPTED,
    due_on: date = TODAY + timedelta(days=30),
    live_from: date | None = None,
    now: datetime = NOON,
    sentence: str = SENTENCE,
    sites: Sequence[str] = ("Leeds",),
) -> Commitment:
    """A promise of Vic's that Olu owns, brought to `state` by the verbs. Noise is what make_promoted adds."""
    idea = idea or make_promoted(cast, promoted_at=now)
    today = now.date()
    olu, vic = viewer(cast.olu), viewer(cast.vic)
    accepted = [stop.id for stop in open_hard_stops(idea.id)]
    made = triage.commit_to(vic, idea, cast.olu, NewPromise(sentence, due_on), today=today, now=now, accepted=accepted)
    if state is CommitmentState.HANDED_BACK:
        service.hand_back(olu, made, "This belongs to logistics, not to me.", now=now)
    if state in (CommitmentState.OFFERED, CommitmentState.HANDED_BACK):
        return made
    service.accept(olu, made, now=now)
    if state is CommitmentState.ACCEPTED:
        return made
    delivery = NewDelivery(live_from or today, tuple(cast.places[site] for site in sites), EVIDENCE)
    service.deliver(olu, made, delivery, today=max(today, delivery.live_from), now=now)
    if state is CommitmentState.CONFIRMED:
        service.confirm(vic, made, now=now)
    return made
