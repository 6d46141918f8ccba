"""Whoever sat beside a visitor until the end is thanked as the award policy says, once a shift."""

from dataclasses import replace
from datetime import timedelta

from flask import Flask

from portal.db import db, writing
from portal.frontline import attendance, hosting
from portal.frontline.words import Attendance, BuddyState
from portal.rewards import settings_service
from portal.rewards.models import Award
from portal.rewards.queries import wallet_points
from portal.rewards.rules import Event, Share
from portal.rewards.settings_queries import settings
from tests.commitments.factories import viewer
from tests.factories import NOON, Cast
from tests.frontline.shifts_past import make_slot, sit, write_down
from tests.rewards.giving import open_budget

AFTER = NOON + timedelta(hours=2)


def awards() -> list[tuple[int, str, int, str]]:
    return [(one.person_id, one.subject, one.points, one.share) for one in db.session.query(Award).order_by(Award.id)]


def test_a_buddy_is_paid_once_a_completed_shift_however_many_visitors_it_had(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        slot = make_slot(cast, at=NOON, buddy=cast.asha)
        first, second = sit(slot, cast.vic, Attendance.ARRIVED), sit(slot, cast.olu, Attendance.ARRIVED, ticket=2)
        attendance.mark(viewer(cast.mia), first, Attendance.ABANDONED, now=AFTER)
        assert awards() == []
        for seat in (first, second):
            db.session.refresh(seat)
            attendance.mark(viewer(cast.mia), seat, Attendance.COMPLETED, now=AFTER)
        hosting.thank_the_buddy(first.id, by_id=cast.vic, now=AFTER)

    assert awards() == [(cast.asha, f"shift:{slot.id}", 20, Share.COLLEAGUE)]
    assert wallet_points(cast.asha) == 20
    (award,) = db.session.query(Award)
    assert (award.event, award.policy_version, award.idea_number) == ("shift_hosted", 3, None)
    assert award.sentence == "You looked after a visitor: Billing, Leeds, 2 March 2026."


def test_a_buddy_is_not_paid_on_their_own_word_but_on_the_visitors_debrief(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        seats = [sit(make_slot(cast, at=NOON - timedelta(days=day), buddy=cast.asha), cast.vic, Attendance.ARRIVED)
                 for day in (1, 2)]  # fmt: skip
        write_down(seats[1], "Nobody may say the name of the engineer.")
        for seat in seats:
            attendance.mark(viewer(cast.asha), seat, Attendance.COMPLETED, now=AFTER)
        assert [subject for _, subject, *_ in awards()] == [f"shift:{seats[1].slot_id}"]
        write_down(seats[0], "The form asks twice.")
        hosting.thank_the_buddy(seats[0].id, by_id=cast.vic, now=AFTER)

    assert wallet_points(cast.asha) == 40


def test_who_declined_or_only_visited_is_not_thanked_for_hosting(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        declined = make_slot(cast, at=NOON, buddy=cast.asha, buddy_state=BuddyState.DECLINED)
        own = make_slot(cast, at=NOON - timedelta(days=1), buddy=cast.vic)
        for slot in (declined, own):
            assert hosting.thank_the_buddy(sit(slot, cast.vic).id, by_id=cast.mia, now=AFTER) == []

    assert awards() == []


def test_an_organisation_decides_what_hosting_is_worth(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        current = settings()
        wanted = replace(current, policy={**current.policy, Event.SHIFT_HOSTED: {Share.COLLEAGUE: 0}})
        settings_service.change(viewer(cast.mia), wanted, based_on=current.version, now=NOON)
        seat = sit(make_slot(cast, at=NOON, buddy=cast.asha), cast.vic)
        hosting.thank_the_buddy(seat.id, by_id=cast.mia, now=AFTER)

    assert awards() == []
