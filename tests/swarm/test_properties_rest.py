"""An idea that a few keen teams carry over the line, where the parameters ask the other teams too."""

import pytest
from hypothesis import given, settings

from portal.swarm.line import rest, stands_without_keenest
from portal.swarm.ranking import quorum
from portal.swarm.score import Params, TeamCell
from portal.swarm.tally import board, team_cells
from tests.swarm.test_ranking_properties import EXPOSURES, IDEAS, LIST, VOTES

KEEN = TeamCell(12.0, 0, 6.0)  # six strong supporters
COMPANY = {"prior_s": 0.44e12, "prior_d": 0.0, "prior_m": 1e12, "teams": 24, "sites": 6}


def votes_of(team, kinds):
    return [
        {"idea": 1, "user": (team, n), "team": team, "site": team % 6, "kind": kind, "at": 0}
        for n, kind in enumerate(kinds)
    ]


def test_the_keenest_teams_are_left_out_and_the_others_summed():
    others = [TeamCell(1.0, 0, 1.0), TeamCell(0.0, 1, 0.0), TeamCell(0.0, 0, 1.0)]
    # 1 - 0.72, -1 and -0.72
    assert rest([*others, *[KEEN] * 5], teams=24, mu0=0.44) == pytest.approx(0.28 - 1 - 0.72)


def test_without_other_teams_there_is_nothing_left():
    assert rest([KEEN] * 5, teams=24, mu0=0.44) == rest([], teams=24, mu0=0.44) == 0.0


def test_nothing_is_asked_of_other_teams_unless_the_parameters_say_so():
    assert stands_without_keenest([KEEN] * 5 + [TeamCell(0, 9, 0)], teams=24, mu0=0.44)
    assert not stands_without_keenest([KEEN] * 5, teams=24, mu0=0.44, params=Params(rest_min=0.5))


def test_a_brigade_of_five_teams_is_over_the_line_until_the_others_are_asked():
    brigade = [vote for team in range(5) for vote in votes_of(team, ["strong"] * 6)]
    asked = {**COMPANY, "rest_min": 0.5}
    assert quorum([{"id": 1}], brigade, [], 0, COMPANY) == [1]
    assert quorum([{"id": 1}], brigade, [], 0, asked) == []
    more = [vote for team in (5, 6) for vote in votes_of(team, ["support"])]
    assert quorum([{"id": 1}], brigade + more, [], 0, asked) == [1]  # 2 · 0.28
    doubters = [vote for team in (7, 8) for vote in votes_of(team, ["pass"])]
    assert quorum([{"id": 1}], iter(brigade + more + doubters), iter([]), 0, asked) == []


@settings(max_examples=60, deadline=None)
@given(VOTES, EXPOSURES)
def test_cells_by_team_are_those_that_the_list_was_counted_from(votes, exposures):
    cells = team_cells(list(IDEAS), votes, exposures, Params())
    for one in board(LIST, votes, exposures, Params()).standings:
        assert sum(cell.m for cell in cells[one.id]) == pytest.approx(one.looks)
        assert sum(cell.d for cell in cells[one.id]) == one.stops
        assert sum(cell.u for cell in cells[one.id]) == one.supporters + one.strong


@settings(max_examples=60, deadline=None)
@given(VOTES, EXPOSURES)
def test_asking_the_others_only_ever_takes_ideas_out(votes, exposures):
    low = {"line": 0.2}
    whole = quorum(LIST, votes, exposures, 0, low)
    asked = quorum(LIST, votes, exposures, 0, {**low, "rest_min": 0.5})
    assert asked == [one for one in whole if one in asked]
