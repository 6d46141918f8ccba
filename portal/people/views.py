"""Signing in and out, one's own sign-ins and password, and looking around in a demo."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import DomainError, Invalid, Missing
from portal.people import entry, queries, service, sessions
from portal.people.access import current_viewer, requires, the_viewer
from portal.people.forms import DemoRoleForm, PasswordForm, SignInForm
from portal.people.moments import moment_words
from portal.people.replies import page, refused
from portal.web.limits import limiter
from portal.web.redirects import safe_next
from portal.web.transactions import writing

bp = Blueprint("people", __name__)
DEMO_LINES = {
    "frontline": "Says what stops a customer from being served, and backs others",
    "team_leader": "Answers first at a site",
    "executive": "Commits to a date, or says no and why",
    "owner": "Delivers what was promised",
    "programme": "Runs the loop and its budget",
    "administrator": "Looks after people and places",
}
LEAVE_NOTHING = '"cache", "cookies", "storage"'


@bp.get("/sign-in")
@requires("public")
def sign_in() -> ResponseReturnValue:
    """The way in."""
    return page("people/sign_in.html", SignInForm(), **_around())


@bp.post("/sign-in")
@requires("public")
@limiter.limit("300 per minute")  # a whole site may share one address at the start of a shift
def sign_in_now() -> ResponseReturnValue:
    """Sign in with account and password."""
    form = SignInForm()
    if not form.validate():
        return page("people/sign_in.html", form, status=422, **_around())
    try:
        entry.enter(form.login.data or "", form.password.data or "", now=clock.now())
    except DomainError as error:
        return refused("people/sign_in.html", form, error, **_around())
    return redirect(_next(), 303)


@bp.post("/session/end")
@requires("public")
def sign_out() -> ResponseReturnValue:
    """Sign out, and leave nothing on a shared computer."""
    viewer = current_viewer()
    if viewer is not None and viewer.sign_in_id is not None:
        with writing():
            service.end_sign_ins(viewer.id, because="signed_out", only=viewer.sign_in_id, now=clock.now())
    sessions.end()
    answer = redirect(url_for("people.sign_in"), 303)
    answer.headers["Clear-Site-Data"] = LEAVE_NOTHING
    return answer


@bp.get("/me/sign-ins")
@requires("self.see")
def sign_ins() -> ResponseReturnValue:
    """Where one is signed in."""
    viewer = the_viewer()
    running = [
        {
            **row._mapping,
            "datetime": row.started_at.isoformat(timespec="seconds"),
            "since": moment_words(row.started_at, viewer.timezone),
        }
        for row in queries.running_sign_ins(viewer.id, now=clock.now())
    ]
    return render_template("people/sign_ins.html", running=running, here="me")


@bp.post("/me/sign-ins/<int:sign_in_id>/end")
@requires("sign_ins.end_own")
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign out another browser, or this one."""
    with writing():
        ended = service.end_sign_ins(the_viewer().id, because="ended_by_self", only=sign_in_id, now=clock.now())
    if not ended:
        raise Missing("sign-in")
    flash("Signed out there.")
    return redirect(url_for("people.sign_ins"), 303)


@bp.post("/me/sign-ins/end-others")
@requires("sign_ins.end_own")
def end_other_sign_ins() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    viewer = the_viewer()
    with writing():
        service.end_sign_ins(viewer.id, because="ended_by_self", but=viewer.sign_in_id, now=clock.now())
    flash("Signed out everywhere else.")
    return redirect(url_for("people.sign_ins"), 303)


@bp.get("/me/password")
@requires("self.see")
def password() -> ResponseReturnValue:
    """The form for another password."""
    return page("people/password.html", PasswordForm(), here="me")


@bp.post("/me/password")
@requires("self.see")
def change_password() -> ResponseReturnValue:
    """Change one's own password."""
    form = PasswordForm()
    if not form.validate():
        return page("people/password.html", form, status=422, here="me")
    current, new = form.current_password.data or "", form.new_password.data or ""
    try:
        entry.change_password(the_viewer(), current, new, now=clock.now())
    except DomainError as error:
        return refused("people/password.html", form, error, here="me")
    flash("Your password is changed. You are signed out everywhere else.")
    return redirect(url_for("people.sign_ins"), 303)


@bp.post("/demo/role")
@requires("public")
def demo_role() -> ResponseReturnValue:
    """Look around a demonstration as somebody else. Exists in demo mode only."""
    if not current_app.config["SAYSO"].demo:
        raise Missing
    form = DemoRoleForm()
    if not form.validate() or form.role.data not in queries.DEMO_ROLES:
        raise Invalid("unknown_role", f"Choose one of {', '.join(queries.DEMO_ROLES)}.", {"role": "Unknown role."})
    session[sessions.DEMO_ROLE] = form.role.data
    return redirect(_next(), 303)


def _around() -> dict[str, Any]:
    """What the sign-in page shows beside its form."""
    demo = current_app.config["SAYSO"].demo
    roles = [(value, role.label, DEMO_LINES[value]) for value, role in queries.DEMO_ROLES.items()] if demo else []
    return {"next": _next(), "demo_roles": roles}


def _next() -> str:
    return safe_next(request.values.get("next"))
