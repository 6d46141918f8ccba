"""When a check on the floor begins and ends, whom it asks, and when it opens again what was done: tables."""

from datetime import date, timedelta

import pytest

from portal.commitments import floor_rules as rules
from portal.commitments.floor_rules import FloorRefusal, Tally, Waiting

LIVE = date(2026, 3, 2)


def on(days: int) -> date:
    return LIVE + timedelta(days=days)


@pytest.mark.parametrize(
    ("after", "begun", "days"),
    [
        (13, (), None),
        (14, (), 14),
        (14, (14,), None),
        (16, (), 14),
        (17, (), None),  # the next one is less than a fortnight away, and asks the same people
        (30, (14,), 30),
        (30, (), 30),
        (76, (), 30),  # confirmed late
        (77, (), None),
        (90, (14, 30), 90),
        (90, (90,), None),
        (120, (), 90),
        (121, (), None),
    ],
)
def test_a_check_begins_14_30_and_90_days_after_going_live(
    after: int, begun: tuple[int, ...], days: int | None
) -> None:
    assert rules.due_wave(LIVE, on(after), begun) == days


@pytest.mark.parametrize(
    ("days", "begun_after", "closes_after"),
    [(14, 14, 30), (14, 16, 30), (30, 30, 46), (30, 76, 90), (90, 95, 111)],
)
def test_a_check_is_over_before_the_next_one(days: int, begun_after: int, closes_after: int) -> None:
    assert rules.closes_on(LIVE, days, on(begun_after)) == on(closes_after)


@pytest.mark.parametrize(
    ("last_asked_after", "chosen"),
    [(None, 2), (76, 2), (77, None), (89, None), (90, None)],
)
def test_of_several_questions_the_one_due_longest_is_asked_and_none_within_a_fortnight(
    last_asked_after: int | None, chosen: int | None
) -> None:
    waiting = [Waiting(1, on(60)), Waiting(2, on(30)), Waiting(3, on(30))]
    last = None if last_asked_after is None else on(last_asked_after)

    found = rules.chosen(waiting, last_asked_on=last, today=on(90))

    assert (found.id if found else None) == chosen


def test_nothing_is_asked_where_nothing_waits() -> None:
    assert rules.chosen([], last_asked_on=None, today=on(90)) is None


@pytest.mark.parametrize(
    ("tally", "many"),
    [
        (Tally(), False),
        (Tally(no=4), False),  # too few to say
        (Tally(yes=3, no=2), True),
        (Tally(yes=4, no=1), False),
        (Tally(yes=4, partly=2, no=3), True),
        (Tally(yes=4, partly=3, no=3), False),
        (Tally(partly=40), False),
        (Tally(yes=67, no=33), False),
        (Tally(yes=66, no=34), True),
    ],
)
def test_one_no_in_three_of_five_or_more_is_too_many(tally: Tally, many: bool) -> None:
    assert rules.too_many(tally) is many


@pytest.mark.parametrize(
    ("tally", "after", "over"),
    [
        (Tally(), 45, False),
        (Tally(), 46, True),
        (Tally(yes=20), 31, True),  # all have answered
        (Tally(yes=5, no=5), 31, True),  # clear
        (Tally(yes=4, no=5), 31, False),
        (Tally(yes=6, no=5), 31, False),
    ],
)
def test_a_check_ends_with_its_time_with_the_last_answer_or_when_it_is_clear(
    tally: Tally, after: int, over: bool
) -> None:
    assert rules.is_over(tally, people=20, closes=on(46), today=on(after)) is over


@pytest.mark.parametrize(
    ("answered", "over", "refusal"),
    [
        (False, False, None),
        (True, False, FloorRefusal.ANSWERED),
        (True, True, FloorRefusal.OVER),
        (False, True, FloorRefusal.OVER),
    ],
)
def test_an_answer_is_taken_once_and_in_time(answered: bool, over: bool, refusal: FloorRefusal | None) -> None:
    assert rules.answer_refusal(answered=answered, over=over) is refusal
