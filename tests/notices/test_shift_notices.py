"""Who hears what about shifts: the right people, once, nothing that is no longer so, and no name too early."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.frontline import attendance, buddies, reminder_jobs, seats, slots, stand_in
from portal.frontline.models import SignUp, Slot
from portal.frontline.slot_rules import SlotChanges
from portal.frontline.words import Attendance, BuddyState
from portal.notices import post_jobs, preferences, reminder_notices, shift_notices, slot_notices
from portal.notices.models import Notice
from portal.notices.moments import Moment, Pace
from portal.notices.service import POST
from portal.outbox.models import Message
from portal.people.models import Person
from portal.worker import run_once
from tests.factories import NOON, Cast
from tests.frontline.seating import HOUR, STARTS, book, executives, give_up, make_slot
from tests.ideas.making import viewer
from tests.notices.mailbox import mailbox, plain, serving

OURS = shift_notices.HANDLERS | slot_notices.HANDLERS | reminder_notices.HANDLERS | reminder_jobs.HANDLERS
MINUTE = timedelta(minutes=1)
REASON = "The queue moves to another building."
Told = tuple[int, str]


def pass_over(*_of: object) -> None:
    """Not ours."""


def told(app: Flask, now: datetime, *, seen: Sequence[Told] = ()) -> list[Told]:
    """(whom, what) the worker tells until a moment, looking in twice, without what was told before."""
    for _ in range(2):
        db.session.remove()
        others = set(db.session.scalars(select(Message.topic))) - set(OURS) | {POST}
        run_once(app, now=now, handlers=OURS | dict.fromkeys(others, pass_over))
    db.session.remove()
    rows = db.session.execute(select(Notice.person_id, Notice.title).order_by(Notice.id)).all()
    db.session.rollback()
    return [tuple(row) for row in rows][len(seen) :]  # type: ignore[misc]


def words_to(person_id: int) -> str:
    """The last thing that somebody was told."""
    query = select(Notice.words).where(Notice.person_id == person_id).order_by(Notice.id.desc()).limit(1)
    found = db.session.scalars(query).one()
    db.session.rollback()
    return found


def changed(number: int, by: int, *, now: datetime = NOON, **over: Any) -> None:
    """Change a slot as its page does, and commit."""
    with writing():
        slot = db.session.get_one(Slot, number)
        names = SlotChanges.__dataclass_fields__
        here = slot.starts_at.astimezone()
        facts = {name: getattr(slot, name) for name in names if hasattr(slot, name)}
        facts |= {"day": here.date(), "starts": slot.starts_at.time(), "minutes": 60}
        values = {name: value for name, value in (facts | over).items() if name in names}
        slots.change(viewer(by), slot, SlotChanges(**values), REASON, now=now)


def test_a_seat_is_told_to_whoever_has_it_and_to_the_host_without_a_name(context: Flask, cast: Cast) -> None:
    number = make_slot(cast, buddy_id=cast.asha, buddy_state=BuddyState.AGREED)
    book(cast.vic, number)

    assert told(context, NOON) == [(cast.vic, "You have a seat"), (cast.asha, "A visitor will sit beside you")]
    assert words_to(cast.vic).startswith("Billing, Leeds: Thursday 5 March, 12:00 to 13:00.")
    assert "Vic" not in words_to(cast.asha)


def test_who_waits_hears_nothing_until_the_seat_is_theirs_and_can_say_no_in_time(context: Flask, cast: Cast) -> None:
    number = make_slot(cast)
    book(cast.vic, number)
    book(cast.mia, number)
    before = told(context, NOON)
    assert before == [(cast.vic, "You have a seat")]

    give_up(cast.vic, number, now=NOON + MINUTE)

    after = told(context, NOON + MINUTE, seen=before)
    assert sorted(after) == sorted([
        (cast.vic, "You have given up a seat"), (cast.mia, "A seat came free, and it is yours")
    ])  # fmt: skip
    assert "until Tuesday 3 March, 00:01 it costs one tap to say no" in words_to(cast.mia)


def test_a_place_in_the_waiting_list_that_is_left_is_nobodys_business(context: Flask, cast: Cast) -> None:
    number = make_slot(cast)
    book(cast.vic, number)
    book(cast.mia, number)
    give_up(cast.mia, number)

    assert told(context, NOON) == [(cast.vic, "You have a seat")]


def test_a_seat_given_up_before_the_worker_looked_is_told_as_gone_alone(context: Flask, cast: Cast) -> None:
    number = make_slot(cast)
    book(cast.vic, number)
    give_up(cast.vic, number)

    assert told(context, NOON) == [(cast.vic, "You have given up a seat")]


def test_a_cancelled_shift_tells_visitors_who_waits_and_the_host_with_the_reason(context: Flask, cast: Cast) -> None:
    number = make_slot(cast, buddy_id=cast.asha, buddy_state=BuddyState.AGREED)
    book(cast.vic, number)
    (other,) = executives(cast, 1)
    book(other, number)
    before = told(context, NOON)
    with writing():
        slots.cancel(viewer(cast.mia), db.session.get_one(Slot, number), REASON, now=NOON)

    after = told(context, NOON, seen=before)

    gone = "A shift of yours does not take place"
    assert sorted(after) == sorted(
        [(cast.vic, gone), (other, gone), (cast.asha, "The shift at which you host does not take place")]
    )
    assert all(REASON in words_to(person) for person in (cast.vic, other, cast.asha))


def test_a_moved_shift_says_what_it_was_and_asks_the_host_again(context: Flask, cast: Cast) -> None:
    number = make_slot(cast, buddy_id=cast.asha, buddy_state=BuddyState.AGREED)
    book(cast.vic, number)
    before = told(context, NOON)
    changed(number, cast.mia, day=STARTS.date() + timedelta(days=1))

    after = told(context, NOON, seen=before)

    assert (cast.vic, "Your shift was moved") in after and cast.asha in dict(after)
    words = words_to(cast.vic)
    assert "Friday 6 March, 12:00 to 13:00" in words and "It was to begin on Thursday 5 March, 12:00." in words
    assert REASON in words and len(after) == len(set(after)) and {who for who, _ in after} == {cast.vic, cast.asha}


def test_another_queue_is_told_with_the_old_one_and_more_seats_are_not(context: Flask, cast: Cast) -> None:
    number = make_slot(cast)
    book(cast.vic, number)
    before = told(context, NOON)
    changed(number, cast.mia, seats=3)
    assert told(context, NOON, seen=before) == []

    changed(number, cast.mia, seats=3, queue="Refunds")

    assert told(context, NOON, seen=before) == [(cast.vic, "Your shift has changed")]
    assert "Queue: Refunds (before: Billing)." in words_to(cast.vic)


def test_a_host_is_asked_and_whoever_published_hears_a_no(context: Flask, cast: Cast) -> None:
    number = make_slot(cast)
    changed(number, cast.mia, buddy_id=cast.asha)
    assert told(context, NOON) == [(cast.asha, "Would you have a visitor beside you?")]
    with writing():
        buddies.answer(viewer(cast.asha), db.session.get_one(Slot, number), False, now=NOON)

    assert told(context, NOON)[1:] == [(cast.mia, "Asha would rather not host: somebody else is needed")]


def test_a_stand_in_is_asked_for_without_a_name_where_executives_have_time(context: Flask, cast: Cast) -> None:
    number = make_slot(cast)
    free, busy = executives(cast, 2)
    book(cast.vic, number)
    book(busy, make_slot(cast, starts_at=STARTS + HOUR / 2))
    before = told(context, NOON)
    with writing():
        stand_in.ask(viewer(cast.vic), number, now=NOON)

    asked = told(context, NOON, seen=before)
    assert asked == [(free, "Somebody looks for a stand-in")] and "Vic" not in words_to(free)
    with writing():
        stand_in.take_over(viewer(free), number, now=NOON)
    after = told(context, NOON, seen=before + asked)
    assert sorted(after) == sorted([(cast.vic, "Exec0 takes your seat"), (free, "You have a seat")])
    with writing():
        seats.undo(viewer(free), number, now=NOON)
    assert (cast.vic, "Your stand-in gave the seat back: it is yours again") in told(context, NOON)


def test_a_day_ahead_the_visitor_has_the_brief_and_the_team_reads_who_comes(context: Flask, cast: Cast) -> None:
    number = make_slot(cast, buddy_id=cast.asha, buddy_state=BuddyState.AGREED)
    book(cast.vic, number)
    before = told(context, NOON)

    after = dict(told(context, STARTS - 24 * HOUR, seen=before))

    query = select(Person.id).where(Person.team_id == cast.places["Leeds/Billing"])
    team = set(db.session.scalars(query)) - {cast.asha}
    db.session.rollback()
    assert after.pop(cast.vic) == "Your shift on the frontline is near"
    assert after.pop(cast.asha) == "Vic comes to sit beside you"
    assert after == dict.fromkeys(team, "Vic visits Billing") and team
    mailed = set(db.session.scalars(select(Notice.person_id).where(Notice.mail_at.is_not(None))))
    assert not mailed & team and {cast.vic, cast.asha} <= mailed


def test_a_queue_that_is_no_teams_name_tells_the_whole_site(context: Flask, cast: Cast) -> None:
    number = make_slot(cast, queue="Refunds")
    book(cast.vic, number)
    before = told(context, NOON)

    after = dict(told(context, STARTS - HOUR * 2, seen=before))

    here = set(db.session.scalars(select(Person.id).where(Person.site_id == cast.places["Leeds"])))
    assert here <= set(after) and cast.lea in after and cast.sam not in after


def test_a_large_site_is_told_in_steps(context: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminder_notices, "AT_ONCE_MAX", 2)
    book(cast.vic, make_slot(cast, queue="Refunds"))

    everybody = [who for who, title in told(context, STARTS - HOUR * 2) if title == "Vic visits Refunds"]

    here = select(Person.id).where(Person.site_id == cast.places["Leeds"])
    assert sorted(everybody) == sorted(db.session.scalars(here)) and len(everybody) > 4


def test_who_was_expected_and_does_not_come_is_told_to_the_host(context: Flask, cast: Cast) -> None:
    number = make_slot(cast, buddy_id=cast.asha, buddy_state=BuddyState.AGREED)
    book(cast.vic, number)
    before = told(context, STARTS - 20 * HOUR)
    with writing():
        seats.take_out(viewer(cast.lea), number, cast.vic, "They called in ill.", now=STARTS - 19 * HOUR)

    after = told(context, STARTS - 19 * HOUR, seen=before)

    assert after == [(cast.vic, "You no longer have a seat"), (cast.asha, "Vic does not come after all")]


def test_the_hour_before_and_the_morning_after_are_told_and_what_the_site_noted(context: Flask, cast: Cast) -> None:
    number = make_slot(cast)
    book(cast.vic, number)
    before = told(context, STARTS - 2 * HOUR)
    hour = told(context, STARTS - HOUR, seen=before)
    assert hour == [(cast.vic, "Your shift begins within the hour")]
    with writing():
        seat = db.session.scalars(select(SignUp)).one()
        attendance.mark(viewer(cast.lea), seat, Attendance.ARRIVED, now=STARTS)
    with writing():
        seat = db.session.scalars(select(SignUp)).one()
        attendance.mark(viewer(cast.lea), seat, Attendance.COMPLETED, now=STARTS + HOUR)

    assert told(context, STARTS + HOUR, seen=before + hour) == [(cast.vic, "Thank you for coming")]
    morning = told(context, STARTS + 21 * HOUR, seen=before + hour)
    assert morning[1:] == [(cast.vic, "What surprised you on your shift?")]
    paths = db.session.scalars(select(Notice.path).where(Notice.person_id == cast.vic).order_by(Notice.id)).all()
    assert [path.partition(f"/{number}")[2] for path in paths] == ["#seat", "/brief", "/brief", "/debrief", "/debrief"]


def test_reminders_keep_quiet_hours_and_paces_and_no_mail_comes_when_it_is_too_late(context: Flask, cast: Cast) -> None:
    with writing():
        wishes = preferences.wishes_of(cast.mia)
        preferences.choose(
            viewer(cast.mia), replace(wishes, paces=wishes.paces | {Moment.SHIFT: Pace.WEEKLY}), now=NOON
        )
    early = STARTS - timedelta(hours=5, minutes=30)  # half past six, before the quiet hours end
    number = make_slot(cast, starts_at=early, seats=2)
    book(cast.vic, number)
    book(cast.mia, number)
    told(context, early - 24 * HOUR)
    told(context, early - HOUR)

    rows = db.session.execute(select(Notice.person_id, Notice.title, Notice.mail_at)).all()

    mails = {(row.person_id, row.title): row.mail_at for row in rows}
    near, soon = "Your shift on the frontline is near", "Your shift begins within the hour"
    assert mails[cast.vic, near] == early - 24 * HOUR + HOUR / 2  # seven o'clock
    assert mails[cast.vic, soon] is None and mails[cast.mia, near] is None and mails[cast.mia, soon] is None


def test_the_mail_about_a_seat_carries_the_file_for_the_calendar(app: Flask, cast: Cast) -> None:
    box = mailbox(app)
    with app.app_context():
        number = make_slot(cast, queue="Billing & <b>refunds</b>")
        book(cast.vic, number)
        db.session.remove()
    with serving(box):
        run_once(app, now=NOON, handlers=OURS | post_jobs.HANDLERS)

    (mail,) = box.mails
    base = app.config["SAYSO"].base_url
    assert mail["Subject"] == "You have a seat" and mail["To"] == "vic@harbour.example"
    assert f"{base}/shifts/{number}#seat\n" in plain(mail)
    assert f"For your calendar: {base}/shifts/{number}.ics\n" in plain(mail)
    html = mail.get_body(("html",)).get_content()
    assert f'<a href="{base}/shifts/{number}.ics">For your calendar</a>' in html and "&lt;b&gt;refunds" in html
