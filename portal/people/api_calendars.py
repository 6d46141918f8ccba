"""The interface to working hours and days off."""

from datetime import date, time
from typing import Annotated, Any

from flask import Response
from pydantic import BeforeValidator, Field
from sqlalchemy import select

from portal import clock
from portal.errors import Conflict, Missing
from portal.people import calendars
from portal.people.access import requires, the_viewer
from portal.people.calendar_rules import NAME_CHARS_MAX, PASTE_DAYS_MAX, Hours
from portal.people.models import Place
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import (
    AskedPath,
    Day,
    Line,
    Number,
    NumberPath,
    PageAsked,
    Sent,
    Shown,
    api,
    demand_unchanged,
    listed,
    page_of,
    shown,
    whole,
)
from portal.web.paging import cut, decode_cursor
from portal.web.transactions import writing

bp = api("calendars", "When people work at a place: hours, weekdays, zone and days off.")
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


class CalendarShown(Shown):
    """The calendar in force at a place. own: kept for the place itself, not followed from above."""

    place: int
    own: bool
    zone: str
    weekdays: list[int] = Field(description="0 is Monday.")
    opens: str
    closes: str = Field(description="00:00 is the midnight at the end of the day.")
    days_off: int


class CalendarSent(Sent):
    """Hours of a place."""

    zone: Line = Field(max_length=64, description="Of the IANA database, such as Europe/London.")
    weekdays: list[Annotated[int, Field(ge=0, le=6), BeforeValidator(whole)]] = Field(min_length=1, max_length=7)
    opens: str = Field(pattern=CLOCK)
    closes: str = Field(pattern=CLOCK, description="00:00 is the midnight at the end of the day.")


class DayOffShown(Shown):
    """A day off."""

    day: date
    name: str


class DayOffSent(Sent):
    """A day off, with its name."""

    day: Day
    name: Line = Field("", max_length=NAME_CHARS_MAX)


class DaysOffSent(Sent):
    """Days off to be added."""

    days: list[DayOffSent] = Field(min_length=1, max_length=PASTE_DAYS_MAX)


class DayPath(AskedPath):
    """A place and a day."""

    number: Number
    day: Day


@bp.get("/places/<int:number>/calendar", responses={200: CalendarShown})
@requires("calendar.set", scope=Scope.PEOPLE_READ)
def see_calendar(path: NumberPath) -> Response:
    """The working hours in force at the organisation, an employer or a site (404 for a team)."""
    return shown(_shown(_place(path.number).id))


@bp.put(
    "/places/<int:number>/calendar", responses={200: CalendarShown}, openapi_extensions={"x-takes-if-match": True}
)  # fmt: skip
@requires("calendar.set", scope=Scope.PEOPLE_WRITE)
def set_calendar(path: NumberPath, body: CalendarSent) -> Response:
    """Keep hours for a place (409 `not_a_calendar_place`, 422 `unknown_zone`, `no_hours`); what is due is recounted."""
    hours = Hours(body.zone, frozenset(body.weekdays), time.fromisoformat(body.opens), time.fromisoformat(body.closes))
    viewer = the_viewer()
    with writing():
        this = select(Place.id).where(Place.id == path.number)
        demand_unchanged(this, lambda: _shown(_place(path.number).id))
        place = calendars.place_to_set(viewer, path.number)
        calendars.set_hours(place, hours, by_id=viewer.id, now=clock.now())
    return shown(_shown(path.number))


@bp.delete("/places/<int:number>/calendar", responses={204: None})
@requires("calendar.set", scope=Scope.PEOPLE_WRITE)
def give_up_calendar(path: NumberPath) -> Any:
    """Let a place follow the one above again, days off included (409 `not_a_calendar_place`)."""
    viewer = the_viewer()
    with writing():
        calendars.give_up(calendars.place_to_set(viewer, path.number), by_id=viewer.id, now=clock.now())
    return "", 204


@bp.get("/places/<int:number>/days-off", responses={200: page_of(DayOffShown)})
@requires("calendar.set", scope=Scope.PEOPLE_READ)
def list_days_off(path: NumberPath, query: PageAsked) -> Response:
    """The days off of a place's own calendar, in order (404 for a team)."""
    place = _place(path.number)
    after = decode_cursor(query.cursor, int)
    found = calendars.holidays_of(place.id, after=after[0] if after else None, limit=query.limit + 1)
    rows, following = cut(found, query.limit, lambda row: (row.day.toordinal(),))
    return listed([DayOffShown(day=row.day, name=row.name) for row in rows], following)


@bp.post("/places/<int:number>/days-off", responses={201: CalendarShown})
@requires("calendar.set", scope=Scope.PEOPLE_WRITE)
def add_days_off(path: NumberPath, body: DaysOffSent) -> Response:
    """Add days off to a place (409 `not_a_calendar_place`); one known gets the new name.

    422 `too_many_holidays`, `day_out_of_reach`.
    """
    viewer = the_viewer()

    def verb() -> CalendarShown:
        place = calendars.place_to_set(viewer, path.number)
        days = {one.day: one.name for one in body.days}
        calendars.add_holidays(place, days, by_id=viewer.id, now=clock.now())
        return _shown(path.number)

    return once(verb, status=201)


@bp.delete("/places/<int:number>/days-off/<day>", responses={204: None})
@requires("calendar.set", scope=Scope.PEOPLE_WRITE)
def remove_day_off(path: DayPath) -> Any:
    """A day off is none (404 if it was none, 409 `not_a_calendar_place`)."""
    viewer = the_viewer()
    with writing():
        place = calendars.place_to_set(viewer, path.number)
        if not calendars.remove_holiday(place, path.day, by_id=viewer.id, now=clock.now()):
            raise Missing("day off")
    return "", 204


def _place(number: int) -> Place:
    """A place that has hours of its own; a team has none, and so no address."""
    try:
        return calendars.place_to_set(the_viewer(), number)
    except Conflict as error:
        raise Missing("calendar") from error


def _shown(place_id: int) -> CalendarShown:
    known = calendars.calendar_of(place_id)
    return CalendarShown(
        place=place_id, own=calendars.kept_at(place_id) is not None, zone=known.zone, weekdays=sorted(known.weekdays),
        opens=f"{known.start:%H:%M}", closes=f"{known.end:%H:%M}", days_off=len(known.holidays),
    )  # fmt: skip
