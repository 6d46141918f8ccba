"""Noting what became of the seats of a shift, over HTTP."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from portal import clock
from portal.errors import Conflict, DomainError, Invalid
from portal.frontline import attendance, attendance_queries, slot_queries, slot_shown
from portal.frontline.attendance_rules import WORDS_CHARS_MAX, offered
from portal.frontline.models import Slot
from portal.frontline.words import Attendance
from portal.people.access import requires, the_viewer
from portal.web.forms import StrictForm, one_line, tidy
from portal.web.problems import status_of
from portal.web.transactions import writing

bp = Blueprint("attendance", __name__)
VERBS = {
    Attendance.ARRIVED: "Is here", Attendance.COMPLETED: "Completed", Attendance.ABANDONED: "Left early",
    Attendance.NO_SHOW: "Did not come", Attendance.EXCUSED: "Excused",
}  # fmt: skip


class MarkForm(StrictForm):
    """One step, and a few words."""

    to = SelectField("What", choices=[SelectChoice(word.value, label) for word, label in VERBS.items()])
    words = StringField("Words", [Length(max=WORDS_CHARS_MAX), one_line], filters=[tidy])


@bp.get("/shifts/<int:number>/attendance")
@requires("shift.mark")
def index(number: int) -> ResponseReturnValue:
    """Who has a seat, what became of it, and what can be noted now."""
    return _page(slot_queries.slot_for(the_viewer(), number))


@bp.post("/shifts/<int:number>/attendance/<int:seat>")
@requires("shift.mark")
def mark(number: int, seat: int) -> ResponseReturnValue:
    """Note one step."""
    viewer, form = the_viewer(), MarkForm()
    slot = slot_queries.slot_for(viewer, number)
    if not form.validate():
        return _page(slot, next(iter(form.errors.values()))[0]), 422
    try:
        with writing():
            sign_up = attendance_queries.seat_in(viewer, slot_queries.slot_for(viewer, number), seat)
            attendance.mark(viewer, sign_up, Attendance(form.to.data), now=clock.now(), words=form.words.data or "")
    except (Conflict, Invalid) as error:
        return _refused(number, error)
    flash("Noted.")
    return redirect(url_for("attendance.index", number=number), 303)


def _refused(number: int, error: DomainError) -> ResponseReturnValue:
    return _page(slot_queries.slot_for(the_viewer(), number), error.message), status_of(error)


def _page(slot: Slot, problem: str = "") -> str:
    viewer = the_viewer()
    rows = attendance_queries.seats_of(viewer, slot)
    steps = attendance_queries.steps_of([row.SignUp.id for row in rows])
    return render_template(
        "frontline/attendance.html", slot=slot, title=slot_shown.day_and_hours(slot), problem=bool(problem),
        extra={"": problem} if problem else {}, here="shifts", zone=ZoneInfo(slot.zone),
        seats=[_seat(row, steps.get(row.SignUp.id, [])) for row in rows], labels=VERBS,
        at_site=attendance_queries.is_at_site(viewer, slot),
    )  # fmt: skip


def _seat(row: Any, steps: list[Any]) -> dict[str, Any]:
    seat = row.SignUp
    return {
        "id": seat.id, "name": row.name, "job_title": row.job_title, "state": seat.attendance, "steps": steps,
        "own": seat.person_id == the_viewer().id,
        "offered": offered(attendance.facts_of(the_viewer(), seat), now=clock.now()),
    }  # fmt: skip
