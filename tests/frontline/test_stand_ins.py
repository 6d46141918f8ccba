"""Stand-ins: asking, taking over, never one's own, and whoever waits comes first."""

import pytest
from flask import Flask

from portal.db import writing
from portal.errors import DomainError
from portal.frontline import seats, stand_in
from portal.frontline.seat_checks import miscounted
from portal.frontline.words import SeatState, SeatStepKind
from tests.factories import NOON, Cast
from tests.frontline.seating import HOUR, STARTS, book, executives, make_slot, standing, steps, taken
from tests.ideas.making import viewer

K = SeatStepKind
LATE = STARTS - 2 * HOUR


def ask(person_id: int, slot: int) -> None:
    who = viewer(person_id)
    with writing():
        stand_in.ask(who, slot, now=LATE)


def take_over(person_id: int, slot: int) -> SeatState:
    who = viewer(person_id)
    with writing():
        return stand_in.take_over(who, slot, now=LATE).state


def test_another_executive_takes_the_seat_of_whoever_asks(context: Flask, cast: Cast) -> None:
    slot, (other,) = make_slot(cast), executives(cast, 1)
    book(cast.vic, slot)
    with pytest.raises(DomainError, match="nobody_looks"):
        take_over(other, slot)
    ask(cast.vic, slot)
    ask(cast.vic, slot)
    with pytest.raises(DomainError, match="your_own"):
        take_over(cast.vic, slot)

    assert take_over(other, slot) is SeatState.BOOKED
    assert standing(slot) == {cast.vic: SeatState.STOOD_IN, other: SeatState.BOOKED}
    assert steps(slot, cast.vic) == [K.BOOKED, K.LOOKING, K.STOOD_IN]
    assert (steps(slot, other), taken(slot), miscounted()) == ([K.TOOK_OVER], 1, [])


def test_whoever_asked_can_come_after_all_and_only_a_seat_is_passed_on(context: Flask, cast: Cast) -> None:
    slot, (other,) = make_slot(cast), executives(cast, 1)
    book(cast.vic, slot)
    book(other, slot)
    ask(cast.vic, slot)
    with pytest.raises(DomainError, match="not_yours"):
        ask(other, slot)

    vic = viewer(cast.vic)
    with writing():
        assert stand_in.stop_asking(vic, slot, now=LATE).looking_since is None
    with pytest.raises(DomainError, match="nobody_looks"):
        take_over(other, slot)


def test_those_who_wait_come_before_anybody_else(context: Flask, cast: Cast) -> None:
    slot, (waits, other) = make_slot(cast), executives(cast, 2)
    book(cast.vic, slot)
    book(waits, slot)
    ask(cast.vic, slot)

    with pytest.raises(DomainError, match="waiting_first"):
        take_over(other, slot)
    assert take_over(waits, slot) is SeatState.BOOKED


def test_a_stand_in_keeps_to_the_rules_of_every_seat(context: Flask, cast: Cast) -> None:
    slot, across, (other, fellow) = make_slot(cast, seats=2), make_slot(cast, site="Belfast"), executives(cast, 2)
    book(cast.vic, slot)
    book(fellow, slot)
    ask(cast.vic, slot)
    book(other, across)

    with pytest.raises(DomainError, match="clash"):
        take_over(other, slot)
    with pytest.raises(DomainError, match="yours"):
        take_over(fellow, slot)


def test_standing_in_by_mistake_is_taken_back(context: Flask, cast: Cast) -> None:
    slot, (other,) = make_slot(cast), executives(cast, 1)
    book(cast.vic, slot)
    ask(cast.vic, slot)
    take_over(other, slot)

    who = viewer(other)
    with writing():
        seats.undo(who, slot, now=LATE + HOUR / 10)

    assert standing(slot) == {cast.vic: SeatState.BOOKED, other: SeatState.GIVEN_UP}
    assert (steps(slot, cast.vic)[-1], taken(slot), miscounted()) == (K.LOOKING, 1, [])


def test_what_cannot_be_given_back_goes_on(context: Flask, cast: Cast) -> None:
    slot, across, (other,) = make_slot(cast), make_slot(cast, site="Belfast"), executives(cast, 1)
    book(cast.vic, slot)
    ask(cast.vic, slot)
    take_over(other, slot)
    book(cast.vic, across, now=NOON)

    who = viewer(other)
    with writing():
        seats.undo(who, slot, now=LATE + HOUR / 10)

    assert standing(slot) == {cast.vic: SeatState.STOOD_IN, other: SeatState.GIVEN_UP}
    assert (taken(slot), miscounted()) == (0, [])
