"""Pages that say how things are: who can see what, and the theme."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.people.access import requires
from portal.web.redirects import safe_next

bp = Blueprint("pages", __name__)
YEAR_SECONDS = 31_536_000


@bp.get("/help/who-can-see-what")
@requires("public")
def who_can_see_what() -> ResponseReturnValue:
    """How names are treated, in words a tired person believes."""
    return render_template("home/who_can_see_what.html")


@bp.post("/me/theme")
@requires("public")
def theme() -> ResponseReturnValue:
    """Light, dark, or as the device says; kept in a cookie so that no page flashes."""
    response = redirect(safe_next(request.form.get("next")), 303)
    chosen = request.form.get("theme")
    if chosen in ("light", "dark"):
        response.set_cookie("theme", chosen, max_age=YEAR_SECONDS, httponly=True, samesite="Lax")
    else:
        response.delete_cookie("theme")
    return response
