"""Reading first replies. Whoever asks has seen that the viewer may read the idea, or asks for their own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.people.models import Person
from portal.people.viewer import Viewer
from portal.triage.local_fix_models import LocalFix
from portal.triage.models import Reply, ReplyKind

KINDS = {
    ReplyKind.ANSWERED: "Answered",
    ReplyKind.FIXED_HERE: "Fixed here",
    ReplyKind.LEFT_TO_SWARM: "Left to the swarm",
}


@dataclass(frozen=True)
class ReplyLine:
    """The first reply to an idea. fix: the number of the local promise that came with it."""

    id: int
    idea: int
    title: str
    kind: ReplyKind
    by_id: int
    by: str
    at: datetime
    words: str
    fix: int | None


def first_reply(idea_number: int) -> ReplyLine | None:
    """The first reply, or None while nobody has replied."""
    row = db.session.execute(_query().where(Reply.idea_id == idea_number)).one_or_none()
    return ReplyLine(*row) if row else None


def given_by(viewer: Viewer, *, since: datetime, limit: int) -> list[ReplyLine]:
    """What the viewer replied since a moment, the newest first, as far as they may still read it."""
    mine = Reply.by_id == viewer.id, Reply.at >= since, visible_to(viewer)
    rows = db.session.execute(_query().where(*mine).order_by(Reply.id.desc()).limit(limit))
    return [ReplyLine(*row) for row in rows]


def _query() -> Select:
    columns = Reply.id, Reply.idea_id, Idea.title, Reply.kind, Reply.by_id, Person.name, Reply.at, Reply.words
    theirs = (LocalFix.idea_id == Reply.idea_id) & (LocalFix.site_id == Idea.site_id)
    return (
        select(*columns, LocalFix.id.label("fix"))
        .join(Idea, Idea.id == Reply.idea_id)
        .join(Person, Person.id == Reply.by_id)
        .outerjoin(LocalFix, theirs & (Reply.kind == ReplyKind.FIXED_HERE))
    )
