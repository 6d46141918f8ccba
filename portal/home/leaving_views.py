"""Before somebody leaves: what they still owe, and who has it then. Administrators and programme."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal import clock
from portal.commitments import handover
from portal.errors import DomainError
from portal.home import leaving
from portal.home.leaving_forms import HandOverForm
from portal.people.access import may, requires, the_viewer
from portal.web.problems import status_of
from portal.web.transactions import writing

bp = Blueprint("leaving", __name__)


@bp.get("/people/<int:person_id>/duties")
@requires("commitment.hand_over")
def duties(person_id: int) -> ResponseReturnValue:
    """Everything somebody still owes; their leaving starts here."""
    return _page(person_id, _form(person_id))


@bp.post("/people/<int:person_id>/duties")
@requires("commitment.hand_over")
def hand_over(person_id: int) -> ResponseReturnValue:
    """Give all of it to somebody else."""
    leaving.leaver(the_viewer(), person_id)
    form = _form(person_id)
    if not form.validate():
        return _page(person_id, form), 422
    try:
        with writing():
            count = leaving.hand_over(the_viewer(), person_id, form.to.data, now=clock.now())
    except DomainError as error:
        return _page(person_id, form, {"": error.message}), status_of(error)
    flash(f"Handed over: {count}. Whoever has it now is told.")
    return redirect(url_for("leaving.duties", person_id=person_id), 303)


def _form(person_id: int) -> HandOverForm:
    form = HandOverForm()
    found = handover.successors(but=person_id)
    form.to.choices = [
        SelectChoice(one.id, f"{one.name}, {one.job_title}" if one.job_title else one.name) for one in found
    ]
    return form


def _page(person_id: int, form: HandOverForm, extra: dict[str, str] | None = None) -> str:
    viewer = the_viewer()
    person = leaving.leaver(viewer, person_id)
    return render_template(
        "home/leaving.html", here="people", person=person, form=form, extra=extra or {},
        duties=leaving.duties_of(viewer, person_id, now=clock.now()),
        wrong=form if form.errors else None,
        lets_go=may("people.deactivate") and person.active and person.id != viewer.id,
    )  # fmt: skip
