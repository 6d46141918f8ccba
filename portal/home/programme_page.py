"""The programme page for one viewer: figures with the small and the unpublished groups taken out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from portal.db import db
from portal.home import programme_frontline_rules as floor
from portal.home import programme_rules as rules
from portal.home.programme_figures import Figures
from portal.home.programme_models import EmployerFigures
from portal.home.programme_rules import NOWHERE, TOP, Figure, Place
from portal.home.programme_words import Dimension, Measure
from portal.ideas.words import Barrier
from portal.people.models import Place as Node
from portal.people.roles import GROUP_MIN, PlaceKind, Role
from portal.people.viewer import Viewer

KEPT_BACK = "Not published yet"
TOO_SMALL = f"Fewer than {GROUP_MIN} people"
WITH_ANOTHER = "Hidden with a smaller group"
COLUMNS: Mapping[Dimension, tuple[Measure, ...]] = {
    Dimension.SITE: (Measure.CLOSED, Measure.REPLIES, Measure.PROMISES, Measure.SILENCE, Measure.PEOPLE),
    Dimension.EMPLOYER: (Measure.CLOSED, Measure.REPLIES, Measure.PROMISES, Measure.SILENCE, Measure.PEOPLE),
    Dimension.BARRIER: (Measure.CLOSED, Measure.REPLIES, Measure.PROMISES, Measure.SILENCE),
    Dimension.DEPARTMENT: (Measure.REPLIES, Measure.PROMISES),
}


@dataclass(frozen=True)
class Row:
    """A group of a table. cells: the figures, None where one is hidden; why: the reason, "" where nothing is."""

    key: str
    name: str
    note: str
    cells: Mapping[Measure, Figure | None]
    why: str


@dataclass(frozen=True)
class Employer:
    """A partner, and whether its figures are public."""

    id: int
    name: str
    public: bool


class Sight(NamedTuple):
    """What decides which figures somebody sees. public: employers; own: those seen before, None for all."""

    public: frozenset[int]
    own: frozenset[int] | None


@dataclass(frozen=True)
class Programme:
    """Everything on the page. told: the measures of which the figure of everybody is shown."""

    figures: Figures
    told: frozenset[Measure]
    sentences: Sequence[str]
    tables: Mapping[Dimension, Sequence[Row]]


def load(figures: Figures, sight: Sight) -> Programme:
    """The page for somebody who sees this much."""
    tables = {dimension: _table(figures, dimension, sight) for dimension in COLUMNS}
    medians = {row.name: figure.median for row in tables[Dimension.SITE]
               if (figure := row.cells.get(Measure.REPLIES)) and row.key.isdigit()}  # fmt: skip
    known = told(figures, sight)
    latest, before = (
        {measure: figure if measure in known else Figure() for measure, figure in of.items()}
        for of in (figures.latest, figures.before)
    )
    sentences = [*rules.told(latest, before, rules.slowest_of(medians)), floor.sentence(figures.floor)]
    return Programme(figures, known, [words for words in sentences if words], tables)


def told(figures: Figures, sight: Sight) -> frozenset[Measure]:
    """The measures of which the figure of everybody is shown: of all, unless hardly anybody works here yet."""
    places = _places(figures, Dimension.SITE, {})
    return frozenset(
        measure for measure in Measure if TOP not in _hidden(figures, Dimension.SITE, measure, places, sight)
    )


def sight_of(viewer: Viewer) -> Sight:
    """What the viewer sees: programme all, a partner's people their own before it is public. One query."""
    rows = db.session.execute(
        select(Node.id, Node.path, EmployerFigures.id.label("public"))
        .outerjoin(EmployerFigures, (EmployerFigures.employer_id == Node.id) & EmployerFigures.withdrawn_at.is_(None))
        .where(Node.kind == PlaceKind.PARTNER)
    ).all()
    public = frozenset(row.id for row in rows if row.public is not None)
    if viewer.holds(Role.PROGRAMME, at=f"/{viewer.organisation_id}/"):
        return Sight(public, None)
    led = {row.id for row in rows if viewer.holds(Role.PROGRAMME, at=row.path)}
    return Sight(public, frozenset(led | {viewer.employer_id}))


def partners(sight: Sight, figures: Figures) -> list[Employer]:
    """The partners, by name, with whether their figures are public."""
    found = [place for place in figures.tree if place.partner and place.key.startswith("e")]
    made = [Employer(one.employer_id or 0, one.name, one.employer_id in sight.public) for one in found]
    return sorted(made, key=lambda one: one.name.casefold())


def is_hidden(figures: Figures, sight: Sight, dimension: Dimension, key: str) -> bool:
    """True where a list of that group would tell what the page does not."""
    if dimension in (Dimension.BARRIER, Dimension.ALL):
        return False
    return all(figure is None for row in _table(figures, dimension, sight) if row.key == key
               for figure in row.cells.values())  # fmt: skip


def _table(figures: Figures, dimension: Dimension, sight: Sight) -> list[Row]:
    measures = COLUMNS[dimension]
    groups = {measure: figures.groups.get(measure, {}).get(dimension, {}) for measure in measures}
    if dimension is Dimension.BARRIER:
        known = [barrier for barrier in Barrier if any(barrier.value in of for of in groups.values())]
        return [
            Row(one.value, one.label, "", {name: of.get(one.value, Figure()) for name, of in groups.items()}, "")
            for one in known
        ]
    places = _places(figures, dimension, groups)
    gone = {measure: _hidden(figures, dimension, measure, places, sight) for measure in measures}
    back = rules.hidden_places(places, sight.public, sight.own, small_too=False)
    rows = [
        Row(
            place.key, place.name, _note(place, dimension, sight),
            {name: None if place.key in gone[name] else of.get(place.key, Figure()) for name, of in groups.items()},
            _why(place, back) if any(place.key in gone[measure] for measure in measures) else "",
        )
        for place in places
        if _is_row(place, dimension)
    ]  # fmt: skip
    return rules.group_order(dimension, rows)


def _is_row(place: Place, dimension: Dimension) -> bool:
    if dimension is Dimension.DEPARTMENT:
        return place.key != TOP
    is_employer = place.key.startswith("e")
    return place.key == NOWHERE or (place.key != TOP and is_employer == (dimension is Dimension.EMPLOYER))


def _places(figures: Figures, dimension: Dimension, groups: Mapping[Measure, Mapping[str, Figure]]) -> list[Place]:
    """The groups of the table and those above and below; without those of nobody about which there is nothing."""
    if dimension is Dimension.DEPARTMENT:
        # Where nobody answers there is nothing to hide, and nothing to hide behind.
        return [figures.tree[0], *(one for one in figures.departments if any(one.key in of for of in groups.values()))]
    both = [figures.groups.get(measure, {}).get(which, {}) for measure in COLUMNS[dimension]
            for which in (Dimension.SITE, Dimension.EMPLOYER)]  # fmt: skip
    return [one for one in figures.tree if one.people or one.key == TOP or any(one.key in of for of in both)]


def _hidden(
    figures: Figures, dimension: Dimension, measure: Measure, places: Iterable[Place], sight: Sight
) -> Collection[str]:
    if measure is not Measure.PEOPLE:
        return rules.hidden_places(places, sight.public, sight.own)
    # Only people in teams count here: where there are few of them, a large site is a small group.
    of = figures.groups.get(Measure.PEOPLE, {})
    in_teams = {key: figure.whole for which in of.values() for key, figure in which.items()}
    counted = [replace(one, people=in_teams[one.key]) for one in places if in_teams.get(one.key)]
    small = rules.hidden_places(counted, sight.public, sight.own)
    return small | {one.key for one in places if not in_teams.get(one.key)}


def _why(place: Place, kept_back: Collection[str]) -> str:
    if place.key in kept_back:
        return KEPT_BACK
    return TOO_SMALL if place.people is not None and place.people < GROUP_MIN else WITH_ANOTHER


def _note(place: Place, dimension: Dimension, sight: Sight) -> str:
    if dimension is Dimension.EMPLOYER and place.key != NOWHERE:
        mine = place.partner and place.employer_id not in sight.public
        return "partner, not public" if mine else "partner" if place.partner else "in-house"
    return ""


def series(figures: Figures, measure: Measure) -> list[tuple[date, float]]:
    """The values of a measure by Monday, oldest first; weeks without one are left out."""
    found = figures.weeks.get(measure, {})
    values = ((day, found[day].median if measure is Measure.REPLIES else found[day].share) for day in sorted(found))
    return [(day, value) for day, value in values if value is not None]
