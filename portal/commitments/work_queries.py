"""What is open on one promise beside its state: lines, a decision waited for, help, and what this viewer has done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, exists, literal, select

from portal.commitments.models import Commitment
from portal.commitments.rules import FROM, Verb
from portal.commitments.work_models import DecisionNeed, HelpAsk, HelpCall, Nudge, WorkStep
from portal.commitments.work_rules import week_of
from portal.db import db
from portal.ideas.models import Idea
from portal.people.models import Person
from portal.people.viewer import Viewer


@dataclass(frozen=True)
class Step:
    """One line of the checklist."""

    id: int
    words: str
    done_at: datetime | None


@dataclass(frozen=True)
class Work:
    """What is open on a promise. asked_me: this viewer was asked to help and has not said. nudged: they have, this
    week. helpers: who joined in, the first one first; who was asked is nobody's business.
    """

    steps: Sequence[Step]
    need: Row | None  # by_id, by, at, words
    call: Row | None  # by_id, by, at, words
    helpers: Sequence[str]
    asked_me: bool
    nudged: bool


def work_on(viewer: Viewer, number: int, *, today: date) -> Work:
    """Four statements, whatever has happened. number: of a promise that the viewer may read."""
    lines = select(WorkStep.id, WorkStep.words, WorkStep.done_at).where(WorkStep.commitment_id == number)
    week = week_of(today)
    mine = exists().where(Nudge.commitment_id == number, Nudge.person_id == viewer.id, Nudge.week == week)
    asked = exists().where(
        HelpCall.commitment_id == number, HelpCall.closed_at.is_(None), HelpAsk.call_id == HelpCall.id,
        HelpAsk.person_id == viewer.id, HelpAsk.joined.is_(None),
    )  # fmt: skip
    me = db.session.execute(select(mine.label("nudged"), asked.label("asked"))).one()
    opened = {row.what: row for row in db.session.execute(_open(number))}
    return Work(
        steps=[Step(*row) for row in db.session.execute(lines.order_by(WorkStep.place))],
        need=opened.get("need"), call=opened.get("call"), helpers=_helpers(number),
        asked_me=me.asked, nudged=me.nudged,
    )  # fmt: skip


def decisions_waited_for(viewer: Viewer) -> Sequence[Row]:
    """(promise's id, sentence, owner, words, at) of what this viewer is asked to decide, the longest waiting first."""
    query = (
        select(Commitment.id, Commitment.sentence, Person.name.label("owner"), DecisionNeed.words, DecisionNeed.at)
        .join(Commitment, Commitment.id == DecisionNeed.commitment_id)
        .join(Idea, Idea.id == Commitment.idea_id)
        .join(Person, Person.id == Commitment.owner_id)
        .where(DecisionNeed.answered_at.is_(None), Commitment.sponsor_id == viewer.id,
               Commitment.owner_id != viewer.id, Commitment.state.in_(FROM[Verb.DECIDE]))
        .order_by(DecisionNeed.at, DecisionNeed.id)
        .limit(20)
    )  # fmt: skip
    return db.session.execute(query).all()


def _open(number: int) -> Any:
    """The decision that is waited for and the call that stands, in one statement."""
    parts = []
    for what, model, done in (("need", DecisionNeed, DecisionNeed.answered_at), ("call", HelpCall, HelpCall.closed_at)):
        columns = model.by_id, Person.name.label("by"), model.at, model.words
        part = select(literal(what).label("what"), *columns).join(Person, Person.id == model.by_id)
        parts.append(part.where(model.commitment_id == number, done.is_(None)))
    return parts[0].union_all(parts[1])


def _helpers(number: int) -> Sequence[str]:
    joined = and_(HelpAsk.call_id == HelpCall.id, HelpAsk.joined.is_(True))
    query = (
        select(Person.name)
        .join(HelpAsk, HelpAsk.person_id == Person.id)
        .join(HelpCall, joined)
        .where(HelpCall.commitment_id == number)
        .order_by(HelpAsk.answered_at, HelpAsk.id)
    )
    return list(dict.fromkeys(db.session.scalars(query)))
