"""How promises read."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.commitments import wording
from portal.commitments.rules import CommitmentState, Course, NamedDate, Standing

TODAY = date(2026, 3, 2)


def course(due: int, *, state: CommitmentState = CommitmentState.ACCEPTED, live: int | None = None) -> Course:
    named = [NamedDate(TODAY + timedelta(days=due), TODAY)]
    return Course(state, named, None if live is None else TODAY + timedelta(days=live))


@pytest.mark.parametrize(
    ("promise", "standing", "words"),
    [
        (course(-8), Standing.OVERDUE, "8 days late"),
        (course(-1), Standing.OVERDUE, "1 day late"),
        (course(0), Standing.DUE_SOON, "due today"),
        (course(1), Standing.DUE_SOON, "due tomorrow"),
        (course(12), Standing.DUE_SOON, "in 12 days"),
        (course(9, state=CommitmentState.DELIVERED, live=1), Standing.OPEN, "Waits for a second look"),
        (course(9, state=CommitmentState.CONFIRMED, live=5), Standing.KEPT, "4 days early"),
        (course(9, state=CommitmentState.CONFIRMED, live=9), Standing.KEPT, "on the day"),
        (course(9, state=CommitmentState.CONFIRMED, live=18), Standing.LATE_KEPT, "9 days late"),
    ],
)
def test_the_days_of_a_promise_in_words(promise: Course, standing: Standing, words: str) -> None:
    assert wording.clock(promise, standing, TODAY) == words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "Nothing has been promised yet."),
        ({Standing.OPEN: 2}, "None has been kept yet. Nothing is late."),
        ({Standing.KEPT: 31, Standing.LATE_KEPT: 5, Standing.OVERDUE: 2}, "31 of 36 kept on time. 2 are late."),
        ({Standing.KEPT: 1, Standing.OVERDUE: 1}, "1 of 1 kept on time. 1 is late."),
    ],
)
def test_one_sentence_says_how_promises_are_kept(counts: dict[Standing, int], words: str) -> None:
    assert wording.summary(counts) == words


@pytest.mark.parametrize(
    ("late_in", "words"),
    [
        (["Digital", "Digital"], "2 are late: both in Digital."), (["Digital"], "1 is late: in Digital."),
        (["Digital"] * 3, "3 are late: all in Digital."), (["A", "A", "B"], "3 are late: 2 in A, 1 in B."),
        (["A", None], "2 are late: 1 in A, 1 elsewhere."), ([None, None], "2 are late."),
        (["A", "B", "C", "D"], "4 are late."),
    ],
)  # fmt: skip
def test_the_sentence_says_where_the_late_ones_are(late_in: list[str | None], words: str) -> None:
    said = wording.summary({Standing.OVERDUE: len(late_in)}, late_in=late_in)

    assert said == f"None has been kept yet. {words}"


def test_names_are_listed_as_people_write_them() -> None:
    assert [wording.listed(names) for names in ([], ["Asha"], ["Asha", "Bo"], ["Asha", "Bo", "Cy"])] == [
        "", "Asha", "Asha and Bo", "Asha, Bo and Cy"]  # fmt: skip


def test_a_day_names_its_year_only_where_it_is_another_one() -> None:
    assert wording.day(date(2026, 12, 22), TODAY) == "22 December"
    assert wording.day(date(2027, 1, 5), TODAY) == "5 January 2027"
    assert wording.day(date(2026, 3, 3), TODAY, weekday=True) == "Tuesday 3 March"


def test_the_age_of_an_update_in_words() -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    assert wording.age(None, now) is None
    assert wording.age(now - timedelta(hours=3), now) == "updated today"
    assert wording.age(now - timedelta(days=1), now) == "updated 1 day ago"
    assert wording.people(1) == "1 person"
