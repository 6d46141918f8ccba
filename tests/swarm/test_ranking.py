"""Small cases worked out by hand; the general statements are in test_ranking_properties."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from portal.errors import Missing
from portal.swarm.feed import Card, deal
from portal.swarm.line import contested, quorum_gap, sites_needed, swarm_line, teams_needed
from portal.swarm.ranking import explain, feed, forget, quorum, rank
from portal.swarm.score import (
    DEFAULTS,
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
    sd,
    team_terms,
    vote_weight,
)
from portal.swarm.wording import Numbers, sentence

NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)

# A portal so large that one idea does not move it: mu0 stays at 0.44.
STEADY = {"prior_s": 0.44e12, "prior_d": 0.0, "prior_m": 1e12}
COMPANY = {**STEADY, "teams": 24, "sites": 6}


def idea(number=1, team="t1", site="s1"):
    return {"id": number, "created_at": NOON, "team": team, "site": site}


def vote(user, kind="support", idea=1, team="t1", site="s1", at=NOON):
    return {"idea": idea, "user": user, "team": team, "site": site, "kind": kind, "at": at}


def shown(looks, idea=1, team="t1", site="s1"):
    return {"idea": idea, "team": team, "site": site, "looks": looks}


def eight_supporters(*kinds):
    """Two, two, two, one and one people of five teams on three sites."""
    people = [("t1", "s1")] * 2 + [("t2", "s1")] * 2 + [("t3", "s2")] * 2 + [("t4", "s2"), ("t5", "s3")]
    return [
        vote(f"u{n}", kind, team=team, site=site)
        for n, ((team, site), kind) in enumerate(zip(people, kinds, strict=True))
    ]


# -- the worked example --------------------------------------------------------------------------------------


def test_delta_is_0_28_where_the_typical_idea_has_0_44():
    assert delta(0.44) == pytest.approx(0.28)


def test_eight_plain_supporters_in_five_teams_have_1_7_evidence_and_stay_below_the_line():
    cells = [TeamCell(2, 0, 2)] * 3 + [TeamCell(1, 0, 1)] * 2
    s, d, m = idea_terms(cells)
    assert (s, d, m) == (pytest.approx(6.0), 0, pytest.approx(6.0))
    assert evidence(s, d, m, 0.44) == pytest.approx(1.68)
    assert quorum([idea()], eight_supporters(*["support"] * 8), [], NOON, COMPANY) == []


def test_eight_strong_supporters_have_7_7_evidence_and_reach_the_line():
    cells = [TeamCell(4, 0, 2)] * 3 + [TeamCell(2, 0, 1)] * 2
    s, d, m = idea_terms(cells)
    assert (s, m) == (pytest.approx(12.0), pytest.approx(6.0))
    assert evidence(s, d, m, 0.44) == pytest.approx(7.68)
    assert quorum([idea()], eight_supporters(*["strong"] * 8), [], NOON, COMPANY) == [1]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["strong", "support"] * 3 + ["strong"] * 2, 5.68),
        (["strong"] * 4 + ["strong", "support", "support", "support"], 5.01),
    ],
)
def test_five_strong_of_eight_have_about_5_evidence_and_reach_the_line(kinds, expected):
    text = explain(1, [idea()], eight_supporters(*kinds), [], NOON, COMPANY)
    assert f"It has {expected:.1f} of the 4.5 it needs" in text
    assert quorum([idea()], eight_supporters(*kinds), [], NOON, COMPANY) == [1]


# -- formulas ------------------------------------------------------------------------------------------------


def test_a_team_of_three_supporters_and_two_stops_is_discounted_by_hand():
    # looks 4 → 1 + 0.5·3 = 2.5; stops 2 → 1 + 1·1 = 2
    assert team_terms(TeamCell(3, 2, 4)) == Terms(3 / 2.5, 1.0, 4 / 2.5)


def test_less_than_one_look_is_not_discounted():
    assert team_terms(TeamCell(0, 0, 0.3)) == Terms(0, 0, 0.3)


def test_an_empty_portal_has_the_prior_means():
    means = portal_means(0, 0, 0)
    assert (means.ps, means.pd) == (pytest.approx(1 / 3), pytest.approx(0.2 / 3))
    assert means.mu0 == pytest.approx(0.8 / 3)
    assert means.var == pytest.approx(1 / 3 + 0.2 / 3 - (0.8 / 3) ** 2)


def test_the_variance_never_falls_below_its_floor():
    assert portal_means(1e9, 0, 1e9).var == 0.05


def test_score_and_spread_by_hand():
    # (3 - 1 + 8·0.5) / (4 + 8) and 1.25·sqrt(0.24/12)
    assert score(3, 1, 4, 0.5) == pytest.approx(0.5)
    assert sd(4, 0.24) == pytest.approx(1.25 * 0.02**0.5)


@pytest.mark.parametrize(("mu0", "expected"), [(-0.5, 0.4), (0.1, 0.4), (0.6, 0.2), (0.99, 0.025), (1.4, 0.025)])
def test_delta_is_capped_at_both_ends(mu0, expected):
    assert delta(mu0) == pytest.approx(expected)


@pytest.mark.parametrize(("teams", "line"), [(0, 0), (2, 0.45), (10, 2.25), (20, 4.5), (300, 4.5)])
def test_the_line_is_lower_in_small_organisations(teams, line):
    assert swarm_line(teams) == pytest.approx(line)


@pytest.mark.parametrize(("teams", "needed"), [(0, 2), (1, 2), (8, 2), (9, 3), (16, 4), (17, 5), (500, 5)])
def test_supporters_come_from_a_quarter_of_the_teams_between_two_and_five(teams, needed):
    assert teams_needed(teams) == needed


@pytest.mark.parametrize(("sites", "needed"), [(0, 0), (1, 1), (3, 3), (40, 3)])
def test_supporters_are_on_three_sites_where_there_are_three(sites, needed):
    assert sites_needed(sites) == needed


def test_a_strong_vote_is_worth_two_and_a_stop_nothing_in_support():
    assert [vote_weight(kind) for kind in ("support", "strong", "pass", "stop")] == [1, 2, 0, 0]


def test_a_stop_takes_back_what_scrolling_by_had_added():
    assert cast(TeamCell(0, 0, 0.4), "stop", seen=0.4) == TeamCell(0, 1, 0)


def test_a_support_after_scrolling_by_makes_the_look_whole():
    assert cast(TeamCell(0, 0, 0.4), "support", seen=0.4) == pytest.approx((1, 0, 1))


def test_a_withdrawn_vote_may_leave_its_look():
    assert revoke(TeamCell(2, 0, 1), "strong", seen=1.0) == TeamCell(0, 0, 1)


@pytest.mark.parametrize("wrong", [{"m0": 0}, {"prior_m": 0}, {"rho": -1}, {"line_teams": 0}])
def test_parameters_without_a_meaning_are_refused(wrong):
    with pytest.raises(ValueError, match=r"above nought|negative"):
        Params(**wrong)


def test_parameters_may_come_with_keys_of_others_and_with_gaps():
    assert Params.read({"rho": 0.7, "sites": None, "state_version": 4}) == Params(rho=0.7)
    assert Params.read(None) == Params.read(DEFAULTS) == Params()


def test_contested_takes_three_teams_and_a_quarter_of_the_support():
    assert contested(3, 12.0, 3.0)
    assert not contested(2, 12.0, 3.0)
    assert not contested(3, 12.1, 3.0)


# -- which rows count ----------------------------------------------------------------------------------------


def test_nothing_gives_nothing():
    assert rank([], [], [], NOON) == quorum([], [], [], NOON) == []
    assert feed([], [], [], NOON, None, [], 8, random.Random(1)) == []


def test_more_support_for_the_same_looks_ranks_higher_and_unseen_ideas_lie_between():
    ideas = [idea(1), idea(2), idea(3)]
    votes = [vote("a", "pass", 1), vote("b", "support", 3)]
    assert rank(ideas, votes, [], NOON) == [3, 2, 1]


def test_equal_scores_go_by_looks_and_then_by_id_with_numbers_before_words():
    ideas = [idea("b"), idea(10), idea("a"), idea(9)]
    assert rank(ideas, [], [], NOON) == [9, 10, "a", "b"]


def test_at_equal_scores_the_idea_that_more_have_seen_comes_first():
    # Prior means make mu0 one half; two looks with one support keep the score at exactly that.
    half = {"prior_s": 0.5e12, "prior_d": 0.0, "prior_m": 1e12}
    votes = [vote("a", idea=2), vote("b", "pass", idea=2, team="t2")]
    assert rank([idea(1), idea(2)], votes, [], NOON, half) == [2, 1]


def test_votes_and_looks_on_unknown_ideas_change_nothing():
    ideas, votes = [idea(1)], [vote("a")]
    stray = [vote("b", "stop", 99, team="t9", site="s9")]
    alone = explain(1, ideas, votes, [], NOON)
    assert explain(1, ideas, votes + stray, [shown(7, 99, "t8", "s8")], NOON) == alone


@pytest.mark.parametrize("later", [NOON + timedelta(days=1), datetime(2025, 3, 4, 12)])  # noqa: DTZ001
def test_the_latest_of_repeated_votes_stands(later):
    votes = [vote("a", "stop", at=later), vote("a", "support", at=NOON)]
    for rows in (votes, votes[::-1]):
        assert "nobody supports it yet and 1 objects" in explain(1, [idea()], rows, [], NOON)


def test_moments_may_be_numbers():
    votes = [vote("a", "strong", at=2), vote("a", "stop", at=1.5), vote("a", "pass", at=None)]
    assert "1 supports it (1 strongly)" in explain(1, [idea()], votes, [], 3)


def test_of_votes_at_the_same_moment_the_least_favourable_stands():
    votes = [vote("a", "strong"), vote("a", "stop"), vote("a", "support")]
    for rows in (votes, votes[::-1]):
        assert "1 objects" in explain(1, [idea()], rows, [], NOON)


def test_erased_people_stay_different_people():
    votes = [vote(None), vote(None, team="t2"), vote("a", team="t2")]
    assert "3 support it" in explain(1, [idea()], votes, [], NOON)


@pytest.mark.parametrize("rows", [[vote("a", "like")], [vote("a", "like"), vote("a", "support")]])
def test_a_vote_of_an_unknown_kind_is_an_error(rows):
    with pytest.raises(ValueError, match="'like'"):
        rank([idea()], rows, [], NOON)


def test_looks_are_never_fewer_than_those_who_decided():
    votes = [vote("a"), vote("b", "pass"), vote("c", "stop")]
    assert "about 2 colleagues" in explain(1, [idea()], votes, [shown(1.2)], NOON)
    assert "about 9 colleagues" in explain(1, [idea()], votes, [shown(9.2)], NOON)


def test_a_smaller_exposure_row_is_the_same_as_none():
    votes = [vote("a"), vote("b", "pass")]
    assert explain(1, [idea()], votes, [shown(0.5)], NOON) == explain(1, [idea()], votes, [], NOON)


def test_looks_of_a_team_on_two_sites_add_up_and_broken_looks_are_nought():
    rows = [
        shown(3.0),
        shown(4.0, site="s2"),
        shown(-5),
        shown(float("nan")),
        shown(float("inf")),
        shown(None),
    ]
    assert "about 7 colleagues looked at it and nobody supports it yet" in explain(1, [idea()], [], rows, NOON)


def test_people_without_a_team_are_discounted_as_one_and_are_no_team():
    votes = [vote(n, "strong", team=None, site=None) for n in range(40)]
    assert "40 support it (40 strongly). It has" in explain(1, [idea()], votes, [], NOON)
    assert quorum([idea()], votes, [], NOON, COMPANY) == []


def test_ids_may_be_of_several_types_at_once():
    votes = [vote("a", idea="x"), vote("b", idea=1), vote("c", idea="x", team="t2")]
    assert rank([idea(1), idea("x"), idea(2)], votes, [], NOON) == ["x", 1, 2]


def test_rows_may_be_consumed_only_once():
    rows = (idea(n) for n in (1, 2))
    assert rank(rows, iter([vote("a", idea=2)]), iter([]), NOON) == [2, 1]


# -- quorum --------------------------------------------------------------------------------------------------


def spread(people, teams, sites, kind="strong"):
    return [vote(f"u{n}", kind, team=f"t{n % teams}", site=f"s{n % sites}") for n in range(people)]


def test_forty_strong_supporters_of_four_teams_are_not_enough_where_five_are_needed():
    assert quorum([idea()], spread(40, 4, 4), [], NOON, COMPANY) == []
    assert quorum([idea()], spread(40, 5, 5), [], NOON, COMPANY) == [1]


def test_supporters_of_eight_teams_on_two_sites_are_not_enough_where_three_are_needed():
    assert quorum([idea()], spread(40, 8, 2), [], NOON, COMPANY) == []
    assert quorum([idea()], spread(40, 8, 2), [], NOON, {**COMPANY, "sites": 2}) == [1]


def test_teams_and_sites_are_counted_in_the_data_unless_given():
    votes = spread(4, 4, 4, "strong")  # line 4.5·4/20 = 0.9, two teams, three sites
    assert quorum([idea(team="t0", site="s0")], votes, [], NOON, STEADY) == [1]
    assert quorum([idea(team="t0", site="s0")], votes, [], NOON, COMPANY) == []


def test_ideas_and_exposures_name_teams_too():
    rows = [shown(1, 1, f"x{n}", f"y{n}") for n in range(36)]
    votes = spread(4, 4, 4, "strong")
    assert quorum([idea(team="t0", site="s0")], votes, rows, NOON, STEADY) == []


def test_an_idea_for_one_partner_is_judged_by_the_teams_of_that_partner():
    votes, narrow = spread(4, 4, 2, "strong"), {**COMPANY, "audiences": {1: (8, 2)}}
    assert quorum([idea()], votes, [], NOON, COMPANY) == []
    assert quorum([idea()], votes, [], NOON, narrow) == [1]
    assert "of the 1.8 it needs" in explain(1, [idea()], votes, [], NOON, narrow)


def test_ideas_over_the_line_come_best_first_and_promoted_ones_stay():
    votes = [v | {"idea": n} for n, people in ((1, 10), (2, 20)) for v in spread(people, 10, 5)]
    assert quorum([idea(1), idea(2)], votes, [], NOON, {**COMPANY, "promoted": {2}}) == [2, 1]


def test_nothing_is_promoted_where_there_is_nothing_to_count():
    assert quorum([{"id": 1}], [], [], NOON) == []


def test_the_gap_names_people_teams_and_sites():
    gap = quorum_gap(1.68, 3, 3, teams=24, sites=6, mu0=0.44)
    assert (gap.evidence, gap.people, gap.teams, gap.sites) == (pytest.approx(2.82), 11, 2, 0)  # 2.82 / 0.28
    assert not gap.closed


def test_the_gap_is_closed_by_evidence_within_rounding():
    assert quorum_gap(4.5 - 1e-12, 5, 3, teams=24, sites=6, mu0=0.44).closed


def test_where_plain_support_is_no_news_the_gap_counts_strong_supporters():
    gap = quorum_gap(0.0, 5, 3, teams=24, sites=6, mu0=1.0)
    assert gap.people == 5  # 4.5 / (2 - 1.025)


# -- feed ----------------------------------------------------------------------------------------------------


def many(n):
    ideas = [idea(number) for number in range(n)]
    votes = [vote(f"u{number}", idea=number) for number in range(0, n, 3)]
    return ideas, votes


def test_a_page_has_k_different_ideas_none_of_them_skipped_or_promoted():
    ideas, votes = many(60)
    page = feed(ideas, votes, [], NOON, {"promoted": [3]}, {0, 1, 2}, 20, random.Random(5))
    assert len(page) == len(set(page)) == 20
    assert not {0, 1, 2, 3} & set(page)


def test_a_short_list_is_dealt_whole_and_an_empty_page_is_empty():
    ideas, votes = many(5)
    assert sorted(feed(ideas, votes, [], NOON, None, [4], 8, random.Random(5))) == [0, 1, 2, 3]
    assert feed(ideas, votes, [], NOON, None, None, 0, random.Random(5)) == []


def test_the_same_seed_deals_the_same_page_whatever_the_order_of_rows():
    ideas, votes = many(60)
    page = feed(ideas, votes, [], NOON, None, [], 8, random.Random(5))
    assert feed(ideas[::-1], votes[::-1], [], NOON, None, [], 8, random.Random(5)) == page


def test_somebody_who_decided_five_hundred_ideas_still_gets_a_page():
    ideas, votes = many(520)
    best = rank(ideas, votes, [], NOON)[:500]
    assert len(feed(ideas, votes, [], NOON, None, best, 8, random.Random(5))) == 8


def test_places_three_and_six_go_to_the_least_looked_at():
    promising = [Card(n, 1.0, 0.0, 50.0) for n in range(20)]
    unseen = [Card(n, 0.0, 0.0, 0.0) for n in (100, 101)]
    page = deal(promising, [*promising, *unseen], 8, random.Random(1))
    assert {page[2], page[5]} == {100, 101}
    assert set(page) - {100, 101} <= set(range(20))


def test_a_long_page_repeats_the_pattern_of_eight():
    promising = [Card(n, 1.0, 0.0, 50.0) for n in range(40)]
    unseen = [Card(n, 0.0, 0.0, 0.0) for n in range(100, 104)]
    page = deal(promising, [*promising, *unseen], 16, random.Random(1))
    assert {page[n] for n in (2, 5, 10, 13)} == {100, 101, 102, 103}


def test_either_kind_fills_in_for_the_other():
    cards = [Card(n, 1.0, 0.1, 1.0) for n in range(8)]
    assert sorted(deal(cards, [], 8, random.Random(1))) == list(range(8))
    assert sorted(deal([], cards, 8, random.Random(1))) == list(range(8))
    assert sorted(deal(cards[:3], cards[2:], 8, random.Random(1))) == list(range(8))


def test_without_noise_the_best_six_lead():
    ideas, votes = many(30)
    still = {"feed_noise": 0.0, "feed_jitter": 0.0}
    page = feed(ideas, votes, [], NOON, still, [], 8, random.Random(1))
    assert [page[n] for n in (0, 1, 3, 4, 6, 7)] == [0, 3, 6, 9, 12, 15]
    assert [page[2], page[5]] == [1, 2]


# -- explanation ---------------------------------------------------------------------------------------------


def numbers(**over):
    gap = quorum_gap(3.1, 7, 4, teams=24, sites=6, mu0=0.44)
    given = {
        "place": 3,
        "looks": 22.3,
        "supporters": 14,
        "strong": 5,
        "stops": 1,
        "teams": 7,
        "sites": 4,
        "evidence": 3.1,
        "line": 4.5,
        "gap": gap,
    }
    return Numbers(**(given | over))


def test_the_sentence_of_the_specification():
    assert sentence(numbers()) == (
        "No. 3: about 22 colleagues looked at it, 14 support it (5 strongly) and 1 objects, "
        "from 7 teams on 4 sites. It has 3.1 of the 4.5 it needs to go to the executives."
    )


def test_one_is_singular_and_nobody_is_said_so():
    one = numbers(looks=1, supporters=1, strong=0, stops=0, teams=1, sites=1)
    assert sentence(one).startswith("No. 3: about 1 colleague looked at it and 1 supports it, from 1 team on 1 site.")
    none = numbers(looks=0, supporters=0, strong=0, stops=0, teams=0, sites=0)
    assert sentence(none).startswith("No. 3: nobody has looked at it yet. It has")
    against = numbers(looks=0, supporters=0, strong=0, stops=2, teams=0, sites=0)
    assert "about 2 colleagues looked at it, nobody supports it yet and 2 object. It" in sentence(against)


def test_what_is_missing_besides_evidence_is_named():
    gap = quorum_gap(6.0, 3, 2, teams=24, sites=6, mu0=0.44)
    text = sentence(numbers(evidence=6.0, gap=gap))
    assert text.endswith("It still needs supporters from 2 more teams and 1 more site.")


def test_an_idea_just_below_the_line_does_not_look_full_and_one_below_nought_has_nothing():
    almost = quorum_gap(4.47, 7, 4, teams=24, sites=6, mu0=0.44)
    assert "It has 4.4 of the 4.5" in sentence(numbers(evidence=4.47, gap=almost))
    assert "It has 0.0 of the 4.5" in sentence(numbers(evidence=-2.0))


def test_explaining_an_idea_that_is_not_there_is_missing():
    with pytest.raises(Missing):
        explain(7, [idea(1)], [], [], NOON)


# -- keeping a count -----------------------------------------------------------------------------------------


def test_the_same_state_version_counts_once_and_another_one_counts_again():
    ideas, votes = [idea(1), idea(2)], [vote("a", idea=2)]
    assert rank(ideas, votes, [], NOON, {"state_version": 1}) == [2, 1]
    exposures = []
    assert rank(ideas, votes, exposures, NOON, {"state_version": 1}) == [2, 1]
    votes[0]["kind"] = "stop"
    assert rank(ideas, votes, exposures, NOON, {"state_version": 1}) == [2, 1]
    assert rank(ideas, votes, exposures, NOON, {"state_version": 2}) == [1, 2]
    forget()


def test_other_rows_or_parameters_under_the_same_version_are_counted_afresh():
    ideas, votes = [idea(1), idea(2)], [vote("a", idea=2)]
    assert rank(ideas, votes, [], NOON, {"state_version": 1}) == [2, 1]
    assert rank(ideas, [vote("a", idea=1)], [], NOON, {"state_version": 1}) == [1, 2]
    votes.append(vote("b", idea=1))
    votes.append(vote("c", idea=1, team="t2"))
    assert rank(ideas, votes, [], NOON, {"state_version": 1}) == [1, 2]
    forget()
