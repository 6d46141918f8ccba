"""Looks and votes at once on the same ideas: real threads on real connections, and the sums stay exact."""

import random

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db
from portal.errors import DomainError
from portal.swarm import audit, counting, looks_service
from portal.swarm.looks_models import Look, LookArchive
from portal.swarm.models import IdeaScore, Via
from portal.swarm.rules import StopReason, VoteKind, WantedVote
from portal.swarm.score import DEFAULTS
from portal.swarm.service import Voter, cast_vote
from tests.factories import NOON, Cast
from tests.ideas.making import said, viewer
from tests.ledger.racing import race
from tests.swarm.looking import impression
from tests.swarm.test_looks import LATER

pytestmark = pytest.mark.slow
KINDS = [WantedVote(VoteKind.PASS), WantedVote(VoteKind.STOP, StopReason.TRIED), WantedVote(VoteKind.SUPPORT), None]


def test_flushes_and_votes_on_the_same_ideas_add_up_exactly(app: Flask, cast: Cast) -> None:
    with app.app_context():
        numbers = [said(cast.asha, f"Rule number {n} should go") for n in range(5)]
        voters = {person: Voter.of(viewer(person)) for person in cast.voters}
        pages = [
            [impression(person, number, (n + number) % 8 + 1, n) for person in cast.voters for number in numbers]
            for n in range(6)
        ]

    def act(n: int) -> object:
        rng = random.Random(n)
        if n % 3 == 0:  # a flush, in the order in which it comes
            return looks_service.record(rng.sample(pages[n // 3 % 6], 60), now=NOON)
        if n % 9 == 1:
            return looks_service.fold(now=LATER, most=40)
        person = rng.choice(cast.voters)
        wanted = rng.choice(KINDS) or WantedVote(None)
        try:
            return cast_vote(voters[person], rng.choice(numbers), wanted, via=Via.FEED, now=NOON)
        except DomainError as refused:
            return refused.code  # nothing to take back, or carried meanwhile

    race(app, 45, act)

    with app.app_context():
        assert audit.verify() == []
        assert (db.session.scalar(select(func.count()).select_from(Look)) or 0) > 0
        before = {row.idea_id: (row.s, row.d, row.m) for row in db.session.scalars(select(IdeaScore))}
        for idea in counting.counted(lambda _: DEFAULTS):
            assert idea.terms == pytest.approx(before[idea.idea_id], abs=1e-9)


def test_two_processes_that_write_the_same_page_count_it_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number = said(cast.asha)
        page = [impression(cast.bo, number, 3, 99)]

    race(app, 8, lambda _: looks_service.record(page, now=NOON))

    with app.app_context():
        assert [row.shown for row in db.session.scalars(select(Look))] == [1] and audit.verify() == []


def test_folding_at_once_keeps_every_look_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        numbers = [said(cast.asha, f"Rule number {n} should go") for n in range(3)]
        page = [impression(person, number, 2, 1) for person in cast.voters for number in numbers]
    race(app, 1, lambda _: looks_service.record(page, now=NOON))

    done = race(app, 6, lambda _: looks_service.fold(now=LATER, most=30))

    with app.app_context():
        left = db.session.scalar(select(func.count()).select_from(Look)) or 0
        assert sum(map(int, done)) + left == len(page)  # type: ignore[call-overload]
        assert db.session.scalars(select(LookArchive)).all() and audit.verify() == []
