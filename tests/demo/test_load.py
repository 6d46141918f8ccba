"""The demo organisation, loaded into a real database through the verbs of the pages."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.commitments import queries as commitments
from portal.commitments.rules import Standing
from portal.db import db, writing
from portal.demo.load import load_demo
from portal.errors import Conflict
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import SeatState
from portal.home import programme_frontline
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.ledger.verify import verify as verify_ledger
from portal.metrics.models import Observation
from portal.people.models import Person, Place
from portal.people.queries import DEMO_ROLES, anybody_real, demo_viewer
from portal.people.roles import PlaceKind
from portal.swarm import audit
from portal.swarm.models import IdeaScore, Promotion, Vote
from portal.swarm.queries import numbers_of, official_list
from portal.swarm.stop_models import StopStep
from portal.swarm.stop_rules import StopStepKind
from tests.databases import MovableApp, PostgresCopies, SqliteCopies

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def load(seed: int = 7) -> None:
    with writing():
        load_demo(now=NOW, seed=seed)


def fingerprint() -> list[object]:
    """Everything that the seed decides: who said, voted and carried what, when."""
    ideas = select(Idea.id, Idea.title, Idea.stage, Idea.author_id, Idea.said_at).order_by(Idea.id)
    votes = select(Vote.idea_id, Vote.person_id, Vote.kind, Vote.at).order_by(Vote.id)
    carried = select(Promotion.idea_id, Promotion.evidence, Promotion.hash).order_by(Promotion.id)
    return [tuple(row) for query in (ideas, votes, carried) for row in db.session.execute(query)]


def count(*conditions: Any) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0


def test_the_demo_is_a_believable_firm_in_every_state_that_verifies(context: Flask) -> None:
    load()

    assert set(db.session.scalars(select(Idea.stage).distinct())) == set(Stage)
    assert count(Idea.id > 0) >= 60
    assert 380 <= count(Person.id > 0) <= 430
    assert [count(Place.kind == kind) for kind in (PlaceKind.SITE, PlaceKind.TEAM)] == [4, 24]
    assert count(Place.kind == PlaceKind.PARTNER) >= 1
    assert db.session.scalar(select(func.count(Observation.day.distinct()))) == 39
    assert not anybody_real()
    viewers = [demo_viewer(role) for role in DEMO_ROLES]
    assert None not in viewers
    board = commitments.board(viewers[0], today=NOW.date(), zone="Europe/London", only=None, mine=False)  # type: ignore[arg-type]
    assert board.counts[Standing.OVERDUE] == 1
    steps = Counter(db.session.scalars(select(StopStep.kind)))
    assert steps[StopStepKind.LIFTED] >= 1 and steps[StopStepKind.KEPT] >= 1
    assert steps[StopStepKind.ANSWERED] == steps[StopStepKind.LIFTED] + steps[StopStepKind.KEPT]
    first = next(number for number in official_list() if db.session.get_one(Idea, number).stage is Stage.OPEN)
    score = db.session.get_one(IdeaScore, first)
    assert numbers_of(db.session.get_one(Idea, first), score).looks > score.n_support + score.n_pass + score.n_stop
    floor = programme_frontline.count("Europe/London", now=NOW)
    assert (floor.executives, floor.on_floor, floor.changes, floor.broadcasts) == (12, 9, 1, 1)
    assert count(Promotion.carried.is_(True)) == 1
    assert count(Slot.cancelled_at.is_not(None)) == 1 == count(SignUp.looking_since.is_not(None))
    assert count(SignUp.state == SeatState.WAITING) == 2
    assert audit.verify() == []
    assert verify_ledger().ok
    with pytest.raises(Conflict) as refused, writing():
        load_demo(now=NOW)
    assert refused.value.code == "not_empty"


def test_the_same_seed_on_the_same_day_is_the_same_firm(
    context: Flask, copies: SqliteCopies | PostgresCopies, tmp_path: Path
) -> None:
    if copies.kind != "sqlite":
        pytest.skip("what the seed decides does not depend on the database")
    load()
    first = fingerprint()
    again = copies.new(tmp_path)
    db.session.remove()

    with MovableApp(again, tmp_path).move(again, tmp_path).app_context():
        load()
        second = fingerprint()
        db.session.remove()
        db.engine.dispose()

    assert first == second
