"""What follows in the demo: bulletins that people confirm, and checks on the floor with their answers.

Drawn with dice of its own, so that everything else stays as it is.
"""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from portal.commitments import floor_queries, floor_rules, floor_service
from portal.commitments.floor_models import FloorAsk
from portal.commitments.floor_rules import FloorAnswer
from portal.commitments.rules import day_in
from portal.commitments.scope import organisation_zone
from portal.db import db
from portal.ideas import bulletin_queries
from portal.ideas.bulletin_models import Bulletin, BulletinConfirmation
from portal.ideas.queries import idea_for
from portal.ideas.rule_record_models import RuleRecord
from portal.people.queries import DEMO_ROLES, demo_viewer, viewer_of
from portal.swarm import occurrence_service
from portal.swarm.occurrence_queries import today_of
from portal.swarm.occurrence_rules import NewOccurrence

if TYPE_CHECKING:
    from portal.demo.lives import Life
    from portal.demo.load import Calendar

DAYS = floor_rules.NEWEST_BEFORE
MET, MET_DAYS_AGO = "comfort-other", 40  # by whoever looks at the demo as frontline: it asks them, too
ANSWER, OLD_ENOUGH = 0.72, timedelta(days=floor_rules.APART_DAYS)
GIVEN = (FloorAnswer.YES,) * 17 + (FloorAnswer.PARTLY,) * 2 + (FloorAnswer.NO,)
SAFE_SHARE = 5  # never too many a no: what is open again in the demo is told elsewhere
READ, READ_NEWEST = (0.9, 0.98), (0.5, 0.7)  # shares of those who have confirmed a bulletin


def plan_checks(lives: Mapping[str, "Life"], calendar: "Calendar", *, seed: int, now: datetime) -> None:
    """What the worker does on each of the last days, and what people answer."""
    rng = random.Random(f"{seed}:floor")
    calendar.add(now - timedelta(days=MET_DAYS_AGO), partial(_meet, lives[MET]))
    for back in range(DAYS, -1, -1):
        calendar.add(now - timedelta(days=back, minutes=5), partial(_day, rng, now))


def _day(rng: random.Random, loaded: datetime, at: datetime) -> None:
    today, last = day_in(organisation_zone(), at), 0
    for row in floor_queries.running():
        tally = floor_queries.tally_of(row.id)
        if floor_rules.is_over(tally, people=row.people, closes=row.closes_on, today=today):
            floor_service.end(row.id, today=today, now=at)
    begun = [floor_service.begin(one, today=today, now=at) for one in floor_queries.due(today)]
    for wave in begun:
        last = 0
        while wave is not None and (following := floor_service.gather(wave, last)) is not None:
            last = following
    if begun or _waits():
        floor_service.ask_some(0, today=today, now=at, most=1000)
        db.session.flush()
        _answer(rng, today, looking=_looking() if loaded - at < OLD_ENOUGH else set())


def _meet(life: "Life", at: datetime) -> None:
    viewer, today = demo_viewer("frontline"), today_of(at)
    assert viewer is not None
    occurrence_service.note(viewer, idea_for(viewer, life.number), NewOccurrence(today), today=today, now=at)


def _waits() -> bool:
    return db.session.scalar(select(FloorAsk.id).where(FloorAsk.asked_on.is_(None)).limit(1)) is not None


def _looking() -> set[int]:
    """Whoever looks at the demo is asked something."""
    return {found.id for role in DEMO_ROLES if (found := demo_viewer(role)) is not None}


def _answer(rng: random.Random, today: object, *, looking: set[int]) -> None:
    """Most of those who are asked today answer at once, unless what was done has opened again meanwhile."""
    query = select(FloorAsk.person_id, FloorAsk.wave_id).where(FloorAsk.asked_on == today, FloorAsk.answered.is_(False))
    for row in db.session.execute(query.order_by(FloorAsk.wave_id, FloorAsk.person_id)).all():
        viewer = viewer_of(row.person_id)
        given, does = rng.choice(GIVEN), rng.random() < ANSWER
        tally = floor_queries.tally_of(row.wave_id)
        if given is FloorAnswer.NO and (tally.no + 1) * SAFE_SHARE > tally.answers:
            given = FloorAnswer.PARTLY
        if viewer is not None and does and row.person_id not in looking:
            floor_service.answer(viewer, row.wave_id, given)


def confirm_bulletins(*, seed: int, now: datetime) -> None:
    """Nearly everybody has read what was told long ago, and about half what was told last."""
    rng, looking = random.Random(f"{seed}:bulletins"), _looking()
    query = select(Bulletin, RuleRecord).join(RuleRecord, RuleRecord.id == Bulletin.rule_id)
    found = db.session.execute(query.where(Bulletin.superseded_at.is_(None)).order_by(Bulletin.at.desc())).all()
    for place, (told, rule) in enumerate(found):
        share = rng.uniform(*(READ if place else READ_NEWEST))
        people = bulletin_queries.people_behind(told, rule, 0, most=1000)
        read = [one for one in people if rng.random() < share or (place and one in looking)]
        rows = [
            {"bulletin_id": told.id, "person_id": one, "at": min(now, told.at + _soon(rng))}
            for one in read
            if place or one not in looking
        ]
        if rows:
            db.session.execute(insert(BulletinConfirmation), rows)


def _soon(rng: random.Random) -> timedelta:
    return timedelta(hours=rng.expovariate(1 / 30))
