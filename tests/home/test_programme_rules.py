"""What the figures of the programme page say in words, and whose are hidden from whom."""

from datetime import UTC, date, datetime

import pytest

from portal.home.programme_rows import TOLD_WITHIN
from portal.home.programme_rules import (
    Figure,
    Place,
    days_words,
    hidden_places,
    median_of,
    mondays,
    slowest_of,
    told,
    value_words,
)
from portal.home.programme_weeks import Window
from portal.home.programme_words import Measure

PLACES = [
    Place("", None, "Everybody", 100, None),
    Place("e1", "", "Harbour", 60, 1),
    Place("11", "e1", "Leeds", 30, 1),
    Place("12", "e1", "Belfast", 30, 1),
    Place("e2", "", "Brightline", 40, 2, partner=True),
    Place("21", "e2", "Durban", 40, 2, partner=True),
]
NOTHING = {measure: Figure() for measure in Measure}


@pytest.mark.parametrize(
    ("spread", "median"),
    [({}, None), ({5: 1}, 0.5), ({5: 1, 20: 1}, 1.25), ({0: 3, 90: 1}, 0.0), ({10: 1, 20: 1, 30: 1}, 2.0)],
)
def test_the_median_is_the_middle_of_what_was_counted(spread: dict[int, int], median: float | None) -> None:
    assert median_of(spread) == median


@pytest.mark.parametrize(
    ("days", "words"), [(0, "0 days"), (1, "1 day"), (1.04, "1 day"), (1.84, "1.8 days"), (9.96, "10 days"),
                        (12.4, "12 days")],
)  # fmt: skip
def test_days_are_told_to_a_tenth_where_it_matters(days: float, words: str) -> None:
    assert days_words(days) == words


def test_figures_of_weeks_add_up() -> None:
    total = Figure(1, 2, {10: 1}) + Figure(2, 2, {10: 1, 30: 2})

    assert (total.part, total.whole, total.spread, total.share) == (3, 4, {10: 2, 30: 2}, 75.0)


@pytest.mark.parametrize(
    ("measure", "figure", "words"),
    [
        (Measure.CLOSED, Figure(1, 3), "33 %"),
        (Measure.CLOSED, Figure(), "–"),
        (Measure.REPLIES, Figure(0, 2, {18: 2}), "1.8 days"),
        (Measure.REPLIES, Figure(), "–"),
        (Measure.SILENCE, Figure(4, 9), "4"),
    ],
)
def test_a_figure_in_a_cell(measure: Measure, figure: Figure, words: str) -> None:
    assert value_words(measure, figure) == words


def test_the_paragraph_says_how_it_stands_and_how_it_moved() -> None:
    now = NOTHING | {
        Measure.CLOSED: Figure(46, 50), Measure.REPLIES: Figure(0, 9, {18: 9}), Measure.PROMISES: Figure(4, 5),
        Measure.PEOPLE: Figure(30, 100), Measure.SILENCE: Figure(12, 90),
    }  # fmt: skip
    before = NOTHING | {Measure.CLOSED: Figure(42, 50), Measure.REPLIES: Figure(0, 4, {24: 4})}

    assert told(now, before, ("Durban", 6.0)) == [
        "In the last four weeks 92 % of the people who said something were told in time what becomes of it, up from "
        "84 %.",
        "Half of the first replies came within 1.8 working days; it was 2.4 days in the four weeks before.",
        "Durban waits longest: 6 working days.",
        "Of 5 promises that came due, 4 were kept on time.",
        "12 ideas have waited more than 5 working days without a reply from anybody.",
        "30 % of people said or backed something.",
    ]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ({Measure.CLOSED: Figure(1, 2)}, {}, "were told in time what becomes of it."),
        ({Measure.CLOSED: Figure(1, 2)}, {Measure.CLOSED: Figure(2, 4)}, "as in the four weeks before."),
        ({Measure.CLOSED: Figure(0, 2)}, {Measure.CLOSED: Figure(2, 4)}, "down from 50 %."),
        ({}, {Measure.REPLIES: Figure(0, 1, {1: 1})}, "Nobody has had a first reply in the last four weeks."),
        ({Measure.PROMISES: Figure(0, 1)}, {}, "One promise came due, and was not kept on time."),
        ({Measure.PROMISES: Figure(0, 3)}, {}, "Of 3 promises that came due, none were kept on time."),
        ({Measure.SILENCE: Figure(0, 3)}, {}, "Nothing has waited more than 5 working days for a first reply."),
        ({Measure.SILENCE: Figure(1, 3)}, {}, "1 idea has waited more than 5 working days"),
    ],
)
def test_each_sentence_stands_on_its_own(now: dict[Measure, Figure], before: dict[Measure, Figure], words: str) -> None:
    (sentence,) = told(NOTHING | now, NOTHING | before, None)

    assert words in sentence


def test_where_there_is_nothing_nothing_is_said() -> None:
    assert told(NOTHING, NOTHING, None) == []


def test_the_slowest_is_named_only_among_others() -> None:
    assert slowest_of({"Leeds": 2.0}) is None
    assert slowest_of({"Leeds": 2.0, "Durban": None}) is None
    assert slowest_of({"Leeds": 2.0, "Durban": 2.0}) is None
    assert slowest_of({"Leeds": 2.0, "Durban": 6.0}) == ("Durban", 6.0)


def test_a_partner_is_hidden_from_others_until_it_is_published() -> None:
    partner = {"e2", "21"}

    assert partner <= hidden_places(PLACES, public=set(), own={1})
    assert {"e1", "11"} <= hidden_places(PLACES, public=set(), own={1})  # else the sum would tell the partner
    assert hidden_places(PLACES, public={2}, own={1}) == frozenset()
    assert hidden_places(PLACES, public=set(), own={2}) == frozenset()
    assert hidden_places(PLACES, public=set(), own=None) == frozenset()


def test_weeks_begin_on_monday() -> None:
    assert mondays(date(2026, 3, 4), 2) == [date(2026, 2, 23), date(2026, 3, 2)]
    assert mondays(date(2026, 3, 1), 1) == [date(2026, 2, 23)]


def test_four_weeks_before_a_week_are_the_same_four_weeks_after_it_when_clocks_change() -> None:
    window = Window([date(2026, 11, 9)], "Europe/London")  # the clocks went back on 25 October

    assert window.week_of(window.start - TOLD_WITHIN + TOLD_WITHIN) == date(2026, 11, 9)
    assert window.start - TOLD_WITHIN == datetime(2026, 10, 12, tzinfo=UTC)
    assert window.end - window.start == TOLD_WITHIN / 4
