"""Checks on the floor for tests: a kept promise, those who asked for it, and the worker's days."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.commitments import floor_jobs, floor_service
from portal.commitments.floor_models import FloorAsk, FloorWave
from portal.commitments.floor_rules import FloorAnswer
from portal.commitments.rules import CommitmentState
from portal.db import db, writing
from portal.people.models import Person, Place
from portal.swarm.models import Via, Vote
from portal.swarm.rules import VoteKind
from portal.worker import run_once
from tests.commitments.factories import make_promise, viewer
from tests.factories import NOON, Cast, make_person

TEAMS = {"Leeds": "Leeds/Billing", "Belfast": "Belfast/Faults", "Durban": "Durban/Chat"}


class Floor(dict[str, Any]):
    """The handlers of the floor alone; whatever else is left for the worker is done by doing nothing."""

    def __missing__(self, topic: str) -> Any:
        return lambda message, now: None


def kept(
    cast: Cast, people: Sequence[int], *, sites: Sequence[str] = ("Leeds",), now: datetime = NOON, **over: Any
) -> int:
    """A promise that is kept and live since the day of `now`, whose idea `people` support; its number. Commits."""
    with writing():
        made = make_promise(
            cast,
            state=CommitmentState.CONFIRMED,
            sites=sites,
            now=now,
            due_on=(now + timedelta(days=30)).date(),
            **over,
        )
        for person_id in people:
            support(made.idea_id, person_id, now=now)
        return made.id


def support(idea_id: int, person_id: int, *, kind: VoteKind = VoteKind.SUPPORT, now: datetime = NOON) -> None:
    """A standing vote."""
    who = db.session.get_one(Person, person_id)
    db.session.add(Vote(idea_id=idea_id, person_id=who.id, team_id=who.team_id, site_id=who.site_id, kind=kind,
                        via=Via.FEED, at=now))  # fmt: skip


def day(app: Flask, days: float) -> datetime:
    """What the worker does on a day after NOON; returns its moment."""
    now = NOON + timedelta(days=days)
    db.session.rollback()
    run_once(app, now=now, handlers=Floor(floor_jobs.HANDLERS))
    return now


def on(days: int) -> date:
    """The day so many days after NOON's."""
    return NOON.date() + timedelta(days=days)


def asked(commitment_id: int | None = None) -> list[tuple[int, int, date]]:
    """(person, days of the check, asked on) of everybody who was asked, in order."""
    query = select(FloorAsk.person_id, FloorWave.days, FloorAsk.asked_on).join(
        FloorWave, FloorWave.id == FloorAsk.wave_id
    )
    if commitment_id is not None:
        query = query.where(FloorWave.commitment_id == commitment_id)
    rows = db.session.execute(
        query.where(FloorAsk.asked_on.is_not(None)).order_by(FloorAsk.asked_on, FloorAsk.person_id)
    )
    return [tuple(row) for row in rows]


def wave(commitment_id: int, days: int) -> FloorWave:
    """A check as the database has it."""
    query = select(FloorWave).where(FloorWave.commitment_id == commitment_id, FloorWave.days == days)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def say(person_id: int, number: int, given: str) -> None:
    """FloorAnswer and commit."""
    with writing():
        floor_service.answer(viewer(person_id), number, FloorAnswer(given))


def crowd(cast: Cast, site: str, count: int) -> list[int]:
    """More people at a site, committed."""
    with writing():
        team = db.session.get_one(Place, cast.places[TEAMS[site]])
        return [make_person(f"{site.lower()}{n}", team).id for n in range(count)]
