"""Taking a seat, waiting for one, giving it up: every state, through the verbs, on a real database."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.db import db, writing
from portal.errors import DomainError
from portal.frontline import seat_rows, seats, sign_up_queries
from portal.frontline.models import SignUp, Slot
from portal.frontline.seat_checks import miscounted
from portal.frontline.signup_rules import SignUpState
from portal.frontline.words import SeatState, SeatStepKind
from portal.home.doctor import examine
from portal.outbox.models import Message
from portal.people.models import Grant, Person
from portal.people.roles import Role
from portal.worker import run_once
from tests.factories import NOON, Cast
from tests.frontline.seating import HOUR, STARTS, book, brief, executives, give_up, holding, make_slot, standing, taken
from tests.frontline.seating import steps as steps_of
from tests.ideas.making import viewer

K, DAY, MINUTE = SeatStepKind, timedelta(days=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("over", "now", "state"),
    [
        ({"opens_at": STARTS - DAY}, NOON, SignUpState.NOT_YET_OPEN),
        ({}, STARTS + 11 * MINUTE, SignUpState.TOO_LATE),
        ({"briefing_needed": True}, NOON, SignUpState.BRIEFING_MISSING),
        ({"cancelled_at": NOON}, NOON, SignUpState.CANCELLED),
        ({}, STARTS + HOUR, SignUpState.OVER),
        ({"taken": 1}, STARTS - HOUR, SignUpState.FULL),
    ],
)
def test_a_slot_that_cannot_be_taken_says_why(context: Flask, cast: Cast, over: Any, now: Any, state: Any) -> None:
    slot = make_slot(cast, **over)

    with pytest.raises(state.kind) as refused:
        book(cast.vic, slot, now=now)

    assert (refused.value.code, refused.value.message) == (state.value, state.sentence)
    assert standing(slot) == {}


def test_a_seat_is_taken_once_however_often_it_is_asked_for(context: Flask, cast: Cast) -> None:
    slot = make_slot(cast)

    assert [book(cast.vic, slot) for _ in range(3)] == [SeatState.BOOKED] * 3
    assert (taken(slot), steps_of(slot, cast.vic)) == (1, [K.BOOKED])


def test_a_briefing_that_counts_on_the_day_opens_the_gate(context: Flask, cast: Cast) -> None:
    slot = make_slot(cast, briefing_needed=True)
    brief(cast.vic, cast.mia, until=(STARTS - DAY).date())
    with pytest.raises(DomainError, match="briefing_missing"):
        book(cast.vic, slot)

    brief(cast.vic, cast.mia, until=STARTS.date())

    assert book(cast.vic, slot) is SeatState.BOOKED


def test_back_to_back_is_allowed_and_a_minute_of_overlap_is_a_clash(context: Flask, cast: Cast) -> None:
    first, after = make_slot(cast), make_slot(cast, site="Belfast", starts_at=STARTS + HOUR)
    across = make_slot(cast, starts_at=STARTS + HOUR - MINUTE)

    assert book(cast.vic, first) is book(cast.vic, after) is SeatState.BOOKED
    with pytest.raises(DomainError, match="clash"):
        book(cast.vic, across)


def test_what_the_guard_of_the_database_refuses_is_a_clash_as_well(context: Flask, cast: Cast) -> None:
    slot, other = make_slot(cast), make_slot(cast, starts_at=STARTS + HOUR / 2)
    book(cast.vic, slot)

    with pytest.raises(DomainError) as refused, writing():  # as if the rule had been asked a moment too early
        seat_rows.put(seat_rows.lock_slot(other), cast.vic, SeatState.BOOKED, now=NOON, ticket=1)

    assert refused.value.code == "clash"
    assert standing(other) == {}


def test_nobody_without_the_role_at_the_place_takes_a_seat(context: Flask, cast: Cast) -> None:
    slot = make_slot(cast, site="Durban")
    with pytest.raises(DomainError, match="not_allowed"):
        book(cast.asha, slot)
    with writing():
        db.session.execute(update(Grant).where(Grant.person_id == cast.vic).values(place_id=cast.places["Leeds"]))

    with pytest.raises(DomainError, match="not_found"):
        book(cast.vic, slot)


def test_the_first_who_waits_is_promoted_and_can_say_no_for_twelve_hours(context: Flask, cast: Cast) -> None:
    slot, (one, two, three) = make_slot(cast), executives(cast, 3)
    assert [book(who, slot) for who in (one, two, three)] == [SeatState.BOOKED, SeatState.WAITING, SeatState.WAITING]

    give_up(one, slot)
    assert (holding(slot, SeatState.BOOKED), holding(slot, SeatState.WAITING)) == ([two], [three])
    assert sign_up_queries.seat_of(viewer(two), slot).decline_by == NOON + 12 * HOUR
    give_up(two, slot, now=NOON + 12 * HOUR - MINUTE)

    assert holding(slot, SeatState.BOOKED) == [three]
    assert steps_of(slot, two) == [K.JOINED_WAITING, K.PROMOTED, K.DECLINED_PROMOTION]
    assert (steps_of(slot, one), taken(slot), miscounted()) == ([K.BOOKED, K.GAVE_UP], 1, [])


def test_whoever_comes_back_waits_at_the_end(context: Flask, cast: Cast) -> None:
    slot, (one, two, three) = make_slot(cast), executives(cast, 3)
    for who in (one, two, three):
        book(who, slot)
    give_up(two, slot)

    assert book(two, slot) is SeatState.WAITING
    assert holding(slot, SeatState.WAITING) == [three, two]


def test_within_a_day_of_the_start_it_is_the_sites_business(context: Flask, cast: Cast) -> None:
    slot, belfast, late = make_slot(cast, seats=2), make_slot(cast, site="Belfast"), STARTS - 23 * HOUR
    book(cast.vic, slot)
    with pytest.raises(DomainError, match="ask_the_site"):
        give_up(cast.vic, slot, now=late)
    (other,) = executives(cast, 1)
    with pytest.raises(DomainError, match="not_yours"):
        give_up(other, slot)

    lea = viewer(cast.lea)
    with writing():
        seats.take_out(lea, slot, cast.vic, "The floor is closed.", now=late)

    assert standing(slot)[cast.vic] is SeatState.GIVEN_UP
    assert (steps_of(slot, cast.vic)[-1], taken(slot)) == (K.TAKEN_OUT, 0)
    with pytest.raises(DomainError, match="not_found"), writing():  # Belfast is not Lea's
        seats.take_out(lea, belfast, cast.vic, "No", now=late)


def test_nothing_is_given_up_once_it_has_begun_and_nobody_is_promoted_within_the_last_hour(
    context: Flask, cast: Cast
) -> None:
    slot, (one, two), mia = make_slot(cast), executives(cast, 2), viewer(cast.mia)
    book(one, slot)
    book(two, slot)
    with pytest.raises(DomainError, match="begun"):
        give_up(one, slot, now=STARTS)
    with writing():
        seats.take_out(mia, slot, one, "Ill", now=STARTS - HOUR)

    assert (standing(slot)[two], taken(slot)) == (SeatState.WAITING, 0)
    assert book(two, slot, now=STARTS + 9 * MINUTE) is SeatState.BOOKED  # a free seat, and the grace after the start


def test_a_tap_is_taken_back_and_so_is_giving_up(context: Flask, cast: Cast) -> None:
    slot, vic = make_slot(cast), viewer(cast.vic)
    soon = STARTS - 2 * HOUR  # also where giving up would be the site's business
    book(cast.vic, slot, now=soon)
    with writing():
        assert seats.undo(vic, slot, now=soon + 9 * MINUTE).state is SeatState.GIVEN_UP
    with writing():
        assert seats.undo(vic, slot, now=soon + 10 * MINUTE).state is SeatState.BOOKED
    with pytest.raises(DomainError, match="nothing_to_undo"), writing():
        seats.undo(vic, slot, now=soon + 20 * MINUTE)
    assert (taken(slot), miscounted()) == (1, [])


def test_whoever_has_another_shift_then_is_passed_over_and_keeps_their_place(app: Flask, cast: Cast) -> None:
    with app.app_context():
        wanted, other = make_slot(cast), make_slot(cast, site="Belfast")
        one, two, three = executives(cast, 3)
        for who in (one, two, three):
            book(who, wanted)
        book(two, other)

        give_up(one, wanted)
        assert (holding(wanted, SeatState.BOOKED), holding(wanted, SeatState.WAITING)) == ([three], [two])
        give_up(three, wanted)
        assert (holding(wanted, SeatState.BOOKED), taken(wanted)) == ([], 0)
        give_up(two, other)
    run_once(app, now=NOON + MINUTE)

    with app.app_context():
        assert holding(wanted, SeatState.BOOKED) == [two]
        assert miscounted() == []


def test_a_seat_is_not_passed_to_somebody_who_has_left_or_lost_the_briefing(context: Flask, cast: Cast) -> None:
    slot, (one, left, lapsed, four) = make_slot(cast, briefing_needed=True), executives(cast, 4)
    for who in (one, left, lapsed, four):
        brief(who, cast.mia, until=STARTS.date())
        book(who, slot)
    with writing():
        db.session.execute(update(Person).where(Person.id == left).values(deactivated_at=NOON))
        db.session.execute(db.text("UPDATE shift_briefings SET withdrawn_at = :at WHERE person_id = :who"),
                           {"at": NOON, "who": lapsed})  # fmt: skip

    give_up(one, slot)

    assert (holding(slot, SeatState.BOOKED), holding(slot, SeatState.WAITING)) == ([four], [left, lapsed])


def test_every_step_leaves_a_message(context: Flask, cast: Cast) -> None:
    slot = make_slot(cast)
    book(cast.vic, slot)
    give_up(cast.vic, slot)

    sent = db.session.scalars(select(Message.payload).where(Message.topic == "frontline.seat")).all()
    assert len(sent) == 2


def test_a_cancelled_slot_takes_every_seat_with_it(context: Flask, cast: Cast) -> None:
    slot, (one, two) = make_slot(cast), executives(cast, 2)
    book(one, slot)
    book(two, slot)
    with writing():
        assert seats.release_all(db.session.get_one(Slot, slot), "Storm", by_id=cast.mia, now=NOON) == 2

    assert set(standing(slot).values()) == {SeatState.CANCELLED}
    assert (steps_of(slot, one)[-1], taken(slot), miscounted()) == (K.SLOT_CANCELLED, 0, [])


def test_a_moved_slot_moves_its_seats_and_lets_go_of_those_who_have_another_then(context: Flask, cast: Cast) -> None:
    slot, other = make_slot(cast, seats=2), make_slot(cast, starts_at=STARTS + DAY)
    one, two, three = executives(cast, 3)
    for who in (one, two, three):
        book(who, slot)
    book(one, other)
    with writing():
        row = db.session.get_one(Slot, slot)
        row.starts_at, row.ends_at = STARTS + DAY, STARTS + DAY + HOUR
        assert seats.move_all(row, now=NOON) == 3

    assert (holding(slot, SeatState.BOOKED), standing(slot)[one]) == ([two, three], SeatState.GIVEN_UP)
    assert (steps_of(slot, two)[-1], steps_of(slot, three)[-1]) == (K.SLOT_MOVED, K.PROMOTED)
    moved = db.session.scalars(select(SignUp.starts_at).where(SignUp.slot_id == slot, SignUp.person_id == two)).one()
    assert moved == STARTS + DAY
    assert give_up(two, slot, now=NOON + HOUR) is SeatState.GIVEN_UP  # moved is as good as offered


def test_more_seats_go_to_those_who_wait_and_what_somebody_leaves_behind_too(context: Flask, cast: Cast) -> None:
    slot, (one, two, three) = make_slot(cast), executives(cast, 3)
    for who in (one, two, three):
        book(who, slot)
    with writing():
        row = db.session.get_one(Slot, slot)
        row.seats = 2
        seats.move_all(row, now=NOON)
    assert holding(slot, SeatState.BOOKED) == [one, two]

    with writing():
        assert seats.release_person(one, by_id=cast.tess, now=NOON) == 1
    assert (holding(slot, SeatState.BOOKED), miscounted()) == ([two, three], [])


def test_the_doctor_finds_a_counter_that_is_wrong(context: Flask, cast: Cast) -> None:
    slot = make_slot(cast, seats=3)
    book(cast.vic, slot)
    assert miscounted() == []
    with writing():
        db.session.execute(update(Slot).where(Slot.id == slot).values(taken=3))

    assert miscounted() == [(slot, 3, 1)]
    check = next(one for one in examine(context, now=NOON) if one.name == "seats of shifts")
    assert not check.fine and f"number {slot} says 3 and has 1" in check.words


def test_a_right_that_was_lost_still_lets_one_give_up_a_seat(context: Flask, cast: Cast) -> None:
    slot = make_slot(cast)
    book(cast.vic, slot)
    with writing():
        db.session.execute(update(Grant).where(Grant.person_id == cast.vic).values(role=Role.AUDITOR))

    assert give_up(cast.vic, slot) is SeatState.GIVEN_UP
