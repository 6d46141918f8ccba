"""How often and what it costs: figures and sentences from what was noted, and from nothing else."""

from datetime import date, timedelta

import pytest

from portal.swarm.occurrence_cost import DAYS, Noted, as_text, figures, from_text
from portal.swarm.occurrence_wording import Hour, cost, hours_words, mine, reported, where

TODAY = date(2026, 3, 2)
LONG_AGO = TODAY - timedelta(days=400)


def noted(days_ago: int, person: int = 1, site: int = 1, minutes: int | None = None, reason: str = "") -> Noted:
    return Noted(TODAY - timedelta(days=days_ago), person, site, minutes, reason)


def test_fourteen_times_at_twelve_minutes_are_hours_and_money_a_week() -> None:
    rows = [noted(day * 3, person=day % 9, site=day % 3, minutes=12) for day in range(14)]

    found = figures(rows, {0: "Leeds", 1: "Belfast"}, said_on=LONG_AGO, today=TODAY)

    assert (found.times, found.people, found.sites, found.weeks) == (14, 9, 3, 8)
    assert found.per_week == 1.75 and found.hours_per_week == pytest.approx(0.35)
    assert found.named == (("Belfast", 5), ("Leeds", 5)) and found.others == 4
    assert reported(found, TODAY) == "Noted 14 times in the last 8 weeks by 9 people at 3 sites."
    assert cost(found, Hour(2450, "GBP")) == (
        "About 21 minutes a week: 12 minutes each, the median of the 14 that say how long it took. "
        "At GBP 24.50 an hour that is about GBP 9 a week."
    )
    assert where(found) == "Belfast 5, Leeds 5, other sites 4."


def test_what_lies_outside_of_the_eight_weeks_does_not_count() -> None:
    found = figures([noted(0), noted(DAYS - 1), noted(DAYS), noted(-1)], {}, said_on=LONG_AGO, today=TODAY)

    assert found.times == 2 and found.by_week == (1, 0, 0, 0, 0, 0, 0, 1)


def test_a_new_idea_is_looked_at_for_as_long_as_it_exists() -> None:
    young = figures([noted(0), noted(3)], {}, said_on=TODAY - timedelta(days=6), today=TODAY)
    older = figures([noted(0), noted(20)], {}, said_on=TODAY, today=TODAY)

    assert young.weeks == 1 and young.by_week == (2,)
    assert older.weeks == 3 and older.by_week == (1, 0, 1)
    assert reported(young, TODAY) == "Noted twice in the last week by 1 person at 1 site."


def test_two_minutes_given_are_no_median_and_no_hours() -> None:
    found = figures([noted(0, minutes=10), noted(1, minutes=20), noted(2)], {}, said_on=LONG_AGO, today=TODAY)

    assert (found.given, found.median_minutes, found.hours_per_week) == (2, None, None)
    assert cost(found, Hour(2000, "GBP")) == "Fewer than 3 say how long it took, so we put no hours on it."


def test_reasons_of_one_person_are_not_shown_to_others() -> None:
    rows = [noted(0, 1, reason="router"), noted(1, 1, reason="router"), noted(1, 2, reason="Bill"),
            noted(2, 3, reason="bill")]  # fmt: skip

    assert figures(rows, {}, said_on=LONG_AGO, today=TODAY).reasons == ("Bill",)


def test_figures_are_read_as_they_were_kept() -> None:
    found = figures([noted(0, minutes=5), noted(1, site=2)], {1: "Leeds"}, said_on=LONG_AGO, today=TODAY, capped=True)

    assert from_text(as_text(found)) == found
    assert from_text(as_text(figures([], {}, said_on=LONG_AGO, today=TODAY))) is None and from_text(None) is None


def test_words_say_when_there_is_more_and_when_they_are_old() -> None:
    found = figures([noted(0)] * 3, {}, said_on=LONG_AGO, today=TODAY, capped=True)

    assert reported(found, TODAY).startswith("Noted at least 3 times in the last 8 weeks")
    assert "in the 8 weeks to 2 March" in reported(found, TODAY + timedelta(days=2))
    assert where(found) == ""
    assert [hours_words(hours) for hours in (0.001, 0.5, 1.0, 2.5, 3.0)] == [
        "About 1 minute", "About 30 minutes", "About 1 hour", "About 2.5 hours", "About 3 hours",
    ]  # fmt: skip
    assert mine(1, 100) == "You noted it once." and mine(100, 100) == "You noted it 100 times or more."
