"""The table of who is asked first, over HTTP."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from portal import clock
from portal.errors import DomainError
from portal.ideas.words import Barrier
from portal.people import directory
from portal.people.access import requires, the_viewer
from portal.people.replies import page, refused
from portal.people.roles import Role
from portal.triage import answerers
from portal.triage.clock import Duty
from portal.web.forms import StrictForm, refuse_unknown
from portal.web.transactions import writing

bp = Blueprint("answerers", __name__)
TEMPLATE = "triage/answerers.html"


class AnswererForm(StrictForm):
    """Who is asked first, where and for which barrier."""

    duty = SelectField("For", choices=[SelectChoice(duty.value, duty.label) for duty in Duty])
    place = SelectField("Where", coerce=int)
    barrier = SelectField(
        "Barrier", default="",
        choices=[SelectChoice("", "Every barrier"), *(SelectChoice(one.value, one.label) for one in Barrier)],
    )  # fmt: skip
    person = SelectField("Who", coerce=int)


@bp.get("/settings/answerers")
@requires("answerers.set")
def index() -> ResponseReturnValue:
    """Who is asked first at every site, and the lines of the table."""
    return page(TEMPLATE, _form(), **_around())


@bp.post("/settings/answerers")
@requires("answerers.set")
def name() -> ResponseReturnValue:
    """Name somebody."""
    form = _form()
    if not form.validate():
        return page(TEMPLATE, form, status=422, **_around())
    barrier = Barrier(form.barrier.data) if form.barrier.data else None
    try:
        with writing():
            answerers.name(the_viewer(), Duty(form.duty.data), form.place.data, barrier, form.person.data,
                           now=clock.now())  # fmt: skip
    except DomainError as error:
        return refused(TEMPLATE, form, error, **_around())
    flash("Named. It holds for what comes from now on.")
    return redirect(url_for("answerers.index"), 303)


@bp.post("/settings/answerers/<int:answerer_id>/removal")
@requires("answerers.set")
def remove(answerer_id: int) -> ResponseReturnValue:
    """Take a line out."""
    refuse_unknown({"csrf_token"})
    with writing():
        answerers.remove(the_viewer(), answerer_id, now=clock.now())
    flash("Taken out.")
    return redirect(url_for("answerers.index"), 303)


def _form() -> AnswererForm:
    form, viewer = AnswererForm(), the_viewer()
    form.place.choices = [SelectChoice(*one) for one in directory.place_choices(viewer, Role.PROGRAMME)]
    form.person.choices = [SelectChoice(one.id, f"{one.name}, {one.job_title}" if one.job_title else one.name)
                           for one in answerers.possible(viewer)]  # fmt: skip
    return form


def _around() -> dict[str, Any]:
    viewer = the_viewer()
    rows = [
        {"id": row.id, "words": f"{row.duty.label} at {row.place}, "
         f"{Barrier(row.barrier).label if row.barrier else 'every barrier'}: {row.person}"}
        for row in answerers.lines(viewer)
    ]  # fmt: skip
    return {"sites": answerers.sites(viewer), "rows": rows, "here": "people"}
