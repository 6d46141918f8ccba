"""The address in every mail that ends mails of its kind. It works without signing in, and a mere look ends nothing.

Mail programs send a POST to it of their own (RFC 8058), so that no token of a form can be asked for: the signature in
the address is the proof, and all that it opens is to get less mail.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Missing
from portal.notices import preferences
from portal.notices.unsubscribing import read_token
from portal.people.access import requires
from portal.web.limits import limiter
from portal.web.transactions import writing

bp = Blueprint("unsubscribing", __name__)
TOKEN_CHARS_MAX = 200


@bp.get("/unsubscribe/<token>")
@requires("public")
@limiter.limit("60 per minute")
def look(token: str) -> ResponseReturnValue:
    """The page with the button."""
    _, moments = _read(token)
    return render_template("notices/unsubscribe.html", token=token, moments=moments, done=None)


@bp.post("/unsubscribe/<token>")
@requires("public")
@limiter.limit("60 per minute")
def stop(token: str) -> ResponseReturnValue:
    """No more mails of this kind; with `again`, mails as usual after all."""
    person_id, moments = _read(token)
    again = request.form.get("again") == "1"
    with writing():
        (preferences.start_again if again else preferences.stop)(person_id, moments, now=clock.now())
    done = "again" if again else "stopped"
    return render_template("notices/unsubscribe.html", token=token, moments=moments, done=done)


def _read(token: str) -> tuple[int, tuple[preferences.Moment, ...]]:
    if len(token) > TOKEN_CHARS_MAX:
        raise Missing("page")
    return read_token(token)
