"""The working calendar of a place: its own, else that of the nearest place above, else the installation's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, delete, select

from portal.db import db, upsert
from portal.outbox import service as outbox
from portal.people import directory, service
from portal.people.calendar_models import Holiday, WorkCalendar
from portal.people.calendar_rules import YEARS, CalendarRefusal, Hours, hours_refusal
from portal.people.models import Place
from portal.people.policy import MAY, demand
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer
from portal.people.working_time import WorkingCalendar

HOLIDAYS_MAX = 2_000
SETS = (Role.ADMINISTRATOR, Role.PROGRAMME)
CHANGED = "calendar.changed"  # what is due at the place, and below, is to be counted again


@dataclass
class _Usual:
    """What the installation's settings say; set once at start."""

    calendar: WorkingCalendar


_usual = _Usual(WorkingCalendar("UTC", frozenset(range(5)), time(9), time(17)))


def set_usual(calendar: WorkingCalendar) -> None:
    """The calendar where no place says anything: TIMEZONE, WORKING_DAYS and WORKING_HOURS of the settings."""
    _usual.calendar = calendar


def usual_in(zone: str) -> WorkingCalendar:
    """The installation's calendar, in another zone."""
    return replace(_usual.calendar, zone=zone)


def calendar_of(site_id: int | None) -> WorkingCalendar:
    """The working calendar of a site, or of the organisation where an idea names none. Three statements."""
    return calendars_of([site_id])[site_id]


def calendars_of(place_ids: Iterable[int | None]) -> dict[int | None, WorkingCalendar]:
    """The calendars of several places at once; always the same three statements."""
    wanted = set(place_ids)
    top = select(Place.id).where(Place.kind == PlaceKind.ORGANISATION).scalar_subquery()
    rows = select(Place.id, Place.path, Place.timezone, Place.kind).where(
        Place.id.in_([place for place in wanted if place is not None]) | (Place.id == top)
    )
    places = {row.id: row for row in db.session.execute(rows)}
    standing = next((row for row in places.values() if row.kind is PlaceKind.ORGANISATION), None)
    kept = _kept({part for row in places.values() for part in _line(row.path)})
    return {one: _made(places.get(one, standing) if one is not None else standing, kept) for one in wanted}


def places_with_hours(viewer: Viewer) -> Sequence[Row]:
    """(id, path, kind, own) of the organisation, employers and sites that the viewer looks after, in tree order."""
    own = select(WorkCalendar.place_id).where(WorkCalendar.place_id == Place.id).exists()
    query = select(Place.id, Place.path, Place.kind, own.label("own")).where(Place.kind != PlaceKind.TEAM)
    here = directory.below(viewer.scope(*SETS), Place.path)
    return db.session.execute(query.where(here).order_by(Place.path)).all()


def place_to_set(viewer: Viewer, place_id: int) -> Place:
    """The place whose hours the viewer may set. Raises Missing, Refused, Conflict `not_a_calendar_place`."""
    place = directory.place_for(viewer, place_id, *SETS)
    demand(MAY, "calendar.set", viewer, place)
    if place.kind is PlaceKind.TEAM:
        raise CalendarRefusal.NOT_A_SITE.as_error()
    return place


def kept_at(place_id: int) -> WorkCalendar | None:
    """The calendar that a place has of its own, or None."""
    return db.session.get(WorkCalendar, place_id)


def holidays_of(place_id: int, *, after: int | None = None, limit: int | None = None) -> Sequence[Holiday]:
    """The days off that are kept for a place itself, in order. after: the ordinal of a day."""
    query = select(Holiday).where(Holiday.place_id == place_id)
    if after is not None:
        last = date.max.toordinal()
        query = query.where(Holiday.day > date.fromordinal(min(max(after, 1), last)))
    return db.session.scalars(query.order_by(Holiday.day).limit(limit)).all()


def set_hours(place: Place, hours: Hours, *, by_id: int, now: datetime) -> None:
    """Keep hours, weekdays and zone for a place; its holidays stay, and those it had from above are kept with it.

    Raises the refusals of `CalendarRefusal`.
    """
    if refused := hours_refusal(hours):
        raise refused.as_error()
    _own(place, by_id=by_id, now=now)
    values = {
        "place_id": place.id, "zone": hours.zone, "weekdays": "".join(str(day) for day in sorted(hours.weekdays)),
        "opens": hours.opens, "closes": hours.closes, "changed_at": now, "changed_by_id": by_id,
    }  # fmt: skip
    upsert(WorkCalendar, values, key=("place_id",), update=tuple(values)[1:])
    facts = {"zone": hours.zone, "weekdays": values["weekdays"], "hours": f"{hours.opens:%H:%M}-{hours.closes:%H:%M}"}
    service.audit("calendar.set", f"place:{place.id}", facts, actor_id=by_id, now=now)
    _changed(place, now)


def add_holidays(place: Place, days: Mapping[date, str], *, by_id: int, now: datetime) -> int:
    """Keep days off for a place; a day it has already gets the new name. Returns how many days it has now.

    Raises Invalid `too_many_holidays`, `day_out_of_reach`.
    """
    if any(day.year not in YEARS for day in days):
        raise CalendarRefusal.OUT_OF_REACH.as_error()
    _own(place, by_id=by_id, now=now)
    for day, name in sorted(days.items()):
        row = {"place_id": place.id, "day": day, "name": name}
        upsert(Holiday, row, key=("place_id", "day"), update=("name",))
    db.session.expire_all()
    if len(kept := holidays_of(place.id)) > HOLIDAYS_MAX:
        raise CalendarRefusal.TOO_MANY_HOLIDAYS.as_error()
    facts = {"days": [day.isoformat() for day in sorted(days)][:50], "count": len(days)}
    service.audit("holidays.added", f"place:{place.id}", facts, actor_id=by_id, now=now)
    _changed(place, now)
    return len(kept)


def remove_holiday(place: Place, day: date, *, by_id: int, now: datetime) -> bool:
    """A day that was off is none. False if it was none before."""
    _own(place, by_id=by_id, now=now)
    gone = db.session.execute(delete(Holiday).where(Holiday.place_id == place.id, Holiday.day == day))
    if gone.rowcount == 0:  # type: ignore[attr-defined]
        return False
    service.audit("holiday.removed", f"place:{place.id}", {"day": day.isoformat()}, actor_id=by_id, now=now)
    _changed(place, now)
    return True


def give_up(place: Place, *, by_id: int, now: datetime) -> bool:
    """Let a place follow the one above again. False if it did already."""
    if kept_at(place.id) is None:
        return False
    db.session.execute(delete(Holiday).where(Holiday.place_id == place.id))
    db.session.execute(delete(WorkCalendar).where(WorkCalendar.place_id == place.id))
    service.audit("calendar.given_up", f"place:{place.id}", {}, actor_id=by_id, now=now)
    _changed(place, now)
    return True


def _changed(place: Place, now: datetime) -> None:
    db.session.flush()
    db.session.expire_all()
    outbox.emit(CHANGED, {"place": place.id}, now=now)


def _own(place: Place, *, by_id: int, now: datetime) -> None:
    """Give a place a calendar of its own, beginning with what it follows now: also the holidays from above."""
    if kept_at(place.id) is not None:
        return
    followed = calendar_of(place.id)
    named = _names(place)
    db.session.add(WorkCalendar(
        place_id=place.id, zone=followed.zone, weekdays="".join(str(day) for day in sorted(followed.weekdays)),
        opens=followed.start, closes=followed.end, changed_at=now, changed_by_id=by_id,
    ))  # fmt: skip
    db.session.flush()
    rows = [Holiday(place_id=place.id, day=day, name=named.get(day, "")) for day in sorted(followed.holidays)]
    db.session.add_all(rows)
    db.session.flush()


def _names(place: Place) -> dict[date, str]:
    line = _line(place.path)
    rows = db.session.execute(select(Holiday.day, Holiday.name).where(Holiday.place_id.in_(line)))
    return {row.day: row.name for row in rows}


def _kept(place_ids: set[int]) -> dict[int, WorkingCalendar]:
    """The calendars that places have of their own."""
    held = db.session.execute(
        select(WorkCalendar.place_id, WorkCalendar.zone, WorkCalendar.weekdays, WorkCalendar.opens,
               WorkCalendar.closes).where(WorkCalendar.place_id.in_(place_ids))
    ).all()  # fmt: skip
    off: dict[int, set[date]] = {}
    for row in db.session.execute(
        select(Holiday.place_id, Holiday.day).where(Holiday.place_id.in_([row.place_id for row in held]))
    ):
        off.setdefault(row.place_id, set()).add(row.day)
    return {
        row.place_id: WorkingCalendar(
            row.zone, frozenset(int(day) for day in row.weekdays), row.opens, row.closes,
            frozenset(off.get(row.place_id, ())),
        )
        for row in held
    }  # fmt: skip


def _made(place: Any, kept: Mapping[int, WorkingCalendar]) -> WorkingCalendar:
    """The nearest calendar on the way up; a place below it keeps its own zone."""
    if place is None:
        return _usual.calendar
    found = next((part for part in reversed(_line(place.path)) if part in kept), None)
    if found is not None and found == place.id:
        return kept[found]
    base = kept[found] if found is not None else _usual.calendar
    return replace(base, zone=place.timezone or base.zone)


def _line(path: str) -> list[int]:
    """The numbers from the top down to a place."""
    return [int(part) for part in path.strip("/").split("/")]
