"""The interface to the data protection briefing: for the programme and whoever manages a site."""

from datetime import date
from typing import Any

from flask import Response
from pydantic import Field

from portal import clock
from portal.frontline import briefing_queries, briefings
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Day, Moment, Number, NumberPath, PageAsked, Sent, Shown, api, listed, page_of
from portal.web.dates import local_day
from portal.web.transactions import writing

bp = api("shift_briefings", "Who has had the data protection briefing, which some shifts ask for.")


class BriefingSent(Sent):
    """Somebody has had it."""

    person: Number = Field(description="Somebody who may take shifts; never oneself.")
    done_on: Day = Field(description="Not to come, and not more than a year ago.")


class BriefingShown(Shown):
    """A briefing that counts, or did. valid_until: the last day."""

    number: int
    person: int
    name: str
    done_on: date
    valid_until: date
    noted_by: str
    noted_at: Moment


@bp.get("/shift-briefings", responses={200: page_of(BriefingShown)})
@requires("shift.brief", scope=Scope.SHIFTS_READ)
def list_shift_briefings(query: PageAsked) -> Response:
    """What was noted and not taken back, the newest first."""
    found, following = briefing_queries.briefings_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_shown(row) for row in found], following)


@bp.post("/shift-briefings", responses={201: BriefingShown})
@requires("shift.brief", scope=Scope.SHIFTS_WRITE)
def note_shift_briefing(body: BriefingSent) -> Response:
    """Note that somebody has had the briefing; it counts for a year.

    403 `not_a_site_manager`, `not_for_oneself`; 422 `unknown_person`, `day_to_come`, `briefing_expired`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> BriefingShown:
        today = local_day(now, viewer.timezone)
        made = briefings.note(viewer, body.person, body.done_on, today=today, now=now)
        return _shown(briefing_queries.briefing_with_names(viewer, made.id))

    return once(verb, status=201)


@bp.delete("/shift-briefings/<int:number>", responses={204: None})
@requires("shift.brief", scope=Scope.SHIFTS_WRITE)
def take_shift_briefing_back(path: NumberPath) -> Any:
    """It was noted by mistake (403 `not_a_site_manager`, `not_for_oneself`)."""
    viewer = the_viewer()
    with writing():
        briefings.withdraw(viewer, briefing_queries.briefing_for(viewer, path.number), now=clock.now())
    return "", 204


def _shown(row: Any) -> BriefingShown:
    one = row.Briefing
    return BriefingShown(number=one.id, person=one.person_id, name=row.name, done_on=one.done_on,
                         valid_until=one.valid_until, noted_by=row.by, noted_at=one.noted_at)  # fmt: skip
