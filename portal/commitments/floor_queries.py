"""Reading checks on the floor: what begins and ends, what somebody is asked, and what came of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select, union

from portal.commitments import floor_rules as rules
from portal.commitments.floor_models import FloorAsk, FloorTally, FloorWave
from portal.commitments.floor_rules import FloorAnswer, Tally
from portal.commitments.models import Commitment, Delivery, DeliveryVerdict
from portal.commitments.rules import CommitmentState
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.people.group_rules import Group, Grouped, grouped
from portal.people.models import Place
from portal.people.viewer import Viewer
from portal.swarm.models import Vote
from portal.swarm.occurrence_models import Occurrence
from portal.swarm.rules import VoteKind

SUPPORT = (VoteKind.SUPPORT, VoteKind.STRONG)
WAITING_MAX = 20
OTHER_SITES = "Other sites"


@dataclass(frozen=True)
class Due:
    """A check that begins. key: under which it is begun once."""

    commitment_id: int
    delivery_id: int
    live_from: date
    days: int
    key: str


@dataclass(frozen=True)
class Asked:
    """What somebody is asked. number: of the check."""

    number: int
    days: int
    idea: int
    title: str
    commitment: int
    sentence: str
    live_from: date
    answered: bool = False
    over: bool = False


@dataclass(frozen=True)
class Result:
    """A check as everybody may see it. result: None while it runs."""

    number: int
    days: int
    began_on: date
    ended_on: date | None
    reopened: bool
    result: Grouped | None
    asked: int | None


def due(today: date) -> list[Due]:
    """The checks that begin today, or could not begin before."""
    found = db.session.execute(_confirmed(today)).all()
    waves = select(FloorWave.commitment_id, FloorWave.delivery_id, FloorWave.days)
    begun = db.session.execute(waves.where(FloorWave.commitment_id.in_([row.id for row in found]))).all()
    return [one for row in found if (one := _due(row, begun, today)) is not None]


def _confirmed(today: date) -> Select:
    """Kept promises that went live lately: (id, delivery_id, live_from) of the newest delivery of each."""
    theirs = select(func.max(Delivery.id)).where(Delivery.commitment_id == Commitment.id)
    newest = theirs.correlate(Commitment).scalar_subquery()
    oldest, latest = (today - timedelta(days=days) for days in (rules.NEWEST_BEFORE, rules.WAVES[0]))
    return (
        select(Commitment.id, Delivery.id.label("delivery_id"), Delivery.live_from)
        .join(Delivery, Delivery.commitment_id == Commitment.id)
        .join(DeliveryVerdict, DeliveryVerdict.delivery_id == Delivery.id)
        .join(Idea, Idea.id == Commitment.idea_id)
        .where(
            Delivery.live_from.between(oldest, latest), Delivery.id == newest, DeliveryVerdict.confirmed,
            Commitment.state == CommitmentState.CONFIRMED, Idea.hidden_at.is_(None),
        )
        .order_by(Commitment.id)
    )  # fmt: skip


def _due(row: Row, begun: Sequence[Row], today: date) -> Due | None:
    mine = [one for one in begun if one.commitment_id == row.id]
    days = rules.due_wave(row.live_from, today, [one.days for one in mine if one.delivery_id == row.delivery_id])
    if days is None:
        return None
    # What was back and was fixed is checked as the first time, under a name of its own.
    again = any(one.delivery_id != row.delivery_id for one in mine)
    key = f"floor:{row.id}:{days}:{row.delivery_id}" if again else f"floor:{row.id}:{days}"
    return Due(row.id, row.delivery_id, row.live_from, days, key)


def running() -> Sequence[Row]:
    """(id, closes_on, people) of every check that has not ended and knows whom it asks."""
    people = select(func.count(FloorAsk.id)).where(FloorAsk.wave_id == FloorWave.id).scalar_subquery()
    query = select(FloorWave.id, FloorWave.closes_on, people.label("people"))
    return db.session.execute(query.where(FloorWave.ended_at.is_(None), FloorWave.gathered)).all()


def involved(idea_id: int, after: int, *, most: int) -> Sequence[int]:
    """The next people by id who support an idea or noted that it happened to them; costs the same for any number."""
    votes = select(Vote.person_id).where(
        Vote.idea_id == idea_id, Vote.revoked_at.is_(None), Vote.kind.in_(SUPPORT), Vote.person_id > after
    )
    noted = select(Occurrence.person_id).where(
        Occurrence.idea_id == idea_id, Occurrence.withdrawn_at.is_(None), Occurrence.person_id > after
    )
    parts = [
        select(part.distinct().order_by(column).limit(most).subquery())
        for part, column in ((votes, Vote.person_id), (noted, Occurrence.person_id))
    ]
    both = union(*parts).subquery()
    return db.session.scalars(select(both.c.person_id).order_by(both.c.person_id).limit(most)).all()


def is_asked(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `FloorAsk` with wave, promise and idea for what somebody is asked and has not answered."""
    return and_(
        FloorAsk.person_id == viewer.id, FloorAsk.asked_on.is_not(None), FloorAsk.answered.is_(False),
        FloorWave.ended_at.is_(None), visible_to(viewer),
    )  # fmt: skip


def asks(*columns: Any) -> Select:
    """Columns of `FloorAsk` with its wave, promise, delivery and idea."""
    return (
        select(*columns)
        .select_from(FloorAsk)
        .join(FloorWave, FloorWave.id == FloorAsk.wave_id)
        .join(Commitment, Commitment.id == FloorWave.commitment_id)
        .join(Delivery, Delivery.id == FloorWave.delivery_id)
        .join(Idea, Idea.id == Commitment.idea_id)
    )


ASKED = (
    FloorWave.id, FloorWave.days, Commitment.idea_id, Idea.title, FloorWave.commitment_id, Commitment.sentence,
    Delivery.live_from, FloorAsk.answered, FloorWave.ended_at,
)  # fmt: skip


def waiting_for(viewer: Viewer) -> list[Asked]:
    """What the viewer is asked now, the longest first; more than one only where an answer is late."""
    query = asks(*ASKED).where(is_asked(viewer)).order_by(FloorAsk.asked_on, FloorAsk.id).limit(WAITING_MAX)
    return [_asked(row) for row in db.session.execute(query)]


def asked(viewer: Viewer, number: int) -> Asked:
    """One check that the viewer was asked in, also when it is answered or over; raises Missing."""
    mine = FloorAsk.person_id == viewer.id, FloorAsk.asked_on.is_not(None), visible_to(viewer)
    row = db.session.execute(asks(*ASKED).where(FloorWave.id == number, *mine)).one_or_none() if _held(number) else None
    if row is None:
        raise Missing("check")
    return _asked(row)


def _held(number: int) -> bool:
    return 0 < number < 2**31


def _asked(row: Row) -> Asked:
    return Asked(
        row.id, row.days, row.idea_id, row.title, row.commitment_id, row.sentence, row.live_from, row.answered,
        row.ended_at is not None,
    )  # fmt: skip


def tallies(wave_id: int) -> list[tuple[str, Tally]]:
    """What was answered at each site, by its name."""
    query = select(Place.name, FloorTally.answer, FloorTally.people).join(Place, Place.id == FloorTally.site_id)
    found: dict[str, dict[FloorAnswer, int]] = {}
    for row in db.session.execute(query.where(FloorTally.wave_id == wave_id).order_by(Place.name)):
        found.setdefault(row.name, {})[row.answer] = row.people
    return [(name, _tally(given)) for name, given in found.items()]


def tally_of(wave_id: int) -> Tally:
    """What was answered at all sites together."""
    query = select(FloorTally.answer, func.sum(FloorTally.people)).where(FloorTally.wave_id == wave_id)
    return _tally({answer: int(people) for answer, people in db.session.execute(query.group_by(FloorTally.answer))})


def _tally(given: dict[FloorAnswer, int]) -> Tally:
    return Tally(given.get(FloorAnswer.YES, 0), given.get(FloorAnswer.PARTLY, 0), given.get(FloorAnswer.NO, 0))


def by_site(sites: Sequence[tuple[str, Tally]]) -> Grouped:
    """Answers as they may be shown: no figure of fewer than GROUP_MIN people."""
    groups = (Group(name, one.answers, (one.yes, one.partly, one.no)) for name, one in sites)
    return grouped(groups, others=OTHER_SITES)


def results(commitment_id: int) -> list[Result]:
    """Every check of a promise, the newest first. Call with a promise that the viewer may read."""
    query = select(FloorWave).where(FloorWave.commitment_id == commitment_id).order_by(FloorWave.id.desc())
    return [_result(wave) for wave in db.session.scalars(query)]


def _result(wave: FloorWave) -> Result:
    shown, asked_people = shown_in(wave.facts) if wave.ended_at else (None, None)
    return Result(
        wave.id, wave.days, wave.begun_at.date(), wave.ended_at.date() if wave.ended_at else None,
        wave.relapse_id is not None, shown, asked_people,
    )  # fmt: skip


def shown_in(text: str) -> tuple[Grouped, int | None]:
    """The result in a check's `facts`, and how many were asked (None where they are too few to say)."""
    facts = json.loads(text)
    total = _group(facts["total"]) if facts.get("total") else None
    return Grouped(total, tuple(_group(one) for one in facts.get("sites", ()))), facts.get("asked")


def _group(said: list[Any]) -> Group:
    label, *parts = said
    return Group(label, sum(parts), tuple(parts))


def forgotten(ended_before: datetime, *, most: int) -> Select:
    """The ids of the oldest questions of checks that ended before a moment."""
    old = FloorWave.ended_at <= ended_before
    query = select(FloorAsk.id).join(FloorWave, FloorWave.id == FloorAsk.wave_id).where(old)
    return query.order_by(FloorAsk.id).limit(most)
