"""Who owes a reply or an answer hears of it: each of a few, or one word about many."""

from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.notices.clock_notices import tell_assigned
from portal.notices.models import Notice
from portal.outbox.service import Claimed
from portal.triage import assignment, clock_jobs
from portal.triage.clock import Duty
from tests.factories import NOON, Cast
from tests.ideas.making import said


def told(cast: Cast, ideas: int) -> list[tuple[str, str]]:
    """(title, path) of what Lea was told after so many more ideas."""
    for _ in range(ideas):
        said(cast.asha)
    clock_jobs.HANDLERS[clock_jobs.FOLLOW](Claimed(0, "", clock_jobs.FOLLOW, {}, 1, NOON), NOON)
    for _again in range(2):
        tell_assigned(Claimed(0, "", clock_jobs.TELL, {}, 1, NOON), NOON)
    rows = select(Notice.title, Notice.path).where(Notice.person_id == cast.lea).order_by(Notice.id)
    return [tuple(row) for row in db.session.execute(rows)]


def test_a_few_are_told_one_by_one_and_once(context: Flask, cast: Cast) -> None:
    rows = told(cast, 3)

    assert [path for _, path in rows] == [f"/ideas/{number}" for number in (1, 2, 3)]
    assert all(title.endswith("is due on Monday 9 March") for title, _ in rows)


def test_many_at_once_are_one_word_with_the_soonest_day(context: Flask, cast: Cast) -> None:
    rows = told(cast, 5)

    assert rows == [("5 ideas wait for a first reply from you, the first by Monday 9 March", "/team")]
    notice = db.session.scalars(select(Notice)).one()
    assert notice.words.endswith(" and 2 more")


def test_what_is_claimed_is_told_by_one_worker_alone(context: Flask, cast: Cast) -> None:
    told(cast, 2)
    said(cast.asha)
    clock_jobs.HANDLERS[clock_jobs.FOLLOW](Claimed(0, "", clock_jobs.FOLLOW, {}, 1, NOON), NOON)

    with writing():
        first = assignment.claim_untold(cast.lea, Duty.FIRST_REPLY, now=NOON)
        second = assignment.claim_untold(cast.lea, Duty.FIRST_REPLY, now=NOON)

    assert (len(first), second, assignment.untold(most=5)) == (1, [], [])
