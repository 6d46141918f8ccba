"""What came of “That’s not what I see”: ideas that were said instead, and stop signals on what a broadcast leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from portal.db import db, insert_if_new
from portal.frontline.broadcast_models import Acknowledgement, Broadcast, BroadcastIdea
from portal.frontline.broadcast_policy import MAY
from portal.frontline.broadcast_rules import BroadcastRefusal
from portal.frontline.words import Acknowledged
from portal.ideas import service as ideas
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.service import NewIdea
from portal.ideas.words import Names, Stage
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.swarm.models import Vote
from portal.swarm.rules import VoteKind
from portal.swarm.stop_queries import may_be_read_by

IDEAS_SHOWN = 50


@dataclass(frozen=True)
class CameIdea:
    """An idea that was said instead. Who said it stands on its page, as far as they want that."""

    number: int
    title: str
    stage: Stage


@dataclass(frozen=True)
class Outcomes:
    """What came of it, as far as the viewer may read it. count: of the ideas, of which the newest are listed; stops:
    signals that stand on the idea with the number `stopped`."""

    ideas: Sequence[CameIdea] = ()
    count: int = 0
    stops: int = 0
    stopped: int | None = None


def say_instead(viewer: Viewer, broadcast: Broadcast, words: NewIdea, *, now: datetime) -> Idea:
    """Say what one sees as an idea; the same form sent twice gives the first one again.

    Of an idea whose author is not kept, it is not kept either where it came from.
    Raises Conflict `not_disagreed`, and as `ideas.service.say`.
    """
    demand(MAY, "broadcast.answer", viewer)
    theirs = Acknowledgement.broadcast_id == broadcast.id, Acknowledgement.person_id == viewer.id
    if db.session.scalar(select(Acknowledgement.kind).where(*theirs)) is not Acknowledged.NOT_WHAT_I_SEE:
        raise BroadcastRefusal.NOT_DISAGREED.as_error()
    idea = ideas.say(viewer, words, now=now)
    if words.names is not Names.NONE:
        insert_if_new(BroadcastIdea, {"broadcast_id": broadcast.id, "idea_id": idea.id}, key=("idea_id",))
    return idea


def outcomes(viewer: Viewer, broadcast: Broadcast) -> Outcomes:
    """What came of it; two statements. Only where enough people were told for anything to be counted."""
    count = func.count().over()
    query = select(Idea.id, Idea.title, Idea.stage, count).join(BroadcastIdea, BroadcastIdea.idea_id == Idea.id)
    mine = query.where(BroadcastIdea.broadcast_id == broadcast.id, visible_to(viewer))
    rows = db.session.execute(mine.order_by(Idea.id.desc()).limit(IDEAS_SHOWN)).all()
    found = [CameIdea(row[0], row[1], row[2]) for row in rows]
    stops = _stops(viewer, broadcast) if broadcast.idea_id is not None else 0
    return Outcomes(found, rows[0][3] if rows else 0, stops, broadcast.idea_id if stops else None)


def _stops(viewer: Viewer, broadcast: Broadcast) -> int:
    """Signals that those who disagreed have given since they were told, and of which the viewer may know."""
    disagreed = and_(
        Acknowledgement.person_id == Vote.person_id, Acknowledgement.broadcast_id == broadcast.id,
        Acknowledgement.kind == Acknowledged.NOT_WHAT_I_SEE,
    )  # fmt: skip
    query = (
        select(func.count(Vote.id))
        .join(Idea, Idea.id == Vote.idea_id)
        .join(Acknowledgement, disagreed)
        .where(
            Vote.idea_id == broadcast.idea_id,
            Vote.kind == VoteKind.STOP,
            Vote.revoked_at.is_(None),
            Vote.at >= broadcast.telling_at,
        )
    )
    return db.session.scalar(query.where(visible_to(viewer), may_be_read_by(viewer))) or 0
