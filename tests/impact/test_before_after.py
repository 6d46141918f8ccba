"""Before and after: the numbers, the words, and no claim."""

from datetime import date, timedelta

import pytest

from portal.impact.before_after import Facts, Verdict, compare, figures, sentence, verdict
from portal.impact.chart import around_go_live, heard
from portal.metrics.weeks import Week

LIVE = date(2026, 4, 2)  # a Thursday
FIRST_AFTER = date(2026, 4, 6)
CLAIMS = ("worked", "caused", "because", "thanks to", "led to", "effect", "improved", "proves")


def series(value: float, weeks: range) -> list[Week]:
    """weeks: counted from the first full week after go-live; -2 is the last full week before it."""
    return [Week(FIRST_AFTER + timedelta(weeks=week), value, 100, 2) for week in weeks]


def facts(*, before: int, after: int, others: bool = True) -> Facts:
    treated = series(21.4, range(-1 - before, -1)) + series(99, range(-1, 0)) + series(18.7, range(after))
    aside = series(20.9, range(-1 - before, -1)) + series(20.8, range(after)) if others else []
    return compare(treated, aside, live_from=LIVE, today=FIRST_AFTER + timedelta(weeks=after))


def test_weeks_are_counted_and_averaged_on_both_sides_and_the_week_of_go_live_on_none() -> None:
    found = facts(before=20, after=12)

    assert (found.treated.weeks_before, found.treated.weeks_after, found.elapsed) == (20, 12, 12)
    assert found.treated.before == pytest.approx(21.4)
    assert found.treated.after == pytest.approx(18.7)
    assert found.others is not None
    assert found.others.moved == pytest.approx(-0.1)
    assert found.difference == pytest.approx(-2.6)


def test_a_change_that_goes_live_on_a_monday_counts_from_that_week() -> None:
    found = compare(series(1, range(-8, 0)) + series(2, range(8)), [], live_from=FIRST_AFTER,
                    today=FIRST_AFTER + timedelta(weeks=8))  # fmt: skip

    assert (found.treated.weeks_before, found.treated.weeks_after) == (8, 8)


def test_a_week_that_has_not_ended_does_not_count() -> None:
    treated = series(21.4, range(-10, -1)) + series(18.7, range(8))

    found = compare(treated, [], live_from=LIVE, today=FIRST_AFTER + timedelta(weeks=7, days=6))

    assert found.treated.weeks_after == 7


def test_at_most_half_a_year_counts_on_each_side() -> None:
    found = facts(before=60, after=40)

    assert (found.treated.weeks_before, found.treated.weeks_after) == (26, 26)


@pytest.mark.parametrize("after", range(8))
def test_below_eight_full_weeks_it_is_too_early(after: int) -> None:
    found = facts(before=20, after=after)

    assert verdict(found) is Verdict.TOO_EARLY
    assert sentence(found, name="Repeat contacts") == f"{after} of 12 weeks in. We will not guess."


@pytest.mark.parametrize("after", [8, 12, 40])
def test_from_eight_full_weeks_on_there_are_numbers_and_no_claim(after: int) -> None:
    found = facts(before=20, after=after)

    assert verdict(found) is Verdict.NUMBERS_ONLY
    assert sentence(found, name="Repeat contacts") == (
        "Repeat contacts: 21.4 before and 18.7 after at the sites that got it; 20.9 and 20.8 at those that did not. "
        "This page does not claim a cause yet."
    )


def test_without_other_sites_the_sentence_speaks_of_the_treated_alone() -> None:
    found = facts(before=20, after=12, others=False)

    assert found.others is None
    assert found.difference is None
    assert "did not" not in sentence(found, name="Repeat contacts")


def test_other_sites_that_reported_on_one_side_only_are_no_comparison() -> None:
    treated = series(21.4, range(-10, -1)) + series(18.7, range(9))

    found = compare(treated, series(20.9, range(-10, -1)), live_from=LIVE, today=FIRST_AFTER + timedelta(weeks=9))

    assert found.others is None


def test_too_little_from_before_is_said_as_it_is() -> None:
    found = facts(before=3, after=12)

    assert verdict(found) is Verdict.TOO_EARLY
    assert "Only 3 weeks before it are known" in sentence(found, name="Repeat contacts")


def test_silence_since_go_live_is_said_as_it_is() -> None:
    found = compare(series(21.4, range(-10, -1)), [], live_from=LIVE, today=FIRST_AFTER + timedelta(weeks=9))

    assert "Repeat contacts: nothing has been reported since it went live" in sentence(found, name="Repeat contacts")


def test_no_word_ever_claims_a_cause() -> None:
    every = [facts(before=before, after=after, others=others)
             for before in (0, 3, 20) for after in (0, 3, 12) for others in (True, False)]  # fmt: skip
    for found in every:
        said = [sentence(found, name="Transfers"), verdict(found).words, heard(found, name="Transfers", live_from=LIVE)]
        said += [words for _value, words in figures(found, unit="per 100 contacts")]
        for word in CLAIMS:
            assert word not in " ".join(said).lower()


def test_the_strip_of_numbers_shows_what_moved_where() -> None:
    values = [value for value, _words in figures(facts(before=20, after=12), unit="per 100 contacts")]

    assert values == ["−2.7", "−0.1", "−2.6"]
    assert figures(facts(before=20, after=7), unit="x") == []


def test_the_chart_names_both_lines_and_the_day_and_is_told_in_words() -> None:
    found = facts(before=20, after=12)
    drawings = around_go_live(series(21.4, range(-20, -1)), series(20.9, range(-20, 12)), live_from=LIVE,
                              name="Repeat contacts", facts=found)  # fmt: skip

    for words in (
        "Sites that got it",
        "Sites that did not",
        "Live from 2 April",
        "about 21.4 before, about 18.7 after",
    ):
        assert words in drawings.wide
        assert words in drawings.narrow
