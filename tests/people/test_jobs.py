"""What the worker does for the interface."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from portal import clock, worker
from portal.db import db
from portal.people.jobs import due
from portal.people.models import KeptAnswer
from tests.api.calling import Caller
from tests.factories import NOON, Cast


def test_answers_are_forgotten_once_a_day(app: Flask, cast: Cast) -> None:
    Caller(app, cast.asha).post("/ideas", {"say": "Let us waive the second fee when we caused the first."}, key="k")

    worker.run_once(app, now=clock.now())
    with app.app_context():
        kept = db.session.scalar(select(func.count(KeptAnswer.id)))
    worker.run_once(app, now=clock.now() + timedelta(hours=25))

    with app.app_context():
        assert (kept, db.session.scalar(select(func.count(KeptAnswer.id)))) == (1, 0)


def test_one_run_is_started_for_each_day() -> None:
    assert due(NOON) == due(NOON + timedelta(hours=11)) != due(NOON + timedelta(hours=12))
