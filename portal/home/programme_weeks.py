"""Working out the figures of weeks, and keeping them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select

from portal.db import db, table_of, take_turns
from portal.home import programme_rows as rows
from portal.home.programme_models import ActiveWeek, ProgrammeWeek
from portal.home.programme_places import Tree
from portal.home.programme_rules import Figure, tenths_of
from portal.home.programme_words import WEEKLY, WEEKS_TOLD, Dimension, Measure
from portal.ideas.models import Idea
from portal.people.calendars import calendars_of
from portal.people.models import Person
from portal.web.dates import local_day

WEEK = timedelta(weeks=1)
Cell = tuple[date, Measure, Dimension, str]
Figures = dict[Cell, Figure]


@dataclass(frozen=True)
class Window:
    """Some weeks after each other, from the first Monday on, as days of the organisation."""

    mondays: Sequence[date]
    zone: str

    @property
    def start(self) -> datetime:
        """The moment at which the first week begins."""
        return start_of(self.mondays[0], self.zone)

    @property
    def end(self) -> datetime:
        """The moment at which the last week ends."""
        return start_of(self.mondays[-1] + WEEK, self.zone)

    def week_of(self, moment: datetime) -> date:
        """The Monday of the week of a moment."""
        return monday_of(local_day(moment, self.zone))


def start_of(day: date, zone: str) -> datetime:
    """The moment (UTC, so that days added to it are 24 hours each) at which a day begins."""
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)


def monday_of(day: date) -> date:
    """The Monday on or before."""
    return day - timedelta(days=day.weekday())


def work_out(window: Window, tree: Tree, *, people_of: Collection[date], today: date) -> Figures:
    """The figures of the weeks in a window. people_of: the weeks of which people are counted, as they are now.

    A fixed number of queries, each over the rows of these weeks alone.
    """
    found: dict[Cell, _Sum] = defaultdict(_Sum)
    for one in (_told(window), _replied(window), _promised(window, today)):
        for monday, measure, row, figure in one:
            for dimension, key in _groups(row, tree):
                found[monday, measure, dimension, key].add(figure)
    figures = {cell: total.figure() for cell, total in found.items()}
    for monday in people_of:
        figures |= _people(monday, tree)
    return figures


class _Sum:
    """Figures being added up."""

    __slots__ = ("part", "spread", "whole")

    def __init__(self) -> None:
        self.part, self.whole = 0, 0
        self.spread: dict[int, int] = {}

    def add(self, figure: tuple[int, int | None]) -> None:
        """Count one more. figure: whether it is part of it, and what it took in tenths of a day."""
        part, tenths = figure
        self.part, self.whole = self.part + part, self.whole + 1
        if tenths is not None:
            self.spread[tenths] = self.spread.get(tenths, 0) + 1

    def figure(self) -> Figure:
        """The sum."""
        return Figure(self.part, self.whole, self.spread)


Counted = Iterator[tuple[date, Measure, Any, tuple[int, int | None]]]


def _told(window: Window) -> Counted:
    for row in db.session.execute(rows.told_of(window.start, window.end)):
        week = window.week_of(row.said_at + rows.TOLD_WITHIN)
        yield week, Measure.CLOSED, row, (int(rows.told_in_time(row) is not None), None)


def _replied(window: Window) -> Counted:
    found = db.session.execute(rows.first_replies(window.start, window.end)).all()
    calendars = calendars_of({row.site_id for row in found})
    for row in found:
        days = calendars[row.site_id].days_between(row.said_at, row.at)
        yield window.week_of(row.at), Measure.REPLIES, row, (0, max(0, tenths_of(days)))


def _promised(window: Window, today: date) -> Counted:
    last = window.mondays[-1] + timedelta(days=6)
    for row in db.session.execute(rows.promises_due(window.mondays[0], last, today)):
        yield monday_of(row.due_on), Measure.PROMISES, row, (int(bool(row.kept)), None)


def _groups(row: Any, tree: Tree) -> list[tuple[Dimension, str]]:
    """Every group that a row counts for."""
    site, employer = tree.keys_of(row.site_id, row.employer_id)
    found = [
        (Dimension.ALL, ""),
        (Dimension.SITE, site),
        (Dimension.EMPLOYER, employer),
        (Dimension.BARRIER, row.barrier.value),
    ]
    department = getattr(row, "department", None)
    return found if department is None else [*found, (Dimension.DEPARTMENT, str(department))]


def _people(monday: date, tree: Tree) -> Figures:
    """How many of the people in teams took part in the four weeks up to the end of one."""
    weeks = [monday - back * WEEK for back in range(WEEKS_TOLD)]
    in_a_team = Person.team_id.is_not(None), Person.deactivated_at.is_(None)
    place = Person.site_id, Person.employer_id
    active = select(ActiveWeek.person_id).where(ActiveWeek.monday.in_(weeks)).distinct().subquery()
    part = select(*place, func.count()).join(active, active.c.person_id == Person.id).where(*in_a_team)
    whole = select(*place, func.count()).where(*in_a_team)
    found: Figures = defaultdict(Figure)
    for query, of in ((part, (1, 0)), (whole, (0, 1))):
        for site_id, employer_id, count in db.session.execute(query.group_by(*place)):
            site, employer = tree.keys_of(site_id, employer_id)
            for group in ((Dimension.ALL, ""), (Dimension.SITE, site), (Dimension.EMPLOYER, employer)):
                found[monday, Measure.PEOPLE, *group] += Figure(of[0] * count, of[1] * count)
    return found


def silence(since: datetime, until: dict[int | None, datetime], tree: Tree) -> Mapping[tuple[Dimension, str], Figure]:
    """What nobody has replied to, of all that was said since: two queries over the ideas of these weeks."""
    counts = select(*rows.PLACE, func.count().label("ideas")).group_by(*rows.PLACE)
    said = counts.where(*rows.COUNTED, Idea.said_at >= since)
    found: dict[tuple[Dimension, str], Figure] = defaultdict(Figure)
    for query, of in ((counts.where(rows.silent(since, until)), (1, 0)), (said, (0, 1))):
        for row in db.session.execute(query):
            for group in _groups(row, tree):
                found[group] += Figure(of[0] * row.ideas, of[1] * row.ideas)
    return found


def keep(figures: Figures, mondays: Sequence[date], people_of: Collection[date]) -> None:
    """Write the figures of these weeks in place of what was kept of them. Twice gives the same."""
    take_turns("programme figures")
    wanted = [(measure, list(people_of) if measure is Measure.PEOPLE else list(mondays)) for measure in WEEKLY]
    for measure, weeks in wanted:
        if weeks:
            old = ProgrammeWeek.measure == measure, ProgrammeWeek.monday.in_(weeks)
            db.session.execute(delete(ProgrammeWeek).where(*old))
    if made := [_row(cell, figure) for cell, figure in figures.items()]:
        db.session.execute(insert(table_of(ProgrammeWeek)), made)


def _row(cell: Cell, figure: Figure) -> dict[str, Any]:
    monday, measure, dimension, key = cell
    return {
        "monday": monday, "measure": measure, "dimension": dimension, "key": key, "part": figure.part,
        "whole": figure.whole, "spread": json.dumps(figure.spread, separators=(",", ":")) if figure.spread else "",
    }  # fmt: skip


def kept(mondays: Sequence[date], measures: Iterable[Measure] = WEEKLY) -> Figures:
    """The figures that are kept of these weeks."""
    query = select(
        ProgrammeWeek.monday, ProgrammeWeek.measure, ProgrammeWeek.dimension, ProgrammeWeek.key, ProgrammeWeek.part,
        ProgrammeWeek.whole, ProgrammeWeek.spread,
    ).where(ProgrammeWeek.monday.in_(mondays), ProgrammeWeek.measure.in_(list(measures)))  # fmt: skip
    return {
        (row.monday, row.measure, row.dimension, row.key): Figure(row.part, row.whole, spread_of(row.spread))
        for row in db.session.execute(query)
    }


def spread_of(text: str) -> dict[int, int]:
    """A spread from its JSON."""
    return {int(tenths): count for tenths, count in json.loads(text).items()} if text else {}


def without_people(mondays: Sequence[date]) -> list[date]:
    """The weeks of which people were never counted."""
    everybody = ProgrammeWeek.measure == Measure.PEOPLE, ProgrammeWeek.dimension == Dimension.ALL
    known = db.session.scalars(select(ProgrammeWeek.monday).where(*everybody, ProgrammeWeek.monday.in_(mondays)))
    counted = set(known)
    return [monday for monday in mondays if monday not in counted]
