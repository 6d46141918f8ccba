"""Being away and having somebody answer on one's behalf, over HTTP."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import DomainError
from portal.people import absences, delegates
from portal.people.access import may, requires, the_viewer
from portal.people.calendar_forms import AbsenceForm, DelegateForm
from portal.people.forms import choices
from portal.people.replies import page, refused
from portal.web.dates import local_day
from portal.web.forms import refuse_unknown
from portal.web.transactions import writing

bp = Blueprint("absences", __name__)
TEMPLATE = "people/absence.html"


@bp.get("/me/absence")
@requires("absence.note")
def index() -> ResponseReturnValue:
    """When one is away and who covers; for executives also who answers on their behalf."""
    form = _absence_form()
    return page(TEMPLATE, form, **_around(form))


@bp.post("/me/absence")
@requires("absence.note")
def note() -> ResponseReturnValue:
    """Note an absence."""
    form, viewer, now = _absence_form(), the_viewer(), clock.now()
    if not form.validate():
        return page(TEMPLATE, form, status=422, **_around(form))
    days, today = (form.first_day.data, form.last_day.data), local_day(now, viewer.timezone)
    try:
        with writing():
            absences.note(viewer, *days, form.cover.data or None, today=today, now=now)
    except DomainError as error:
        return refused(TEMPLATE, form, error, **_around(form))
    flash("Noted. What falls due meanwhile goes to who covers.")
    return redirect(url_for("absences.index"), 303)


@bp.post("/me/absence/<int:absence_id>/withdrawal")
@requires("absence.note")
def take_back(absence_id: int) -> ResponseReturnValue:
    """Not away after all, or back early."""
    refuse_unknown({"csrf_token"})
    with writing():
        absences.take_back(the_viewer(), absence_id, now=clock.now())
    flash("Taken back.")
    return redirect(url_for("absences.index"), 303)


@bp.post("/me/delegates")
@requires("delegate.name")
def name_delegate() -> ResponseReturnValue:
    """Let somebody answer on one's behalf."""
    form, viewer, now = _delegate_form(), the_viewer(), clock.now()
    if not form.validate():
        return page(TEMPLATE, form, status=422, **_around(_absence_form(blank=True), form))
    days = {"from_day": form.from_day.data, "until_day": form.until_day.data}
    try:
        with writing():
            delegates.name(viewer, form.delegate.data, **days, today=local_day(now, viewer.timezone), now=now)
    except DomainError as error:
        return refused(TEMPLATE, form, error, **_around(_absence_form(blank=True), form))
    flash("Named. Their answers say that they are for you.")
    return redirect(url_for("absences.index"), 303)


@bp.post("/me/delegates/<int:delegation_id>/end")
@requires("absence.note")
def end_delegate(delegation_id: int) -> ResponseReturnValue:
    """Nobody answers on one's behalf any more, or one answers for nobody."""
    refuse_unknown({"csrf_token"})
    with writing():
        delegates.revoke(the_viewer(), delegation_id, now=clock.now())
    flash("Ended.")
    return redirect(url_for("absences.index"), 303)


def _absence_form(*, blank: bool = False) -> AbsenceForm:
    form = AbsenceForm(formdata=None) if blank else AbsenceForm()
    people = [(one.id, _named(one)) for one in absences.possible_covers(the_viewer())]
    form.cover.choices = choices([(0, "Nobody"), *people])
    return form


def _delegate_form(*, blank: bool = False) -> DelegateForm:
    form = DelegateForm(formdata=None) if blank else DelegateForm()
    form.delegate.choices = choices([(one.id, _named(one)) for one in delegates.possible(the_viewer())])
    return form


def _named(one: Any) -> str:
    return f"{one.name}, {one.job_title}" if one.job_title else one.name


def _around(absence: AbsenceForm, delegate: DelegateForm | None = None) -> dict[str, Any]:
    viewer = the_viewer()
    lent, held = delegates.standing(viewer.id)
    away = absences.upcoming(viewer.id, today=local_day(clock.now(), viewer.timezone))
    lends = may("delegate.name")
    form = delegate or (_delegate_form(blank=True) if lends else None)
    return {"absence": absence, "delegate": form, "away": away, "lent": lent, "held": held, "here": "me"}
