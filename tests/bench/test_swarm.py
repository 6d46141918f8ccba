"""The simulated portal is the same for everybody who draws it, and keeps Sayso's own numbers."""

from functools import lru_cache

import pytest

from bench.swarm.baselines import FiderTrending, RawCount, Wilson
from bench.swarm.brigades import Brigade, Pushes
from bench.swarm.judging import summed_up, table
from bench.swarm.measures import false_share, late_good_recall, reached, recall_at
from bench.swarm.running import Run
from bench.swarm.sayso import Sayso
from bench.swarm.variants import VARIANTS
from bench.swarm.world import DAYS, IDEAS, PEOPLE, SITES, TEAMS, World, make_world
from portal.swarm.score import Params
from portal.swarm.tally import board

TRUTH = [float(number) for number in range(100)]  # the last is the best


@lru_cache
def world() -> World:
    return make_world(3)


@lru_cache
def short_run() -> Run:
    return Run(world(), Sayso(world()), 200).go()


def test_a_seed_gives_one_world_and_another_seed_another() -> None:
    assert make_world(3) == world()
    assert make_world(4).truth != world().truth
    assert (len(world().truth), len(world().team_of)) == (IDEAS, PEOPLE)


def test_the_same_seed_gives_the_same_run() -> None:
    again = Run(world(), Sayso(world()), 200).go()

    assert again.policy.votes == short_run().policy.votes
    assert again.policy.order(DAYS) == short_run().policy.order(DAYS)


def test_nobody_decides_twice_or_on_their_own_idea() -> None:
    votes = short_run().policy.votes

    assert len({(vote["idea"], vote["user"]) for vote in votes}) == len(votes) > 300
    assert all(world().authors[vote["idea"]] != vote["user"] for vote in votes)


def test_nobody_holds_more_than_five_strong_supports() -> None:
    assert max(map(len, short_run().people.strong)) <= 5


def test_what_is_kept_vote_by_vote_is_what_the_list_counts_from_the_rows() -> None:
    policy = short_run().policy
    ideas = [{"id": number, "team": 0, "site": 0} for number in range(IDEAS)]

    whole = board(ideas, policy.votes, policy.exposures(), Params())

    for one in whole.standings:
        kept = policy.ideas[one.id]
        assert kept.terms == pytest.approx((one.s, one.d, one.m), abs=1e-9)
        assert (len(kept.backed), kept.supports) == (one.teams, one.supporters)
        assert len({team % SITES for team in kept.backed}) == one.sites
    assert policy.sums == pytest.approx(
        [sum(column) for column in zip(*(one[1:4] for one in whole.standings), strict=True)]
    )


def test_promoted_ideas_and_decided_ones_are_not_dealt() -> None:
    policy = Sayso(world())
    for at in world().arrived[:20]:
        policy.arrive(at)
    policy.ideas[3].promoted_at = 1.0

    page = policy.page({1, 2}, {4: 0.9, 5: 0.5}, 50.0, Run(world(), policy, 1).dealer)

    assert len(set(page)) == 8 and not {1, 2, 3, 4} & set(page)


def test_a_brigade_of_everybody_succeeds_and_of_nobody_does_not() -> None:
    pushes = Pushes((Brigade(0, 0), Brigade(PEOPLE, TEAMS, 1.0)))
    Run(world(), Sayso(world()), 300).go(pushes.pauses())

    nobody, everybody = pushes.results().values()

    assert len(nobody) == len(everybody) > 10
    assert sum(nobody) / len(nobody) < 0.1 and all(everybody)


def test_pushes_leave_the_run_as_it_would_have_been() -> None:
    pushed = Run(world(), Sayso(world()), 200).go(Pushes().pauses())

    assert pushed.policy.votes == short_run().policy.votes


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_runs(name: str) -> None:
    run = Run(world(), VARIANTS[name](world()), 15).go()

    assert sorted(run.policy.order(DAYS)) == list(range(IDEAS))


def test_counts_and_formulas_of_other_portals() -> None:
    raw, fider, wilson = RawCount(world()), FiderTrending(world()), Wilson(world())
    for policy in (raw, fider, wilson):
        policy.arrive(0.0)
        for person in range(4):
            policy.decide(0, person, "support", "feed", 1.0, 0.0)
        policy.decide(0, 4, "down", "feed", 1.0, 0.0)

    assert raw.value(raw.ideas[0], 1.0) == 4
    assert fider.value(fider.ideas[0], 1.0) == pytest.approx(19 / 26**1.4)
    assert fider.value(fider.ideas[0], 40.0) == pytest.approx(-1 / 962**1.4)
    assert wilson.value(wilson.ideas[0], 1.0) == pytest.approx(0.5135, abs=1e-4)


def test_measures_on_a_list_with_a_known_answer() -> None:
    order = [99, 98, 97, 96, 95, 4, 3, 2, 1, 0, *range(5, 95)]

    assert recall_at(10, order, TRUTH) == 0.5
    assert late_good_recall(order, TRUTH) == 0.5  # of 90..99, all late, five stand in the first ten
    assert reached(0.05, {99, 98, 1}, TRUTH) == pytest.approx(0.4)
    assert false_share({99, 80, 10, 20}, TRUTH) == 0.5
    assert false_share([], TRUTH) is None


def test_a_table_has_a_row_for_each_policy_and_a_dash_for_what_nobody_measured() -> None:
    summary = summed_up([{"a": 0.5, "b": None}, {"a": 0.7, "b": None}])

    assert table({"one": summary}, ["a", "b"])[2] == "| one | 0.60 ±0.20 | – |"
