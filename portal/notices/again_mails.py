"""Telling those who must answer again: what they did is back, or enough people ask again after their no."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from portal.commitments.models import Commitment
from portal.commitments.relapse_models import Relapse, RelapseReport
from portal.commitments.relapse_service import TOLD as BACK
from portal.db import db, writing
from portal.ideas.models import Idea
from portal.notices.moments import Moment
from portal.notices.service import notify
from portal.outbox.service import Claimed
from portal.people.models import Person
from portal.triage.again_models import Return
from portal.triage.again_rules import Because
from portal.triage.again_service import TOLD as ASKED_AGAIN
from portal.triage.models import Decision
from portal.web.dates import day_words


def tell_it_is_back(message: Claimed, now: datetime) -> None:
    """Tell the owner of a promise that what it did is back; where the owner is gone, whoever promised it."""
    query = (
        select(Commitment.id, Commitment.sentence, Commitment.owner_id, Commitment.sponsor_id)
        .join(Relapse, Relapse.commitment_id == Commitment.id)
        .where(Relapse.id == message.payload["relapse"])
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return
    said = RelapseReport.relapse_id == message.payload["relapse"]
    first = select(RelapseReport.day, RelapseReport.words).where(said).order_by(RelapseReport.id).limit(1)
    met = db.session.execute(first).one_or_none()
    lines = [row.sentence]
    if met is not None:
        lines += [f"First met again on {day_words(met.day)}.", met.words]
    lines.append("Mark it done again once it is fixed, or say in public why it is not back.")
    who = row.owner_id if _works_here(row.owner_id) else row.sponsor_id
    title = "It is back: a promise of yours is open again."
    _tell(who, title, lines, f"/commitments/{row.id}#back", message, now)


def tell_asked_again(message: Claimed, now: datetime) -> None:
    """Tell whoever said no that the idea is back, and why."""
    query = (
        select(Return.voices, Return.teams, Return.because, Return.fact, Idea.id, Idea.title, Decision.by_id)
        .join(Idea, Idea.id == Return.idea_id)
        .join(Decision, Decision.id == Return.decision_id)
        .where(Return.id == message.payload["return"])
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return
    why = {
        Because.VOICES: f"{row.voices} people from {row.teams} teams ask again.",
        Because.FACT: f"What has changed since: {row.fact}",
        Because.DATE: "You said that you would look at it again today.",
    }[row.because]
    lines = [f"Number {row.id}: {row.title}", why]
    asked = row.because is Because.VOICES
    title = "They ask again: an idea you declined is back." if asked else "An idea you declined is back."
    _tell(row.by_id, title, lines, f"/triage?idea={row.id}", message, now)


def _works_here(person_id: int) -> bool:
    standing = Person.id == person_id, Person.deactivated_at.is_(None)
    return db.session.scalar(select(Person.id).where(*standing)) is not None


def _tell(who: int, title: str, lines: list[str], path: str, message: Claimed, now: datetime) -> None:
    words = "\n".join(line for line in lines if line)
    with writing():
        notify([who], Moment.DUTY, title=title, path=path, words=words, event_id=message.event_id, now=now)


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {BACK: tell_it_is_back, ASKED_AGAIN: tell_asked_again}
