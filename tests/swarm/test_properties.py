"""What the specification promises of every portal and test_ranking_properties leaves open: looks that grow while people
scroll, one team's share in a whole idea, and the line itself.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.swarm.line import quorum_gap
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
)
from portal.swarm.tally import board

PARAMS = Params()
KINDS = st.sampled_from(["support", "strong", "pass", "stop"])
TEAM, PERSON = st.integers(0, 3), st.integers(0, 15)
# A step is a look (how much of one, in place of a kind), a vote, or a withdrawal (None) by a person on an idea.
STEP = st.tuples(st.integers(0, 3), PERSON, st.one_of(st.none(), KINDS, st.floats(0.01, 1)))
CELLS = st.dictionaries(TEAM, st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.floats(0, 9)))
MU0 = st.floats(-0.5, 1.5)


class Kept:
    """Looks and votes kept up to date one by one, as the database keeps them."""

    def __init__(self):
        self.cells, self.terms, self.portal = {}, {}, Terms()
        self.seen, self.votes, self.closed = {}, {}, set()

    def change(self, idea, team, after):
        before = self.cells.get((idea, team), TeamCell())
        self.cells[idea, team] = after
        self.terms[idea] = shifted(self.terms.get(idea, Terms()), before, after)
        self.portal = shifted(self.portal, before, after)

    def scroll(self, idea, person, looked):
        if (idea, person) in self.votes or (idea, person) in self.closed:
            return
        cell = self.cells.get((idea, person % 4), TeamCell())
        was = self.seen.get((idea, person), 0.0)
        now = max(was, 1 - (1 - was) * (1 - looked))
        self.seen[idea, person] = now
        self.change(idea, person % 4, cell._replace(m=cell.m + now - was))

    def decide(self, idea, person, kind):
        cell, seen = self.cells.get((idea, person % 4), TeamCell()), self.seen.get((idea, person), 0.0)
        earlier = self.votes.pop((idea, person), None)
        if earlier:
            cell = revoke(cell, earlier, seen=seen)
        if kind:
            cell = cast(cell, kind, seen=seen)
            self.votes[idea, person] = kind
            self.seen[idea, person] = 0.0 if kind == "stop" else 1.0
            if kind == "stop":
                self.closed.add((idea, person))
        self.change(idea, person % 4, cell)

    def rows(self):
        votes = [
            {"idea": i, "user": p, "team": p % 4, "site": p % 2, "kind": kind, "at": 0}
            for (i, p), kind in self.votes.items()
        ]
        looks = [{"idea": i, "team": p % 4, "site": p % 2, "looks": looked} for (i, p), looked in self.seen.items()]
        return [{"id": n} for n in range(4)], votes, looks


@settings(max_examples=80, deadline=None)
@given(st.lists(STEP, max_size=70))
def test_scrolling_deciding_and_withdrawing_in_any_order_keep_the_rebuilt_numbers(steps):
    kept = Kept()
    for idea, person, what in steps:
        (kept.scroll if isinstance(what, float) else kept.decide)(idea, person, what)
    whole = board(*kept.rows(), PARAMS)
    mu0 = portal_means(*kept.portal).mu0
    assert mu0 == pytest.approx(whole.means.mu0, abs=1e-9)
    for one in whole.standings:
        terms = kept.terms.get(one.id, Terms())
        assert terms == pytest.approx((one.s, one.d, one.m), abs=1e-9)
        assert score(*terms, mu0) == pytest.approx(one.score, abs=1e-9)
        assert evidence(*terms, mu0) == pytest.approx(one.evidence, abs=1e-9)


def cells_of(given_cells):
    return {
        team: TeamCell(plain + 2.0 * strong, stops, plain + strong + scrolled)
        for team, (plain, strong, stops, scrolled) in given_cells.items()
    }


@given(CELLS, TEAM, st.integers(0, 400), st.integers(0, 400), st.floats(0, 50))
def test_however_many_of_one_team_press_support_rises_by_no_more_than_its_share(before, team, plain, strong, scrolled):
    cells = cells_of(before)
    without = idea_terms([cell for number, cell in cells.items() if number != team])
    pressed = TeamCell(plain + 2.0 * strong, 0, plain + strong + scrolled)
    s, _, _ = idea_terms([*(cell for number, cell in cells.items() if number != team), pressed])
    assert s - without.s <= (1 + PARAMS.w_strong) / PARAMS.rho + 1e-9


@given(CELLS, st.integers(1, 10_000))
def test_however_many_of_one_team_object_the_idea_loses_one_stop(before, stops):
    cells = list(cells_of(before).values())
    d = idea_terms([*cells, TeamCell(0, stops, 0)]).d - idea_terms(cells).d
    assert d <= 1 / PARAMS.rho_stop + 1e-9


@given(CELLS, TEAM, st.sampled_from(["support", "strong"]), MU0)
def test_at_a_fixed_typical_idea_support_after_a_look_lowers_neither_score_nor_evidence(before, team, kind, mu0):
    cells = cells_of(before)
    cells[team] = looked = cells.get(team, TeamCell())._replace(m=cells.get(team, TeamCell()).m + 1.0)
    old = idea_terms(cells.values())
    new = idea_terms((cells | {team: cast(looked, kind, seen=1.0)}).values())
    assert score(*new, mu0) >= score(*old, mu0) - 1e-12
    assert evidence(*new, mu0) >= evidence(*old, mu0) - 1e-12
    assert new.m == pytest.approx(old.m, abs=1e-9)


@given(CELLS, TEAM, st.floats(0, 20), st.floats(-0.3, 1.5))
def test_at_a_fixed_typical_idea_more_looks_never_raise_evidence(before, team, looks, mu0):
    cells = cells_of(before)
    one = cells.setdefault(team, TeamCell())
    more = cells | {team: one._replace(m=one.m + looks)}
    if mu0 + delta(mu0) >= 0:
        assert evidence(*idea_terms(more.values()), mu0) <= evidence(*idea_terms(cells.values()), mu0) + 1e-9


@given(
    st.floats(-5, 12),
    st.integers(0, 24),
    st.integers(0, 6),
    st.integers(1, 40),
    st.integers(1, 8),
    st.floats(-0.5, 0.9),
)
def test_an_idea_over_the_line_stays_over_it_when_evidence_or_supporters_are_added(found, have, on, teams, sites, mu0):
    def closed(*numbers):
        return quorum_gap(*numbers, teams=teams, sites=sites, mu0=mu0).closed

    if closed(found, have, on):
        assert closed(found + 1, have, on) and closed(found, have + 1, on) and closed(found, have, on + 1)
