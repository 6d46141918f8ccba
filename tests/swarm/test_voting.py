"""Votes on real databases: what every change leaves behind, what is refused, and when the swarm carries an idea."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.db import db, is_postgres, writing
from portal.errors import Conflict, Invalid, Missing, Refused
from portal.ideas import service as ideas
from portal.ideas.models import Idea, Story
from portal.ideas.words import Audience, Stage, StoryKind
from portal.rewards.models import Award
from portal.swarm import audit, ranking, scores
from portal.swarm.line import quorum_gap
from portal.swarm.models import IdeaScore, IdeaTeam, PortalStat, Promotion, PromotionTeam, Via, Vote
from portal.swarm.queries import official_list, place_on_list
from portal.swarm.rules import SENTENCE_MAX, STRONG_AT_ONCE, StopReason, VoteKind, VoteRefusal, WantedVote
from portal.swarm.score import TeamCell, evidence, idea_terms
from portal.swarm.service import Voter, cast_vote
from tests.factories import NOON, Cast
from tests.ideas.making import idea, said, viewer
from tests.swarm.voting import make_works, rescore, rows, vote

LATER = NOON + timedelta(minutes=1)
STANCES = ("none", "support", "strong", "pass", "stop")
CELL = {
    "none": (0, 0, 0, 0),
    "support": (1, 0, 1, 1),
    "strong": (2, 0, 1, 1),
    "pass": (0, 0, 1, 0),
    "stop": (0, 1, 0, 0),
}
COUNTS = {"none": (0, 0, 0, 0), "support": (1, 0, 0, 0), "strong": (1, 1, 0, 0), "pass": (0, 0, 1, 0),
          "stop": (0, 0, 0, 1)}  # fmt: skip


def cells(number: int) -> dict[int, tuple[float, ...]]:
    query = select(IdeaTeam).where(IdeaTeam.idea_id == number).execution_options(populate_existing=True)
    return {one.team_id: (one.u, one.d, one.m, one.supporters) for one in db.session.scalars(query)}


def score_of(number: int) -> IdeaScore:
    return db.session.get_one(IdeaScore, number, populate_existing=True)


def vote_rows() -> int:
    return db.session.scalar(select(func.count()).select_from(Vote)) or 0


@pytest.mark.parametrize(("before", "after"), list(product(STANCES[1:], STANCES)))
def test_every_stance_can_become_every_other(context: Flask, cast: Cast, before: str, after: str) -> None:
    number = said(cast.asha)
    vote(cast.voters[8], number, "support")  # a colleague of Bo's team
    vote(cast.di, number, "stop")  # another team
    vote(cast.bo, number, before)
    assert audit.verify() == []
    team = viewer(cast.bo).team_id
    assert team == viewer(cast.voters[8]).team_id

    vote(cast.bo, number, after, now=LATER)

    wanted = tuple(a + b for a, b in zip(CELL[after], CELL["support"], strict=True))
    assert cells(number)[team] == wanted
    row = score_of(number)
    assert (row.n_support - 1, row.n_strong, row.n_pass, row.n_stop - 1) == COUNTS[after]
    assert (row.s, row.d, row.m) == pytest.approx(idea_terms([wanted[:3], (0, 1, 0)]))
    assert (row.n_team, row.n_site) == (1, 1)
    assert audit.verify() == []


def test_the_same_vote_again_changes_nothing(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    for wanted in (WantedVote(VoteKind.SUPPORT), WantedVote(VoteKind.STOP, StopReason.UNSAFE, "It burns.")):
        vote(cast.bo, number, wanted)
        before = vote_rows(), score_of(number).updated_at

        vote(cast.bo, number, wanted, now=LATER)

        assert (vote_rows(), score_of(number).updated_at) == before


def test_words_sent_along_with_a_plain_vote_do_not_make_it_another_vote(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    vote(cast.bo, number, "support")

    vote(cast.bo, number, WantedVote(VoteKind.SUPPORT, StopReason.TRIED, "left over"), now=LATER)

    assert vote_rows() == 1


def test_a_stop_with_other_words_is_another_vote(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    vote(cast.bo, number, WantedVote(VoteKind.STOP, StopReason.UNSAFE, "It burns."))

    vote(cast.bo, number, WantedVote(VoteKind.STOP, StopReason.UNSAFE, "It burns people."), now=LATER)

    standing = db.session.scalars(select(Vote).where(Vote.revoked_at.is_(None))).one()
    assert standing.sentence == "It burns people." and vote_rows() == 2 and audit.verify() == []


def test_the_first_vote_settles_the_words(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    vote(cast.bo, number, "pass")

    with pytest.raises(Conflict) as refused, writing():
        ideas.edit(viewer(cast.asha), idea(number), "Other words than before.", now=LATER)
    vote(cast.bo, number, "none", now=LATER)

    assert refused.value.code == "edit_after_vote"
    assert idea(number).first_vote_at == NOON


@pytest.mark.parametrize(
    ("who", "wanted", "family", "code"),
    [
        ("asha", "support", Refused, VoteRefusal.OWN_IDEA),
        ("vic", "support", Refused, VoteRefusal.NO_TEAM),
        ("lea", "support", Refused, VoteRefusal.NO_TEAM),
        ("bo", WantedVote(VoteKind.STOP), Invalid, VoteRefusal.STOP_NEEDS_REASON),
        ("bo", WantedVote(VoteKind.STOP, StopReason.UNLAWFUL, " a "), Invalid, VoteRefusal.STOP_NEEDS_SENTENCE),
        ("bo", WantedVote(VoteKind.STOP, StopReason.UNSAFE), Invalid, VoteRefusal.STOP_NEEDS_SENTENCE),
        ("bo", WantedVote(VoteKind.STOP, StopReason.TRIED, "x" * (SENTENCE_MAX + 1)), Invalid,
         VoteRefusal.SENTENCE_TOO_LONG),
        ("bo", "none", Conflict, VoteRefusal.NO_VOTE_TO_WITHDRAW),
    ],
)  # fmt: skip
def test_a_refused_vote_leaves_nothing(
    context: Flask, cast: Cast, who: str, wanted: Any, family: type, code: VoteRefusal
) -> None:
    number = said(cast.asha)

    with pytest.raises(family) as refused:
        vote(getattr(cast, who), number, wanted)

    assert (refused.value.code, refused.value.message) == (code, code.sentence)
    assert vote_rows() == 0 and db.session.get(IdeaScore, number) is None and audit.verify() == []


@pytest.mark.parametrize("wanted", ["support", "none"])
def test_a_closed_idea_takes_no_vote_and_gives_none_back(context: Flask, cast: Cast, wanted: str) -> None:
    number = said(cast.asha)
    vote(cast.bo, number, "pass")
    with writing():
        ideas.withdraw(viewer(cast.asha), idea(number), now=NOON)

    with pytest.raises(Conflict) as refused:
        vote(cast.bo, number, wanted, now=LATER)

    assert refused.value.code == VoteRefusal.CLOSED and audit.verify() == []


def test_only_so_many_strong_votes_at_once(context: Flask, cast: Cast) -> None:
    numbers = [said(cast.asha, f"Rule number {n} should go") for n in range(STRONG_AT_ONCE + 1)]
    for number in numbers[:-1]:
        vote(cast.bo, number, "strong")

    with pytest.raises(Conflict) as refused:
        vote(cast.bo, numbers[-1], "strong")
    assert refused.value.code == VoteRefusal.TOO_MANY_STRONG

    vote(cast.bo, numbers[0], "support", now=LATER)
    vote(cast.bo, numbers[-1], "strong", now=LATER)
    assert audit.verify() == []


def test_an_idea_that_does_not_exist_is_missing(context: Flask, cast: Cast) -> None:
    with pytest.raises(Missing):
        vote(cast.bo, 4711, "support")


def set_typical(mu0: float) -> None:
    """Hold the typical idea where the test wants it."""
    with writing():
        scores.refresh_typical(now=NOON)
        db.session.execute(
            text("UPDATE portal_stat SET sum_s = :s, sum_d = 0, sum_m = 9997, mu0 = :mu0"),
            {"s": mu0 * 10_000 - 0.8, "mu0": mu0},
        )


@pytest.mark.parametrize(
    ("kind", "seats", "at_last", "carried"),
    [
        ("support", (2, 2, 2, 1, 1), 1.68, False),
        ("strong", (2, 2, 2, 1, 1), 7.68, True),
        ("strong", (1, 1, 1, 1, 1), 6.4, True),
        ("strong", (2, 2, 2, 2), None, False),  # a team short, whatever the evidence
    ],
)
def test_an_idea_is_carried_exactly_when_the_quorum_says_so(
    context: Flask, kind: str, seats: tuple[int, ...], at_last: float | None, carried: bool
) -> None:
    teams = make_works()
    number = said(teams[23][1])
    set_typical(0.44)
    looks, promoted = [0] * len(seats), False

    for person, team in [
        (teams[team][seat], team) for seat in (0, 1) for team in range(len(seats)) if seat < seats[team]
    ]:
        answer = vote(person, number, kind)
        looks[team] += 1
        weight = 2 if kind == "strong" else 1
        terms = idea_terms([TeamCell(weight * m, 0, m) for m in looks if m])
        gap = quorum_gap(
            evidence(*terms, 0.44), sum(map(bool, looks)), sum(map(bool, looks)), teams=24, sites=6, mu0=0.44
        )
        assert answer is (gap.closed and not promoted)
        promoted = promoted or gap.closed
        assert audit.verify() == []

    assert promoted is carried and (idea(number).stage is Stage.PROMOTED) is carried
    if at_last is not None:
        assert score_of(number).evidence == pytest.approx(at_last, abs=0.005)


def carry(cast: Cast) -> int:
    """An idea that three strong votes from three sites have carried."""
    number = said(cast.asha)
    for person in cast.voters[:8]:
        if vote(person, number, "strong"):
            return number
    raise AssertionError("eight strong votes from eight teams did not carry it")


def test_promotion_writes_everything_at_once(context: Flask, cast: Cast) -> None:
    number = carry(cast)

    row = db.session.scalars(select(Promotion)).one()
    step = db.session.scalars(select(Story).where(Story.kind == StoryKind.PROMOTED)).one()
    award = db.session.scalars(select(Award)).one()
    teams = db.session.scalars(select(PromotionTeam)).all()
    assert (row.idea_id, row.teams, row.sites) == (number, 8, 4)
    assert (step.idea_id, step.actor_id) == (number, None)
    assert award.person_id == cast.asha
    assert {one.team_id for one in teams} == set(cells(number)) and len(teams) == row.n_team
    assert audit.verify() == []


def test_a_promotion_that_fails_half_way_leaves_no_vote_either(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    with pytest.raises(RuntimeError), writing():
        for person in cast.voters[:8]:
            if cast_vote(Voter.of(viewer(person)), number, WantedVote(VoteKind.STRONG), via=Via.FEED, now=NOON):
                raise RuntimeError("the power went")

    assert vote_rows() == 0 and idea(number).stage is Stage.OPEN
    assert db.session.scalar(select(func.count()).select_from(Promotion)) == 0
    assert db.session.scalar(select(func.count()).select_from(Award)) == 0


def test_votes_after_promotion_move_the_evidence_but_not_the_promotion(context: Flask, cast: Cast) -> None:
    number = carry(cast)
    for person in cast.voters[:8]:
        if db.session.scalar(select(Vote.id).where(Vote.person_id == person)):
            vote(person, number, "none")  # at the very same moment as the promotion

    assert idea(number).stage is Stage.PROMOTED and score_of(number).n_support == 0
    assert audit.verify() == []
    assert vote(cast.voters[9], number, "support", now=LATER) is False


def test_a_vote_that_waited_behind_the_promotion_is_dated_after_it(context: Flask, cast: Cast) -> None:
    number = carry(cast)

    vote(cast.bo, number, "none", now=NOON - timedelta(seconds=3))

    assert audit.verify() == []


def test_a_promotion_is_dated_after_the_changes_before_it(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    vote(cast.bo, number, "strong")
    vote(cast.bo, number, "none", now=LATER)  # its request came later and was served first

    assert any(vote(person, number, "strong") for person in cast.voters[1:6])

    assert db.session.scalars(select(Promotion)).one().at == LATER and audit.verify() == []


@pytest.mark.parametrize("table", ["promotions", "promotion_teams"])
@pytest.mark.parametrize("change", ["UPDATE {} SET n = 9", "DELETE FROM {}"])
def test_promotions_cannot_be_changed(context: Flask, cast: Cast, table: str, change: str) -> None:
    carry(cast)
    column = "n_team" if table == "promotions" else "d"

    with pytest.raises(DBAPIError, match="append-only"), writing():
        db.session.execute(text(change.format(table).replace("n = 9", f"{column} = 9")))


def drop_trigger(table: str, verb: str) -> None:
    on = f" ON {table}" if is_postgres() else ""
    db.session.execute(text(f"DROP TRIGGER {table}_no_{verb}{on}"))


TAMPERING = {
    "score": ["UPDATE idea_score SET s = s + 0.001"],
    "count": ["UPDATE idea_score SET n_support = n_support + 1"],
    "passes": ["UPDATE idea_score SET n_pass = n_pass + 1"],
    "evidence": ["UPDATE idea_score SET evidence = evidence + 1"],
    "cell": ["UPDATE idea_team SET u = u + 1"],
    "supporters": ["UPDATE idea_team SET supporters = 0"],
    "kind of a vote": ["UPDATE votes SET kind = 'pass' WHERE id = (SELECT min(id) FROM votes)"],
    "vote taken back": ["UPDATE votes SET revoked_at = '2026-03-03 00:00:00' WHERE id = (SELECT min(id) FROM votes)"],
    "vote deleted": ["DELETE FROM votes WHERE id = (SELECT min(id) FROM votes)"],
    "score deleted": ["DELETE FROM idea_score"],
    "cells deleted": ["DELETE FROM idea_team"],
    "promotion": ["trigger promotions update", "UPDATE promotions SET n_team = 9"],
    "team at promotion": ["trigger promotion_teams update", "UPDATE promotion_teams SET u = u + 1"],
    "teams gone": ["trigger promotion_teams delete", "DELETE FROM promotion_teams"],
}


@pytest.mark.parametrize("how", list(TAMPERING))
def test_tampering_is_found(context: Flask, cast: Cast, how: str) -> None:
    carry(cast)
    runner = context.test_cli_runner()
    assert runner.invoke(args=["swarm", "verify"]).exit_code == 0

    with writing():
        for statement in TAMPERING[how]:
            if statement.startswith("trigger"):
                drop_trigger(*statement.split()[1:])
            else:
                db.session.execute(text(statement))

    answer = runner.invoke(args=["swarm", "verify", "--json"])
    assert answer.exit_code == 2 and '"agrees": false' in answer.output


@pytest.mark.parametrize("how", ["score", "count", "passes", "evidence", "cell", "score deleted", "cells deleted"])
def test_rebuilding_restores_what_follows_from_the_votes(context: Flask, cast: Cast, how: str) -> None:
    number = carry(cast)
    vote(cast.voters[9], number, "stop", now=LATER)
    rescore()
    kept = cells(number), score_of(number).score, score_of(number).n_site
    with writing():
        for statement in TAMPERING[how]:
            db.session.execute(text(statement))

    answer = context.test_cli_runner().invoke(args=["swarm", "rebuild"])

    assert answer.exit_code == 0 and audit.verify() == []
    assert cells(number) == kept[0]
    assert (score_of(number).score, score_of(number).n_site) == pytest.approx(kept[1:])


STEPS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3), st.sampled_from(STANCES)), max_size=14)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_after_any_votes_the_list_is_the_one_of_the_pure_functions(context: Flask, cast: Cast, steps: Any) -> None:
    numbers = [said(cast.asha, f"Rule number {n} should go") for n in range(4)]
    for person, which, stance in steps:
        try:
            vote(cast.voters[person], numbers[which], stance)
        except Conflict as refused:
            assert refused.code in (VoteRefusal.NO_VOTE_TO_WITHDRAW, VoteRefusal.TOO_MANY_STRONG)
    rescore()

    listed = official_list()

    assert listed == ranking.rank(*rows(), [], NOON)
    assert audit.verify() == []
    standing = select(IdeaScore).where(IdeaScore.idea_id.in_(listed)).execution_options(populate_existing=True)
    for row in db.session.scalars(standing):
        assert place_on_list(row) == listed.index(row.idea_id) + 1
    with writing():
        for one in numbers:
            if idea(one).stage is Stage.OPEN:
                ideas.withdraw(viewer(cast.asha), idea(one), now=NOON)


def test_withdrawn_and_hidden_ideas_are_not_on_the_list(context: Flask, cast: Cast) -> None:
    first, second, third = (said(cast.asha, f"Rule number {n} should go") for n in range(3))
    with writing():
        ideas.withdraw(viewer(cast.asha), idea(first), now=NOON)
        idea(second).hidden_at = NOON

    assert official_list() == [third]


def test_a_small_move_of_the_typical_idea_waits_for_the_next_vote(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    vote(cast.bo, number, "support")
    used = score_of(number).mu0
    with writing():
        db.session.execute(text("UPDATE idea_score SET mu0 = mu0 + 0.009"))
        # what would be computed differs by less than a hundredth
        moved = scores.typical(now=NOON).mu0
    assert moved == used

    with writing():
        means = scores.refresh_typical(now=LATER)
    assert abs(means.mu0 - used) > scores.MU0_MOVES  # one vote among none moves it far
    assert score_of(number).mu0 == means.mu0
    assert db.session.get_one(PortalStat, 1).at == LATER

    with writing():
        db.session.execute(text("UPDATE idea_score SET mu0 = mu0 + 0.009"))
        scores.refresh_typical(now=LATER)
    assert score_of(number).mu0 == pytest.approx(means.mu0 + 0.009)

    with writing():
        db.session.execute(text("UPDATE idea_score SET mu0 = mu0 + 0.002"))
        scores.refresh_typical(now=LATER)
    assert score_of(number).mu0 == means.mu0


def test_the_typical_idea_is_refreshed_when_it_is_five_minutes_old(context: Flask, cast: Cast) -> None:
    with writing():
        assert scores.refresh_if_due(now=NOON)
        assert not scores.refresh_if_due(now=NOON + timedelta(minutes=4))
        assert scores.refresh_if_due(now=NOON + timedelta(minutes=5))


def test_an_audience_of_one_site_has_a_line_of_its_own(context: Flask, cast: Cast) -> None:
    number = said(cast.asha, audience=Audience.SITE)
    billing, retentions, technical = cast.voters[:3]

    answers = [vote(person, number, "strong") for person in (billing, retentions, technical)]

    assert any(answers)
    row = db.session.scalars(select(Promotion)).one()
    assert (row.teams, row.sites) == (3, 1) and audit.verify() == []


def test_an_idea_without_votes_says_so(context: Flask, cast: Cast) -> None:
    number = said(cast.asha)
    runner = context.test_cli_runner()

    assert "Nobody has weighed in" in runner.invoke(args=["swarm", "explain", str(number)]).output
    assert runner.invoke(args=["swarm", "explain", "4711"]).exit_code == 1
    vote(cast.bo, number, "support")
    assert "1 supports it" in runner.invoke(args=["swarm", "explain", str(number)]).output
    assert db.session.get(Idea, number) is not None
