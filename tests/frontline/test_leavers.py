"""Somebody leaves: their seats, the visitors they expect and their turns go on without them."""

from datetime import timedelta

from flask import Flask

from portal import clock
from portal.db import db, writing
from portal.frontline import leavers, representatives
from portal.frontline.models import SignUp, Slot
from portal.frontline.representative_queries import turn_of
from portal.frontline.words import BuddyState, SeatState
from portal.outbox.models import Message
from portal.people import service
from portal.people.models import Person
from portal.worker import run_once
from tests.api.calling import Caller
from tests.commitments.factories import viewer
from tests.factories import NOON, Cast, signed_in
from tests.frontline.shifts_past import make_slot, sit


def fill(cast: Cast, *, now: object = NOON) -> tuple[int, int, int]:
    """Asha has a seat for which Vic waits, hosts a visitor, and speaks for Billing; returns the numbers."""
    taken = make_slot(cast, at=now + timedelta(days=3), seats=1, taken=1, next_ticket=3)  # type: ignore[operator]
    sit(taken, cast.asha, ticket=1).attendance = "signed_up"  # type: ignore[assignment]
    waiting = sit(taken, cast.vic, ticket=2)
    waiting.attendance, waiting.state = "signed_up", SeatState.WAITING  # type: ignore[assignment]
    hosted = make_slot(cast, at=now + timedelta(days=4), buddy=cast.asha)  # type: ignore[operator]
    make_slot(cast, at=now - timedelta(days=4), buddy=cast.asha)  # type: ignore[operator]
    place = cast.places["Leeds/Billing"]
    representatives.start_rotation(viewer(cast.mia), place, 4, now.date(), now=now)  # type: ignore[attr-defined]
    turn = turn_of(place, now.date())  # type: ignore[attr-defined]
    assert turn is not None
    turn.person_id = cast.asha
    db.session.flush()
    return taken.id, hosted.id, turn.id


def test_what_is_to_come_is_listed_and_let_go_once(context: Flask, cast: Cast) -> None:
    with writing():
        taken, hosted, turn = fill(cast)
    listed = [(one.kind.value, one.number, one.title) for one in leavers.to_come(cast.asha, now=NOON)]
    assert listed == [
        ("shift_seat", taken, "Billing, Leeds"), ("shift_hosting", hosted, "Billing, Leeds"),
        ("representative_turn", turn, "Billing, Leeds"),
    ]  # fmt: skip
    assert leavers.having([cast.asha, cast.vic, cast.olu], now=NOON) == [cast.asha, cast.vic]

    with writing():
        db.session.get_one(Person, cast.asha).deactivated_at = NOON
        assert [leavers.let_go(cast.asha, by_id=None, now=NOON) for _ in range(2)] == [3, 0]

    states = {one.person_id: one.state for one in db.session.query(SignUp).filter_by(slot_id=taken)}
    assert states == {cast.asha: SeatState.GIVEN_UP, cast.vic: SeatState.BOOKED}
    assert db.session.get_one(Slot, hosted).buddy_state is BuddyState.DECLINED
    following = turn_of(cast.places["Leeds/Billing"], NOON.date())
    assert following is not None and following.person_id != cast.asha
    assert db.session.query(Message).filter_by(topic="frontline.buddy_answered").count() == 1
    assert leavers.to_come(cast.asha, now=NOON) == [] == leavers.having([cast.asha], now=NOON)


def test_the_page_of_a_leaver_lists_them_and_the_worker_lets_them_go(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        fill(cast, now=clock.now())
    page = signed_in(app, cast.tess).get(f"/people/{cast.asha}/duties").text
    listed = Caller(app, cast.tess).all(f"/people/{cast.asha}/duties")

    assert "A visitor whom they expect" in page and "Turn to speak for a place" in page
    assert [one["kind"] for one in listed] == ["shift_seat", "shift_hosting", "representative_turn"]

    with app.app_context(), writing():
        service.deactivate(db.session.get_one(Person, cast.asha), by_id=cast.tess, now=clock.now())
    run_once(app, now=clock.now())
    with app.app_context():
        assert leavers.having([cast.asha], now=clock.now()) == []
