"""Many at once for few seats: real threads, real connections, both databases."""

import random
from collections.abc import Callable, Sequence
from functools import partial

from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.frontline import seats, stand_in
from portal.frontline.models import SeatStep, SignUp
from portal.frontline.seat_checks import miscounted
from portal.frontline.words import SeatState
from tests.factories import NOON, Cast
from tests.frontline.seating import HOUR, STARTS, book, executives, holding, make_slot, rows_of, standing, taken
from tests.ideas.making import viewer
from tests.ledger.racing import race

RIVALS, SEATS, STORMS = 40, 5, 5


def test_forty_rivals_with_double_clicks_for_five_seats(app: Flask, cast: Cast) -> None:
    with app.app_context():
        slot, people = make_slot(cast, seats=SEATS), executives(cast, RIVALS)
        viewers = [viewer(person) for person in people]

    answers = race(app, 2 * RIVALS, lambda number: seats.book(viewers[number // 2], slot, now=NOON).state)

    assert answers[::2] == answers[1::2]
    with app.app_context():
        booked, waiting = holding(slot, SeatState.BOOKED), holding(slot, SeatState.WAITING)
        assert (len(booked), len(waiting), rows_of(slot), taken(slot)) == (SEATS, RIVALS - SEATS, RIVALS, SEATS)
        assert sorted([*booked, *waiting]) == sorted(people)
        assert miscounted() == []
        came = in_order_of_coming(slot)
        assert sorted(came[:SEATS]) == sorted(booked)
        assert list(waiting) == came[SEATS:]

        with writing():
            for person in booked:
                seats.give_up(viewer(person), slot, now=NOON)
        assert sorted(holding(slot, SeatState.BOOKED)) == sorted(came[SEATS : 2 * SEATS])
        assert list(holding(slot, SeatState.WAITING)) == came[2 * SEATS :]


def in_order_of_coming(slot: int) -> list[int]:
    """Everybody, as the portal wrote down what they got: it holds the slot meanwhile."""
    first = select(SignUp.person_id).join(SeatStep, SeatStep.sign_up_id == SignUp.id).where(SignUp.slot_id == slot)
    return list(db.session.scalars(first.order_by(SeatStep.id)))


def storm(app: Flask, wants: Sequence[Callable[[], SignUp]]) -> list[object]:
    """Everybody does what they want at the same moment."""
    return race(app, len(wants), lambda number: wants[number]().state)


def test_five_storms_of_cancelling_and_signing_up_leave_no_seat_empty_while_anybody_waits(
    app: Flask, cast: Cast
) -> None:
    chance = random.Random(8)
    with app.app_context():
        slot, people = make_slot(cast, seats=SEATS), executives(cast, 24)
        viewers = [viewer(person) for person in people]
        for person in people[:12]:
            book(person, slot)

    for _ in range(STORMS):
        wants = [partial(chance.choice((seats.book, seats.give_up)), one, slot, now=NOON) for one in viewers]

        answers = storm(app, wants)

        assert set(answers) <= {*SeatState, "not_yours"}
        with app.app_context():
            booked, waiting = holding(slot, SeatState.BOOKED), holding(slot, SeatState.WAITING)
            assert taken(slot) == len(booked) <= SEATS
            assert len(booked) == SEATS or not waiting
            assert miscounted() == []


def test_one_person_who_takes_two_overlapping_shifts_at_once_gets_one(app: Flask, cast: Cast) -> None:
    with app.app_context():
        slots = [make_slot(cast), make_slot(cast, starts_at=STARTS + HOUR / 2), make_slot(cast, site="Belfast")]
        vic = viewer(cast.vic)

    answers = race(app, 6, lambda number: seats.book(vic, slots[number % 3], now=NOON).state)

    assert set(answers) == {SeatState.BOOKED, "clash"}
    with app.app_context():
        assert sum(taken(slot) for slot in slots) == 1
        assert miscounted() == []


def test_two_who_stand_in_for_one_at_once_are_one(app: Flask, cast: Cast) -> None:
    with app.app_context():
        slot, people = make_slot(cast), executives(cast, 6)
        book(cast.vic, slot)
        vic, viewers = viewer(cast.vic), [viewer(person) for person in people]
        with writing():
            stand_in.ask(vic, slot, now=NOON)

    answers = race(app, len(viewers), lambda number: stand_in.take_over(viewers[number], slot, now=NOON).state)

    assert sorted(map(str, answers)) == ["booked", *["nobody_looks"] * 5]
    with app.app_context():
        assert taken(slot) == 1
        assert standing(slot)[cast.vic] is SeatState.STOOD_IN
        db.session.rollback()
