"""What the clocks know of ideas, of everybody who can answer, and of what is owed already: a few statements a batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ideas.earlier_shown import is_brought_along
from portal.ideas.models import Idea, Story
from portal.ideas.words import Barrier, Names, Stage, StoryKind
from portal.people.models import Grant, Person, Place
from portal.people.roles import PlaceKind, Role
from portal.swarm.models import Promotion
from portal.triage.again_models import Return
from portal.triage.assignment_models import Answerer, Assignment
from portal.triage.clock import Duty, Pause
from portal.triage.models import Decision, Question, Reply
from portal.triage.routing import Asked, Chart, Held, Named, Stands

ROLES = (Role.TEAM_LEADER, Role.EXECUTIVE, Role.PROGRAMME, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Owed:
    """What decides which duties an idea has, and since when. answer_since: promoted, asked for again, handed back."""

    id: int
    stage: Stage
    hidden: bool
    said_at: datetime
    answer_since: datetime | None
    heard: bool  # a person has replied, asked or decided
    earlier: bool  # brought along from an earlier system, where it had its time
    pause: Pause | None
    asked: Asked

    def owes(self, duty: Duty) -> bool:
        """Whether somebody owes it this now."""
        if self.hidden:
            return False
        if duty is Duty.ANSWER:
            return self.stage is Stage.PROMOTED and self.answer_since is not None
        return self.stage in (Stage.OPEN, Stage.PROMOTED) and not (self.heard or self.earlier)

    def since(self, duty: Duty) -> datetime:
        """From when the time for it counts."""
        return self.answer_since or self.said_at if duty is Duty.ANSWER else self.said_at


def owed(idea_ids: Iterable[int]) -> list[Owed]:
    """The facts of these ideas, in one statement."""
    top = select(Place.id).where(Place.kind == PlaceKind.ORGANISATION).scalar_subquery()
    query = (
        select(
            Idea.id, Idea.stage, Idea.hidden_at, Idea.said_at, Idea.barrier, Idea.audience, Idea.site_id,
            Idea.employer_id, Idea.names, Idea.author_id, Idea.source_ref, Place.path,
            Promotion.at.label("promoted_at"),
            _newest(Return.at, Return.idea_id).label("returned_at"),
            _newest(Story.at, Story.idea_id, Story.kind == StoryKind.HANDED_BACK).label("handed_back_at"),
            _any(Reply.id, Reply.idea_id).label("replied"),
            _any(Decision.id, Decision.idea_id, Decision.undone_at.is_(None)).label("decided"),
            Question.at.label("asked_at"), Question.reply_by, Question.answered_at,
        )
        .join(Place, Place.id == func.coalesce(Idea.site_id, Idea.employer_id, top))
        .outerjoin(Promotion, Promotion.idea_id == Idea.id)
        .outerjoin(Question, and_(Question.idea_id == Idea.id, Question.undone_at.is_(None)))
        .where(Idea.id.in_(list(idea_ids)))
        .order_by(Idea.id)
    )  # fmt: skip
    return [_owed(row) for row in db.session.execute(query)]


def rows_of(idea_ids: Iterable[int]) -> dict[tuple[int, Duty], list[Assignment]]:
    """Every assignment that these ideas have or had, the newest last."""
    query = select(Assignment).where(Assignment.idea_id.in_(list(idea_ids))).order_by(Assignment.id)
    found: dict[tuple[int, Duty], list[Assignment]] = {}
    for row in db.session.scalars(query.execution_options(populate_existing=True)):
        found.setdefault((row.idea_id, row.duty), []).append(row)
    return found


def chart() -> Chart:
    """Everybody who can answer something, and the programme's table: two statements."""
    node, stands = aliased(Place), aliased(Place)
    query = (
        select(Grant.person_id, Grant.role, Grant.delegation_id, node.path.label("held_path"), stands.path,
               Person.site_id, Person.employer_id, Person.manager_id)
        .join(Person, Person.id == Grant.person_id)
        .join(node, node.id == Grant.place_id)
        .join(stands, stands.id == Person.place_id)
        .where(Grant.role.in_(ROLES), Grant.revoked_at.is_(None), Person.deactivated_at.is_(None))
        .order_by(Grant.person_id, Grant.id)
    )  # fmt: skip
    held, people = [], {}
    for row in db.session.execute(query):
        held.append(Held(row.person_id, row.role, row.held_path, row.delegation_id is None))
        people[row.person_id] = Stands(row.path, row.site_id, row.employer_id, row.manager_id)
    return Chart(held, people, _named())


def names_of(person_ids: Iterable[int]) -> Mapping[int, str]:
    """Id → name."""
    query = select(Person.id, Person.name).where(Person.id.in_(list(person_ids)))
    return {row.id: row.name for row in db.session.execute(query)}


def _named() -> Sequence[Named]:
    query = (
        select(Answerer.duty, Place.path, Answerer.barrier, Answerer.person_id)
        .join(Place, Place.id == Answerer.place_id)
        .order_by(Answerer.id)
    )
    return [
        Named(row.duty, row.path, Barrier(row.barrier) if row.barrier else None, row.person_id)
        for row in db.session.execute(query)
    ]


def _owed(row: Any) -> Owed:
    begins = [at for at in (row.promoted_at, row.returned_at, row.handed_back_at) if at is not None]
    asked = Asked(
        row.path, row.barrier, row.audience, row.site_id, row.employer_id,
        row.author_id if row.names is Names.SHOWN else None,
    )  # fmt: skip
    pause = Pause(row.asked_at, row.reply_by, row.answered_at) if row.asked_at is not None else None
    return Owed(
        row.id, row.stage, row.hidden_at is not None, row.said_at,
        max(begins) if row.promoted_at is not None else None,
        bool(row.replied or row.decided or pause is not None), is_brought_along(row.source_ref), pause, asked,
    )  # fmt: skip


def _newest(column: Any, idea_id: Any, *more: Any) -> Any:
    return select(func.max(column)).where(idea_id == Idea.id, *more).correlate(Idea).scalar_subquery()


def _any(column: Any, idea_id: Any, *more: Any) -> Any:
    return select(column).where(idea_id == Idea.id, *more).correlate(Idea).exists()
