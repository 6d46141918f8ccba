"""What holds of every portal, small enough to be generated."""

import math
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.swarm.line import quorum_gap
from portal.swarm.ranking import explain, feed, quorum, rank
from portal.swarm.score import (
    Params,
    TeamCell,
    Terms,
    cast,
    delta,
    evidence,
    idea_terms,
    portal_means,
    revoke,
    score,
    shifted,
    team_terms,
)
from portal.swarm.tally import board

KINDS = st.sampled_from(["support", "strong", "pass", "stop"])
IDEAS, TEAMS, USERS = range(5), range(4), range(12)
LOOKS = st.floats(0, 30, allow_nan=False)
PARAMS = Params()


def site_of(team):
    return team % 3


VOTES = st.lists(
    st.builds(
        lambda idea, user, team, kind, at: {
            "idea": idea,
            "user": user,
            "team": team,
            "site": site_of(team),
            "kind": kind,
            "at": at,
        },
        st.sampled_from(IDEAS),
        st.sampled_from(USERS),
        st.sampled_from(TEAMS),
        KINDS,
        st.integers(0, 5),
    ),
    max_size=60,
)
EXPOSURES = st.lists(
    st.builds(
        lambda idea, team, looks: {"idea": idea, "team": team, "site": site_of(team), "looks": looks},
        st.sampled_from(IDEAS),
        st.sampled_from(TEAMS),
        LOOKS,
    ),
    max_size=25,
)
LIST = [{"id": n, "created_at": n, "team": n % 4, "site": site_of(n % 4)} for n in IDEAS]


def standing_of(idea, votes, exposures):
    return next(one for one in board(LIST, votes, exposures, PARAMS).standings if one.id == idea)


@settings(max_examples=80, deadline=None)
@given(VOTES, EXPOSURES, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(votes, exposures, shuffler):
    mixed = [list(LIST), list(votes), list(exposures)]
    for rows in mixed:
        shuffler.shuffle(rows)
    low = {"line": 0.2}
    assert rank(*mixed, 9) == rank(LIST, votes, exposures, 9)
    assert quorum(*mixed, 9, low) == quorum(LIST, votes, exposures, 9, low)
    assert feed(*mixed, 9, None, [1], 4, random.Random(3)) == feed(
        LIST, votes, exposures, 9, None, [1], 4, random.Random(3)
    )
    assert [explain(n, *mixed, 9) for n in IDEAS] == [explain(n, LIST, votes, exposures, 9) for n in IDEAS]


@settings(max_examples=80, deadline=None)
@given(VOTES, EXPOSURES)
def test_the_list_holds_every_idea_once_by_score_then_looks_then_id(votes, exposures):
    standings = board(LIST, votes, exposures, PARAMS).standings
    keys = [(-round(one.score, 9), -round(one.m, 9), one.id) for one in standings]
    assert keys == sorted(keys)
    assert sorted(rank(LIST, votes, exposures, 9)) == list(IDEAS)


@settings(max_examples=80, deadline=None)
@given(VOTES, EXPOSURES, st.integers(0, 12), st.sets(st.sampled_from(IDEAS)), st.integers(0, 99))
def test_a_page_has_as_many_different_ideas_as_there_are(votes, exposures, k, skip, seed):
    page = feed(LIST, votes, exposures, 9, None, skip, k, random.Random(seed))
    assert len(page) == len(set(page)) == min(k, len(IDEAS) - len(skip))
    assert not skip & set(page)


STEPS = st.lists(st.tuples(st.sampled_from(IDEAS), st.sampled_from(USERS), st.one_of(st.none(), KINDS)), max_size=80)


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_votes_cast_changed_and_withdrawn_one_by_one_give_the_rebuilt_score(steps):
    votes, cells, sums, portal = {}, {}, dict.fromkeys(IDEAS, Terms()), Terms()
    for idea, user, kind in steps:
        team = user % 4
        before = after = cells.get((idea, team), TeamCell())
        earlier = votes.pop((idea, user), None)
        if earlier:
            after = revoke(after, earlier)
        if kind:
            after = cast(after, kind)
            votes[idea, user] = kind
        cells[idea, team] = after
        sums[idea] = shifted(sums[idea], before, after)
        portal = shifted(portal, before, after)
    rows = [
        {"idea": idea, "user": user, "team": user % 4, "site": site_of(user % 4), "kind": kind, "at": 0}
        for (idea, user), kind in votes.items()
    ]
    whole = board(LIST, rows, [], PARAMS)
    mu0 = portal_means(*portal).mu0
    assert mu0 == pytest.approx(whole.means.mu0, abs=1e-9)
    for one in whole.standings:
        kept = sums[one.id]
        assert kept == pytest.approx((one.s, one.d, one.m), abs=1e-9)
        assert score(*kept, mu0) == pytest.approx(one.score, abs=1e-9)
        assert evidence(*kept, mu0) == pytest.approx(one.evidence, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(STEPS, st.dictionaries(st.tuples(st.sampled_from(IDEAS), st.sampled_from(USERS)), st.floats(0, 0.99)))
def test_with_looks_too_the_kept_terms_are_the_rebuilt_ones(steps, scrolled):
    seen, votes, cells, sums = dict(scrolled), {}, {}, dict.fromkeys(IDEAS, Terms())
    for (idea, user), p in seen.items():
        before = cells.get((idea, user % 4), TeamCell())
        cells[idea, user % 4] = after = before._replace(m=before.m + p)
        sums[idea] = shifted(sums[idea], before, after)
    for idea, user, kind in steps:
        before = after = cells.get((idea, user % 4), TeamCell())
        was = seen.get((idea, user), 0.0)
        earlier = votes.pop((idea, user), None)
        if earlier:
            after = revoke(after, earlier, seen=was)
        if kind:
            after = cast(after, kind, seen=was)
            votes[idea, user] = kind
            seen[idea, user] = 0.0 if kind == "stop" else 1.0
        cells[idea, user % 4] = after
        sums[idea] = shifted(sums[idea], before, after)
    rows = [
        {"idea": i, "user": u, "team": u % 4, "site": site_of(u % 4), "kind": kind, "at": 0}
        for (i, u), kind in votes.items()
    ]
    exposures = [
        {
            "idea": i,
            "team": t,
            "site": site_of(t),
            "looks": math.fsum(p for (j, u), p in seen.items() if (j, u % 4) == (i, t)),
        }
        for i in IDEAS
        for t in TEAMS
    ]
    for one in board(LIST, rows, exposures, PARAMS).standings:
        assert sums[one.id] == pytest.approx((one.s, one.d, one.m), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(VOTES, EXPOSURES, st.sampled_from(IDEAS), st.sampled_from(TEAMS), st.sampled_from(["support", "strong"]))
def test_support_by_somebody_who_had_looked_never_lowers_score_or_evidence(votes, exposures, idea, team, kind):
    there = {(vote["user"]) for vote in votes if (vote["idea"], vote["team"]) == (idea, team)}
    ready = {"idea": idea, "team": team, "site": site_of(team), "looks": len(there) + 1.0}
    looked = [*exposures, ready]
    more = {"idea": idea, "user": "new", "team": team, "site": site_of(team), "kind": kind, "at": 9}
    before, after = standing_of(idea, votes, looked), standing_of(idea, [*votes, more], looked)
    assert after.score >= before.score - 1e-12
    assert after.evidence >= before.evidence - 1e-12


@settings(max_examples=100, deadline=None)
@given(VOTES, EXPOSURES, st.sampled_from(IDEAS), st.sampled_from(TEAMS), LOOKS)
def test_looks_that_bring_no_support_never_raise_evidence(votes, exposures, idea, team, looks):
    extra = {"idea": idea, "team": team, "site": site_of(team), "looks": looks}
    # Where the typical idea is objected to more than it is supported, a look is expected to bring less than nothing:
    # nothing is carried there, and the formula says nothing about looks.
    typical = board(LIST, votes, [*exposures, extra], PARAMS).means.mu0
    assume(typical + delta(typical) >= 0)
    before = standing_of(idea, votes, exposures)
    after = standing_of(idea, votes, [*exposures, extra])
    assert after.evidence <= before.evidence + 1e-12


@given(
    st.integers(0, 2000),
    st.integers(0, 2000),
    st.integers(0, 2000),
    LOOKS,
    st.floats(0.05, 1),
    st.floats(0, 3),
)
def test_one_team_adds_at_most_its_share_to_support_and_stops(plain, strong, stops, scrolled, rho, w_strong):
    params = Params(rho=rho, w_strong=w_strong, rho_stop=rho)
    cell = TeamCell(plain + (1 + w_strong) * strong, stops, plain + strong + scrolled)
    s, d, m = team_terms(cell, params)
    assert s <= (1 + w_strong) / rho + 1e-9
    assert d <= 1 / rho + 1e-9
    assert m <= 1 / rho + 1e-9


@given(
    st.lists(st.builds(TeamCell, LOOKS, st.integers(0, 9), LOOKS), max_size=20),
    st.randoms(use_true_random=False),
)
def test_terms_add_up_to_the_last_bit_in_any_order(cells, shuffler):
    mixed = list(cells)
    shuffler.shuffle(mixed)
    assert idea_terms(mixed) == idea_terms(cells)
    assert idea_terms(cells) == pytest.approx(
        [math.fsum(column) for column in zip(*map(team_terms, cells), strict=True)] or (0, 0, 0)
    )


@given(st.builds(TeamCell, LOOKS, st.integers(0, 9), LOOKS), KINDS, st.floats(0, 1))
def test_taking_a_vote_back_undoes_it(cell, kind, seen):
    assert revoke(cast(cell, kind, seen=seen), kind, seen=seen) == pytest.approx(cell, abs=1e-12)


@given(
    st.floats(-5, 9),
    st.integers(0, 8),
    st.integers(0, 5),
    st.integers(0, 40),
    st.integers(0, 6),
    st.floats(-1, 0.99),
)
def test_the_gap_is_closed_exactly_when_nobody_is_missing(evidence_, have, on, teams, sites, mu0):
    gap = quorum_gap(evidence_, have, on, teams=teams, sites=sites, mu0=mu0)
    assert gap.closed == (gap.people == 0)
    assert min(gap) >= 0


@settings(max_examples=80, deadline=None)
@given(VOTES, EXPOSURES)
def test_quorum_is_what_the_pieces_say(votes, exposures):
    params = Params(line=0.5)
    whole = board(LIST, votes, exposures, params)
    over = [
        one.id
        for one in whole.standings
        if quorum_gap(
            one.evidence,
            one.teams,
            one.sites,
            teams=whole.teams,
            sites=whole.sites,
            mu0=whole.means.mu0,
            params=params,
        ).closed
    ]
    assert quorum(LIST, votes, exposures, 9, params) == over
