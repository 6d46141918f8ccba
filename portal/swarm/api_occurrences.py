"""The interface to what happened again, and to what an hour costs."""

from datetime import date
from typing import Annotated, Any

from flask import Response
from pydantic import BeforeValidator, Field
from sqlalchemy import select

from portal import clock
from portal.ideas.queries import idea_for
from portal.people.access import requires, the_viewer
from portal.people.models import Place
from portal.people.once import once
from portal.people.scopes import Scope
from portal.swarm import occurrence_queries as queries
from portal.swarm import occurrence_service as service
from portal.swarm.occurrence_cost import Figures
from portal.swarm.occurrence_models import Occurrence
from portal.swarm.occurrence_rules import MINUTES_MAX, MINUTES_MIN, REASON_CHARS_MAX, Channel, NewOccurrence, Tried
from portal.swarm.occurrence_wording import HOW, Hour, cost, reported
from portal.web.api import (
    Day,
    Line,
    Moment,
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
from portal.web.transactions import writing

bp = api("occurrences", "What happened again, how often, and what it costs.")
Minutes = Annotated[int, Field(ge=MINUTES_MIN, le=MINUTES_MAX), BeforeValidator(whole)]
Cents = Annotated[int, Field(ge=service.CENTS_MIN, le=service.CENTS_MAX), BeforeValidator(whole)]


class OccurrenceSent(Sent):
    """It happened again. Everything may be left out."""

    day: Day | None = Field(None, description="Today if left out; not later than today, at most 90 days back.")
    reason: Line = Field("", max_length=REASON_CHARS_MAX, description="What the contact was about, in a few words.")
    channel: Channel | None = None
    tried_self_service: Tried = Tried.UNKNOWN
    minutes: Minutes | None = Field(None, description="Lost with it.")

    def wanted(self, today: date) -> NewOccurrence:
        """What was sent, for the verb."""
        return NewOccurrence(self.day or today, self.reason, self.channel, self.tried_self_service, self.minutes)


class OccurrenceShown(Shown):
    """Something that the key's person noted. title: null where they may no longer read the idea."""

    number: int
    idea: int
    title: str | None
    day: date
    reason: str
    channel: Channel | None
    tried_self_service: Tried
    minutes: int | None
    at: Moment


class SiteTimes(Shown):
    """How often at one site."""

    site: str
    times: int


class OccurrencesShown(Shown):
    """How often it was noted in the last weeks and what that costs; nothing is added for what nobody noted."""

    until: date
    weeks: int
    times: int = Field(description="At least so many where `capped`.")
    people: int
    different_sites: int
    sites: list[SiteTimes] = Field(description="Those at which at least ten people work.")
    elsewhere: int
    by_week: list[int] = Field(description="The oldest first; the last one ends with `until`.")
    minutes_given: int
    median_minutes: float | None = Field(description="Null where fewer than three say how long it took.")
    hours_a_week: float | None
    cost_a_week_cents: int | None
    currency: str | None
    capped: bool
    sentence: str


class IdeaOccurrences(Shown):
    """What was noted on an idea. figures: null before deciding, and where nothing was noted lately."""

    idea: int
    mine: int = Field(description="By the key's person, counted to a hundred.")
    figures: OccurrencesShown | None


class HourCostSent(Sent):
    """What an hour of work costs."""

    cents: Cents = Field(description="Hundredths of the currency.")
    currency: str = Field(pattern="^[A-Z]{3}$")


class HourCostShown(Shown):
    """What an hour of work costs; both null while nobody has said."""

    cents: int | None
    currency: str | None


@bp.get("/ideas/<int:number>/occurrences", responses={200: IdeaOccurrences})
@requires("occurrence.see", scope=Scope.IDEAS_READ)
def see_occurrences(path: NumberPath) -> Response:
    """How often something was noted and what it costs in a week; only one's own before deciding."""
    viewer, now = the_viewer(), clock.now()
    _, found = queries.figures_of(viewer, path.number)
    figures = _figures(found, queries.hour_cost(), queries.today_of(now)) if found else None
    return shown(IdeaOccurrences(idea=path.number, mine=queries.own_times(viewer, path.number), figures=figures))


@bp.post("/ideas/<int:number>/occurrences", responses={201: OccurrenceShown})
@requires("occurrence.note", scope=Scope.IDEAS_WRITE)
def note_occurrence(path: NumberPath, body: OccurrenceSent) -> Response:
    """It happened again (409 `too_many_today`, `withdrawn`, `merged`, `hidden`).

    422 `day_in_future`, `day_too_long_ago`, `personal_data`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> OccurrenceShown:
        idea, today = idea_for(viewer, path.number), queries.today_of(now)
        return _occurrence(service.note(viewer, idea, body.wanted(today), today=today, now=now), idea.title)

    return once(verb, status=201)


@bp.get("/occurrences", responses={200: page_of(OccurrenceShown)})
@requires("occurrence.see", scope=Scope.IDEAS_READ)
def list_my_occurrences(query: PageAsked) -> Response:
    """What the key's person noted, the newest first. Nobody else gets this list."""
    rows, following = queries.own_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_occurrence(row.Occurrence, row.title) for row in rows], following)


@bp.put("/occurrences/<int:number>", responses={200: OccurrenceShown})
@requires("occurrence.change", scope=Scope.IDEAS_WRITE)
def correct_occurrence(path: NumberPath, body: OccurrenceSent) -> Response:
    """Say the details of what one has just noted anew (410 `too_late` after 15 minutes, 409 `taken_back`)."""
    viewer, now = the_viewer(), clock.now()
    with writing():
        noted, today = queries.own(viewer, path.number), queries.today_of(now)
        service.correct(viewer, noted, body.wanted(today), today=today, now=now)
        answer = _occurrence(noted, queries.readable_title(viewer, noted.idea_id))
    return shown(answer)


@bp.delete("/occurrences/<int:number>", responses={204: None})
@requires("occurrence.change", scope=Scope.IDEAS_WRITE)
def take_occurrence_back(path: NumberPath) -> Any:
    """Undo what one has just noted (410 `too_late` after 15 minutes, 409 `taken_back`)."""
    viewer, now = the_viewer(), clock.now()
    with writing():
        service.take_back(viewer, queries.own(viewer, path.number), today=queries.today_of(now), now=now)
    return "", 204


@bp.get("/cost-of-an-hour", responses={200: HourCostShown})
@requires("hour_cost.see", scope=Scope.METRICS_READ)
def see_hour_cost() -> Response:
    """What an hour of work costs."""
    return shown(_hour(queries.hour_cost()))


@bp.put("/cost-of-an-hour", responses={200: HourCostShown}, openapi_extensions={"x-takes-if-match": True})
@requires("hour_cost.set", scope=Scope.METRICS_WRITE)
def set_hour_cost(body: HourCostSent) -> Response:
    """Say what an hour of work costs from now on; it is written to the audit log."""
    with writing():
        organisation = select(Place.id).where(Place.parent_id.is_(None))
        demand_unchanged(organisation, lambda: _hour(queries.hour_cost()))
        service.set_hour_cost(the_viewer(), body.cents, body.currency, now=clock.now())
        answer = _hour(queries.hour_cost())
    return shown(answer)


def _hour(hour: Hour | None) -> HourCostShown:
    return HourCostShown(cents=hour.cents if hour else None, currency=hour.currency if hour else None)


def _occurrence(noted: Occurrence, title: str | None) -> OccurrenceShown:
    return OccurrenceShown(
        number=noted.id, idea=noted.idea_id, title=title, day=noted.day, reason=noted.reason, channel=noted.channel,
        tried_self_service=noted.tried, minutes=noted.minutes, at=noted.at,
    )  # fmt: skip


def _figures(found: Figures, hour: Hour | None, today: date) -> OccurrencesShown:
    hours = found.hours_per_week
    return OccurrencesShown(
        until=found.until, weeks=found.weeks, times=found.times, people=found.people, different_sites=found.sites,
        sites=[SiteTimes(site=name, times=times) for name, times in found.named], elsewhere=found.others,
        by_week=list(found.by_week), minutes_given=found.given, median_minutes=found.median_minutes,
        hours_a_week=round(hours, 4) if hours is not None else None,
        cost_a_week_cents=round(hours * hour.cents) if hours is not None and hour else None,
        currency=hour.currency if hours is not None and hour else None, capped=found.capped,
        sentence=f"{reported(found, today)} {cost(found, hour)} {HOW}",
    )  # fmt: skip
