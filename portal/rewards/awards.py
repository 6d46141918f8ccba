"""Writing what people are owed: once for an event, within the caps. Callers hold the ledger's lock (`lock_chain`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ledger.postings import MEMO_CHARS_MAX, tidy_memo
from portal.rewards.models import Award, Reversal
from portal.rewards.rules import Due, Event, Share, denomination
from portal.rewards.settings_rules import RewardSettings
from portal.rewards.words import ReversalState

AGAIN = ":again:"
LIMITED = " As much as the limits allow."
_taken = aliased(Reversal)
TAKEN_BACK = exists().where(_taken.award_id == Award.id, _taken.state != ReversalState.REFUSED).correlate_except(_taken)


@dataclass(frozen=True)
class About:
    """What the awards of an event are for. subject: "idea:248"; sentence: the frozen words of the statement."""

    subject: str
    idea_number: int | None
    sentence: str


@dataclass
class _Room:
    """What the caps leave, for one idea and for each person. Read under the lock: nobody else writes awards now."""

    idea: int
    people: dict[int, int]
    most: int
    written: list[Award] = field(default_factory=list)

    def take(self, due: Due) -> int:
        left = self.people.get(due.person_id, self.most)
        points = max(min(due.points, self.idea, left), 0)
        points = denomination(points) if due.hidden else points
        self.idea -= points
        self.people[due.person_id] = left - points
        return points


def write(event: Event, dues: Sequence[Due], about: About, settings: RewardSettings, *, now: datetime) -> list[Award]:
    """The awards written now: not who has one for this already, and only as much as the caps leave."""
    standing, again = _earlier(event, about.subject)
    fresh = [due for due in dues if (due.person_id, due.share) not in standing]
    if not fresh:
        return []
    room = _room(about, fresh, settings, now)
    for due in fresh:
        if points := room.take(due):
            room.written.append(_award(event, due, points, about, again, settings, now))
    db.session.add_all(room.written)
    db.session.flush()
    return room.written


def family(event: Event | str, subject: str) -> ColumnElement[bool]:
    """The awards of an event on a subject, those given again after a reversal among them."""
    about = or_(Award.subject == subject, Award.subject.startswith(subject + AGAIN, autoescape=True))
    return and_(Award.event == Event(event).value, about)


def _award(
    event: Event, due: Due, points: int, about: About, again: Mapping[tuple[int, Share], int],
    settings: RewardSettings, now: datetime,
) -> Award:  # fmt: skip
    reversal = again.get((due.person_id, due.share))
    sentence = tidy_memo(about.sentence)
    if points < due.points:
        sentence = sentence[: MEMO_CHARS_MAX - len(LIMITED)] + LIMITED
    return Award(
        person_id=due.person_id, event=event.value, share=due.share, points=points, hidden=due.hidden,
        subject=about.subject if reversal is None else f"{about.subject}{AGAIN}{reversal}",
        idea_number=about.idea_number, sentence=sentence, policy_version=settings.version, created_at=now,
    )  # fmt: skip


def _earlier(event: Event, subject: str) -> tuple[set[tuple[int, Share]], dict[tuple[int, Share], int]]:
    """Who has an award that stands, and whose were taken back by the portal (→ the newest reversal).

    What somebody took back by hand is not earned again by the same outcome.
    """
    on = and_(Reversal.award_id == Award.id, Reversal.state != ReversalState.REFUSED)
    query = select(Award.person_id, Award.share, Reversal.id, Reversal.asked_by_id).outerjoin(Reversal, on)
    standing: set[tuple[int, Share]] = set()
    again: dict[tuple[int, Share], int] = {}
    for person_id, share, reversal_id, asked_by_id in db.session.execute(query.where(family(event, subject))):
        if reversal_id is None or asked_by_id is not None:
            standing.add((person_id, share))
        else:
            again[person_id, share] = max(reversal_id, again.get((person_id, share), 0))
    return standing, again


def _room(about: About, dues: Iterable[Due], settings: RewardSettings, now: datetime) -> _Room:
    people = {due.person_id for due in dues}
    year = datetime(now.astimezone(UTC).year, 1, 1, tzinfo=UTC)
    spent = select(Award.person_id, func.sum(Award.points)).where(~TAKEN_BACK).group_by(Award.person_id)
    rows = db.session.execute(spent.where(Award.person_id.in_(people), Award.created_at >= year))
    most = settings.cap_person_year
    left = {person_id: most - int(points) for person_id, points in rows}
    idea = settings.cap_idea
    if about.idea_number is not None:
        of_idea = select(func.sum(Award.points)).where(Award.idea_number == about.idea_number, ~TAKEN_BACK)
        idea -= int(db.session.scalar(of_idea) or 0)
    return _Room(idea, left, most)
