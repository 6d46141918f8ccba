"""Working hours and days off of places: what holds where, what is refused, and the pages to set them."""

from datetime import date, time

import pytest
from flask import Flask

from portal.db import db, writing
from portal.errors import Invalid
from portal.people import calendars
from portal.people.calendar_rules import CalendarRefusal, Hours, hours_refusal, pasted_days, usual
from portal.people.models import Place
from tests.factories import NOON, Cast, send, signed_in

WEEK = frozenset(range(5))
XMAS = date(2026, 12, 25)


@pytest.mark.parametrize(
    ("hours", "refused"),
    [
        (Hours("Asia/Manila", WEEK, time(22), time(0)), None),
        (Hours("Asia/Nowhere", WEEK, time(9), time(17)), CalendarRefusal.UNKNOWN_ZONE),
        (Hours("../etc/passwd", WEEK, time(9), time(17)), CalendarRefusal.UNKNOWN_ZONE),
        (Hours("Europe", WEEK, time(9), time(17)), CalendarRefusal.UNKNOWN_ZONE),
        (Hours("", WEEK, time(9), time(17)), CalendarRefusal.UNKNOWN_ZONE),
        (Hours("UTC", frozenset(), time(9), time(17)), CalendarRefusal.NO_WEEKDAY),
        (Hours("UTC", frozenset({7}), time(9), time(17)), CalendarRefusal.NO_WEEKDAY),
        (Hours("UTC", WEEK, time(9), time(9)), CalendarRefusal.NO_HOURS),
    ],
)
def test_what_are_working_hours(hours: Hours, refused: CalendarRefusal | None) -> None:
    assert hours_refusal(hours) is refused


def test_days_off_are_read_as_people_paste_them() -> None:
    text = "2026-12-25  Christmas Day\n\n26.12.2026; Boxing Day\n1 January 2027 - New Year\n3 Apr 2026\n"

    assert pasted_days(text) == {
        XMAS: "Christmas Day", date(2026, 12, 26): "Boxing Day", date(2027, 1, 1): "New Year", date(2026, 4, 3): "",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "\n ", "Christmas", "2026-02-30", "2026-13-01", "1 Smarch 2026", "1066-10-14"])
def test_what_is_no_day_off_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as error:
        pasted_days(text)
    assert error.value.code in (CalendarRefusal.NO_DAYS, CalendarRefusal.BAD_DAY) and error.value.fields.keys() == {
        "days"
    }


def test_more_days_than_a_calendar_keeps_are_refused(context: Flask, cast: Cast) -> None:
    with pytest.raises(Invalid, match="too_many_holidays"):
        pasted_days("2026-12-25\n" * 401)
    some = [{date.fromordinal(735_000 + 400 * part + day): "" for day in range(400)} for part in range(6)]
    with pytest.raises(Invalid, match="too_many_holidays"), writing():
        for days in some:
            calendars.add_holidays(db.session.get_one(Place, cast.places["Leeds"]), days, by_id=cast.mia, now=NOON)


def test_the_settings_hold_where_no_place_says_anything() -> None:
    made = usual("Europe/London", ("mon", "sat"), "08:30-24:00")

    assert (made.weekdays, made.start, made.end) == (frozenset({0, 5}), time(8, 30), time(0))


def test_a_site_follows_its_employer_then_the_organisation_until_it_has_its_own(context: Flask, cast: Cast) -> None:
    durban, leeds, brightline, harbour = (cast.places[name] for name in ("Durban", "Leeds", "Brightline", "Harbour"))
    with writing():
        calendars.add_holidays(db.session.get_one(Place, harbour), {XMAS: "Christmas"}, by_id=cast.mia, now=NOON)
        six = Hours("Africa/Johannesburg", frozenset(range(6)), time(8), time(20))
        calendars.set_hours(db.session.get_one(Place, brightline), six, by_id=cast.mia, now=NOON)
        calendars.add_holidays(db.session.get_one(Place, leeds), {date(2026, 3, 4): "Local"}, by_id=cast.mia, now=NOON)

    found = calendars.calendars_of([durban, leeds, cast.places["Belfast"], None])

    assert found[durban].weekdays == frozenset(range(6)) and found[durban].holidays == {XMAS}
    assert found[leeds].holidays == {XMAS, date(2026, 3, 4)} and found[leeds].zone == "Europe/London"
    assert found[cast.places["Belfast"]].holidays == found[None].holidays == {XMAS}
    with writing():
        calendars.give_up(db.session.get_one(Place, leeds), by_id=cast.mia, now=NOON)
    assert calendars.calendar_of(leeds).holidays == {XMAS}


def test_hours_and_days_off_are_set_on_their_page(app: Flask, cast: Cast) -> None:
    mia, leeds = signed_in(app, cast.mia), f"/settings/calendars/{cast.places['Leeds']}"

    hours = {"zone": "Europe/Dublin", "weekdays": ["0", "1"], "opens": "08:00", "closes": "16:00"}
    assert send(mia, f"{leeds}/hours", **hours).status_code == 303
    assert send(mia, f"{leeds}/holidays", days="2026-12-25 Christmas\n2026-12-28").status_code == 303
    page = mia.get(f"/settings/calendars?place={cast.places['Leeds']}").text
    assert "Mon, Tue, 08:00 to 16:00, Europe/Dublin, 2 days off" in page and "Christmas" in page
    assert send(mia, f"{leeds}/holidays/2026-12-28/removal").status_code == 303
    assert send(mia, f"{leeds}/holidays/2026-12-28/removal").status_code == 404
    assert send(mia, f"{leeds}/removal").status_code == 303

    wrong = send(mia, f"{leeds}/hours", **hours | {"zone": "Mars/Olympus", "opens": "8 o’clock"})
    assert wrong.status_code == 422 and "Mars/Olympus" in wrong.text and "Write a time like 09:00." in wrong.text
    assert send(mia, f"{leeds}/hours", **hours | {"zone": "Mars/Olympus"}).status_code == 422
    assert "Line 2" in send(mia, f"{leeds}/holidays", days="2026-12-25\nsoon").text
    team = cast.places["Leeds/Billing"]
    assert send(mia, f"/settings/calendars/{team}/hours", **hours).status_code == 409
    assert mia.get("/settings/calendars?place=4711").status_code == 404
    assert signed_in(app, cast.lea).get("/settings/calendars").status_code == 403
