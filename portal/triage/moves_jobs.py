"""What the worker does for triage: accepted stop signals once nothing can be taken back, and what sounds alike."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from portal.db import db, upsert, writing
from portal.ideas.models import Idea
from portal.ideas.similar import similar_pairs
from portal.ideas.words import Stage
from portal.outbox.service import Claimed
from portal.people.models import Place
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Held, Viewer
from portal.swarm.merge_rules import TAKES_MERGES
from portal.swarm.stop_acceptance import accept_stop
from portal.triage.models import Decision
from portal.triage.moves_models import AcceptedStop, Alike
from portal.triage.moves_rules import ACCEPTED
from portal.triage.service import STOPS_ACCEPTED

ALIKE = "triage.alike"
EVERY_MINUTES = 5
AT_ONCE = 40  # ideas a run: what is left comes next time
STALE = timedelta(days=1)
KEPT = 5


def answer_accepted_stops(message: Claimed, now: datetime) -> None:
    """Answer the stop signals that a promise was made in spite of, unless it was taken back. Twice is as once."""
    with writing():
        made = db.session.get(Decision, message.payload["decision"])
        if made is None or made.undone_at is not None:
            return
        accepted = select(AcceptedStop.vote_id).where(AcceptedStop.decision_id == made.id)
        for number in db.session.scalars(accepted.order_by(AcceptedStop.vote_id)).all():
            accept_stop(number, made.by_id, ACCEPTED, now=now)


def look_for_alike(message: Claimed, now: datetime) -> None:
    """Find for what waits what else says nearly the same: new ones first, then what was found a day ago."""
    everything = _everything()
    for number in _missing(now):
        with writing():
            _look(everything, number, now=now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic run."""
    start = now.replace(minute=now.minute - now.minute % EVERY_MINUTES, second=0, microsecond=0)
    return [(ALIKE, f"{ALIKE}:{start.isoformat()}")]


def _missing(now: datetime) -> list[int]:
    stale = or_(Alike.idea_id.is_(None), Alike.at < now - STALE)
    query = select(Idea.id).outerjoin(Alike, Alike.idea_id == Idea.id).where(Idea.stage == Stage.PROMOTED, stale)
    return list(db.session.scalars(query.order_by(Alike.idea_id.is_not(None), Idea.id).limit(AT_ONCE)))


def _look(everything: Viewer, number: int, *, now: datetime) -> None:
    matches = [one for one in similar_pairs(number, viewer=everything) if one.stage in TAKES_MERGES][:KEPT]
    others = json.dumps([[one.number, round(one.likeness, 3)] for one in matches])
    upsert(Alike, {"idea_id": number, "others": others, "at": now}, key=("idea_id",), update=("others", "at"))


def _everything() -> Viewer:
    """Somebody who may read every idea: nobody sees what is found, but who may see it anyway."""
    top = db.session.scalars(select(Place).where(Place.kind == PlaceKind.ORGANISATION)).one()
    return Viewer(
        id=0, name="", initials="", job_title="", place_id=top.id, path=top.path, team_id=None, site_id=None,
        employer_id=top.id, organisation_id=top.id, timezone="UTC", held=(Held(Role.EXECUTIVE, top.path),),
    )  # fmt: skip


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {
    STOPS_ACCEPTED: answer_accepted_stops,
    ALIKE: look_for_alike,
}
