"""From single values to weeks."""

from datetime import date, timedelta

import pytest

from portal.metrics.weeks import Reported, by_week, gaps
from portal.metrics.words import day_words, listed, number, signed

MONDAY = date(2026, 3, 2)
LEEDS, DURBAN = 1, 2


def row(value: float, n: int | None = None, *, site: int = LEEDS, day: int = 0, **over: object) -> Reported:
    values = {"of_site": True, "reason": None} | over
    return Reported(site, values["of_site"], values["reason"], MONDAY + timedelta(days=day), value, n)  # type: ignore[arg-type]


def test_a_week_is_weighted_by_the_contacts_behind_each_value() -> None:
    [week] = by_week([row(10, 100), row(20, 300, day=4), row(40, 400, site=DURBAN, day=6)])

    assert (week.monday, week.value, week.n, week.sites) == (MONDAY, 28.75, 800, 2)


def test_where_somebody_did_not_say_n_the_week_is_a_plain_mean() -> None:
    [week] = by_week([row(10, 100), row(20, None, site=DURBAN)])

    assert (week.value, week.n) == (15, None)


def test_a_week_in_which_nobody_was_asked_has_no_value() -> None:
    assert by_week([row(10, 0), row(20, 0, site=DURBAN)]) == []


def test_teams_and_reasons_count_only_where_the_site_did_not_report_itself() -> None:
    both = [row(10, 100), row(99, 40, of_site=False), row(77, 9, reason="Refunds")]
    teams = [
        row(30, 100, day=7, of_site=False),
        row(50, 100, day=7, of_site=False),
        row(9, 9, day=7, of_site=False, reason="x"),
    ]

    first, second = by_week(both + teams)

    assert (first.value, first.n) == (10, 100)
    assert (second.value, second.n, second.sites) == (40, 200, 1)


def test_only_the_wanted_sites_count() -> None:
    rows = [row(10, 1), row(20, 1, site=DURBAN)]

    assert [week.value for week in by_week(rows, {DURBAN})] == [20]
    assert by_week(rows, set()) == []


def test_a_gap_is_a_whole_missing_week_or_more_than_the_usual_step() -> None:
    weekly = [MONDAY + timedelta(weeks=week) for week in (0, 1, 2, 5, 6)]
    monthly = [date(2026, month, 1) for month in (1, 2, 3, 6, 7)]

    assert gaps(weekly) == [(weekly[2], weekly[3])]
    assert gaps(monthly) == [(date(2026, 3, 1), date(2026, 6, 1))]
    assert gaps([MONDAY]) == gaps([]) == []


@pytest.mark.parametrize(
    ("value", "decimals", "words"), [(1234.5, 1, "1,234.5"), (-0.04, 1, "0.0"), (-2.65, 0, "-3"), (0, 0, "0")]
)
def test_numbers_are_written_for_people(value: float, decimals: int, words: str) -> None:
    assert number(value, decimals) == words


def test_differences_carry_their_sign() -> None:
    assert [signed(value) for value in (0.44, -2.7, 0.01)] == ["+0.4", "−2.7", "0.0"]


def test_days_and_lists_are_written_for_people() -> None:
    assert day_words(date(2026, 4, 2), year=True) == "2 April 2026"
    assert listed(["a", "b", "c"], most=2) == "a, b and 1 more"
