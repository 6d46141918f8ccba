"""What a webhook says: as much as the interface shows to somebody there who holds no role and has decided nothing.

Made anew for every attempt: what was hidden meanwhile is not sent any more, and no text waits in a queue.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from portal.db import db
from portal.ideas.models import Idea, Story
from portal.ideas.queries import byline
from portal.ideas.story import is_undone
from portal.ideas.words import Stage, StoryKind
from portal.notices.webhook_models import Delivery, Receiver
from portal.notices.webhook_rules import TEST, ScopeOfReceiver, facts_sent, reads
from portal.people.models import Person, Place


def body_of(delivery: Delivery, receiver: Receiver, *, base_url: str) -> bytes | None:
    """The JSON of one event; None where the receiver may not read of it, or not any more."""
    if delivery.story_id is None:
        return _json(TEST, delivery.queued_at, {"words": "This is a test of your webhook."})
    query = select(Story, Idea, Person.name).join(Idea, Idea.id == Story.idea_id)
    found = db.session.execute(
        query.outerjoin(Person, Person.id == Story.actor_id).where(Story.id == delivery.story_id)
    ).one()
    step, idea, who = found
    if not _is_read(receiver, idea) or is_undone(step.id):
        return None
    if idea.hidden_at is not None:
        # Whoever keeps copies must hear that there is nothing to be shown any more, and no more than that.
        bare = {"idea": _place_of(idea, base_url), "step": {"kind": step.kind, "at": _moment(step.at)}}
        return _json(delivery.event, step.at, bare) if step.kind is StoryKind.HIDDEN else None
    told = {"kind": step.kind, "at": _moment(step.at), "who": who, "words": step.words,
            **facts_sent(json.loads(step.facts))}  # fmt: skip
    return _json(delivery.event, step.at, {"idea": _idea(idea, base_url), "step": told})


def scope_of(place_id: int | None) -> ScopeOfReceiver:
    """Where a receiver stands."""
    if place_id is None:
        return ScopeOfReceiver()
    place: Row = db.session.execute(
        select(Place.id, Place.employer_id, Place.site_id).where(Place.id == place_id)
    ).one()  # fmt: skip
    return ScopeOfReceiver(place.employer_id or place.id, place.site_id)


def _is_read(receiver: Receiver, idea: Idea) -> bool:
    if idea.stage is Stage.WITHDRAWN:
        return False
    return reads(scope_of(receiver.place_id), idea.audience, employer_id=idea.employer_id, site_id=idea.site_id)


def _idea(idea: Idea, base_url: str) -> dict[str, Any]:
    site = db.session.scalar(select(Place.name).where(Place.id == idea.site_id)) if idea.site_id else None
    return _place_of(idea, base_url) | {
        "title": idea.title, "kind": idea.kind, "barrier": idea.barrier, "stage": idea.stage, "audience": idea.audience,
        "site": {"number": idea.site_id, "name": site} if site else None,
        "names": idea.names, "byline": byline(idea).text,
    }  # fmt: skip


def _place_of(idea: Idea, base_url: str) -> dict[str, Any]:
    return {"number": idea.id, "link": f"{base_url}/ideas/{idea.id}"}


def _json(event: str, at: datetime, data: dict[str, Any]) -> bytes:
    whole = {"type": event, "timestamp": _moment(at), "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
