"""The private address of a calendar: shown once, good for one person's shifts, and what stands in it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import vobject
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.db import db, writing
from portal.frontline import buddies, calendar_views, feed_rules, feeds, slots, stand_in
from portal.frontline.calendar_views import READS
from portal.frontline.models import CalendarFeed, SignUp, Slot
from portal.frontline.words import BuddyState
from portal.people import service as people
from portal.people.models import AuditEntry, Person
from tests.counting import counted
from tests.factories import NOON, Cast, send, signed_in
from tests.frontline.seating import HOUR, STARTS, book, executives, give_up, make_slot
from tests.ideas.making import viewer

ROUND = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of these views alone: signing in goes by the real one.
    monkeypatch.setattr(calendar_views, "clock", SimpleNamespace(now=lambda: NOON))


def token_for(person_id: int) -> str:
    who = viewer(person_id)
    with writing():
        return feeds.make(who, now=NOON)


def events(client: FlaskClient, token: str) -> dict[str, Any]:
    """Title → event, as an independent parser reads the feed."""
    answer = client.get(f"/calendar/{token}.ics")
    assert answer.status_code == 200, answer.text
    calendar = vobject.readOne(answer.text, validate=True) if "BEGIN:VEVENT" in answer.text else None
    return {event.summary.value: event for event in calendar.vevent_list} if calendar else {}


def setting(app: Flask, cast: Cast, **over: Any) -> tuple[int, str]:
    """A slot in which Vic has a seat, and Vic's token."""
    with app.app_context():
        number = make_slot(cast, **over)
        book(cast.vic, number)
        token = token_for(cast.vic)
        db.session.remove()
    return number, token


def test_the_address_is_shown_once_and_only_its_fingerprint_is_kept(app: Flask, cast: Cast) -> None:
    client = signed_in(app, cast.vic)
    assert "Make my address" in client.get("/me/calendar").text

    made = send(client, "/me/calendar").text

    token = made.partition("/calendar/")[2].partition(".ics")[0]
    assert feed_rules.well_formed(token) and 'href="webcal' in made and made.count(token) == 2
    assert token not in client.get("/me/calendar").text
    with app.app_context():
        row = db.session.scalars(select(CalendarFeed)).one()
        assert row.token_hash == feed_rules.fingerprint(token)
        facts = [entry.detail + entry.subject for entry in db.session.scalars(select(AuditEntry))]
        assert not any(token in text for text in facts)


def test_an_address_ends_with_a_new_one_by_hand_and_with_its_person(app: Flask, cast: Cast) -> None:
    client, program = signed_in(app, cast.vic), app.test_client(use_cookies=False)
    with app.app_context():
        first, second, other = token_for(cast.vic), token_for(cast.vic), token_for(cast.mia)
    statuses = lambda *tokens: [program.get(f"/calendar/{one}.ics").status_code for one in tokens]  # noqa: E731

    assert statuses(first, second, other, "cal_x", feed_rules.new_token(), "x" * 300) == [404, 200, 200, 404, 404, 404]
    assert send(client, "/me/calendar/end").status_code == 303
    assert statuses(second, other) == [404, 200]
    with app.app_context(), writing():
        people.deactivate(db.session.get_one(Person, cast.mia), by_id=None, now=NOON)
    assert statuses(other) == [404]


def test_a_program_reads_it_without_a_cookie_and_is_told_when_nothing_is_new(app: Flask, cast: Cast) -> None:
    _, token = setting(app, cast)
    program = app.test_client(use_cookies=False)

    answer = program.get(f"/calendar/{token}.ics")

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Content-Disposition"] == 'inline; filename="sayso-shifts.ics"'
    again = program.get(f"/calendar/{token}.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    assert program.head(f"/calendar/{token}.ics").status_code == 200
    with app.app_context():
        with writing():
            (days,) = READS.take()
            READS.write(days, NOON)
        assert db.session.scalars(select(CalendarFeed.last_read_on)).one() == NOON.date()


def test_a_seat_that_is_given_up_and_taken_again_is_one_entry_whose_number_only_rises(app: Flask, cast: Cast) -> None:
    number, token = setting(app, cast)
    program, seen = app.test_client(use_cookies=False), []
    for verb in (None, give_up, book, give_up):
        if verb is not None:
            with app.app_context():
                verb(cast.vic, number, now=NOON + ROUND)
                db.session.remove()
        (event,) = events(program, token).values()
        seen.append((event.uid.value, int(event.sequence.value), event.status.value))

    assert len({uid for uid, _, _ in seen}) == 1
    assert [status for _, _, status in seen] == ["CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED"]
    assert sorted({one for _, one, _ in seen}) == [one for _, one, _ in seen]


def test_what_the_site_moves_or_calls_off_stands_there_with_its_reason(app: Flask, cast: Cast) -> None:
    number, token = setting(app, cast)
    program = app.test_client(use_cookies=False)
    (before,) = events(program, token).values()
    with app.app_context(), writing():
        slots.cancel(viewer(cast.mia), db.session.get_one(Slot, number), "The queue is closed.", now=NOON + ROUND)

    ((title, event),) = events(program, token).items()

    assert title == "Cancelled: Frontline shift: Billing, Leeds" and event.status.value == "CANCELLED"
    assert "The queue is closed." in event.description.value and event.uid.value == before.uid.value
    assert int(event.sequence.value) > int(before.sequence.value)
    file = signed_in(app, cast.vic).get(f"/shifts/{number}.ics")
    assert "METHOD:CANCEL" in file.text and "method=CANCEL" in file.headers["Content-Type"]


def test_who_only_waits_has_nothing_there_until_a_seat_is_theirs(app: Flask, cast: Cast) -> None:
    with app.app_context():
        first, second = executives(cast, 2)
        number = make_slot(cast)
        book(first, number)
        book(second, number)
        token = token_for(second)
        db.session.remove()
    program = app.test_client(use_cookies=False)
    assert events(program, token) == {}
    with app.app_context():
        give_up(first, number, now=NOON + ROUND)
        db.session.remove()

    (event,) = events(program, token).values()

    assert event.status.value == "CONFIRMED" and event.dtstart.value == STARTS


def test_a_calendar_names_nobody_but_a_host_who_has_agreed(app: Flask, cast: Cast) -> None:
    number, token = setting(app, cast, seats=2, buddy_id=cast.asha, buddy_state=BuddyState.ASKED)
    program = app.test_client(use_cookies=False)
    with app.app_context():
        (other,) = executives(cast, 1)
        book(other, number)
        hosts = token_for(cast.asha)
        db.session.remove()
    mine, theirs = (program.get(f"/calendar/{one}.ics").text for one in (token, hosts))
    assert not any(name in mine + theirs for name in ("Asha", "Exec0", "Mia"))
    assert "STATUS:TENTATIVE" in theirs and "Vic" not in theirs

    with app.app_context(), writing():
        buddies.answer(viewer(cast.asha), db.session.get_one(Slot, number), True, now=NOON + ROUND)

    mine, theirs = (program.get(f"/calendar/{one}.ics").text for one in (token, hosts))
    assert "You sit beside Asha." in mine and "Exec0" not in mine
    assert "STATUS:CONFIRMED" in theirs and "Vic" not in theirs


def test_a_host_who_says_no_or_is_replaced_has_it_called_off(app: Flask, cast: Cast) -> None:
    number, _ = setting(app, cast, buddy_id=cast.asha, buddy_state=BuddyState.ASKED)
    program = app.test_client(use_cookies=False)
    with app.app_context():
        hosts = token_for(cast.asha)
        with writing():
            buddies.answer(viewer(cast.asha), db.session.get_one(Slot, number), False, now=NOON + ROUND)
        db.session.remove()
    (event,) = events(program, hosts).values()
    assert event.status.value == "CANCELLED"

    with app.app_context(), writing():
        slot = db.session.get_one(Slot, number)
        slot.buddy_id, slot.buddy_state = cast.lea, BuddyState.ASKED
    (event,) = events(program, hosts).values()
    assert event.status.value == "CANCELLED" and "Somebody else is the host." in event.description.value


def test_a_seat_that_a_stand_in_took_leaves_one_calendar_and_enters_the_other(app: Flask, cast: Cast) -> None:
    number, token = setting(app, cast)
    with app.app_context():
        (other,) = executives(cast, 1)
        with writing():
            stand_in.ask(viewer(cast.vic), number, now=NOON)
        with writing():
            stand_in.take_over(viewer(other), number, now=NOON)
        taken = token_for(other)
        db.session.remove()
    program = app.test_client(use_cookies=False)

    statuses = [next(iter(events(program, one).values())).status.value for one in (token, taken)]

    assert statuses == ["CANCELLED", "CONFIRMED"]


def test_the_file_of_a_shift_is_for_whoever_has_a_seat_or_hosts_and_for_nobody_else(app: Flask, cast: Cast) -> None:
    number, _ = setting(app, cast, buddy_id=cast.asha, buddy_state=BuddyState.AGREED)
    file = signed_in(app, cast.vic).get(f"/shifts/{number}.ics")

    assert file.headers["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert file.headers["Content-Disposition"] == f'attachment; filename="sayso-shift-{number}.ics"'
    event = vobject.readOne(file.text, validate=True).vevent
    assert event.dtend.value - event.dtstart.value == HOUR and event.location.value == "Leeds"
    assert signed_in(app, cast.asha).get(f"/shifts/{number}.ics").status_code == 200
    assert signed_in(app, cast.mia).get(f"/shifts/{number}.ics").status_code == 404
    assert signed_in(app, cast.vic).get("/shifts/99999.ics").status_code == 404
    assert app.test_client().get(f"/shifts/{number}.ics").status_code == 303


def test_old_shifts_leave_the_calendar(app: Flask, cast: Cast) -> None:
    number, token = setting(app, cast)
    with app.app_context(), writing():
        moment = NOON - timedelta(days=feed_rules.KEPT_DAYS + 1)
        for row in (db.session.get_one(Slot, number), db.session.scalars(select(SignUp)).one()):
            row.starts_at, row.ends_at = moment, moment + HOUR

    assert events(app.test_client(use_cookies=False), token) == {}


def test_two_seats_in_the_same_feed_stand_in_their_order(app: Flask, cast: Cast) -> None:
    _, token = setting(app, cast)
    with app.app_context():
        book(cast.vic, make_slot(cast, starts_at=STARTS + HOUR, queue="Refunds"))
        book(cast.vic, make_slot(cast, starts_at=STARTS - HOUR, queue="Faults"))
        db.session.remove()

    titles = list(events(app.test_client(use_cookies=False), token))

    assert [title.split(": ")[1].split(",")[0] for title in titles] == ["Faults", "Billing", "Refunds"]


def test_reading_a_calendar_costs_the_same_however_full_it_is(app: Flask, cast: Cast) -> None:
    _, token = setting(app, cast)
    program, counts = app.test_client(use_cookies=False), []

    for more in range(2):
        with app.app_context():
            for number in range(more * 8):
                book(cast.vic, make_slot(cast, starts_at=STARTS + (number + 2) * HOUR))
            db.session.remove()
            with counted(app) as asked:
                assert program.get(f"/calendar/{token}.ics").status_code == 200
            counts.append(len(asked))

    assert counts[0] == counts[1] <= 5
