"""The list of people, one person, and printed codes: for administrators, and to look at for the programme."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from portal import clock
from portal.errors import DomainError, Invalid
from portal.people import administration, directory
from portal.people.access import may, requires, the_viewer
from portal.people.code_rules import lasts_in_words
from portal.people.directory import LOOKS, PeopleWanted
from portal.people.forms import LeavingForm, RoleForm, SearchForm, SheetForm, choices
from portal.people.moments import moment_words
from portal.people.replies import page, refused
from portal.people.roles import CodePurpose, Role
from portal.people.sessions import keyed_hash
from portal.people.views_keys import keys_of
from portal.web.forms import refuse_unknown
from portal.web.transactions import writing

bp = Blueprint("people_admin", __name__)


@bp.get("/people")
@requires("people.list")
def people() -> ResponseReturnValue:
    """Everybody the viewer administers, by name."""
    viewer, form = the_viewer(), SearchForm(request.args)
    form.place.choices = choices([(0, "Everywhere"), *directory.place_choices(viewer, *LOOKS)])
    if not form.validate():
        raise Invalid("bad_filter", "That is not a way to narrow this list.")
    wanted = PeopleWanted(form.q.data or "", form.place.data or 0, form.state.data, form.after.data or "")
    rows, after = directory.people_list(viewer, wanted)
    narrowed: dict[str, Any] = {"q": wanted.q, "place": wanted.place_id, "state": wanted.state}
    more = url_for("people_admin.people", **narrowed, after=after) if after else None
    first = url_for("people_admin.people", **narrowed) if wanted.after else None
    return render_template("people/people.html", form=form, rows=rows, more=more, first=first, here="people")


@bp.get("/people/<int:person_id>")
@requires("people.list")
def person(person_id: int) -> ResponseReturnValue:
    """One person: where they stand, what they hold, and what can be done."""
    return render_template("people/person.html", **_person_page(person_id))


@bp.post("/people/<int:person_id>/roles")
@requires("people.grant")
def give_role(person_id: int) -> ResponseReturnValue:
    """Give a role on a place."""
    form = _role_form()
    if not form.validate():
        return _person_with(person_id, form, form=form)
    try:
        with writing():
            role, place_id = Role(form.role.data), form.place.data
            administration.give_role(the_viewer(), person_id, role, place_id, now=clock.now())
    except DomainError as error:
        return _person_refused(person_id, form, error)
    flash(f"Given: {role.label}.")
    return _back(person_id)


@bp.post("/people/<int:person_id>/roles/<int:grant_id>/end")
@requires("people.grant")
def take_role(person_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    refuse_unknown({"csrf_token"})
    try:
        with writing():
            administration.take_role(the_viewer(), person_id, grant_id, now=clock.now())
    except DomainError as error:
        return _person_refused(person_id, _role_form(), error)
    flash("Taken back. They sign in again with what is left.")
    return _back(person_id)


@bp.post("/people/<int:person_id>/leaving")
@requires("people.deactivate")
def let_go(person_id: int) -> ResponseReturnValue:
    """Somebody has left."""
    leaving = LeavingForm()
    if not leaving.validate():
        return _person_with(person_id, leaving, leaving=leaving)
    try:
        with writing():
            administration.let_go(the_viewer(), person_id, now=clock.now())
    except DomainError as error:
        return _person_refused(person_id, _role_form(), error)
    flash("Deactivated. They are signed out everywhere.")
    return _back(person_id)


@bp.post("/people/<int:person_id>/sign-ins/end")
@requires("people.deactivate")
def end_sign_ins(person_id: int) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    refuse_unknown({"csrf_token"})
    with writing():
        ended = administration.end_sign_ins(the_viewer(), person_id, now=clock.now())
    flash("Signed out everywhere." if ended else "They were not signed in anywhere.")
    return _back(person_id)


@bp.post("/people/<int:person_id>/code")
@requires("people.codes")
def code(person_id: int) -> ResponseReturnValue:
    """A code to hand over, shown once."""
    refuse_unknown({"csrf_token"})
    try:
        with writing():
            slip, purpose = administration.code_for(the_viewer(), person_id, seal=keyed_hash, now=clock.now())
    except DomainError as error:
        return _person_refused(person_id, _role_form(), error)
    return _sheet([slip], purpose)


@bp.get("/people/codes")
@requires("people.codes")
def choose_codes() -> ResponseReturnValue:
    """For which place to print codes."""
    return page("people/codes.html", _sheet_form(), here="people")


@bp.post("/people/codes")
@requires("people.codes")
def codes() -> ResponseReturnValue:
    """A sheet of codes for people without a password, shown once."""
    form = _sheet_form()
    if not form.validate():
        return page("people/codes.html", form, status=422, here="people")
    try:
        with writing():
            slips = administration.codes_for_place(the_viewer(), form.place.data, seal=keyed_hash, now=clock.now())
    except DomainError as error:
        return refused("people/codes.html", form, error, here="people")
    return _sheet(slips, CodePurpose.FIRST_SIGN_IN)


def _sheet(slips: list[administration.Slip], purpose: CodePurpose) -> ResponseReturnValue:
    address = current_app.config["SAYSO"].base_url + "/code"
    facts = {"slips": slips, "address": address, "lasts": lasts_in_words(purpose), "here": "people"}
    return render_template("people/sheet.html", **facts)


def _person_page(person_id: int, **facts: Any) -> dict[str, Any]:
    viewer = the_viewer()
    subject = directory.person_for(viewer, person_id, *LOOKS)
    names = directory.place_names()
    grants = directory.standing_grants(person_id)
    defaults = {
        "person": subject,
        "where": ", ".join(dict.fromkeys(
            names[place] for place in (subject.employer_id, subject.site_id, subject.place_id) if place
        )),
        "left": moment_words(subject.deactivated_at, viewer.timezone) if subject.deactivated_at else None,
        "manager": directory.name_of(subject.manager_id),
        "grants": grants,
        "reports": directory.reports_of(person_id),
        **(keys_of(person_id) if may("keys.revoke_any") else {}),
        "form": _role_form(), "wrong": None, "leaving": LeavingForm(), "extra": {}, "here": "people",
        "administers": may("people.grant"), "oneself": subject.id == viewer.id,
    }  # fmt: skip
    return defaults | facts


def _person_with(person_id: int, wrong: FlaskForm, **forms: Any) -> ResponseReturnValue:
    """The page again, with one of its forms as it was sent."""
    facts = _person_page(person_id, **forms) | {"wrong": wrong, "problem": True}
    return render_template("people/person.html", **facts), 422


def _person_refused(person_id: int, form: RoleForm, error: DomainError) -> ResponseReturnValue:
    facts = _person_page(person_id)
    del facts["form"], facts["extra"]
    return refused("people/person.html", form, error, **facts)


def _role_form() -> RoleForm:
    form = RoleForm()
    form.place.choices = choices(directory.place_choices(the_viewer(), Role.ADMINISTRATOR))
    return form


def _sheet_form() -> SheetForm:
    form = SheetForm()
    form.place.choices = choices(directory.place_choices(the_viewer(), Role.ADMINISTRATOR))
    return form


def _back(person_id: int) -> ResponseReturnValue:
    return redirect(url_for("people_admin.person", person_id=person_id), 303)
