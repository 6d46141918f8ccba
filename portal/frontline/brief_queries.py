"""The one page before a shift: what its visitor will hear, three ideas from there, and what they promised last time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, case, false, or_, select
from sqlalchemy.orm import aliased

from portal.db import db, is_postgres
from portal.errors import Missing
from portal.frontline.insight_queries import PromisedThen, promised_last_time
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import BuddyState, SeatState
from portal.ideas.models import Idea
from portal.ideas.queries import said_below, visible_to
from portal.ideas.search_models import EntryKind, entry_id
from portal.ideas.search_queries import found, sought
from portal.ideas.search_terms import any_of, terms
from portal.ideas.words import Stage
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.swarm.models import IdeaScore

IDEAS = 3
SHOWN = (Stage.PROMOTED, Stage.OPEN, Stage.PROMISED)
# Words of every queue, which say nothing about this one.
COMMON = frozenset({"call", "calls", "chat", "chats", "mail", "mails", "email", "emails", "counter", "customer",
                    "customers", "queue", "line", "team", "desk", "first", "second", "level", "english"})  # fmt: skip


@dataclass(frozen=True)
class BriefIdea:
    """One idea to listen for. of_queue: it speaks of the queue; else it comes from the site."""

    number: int
    title: str
    stage: Stage
    of_queue: bool


@dataclass(frozen=True)
class Brief:
    """Everything on the page. slot: number, queue, language, channel, busy, note, starts_at, ends_at, zone, site, and
    buddy once they have agreed. promised: what the reader promised after their last shift that held a promise.
    """

    slot: Row
    ideas: Sequence[BriefIdea]
    promised: Sequence[PromisedThen]


def brief_for(viewer: Viewer, number: int) -> Brief:
    """The brief of a shift for which the viewer has a seat. Raises Missing for anybody else."""
    slot = db.session.execute(_slot(viewer, number)).one_or_none()
    if slot is None:
        raise Missing("shift")
    return Brief(slot, ideas_near(viewer, slot), promised_last_time(viewer.id, before=slot.starts_at))


def ideas_near(viewer: Viewer, slot: Row) -> list[BriefIdea]:
    """At most three ideas that the viewer may read: of the queue before of the site, promoted ones first."""
    query = _near(viewer, " ".join(word for word in slot.queue.split() if word.lower() not in COMMON), slot.path)
    rows = db.session.execute(query.limit(IDEAS))
    return [BriefIdea(row.id, row.title, row.stage, bool(row.of_queue)) for row in rows]


def _slot(viewer: Viewer, number: int) -> Select:
    buddy = aliased(Person)
    agreed = and_(buddy.id == Slot.buddy_id, Slot.buddy_state == BuddyState.AGREED)
    columns = (
        Slot.id.label("number"), Slot.queue, Slot.language, Slot.channel, Slot.busy, Slot.note, Slot.starts_at,
        Slot.ends_at, Slot.zone, Place.name.label("site"), Place.path, buddy.name.label("buddy"),
    )  # fmt: skip
    return (
        select(*columns)
        .join(SignUp, SignUp.slot_id == Slot.id)
        .join(Place, Place.id == Slot.site_id)
        .outerjoin(buddy, agreed)
        .where(Slot.id == number, SignUp.person_id == viewer.id, SignUp.state == SeatState.BOOKED)
        .where(Slot.cancelled_at.is_(None))
    )


def _near(viewer: Viewer, words: str, path: str) -> Select[Any]:
    of_queue = _holds(words)
    of_site = and_(Idea.site_id.is_not(None), said_below(path))
    stages = case({stage: place for place, stage in enumerate(SHOWN)}, value=Idea.stage)
    return (
        select(Idea.id, Idea.title, Idea.stage, case((of_queue, 1), else_=0).label("of_queue"))
        .outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id)
        .where(visible_to(viewer), Idea.hidden_at.is_(None), Idea.stage.in_(SHOWN), or_(of_queue, of_site))
        .order_by(case((of_queue, 0), else_=1), stages, IdeaScore.score.desc().nulls_last(), Idea.id.desc())
    )


def _holds(words: str) -> Any:
    """The condition on `Idea` for the newest that hold one of the words."""
    match = any_of(terms(words).stems, postgres=is_postgres())
    if not match:
        return false()
    entries = found(postgres=is_postgres()).params(**sought(match, EntryKind.IDEA)).subquery("holding")
    return Idea.id.in_(select(entries.c.entry - entry_id(EntryKind.IDEA, 0)))
