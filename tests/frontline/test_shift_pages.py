"""The pages of shifts, as people see them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, update

from portal import clock
from portal.db import db, writing
from portal.frontline.models import SignUp, Slot
from portal.frontline.words import BuddyState, Busy, Channel, SeatState
from portal.home import facts
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from tests.factories import NOON, Cast, send, signed_in
from tests.frontline.seating import HOUR, brief, executives, make_slot
from tests.frontline.seating import book as book_at
from tests.home.test_speed import asked

CALENDAR, SLOTS = 8, 5_000


def soon(**ahead: float) -> datetime:
    return clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(**ahead)


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_only_who_looks_after_a_site_is_led_to_publishing(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        farline = db.session.get_one(Place, cast.places["Farline"])
        people.grant(db.session.get_one(Person, cast.olu), Role.EXECUTIVE, farline, by_id=None, now=NOON)

    for person, led in ((cast.mia, True), (cast.lea, True), (cast.vic, False), (cast.olu, False), (cast.asha, False)):
        client = signed_in(app, person)
        assert ("Publish and change" in text(client, "/shifts")) is led
    for person in (cast.vic, cast.olu):
        assert "You look after no site" in text(signed_in(app, person), "/shifts/manage")


@pytest.fixture
def vic(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, cast.vic)


def test_a_shift_is_taken_in_one_tap_taken_back_and_given_up_for_another(
    app: Flask, cast: Cast, vic: FlaskClient
) -> None:
    with app.app_context():
        slot, other = make_slot(cast, starts_at=soon(days=3)), make_slot(cast, starts_at=soon(days=4))
    assert "Take it<span" in text(vic, "/shifts")

    taken = send(vic, f"/shifts/{slot}/sign-ups")
    assert (taken.status_code, taken.location) == (303, f"/shifts/{slot}")
    page = text(vic, f"/shifts/{slot}")
    assert "It is yours." in page and f"/shifts/{slot}.ics" in page and f'action="/shifts/{slot}/undo"' in page
    assert send(vic, f"/shifts/{slot}/undo").status_code == 303
    assert "You have no seat here" in text(vic, f"/shifts/{slot}")

    send(vic, f"/shifts/{slot}/sign-ups")
    given = send(vic, f"/shifts/{slot}/give-up")
    assert given.location == f"/shifts?instead={slot}"
    page = text(vic, given.location)
    assert "Another time instead?" in page and f'action="/shifts/{other}/sign-ups"' in page


def test_the_waiting_list_says_where_one_stands_and_a_promotion_can_be_declined(
    app: Flask, cast: Cast, vic: FlaskClient
) -> None:
    with app.app_context():
        slot, (other,) = make_slot(cast, starts_at=soon(days=3)), executives(cast, 1)
        book_at(other, slot)
    page = text(vic, f"/shifts/{slot}")
    assert "Every seat is taken." in page and "Join the waiting list" in page
    send(vic, f"/shifts/{slot}/sign-ups")
    assert "You are number 1 on the waiting list." in text(vic, f"/shifts/{slot}")

    send(signed_in(app, other), f"/shifts/{slot}/give-up")
    page = text(vic, f"/shifts/{slot}")
    assert "You can say no in one tap until" in page and "No, thanks" in page
    assert "You may say no until" in text(vic, "/shifts")
    send(vic, f"/shifts/{slot}/give-up")
    with app.app_context():
        assert db.session.get_one(Slot, slot).taken == 0


def test_every_named_state_stands_on_the_page_and_a_refused_tap_says_it_again(
    app: Flask, cast: Cast, vic: FlaskClient
) -> None:
    starts = soon(days=3)
    with app.app_context():
        mine = make_slot(cast, starts_at=starts)
        book_at(cast.vic, mine)
        places = {
            "Clash": (make_slot(cast, starts_at=starts + HOUR / 2), 409),
            "Not yet open": (make_slot(cast, starts_at=starts + HOUR, opens_at=soon(days=1)), 409),
            "Briefing missing": (make_slot(cast, starts_at=starts + HOUR, briefing_needed=True), 409),
            "Too late": (make_slot(cast, starts_at=clock.now() - HOUR / 2), 409),
            "Over": (make_slot(cast, starts_at=clock.now() - 2 * HOUR), 409),
            "Cancelled": (make_slot(cast, cancelled_at=clock.now(), cancel_reason="Storm"), 410),
            "Full": (make_slot(cast, starts_at=clock.now() + HOUR / 2, taken=1), 409),
        }

    for label, (slot, status) in places.items():
        assert f"{label}</span>" in text(vic, f"/shifts/{slot}")
        refused = send(vic, f"/shifts/{slot}/sign-ups")
        assert refused.status_code == status
        assert "There is a problem" in refused.get_data(as_text=True)
    assert "Yours</span>" in text(vic, f"/shifts/{mine}")
    with app.app_context():
        free = make_slot(cast, starts_at=starts + HOUR)
    assert "Free</span>" in text(vic, f"/shifts/{free}")


def test_agents_of_the_site_see_a_day_ahead_who_comes_and_others_do_not(app: Flask, cast: Cast) -> None:
    with app.app_context():
        near, far = make_slot(cast, starts_at=soon(hours=20)), make_slot(cast, starts_at=soon(days=2))
        for slot in (near, far):
            book_at(cast.vic, slot, now=clock.now())
    asha, bo_of_belfast = signed_in(app, cast.asha), signed_in(app, cast.people["sam"])

    page = text(asha, "/shifts")
    assert page.count("<bdi>Vic</bdi>") == 1
    assert "Nothing that is heard on a shift is used for quality scores" in page
    assert "Take it" not in page
    assert "Vic" in text(asha, f"/shifts/{near}")
    assert "Vic" not in text(asha, f"/shifts/{far}")
    assert "Vic" not in text(bo_of_belfast, "/shifts")
    assert bo_of_belfast.get(f"/shifts/{near}").status_code == 404  # another employer
    assert send(asha, f"/shifts/{near}/sign-ups").status_code == 403


def test_a_stand_in_is_asked_for_and_found_on_the_list(app: Flask, cast: Cast, vic: FlaskClient) -> None:
    with app.app_context():
        slot, (other,) = make_slot(cast, starts_at=soon(hours=20)), executives(cast, 1)
        book_at(cast.vic, slot, now=clock.now() - timedelta(hours=1))
    page = text(vic, f"/shifts/{slot}")
    assert "giving it up goes through the site" in page
    assert send(vic, f"/shifts/{slot}/give-up").status_code == 409
    send(vic, f"/shifts/{slot}/stand-in-requests")
    assert "I can come after all" in text(vic, f"/shifts/{slot}")

    fellow = signed_in(app, other)
    assert "Somebody needs a stand-in" in text(fellow, "/shifts")
    assert "Stand in<span" in text(fellow, f"/shifts/{slot}")
    assert send(fellow, f"/shifts/{slot}/stand-ins").status_code == 303
    assert "You stand in." in text(fellow, f"/shifts/{slot}")


def test_the_site_takes_somebody_out_with_a_reason(app: Flask, cast: Cast, vic: FlaskClient) -> None:
    with app.app_context():
        slot = make_slot(cast, starts_at=soon(hours=20))
        book_at(cast.vic, slot, now=clock.now())
    lea = signed_in(app, cast.lea)
    assert "Take somebody out" in text(lea, f"/shifts/{slot}")
    assert "Take somebody out" not in text(vic, f"/shifts/{slot}")

    refused = send(lea, f"/shifts/{slot}/removals", person=cast.vic, reason="")
    assert refused.status_code == 422 and "Say why" in refused.get_data(as_text=True)
    assert send(lea, f"/shifts/{slot}/removals", person=cast.vic, reason="The floor is closed").status_code == 303
    with app.app_context():
        assert db.session.get_one(Slot, slot).taken == 0


def test_the_list_is_narrowed_by_length_site_language_and_channel(app: Flask, cast: Cast, vic: FlaskClient) -> None:
    with app.app_context():
        usual = make_slot(cast, starts_at=soon(days=1), queue="Usual")
        make_slot(cast, starts_at=soon(days=1), length=HOUR / 2, queue="Shorter", site="Belfast")
        make_slot(cast, starts_at=soon(days=1), length=8 * HOUR, queue="Longest", language="Welsh",
                  channel=Channel.CHAT)  # fmt: skip
    wanted = {
        "": {"Usual", "Shorter", "Longest"}, "length=half_hour": {"Shorter"}, "length=hour": {"Usual"},
        "length=day": {"Longest"}, f"site={cast.places['Belfast']}": {"Shorter"}, "language=Welsh": {"Longest"},
        "channel=calls": {"Usual", "Shorter"}, "channel=calls&length=day": set(), "site=x&length=y": {
            "Usual", "Shorter", "Longest"},
    }  # fmt: skip

    for query, queues in wanted.items():
        page = text(vic, f"/shifts?{query}")
        assert {name for name in ("Usual", "Shorter", "Longest") if f"<p>{name}," in page} == queues, query
    assert "No shift fits that." in text(vic, "/shifts?channel=calls&length=day")
    assert f"/shifts/{usual}" in text(vic, "/shifts")


def test_a_buddy_is_named_once_they_agree_and_the_night_of_two_times_has_its_offset(
    app: Flask, cast: Cast, vic: FlaskClient
) -> None:
    with app.app_context():
        slot = make_slot(cast, starts_at=soon(days=3), buddy_id=cast.asha, buddy_state=BuddyState.ASKED)
        year = clock.now().year + 1
        last = max(day for day in range(25, 32) if date(year, 10, day).weekday() == 6)  # the clocks go back
        night = make_slot(cast, starts_at=datetime(year, 10, last, 0, 30, tzinfo=UTC))
    assert "Asha" not in text(vic, f"/shifts/{slot}")

    with app.app_context(), writing():
        db.session.execute(update(Slot).where(Slot.id == slot).values(buddy_state=BuddyState.AGREED))

    assert "with <bdi>Asha</bdi>" in text(vic, f"/shifts/{slot}")
    assert "01:30 (UTC+01:00) to 01:30 (UTC+00:00)" in text(vic, f"/shifts/{night}")


def test_the_calendar_asks_eight_times_with_five_thousand_slots(app: Flask, cast: Cast) -> None:
    with app.app_context():
        slot = make_slot(cast, starts_at=soon(hours=20), seats=3)
        (other,) = executives(cast, 1)
        brief(cast.vic, cast.mia, until=soon(days=400).date())
        with writing():
            db.session.execute(update(Person).where(Person.id == cast.vic).values(site_id=cast.places["Leeds"]))
            facts.refresh(now=clock.now())
    few = asked(app, cast.vic, "/shifts")
    with app.app_context():
        fill(cast, slot, other)

    assert asked(app, cast.vic, "/shifts") == few <= CALENDAR
    with app.app_context(), writing():
        leeds = db.session.get_one(Place, cast.places["Leeds"])
        people.grant(db.session.get_one(Person, cast.olu), Role.EXECUTIVE, leeds, by_id=None, now=NOON)
    assert asked(app, cast.olu, "/shifts") <= CALENDAR
    assert asked(app, cast.asha, "/shifts") <= CALENDAR


def fill(cast: Cast, slot: int, other: int) -> None:
    """Five thousand slots of the year to come, one in ten with a seat of each of two executives."""
    now, sites = clock.now(), [cast.places[name] for name in ("Leeds", "Belfast", "Durban", "Manila")]
    slots = [
        {"site_id": sites[n % 4], "zone": "Europe/London", "starts_at": soon(hours=24 + 1.5 * n),
         "ends_at": soon(hours=25 + 1.5 * n), "queue": f"Queue {n % 7}", "language": "English",
         "channel": Channel.CALLS, "busy": Busy.USUAL, "seats": 2, "taken": 2 if n % 10 == 0 else 0,
         "buddy_state": BuddyState.NONE, "published_by_id": cast.mia, "published_at": now}
        for n in range(SLOTS)
    ]  # fmt: skip
    with writing():
        ids = db.session.scalars(insert(Slot).returning(Slot.id), slots).all()
        db.session.execute(insert(SignUp), [
            {"slot_id": ids[n], "person_id": who, "state": SeatState.BOOKED, "ticket": place, "made_at": now,
             "changed_at": now, "starts_at": slots[n]["starts_at"], "ends_at": slots[n]["ends_at"],
             "looking_since": now if who == other and n % 50 == 0 else None}
            for n in range(0, SLOTS, 10) for place, who in enumerate((cast.vic, other), 1)
        ])  # fmt: skip
