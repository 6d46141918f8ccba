"""What became of what somebody said, and of what they backed. Nobody else sees these lists."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, CommitmentState, Delivery
from portal.commitments.scope import organisation_zone
from portal.db import db
from portal.home import storytelling
from portal.home.arc import Promised, Seen, arc, late_words
from portal.home.cards import CHIPS
from portal.home.storytelling import Entry, Step
from portal.ideas.models import Idea, Story
from portal.ideas.queries import visible_to
from portal.ideas.story import NOT_TOLD
from portal.ideas.words import Stage, StoryKind
from portal.people.models import Person
from portal.people.viewer import Viewer
from portal.swarm.models import Vote
from portal.swarm.rules import VoteKind
from portal.triage.clock import Duty
from portal.triage.clock_queries import Clock, clocks_of
from portal.web.dates import day_words, local_day, weekday_words
from portal.web.paging import cut, decode_cursor

PAGE = 10
BACKS = (VoteKind.SUPPORT, VoteKind.STRONG)
HARDLY_AN_OUTCOME = (StoryKind.HIDDEN, StoryKind.RESTORED)  # told beside the idea itself


@dataclass(frozen=True)
class Owed:
    """What comes next: who owes it and by when, in words. late: that day has passed."""

    words: str
    who: str
    due_on: date | None
    late: bool = False


@dataclass(frozen=True)
class MyIdea:
    """One idea with what became of it. names: how the author's name is treated; arc is empty for what one backed."""

    number: int
    title: str
    stage: Stage
    chip: tuple[str, str, str] | None
    said_at: datetime
    names: str
    hidden: bool
    joined: int | None
    steps: Sequence[Step]
    outcome: Entry | None
    owed: Owed | None


def said_page(
    viewer: Viewer, *, now: datetime, limit: int = PAGE, cursor: str | None = None
) -> tuple[list[MyIdea], str | None]:
    """What the viewer said with a stored name, hidden or shown, the newest first. Six queries, however many there are.

    What was sent without keeping a name belongs to nobody, and is not here. Raises Invalid `bad_cursor`.
    """
    query = select(*_columns()).where(Idea.author_id == viewer.id)
    return _page(viewer, query, now, limit, cursor, arcs=True)


def backed_page(
    viewer: Viewer, *, now: datetime, limit: int = PAGE, cursor: str | None = None
) -> tuple[list[MyIdea], str | None]:
    """What the viewer backs and may still read, the newest first."""
    mine = Vote.person_id == viewer.id, Vote.kind.in_(BACKS), Vote.revoked_at.is_(None)
    query = select(*_columns()).join(Vote, Vote.idea_id == Idea.id).where(*mine, visible_to(viewer))
    return _page(viewer, query, now, limit, cursor, arcs=False)


def _columns() -> tuple[Any, ...]:
    return (Idea.id, Idea.title, Idea.stage, Idea.said_at, Idea.names, Idea.hidden_at, Idea.merged_into_id)


def _page(
    viewer: Viewer, query: Select, now: datetime, limit: int, cursor: str | None, *, arcs: bool
) -> tuple[list[MyIdea], str | None]:
    if after := decode_cursor(cursor, int):
        query = query.where(Idea.id < after[0])
    rows = db.session.execute(query.order_by(Idea.id.desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: (row.id,))
    numbers = [row.id for row in page]
    steps, promises, today = _steps(numbers), _promises(numbers), local_day(now, viewer.timezone)
    due_today = local_day(now, organisation_zone()) if promises else today
    waiting = [row.id for row in page if row.stage in (Stage.OPEN, Stage.PROMOTED)]
    clocks = clocks_of(waiting, now=now) if waiting else {}
    made = []
    for row in page:
        owing = clocks.get(row.id)
        answer = owing.due_on if owing and owing.what is Duty.ANSWER else None
        seen = Seen(today, viewer.timezone, answer)
        made.append(_made(row, steps[row.id], promises.get(row.id), owing, seen, due_today, arcs=arcs))
    return made, following


def _steps(numbers: Sequence[int]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in db.session.execute(storytelling.story_query().where(Story.idea_id.in_(numbers))) if numbers else ():
        found[row.idea_id].append(row)
    return found


def _promises(numbers: Sequence[int]) -> Mapping[int, Row]:
    """The promise that stands for each idea."""
    if not numbers:
        return {}
    owner = aliased(Person)
    live = select(Delivery.live_from).where(Delivery.commitment_id == Commitment.id).order_by(Delivery.id.desc())
    query = select(
        Commitment.idea_id, Commitment.id, Commitment.state, Commitment.due_on, Commitment.metric_id,
        owner.name.label("owner"), live.limit(1).scalar_subquery().label("live_from"),
    ).join(owner, owner.id == Commitment.owner_id)  # fmt: skip
    standing = Commitment.idea_id.in_(numbers), Commitment.state != CommitmentState.HANDED_BACK
    return {row.idea_id: row for row in db.session.execute(query.where(*standing))}


def _made(
    row: Row, steps: Sequence[Row], promise: Row | None, owing: Clock | None, seen: Seen, due_today: date, *, arcs: bool
) -> MyIdea:
    moments = storytelling.standing(steps)
    outcome = next((step for step in steps if _is_outcome(step)), None)
    said = storytelling.entry_of(outcome, zone=seen.zone, today=seen.today) if outcome else None
    late_by = _late_by(promise, due_today)
    promised = _promised(promise, late_by, seen)
    return MyIdea(
        number=row.id, title=row.title, stage=row.stage, chip=CHIPS.get(row.stage), said_at=row.said_at,
        names=row.names.value, hidden=row.hidden_at is not None, joined=row.merged_into_id,
        steps=arc(row, moments, promised, seen) if arcs else [], outcome=said,
        owed=owed(row.stage, owing, promise, late_by, seen),
    )  # fmt: skip


def _is_outcome(step: Row) -> bool:
    if step.undone_at is not None or step.kind.after_deciding:
        return False
    return step.kind not in NOT_TOLD and step.kind not in HARDLY_AN_OUTCOME


def _promised(promise: Row | None, late_by: int, seen: Seen) -> Promised | None:
    if promise is None:
        return None
    due = day_words(promise.due_on, today=seen.today)
    return Promised(promise.owner, due, late_words(late_by), measured=promise.metric_id is not None)


def _late_by(promise: Row | None, today: date) -> int:
    if promise is None:
        return 0
    running = promise.state in (CommitmentState.OFFERED, CommitmentState.ACCEPTED)
    return ((today if running else promise.live_from or today) - promise.due_on).days


def owed(stage: Stage, owing: Clock | None, promise: Any, late_by: int, seen: Seen) -> Owed | None:
    """Who owes the next step of an idea, and by when; None where nothing is owed any more, or only votes are."""
    if owing is not None:
        return _answer_owed(owing)
    if stage is Stage.PROMOTED:
        return Owed("An executive answers next.", "An executive", None)
    if stage is Stage.PROMISED and promise is not None:
        day, late = day_words(promise.due_on, today=seen.today), late_by > 0
        words = f"{promise.owner} promised it by {day}{f', {late_words(late_by)}' if late else ''}."
        return Owed(words, promise.owner, promise.due_on, late)
    if stage is Stage.DELIVERED:
        return Owed("A second person looks whether it is done.", "A second person", None)
    return None


def _answer_owed(owing: Clock) -> Owed:
    what = "an answer" if owing.what is Duty.ANSWER else "a first reply"
    who, day = owing.name or "An executive", weekday_words(owing.due_on)
    if owing.overdue:
        return Owed(f"{who} owed {what} by {day}.", who, owing.due_on, late=True)
    return Owed(f"{who} owes {what} by {day}.", who, owing.due_on)
