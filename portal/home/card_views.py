"""The page of the card view."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Invalid
from portal.home import card_view
from portal.home.shell import board_facts
from portal.people.access import requires, the_viewer
from portal.swarm.dealt import Deals
from portal.web.secret import secret_for

bp = Blueprint("one", __name__)


@bp.get("/ideas/next")
@requires("idea.list")
def card() -> ResponseReturnValue:
    """One idea that needs a view, with the way to the next; each decision is a post that leads there."""
    viewer, at = the_viewer(), request.args.get("at") or "0"
    if not (at.isascii() and at.isdigit() and len(at) <= 2):
        raise Invalid("unknown_place", "There is no such place.")
    deals, sealed = Deals(secret_for("dealt")), request.args.get("dealt", "")
    view = card_view.load(viewer, deals, sealed, int(at), now=clock.now(), facts=board_facts())
    return render_template("home/card_view.html", view=view, card=view.card, here="board")
