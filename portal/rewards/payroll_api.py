"""The interface to the files for payroll."""

from flask import Response
from pydantic import Field

from portal import clock
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.queries import organisation
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.rewards import payroll_queries as queries
from portal.rewards import payroll_service as service
from portal.rewards.months import MONTH_PATTERN, read_month
from portal.rewards.payroll_queries import Run
from portal.web.api import Moment, Number, NumberPath, PageAsked, Sent, Shown, api, listed, page_of, shown

bp = api("payroll", "Rewards in money that were delivered, as payroll is told of them.")


class PayrollSent(Sent):
    """Whose payroll, and which month that is over."""

    employer: Number
    month: str = Field(pattern=MONTH_PATTERN, examples=["2026-03"])


class PayrollRunShown(Shown):
    """What payroll was given for an employer and a month; it does not change any more."""

    number: int
    employer: int
    employer_name: str
    month: str
    made_at: Moment
    made_by: str | None
    lines: int
    cents: int
    sha256: str = Field(description="Of the file, as it is downloaded in UTF-8.")


class PayrollFileShown(Shown):
    """The file itself, the same each time."""

    number: int
    sha256: str
    csv: str


@bp.get("/payroll", responses={200: page_of(PayrollRunShown)})
@requires("payroll.make", scope=Scope.REWARDS_READ)
def list_payroll_runs(query: PageAsked) -> Response:
    """What payroll was given, the newest first."""
    found, following = queries.runs(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_shown(one) for one in found], following)


@bp.get("/payroll/<int:number>", responses={200: PayrollRunShown})
@requires("payroll.make", scope=Scope.REWARDS_READ)
def see_payroll_run(path: NumberPath) -> Response:
    """One month of one employer."""
    return shown(_shown(queries.run_shown(the_viewer(), path.number)))


@bp.post("/payroll", responses={201: PayrollRunShown})
@requires("payroll.make", scope=Scope.REWARDS_WRITE)
def make_payroll_run(body: PayrollSent) -> Response:
    """Close a month of an employer; one that is closed is given again (409 `month_not_over`)."""
    viewer = the_viewer()
    return once(lambda: _made(viewer, body), status=201)


@bp.post("/payroll/<int:number>/files", responses={201: PayrollFileShown})
@requires("payroll.make", scope=Scope.REWARDS_WRITE)
def download_payroll_file(path: NumberPath) -> Response:
    """The file; who took it is noted, so it is no GET (409 `file_changed` where the database was tampered with)."""
    viewer = the_viewer()
    return once(lambda: _file(viewer, path.number), status=201)


def _made(viewer: Viewer, body: PayrollSent) -> PayrollRunShown:
    top = organisation()
    zone = top.timezone if top is not None and top.timezone else "UTC"
    run = service.make(viewer, body.employer, read_month(body.month), zone=zone, now=clock.now())
    return _shown(queries.run_shown(viewer, run.id))


def _file(viewer: Viewer, number: int) -> PayrollFileShown:
    run, file = service.download(viewer, number, now=clock.now())
    return PayrollFileShown(number=run.id, sha256=run.sha256, csv=file)


def _shown(one: Run) -> PayrollRunShown:
    return PayrollRunShown(
        number=one.id, employer=one.employer_id, employer_name=one.employer, month=one.month, made_at=one.at,
        made_by=one.by, lines=one.lines, cents=one.cents, sha256=one.sha256,
    )  # fmt: skip
