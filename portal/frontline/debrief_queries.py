"""Reading one's own debrief: what was answered, and what each answer became."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.frontline import insight_queries
from portal.frontline.debrief_models import Debrief, DebriefAnswer, Insight
from portal.frontline.debrief_rules import SeatFacts, writing_refusal
from portal.frontline.insight_queries import InsightLine
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import BuddyState, DebriefQuestion
from portal.keys import KEY_MAX
from portal.people.models import Person, Place
from portal.people.viewer import Viewer

ORDER = tuple(DebriefQuestion)


@dataclass(frozen=True)
class AnswerLine:
    """A saved answer, and what it became."""

    question: DebriefQuestion
    place: int
    words: str
    saved_at: datetime
    insight: InsightLine | None


@dataclass(frozen=True)
class DebriefPage:
    """The debrief of the viewer's seat. started_at None: nothing is saved yet. slot, debrief:
    numbers."""

    slot: int
    debrief: int | None
    site: str
    queue: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    buddy: str | None
    started_at: datetime | None
    finished_at: datetime | None
    answers: Sequence[AnswerLine]

    def at(self, question: DebriefQuestion, place: int) -> AnswerLine | None:
        """The answer at one place."""
        return next((one for one in self.answers if (one.question, one.place) == (question, place)), None)

    def of(self, question: DebriefQuestion) -> list[AnswerLine]:
        """Every answer to one question."""
        return [one for one in self.answers if one.question is question]

    def next_place(self, question: DebriefQuestion) -> int:
        """Where another answer to the question goes."""
        return max((one.place for one in self.of(question)), default=0) + 1


def debrief_page(viewer: Viewer, slot_number: int, *, now: datetime) -> DebriefPage:
    """The viewer's own debrief. Raises Missing where they never had a seat, and the refusals of `writing_refusal`."""
    host = aliased(Person)
    columns = (
        SignUp.state, SignUp.attendance, SignUp.starts_at, Slot.ends_at, Slot.queue, Slot.zone, Slot.buddy_state,
        Place.name.label("site"), host.name.label("host"), Debrief.id, Debrief.started_at, Debrief.finished_at,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Slot, Slot.id == SignUp.slot_id)
        .join(Place, Place.id == Slot.site_id)
        .outerjoin(host, host.id == Slot.buddy_id)
        .outerjoin(Debrief, Debrief.sign_up_id == SignUp.id)
        .where(SignUp.slot_id == slot_number, SignUp.person_id == viewer.id)
    )
    row = db.session.execute(query).one_or_none() if 0 < slot_number <= KEY_MAX else None
    if row is None:
        raise Missing("shift")
    if refused := writing_refusal(SeatFacts(row.state, row.attendance, row.starts_at), now=now):
        raise refused.as_error()
    return DebriefPage(
        slot=slot_number, debrief=row.id, site=row.site, queue=row.queue, starts_at=row.starts_at,
        ends_at=row.ends_at, zone=row.zone,
        buddy=row.host if row.buddy_state is BuddyState.AGREED else None, started_at=row.started_at,
        finished_at=row.finished_at, answers=_answers(viewer, row.id) if row.id is not None else [],
    )  # fmt: skip


def _answers(viewer: Viewer, debrief_id: int) -> list[AnswerLine]:
    became = {line.number: line for line in insight_queries.of_debrief(viewer, debrief_id)}
    query = select(DebriefAnswer, Insight.id).outerjoin(Insight, Insight.answer_id == DebriefAnswer.id)
    rows = db.session.execute(query.where(DebriefAnswer.debrief_id == debrief_id)).all()
    lines = [
        AnswerLine(answer.question, answer.place, answer.words, answer.saved_at, became.get(number))
        for answer, number in rows
    ]
    return sorted(lines, key=lambda one: (ORDER.index(one.question), one.place))
