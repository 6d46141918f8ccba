"""The nightly comparison: kept, told once, and shown to who runs the portal."""

from flask import Flask
from sqlalchemy import select, text

from portal import clock
from portal.db import db, writing
from portal.home import doctor
from portal.outbox.models import Message
from portal.outbox.service import Claimed
from portal.swarm import drift, jobs
from portal.swarm.parameter_models import ScoreCheck
from tests.factories import NOON, Cast
from tests.ideas.making import said
from tests.swarm.voting import vote


def night() -> None:
    jobs.verify(Claimed(1, "e", jobs.VERIFY, {}, 1, NOON), NOON)


def told() -> int:
    return len(db.session.scalars(select(Message).where(Message.topic == drift.DRIFT)).all())


def spoil(number: int, by: float) -> None:
    with writing():
        db.session.execute(
            text("UPDATE idea_score SET s = s + :by WHERE idea_id = :number"), {"by": by, "number": number}
        )


def scores_check(app: Flask) -> doctor.Check:
    return next(check for check in doctor.examine(app, now=clock.now()) if check.name == "scores")


def test_a_night_without_drift_is_kept_and_tells_nobody(context: Flask, cast: Cast) -> None:
    assert scores_check(context).fine and "not compared" in scores_check(context).words
    vote(cast.bo, said(cast.asha), "support")

    night()

    check = db.session.scalars(select(ScoreCheck)).one()
    assert (check.wrong, check.sentences, told()) == (0, "[]", 0)
    assert scores_check(context).fine


def test_a_drift_is_told_once_and_again_only_when_it_changes(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    vote(cast.bo, number, "support")
    spoil(number, 0.001)

    counts = []
    for by in (0, 0, 0.5, -0.501, 0.001):
        spoil(number, by)
        night()
        counts.append(told())

    # the same twice; another one; mended; and the first one back
    assert counts == [1, 1, 2, 2, 3]
    assert not scores_check(context).fine
    assert "flask swarm verify" in scores_check(context).words
