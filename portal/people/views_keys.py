"""Keys to the interface on pages: one's own, made and revoked; and somebody's, revoked by an administrator."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal import clock
from portal.errors import DomainError, Invalid
from portal.people import administration, entry, tokens
from portal.people.access import requires, the_viewer, useful_scopes
from portal.people.forms_keys import KeyForm
from portal.people.models import ApiToken
from portal.people.moments import day_words, moment_words
from portal.people.replies import page, refused
from portal.people.scopes import Scope
from portal.web.forms import refuse_unknown
from portal.web.limits import limiter, per_viewer
from portal.web.transactions import writing

bp = Blueprint("people_keys", __name__)
LISTED_MAX = 100


@bp.get("/me/keys")
@requires("self.see")
def keys() -> ResponseReturnValue:
    """One's own keys, and the form for another. `tick`: what is ticked beforehand."""
    form = _form()
    form.scopes.data = [scope for scope in useful_scopes() if _is_ticked(scope, request.args.get("tick"))]
    return page("people/keys.html", form, **_around())


@bp.post("/me/keys")
@requires("keys.make")
@limiter.limit("20 per hour", key_func=per_viewer)
def make_key() -> ResponseReturnValue:
    """Make a key and show it, this once."""
    form, viewer = _form(), the_viewer()
    if not form.validate():
        return page("people/keys.html", form, status=422, **_around())
    name, days, scopes = form.name.data or "", form.days.data, form.scopes.data or []
    try:
        entry.demand_password(viewer, form.current_password.data or "", now=clock.now())
        with writing():
            row, secret = tokens.make(viewer.id, name, scopes, days=days, by_id=viewer.id, now=clock.now())
            facts = _facts(row)
    except DomainError as error:
        return refused("people/keys.html", form, error, **_around())
    base_url = current_app.config["SAYSO"].base_url
    return render_template("people/key_made.html", key=facts, secret=secret, base_url=base_url, here="me")


@bp.post("/me/keys/<int:key_id>/revocation")
@requires("keys.revoke")
def revoke_key(key_id: int) -> ResponseReturnValue:
    """End one of one's own keys."""
    refuse_unknown({"csrf_token"})
    viewer = the_viewer()
    with writing():
        tokens.revoke(viewer.id, key_id, by_id=viewer.id, now=clock.now())
    flash("Revoked. It opens nothing any more.")
    return redirect(url_for("people_keys.keys"), 303)


@bp.post("/people/<int:person_id>/keys/<int:key_id>/revocation")
@requires("keys.revoke_any")
def revoke_key_of_person(person_id: int, key_id: int) -> ResponseReturnValue:
    """End a key of somebody else."""
    refuse_unknown({"csrf_token"})
    with writing():
        administration.revoke_key(the_viewer(), person_id, key_id, now=clock.now())
    flash("Revoked. It opens nothing any more.")
    return redirect(url_for("people_admin.person", person_id=person_id), 303)


def keys_of(person_id: int) -> dict[str, Any]:
    """The keys of a person as pages show them: those that work, and those that have ended."""
    rows, _ = tokens.keys_page(person_id, limit=LISTED_MAX, cursor=None)
    shown = [_facts(row) for row in rows]
    return {"keys": [key for key in shown if not key["ended"]], "ended_keys": [key for key in shown if key["ended"]]}


def _form() -> KeyForm:
    form = KeyForm()
    form.scopes.choices = [SelectChoice(str(scope), scope.words) for scope in useful_scopes()]
    return form


def _is_ticked(scope: str, tick: str | None) -> bool:
    if tick not in (None, "read", "all", "none"):
        raise Invalid("bad_filter", "Tick what only reads, everything, or nothing.")
    return tick == "all" or (tick == "read" and scope.endswith(":read"))


def _around() -> dict[str, Any]:
    viewer = the_viewer()
    return {**keys_of(viewer.id), "asks_password": entry.has_password(viewer), "here": "me"}


def _facts(row: ApiToken) -> dict[str, Any]:
    zone, now = the_viewer().timezone, clock.now()
    ended = row.revoked_at or (row.expires_at if row.expires_at <= now else None)
    return {
        "number": row.id, "name": row.name, "starts": row.shown_start, "ends": row.shown_end,
        "scopes": [scope.words for scope in tokens.scopes_shown(row)],
        "changes": any(scope not in READING for scope in tokens.scopes_shown(row)),
        "made": moment_words(row.made_at, zone), "made_at": row.made_at.isoformat(timespec="seconds"),
        "expires": moment_words(row.expires_at, zone), "expires_at": row.expires_at.isoformat(timespec="seconds"),
        "used": day_words(row.last_used_on) if row.last_used_on else None,
        "ended": ("Revoked" if row.revoked_at else "Expired") if ended else None,
        "ended_on": moment_words(ended, zone) if ended else None,
    }  # fmt: skip


READING = frozenset(scope for scope in Scope if scope.endswith(":read"))
