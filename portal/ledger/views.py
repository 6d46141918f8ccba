"""The ledger page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.ledger import queries
from portal.people.access import requires, the_viewer
from portal.web.dates import day_words

bp = Blueprint("ledger", __name__)


@bp.get("/ledger")
@requires("ledger.see")
def show() -> ResponseReturnValue:
    """Sums, the latest transfers, the head to note outside, and whether it all holds."""
    zone = the_viewer().timezone
    return render_template("ledger/show.html", page=queries.ledger_page(), zone=zone, day=day_words, here="ledger")
