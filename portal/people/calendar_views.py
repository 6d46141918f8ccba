"""Working hours and holidays of places over HTTP."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from portal import clock
from portal.errors import DomainError, Missing
from portal.people import calendars, directory
from portal.people.access import requires, the_viewer
from portal.people.calendar_forms import HolidaysForm, HoursForm
from portal.people.calendar_rules import WEEKDAYS, Hours, pasted_days
from portal.people.models import Place
from portal.people.replies import page, refused
from portal.web.forms import refuse_unknown
from portal.web.transactions import writing

bp = Blueprint("calendars", __name__)
TEMPLATE = "people/calendars.html"


@bp.get("/settings/calendars")
@requires("calendar.set")
def index() -> ResponseReturnValue:
    """Every place with its hours, and one of them to change."""
    asked = request.args.get("place", "")
    place_id = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    return page(TEMPLATE, HoursForm(), **_around(place_id))


@bp.post("/settings/calendars/<int:place_id>/hours")
@requires("calendar.set")
def set_hours(place_id: int) -> ResponseReturnValue:
    """Keep zone, weekdays and hours."""
    form = HoursForm()
    if not form.validate():
        return _wrong(place_id, form)
    hours = Hours(form.zone.data or "", frozenset(form.weekdays.data or ()), form.opens.data, form.closes.data)
    try:
        with writing():
            place = _place(place_id)
            calendars.set_hours(place, hours, by_id=the_viewer().id, now=clock.now())
    except DomainError as error:
        return _refused(place_id, form, error)
    return _back(place_id, "Kept. What is due there is being counted again.")


@bp.post("/settings/calendars/<int:place_id>/holidays")
@requires("calendar.set")
def add_holidays(place_id: int) -> ResponseReturnValue:
    """Keep pasted days off."""
    form = HolidaysForm()
    if not form.validate():
        return _wrong(place_id, form)
    try:
        days = pasted_days(form.days.data or "")
        with writing():
            calendars.add_holidays(_place(place_id), days, by_id=the_viewer().id, now=clock.now())
    except DomainError as error:
        return _refused(place_id, form, error)
    return _back(place_id, f"{len(days)} {'day' if len(days) == 1 else 'days'} off kept.")


@bp.post("/settings/calendars/<int:place_id>/holidays/<day>/removal")
@requires("calendar.set")
def remove_holiday(place_id: int, day: str) -> ResponseReturnValue:
    """A day off is none."""
    refuse_unknown({"csrf_token"})
    try:
        which = date.fromisoformat(day)
    except ValueError:
        raise Missing("day off") from None
    with writing():
        if not calendars.remove_holiday(_place(place_id), which, by_id=the_viewer().id, now=clock.now()):
            raise Missing("day off")
    return _back(place_id, "Taken out.")


@bp.post("/settings/calendars/<int:place_id>/removal")
@requires("calendar.set")
def give_up(place_id: int) -> ResponseReturnValue:
    """Follow the place above again."""
    refuse_unknown({"csrf_token"})
    with writing():
        calendars.give_up(_place(place_id), by_id=the_viewer().id, now=clock.now())
    return _back(place_id, "It follows the place above again.")


def _place(place_id: int) -> Place:
    return calendars.place_to_set(the_viewer(), place_id)


def _around(place_id: int, **forms: Any) -> dict[str, Any]:
    """The list of places, and everything about the chosen one."""
    viewer, names = the_viewer(), directory.place_names()
    places = calendars.places_with_hours(viewer)
    found = calendars.calendars_of([place.id for place in places])
    lines = [
        {"id": place.id, "name": directory.full_name(place.path, names), "words": _words(found[place.id]),
         "own": place.own, "here": place.id == place_id}
        for place in places
    ]  # fmt: skip
    chosen = calendars.place_to_set(viewer, place_id) if place_id else None
    known = found.get(place_id)
    hours = HoursForm(formdata=None, data=_values(known)) if known else None
    facts = {
        "lines": lines, "chosen": chosen, "hours": hours, "paste": HolidaysForm(formdata=None), "here": "people",
        "holidays": calendars.holidays_of(place_id) if chosen else [], "own": any(one["here"] and one["own"] for one in lines),
    }  # fmt: skip
    return facts | forms


def _values(known: Any) -> dict[str, Any]:
    return {"zone": known.zone, "weekdays": sorted(known.weekdays), "opens": known.start, "closes": known.end}


def _words(known: Any) -> str:
    days = ", ".join(WEEKDAYS[day][:3] for day in sorted(known.weekdays))
    closes = "24:00" if known.end.isoformat() == "00:00:00" else f"{known.end:%H:%M}"
    off = f", {len(known.holidays)} days off" if known.holidays else ""
    return f"{days}, {known.start:%H:%M} to {closes}, {known.zone}{off}"


def _forms(form: FlaskForm) -> dict[str, Any]:
    return {"hours": form} if isinstance(form, HoursForm) else {"paste": form}


def _wrong(place_id: int, form: FlaskForm) -> ResponseReturnValue:
    _place(place_id)
    return page(TEMPLATE, form, status=422, **_around(place_id, **_forms(form)))


def _refused(place_id: int, form: FlaskForm, error: DomainError) -> ResponseReturnValue:
    _place(place_id)
    return refused(TEMPLATE, form, error, **_around(place_id, **_forms(form)))


def _back(place_id: int, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("calendars.index", place=place_id), 303)
