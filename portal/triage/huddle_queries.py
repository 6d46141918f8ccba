"""Ten minutes with a team: what its people may all read, and nothing that only those know who have decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, literal, or_, select

from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Audience, Stage
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.triage.lane_scope import Site
from portal.triage.local_fix_models import LocalFix
from portal.triage.models import Decision, DecisionKind, Reply
from portal.triage.reply_queries import KINDS

VIEWS_WANTED, STEPS_SHOWN = 3, 3


@dataclass(frozen=True)
class Told:
    """What was answered or done. what: in words; by: who did, never a hidden author; words: as they were said."""

    number: int
    title: str
    what: str
    by: str
    at: datetime
    words: str


def need_a_view(viewer: Viewer, site: Site) -> Sequence[Row[int, str, str]]:
    """(id, title, say) of open ideas for a team to weigh in on, those of their own site first, then the newest.

    By no count at all: a list in the order of votes would tell them.
    """
    own = case((Idea.site_id == site.id, 0), else_=1)
    query = select(Idea.id, Idea.title, Idea.say).where(*_readable(viewer, site), Idea.stage == Stage.OPEN)
    return db.session.execute(query.order_by(own, Idea.said_at.desc(), Idea.id.desc()).limit(VIEWS_WANTED)).all()


def answered(viewer: Viewer, site: Site, *, since: datetime) -> list[Told]:
    """What people replied and executives answered since a moment: own site first, then the newest."""
    replies = _told(Reply.kind, Reply.at, Reply.words).join(Reply, Reply.idea_id == Idea.id)
    replies = replies.join(Person, Person.id == Reply.by_id).where(Reply.at >= since)
    answers = _told(Decision.kind, Decision.at, Decision.sentence).join(Decision, Decision.idea_id == Idea.id)
    answers = answers.join(Person, Person.id == Decision.by_id)
    answers = answers.where(Decision.at >= since, Decision.undone_at.is_(None))
    return _newest(viewer, site, (replies, Reply.at), (answers, Decision.at))


def done(viewer: Viewer, site: Site, *, since: datetime) -> list[Told]:
    """What was promised, for everybody or for one site, is done and was looked at since a moment."""
    kept = _told(literal("done"), Commitment.updated_at, Commitment.sentence)
    kept = kept.join(Commitment, Commitment.idea_id == Idea.id).join(Person, Person.id == Commitment.owner_id)
    kept = kept.where(
        Commitment.state == CommitmentState.CONFIRMED, Commitment.kept_late.is_not(None),
        Commitment.live_from >= since.date(),
    )  # fmt: skip
    fixed = _told(Place.name, LocalFix.updated_at, LocalFix.sentence).join(LocalFix, LocalFix.idea_id == Idea.id)
    fixed = fixed.join(Person, Person.id == LocalFix.owner_id).join(Place, Place.id == LocalFix.site_id)
    fixed = fixed.where(LocalFix.state == CommitmentState.CONFIRMED, LocalFix.updated_at >= since)
    return _newest(viewer, site, (kept, Commitment.updated_at), (fixed, LocalFix.updated_at))


def _told(what: Any, at: Any, words: Any) -> Select:
    columns = Idea.id, Idea.title, what.label("what"), Person.name, at.label("at"), words.label("words"), Idea.site_id
    return select(*columns)


def _newest(viewer: Viewer, site: Site, *parts: tuple[Select, Any]) -> list[Told]:
    own = case((Idea.site_id == site.id, 0), else_=1)
    rows: list[Any] = []
    for query, at in parts:
        wanted = query.where(*_readable(viewer, site)).order_by(own, at.desc(), Idea.id.desc())
        rows += db.session.execute(wanted.limit(STEPS_SHOWN)).all()
    rows.sort(key=lambda row: (row.site_id != site.id, -row.at.timestamp(), row.id))
    return [Told(row.id, row.title, _words(row.what), row.name, row.at, row.words) for row in rows[:STEPS_SHOWN]]


def _words(what: Any) -> str:
    known: dict[Any, str] = {**KINDS, DecisionKind.COMMIT: "Promised", DecisionKind.DECLINE: "Declined", "done": "Done"}
    return known.get(what) or f"Fixed in {what}"


def _readable(viewer: Viewer, site: Site) -> tuple[ColumnElement[bool], ...]:
    """For the viewer and for everybody who works at the site: the sheet hangs on a wall there."""
    for_all = or_(
        Idea.audience == Audience.ORGANISATION,
        and_(Idea.audience == Audience.EMPLOYER, Idea.employer_id == site.employer_id),
        and_(Idea.audience == Audience.SITE, Idea.site_id == site.id),
    )
    return visible_to(viewer), for_all, Idea.hidden_at.is_(None)
