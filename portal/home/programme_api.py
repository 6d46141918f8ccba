"""The interface to the programme page: its figures, the lists behind them, and which partners' are public."""

from datetime import date
from typing import Literal

from flask import Response
from pydantic import Field

from portal import clock
from portal.errors import Missing
from portal.home import programme_figures, programme_lists, programme_page, programme_service, programme_shown
from portal.home.programme_figures import Figures
from portal.home.programme_frontline_rules import TOO_FEW, FloorFigures
from portal.home.programme_lists import Outcome, Wanted
from portal.home.programme_page import Sight
from portal.home.programme_rules import Figure
from portal.home.programme_words import WEEKLY, Dimension, Measure
from portal.ideas.words import Barrier
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import (
    AskedPath,
    Day,
    Moment,
    Number,
    NumberPath,
    PageAsked,
    Sent,
    Shown,
    api,
    listed,
    page_of,
    shown,
)
from portal.web.links import full
from portal.web.transactions import writing

bp = api("programme", "How the organisation answers what people say: figures without names, small groups hidden.")
SITE = r"^(none|(at)?[0-9]{1,9})$"
EMPLOYER = r"^(none|[0-9]{1,9})$"


class FigureShown(Shown):
    """`part` of `whole`. Of replies: how many there were (whole), and their median in working days."""

    measure: Measure
    part: int
    whole: int
    median: float | None


class ProgrammeWeekShown(Shown):
    """The figures of everybody in one week, from its Monday."""

    monday: date
    figures: list[FigureShown]


class GroupShown(Shown):
    """A group. `figures` leaves out what is hidden; `hidden` says why, and is empty where nothing is."""

    by: Dimension
    key: str = Field(description="As the filter of a list takes it.")
    name: str
    figures: list[FigureShown]
    hidden: str


class PartnerShown(Shown):
    """A partner, and whether its figures are public."""

    number: int
    name: str
    public: bool


class ProgrammeFloorShown(Shown):
    """Executives on the frontline. The first four are of this quarter, and null where fewer than ten executives work
    here; the others of the last year."""

    quarter_from: date
    executives: int | None
    on_floor: int | None = Field(description="Executives who have completed a shift.")
    shifts: int | None = Field(description="Completed.")
    surprises: int | None = Field(description="Answers to “What surprised you?” in finished debriefs.")
    insights: int
    changes: int = Field(description="Insights that belong to an idea that is done.")
    broadcasts: int = Field(description="Sent after a shift.")
    days_to_broadcast: float | None = Field(description="From surprise to broadcast: the median, in days of 24 hours.")
    hidden: str


class ProgrammeShown(Shown):
    """How we answer. `latest`: the last four weeks. Groups: all weeks together; people: the last four weeks."""

    at: Moment | None = Field(description="When the figures were worked out; null before the first time.")
    sentences: list[str]
    latest: list[FigureShown]
    weeks: list[ProgrammeWeekShown]
    groups: list[GroupShown]
    partners: list[PartnerShown]
    floor: ProgrammeFloorShown | None = None


class ListPath(AskedPath):
    """Of which figure. Of people there is no list."""

    measure: Literal["closed", "replies", "promises", "silence"]


class ListAsked(PageAsked):
    """Which part of what a figure counts."""

    site: str | None = Field(None, pattern=SITE, description="A site; `at3`: of employer 3 at no site; or `none`.")
    employer: str | None = Field(None, pattern=EMPLOYER)
    barrier: Barrier | None = None
    department: str | None = Field(None, pattern=r"^[0-9]{1,9}$", description="Of replies and promises alone.")
    week: Day | None = Field(None, description="A Monday that is shown.")


class CountedShown(Shown):
    """One of what a figure counts: an idea, or of promises a promise."""

    number: int
    link: str
    title: str
    site: str | None
    day: date
    outcome: Outcome
    words: str


class PublicationSent(Sent):
    """Whose figures."""

    employer: Number


class PublicationShown(Shown):
    """Since when a partner's figures are public."""

    employer: int
    published_at: Moment


@bp.get("/programme", responses={200: ProgrammeShown})
@requires("programme.see", scope=Scope.METRICS_READ)
def see_programme() -> Response:
    """The figures as they were worked out last, at most an hour ago ; empty before the first time."""
    figures, sight = programme_figures.read(), programme_page.sight_of(the_viewer())
    if figures is None:
        words = "The first figures are worked out within the hour."
        return shown(ProgrammeShown(at=None, sentences=[words], latest=[], weeks=[], groups=[], partners=[]))
    page = programme_page.load(figures, sight)
    latest = [_figure(measure, figures.latest[measure]) for measure in Measure if measure in page.told]
    weeks = [ProgrammeWeekShown(monday=day, figures=_week(figures, day, page.told)) for day in figures.mondays]
    groups = [
        GroupShown(
            by=dimension, key=next(iter(programme_shown.filters_of(dimension, row.key).values())), name=row.name,
            figures=[_figure(measure, cell) for measure, cell in row.cells.items() if cell is not None],
            hidden=row.why,
        )
        for dimension, rows in page.tables.items()
        for row in rows
    ]  # fmt: skip
    partners = [
        PartnerShown(number=one.id, name=one.name, public=one.public) for one in programme_page.partners(sight, figures)
    ]
    answer = ProgrammeShown(at=figures.at, sentences=list(page.sentences), latest=latest, weeks=weeks, groups=groups,
                            partners=partners, floor=_floor(figures.floor))  # fmt: skip
    return shown(answer)


@bp.get("/programme/lists/<string:measure>", responses={200: page_of(CountedShown)})
@requires("programme.see", scope=Scope.METRICS_READ)
def list_behind_figure(path: ListPath, query: ListAsked) -> Response:
    """What one figure counts, the newest first (403 `figures_hidden` where the figure is hidden)."""
    figures, sight = _figures_and_sight()
    asked = {name: value for name in ("site", "employer", "department") if (value := getattr(query, name))}
    if query.barrier:
        asked["barrier"] = query.barrier.value
    if query.week:
        asked["week"] = query.week.isoformat()
    wanted = Wanted.from_args(Measure(path.measure), asked)
    lines, following = programme_lists.listed(
        the_viewer(), figures, sight, wanted, now=clock.now(), limit=query.limit, cursor=query.cursor
    )
    items = [
        CountedShown(number=one.number, link=full(one.href), title=one.said, site=one.place or None, day=one.day,
                     outcome=one.outcome, words=one.words)
        for one in lines
    ]  # fmt: skip
    return listed(items, following)


@bp.post("/programme/publications", responses={201: PublicationShown})
@requires("programme.publish", scope=Scope.METRICS_WRITE)
def publish_figures(body: PublicationSent) -> Response:
    """Make a partner's figures public (409 `published_already`, 422 `unknown_employer`)."""
    viewer = the_viewer()

    def verb() -> PublicationShown:
        made = programme_service.publish(viewer, body.employer, now=clock.now())
        return PublicationShown(employer=made.employer_id, published_at=made.published_at)

    return once(verb, status=201)


@bp.delete("/programme/publications/<int:number>", responses={204: None})
@requires("programme.publish", scope=Scope.METRICS_WRITE)
def withdraw_figures(path: NumberPath) -> tuple[str, int]:
    """Show a partner's figures to its own people and programme alone again.

    409 `not_published`, 422 `unknown_employer`.
    """
    with writing():
        programme_service.withdraw(the_viewer(), path.number, now=clock.now())
    return "", 204


def _figures_and_sight() -> tuple[Figures, Sight]:
    figures = programme_figures.read()
    if figures is None:
        raise Missing("figure")
    return figures, programme_page.sight_of(the_viewer())


def _week(figures: Figures, day: date, told: frozenset[Measure]) -> list[FigureShown]:
    found = ((measure, figures.weeks.get(measure, {}).get(day)) for measure in WEEKLY if measure in told)
    return [_figure(measure, figure) for measure, figure in found if figure is not None]


def _floor(found: FloorFigures | None) -> ProgrammeFloorShown | None:
    if found is None:
        return None
    quarter = {name: getattr(found, name) if found.told else None
               for name in ("executives", "on_floor", "shifts", "surprises")}  # fmt: skip
    return ProgrammeFloorShown(
        quarter_from=found.quarter_from, **quarter, insights=found.insights, changes=found.changes,
        broadcasts=found.broadcasts, days_to_broadcast=found.days, hidden="" if found.told else TOO_FEW,
    )  # fmt: skip


def _figure(measure: Measure, figure: Figure) -> FigureShown:
    return FigureShown(measure=measure, part=figure.part, whole=figure.whole, median=figure.median)
