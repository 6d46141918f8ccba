"""The simulation of a queue: what has to come out of it, and that it can come out badly."""

from dataclasses import replace

from bench.answers import Effort, run


def test_every_idea_has_somebody_and_the_first_reply_comes_soon_at_little_cost() -> None:
    found = run(months=2)

    assert found.ideas > 500 and found.without_answerer == 0
    assert found.median_first_reply_days <= 2 and found.executive_minutes_worst_week <= 15
    assert found.good


def test_nobody_who_looks_is_seen_in_the_figures() -> None:
    found = run(months=1, effort=replace(Effort(), leader_opens=0.05, leader_minutes_a_day=2))

    assert not found.good and found.climbed > 0
