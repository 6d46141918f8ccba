"""What happened in some weeks, as narrow rows: the ground of every figure of the programme page.

Only ideas that everybody may read are counted: figures are the same for everybody, and what is meant for one site or
employer does not show in them. Every query reads a range of days by an index, however long the history is.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, literal, or_, select, union_all

from portal.commitments.models import Commitment, CommitmentState
from portal.home.programme_words import WEEKS_TOLD
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Stage
from portal.people.models import Person
from portal.triage.models import Decision, Question, Reply, ReplyKind

TOLD_WITHIN = timedelta(weeks=WEEKS_TOLD)
COUNTED = (
    Idea.audience == Audience.ORGANISATION,
    Idea.hidden_at.is_(None),
    Idea.stage.not_in((Stage.WITHDRAWN, Stage.MERGED)),  # what has joined another idea is answered there
)
WAITING = Idea.stage.in_((Stage.OPEN, Stage.PROMOTED))
PLACE = (Idea.site_id, Idea.employer_id, Idea.barrier)
TELLS = (ReplyKind.ANSWERED, ReplyKind.FIXED_HERE)


def told_of(start: datetime, end: datetime) -> Select:
    """Ideas whose four weeks were over in a range of time: (id, said_at, place …, replied_at, decided_at).

    The last two say when somebody first told what becomes of it; NULL for not yet.
    """
    said = Idea.said_at >= start - TOLD_WITHIN, Idea.said_at < end - TOLD_WITHIN
    replied = select(func.min(Reply.at)).where(Reply.idea_id == Idea.id, Reply.kind.in_(TELLS))
    decided = select(func.min(Decision.at)).where(Decision.idea_id == Idea.id, Decision.undone_at.is_(None))
    told = replied.scalar_subquery().label("replied_at"), decided.scalar_subquery().label("decided_at")
    return select(Idea.id, Idea.said_at, *PLACE, *told).where(*COUNTED, *said)


def told_in_time(row: Any) -> datetime | None:
    """When somebody told what becomes of it, within the four weeks; else None. row: of `told_of`."""
    told = [moment for moment in (row.replied_at, row.decided_at) if moment is not None]
    first = min(told, default=None)
    return first if first is not None and first <= row.said_at + TOLD_WITHIN else None


def first_replies(start: datetime, end: datetime, *, at: int | None = None) -> Select:
    """Ideas whose first human reply came in a range of time: (id, said_at, place …, at, department).

    at: only those to which somebody replied who stands at this place.
    """
    first = _first_replies_of(_touched(start, end))
    by = select(Person.place_id).where(Person.id == first.c.by_id).scalar_subquery()
    within = first.c.at >= start, first.c.at < end
    columns = select(Idea.id, Idea.said_at, *PLACE, first.c.at.label("at"), by.label("department"))
    found = columns.join(first, first.c.idea_id == Idea.id).where(*COUNTED, *within)
    return found if at is None else found.where(by == at)


def promises_due(first: date, last: date, today: date) -> Select:
    """Promises whose day came, from a first to a last day: (id, place …, kept, department).

    One that waits for a second pair of eyes is not counted yet; neither is one that was handed back.
    """
    came = or_(Commitment.due_on < today, Commitment.kept_late.is_not(None))
    counted = or_(Commitment.kept_late.is_not(None), Commitment.state != CommitmentState.DELIVERED)
    kept = Commitment.kept_late.is_(False)
    owner = select(Person.place_id).where(Person.id == Commitment.owner_id).scalar_subquery()
    return (
        select(Commitment.id, Commitment.due_on, *PLACE, kept.label("kept"), owner.label("department"))
        .join(Idea, Idea.id == Commitment.idea_id)
        .where(
            *COUNTED, Commitment.due_on.between(first, min(last, today)), came, counted,
            Commitment.state != CommitmentState.HANDED_BACK,
        )
    )  # fmt: skip


def silent(since: datetime, until: dict[int | None, datetime]) -> ColumnElement[bool]:
    """The condition on `Idea` for what nobody has replied to. until: site (None: no site) → said before this moment."""
    long_ago = or_(*(and_(_of_site(site), Idea.said_at < moment) for site, moment in until.items()))
    said = Idea.said_at >= since, Idea.said_at < max(until.values())
    return and_(*COUNTED, WAITING, *said, long_ago, ~replied_to())


def replied_to() -> ColumnElement[bool]:
    """The condition on `Idea` for what a named person has replied to, decided or asked back."""
    return or_(
        exists().where(Reply.idea_id == Idea.id),
        exists().where(Decision.idea_id == Idea.id, Decision.undone_at.is_(None)),
        exists().where(Question.idea_id == Idea.id, Question.undone_at.is_(None)),
    )


def _of_site(site: int | None) -> ColumnElement[bool]:
    return Idea.site_id.is_(None) if site is None else Idea.site_id == site


def _touched(start: datetime, end: datetime) -> Any:
    """Ideas to which somebody said something in a range of time."""
    parts = (
        select(Reply.idea_id.label("idea_id")).where(Reply.at >= start, Reply.at < end),
        select(Decision.idea_id).where(Decision.at >= start, Decision.at < end),
        select(Question.idea_id).where(Question.at >= start, Question.at < end),
    )
    return select(union_all(*parts).subquery().c.idea_id)


def _first_replies_of(ideas: Any) -> Subquery:
    """(idea_id, at, by_id) of the first human reply to each; of two at one moment the one that was sent first."""
    parts = (
        select(Reply.idea_id, Reply.at, Reply.by_id, literal(0).label("kind"), Reply.id).where(
            Reply.idea_id.in_(ideas)
        ),
        select(Decision.idea_id, Decision.at, Decision.by_id, literal(1), Decision.id).where(
            Decision.idea_id.in_(ideas), Decision.undone_at.is_(None)
        ),
        select(Question.idea_id, Question.at, Question.by_id, literal(2), Question.id).where(
            Question.idea_id.in_(ideas), Question.undone_at.is_(None)
        ),
    )
    events = union_all(*parts).subquery()
    order = func.row_number().over(partition_by=events.c.idea_id, order_by=(events.c.at, events.c.kind, events.c.id))
    ranked = select(events.c.idea_id, events.c.at, events.c.by_id, order.label("place")).subquery()
    return select(ranked.c.idea_id, ranked.c.at, ranked.c.by_id).where(ranked.c.place == 1).subquery()
