"""The interface to who has been on the floor."""

from typing import Annotated

from flask import Response
from pydantic import BeforeValidator, Field

from portal import clock
from portal.errors import Invalid
from portal.frontline import floor_queries
from portal.frontline.floor_rules import Quarter
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.web.api import Asked, Moment, Shown, api, shown
from portal.web.dates import local_day

bp = api("shift_floor", "Which executives have been on the floor in a quarter.")
FIRST_YEAR, LAST_YEAR = 2000, 2199


def _digits(value: object) -> object:
    # int() would take " 5", "5.0" and "٥" for five.
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("Send a whole number.")
    return value


class FloorAsked(Asked):
    """Which quarter; the running one unless both are given."""

    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR), BeforeValidator(_digits)] | None = None
    quarter: Annotated[int, Field(ge=1, le=4), BeforeValidator(_digits)] | None = None


class OnTheFloorShown(Shown):
    """An executive in a quarter. Only completed shifts count; weighted_minutes: nights twice, weekends 1.5 times."""

    person: int
    name: str
    shifts: int
    minutes: int
    weighted_minutes: float
    next_at: Moment | None


class FloorShown(Shown):
    """A quarter: those without a shift first, then by name."""

    year: int
    quarter: int
    executives: int
    been: int
    people: list[OnTheFloorShown]


@bp.get("/shift-floor", responses={200: FloorShown})
@requires("shift.floor", scope=Scope.SHIFTS_READ)
def see_shift_floor(query: FloorAsked) -> Response:
    """Who has been on the floor in a quarter, and who has not (422 `half_a_quarter` for a year or quarter alone)."""
    now = clock.now()
    quarter = _quarter(query, Quarter.of(local_day(now, floor_queries.zone_of_organisation())))
    people = floor_queries.people_of(the_viewer(), quarter, now=now)
    return shown(FloorShown(
        year=quarter.year, quarter=quarter.number, executives=len(people), been=sum(1 for one in people if one.shifts),
        people=[
            OnTheFloorShown(person=one.person_id, name=one.name, shifts=one.shifts, minutes=one.minutes,
                            weighted_minutes=one.weighted, next_at=one.next_at) for one in people
        ],
    ))  # fmt: skip


def _quarter(query: FloorAsked, today: Quarter) -> Quarter:
    if query.year is None and query.quarter is None:
        return today
    if query.year is None or query.quarter is None:
        raise Invalid("half_a_quarter", "Send the year and the quarter, or neither.")
    return Quarter(query.year, query.quarter)
