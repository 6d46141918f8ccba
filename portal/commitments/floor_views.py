"""*Is it gone on your desk?* over HTTP: what one is asked, and an answer with one tap."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.commitments import floor_queries as queries
from portal.commitments import floor_service as service
from portal.commitments.floor_forms import AnswerForm
from portal.commitments.floor_rules import FloorAnswer
from portal.errors import Conflict, Gone
from portal.people.access import requires, the_viewer
from portal.people.replies import page, refused
from portal.people.viewer import Viewer
from portal.web.redirects import safe_next
from portal.web.transactions import writing

bp = Blueprint("floor", __name__)
ONE = "commitments/floor_check.html"


@bp.get("/floor-checks")
@requires("floor_check.see")
def index() -> ResponseReturnValue:
    """Everything that the viewer is asked now."""
    return render_template("commitments/floor_checks.html", here="floor", checks=queries.waiting_for(the_viewer()))


@bp.get("/floor-checks/<int:number>")
@requires("floor_check.see")
def show(number: int) -> ResponseReturnValue:
    """One question, where the link in a mail leads: `?answer=` has been chosen there and is sent here."""
    form = AnswerForm(None)
    form.answer.data = _chosen(request.args.get("answer"))
    return page(ONE, form, **_about(the_viewer(), number))


@bp.post("/floor-checks/<int:number>/answers")
@requires("floor_check.answer")
def answer(number: int) -> ResponseReturnValue:
    """Yes, partly or no."""
    viewer, form = the_viewer(), AnswerForm()
    if not form.validate():
        return page(ONE, form, status=422, **_about(viewer, number))
    try:
        with writing():
            service.answer(viewer, number, FloorAnswer(form.answer.data))
    except (Conflict, Gone) as refusal:
        return refused(ONE, form, refusal, **_about(viewer, number))
    flash("Counted, without your name. Thank you for looking.")
    return redirect(safe_next(request.form.get("next"), url_for(".index")), 303)


def _chosen(text: str | None) -> str | None:
    return text if text in set(FloorAnswer) else None


def _about(viewer: Viewer, number: int) -> dict[str, Any]:
    return {"here": "floor", "check": queries.asked(viewer, number), "answers": list(FloorAnswer)}
