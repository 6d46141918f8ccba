"""The lists behind the figures: what every number of the programme page counts, one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from portal.commitments.models import Commitment
from portal.db import db
from portal.errors import Invalid, Refused
from portal.home import programme_page as page
from portal.home import programme_places as places
from portal.home import programme_rows as rows
from portal.home.programme_figures import Figures
from portal.home.programme_page import Sight
from portal.home.programme_rules import NOWHERE, WORKING, days_words
from portal.home.programme_weeks import start_of
from portal.home.programme_words import Dimension, Measure
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Barrier
from portal.people.calendars import calendars_of
from portal.people.models import Person
from portal.people.viewer import Viewer
from portal.web.dates import day_words, local_day
from portal.web.paging import cut, decode_cursor

PAGE = 50


class Outcome(StrEnum):
    """Whether something counts for a share or against it."""

    WELL = "well"
    BADLY = "badly"
    NEITHER = "neither"


@dataclass(frozen=True)
class Wanted:
    """Of which measure, of which groups, and of which week (None: all that are shown). site: "17", "at3" or "none"."""

    measure: Measure
    site: str = ""
    employer: str = ""
    barrier: str = ""
    department: str = ""
    week: date | None = None

    @classmethod
    def from_args(cls, measure: Measure, args: Mapping[str, str]) -> "Wanted":
        """Read the query string. Raises Invalid `unknown_filter`."""
        site, employer, barrier, department, week = (
            args.get(name) or "" for name in ("site", "employer", "barrier", "department", "week")
        )
        fits = (
            (not site or site == NOWHERE or _is_number(site.removeprefix("at")))
            and (not employer or employer == NOWHERE or _is_number(employer))
            and (not department or _is_number(department))
            and barrier in {"", *Barrier}
        )
        try:
            monday = date.fromisoformat(week) if week else None
        except ValueError:
            fits = False
        if not fits or (department and measure not in (Measure.REPLIES, Measure.PROMISES)):
            raise Invalid("unknown_filter", "There is no such list. Choose a number on the programme page.")
        return cls(measure, site, employer, barrier, department, monday)

    @property
    def groups(self) -> list[tuple[Dimension, str]]:
        """What it is narrowed to, as the figures name it."""
        employer = self.employer and (NOWHERE if self.employer == NOWHERE else f"e{self.employer}")
        named = (
            (Dimension.SITE, self.site), (Dimension.EMPLOYER, employer), (Dimension.BARRIER, self.barrier),
            (Dimension.DEPARTMENT, self.department),
        )  # fmt: skip
        return [(dimension, key) for dimension, key in named if key]


@dataclass(frozen=True)
class Line:
    """One of what a number counts. said: words of an idea or a promise; outcome: whether it counts for the share."""

    number: int
    href: str
    said: str
    place: str
    day: date
    outcome: Outcome
    words: str


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def listed(
    viewer: Viewer, figures: Figures, sight: Sight, wanted: Wanted, *, now: datetime, limit: int = PAGE,
    cursor: str | None = None,
) -> tuple[list[Line], str | None]:  # fmt: skip
    """What one number of the page counts, the newest first, and the cursor of the next page.

    Raises Refused `figures_hidden` where the page hides the number, Invalid `bad_cursor`.
    """
    for dimension, key in wanted.groups:
        if page.is_hidden(figures, sight, dimension, key):
            raise Refused("figures_hidden", "This list would show a figure of too few people, or one not published.")
    query, number = _query(figures, wanted, now)
    query = query.where(visible_to(viewer), *_of_groups(figures, wanted)).order_by(number.desc())
    if after := decode_cursor(cursor, int):
        query = query.where(number < after[0])
    found, following = cut(db.session.execute(query.limit(limit + 1)).all(), limit, lambda row: (row.id,))
    names = {place.key: place.name for place in figures.tree}
    return _lines(wanted.measure, found, figures, names, now), following


def narrowed(figures: Figures, wanted: Wanted) -> list[str]:
    """What a list is narrowed to, in words."""
    places = {place.key: place.name for place in figures.tree}
    departments = {place.key: place.name for place in figures.departments}
    found = [
        Barrier(key).label if dimension is Dimension.BARRIER
        else (departments if dimension is Dimension.DEPARTMENT else places).get(key, key)
        for dimension, key in wanted.groups
    ]  # fmt: skip
    return [*found, f"week from {day_words(wanted.week)}"] if wanted.week else found


def _query(figures: Figures, wanted: Wanted, now: datetime) -> tuple[Select, Any]:
    first, last = _days(figures, wanted)
    start, end = start_of(first, figures.zone), start_of(last + timedelta(days=1), figures.zone)
    if wanted.measure is Measure.PROMISES:
        today = local_day(now, figures.zone)
        query = rows.promises_due(first, last, today).add_columns(
            Commitment.sentence.label("said"), Commitment.kept_late, Commitment.live_from
        )
        return _by(query, wanted, Commitment.owner_id), Commitment.id
    title = Idea.title.label("said")
    if wanted.measure is Measure.SILENCE:
        sites = [int(place.key) for place in figures.tree if place.key.isdigit()]
        until = places.silent_before(sites, now=now)
        return select(Idea.id, Idea.said_at, *rows.PLACE, title).where(rows.silent(start, until)), Idea.id
    if wanted.measure is Measure.REPLIES:
        return rows.first_replies(start, end, at=_department(wanted)).add_columns(title), Idea.id
    return rows.told_of(start, end).add_columns(title), Idea.id


def _days(figures: Figures, wanted: Wanted) -> tuple[date, date]:
    """The first and the last day of the weeks asked for."""
    week = wanted.week if wanted.measure is not Measure.SILENCE else None
    if week is None:
        return figures.mondays[0], figures.mondays[-1] + timedelta(days=6)
    if week not in figures.mondays:
        raise Invalid("unknown_filter", "This week is not shown on the programme page.")
    return week, week + timedelta(days=6)


def _department(wanted: Wanted) -> int | None:
    return int(wanted.department) if wanted.department else None


def _by(query: Select, wanted: Wanted, person: Any) -> Select:
    department = _department(wanted)
    if department is None:
        return query
    return query.where(select(Person.place_id).where(Person.id == person).scalar_subquery() == department)


def _of_groups(figures: Figures, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.barrier:
        found.append(Idea.barrier == Barrier(wanted.barrier))
    if wanted.site:
        found.append(_of_site(wanted.site))
    if wanted.employer:
        found.append(_of_employer(figures, wanted.employer))
    return found


def _of_site(key: str) -> ColumnElement[bool]:
    if key == NOWHERE:
        return and_(Idea.site_id.is_(None), Idea.employer_id.is_(None))
    if key.startswith("at"):
        return and_(Idea.site_id.is_(None), Idea.employer_id == int(key.removeprefix("at")))
    return Idea.site_id == int(key)


def _of_employer(figures: Figures, key: str) -> ColumnElement[bool]:
    if key == NOWHERE:
        return _of_site(NOWHERE)
    sites = [int(place.key) for place in figures.tree if place.key.isdigit() and place.parent == f"e{key}"]
    return Idea.site_id.in_(sites) | _of_site(f"at{key}")


def _lines(
    measure: Measure, found: Sequence[Any], figures: Figures, names: Mapping[str, str], now: datetime
) -> list[Line]:
    calendars = calendars_of({row.site_id for row in found}) if measure in (Measure.REPLIES, Measure.SILENCE) else {}
    made = []
    for row in found:
        outcome, words = _outcome(measure, row, figures, calendars, now)
        promise = measure is Measure.PROMISES
        day = row.due_on if promise else local_day(row.said_at, figures.zone)
        href = f"/commitments/{row.id}" if promise else f"/ideas/{row.id}"
        place = names.get(str(row.site_id), "") if row.site_id is not None else ""
        made.append(Line(row.id, href, row.said, place, day, outcome, words))
    return made


def _outcome(
    measure: Measure, row: Any, figures: Figures, calendars: Mapping[Any, Any], now: datetime
) -> tuple[Outcome, str]:
    if measure is Measure.PROMISES:
        if row.kept:
            return Outcome.WELL, "Kept on time"
        return Outcome.BADLY, "Kept late" if row.kept_late else "Late"
    if measure is Measure.CLOSED:
        told = rows.told_in_time(row)
        if told is None:
            return Outcome.BADLY, "Not told within four weeks"
        day = local_day(told, figures.zone)
        return Outcome.WELL, f"Told on {day_words(day, today=local_day(now, figures.zone))}"
    calendar = calendars[row.site_id]
    if measure is Measure.REPLIES:
        days = max(0.0, calendar.days_between(row.said_at, row.at))
        return Outcome.NEITHER, f"Replied after {days_words(days, WORKING)}"
    return Outcome.BADLY, f"Waiting for {days_words(calendar.days_between(row.said_at, now), WORKING)}"
