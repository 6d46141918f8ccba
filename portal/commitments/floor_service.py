"""Verbs of the checks on the floor: one begins, gathers whom it asks, asks, is answered, ends; and is forgotten.

Everything but an answer is done by the worker, some people in each transaction, and may be done twice.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from portal.commitments import delivered
from portal.commitments import floor_queries as queries
from portal.commitments import floor_rules as rules
from portal.commitments import relapse_service as relapses
from portal.commitments.floor_models import FloorAsk, FloorTally, FloorWave
from portal.commitments.floor_queries import Due
from portal.commitments.floor_rules import FloorAnswer, FloorRefusal, Waiting
from portal.commitments.models import Commitment, DeliverySite
from portal.commitments.policy import MAY
from portal.commitments.rules import CommitmentState
from portal.db import db, insert_if_new, take_turns
from portal.errors import Missing
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import StoryKind
from portal.outbox import service as outbox
from portal.people.group_rules import Group
from portal.people.models import Person
from portal.people.policy import demand
from portal.people.roles import GROUP_MIN
from portal.people.viewer import Viewer

ASKED = "floor.asked"  # the outbox's topics; payload: wave, people
REOPENED = "floor.reopened"  # payload: relapse
PEOPLE_AT_ONCE = 500


def begin(due: Due, *, today: date, now: datetime) -> int | None:
    """A check begins; its number, or None where it has begun already and knows whom it asks."""
    values = {
        "commitment_id": due.commitment_id, "delivery_id": due.delivery_id, "days": due.days, "begun_at": now,
        "due_on": due.live_from + timedelta(days=due.days),
        "closes_on": rules.closes_on(due.live_from, due.days, today), "gathered": False, "facts": "{}",
    }  # fmt: skip
    made = insert_if_new(FloorWave, values, key=("delivery_id", "days"))
    here = FloorWave.delivery_id == due.delivery_id, FloorWave.days == due.days, FloorWave.gathered.is_(False)
    return made or db.session.scalar(select(FloorWave.id).where(*here))


def gather(wave_id: int, after: int, *, most: int = PEOPLE_AT_ONCE) -> int | None:
    """Note the next people whom a check asks: who asked for the change, and work where it was made.

    Returns after whom to go on, or None once everybody is known.
    """
    wave = db.session.get_one(FloorWave, wave_id, populate_existing=True)
    idea_id = select(Commitment.idea_id).where(Commitment.id == wave.commitment_id)
    people = queries.involved(db.session.scalars(idea_id).one(), after, most=most)
    if not people:
        wave.gathered = True
        db.session.flush()
        return None
    got_it = select(DeliverySite.site_id).where(DeliverySite.delivery_id == wave.delivery_id)
    known = select(FloorAsk.id).where(FloorAsk.wave_id == wave_id, FloorAsk.person_id == Person.id)
    here = Person.id.in_(people), Person.deactivated_at.is_(None), Person.site_id.in_(got_it), ~known.exists()
    rows = db.session.execute(select(Person.id, Person.site_id).where(*here)).all()
    if rows:
        asks = [{"wave_id": wave_id, "person_id": row.id, "site_id": row.site_id, "answered": False} for row in rows]
        db.session.execute(insert(FloorAsk), asks)
    return people[-1]


def ask_some(after: int, *, today: date, now: datetime, most: int = PEOPLE_AT_ONCE) -> int | None:
    """Ask the next people for whom a question waits: each one, and nobody who was asked within a fortnight.

    Returns after whom to go on, or None when there is nobody left.
    """
    take_turns("floor.ask")  # two at once would ask somebody twice
    people, waiting = _unasked(after, most)
    if not people:
        return None
    last = select(FloorAsk.person_id, func.max(FloorAsk.asked_on).label("on")).where(FloorAsk.person_id.in_(people))
    asked_on = {row.person_id: row.on for row in db.session.execute(last.group_by(FloorAsk.person_id))}
    told: dict[int, list[int]] = defaultdict(list)
    chosen = []
    for person_id in people:
        one = rules.chosen([w for w, _ in waiting[person_id]], last_asked_on=asked_on[person_id], today=today)
        if one is not None:
            chosen.append(one.id)
            told[next(wave for w, wave in waiting[person_id] if w is one)].append(person_id)
    if chosen:
        db.session.execute(update(FloorAsk).where(FloorAsk.id.in_(chosen)).values(asked_on=today))
    for wave_id, those in sorted(told.items()):
        outbox.emit(ASKED, {"wave": wave_id, "people": those}, now=now)
    return people[-1]


def _unasked(after: int, most: int) -> tuple[Sequence[int], dict[int, list[tuple[Waiting, int]]]]:
    """The next people by id with questions that wait, and those questions with the check that each belongs to."""
    waits = (
        FloorAsk.asked_on.is_(None), FloorWave.ended_at.is_(None), FloorWave.gathered, Person.deactivated_at.is_(None),
        Commitment.state == CommitmentState.CONFIRMED, Idea.hidden_at.is_(None),
    )  # fmt: skip
    query = queries.asks(FloorAsk.person_id).join(Person, Person.id == FloorAsk.person_id).where(*waits)
    some = query.where(FloorAsk.person_id > after).distinct().order_by(FloorAsk.person_id).limit(most)
    people = db.session.scalars(some).all()
    columns = FloorAsk.id, FloorAsk.person_id, FloorAsk.wave_id, FloorWave.due_on
    theirs = query.with_only_columns(*columns, maintain_column_froms=True).where(FloorAsk.person_id.in_(people))
    found: dict[int, list[tuple[Waiting, int]]] = defaultdict(list)
    for row in db.session.execute(theirs):
        found[row.person_id].append((Waiting(row.id, row.due_on), row.wave_id))
    return people, found


def answer(viewer: Viewer, number: int, given: FloorAnswer) -> None:
    """Somebody who was asked says whether it is gone on their desk. What they said is counted, and not who said it.

    Raises Missing where they were not asked, and the refusals of `FloorRefusal`.
    """
    demand(MAY, "floor_check.answer", viewer)
    mine = FloorAsk.wave_id == number, FloorAsk.person_id == viewer.id, FloorAsk.asked_on.is_not(None)
    query = queries.asks(FloorAsk.id, FloorAsk.site_id, FloorAsk.answered, FloorWave.ended_at)
    # The end of the check waits for this, so that every answer that is taken is in the result.
    held = query.where(*mine, visible_to(viewer)).with_for_update(read=True, of=FloorWave)
    row = db.session.execute(held).one_or_none() if 0 < number < 2**31 else None
    if row is None:
        raise Missing("check")
    if refusal := rules.answer_refusal(answered=row.answered, over=row.ended_at is not None):
        raise refusal.as_error()
    still = FloorAsk.id == row.id, FloorAsk.answered.is_(False)
    if db.session.execute(update(FloorAsk).where(*still).values(answered=True)).rowcount != 1:  # type: ignore[attr-defined]
        raise FloorRefusal.ANSWERED.as_error()
    key = {"wave_id": number, "site_id": row.site_id, "answer": given}
    insert_if_new(FloorTally, key | {"people": 0}, key=tuple(key))
    count = update(FloorTally).filter_by(**key).values(people=FloorTally.people + 1)
    db.session.execute(count.execution_options(synchronize_session=False))


def end(wave_id: int, *, today: date, now: datetime) -> None:
    """A check ends: its result is told, and where too many say no what was done is open again. Twice is once."""
    wave = db.session.get_one(FloorWave, wave_id)
    commitment = db.session.get_one(Commitment, wave.commitment_id, populate_existing=True)
    take_turns(f"back:{commitment.idea_id}")  # with those who say themselves that it is back
    still = FloorWave.id == wave_id, FloorWave.ended_at.is_(None)
    closed = db.session.execute(update(FloorWave).where(*still).values(ended_at=now))
    if closed.rowcount != 1:  # type: ignore[attr-defined]
        return
    db.session.execute(delete(FloorAsk).where(FloorAsk.wave_id == wave_id, FloorAsk.asked_on.is_(None)))
    asked = db.session.scalar(select(func.count(FloorAsk.id)).where(FloorAsk.wave_id == wave_id)) or 0
    if not asked:
        return  # nobody there had asked for it: nothing to tell
    tally, facts = queries.tally_of(wave_id), _facts(wave_id, asked)
    db.session.execute(update(FloorWave).where(FloorWave.id == wave_id).values(facts=json.dumps(facts)))
    about = {"commitment": commitment.id, "after_days": wave.days, "total": facts["total"], "asked": facts["asked"]}
    story.record(commitment.idea_id, StoryKind.FLOOR_CHECKED, now=now, facts=about)
    if rules.too_many(tally):
        _reopen(wave, commitment, today=today, now=now)
    elif rules.is_gone(tally):
        _award(commitment, now)
    db.session.flush()


def _facts(wave_id: int, asked: int) -> dict[str, object]:
    """The result as everybody may see it: made once, so that later figures cannot be taken from earlier ones."""
    shown = queries.by_site(queries.tallies(wave_id))

    def said(group: Group) -> list[object]:
        return [group.label, *group.parts]

    return {
        "total": said(shown.total) if shown.total else None, "sites": [said(group) for group in shown.groups],
        "asked": asked if asked >= GROUP_MIN else None,
    }  # fmt: skip


def _award(commitment: Commitment, now: datetime) -> None:
    db.session.refresh(commitment)
    if commitment.state is CommitmentState.CONFIRMED:
        delivered.award_gone(commitment, now=now)


def _reopen(wave: FloorWave, commitment: Commitment, *, today: date, now: datetime) -> None:
    db.session.refresh(commitment)
    if commitment.state is not CommitmentState.CONFIRMED:
        return  # it is open already
    idea = db.session.get_one(Idea, commitment.idea_id, populate_existing=True)
    facts = {"after_days": wave.days}
    made = relapses.reopen(commitment, idea, today, "", now=now, facts=facts, told=REOPENED)
    db.session.execute(update(FloorWave).where(FloorWave.id == wave.id).values(relapse_id=made.id))


def forget(*, now: datetime, most: int = PEOPLE_AT_ONCE) -> int:
    """Delete who was asked in checks that ended long ago; returns how many rows went."""
    old = queries.forgotten(now - timedelta(days=rules.FORGET_DAYS), most=most)
    gone = delete(FloorAsk).where(FloorAsk.id.in_(select(old.subquery().c.id)))
    return db.session.execute(gone.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
