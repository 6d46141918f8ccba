"""When a first reply and an answer are due, by tables; and who owes them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ideas.words import Audience, Barrier
from portal.people.roles import Role
from portal.people.working_time import WorkingCalendar
from portal.triage import routing
from portal.triage.clock import Duty, Pause, answer_due, moves_to_cover, paused_days, times
from portal.triage.routing import Asked, Chart, Held, Named, Stands

LONDON = WorkingCalendar("Europe/London", frozenset(range(5)), time(9), time(17))
EASTER = replace(LONDON, holidays=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
MANILA = WorkingCalendar("Asia/Manila", frozenset(range(5)), time(9), time(17))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("duty", "calendar", "began", "due_on"),
    [
        pytest.param(Duty.ANSWER, LONDON, "2026-03-02T12:00", "2026-03-16", id="promoted on a Monday"),
        pytest.param(Duty.ANSWER, LONDON, "2026-03-06T12:00", "2026-03-20", id="promoted on a Friday"),
        pytest.param(Duty.ANSWER, LONDON, "2026-03-07T12:00", "2026-03-20", id="promoted on a Saturday"),
        pytest.param(Duty.ANSWER, LONDON, "2026-03-27T23:30", "2026-04-10", id="over a night that loses an hour"),
        pytest.param(Duty.ANSWER, EASTER, "2026-03-27T23:30", "2026-04-14", id="over Easter"),
        pytest.param(Duty.ANSWER, MANILA, "2026-03-06T17:00", "2026-03-20", id="Saturday morning there already"),
        pytest.param(Duty.FIRST_REPLY, LONDON, "2026-12-31T12:00", "2027-01-07", id="over the end of the year"),
        pytest.param(Duty.FIRST_REPLY, MANILA, "2026-03-02T17:00", "2026-03-10", id="Tuesday there already"),
    ],
)
def test_it_is_due_working_days_after_the_day_it_began(
    duty: Duty, calendar: WorkingCalendar, began: str, due_on: str
) -> None:
    found = times(duty, utc(began), calendar)

    assert found.due_on.isoformat() == due_on and found.due_at == calendar.end_of(found.due_on)
    assert found.climbs[0] == found.due_at < found.climbs[1]
    assert round(calendar.days_between(found.due_at, found.climbs[1])) == duty.working_days


@pytest.mark.parametrize(
    ("asked", "reply_by", "answered", "days"),
    [
        ("2026-03-04T10:00", "2026-03-06T17:00", None, 3),
        ("2026-03-04T10:00", "2026-03-06T17:00", "2026-03-05T09:00", 1),
        ("2026-03-04T10:00", "2026-03-04T10:00", None, 0),
        ("2026-03-04T10:00", "2026-04-20T17:00", None, 5),  # five at most, whatever day was named
        ("2026-03-04T10:00", "2026-04-20T17:00", "2026-03-31T09:00", 5),
        ("2026-03-07T10:00", "2026-03-09T09:00", None, 0),  # nobody works on a weekend
        ("2026-03-17T10:00", "2026-03-20T17:00", None, 0),  # it was late by then
    ],
)
def test_only_a_question_stops_the_clock_and_for_five_days_at_most(
    asked: str, reply_by: str, answered: str | None, days: int
) -> None:
    pause = Pause(utc(asked), utc(reply_by), utc(answered) if answered else None)

    assert paused_days(pause, LONDON, until=LONDON.end_of(date(2026, 3, 16))) == days
    due = answer_due(utc("2026-03-02T12:00"), LONDON, pause)
    assert due == (LONDON.working_day_after(date(2026, 3, 16), days) if days else date(2026, 3, 16))
    assert times(Duty.FIRST_REPLY, utc("2026-03-02T12:00"), LONDON, pause).due_on == date(2026, 3, 9)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_a_question_never_gives_more_than_a_week_and_never_takes_a_day(asked: int, length: int, answer: int) -> None:
    began = utc("2026-03-02T12:00")
    moment = LONDON.after(began, asked)
    pause = Pause(moment, LONDON.after(moment, length), LONDON.after(moment, answer))

    plain, paused = answer_due(began, LONDON), answer_due(began, LONDON, pause)

    assert plain <= paused <= LONDON.working_day_after(plain, 5)


def test_what_is_due_while_somebody_is_away_goes_to_the_cover_and_what_is_late_stays() -> None:
    due, last = utc("2026-03-16T17:00"), date(2026, 3, 18)

    assert moves_to_cover(due.date(), due, last_day=last, now=utc("2026-03-10T08:00"))
    assert not moves_to_cover(due.date(), due, last_day=date(2026, 3, 13), now=utc("2026-03-10T08:00"))
    assert not moves_to_cover(due.date(), due, last_day=last, now=utc("2026-03-17T08:00"))


# A tree: 1 organisation ▸ 2 Leeds ▸ 3 a team; 1 ▸ 5 a partner ▸ 6 Durban ▸ 7 a team.
LEEDS, DURBAN = "/1/2/", "/1/5/6/"
VIC, MIA, TESS, LEA, LOU, DEE, DOT, PAM = range(101, 109)
PEOPLE = {
    VIC: Stands("/1/", None, 1, None), MIA: Stands("/1/", None, 1, VIC), TESS: Stands("/1/", None, 1, None),
    LEA: Stands(LEEDS, 2, 1, DOT), LOU: Stands("/1/2/3/", 2, 1, LEA), DEE: Stands("/1/5/6/7/", 6, 5, PAM),
    DOT: Stands(LEEDS, 2, 1, VIC), PAM: Stands("/1/5/", None, 5, None),
}  # fmt: skip
HELD = (
    Held(VIC, Role.EXECUTIVE, "/1/"), Held(MIA, Role.PROGRAMME, "/1/"), Held(TESS, Role.ADMINISTRATOR, "/1/"),
    Held(LEA, Role.TEAM_LEADER, LEEDS), Held(LOU, Role.TEAM_LEADER, "/1/2/3/"), Held(DOT, Role.EXECUTIVE, LEEDS),
    Held(DEE, Role.TEAM_LEADER, "/1/5/6/7/"),
)  # fmt: skip
CHART = Chart(HELD, PEOPLE)
AT_LEEDS = Asked(LEEDS, Barrier.POLICIES, Audience.ORGANISATION, 2, 1)
AT_DURBAN = Asked(DURBAN, Barrier.POLICIES, Audience.ORGANISATION, 6, 5)
NOWHERE = Asked("/1/", Barrier.POLICIES, Audience.ORGANISATION, None, None)


@pytest.mark.parametrize(
    ("duty", "asked", "expected"),
    [
        pytest.param(Duty.FIRST_REPLY, AT_LEEDS, LEA, id="the leader of the site"),
        pytest.param(Duty.FIRST_REPLY, replace(AT_LEEDS, author_id=LEA), LOU, id="not the author"),
        pytest.param(Duty.FIRST_REPLY, AT_DURBAN, DEE, id="without one a leader of a team there"),
        pytest.param(Duty.FIRST_REPLY, NOWHERE, MIA, id="without a site the programme"),
        pytest.param(Duty.FIRST_REPLY, replace(AT_DURBAN, audience=Audience.SITE), DEE, id="who may read it"),
        pytest.param(Duty.ANSWER, AT_LEEDS, DOT, id="the executive of the site"),
        pytest.param(Duty.ANSWER, AT_DURBAN, VIC, id="without one the executive above"),
        pytest.param(Duty.ANSWER, NOWHERE, VIC, id="of the organisation"),
    ],
)
def test_everything_has_somebody_who_owes_it(duty: Duty, asked: Asked, expected: int) -> None:
    assert routing.answerer(CHART, duty, asked) == expected


def test_the_table_of_the_programme_comes_first_and_the_nearest_line_of_it() -> None:
    def named(*lines: Named) -> int | None:
        return routing.answerer(Chart(HELD, PEOPLE, lines), Duty.FIRST_REPLY, AT_LEEDS)

    everywhere = Named(Duty.FIRST_REPLY, "/1/", Barrier.POLICIES, MIA)
    here = Named(Duty.FIRST_REPLY, LEEDS, None, DOT)
    exactly = Named(Duty.FIRST_REPLY, LEEDS, Barrier.POLICIES, LOU)
    assert named(everywhere) == MIA and named(everywhere, here) == DOT and named(here, exactly, everywhere) == LOU
    assert named(Named(Duty.ANSWER, LEEDS, None, DOT)) == LEA
    assert named(Named(Duty.FIRST_REPLY, LEEDS, None, DEE)) == LEA, "who cannot answer there is passed over"
    assert named(Named(Duty.FIRST_REPLY, LEEDS, Barrier.HIRING, LOU)) == LEA


def test_leaders_of_a_site_share_the_barriers_and_keep_them() -> None:
    second = Chart((*HELD, Held(DOT, Role.TEAM_LEADER, LEEDS)), PEOPLE)

    owners = {barrier: routing.answerer(second, Duty.FIRST_REPLY, replace(AT_LEEDS, barrier=barrier))
              for barrier in Barrier}  # fmt: skip

    assert {list(owners.values()).count(one) for one in (LEA, DOT)} == {7, 8}


def test_who_is_away_is_covered_and_otherwise_passed_over() -> None:
    def answers(away: dict[int, int | None]) -> int | None:
        return routing.answerer(CHART, Duty.FIRST_REPLY, AT_LEEDS, lambda one: away.get(one, one))

    assert answers({LEA: MIA}) == MIA
    assert answers({LEA: None}) == LOU
    assert answers({LEA: DEE}) == LOU, "a cover who cannot answer there is none"
    assert answers(dict.fromkeys(PEOPLE)) == LEA, "when everybody is away somebody still owes it"


def test_nobody_is_named_only_where_nobody_is() -> None:
    lonely = Chart([Held(TESS, Role.ADMINISTRATOR, "/1/")], PEOPLE)

    assert routing.answerer(lonely, Duty.ANSWER, AT_DURBAN) == TESS
    assert routing.answerer(Chart([], PEOPLE), Duty.ANSWER, AT_DURBAN) is None


def test_it_climbs_to_managers_who_can_answer_then_to_executives_above_then_to_the_programme() -> None:
    def above(person_id: int) -> list[int]:
        line, here = [], PEOPLE[person_id].manager_id
        while here:
            line.append(here)
            here = PEOPLE[here].manager_id
        return line

    def called(duty: Duty, asked: Asked, person_id: int, *beside: int) -> int | None:
        return routing.called(CHART, duty, asked, person_id, above, beside)

    assert called(Duty.FIRST_REPLY, AT_LEEDS, LEA) == DOT
    assert called(Duty.FIRST_REPLY, AT_LEEDS, DOT, LEA, DOT) == VIC
    assert called(Duty.FIRST_REPLY, AT_DURBAN, DEE) == VIC, "her manager holds no role in which one answers"
    assert called(Duty.ANSWER, AT_LEEDS, VIC, DOT, VIC) == MIA
    assert called(Duty.ANSWER, AT_LEEDS, MIA, DOT, VIC, MIA) is None
