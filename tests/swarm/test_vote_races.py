"""Many votes at once: real threads on real connections."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db
from portal.swarm import audit
from portal.swarm.models import IdeaScore, Promotion, Via, Vote
from portal.swarm.rules import STRONG_AT_ONCE, VoteKind, VoteRefusal, WantedVote
from portal.swarm.service import Voter, cast_vote
from tests.factories import NOON, Cast
from tests.ideas.making import said, viewer
from tests.ledger.racing import race

pytestmark = pytest.mark.slow


def test_fifty_clicks_of_one_person_at_once_are_one_vote(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number, bo = said(cast.asha), Voter.of(viewer(cast.bo))
    wanted = WantedVote(VoteKind.SUPPORT)

    answers = race(app, 50, lambda _: cast_vote(bo, number, wanted, via=Via.FEED, now=NOON))

    assert answers == [False] * 50
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Vote)) == 1
        assert db.session.get_one(IdeaScore, number).n_support == 1 and audit.verify() == []


def test_twenty_people_at_once_are_all_counted_and_promote_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        number, voters = said(cast.asha), [Voter.of(viewer(person)) for person in cast.voters[:20]]
    kinds = [VoteKind.STRONG if n % 4 else VoteKind.PASS for n in range(20)]

    answers = race(app, 20, lambda n: cast_vote(voters[n], number, WantedVote(kinds[n]), via=Via.FEED, now=NOON))

    assert Counter(answers) == {True: 1, False: 19}
    with app.app_context():
        row = db.session.get_one(IdeaScore, number)
        assert (row.n_support, row.n_strong, row.n_pass, row.n_stop) == (15, 15, 5, 0)
        assert db.session.scalar(select(func.count()).select_from(Promotion)) == 1
        assert audit.verify() == []


def test_windows_side_by_side_do_not_give_more_strong_votes_than_there_are(app: Flask, cast: Cast) -> None:
    rivals = STRONG_AT_ONCE + 4
    with app.app_context():
        numbers = [said(cast.asha, f"Rule number {n} should go") for n in range(rivals)]
        bo = Voter.of(viewer(cast.bo))
    strong = WantedVote(VoteKind.STRONG)

    answers = race(app, rivals, lambda n: cast_vote(bo, numbers[n], strong, via=Via.FEED, now=NOON))

    assert Counter(answers) == {False: STRONG_AT_ONCE, VoteRefusal.TOO_MANY_STRONG: 4}
    with app.app_context():
        assert audit.verify() == []
