"""The data protection briefing: who notes it, how long it counts."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import DomainError
from portal.frontline import briefing_queries, briefings
from portal.frontline.briefing_rules import BriefingRefusal, briefing_refusal, last_day
from portal.frontline.models import Briefing
from portal.people.models import AuditEntry
from portal.people.roles import Role
from tests.factories import NOON, Cast
from tests.frontline.publishing import DAY, TODAY, grant, viewer


def noted(by: int, person: int, done_on: date = TODAY) -> Briefing:
    with writing():
        made = briefings.note(viewer(by), person, done_on, today=TODAY, now=NOON)
    return db.session.get_one(Briefing, made.id)


@pytest.mark.parametrize(
    ("done_on", "own", "refused"),
    [
        (TODAY, False, None),
        (TODAY, True, BriefingRefusal.NOT_ONESELF),
        (TODAY + DAY, False, BriefingRefusal.AHEAD),
        (TODAY - timedelta(days=364), False, None),
        (TODAY - timedelta(days=365), False, BriefingRefusal.EXPIRED),
        (date(1, 1, 1), False, BriefingRefusal.EXPIRED),
        (date(9999, 12, 31), False, BriefingRefusal.AHEAD),
    ],
)
def test_which_day_a_briefing_may_have_been(done_on: date, own: bool, refused: BriefingRefusal | None) -> None:
    assert briefing_refusal(done_on, today=TODAY, own=own) is refused


def test_a_briefing_counts_from_its_day_for_a_year(context: Flask, cast: Cast) -> None:
    noted(cast.mia, cast.vic)

    days = (TODAY - DAY, TODAY, last_day(TODAY), last_day(TODAY) + DAY)
    assert [briefing_queries.is_briefed(cast.vic, day) for day in days] == [False, True, True, False]
    assert last_day(TODAY) == date(2027, 3, 1)
    assert not briefing_queries.is_briefed(cast.olu, TODAY)
    assert [row.action for row in db.session.scalars(select(AuditEntry).where(AuditEntry.actor_id == cast.mia))] == [
        "shift_briefing.noted"
    ]


def test_one_taken_back_counts_no_more_and_an_earlier_one_still_does(context: Flask, cast: Cast) -> None:
    noted(cast.mia, cast.vic, TODAY - 100 * DAY)
    mistake = noted(cast.lea, cast.vic)

    for _ in range(2):
        with writing():
            briefings.withdraw(viewer(cast.mia), mistake, now=NOON)

    assert briefing_queries.is_briefed(cast.vic, TODAY)
    assert not briefing_queries.is_briefed(cast.vic, TODAY + 300 * DAY)
    assert briefing_queries.briefed_until(cast.vic, TODAY) == last_day(TODAY - 100 * DAY)


def test_the_programme_and_whoever_manages_a_site_note_it_and_nobody_for_themselves(context: Flask, cast: Cast) -> None:
    grant(cast.bo, Role.TEAM_LEADER, cast.places["Leeds/Billing"])
    refusals = {}

    for by, person in ((cast.vic, cast.olu), (cast.bo, cast.vic), (cast.asha, cast.vic), (cast.mia, cast.mia),
                       (cast.mia, cast.asha), (cast.lea, cast.sam)):  # fmt: skip
        with pytest.raises(DomainError) as refusal:
            noted(by, person)
        refusals[by, person] = refusal.value.code

    assert list(refusals.values()) == ["not_a_site_manager", "not_a_site_manager", "not_allowed", "not_for_oneself",
                                       "unknown_person", "unknown_person"]  # fmt: skip
    own = noted(cast.lea, cast.mia)
    with pytest.raises(DomainError) as refusal, writing():
        briefings.withdraw(viewer(cast.mia), own, now=NOON)
    assert refusal.value.code == "not_for_oneself"


def test_the_list_says_who_needs_one(context: Flask, cast: Cast) -> None:
    noted(cast.mia, cast.vic)

    people = briefing_queries.visitors(viewer(cast.lea), today=TODAY)

    assert [(one.name, one.until is not None) for one in people] == [("Mia", False), ("Olu", False), ("Vic", True)]
    found, end = briefing_queries.briefings_page(viewer(cast.lea), limit=1, cursor=None)
    assert [(row.name, row.by) for row in found] == [("Vic", "Mia")] and end is None
