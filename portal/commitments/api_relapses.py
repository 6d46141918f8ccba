"""The interface to what was done and came back. Its owner answers with a delivery or with `not-back`."""

from datetime import date

from flask import Response
from pydantic import Field

from portal import clock
from portal.commitments import relapse_queries as queries
from portal.commitments import relapse_service as service
from portal.commitments.relapse_rules import WORDS_CHARS_MAX, Ending, NewReport
from portal.commitments.rules import day_in
from portal.commitments.scope import organisation_zone
from portal.ideas.queries import idea_for
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Day, Moment, NumberPath, PageAsked, Sent, Shown, Words, api, listed, page_of

bp = api("relapses", "What was done and is back: reopened by whoever meets it, answered by its owner.")


class BackSent(Sent):
    """It is back."""

    day: Day | None = Field(None, description="Today if left out; not before the change was live, nor after today.")
    words: Words = Field("", max_length=WORDS_CHARS_MAX, description="Everybody reads them, without your name.")


class BackTaken(Shown):
    """What became of it. reopened: it was the first to say so."""

    idea: int
    commitment: int
    relapse: int
    reopened: bool


class RelapseShown(Shown):
    """A reopening. reports: how many people say so. closed_at to answer: null while it waits for its owner."""

    number: int
    commitment: int
    opened_at: Moment
    reports: int
    closed_at: Moment | None
    ending: Ending | None
    answered_by: str | None
    answer: str
    delivery: int | None = Field(description="The number of the delivery that fixed it again.")


class RelapseReportShown(Shown):
    """What one person said. Who it was is shown to nobody."""

    day: date
    words: str
    at: Moment


@bp.post("/ideas/<int:number>/back", responses={201: BackTaken})
@requires("commitment.back", scope=Scope.IDEAS_WRITE)
def say_it_is_back(path: NumberPath, body: BackSent) -> Response:
    """Say that what was done is back: the first report reopens it and tells its owner, later ones add a voice.

    409 `not_done`, `already_said`, `hidden`; 422 `day_in_future`, `day_too_long_ago`, `day_before_live`,
    `personal_data`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> BackTaken:
        today = day_in(organisation_zone(), now)
        report = NewReport(body.day or today, body.words)
        said = service.say_back(viewer, idea_for(viewer, path.number), report, today=today, now=now)
        return BackTaken(
            idea=path.number, commitment=said.commitment_id, relapse=said.relapse_id, reopened=said.reopened
        )

    return once(verb, status=201)


@bp.get("/commitments/<int:number>/relapses", responses={200: page_of(RelapseShown)})
@requires("commitment.see", scope=Scope.PROMISES_READ)
def list_relapses(path: NumberPath, query: PageAsked) -> Response:
    """Every time that what a promise did came back, the newest first."""
    rows, following = queries.relapses_page(the_viewer(), path.number, limit=query.limit, cursor=query.cursor)
    return listed([
        RelapseShown(
            number=row.Relapse.id, commitment=path.number, opened_at=row.Relapse.opened_at, reports=row.reports,
            closed_at=row.Relapse.closed_at, ending=row.Relapse.ending, answered_by=row.closed_by,
            answer=row.Relapse.answer, delivery=row.Relapse.delivery_id,
        )
        for row in rows
    ], following)  # fmt: skip


@bp.get("/relapses/<int:number>/reports", responses={200: page_of(RelapseReportShown)})
@requires("commitment.see", scope=Scope.PROMISES_READ)
def list_relapse_reports(path: NumberPath, query: PageAsked) -> Response:
    """What was said about one reopening, the newest first."""
    rows, following = queries.reports_page(the_viewer(), path.number, limit=query.limit, cursor=query.cursor)
    return listed([RelapseReportShown(day=row.day, words=row.words, at=row.at) for row in rows], following)
