"""What comes of shifts in the demo: debriefs, a broadcast and its answers, and representatives who carry something."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.db import db
from portal.demo import looking
from portal.demo.lives import Life
from portal.demo.people import Crowd
from portal.demo.stories_frontline import ANSWERS, CARRIED, GIVEN, ROTATIONS, TOLD, TOLD_BY, Surprise, Visit
from portal.frontline import broadcasts, debriefs, insights, representatives
from portal.frontline.broadcast_models import Broadcast
from portal.frontline.broadcast_rules import UNHEARD, NewBroadcast
from portal.frontline.debrief_models import Debrief, Insight
from portal.frontline.insights import Becoming
from portal.frontline.representative_models import Rotation
from portal.frontline.representative_queries import turn_of
from portal.frontline.words import Acknowledged, DebriefQuestion, InsightKind, LinkedAction
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer
from portal.swarm import looks_service, merging
from portal.swarm.looks_service import Impression
from portal.swarm.models import Via
from portal.swarm.rules import VoteKind, WantedVote
from portal.swarm.service import Voter, cast_vote

if TYPE_CHECKING:
    from portal.demo.load import Calendar

ANSWERED_BY, SEEN_BY = 160, 18  # people
ANSWERS_WITHOUT_WORDS = (Acknowledged.READ, Acknowledged.READ, Acknowledged.SAME_HERE, Acknowledged.NOT_WHAT_I_SEE)
NEXT_DAY = timedelta(hours=26)


def plan(lives: Mapping[str, Life], crowd: Crowd, calendar: "Calendar", *, rng: random.Random, now: datetime) -> None:
    """Representatives; what follows from a debrief is planned when it is written."""
    for key, weeks, days_ago in ROTATIONS:
        calendar.add(now - timedelta(days=days_ago), partial(_start, crowd, key, weeks))
    key, story, days_ago, words = CARRIED
    calendar.add(now - timedelta(days=days_ago), partial(_carry, crowd, key, lives[story], words))
    given_by = crowd.teams["durban-collections"][1]
    calendar.add(now - timedelta(days=5), partial(_give, crowd, given_by, lives))
    calendar.add(now - timedelta(days=9), partial(_tell, crowd, calendar, rng))


def write_down(
    crowd: Crowd, calendar: "Calendar", visit: Visit, numbers: list[int], lives: Mapping[str, Life], at: datetime
) -> None:
    """The debrief, two hours after the shift."""
    executive = crowd.cast[visit.executive]
    debrief = debriefs.start(executive, numbers[0], now=at)
    for question, words in ((DebriefQuestion.EXPECTED, visit.expected), (DebriefQuestion.MADE_THEM, visit.made_them),
                            (DebriefQuestion.WILL_DO, visit.will_do)):  # fmt: skip
        if words:
            debriefs.answer(executive, debrief, question, words, now=at)
    for place, surprise in enumerate(visit.surprises, 1):
        made = _surprise(executive, debrief, surprise, place, at)
        if made is None or made.idea_id is None:
            continue
        if surprise.joins:
            calendar.add(at + NEXT_DAY, partial(_join, crowd, made.idea_id, lives[surprise.joins]))
        elif made.kind is InsightKind.IDEA:
            _plan_votes(crowd, calendar, made.idea_id, at, rng=random.Random(f"{visit.executive}:{place}"))
    debriefs.finish(executive, debrief, now=at + timedelta(minutes=9))
    calendar.add(at + NEXT_DAY, partial(_credit, crowd.cast[visit.buddy], debrief.id, visit.credit))


def _surprise(executive: Viewer, debrief: Debrief, surprise: Surprise, place: int, at: datetime) -> Insight | None:
    """What is only a note becomes one when the debrief is finished."""
    saved = debriefs.answer(executive, debrief, DebriefQuestion.SURPRISED, surprise.words, place=place, now=at)
    kind = InsightKind(surprise.becomes)
    if kind is InsightKind.NOTE:
        return None
    due_on = (at + timedelta(days=surprise.due_in_days)).date() if surprise.promise else None
    becoming = Becoming(promise=surprise.promise, due_on=due_on)
    return debriefs.turn_into(executive, saved, kind, becoming, now=at + timedelta(minutes=2 * place))


def _plan_votes(crowd: Crowd, calendar: "Calendar", number: int, at: datetime, *, rng: random.Random) -> None:
    """Colleagues come across it in the days after; about half of those who say something meet it too."""
    everybody = [person for team in sorted(crowd.teams) for person in crowd.teams[team]]
    for person in rng.sample(everybody, SEEN_BY):
        page, says = rng.randrange(looking.PAGES), rng.random()
        kind = None if says < 0.4 else VoteKind.SUPPORT if says < 0.7 else VoteKind.PASS
        moment = at + timedelta(hours=rng.uniform(2, 150))
        calendar.add(moment, partial(_look, number, person, page, kind))


def _look(number: int, person: Viewer, page: int, kind: VoteKind | None, at: datetime) -> None:
    assert person.team_id is not None and person.site_id is not None
    looks_service.record([Impression(number, person.id, person.team_id, person.site_id, 1, page)], now=at)
    if kind is not None:
        cast_vote(Voter.of(person), number, WantedVote(kind), via=Via.FEED, now=at)


def _join(crowd: Crowd, number: int, life: Life, at: datetime) -> None:
    """Somebody had said it before."""
    idea = db.session.get_one(Idea, number, populate_existing=True)
    merging.merge(crowd.cast["hannah"], idea, life.number, reason="It is the same rule.", now=at)


def _credit(buddy: Viewer, debrief_id: int, wanted: bool, at: datetime) -> None:
    standing = Insight.debrief_id == debrief_id, Insight.buddy_id == buddy.id, Insight.withdrawn_at.is_(None)
    for insight in db.session.scalars(select(Insight).where(*standing).order_by(Insight.id)).all():
        insights.answer_credit(buddy, insight, wanted=wanted, now=at)


def _tell(crowd: Crowd, calendar: "Calendar", rng: random.Random, at: datetime) -> None:
    """To everybody, about the idea that came of the shift; answered over the days since."""
    writer = crowd.cast[TOLD_BY]
    debrief = db.session.scalars(select(Debrief).where(Debrief.person_id == writer.id)).one()
    idea = select(Insight.idea_id).where(Insight.debrief_id == debrief.id, Insight.kind == InsightKind.IDEA)
    new = NewBroadcast(*TOLD, place_id=crowd.places["harbour"].id, action=LinkedAction.IDEA,
                       idea_id=db.session.scalars(idea).one(), debrief_id=debrief.id)  # fmt: skip
    made = broadcasts.draft(writer, new, now=at)
    broadcasts.confirm(writer, made, now=at + timedelta(minutes=4))
    calendar.add(at + timedelta(minutes=4) + UNHEARD, partial(_heard, made.id))
    everybody = [person for team in sorted(crowd.teams) for person in crowd.teams[team]]
    people = rng.sample(everybody, ANSWERED_BY)
    said = [(Acknowledged(kind), words) for kind, words in ANSWERS]
    said += [(rng.choice(ANSWERS_WITHOUT_WORDS), "") for _ in people[len(said) :]]
    for person, (kind, words) in zip(people, said, strict=True):
        calendar.add(at + timedelta(hours=rng.uniform(1, 180)), partial(_answer, made.id, person, kind, words))


def _heard(number: int, at: datetime) -> None:
    broadcasts.begin_telling(number, now=at)


def _answer(number: int, person: Viewer, kind: Acknowledged, words: str, at: datetime) -> None:
    told = db.session.get_one(Broadcast, number, populate_existing=True)
    broadcasts.acknowledge(person, told, kind, words, now=at)


def _start(crowd: Crowd, key: str, weeks: int, at: datetime) -> None:
    representatives.start_rotation(crowd.cast["hannah"], crowd.places[key].id, weeks, at.date(), now=at)


def _carry(crowd: Crowd, key: str, life: Life, words: str, at: datetime) -> None:
    """Whoever has the turn says yes to it, and carries it if it still has not got there by itself."""
    turn = turn_of(crowd.places[key].id, at.date())
    assert turn is not None
    speaker = viewer_of(turn.person_id)
    assert speaker is not None
    representatives.take(speaker, turn, now=at)
    representatives.carry(speaker, turn, idea_for(speaker, life.number), words, now=at)


def _give(crowd: Crowd, by: Viewer, lives: Mapping[str, Life], at: datetime) -> None:
    key, story, words = GIVEN
    rotation = db.session.scalars(select(Rotation).where(Rotation.place_id == crowd.places[key].id)).one()
    representatives.give(by, rotation, idea_for(by, lives[story].number), words, now=at)
