"""The programme page's figures in the words, links and drawings that its template shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from portal.home.programme_figures import Figures
from portal.home.programme_frontline_rules import TOO_FEW, FloorFigures
from portal.home.programme_page import COLUMNS, Programme, Row, series
from portal.home.programme_rules import NOWHERE, Figure, basis_words, value_words
from portal.home.programme_words import DEPARTMENT_WORDS, WEEKLY, WEEKS_SHOWN, Dimension, Measure
from portal.metrics.chart import Drawings, Line, draw, values_sentence
from portal.web.dates import day_words

WEEKS_A_YEAR = 52
UNITS = {Measure.REPLIES: "working days"}
PARTS = {
    Dimension.SITE: "What was said about a site, and how many of its people took part.",
    Dimension.EMPLOYER: "In-house and each partner. A partner sees its own figures first; programme publishes them.",
    Dimension.BARRIER: "What stands between the customer and a yes.",
    Dimension.DEPARTMENT: DEPARTMENT_WORDS,
}
SHORT = {
    Measure.CLOSED: "Told in time",
    Measure.REPLIES: "First reply",
    Measure.PROMISES: "Kept on time",
    Measure.SILENCE: "No reply yet",
    Measure.PEOPLE: "Took part",
}


@dataclass(frozen=True)
class Cell:
    """One figure. href: the list behind it; "" where there is nothing to list."""

    text: str
    basis: str
    href: str


@dataclass(frozen=True)
class Headline:
    """One of the measures on top, with its run chart and the same as a table. rows: week, value, what it stands on."""

    measure: Measure
    value: str
    basis: str
    href: str
    drawings: Drawings
    rows: Sequence[tuple[date, str, Cell]]


@dataclass(frozen=True)
class Table:
    """A breakdown. rows: name, note, cells (None where hidden), why. left_out: how many are not even named."""

    dimension: Dimension
    about: str
    head: Sequence[str]
    rows: Sequence[tuple[Row, Sequence[Cell | None]]]
    left_out: int = 0


def headlines(programme: Programme) -> list[Headline]:
    """The measures of which there is a figure for everybody."""
    return [one for one in _headlines(programme.figures) if one.measure in programme.told]


@lru_cache(4)  # the same for everybody, for an hour
def _headlines(figures: Figures) -> tuple[Headline, ...]:
    return tuple(_headline(figures, measure) for measure in WEEKLY)


def _headline(figures: Figures, measure: Measure) -> Headline:
    points, now = series(figures, measure), figures.latest[measure]
    unit = UNITS.get(measure, "per cent")
    drawn = draw(Line(points), sentence=values_sentence(measure.label, unit, points, 1))
    weeks = figures.weeks.get(measure, {})
    rows = [
        (day, day_words(day, today=figures.mondays[-1]), _cell(measure, weeks[day], {"week": day.isoformat()}))
        for day in reversed(figures.mondays)
        if day in weeks
    ]
    return Headline(measure, value_words(measure, now), basis_words(measure, now), _address(measure, {}), drawn, rows)


def tables(programme: Programme) -> list[Table]:
    """The breakdowns, each in the order in which it stands on the page."""
    return [_table(programme, dimension) for dimension in COLUMNS]


def _table(programme: Programme, dimension: Dimension) -> Table:
    measures, rows = COLUMNS[dimension], programme.tables[dimension]
    # There may be hundreds of small departments: a line says how many.
    named = [row for row in rows if dimension is not Dimension.DEPARTMENT or any(row.cells.values())]
    shown = [(row, [_of(row, measure, dimension) for measure in measures]) for row in named]
    return Table(dimension, PARTS[dimension], [SHORT[one] for one in measures], shown, len(rows) - len(named))


def silence(programme: Programme) -> Cell | None:
    """How many ideas wait too long, and their list."""
    if Measure.SILENCE not in programme.told:
        return None
    return _cell(Measure.SILENCE, programme.figures.latest[Measure.SILENCE], {})


def _of(row: Row, measure: Measure, dimension: Dimension) -> Cell | None:
    figure = row.cells[measure]
    return None if figure is None else _cell(measure, figure, filters_of(dimension, row.key))


def filters_of(dimension: Dimension, key: str) -> dict[str, str]:
    """The filter of a list that shows one group alone."""
    named = key.removeprefix("e") if dimension is Dimension.EMPLOYER and key != NOWHERE else key
    return {dimension.value: named}


def _cell(measure: Measure, figure: Figure, filters: Mapping[str, str]) -> Cell:
    # Who took part is listed nowhere.
    some = figure.part if measure is Measure.SILENCE else figure.whole
    href = _address(measure, filters) if some and measure is not Measure.PEOPLE else ""
    basis = "" if measure is Measure.SILENCE or not figure.whole else basis_words(measure, figure)
    return Cell(value_words(measure, figure), basis, href)


def _address(measure: Measure, filters: Mapping[str, str]) -> str:
    return f"/programme/{measure.value}" + (f"?{urlencode(filters)}" if filters else "")


def csv_rows(programme: Programme) -> Iterator[list[object]]:
    """The page as a file: a row for each figure that is shown; what is hidden has no numbers, and says why."""
    yield ["of", "group", "from", "weeks", "measure", "part", "whole", "median_working_days", "hidden"]
    figures = programme.figures
    for measure in WEEKLY:
        for monday in figures.mondays:
            if measure in programme.told and (figure := figures.weeks.get(measure, {}).get(monday)):
                yield ["week", "Everybody", monday.isoformat(), 1, measure.value, *_numbers(measure, figure), ""]
    first = figures.mondays[0].isoformat()
    for dimension, rows in programme.tables.items():
        for row in rows:
            for measure, found in row.cells.items():
                numbers = ["", "", ""] if found is None else _numbers(measure, found)
                why = row.why if found is None else ""
                yield [dimension.value, row.name, first, WEEKS_SHOWN, measure.value, *numbers, why]
    if figures.floor:
        yield from _floor_rows(figures.floor)


def _floor_rows(found: FloorFigures) -> Iterator[list[object]]:
    """Of the quarter, and of the year up to now: those have no first day."""
    first = found.quarter_from.isoformat()
    for name, part, whole in (
        ("executives_on_floor", found.on_floor, found.executives),
        ("surprises_of_shifts", found.surprises, found.shifts),
    ):
        numbers = [part, whole] if found.told else ["", ""]
        yield ["frontline", "Executives", first, "", name, *numbers, "", "" if found.told else TOO_FEW]
    yield ["frontline", "Everybody", "", WEEKS_A_YEAR, "changes_of_insights", found.changes, found.insights, "", ""]
    hours = "" if found.hours is None else found.hours
    yield ["frontline", "Everybody", "", WEEKS_A_YEAR, "hours_to_broadcast", hours, found.broadcasts, "", ""]


def _numbers(measure: Measure, figure: Figure) -> list[object]:
    if measure is Measure.REPLIES:
        return ["", figure.whole, "" if figure.median is None else figure.median]
    return [figure.part, figure.whole, ""]
