"""Publishing, changing and cancelling a window: by whoever looks after the site, with what happens to the seats."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import DomainError, Missing, Refused
from portal.frontline import seats, slot_queries, slots
from portal.frontline.models import SeatStep, SignUp, Slot, SlotChange
from portal.frontline.slot_changed_words import what_changed
from portal.frontline.words import Attendance, BuddyState, SeatState, SeatStepKind
from portal.outbox.models import Message
from portal.people.roles import Role
from tests.factories import NOON, Cast
from tests.frontline.publishing import DAY, TODAY, changed, grant, new_slot, published, viewer


def takes(person_id: int, slot: Slot) -> SignUp:
    with writing():
        made = seats.book(viewer(person_id), slot.id, now=NOON)
    return db.session.get_one(SignUp, made.id)


def topics(topic: str) -> list[dict]:
    rows = db.session.scalars(select(Message.payload).where(Message.topic == topic).order_by(Message.id))
    return [json.loads(payload) for payload in rows]


def steps(sign_up: SignUp) -> list[SeatStepKind]:
    query = select(SeatStep.kind).where(SeatStep.sign_up_id == sign_up.id).order_by(SeatStep.id)
    return list(db.session.scalars(query))


def test_a_site_is_looked_after_by_its_manager_and_by_those_who_forecast_for_it(context: Flask, cast: Cast) -> None:
    grant(cast.asha, Role.FORECASTER, cast.places["Leeds"])
    grant(cast.bo, Role.TEAM_LEADER, cast.places["Leeds/Billing"])
    elsewhere = new_slot(cast, site_id=cast.places["Belfast"])

    for person in (cast.lea, cast.asha, cast.mia):
        assert published(cast, person).published_by_id == person
    for person in (cast.vic, cast.bo, cast.sam):  # leads no site: the organisation, a team, nothing
        with pytest.raises(DomainError), writing():
            slots.publish(viewer(person), new_slot(cast), now=NOON)
    with pytest.raises(DomainError) as refusal, writing():
        slots.publish(viewer(cast.lea), elsewhere, now=NOON)

    assert refusal.value.code == "unknown_site"


def test_a_slot_stands_in_utc_with_the_zone_of_its_site(context: Flask, cast: Cast) -> None:
    slot = published(cast, day=TODAY + 120 * DAY)

    assert (slot.starts_at.hour, slot.ends_at - slot.starts_at, slot.zone) == (9, timedelta(hours=1), "Europe/London")
    assert (slot.taken, slot.version, slot.buddy_state) == (0, 0, BuddyState.NONE)


def test_a_time_that_the_clocks_skip_is_refused(context: Flask, cast: Cast) -> None:
    with pytest.raises(DomainError) as refusal:
        published(cast, day=date(2026, 3, 29), starts=time(1, 30))

    assert (refusal.value.code, list(refusal.value.fields)) == ("no_such_time", ["starts"])


def test_who_knows_of_a_slot(context: Flask, cast: Cast) -> None:
    slot = published(cast)

    for person in (cast.asha, cast.lea, cast.vic, cast.mia, cast.olu):
        assert slot_queries.slot_for(viewer(person), slot.id).id == slot.id
    for person in (cast.sam, cast.kim):  # of other sites, without a role anywhere else
        with pytest.raises(Missing):
            slot_queries.slot_for(viewer(person), slot.id)


def test_a_change_is_a_row_and_raises_the_version(context: Flask, cast: Cast) -> None:
    slot = published(cast)

    made = changed(cast, slot, queue="Faults", seats=3, starts=time(11))

    assert made is not None
    before, after = json.loads(made.before), json.loads(made.after)
    assert set(before) == set(after) == {"queue", "seats", "starts_at", "ends_at"}
    assert (slot.queue, slot.seats, slot.starts_at.hour, slot.version) == ("Faults", 3, 11, 1)
    assert topics("frontline.slot_changed") == [{"change": made.id}]
    assert what_changed(before, after, slot.zone) == (
        "moved it from Tuesday 3 March, 10:00 to 11:00, changed the queue from Billing to Faults, "
        "changed the seats from 1 to 3"
    )


def test_a_change_to_what_it_is_already_changes_nothing(context: Flask, cast: Cast) -> None:
    slot = published(cast)

    assert changed(cast, slot) is None
    assert (slot.version, topics("frontline.slot_changed")) == (0, [])


def test_whoever_signed_up_is_told_why_and_moves_with_the_slot(context: Flask, cast: Cast) -> None:
    slot = published(cast)
    seat = takes(cast.vic, slot)

    with pytest.raises(DomainError) as refusal:
        changed(cast, slot, starts=time(14))
    changed(cast, slot, "The morning is full.", starts=time(14))

    assert refusal.value.code == "reason_length"
    assert (seat.starts_at, seat.state, steps(seat)[-1]) == (slot.starts_at, SeatState.BOOKED, SeatStepKind.SLOT_MOVED)


def test_fewer_seats_than_people_is_refused_with_their_names_or_the_last_ones_wait(context: Flask, cast: Cast) -> None:
    slot = published(cast, seats=3)
    first, second, third = (takes(one, slot) for one in (cast.vic, cast.olu, cast.mia))

    with pytest.raises(DomainError) as refusal:
        changed(cast, slot, "One desk.", seats=1)
    changed(cast, slot, "One desk.", seats=1, to_waiting=True)

    assert refusal.value.code == "capacity_below_booked" and "Vic, Olu, Mia" in refusal.value.message
    assert [one.state for one in (first, second, third)] == [SeatState.BOOKED, SeatState.WAITING, SeatState.WAITING]
    assert (slot.taken, slot.seats, steps(third)[-1]) == (1, 1, SeatStepKind.JOINED_WAITING)

    changed(cast, slot, "Two desks after all.", seats=2)

    assert (second.state, third.state, slot.taken) == (SeatState.BOOKED, SeatState.WAITING, 2)


def test_cancelling_releases_every_seat_with_the_reason(context: Flask, cast: Cast) -> None:
    slot = published(cast)
    booked, waiting = takes(cast.vic, slot), takes(cast.olu, slot)

    with writing():
        slots.cancel(viewer(cast.lea), slot, " The network is down. ", now=NOON)

    assert (slot.cancel_reason, slot.cancelled_by_id, slot.taken) == ("The network is down.", cast.lea, 0)
    assert [one.state for one in (booked, waiting)] == [SeatState.CANCELLED] * 2
    assert [steps(one)[-1] for one in (booked, waiting)] == [SeatStepKind.SLOT_CANCELLED] * 2
    last = db.session.scalars(select(SlotChange).order_by(SlotChange.id.desc())).first()
    assert last is not None and topics("frontline.slot_changed") == [{"change": last.id}]


def test_nothing_is_changed_once_it_is_cancelled(context: Flask, cast: Cast) -> None:
    slot = published(cast)

    def cancels() -> None:
        with writing():
            slots.cancel(viewer(cast.lea), slot, "The network is down.", now=NOON)

    cancels()
    for again in (cancels, lambda: changed(cast, slot, "Again.", seats=2)):
        with pytest.raises(DomainError) as refusal:
            again()
        assert refusal.value.code == "slot_cancelled"


def test_a_slot_that_has_begun_stays_as_it_was(context: Flask, cast: Cast) -> None:
    slot = published(cast)
    begins = slot.starts_at

    for now, reason, code in ((begins, "Late.", "slot_over"), (NOON, " ", "reason_length")):
        with pytest.raises(DomainError) as refusal, writing():
            slots.cancel(viewer(cast.lea), slot, reason, now=now)
        assert refusal.value.code == code
    with writing():
        slots.cancel(viewer(cast.lea), slot, "Just in time.", now=begins - timedelta(seconds=1))

    assert slot.cancelled_at is not None


def test_a_slot_is_not_cancelled_once_somebody_is_there(context: Flask, cast: Cast) -> None:
    slot = published(cast)
    seat = takes(cast.vic, slot)
    with writing():
        db.session.get_one(SignUp, seat.id).attendance = Attendance.ARRIVED

    with pytest.raises(DomainError) as refusal, writing():
        slots.cancel(viewer(cast.lea), slot, "Late.", now=slot.starts_at - timedelta(minutes=5))

    assert refusal.value.code == "slot_over"


def test_only_whoever_looks_after_the_site_changes_and_cancels(context: Flask, cast: Cast) -> None:
    slot = published(cast)

    with pytest.raises(Refused), writing():
        slots.cancel(viewer(cast.vic), slot, "I cannot come.", now=NOON)

    assert slot.cancelled_at is None


def test_the_list_of_the_managed_has_what_is_to_come_or_what_is_over_page_by_page(context: Flask, cast: Cast) -> None:
    mine = [published(cast, day=TODAY + ahead * DAY).id for ahead in (3, 1, 2)]
    published(cast, cast.mia, site_id=cast.places["Durban"])

    lea, late = viewer(cast.lea), datetime(2026, 3, 20, tzinfo=UTC)
    first, cursor = slot_queries.managed_page(lea, now=NOON, limit=2, cursor=None)
    rest, end = slot_queries.managed_page(lea, now=NOON, limit=2, cursor=cursor)
    over, _ = slot_queries.managed_page(lea, now=late, limit=5, cursor=None, past=True)

    assert [row.Slot.id for row in (*first, *rest)] == [mine[1], mine[2], mine[0]] and end is None
    assert [row.Slot.id for row in over] == [mine[0], mine[2], mine[1]]
