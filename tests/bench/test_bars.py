"""From measured lines to ratios and verdicts."""

from typing import Any

from bench.bars import Bar, bars
from bench.load import Round, middle


def line(what: str, **over: Any) -> dict[str, Any]:
    usual = {
        "what": what,
        "database": "sqlite",
        "ideas": 1000,
        "rate": 100.0,
        "p50_ms": 1.0,
        "p99_ms": 2.0,
        "cpu_ms": 4.0,
    }
    return usual | over


def pages(ideas: int, rate: float) -> list[dict[str, Any]]:
    where = {"server": "one", "connections": 4, "ideas": ideas}
    return [line("board, limit", **where, rate=200.0), line("board, real", **where, rate=rate)]


def found(results: list[dict[str, Any]], words: str) -> Bar:
    (one,) = [bar for bar in bars(results) if words in bar.name]
    return one


def test_a_page_is_held_against_its_own_template() -> None:
    half, less = found(pages(1000, 100.0), "limit, requests"), found(pages(1000, 99.0), "limit, requests")

    assert (half.figure, half.met) == (0.5, True)
    assert less.met is False


def test_growth_is_from_the_fewest_to_the_most_ideas() -> None:
    results = [*pages(1000, 150.0), *pages(20_000, 10.0), *pages(100_000, 100.0)]

    growth = found(results, "ideas, time")

    assert (growth.figure, growth.met) == (1.5, True)


def test_without_two_sizes_nothing_is_said_about_growth() -> None:
    assert not [bar for bar in bars(pages(1000, 100.0)) if " to 1" in bar.name]


def test_votes_have_a_bar_for_their_slowest_and_on_postgresql_for_their_number() -> None:
    results = [
        line("bare commit", writers=4, rate=500.0),
        line("vote, verb", writers=4, p99_ms=50.1, rate=250.0),
        line("bare commit", writers=8, database="postgres"),
        line("vote, verb", writers=8, p99_ms=119.0, rate=1000.0, database="postgres"),
    ]

    told = {bar.name: (bar.figure, bar.met) for bar in bars(results)}

    assert told == {
        "sqlite, 1,000 ideas, 4 writers: vote, verb to bare commits": (0.5, None),
        "postgres, 1,000 ideas, 8 writers: vote, verb to bare commits": (10.0, None),
        "sqlite, 1,000 ideas, 4 writers: vote, verb, p99": (50.1, False),
        "sqlite, 1,000 ideas, 4 writers: vote, verb, a second": (250.0, None),
        "postgres, 1,000 ideas, 8 writers: vote, verb, p99": (119.0, True),
        "postgres, 1,000 ideas, 8 writers: vote, verb, a second": (1000.0, True),
    }


def test_the_median_of_several_rounds_keeps_every_refusal() -> None:
    rounds = [Round(10, 1, 9, 3, refused=1), Round(30, 3, 7, 1), Round(20, 2, 8, 2, broken=2)]

    assert middle(rounds) == Round(20, 2, 8, 2, refused=1, broken=2)
