"""Getting in with a one-time code: the first time, after a forgotten password, and as the first of all."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import DomainError, Missing
from portal.outbox import service as outbox
from portal.people import entry, first_start, queries
from portal.people.access import requires
from portal.people.forms import CodeForm, FirstAdministratorForm, ResetForm
from portal.people.replies import page, refused
from portal.people.roles import CodePurpose
from portal.people.sessions import keyed_hash
from portal.web.limits import limiter
from portal.web.transactions import writing

bp = Blueprint("people_codes", __name__)
ORGANISATION_NEEDED = "Type the name of your organisation."


def _typed_account() -> str:
    return keyed_hash("typed:" + request.form.get("login", "").strip().casefold())


@bp.get("/code")
@requires("public")
def code() -> ResponseReturnValue:
    """The form for a code. Looking at it uses nothing up: mail scanners follow links too."""
    return page("people/code.html", CodeForm())


@bp.post("/code")
@requires("public")
@limiter.limit("300 per minute")
def enter_with_code() -> ResponseReturnValue:
    """Choose a password with a code."""
    form = CodeForm()
    if not form.validate():
        return page("people/code.html", form, status=422)
    typed = (form.login.data or "", form.code.data or "", form.new_password.data or "")
    try:
        entry.enter_with_code(*typed, now=clock.now())
    except DomainError as error:
        return refused("people/code.html", form, error)
    flash("Your password is set and you are signed in.")
    return redirect("/", 303)


@bp.get("/reset")
@requires("public")
def reset() -> ResponseReturnValue:
    """The form for a forgotten password."""
    return page("people/reset.html", ResetForm())


@bp.post("/reset")
@requires("public")
@limiter.limit("3 per hour", key_func=_typed_account)
@limiter.limit("30 per hour")
def ask_for_reset() -> ResponseReturnValue:
    """Ask for a code by mail. The answer and the work are the same for everybody, known or not."""
    form = ResetForm()
    if not form.validate():
        return page("people/reset.html", form, status=422)
    person = queries.person_by_login(form.login.data or "")
    reachable = person is not None and person.active and person.email is not None
    payload = {"person_id": person.id if person and reachable else None, "purpose": CodePurpose.RESET}
    with writing():
        outbox.emit("people.send_code", payload, now=clock.now())
    return redirect(url_for("people_codes.reset_sent"), 303)


@bp.get("/reset/sent")
@requires("public")
def reset_sent() -> ResponseReturnValue:
    """What happens next."""
    return render_template("people/reset_sent.html")


@bp.get("/setup/first-administrator")
@requires("public")
def first_administrator() -> ResponseReturnValue:
    """The first page of a new installation; gone once somebody administers it."""
    _only_before_anybody()
    return page("people/first_administrator.html", FirstAdministratorForm(), organisation=queries.organisation())


@bp.post("/setup/first-administrator")
@requires("public")
@limiter.limit("30 per minute")
def be_first_administrator() -> ResponseReturnValue:
    """Make the organisation and its first administrator."""
    _only_before_anybody()
    form, top = FirstAdministratorForm(), queries.organisation()
    fine = form.validate()
    if top is None and not form.organisation.data:
        form.organisation.errors = [ORGANISATION_NEEDED]
        fine = False
    if not fine:
        return page("people/first_administrator.html", form, status=422, organisation=top)
    config = current_app.config["SAYSO"]
    first = first_start.FirstAdministrator(
        top.name if top else form.organisation.data or "", form.name.data or "", form.email.data or "", config.timezone
    )
    try:
        entry.enter_as_first(first, form.code.data or "", form.new_password.data or "", now=clock.now())
    except DomainError as error:
        return refused("people/first_administrator.html", form, error, organisation=queries.organisation())
    first_start.code_file().unlink(missing_ok=True)
    return redirect("/", 303)


def _only_before_anybody() -> None:
    if queries.has_administrator():
        raise Missing
