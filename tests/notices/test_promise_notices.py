"""Who is told what a promise asks of them: the right person, once, and nobody for what is no longer so."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from portal.commitments import helping, jobs, needs, nudges, service
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.db import db, writing
from portal.notices import promise_notices
from portal.notices.models import Notice
from portal.notices.service import POST
from portal.outbox.models import Message
from portal.triage.undo import UNDO
from portal.worker import run_once
from tests.commitments.factories import TODAY, make_promise, viewer
from tests.commitments.test_work import strong
from tests.factories import NOON, Cast

HANDLERS = promise_notices.HANDLERS | jobs.HANDLERS
WORDS = "May we buy forty headsets without a tender?"


def told(app: Flask, until: datetime) -> list[tuple[int, str]]:
    """Whom the worker tells what, looking in twice: nobody hears anything twice."""
    for _ in range(2):
        handlers = HANDLERS | dict.fromkeys(topics() | {POST}, pass_over)
        db.session.remove()  # what the worker writes is not in a read that began before
        run_once(app, now=until, handlers=handlers)
    rows = db.session.execute(select(Notice.person_id, Notice.title).order_by(Notice.id)).all()
    return [(row.person_id, row.title) for row in rows]


def topics() -> set[str]:
    return set(db.session.scalars(select(Message.topic))) - set(HANDLERS)


def pass_over(*_of: object) -> None:
    """Not ours."""


def test_the_owner_hears_first_and_the_sponsor_if_they_stay_silent(context: Flask, cast: Cast) -> None:
    with writing():
        made = make_promise(cast, state=CommitmentState.OFFERED, due_on=TODAY + timedelta(days=200))
        accepted = make_promise(cast, state=CommitmentState.OFFERED, due_on=TODAY + timedelta(days=200)).id
        until = made.accept_by
        assert until is not None

    assert told(context, NOON) == []  # it can still be taken back
    assert told(context, NOON + UNDO) == [(cast.olu, "A promise has your name on it. Is it yours?")] * 2
    with writing():
        service.accept(viewer(cast.olu), db.session.get_one(Commitment, accepted), now=NOON)
    assert told(context, until)[2:] == [(cast.vic, "Olu has not said whether this promise is theirs")]


def test_reminders_come_a_week_and_a_day_before_and_once_it_is_late(context: Flask, cast: Cast) -> None:
    due = TODAY + timedelta(days=30)
    with writing():
        make_promise(cast, due_on=due)
        make_promise(cast, due_on=due, state=CommitmentState.DELIVERED)
        moved = make_promise(cast, due_on=due)
        service.move_date(viewer(cast.olu), moved, due + timedelta(days=90), "The supplier is late.", today=TODAY,
                          now=NOON)  # fmt: skip
    told(context, NOON)
    before = len(told(context, NOON))

    for day in range(20, 40):
        told(context, NOON + timedelta(days=day))

    assert told(context, NOON + timedelta(days=40))[before:] == [
        (cast.olu, "You promised this by 1 April"), (cast.olu, "You promised this by 1 April"),
        (cast.olu, "A promise of yours is late"), (cast.vic, "A promise you made is late: Olu owns it"),
    ]  # fmt: skip


def test_nudges_decisions_and_help_reach_whom_they_concern_and_name_nobody_else(context: Flask, cast: Cast) -> None:
    with writing():
        olu, made = viewer(cast.olu), make_promise(cast, due_on=TODAY + timedelta(days=200))
        strong(cast, made.idea_id, cast.bo, cast.cy)
        number = made.id
    before = len(told(context, NOON))
    with writing():
        made = db.session.get_one(Commitment, number)
        for who in (cast.asha, cast.di):
            nudges.nudge(viewer(who), made, today=TODAY, zone="Europe/London", now=NOON)
        needs.need_decision(olu, made, WORDS, now=NOON)
        helping.call_for_help(olu, made, "Somebody who tests it at night.", now=NOON)
    first = told(context, NOON)[before:]
    with writing():
        made = db.session.get_one(Commitment, number)
        needs.decide(viewer(cast.vic), made, "Yes, up to two thousand pounds.", now=NOON)
        helping.answer_call(viewer(cast.bo), made, joins=True, now=NOON)
    then = told(context, NOON + timedelta(days=1))[before + len(first) :]

    asks = "Olu asks whether you would help"
    assert sorted(first) == sorted([(cast.vic, "Olu needs a decision from you"), (cast.bo, asks), (cast.cy, asks)])
    assert sorted(then) == sorted([
        (cast.olu, "The decision you asked for is there"),
        (cast.olu, f"{viewer(cast.bo).name} helps with your promise"),
        (cast.olu, "Colleagues wait for news about a promise of yours"),
    ])  # fmt: skip
    digest = db.session.scalars(select(Notice.words).where(Notice.title.like("Colleagues%"))).one()
    assert "(2 nudges)" in digest and "Asha" not in digest
