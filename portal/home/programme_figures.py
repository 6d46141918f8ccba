"""All that the programme page needs, as the worker leaves it in one row; nothing in it is shown as it is."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from portal.db import db, upsert
from portal.home import programme_frontline as frontline
from portal.home import programme_places as places
from portal.home import programme_weeks as weeks
from portal.home.programme_frontline_rules import FloorFigures
from portal.home.programme_models import ProgrammeState
from portal.home.programme_places import Tree
from portal.home.programme_rules import Figure, Place, mondays, summed
from portal.home.programme_words import WEEKLY, WEEKS_SHOWN, WEEKS_TOLD, Dimension, Measure
from portal.web.dates import local_day

FORM = 1  # of the text: changed with it
Groups = Mapping[Measure, Mapping[Dimension, Mapping[str, Figure]]]


@dataclass(frozen=True, eq=False)  # one is read once an hour: what is made of it is kept by which one it is
class Figures:
    """weeks: measure → the figure of each Monday there is one for. groups: over all weeks shown; for people the four
    weeks up to now. latest, before: the last four weeks and the four before them. floor: executives on the frontline;
    None in a row that was written before they were counted.
    """

    at: datetime
    zone: str
    mondays: tuple[date, ...]
    tree: tuple[Place, ...]
    departments: tuple[Place, ...]
    weeks: Mapping[Measure, Mapping[date, Figure]]
    groups: Groups
    latest: Mapping[Measure, Figure]
    before: Mapping[Measure, Figure]
    floor: FloorFigures | None = None


def read() -> Figures | None:
    """The figures as the worker left them; None while it has not worked them out."""
    text = db.session.connection().execute(READ).scalar()
    return _parsed(text) if text else None


READ = select(ProgrammeState.figures).where(ProgrammeState.id == 1)


def collect(tree: Tree, *, now: datetime) -> str:
    """The row's text, from the weeks that are kept and from what stands without a reply."""
    shown = mondays(local_day(now, tree.zone), WEEKS_SHOWN)
    kept = weeks.kept(shown)
    groups = _groups(kept, shown)
    sites = [int(place.key) for place in tree.tree if place.key.isdigit()]
    until = places.silent_before(sites, now=now)
    silence = weeks.silence(weeks.start_of(shown[0], tree.zone), until, tree)
    for (dimension, key), figure in silence.items():
        groups[Measure.SILENCE][dimension][key] = figure
    by_week = {
        measure: {monday: kept[cell] for monday in shown if (cell := (monday, measure, Dimension.ALL, "")) in kept}
        for measure in WEEKLY
    }
    said: dict[str, Any] = {
        "form": FORM, "at": now.isoformat(), "zone": tree.zone, "mondays": [day.isoformat() for day in shown],
        "tree": [_told_place(place) for place in tree.tree],
        "departments": [_told_place(place) for place in tree.departments],
        "weeks": {measure: {day.isoformat(): _told(one) for day, one in of.items()} for measure, of in by_week.items()},
        "groups": {
            measure: {dimension: {key: _told(one) for key, one in of.items()} for dimension, of in by.items()}
            for measure, by in groups.items()
        },
        "latest": _told_period(by_week, shown[-WEEKS_TOLD:], silence),
        "before": _told_period(by_week, shown[-2 * WEEKS_TOLD : -WEEKS_TOLD], {}),
        "floor": frontline.as_values(frontline.count(tree.zone, now=now)),
    }  # fmt: skip
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def write(text: str, *, now: datetime) -> None:
    """Write the row. Twice gives the same."""
    upsert(ProgrammeState, {"id": 1, "at": now, "figures": text}, key=("id",), update=("at", "figures"))


def _groups(kept: weeks.Figures, shown: Sequence[date]) -> dict[Measure, dict[Dimension, dict[str, Figure]]]:
    parts: dict[tuple[Measure, Dimension, str], list[Figure]] = defaultdict(list)
    for (monday, measure, dimension, key), figure in kept.items():
        if measure is not Measure.PEOPLE or monday == shown[-1]:  # the same person counts in many weeks
            parts[measure, dimension, key].append(figure)
    found: dict[Measure, dict[Dimension, dict[str, Figure]]] = defaultdict(lambda: defaultdict(dict))
    for (measure, dimension, key), figures in parts.items():
        found[measure][dimension][key] = summed(figures)
    return found


def _told_period(
    by_week: Mapping[Measure, Mapping[date, Figure]], period: Sequence[date], silence: Mapping[Any, Figure]
) -> dict[str, Any]:
    found = {measure.value: summed(of[day] for day in period if day in of) for measure, of in by_week.items()}
    found[Measure.PEOPLE.value] = by_week[Measure.PEOPLE].get(period[-1], Figure())
    found[Measure.SILENCE.value] = silence.get((Dimension.ALL, ""), Figure())
    return {measure: _told(figure) for measure, figure in found.items()}


def _told(figure: Figure) -> list[Any]:
    return [figure.part, figure.whole, figure.spread] if figure.spread else [figure.part, figure.whole]


def _told_place(place: Place) -> list[Any]:
    return [place.key, place.parent, place.name, place.people, place.employer_id, place.partner]


@lru_cache(4)  # the same text for an hour
def _parsed(text: str) -> Figures | None:
    said = json.loads(text)
    if said.get("form") != FORM:  # a worker of another release wrote it
        return None
    return Figures(
        at=datetime.fromisoformat(said["at"]).astimezone(UTC),
        zone=said["zone"],
        mondays=tuple(date.fromisoformat(day) for day in said["mondays"]),
        tree=tuple(Place(*one) for one in said["tree"]),
        departments=tuple(Place(*one) for one in said["departments"]),
        weeks={
            Measure(measure): {date.fromisoformat(day): _figure(one) for day, one in of.items()}
            for measure, of in said["weeks"].items()
        },
        groups={
            Measure(measure): {
                Dimension(dimension): {key: _figure(one) for key, one in of.items()} for dimension, of in by.items()
            }
            for measure, by in said["groups"].items()
        },
        latest={Measure(measure): _figure(one) for measure, one in said["latest"].items()},
        before={Measure(measure): _figure(one) for measure, one in said["before"].items()},
        floor=frontline.read(said.get("floor")),
    )


def _figure(told: list[Any]) -> Figure:
    part, whole, *spread = told
    return Figure(part, whole, {int(tenths): count for tenths, count in spread[0].items()} if spread else {})
