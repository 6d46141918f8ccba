"""Files for payroll: one for each employer and month, and the sheet that explains them."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Invalid
from portal.people.access import requires, the_viewer
from portal.people.queries import organisation
from portal.people.replies import page, refused
from portal.people.viewer import Viewer
from portal.rewards import payroll_queries as queries
from portal.rewards import payroll_service as service
from portal.rewards.months import Month, month_of, read_month
from portal.rewards.payroll_forms import PayrollForm
from portal.rewards.payroll_queries import MAKES
from portal.rewards.payroll_rules import SHEET, amount
from portal.rewards.shop_queries import employers
from portal.web.transactions import writing

bp = Blueprint("payroll", __name__)
PAYROLL = "rewards/payroll.html"
MONTHS_OFFERED = 12


@bp.get("/payroll")
@requires("payroll.make")
def files() -> ResponseReturnValue:
    """The files so far, and what their columns mean."""
    viewer = the_viewer()
    return page(PAYROLL, _offered(PayrollForm(None), viewer), **_about(viewer))


@bp.post("/payroll")
@requires("payroll.make")
def make() -> ResponseReturnValue:
    """Make the file of an employer and a month that is over."""
    viewer = the_viewer()
    form = _offered(PayrollForm(), viewer)
    if not form.validate():
        return page(PAYROLL, form, status=422, **_about(viewer))
    try:
        with writing():
            run = service.make(viewer, int(form.employer.data), read_month(form.month.data), zone=_zone(),
                               now=clock.now())  # fmt: skip
            lines = run.lines
    except (Conflict, Invalid) as refusal:
        return refused(PAYROLL, form, refusal, **_about(viewer))
    flash(f"The file is there, with {lines} {'line' if lines == 1 else 'lines'}. Download it below.")
    return redirect("/payroll", 303)


@bp.post("/payroll/<int:number>/file")
@requires("payroll.make")
def download(number: int) -> ResponseReturnValue:
    """The file, the same each time. A form and no link: who took it is noted."""
    with writing():
        run, file = service.download(the_viewer(), number, now=clock.now())
        name = f"payroll-{run.employer_id}-{run.month}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(file, mimetype="text/csv", headers=headers)


def _zone() -> str:
    top = organisation()
    return top.timezone if top is not None and top.timezone else "UTC"


def _offered(form: PayrollForm, viewer: Viewer) -> PayrollForm:
    form.offer(employers(viewer, *MAKES), _months())
    return form


def _months() -> list[Month]:
    found = [month_of(clock.now(), _zone()).previous]
    while len(found) < MONTHS_OFFERED:
        found.append(found[-1].previous)
    return found


def _about(viewer: Viewer) -> dict[str, Any]:
    found, following = queries.runs(viewer, cursor=request.args.get("after"))
    more = url_for("payroll.files", after=following) if following else None
    return {"here": "wallet", "runs": found, "sheet": SHEET, "amount": amount, "more_href": more}
