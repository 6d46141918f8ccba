"""When mails leave: on the calendar of the person's own zone, also over the nights when clocks are changed."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.notices.moments import Moment, Pace
from portal.notices.timing import Quiet, after_quiet, estimate_words, letters_a_week, mailed_at

LONDON, MANILA = "Europe/London", "Asia/Manila"
NO_QUIET = Quiet(0, 0)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("pace", "now", "zone", "quiet", "expected"),
    [
        (Pace.NOW, "2026-03-02 12:00", LONDON, Quiet(), "2026-03-02 12:00"),
        (Pace.NOW, "2026-03-02 21:30", LONDON, Quiet(), "2026-03-03 07:00"),
        (Pace.NOW, "2026-03-03 03:30", LONDON, Quiet(), "2026-03-03 07:00"),
        (Pace.NOW, "2026-03-02 12:00", MANILA, Quiet(), "2026-03-02 23:00"),  # eight in the evening there
        (Pace.NOW, "2026-03-02 12:00", LONDON, Quiet(12, 13), "2026-03-02 13:00"),
        (Pace.NOW, "2026-03-02 21:30", LONDON, NO_QUIET, "2026-03-02 21:30"),
        (Pace.DAILY, "2026-03-02 07:59", LONDON, Quiet(), "2026-03-02 08:00"),
        (Pace.DAILY, "2026-03-02 08:00", LONDON, Quiet(), "2026-03-03 08:00"),
        (Pace.DAILY, "2026-03-28 12:00", LONDON, Quiet(), "2026-03-29 07:00"),  # clocks go forward that night
        (Pace.DAILY, "2026-10-24 12:00", LONDON, Quiet(), "2026-10-25 08:00"),  # and back
        (Pace.DAILY, "2026-03-02 12:00", LONDON, Quiet(22, 9), "2026-03-03 09:00"),
        (Pace.WEEKLY, "2026-03-02 12:00", LONDON, Quiet(), "2026-03-09 08:00"),  # a Monday, after eight
        (Pace.WEEKLY, "2026-03-01 12:00", LONDON, Quiet(), "2026-03-02 08:00"),
        (Pace.WEEKLY, "2026-03-25 12:00", LONDON, Quiet(), "2026-03-30 07:00"),
        (Pace.WEEKLY, "2026-12-30 12:00", MANILA, Quiet(), "2027-01-04 00:00"),
        (Pace.NOW, "2026-03-29 00:30", LONDON, Quiet(0, 1), "2026-03-29 01:00"),  # the hour that does not exist
    ],
)
def test_a_mail_leaves_in_its_time(pace: Pace, now: str, zone: str, quiet: Quiet, expected: str) -> None:
    assert mailed_at(pace, at(now), zone=zone, quiet=quiet) == at(expected)


def test_never_is_never_and_what_waited_is_not_quiet() -> None:
    assert mailed_at(Pace.NEVER, at("2026-03-02 12:00"), zone=LONDON, quiet=Quiet()) is None
    for hours in range(24 * 3):
        moment = at("2026-03-28 00:15") + timedelta(hours=hours)
        waited = after_quiet(moment, zone=LONDON, quiet=Quiet())
        assert waited >= moment and after_quiet(waited, zone=LONDON, quiet=Quiet()) == waited


def test_the_estimate_counts_the_mails_that_would_have_left() -> None:
    now = at("2026-03-30 12:00")
    days = [now - timedelta(days=day, hours=1) for day in range(56)]

    def a_week(pace: Pace, days: list[datetime] = days) -> int:
        return letters_a_week([(pace, day) for day in days for _ in range(3)], now=now, zone=LONDON, quiet=Quiet())

    assert (a_week(Pace.NOW), a_week(Pace.DAILY), a_week(Pace.NEVER)) == (7, 7, 0)
    assert a_week(Pace.WEEKLY) == 2  # nine Mondays in eight weeks: rounded up
    assert a_week(Pace.NOW, days[:3]) == 3
    assert a_week(Pace.NOW, [now - timedelta(weeks=9)]) == 0
    assert [estimate_words(count).split()[-5:] for count in (1, 2)] == [
        ["about", "1", "message", "a", "week."],
        ["about", "2", "messages", "a", "week."],
    ]


def test_every_moment_says_what_it_is_about() -> None:
    assert all(moment.label and moment.about.endswith(".") for moment in Moment)
    assert {moment: moment.usual for moment in Moment if moment.usual is not Pace.NOW} == {
        Moment.MOVED: Pace.WEEKLY,
        Moment.VIEW: Pace.NEVER,
        Moment.CHATTER: Pace.NEVER,
    }
